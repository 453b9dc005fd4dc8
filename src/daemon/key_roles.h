// What a daemon's key is on the ledger, and whether it is the right kind of key to run with.
#pragma once

#include <string>

#include "client/snapshot.h"
#include "lifecycle/authority.h"

namespace dz {

// The network-wide roles of a key: by GlobalState, or by an activated Permission. side_a and side_z stay false.
Roles roles_of(const Snapshot& snapshot, const Pubkey& key);

enum class DaemonRole : std::uint8_t { Activator, Monitor };

// Why this key should not write, with what to do; empty when it may. A foundation key could override what the daemon
// is there to decide by rule, so it is refused unless allowed.
std::string problem_with_key(const Snapshot& snapshot, const Pubkey& key, DaemonRole role, bool allow_foundation_key);

}  // namespace dz
