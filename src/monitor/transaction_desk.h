// The transactions of decisions that somebody wants checked: read by the passes, for whoever asks must not wait for the
// ledger, and kept for the next question. Who asks names a statement of this monitor, never a signature of their own,
// so that nobody has it read whatever they like. As history_desk.h does for whole histories.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "client/ledger_client.h"

namespace dz::monitor {

class TransactionDesk {
 public:
  static constexpr std::size_t kMostKept = 64;  // what was asked for longest ago goes first
  static constexpr std::size_t kMostAsked = 64;
  static constexpr std::size_t kRequestsAStep = 8;
  static constexpr Duration kEvery = std::chrono::milliseconds{500};  // between two steps
  static constexpr Duration kAgainAfter = std::chrono::seconds{5};    // what the ledger did not give is asked for again

  // From within ask(): step() soon. From within step(): something that was asked for was read.
  void on_wanted(std::function<void()> wanted) { wanted_ = std::move(wanted); }
  void on_read(std::function<void()> read) { read_ = std::move(read); }

  struct Known {
    std::optional<client::ConfirmedTransaction> transaction;
    std::string trouble;  // why there is none; empty, and none: it was not read yet
  };
  Known find(const wire::Signature& signature) const;
  // From now on it is read, unless it is there.
  void ask(const wire::Signature& signature, Timestamp now);

  // Reads what was asked for. Others may ask meanwhile, while the ledger is waited for.
  void step(client::LedgerClient& ledger, Timestamp now);
  // When there is something to do again.
  Timestamp next(Timestamp now) const;

 private:
  struct Kept {
    Known known;
    Timestamp asked_at, read_at;
  };
  bool is_due(const wire::Signature& signature, Timestamp now) const;
  void make_room();

  std::function<void()> wanted_, read_;
  std::map<wire::Signature, Timestamp> asked_;  // and not read since
  std::map<wire::Signature, Kept> kept_;        // only a step makes and forgets them
  std::optional<Timestamp> stepped_;
};

}  // namespace dz::monitor
