// What the trails of records prove, for records that the activator would move if it could. Only their trails are read,
// a few requests a second, and kept until the record needs no proof any more: a network full of links drained by hand
// does not cause a storm of requests. A proof that is about to be acted upon is made again just before.
//
// Records take turns of a few requests each, those that waited longest first, and every other turn is for one that was
// written to. A trail that cannot be read on waits longer after each try, and no other waits for it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/record_trail.h"
#include "control/plan_activator.h"

namespace dz::activator {

struct ProofOptions {
  double requests_per_second = 10;  // in the long run; twice as many at once
  // At trails of which nothing was heard, for what is said of them may get lost: each this often, and all together so
  // many a second, so of very many each more rarely. What is about to be acted upon is looked at anyway.
  Duration look_again = std::chrono::minutes{10};
  double looks_again_a_second = 0.5;
  client::TrailLimits trail{.page = 100};
  // Also of every record that its health would move: which write gave it that health (control::HealthWrite).
  bool of_health = false;
};

// A transaction that keeps a record from being proven, because the ledger does not show it.
struct HeldByTransaction {
  client::NotShown transaction;
  Timestamp asked_again_at;
};

class ActivatorProofs {
 public:
  ActivatorProofs(client::LedgerClient& ledger, wire::ProgramIds ids, ProofOptions options = {});

  // The record was written: its trail is longer, even when it looks the same.
  void on_event(const Pubkey& record);

  // Forgets what needs no proof any more, and reads on what is due.
  void update(const Profile& profile, const control::GovernedRecords& records, const control::Witnesses& witnesses,
              Timestamp now);
  // Of every record that needs one and whose trail was read as far as needed at least once.
  const control::Proofs& proofs() const { return proofs_; }
  // Catches up with the record's trail, whatever is due, and proves anew: to be asked right before a write.
  bool still_proven(const control::StatusChange& change, const control::Witnesses& witnesses, Timestamp now);
  // None: no transaction keeps the record, or nothing of it has to be proven.
  std::optional<HeldByTransaction> held_by(const Pubkey& record) const;

  // When update() has something to do; none: after an event.
  std::optional<Timestamp> next_look() const { return next_look_; }
  // Trails that are being read.
  std::size_t unread() const { return due_.size(); }
  std::uint64_t requests() const { return requests_made_; }
  // Why trails cannot be read; empty when they can.
  const std::string& problem() const { return problem_; }

 private:
  struct Entry {
    client::RecordTrail trail;
    control::GovernedRecord record;
    Timestamp looked_at;
    std::uint64_t turn = 0;     // its last; 0: it had none
    int failures = 0;           // in a row
    Timestamp not_before{};     // after a failure
    int asked = 0;              // for what the ledger did not show or list, in a row
    Timestamp asks_again_at{};  // for it
  };

  bool is_asked_for(const Profile& profile, const control::GovernedRecord& record) const;
  void follow(const Profile& profile, const control::GovernedRecords& records, Timestamp now);
  void take_turns(const control::Witnesses& witnesses, Timestamp now);
  const Pubkey* next_of(const std::set<Pubkey>& waiting, Timestamp now) const;
  bool read(const Pubkey& key, const control::Witnesses& witnesses, Timestamp now);
  void proven(const Pubkey& key, Entry& entry, control::Proof proof, Timestamp now);
  void failed(const Pubkey& key, Entry& entry, const Error& error, Timestamp now);
  Timestamp looks_again_at(const Entry& entry) const;
  Result<bool> prove_with(Entry& entry, control::Proof& proof, const control::Witnesses& witnesses,
                          std::size_t& requests);
  Result<bool> look_again(Entry& entry, std::size_t& requests, Timestamp now);
  void look_again_at(std::vector<std::pair<Timestamp, Pubkey>> quiet);
  void refill(Timestamp now);
  void plan_next_look(Timestamp now);

  client::LedgerClient& ledger_;
  wire::ProgramIds ids_;
  ProofOptions options_;
  const Profile* profile_ = nullptr;  // of the records that entries_ are about
  std::map<Pubkey, Entry> entries_;
  control::Proofs proofs_;
  std::set<Pubkey> urgent_;  // changed, or written to: before the others
  std::set<Pubkey> due_;     // to be read on
  double allowance_ = 0;     // requests
  double looks_again_ = 0;   // at trails of which nothing was heard
  std::uint64_t turns_ = 0;
  bool urgent_next_ = true;  // the next turn is for one that was written to, if there is one
  std::optional<Timestamp> refilled_at_, not_before_, next_look_;
  std::uint64_t requests_made_ = 0;
  std::string problem_;
};

}  // namespace dz::activator
