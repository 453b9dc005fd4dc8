// What was known of devices before this start, from the incidents that stood then: a clock, late rows and an old pubkey
// are known by how rows come, for a minute or so, and until they are known again or known to be over nobody is said to
// be silent for them. Pure.
#pragma once

#include <map>
#include <span>

#include "control/incident.h"
#include "control/known_facts.h"

namespace dz::control {

class RestoredFacts {
 public:
  RestoredFacts() = default;
  // restored: the incidents of the start. until: what is not known again then is over.
  RestoredFacts(std::span<const Incident> restored, Timestamp until);

  // Adds what stood before the start and is not decided yet, and forgets what is. lateness: how long after its end a
  // minute closes.
  void add_to(KnownFacts& facts, Duration lateness, Timestamp now);

  // Old pubkeys with the devices that they were of.
  const std::map<Pubkey, Pubkey>& old_pubkeys() const { return old_pubkeys_; }

 private:
  std::map<Pubkey, Cause> causes_;  // by device
  std::map<Pubkey, Pubkey> old_pubkeys_;
  Timestamp until_{};
};

}  // namespace dz::control
