// Whether a daemon was given the right kind of key.
#pragma once

#include <string>

#include "client/snapshot.h"

namespace dz {

enum class DaemonRole : std::uint8_t { Activator, Monitor };

// Why this key should not write, with what to do; empty when it may. A foundation key could override what the daemon
// is there to decide by rule, so it is refused unless allowed.
std::string problem_with_key(const Snapshot& snapshot, const Pubkey& key, DaemonRole role, bool allow_foundation_key);

}  // namespace dz
