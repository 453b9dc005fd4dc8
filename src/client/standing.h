// What a key is to a record, and through which contributor it acts: the same answer that the ledger program will come
// to, so that a client can explain a refusal before it sends anything.
#pragma once

#include <optional>

#include "client/snapshot.h"
#include "lifecycle/authority.h"

namespace dz::client {

// What the key is to every record: side_a and side_z stay false.
lifecycle::Roles network_roles(const Snapshot& snapshot, const Pubkey& signer);
// Whether the signer has a Permission account that is activated: then it goes with its instructions.
bool has_permission_account(const Snapshot& snapshot, const Pubkey& signer);
lifecycle::Roles roles_for_device(const Snapshot& snapshot, const Device& device, const Pubkey& signer);
lifecycle::Roles roles_for_link(const Snapshot& snapshot, const Link& link, const Pubkey& signer);

// Side Z's contributor when the signer acts for that side of a link, which is when it owns side Z's contributor and not
// side A's. Nothing when it acts as side A or as the foundation.
std::optional<Pubkey> acting_side_z(const Snapshot& snapshot, const Link& link, const Pubkey& signer);

// The contributor of a link's side Z device; the zero key when the device is not there.
Pubkey side_z_contributor(const Snapshot& snapshot, const Link& link);

lifecycle::LifecycleState lifecycle_state(const Link& link);
lifecycle::LifecycleState lifecycle_state(const Device& device);

}  // namespace dz::client
