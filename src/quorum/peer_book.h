// What was heard of the other judges, and whom to ask what next: pure. Each peer is asked at a slow pace so that it is
// known to be there, and soon while a change waits for it. One that does not answer is asked later after each failure,
// and nobody waits for it. Of an answer only what the asked judge says itself is kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "quorum/agreement.h"

namespace dz::quorum {

inline constexpr std::size_t kMostAsked = 64;      // records that one question names
inline constexpr std::size_t kMostHeard = 10'000;  // opinions of one peer that are kept

class PeerBook {
 public:
  struct Peer {
    std::map<Pubkey, std::vector<SignedOpinion>> opinions;  // by record: the newest, and what contradicts it
    std::optional<Timestamp> asked_at;                      // the question that is not answered yet
    std::optional<Timestamp> answered_at;                   // last
    Timestamp next_ask;
    int failures = 0;           // in a row
    std::string last_error;     // empty: it answers, or was never asked
    std::uint64_t foreign = 0;  // opinions in its answers that another judge's name stands on: not taken
  };
  struct Question {
    Pubkey peer;
    std::vector<Pubkey> records;  // besides all that it would change
  };

  explicit PeerBook(const std::set<Pubkey>& peers);

  // What is to be asked now; it counts as asked. wanted: records with a change that waits.
  std::vector<Question> ask(const std::set<Pubkey>& wanted, Timestamp now);
  // What it said, or why it said nothing. Answers to a question that was given up count too.
  void heard(const Pubkey& peer, std::span<const SignedOpinion> opinions, Timestamp now);
  void failed(const Pubkey& peer, std::string why, Timestamp now);

  // Of all peers, about the record.
  std::vector<SignedOpinion> of(const Pubkey& record) const;
  const std::map<Pubkey, Peer>& peers() const { return peers_; }
  // When ask() has something to do at the latest.
  Timestamp next() const;

 private:
  void put_off(Peer& peer, std::string why, Timestamp now);

  std::map<Pubkey, Peer> peers_;
};

}  // namespace dz::quorum
