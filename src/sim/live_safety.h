// What must never happen on a network whose program guards nothing (profile v0.34), checked at every transaction by
// rules written down here once more: the numbers of the live program are read from the instructions themselves, and
// nothing below uses the lifecycle rows, the provenance or the history reader of the code under test.
//
// The activator may return a drained record to service only after, in this order: it was drained; its wish was turned
// from drained to activated; the monitor wrote a health that is not ready; the monitor wrote a ready one. It may take a
// record out of provisioning only on a ready health that the monitor wrote.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/records.h"

namespace dz::sim {

class LiveSafety {
 public:
  struct Keys {
    Pubkey foundation, monitor, activator;
  };
  explicit LiveSafety(const Keys& keys) : keys_(keys) {}

  // A transaction that succeeded.
  void on_transaction(const ledger::TransactionRecord& record, Timestamp now);

  const std::vector<std::string>& violations() const { return violations_; }
  int returns() const { return returns_; }          // drained to activated, by the activator
  int onboardings() const { return onboardings_; }  // provisioning to activated, by the activator

 private:
  enum class Proof : std::uint8_t { None, Undrained, JudgedNotReady, JudgedReady };
  struct Past {
    bool is_link = true;
    int status = -1, desired = -1, health = -1;  // as numbers on the ledger; -1: never seen
    bool health_by_monitor = false;
    Proof proof = Proof::None;
  };

  void on_status(Past& past, const Pubkey& key, int status, const Pubkey& signer, Timestamp now);
  void on_desired(Past& past, int desired);
  void on_health(Past& past, int health, const Pubkey& signer);
  void violated(Timestamp now, const Pubkey& key, const std::string& what);

  Keys keys_;
  std::map<Pubkey, Past> records_;
  std::vector<std::string> violations_;
  int returns_ = 0, onboardings_ = 0;
};

}  // namespace dz::sim
