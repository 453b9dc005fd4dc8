// Whether a daemon was given the right kind of key, and who is believed about health.
#pragma once

#include <set>
#include <string>

#include "client/snapshot.h"

namespace dz::service {

enum class DaemonRole : std::uint8_t { Activator, Monitor };

// Why nothing can be decided from what was read, with what to do; empty when it can.
std::string problem_with_reading(const client::Snapshot& snapshot);

// Why this key should not write, with what to do; empty when it may. A foundation key could override what the daemon
// is there to decide by rule, so it is refused unless allowed. Where the ledger's program does not guard the lifecycle
// there is no narrower right than NETWORK_ADMIN to write status: there the activator needs that, or a foundation key.
std::string problem_with_key(const client::Snapshot& snapshot, const Pubkey& key, DaemonRole role,
                             bool allow_foundation_key);

// The keys whose health is a judgement: the health authority, and those with a HEALTH_ORACLE Permission that is
// activated. A key that may write health only because it may write anything does not count.
std::set<Pubkey> health_authorities(const client::Snapshot& snapshot);

}  // namespace dz::service
