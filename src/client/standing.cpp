#include "client/standing.h"

#include <algorithm>

namespace dz::client {
namespace {

bool owns(const Snapshot& snapshot, const Pubkey& contributor, const Pubkey& signer) {
  const auto found = snapshot.contributors.find(contributor);
  return found != snapshot.contributors.end() && found->second.owner == signer;
}

const Permission* permission_of(const Snapshot& snapshot, const Pubkey& signer) {
  for (const auto& [key, permission] : snapshot.permissions) {
    if (permission.user_payer == signer && permission.status == PermissionStatus::Activated) return &permission;
  }
  return nullptr;
}

}  // namespace

lifecycle::Roles network_roles(const Snapshot& snapshot, const Pubkey& signer) {
  lifecycle::Roles roles;
  const auto* held = permission_of(snapshot, signer);
  const auto bits = held == nullptr ? 0 : held->permissions;
  roles.foundation = (bits & permission::kNetworkAdmin) != 0;
  roles.health_authority = (bits & permission::kHealthOracle) != 0;
  roles.activator = (bits & permission::kActivator) != 0;
  if (!snapshot.global_state) return roles;
  const auto& state = *snapshot.global_state;
  const auto& list = state.foundation_allowlist;
  roles.foundation |= std::find(list.begin(), list.end(), signer) != list.end();
  roles.health_authority |= state.health_oracle == signer;
  roles.activator |= state.activator_authority == signer;
  return roles;
}

bool has_permission_account(const Snapshot& snapshot, const Pubkey& signer) {
  return permission_of(snapshot, signer) != nullptr;
}

lifecycle::Roles roles_for_device(const Snapshot& snapshot, const Device& device, const Pubkey& signer) {
  lifecycle::Roles roles = network_roles(snapshot, signer);
  roles.side_a = owns(snapshot, device.contributor, signer);
  return roles;
}

lifecycle::Roles roles_for_link(const Snapshot& snapshot, const Link& link, const Pubkey& signer) {
  lifecycle::Roles roles = network_roles(snapshot, signer);
  roles.side_a = owns(snapshot, link.contributor, signer);
  roles.side_z = acting_side_z(snapshot, link, signer).has_value();
  return roles;
}

Pubkey side_z_contributor(const Snapshot& snapshot, const Link& link) {
  const auto device = snapshot.devices.find(link.side_z);
  return device == snapshot.devices.end() ? Pubkey{} : device->second.contributor;
}

std::optional<Pubkey> acting_side_z(const Snapshot& snapshot, const Link& link, const Pubkey& signer) {
  const auto contributor = side_z_contributor(snapshot, link);
  const bool side_z_only = owns(snapshot, contributor, signer) && !owns(snapshot, link.contributor, signer);
  return side_z_only && contributor != link.contributor ? std::optional(contributor) : std::nullopt;
}

lifecycle::LifecycleState lifecycle_state(const Link& link) {
  lifecycle::LifecycleState state{link.status, link.desired_status, link.health, {}, link.type == LinkType::Dzx};
  state.holds.side_a = (link.flags & kLinkFlagHeldBySideA) != 0;
  state.holds.side_z = (link.flags & kLinkFlagHeldBySideZ) != 0;
  return state;
}

lifecycle::LifecycleState lifecycle_state(const Device& device) {
  return {device.status, device.desired_status, device.health, {}, false};
}

}  // namespace dz::client
