// What the program of a ledger sees to by itself. Where it does not, the monitor does by the order of its writes.
#pragma once

#include "domain/profile.h"

namespace dz::control {

struct ProgramRules {
  // It impairs what leaves service or is wanted back in it. Without that the monitor writes a reset (reset.h).
  bool resets_health = false;
  // Nobody but the monitor's key writes health: what stands there after a write is that write. Without that only the
  // ledger's word that the write landed counts, for the same health may be somebody else's.
  bool guards_health = false;
};

inline ProgramRules program_rules(const Profile& profile) {
  const bool guarded = profile.guarded;
  return {.resets_health = guarded, .guards_health = guarded};
}

}  // namespace dz::control
