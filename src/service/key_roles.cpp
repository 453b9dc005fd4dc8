#include "service/key_roles.h"

#include <algorithm>

#include "client/program_duties.h"
#include "client/standing.h"

namespace dz::service {
namespace {

// GlobalState.feature_flags: what a key may do is then said by Permission accounts alone.
constexpr unsigned __int128 kRequirePermissionAccounts = 2;

std::string set_authority(DaemonRole role) {
  return std::string("doublezero global-config authority set ") +
         (role == DaemonRole::Activator ? "--activator-authority " : "--health-oracle ");
}

std::string problem_with_role(const client::Snapshot& snapshot, const Pubkey& key, DaemonRole role,
                              const lifecycle::Roles& roles) {
  const bool activator = role == DaemonRole::Activator;
  if (roles.foundation || (activator ? roles.activator : roles.health_authority)) return {};
  const auto& state = *snapshot.global_state;
  return "the key " + to_text(key) + " is not the " + (activator ? "activator authority" : "health authority") +
         ", which is " + to_text(activator ? state.activator_authority : state.health_oracle) + "; set it with " +
         set_authority(role) + to_text(key);
}

bool has_permission(const client::Snapshot& snapshot, const Pubkey& key, unsigned __int128 bits) {
  return std::any_of(snapshot.permissions.begin(), snapshot.permissions.end(), [&](const auto& entry) {
    const auto& permission = entry.second;
    return permission.user_payer == key && permission.status == PermissionStatus::Activated &&
           (permission.permissions & bits) != 0;
  });
}

std::string problem_with_permission(const client::Snapshot& snapshot, const Pubkey& key) {
  if (has_permission(snapshot, key, permission::kNetworkAdmin)) return {};
  const auto& state = *snapshot.global_state;
  const auto& foundation = state.foundation_allowlist;
  const bool listed = std::find(foundation.begin(), foundation.end(), key) != foundation.end();
  const bool strict = (state.feature_flags & kRequirePermissionAccounts) != 0;
  if (listed && !strict) return {};
  return "the key " + to_text(key) +
         " may not write status: expected a key with an activated NETWORK_ADMIN Permission" +
         (strict ? " (this ledger requires Permission accounts)" : " or one of the foundation") +
         "; have the foundation create one with doublezero permission set --user-payer " + to_text(key) +
         " --add network-admin";
}

}  // namespace

std::string problem_with_reading(const client::Snapshot& snapshot) {
  const auto profile = writable_profile(snapshot);
  return profile ? std::string() : profile.error().message;
}

std::string problem_with_key(const client::Snapshot& snapshot, const Pubkey& key, DaemonRole role,
                             bool allow_foundation_key) {
  const auto profile = writable_profile(snapshot);
  if (!profile) return profile.error().message;
  const bool activator = role == DaemonRole::Activator;
  if (activator && !client::ProgramDuties(**profile).names_activator) return problem_with_permission(snapshot, key);
  const auto roles = network_roles(snapshot, key);
  if (roles.foundation && !allow_foundation_key) {
    return "the key " + to_text(key) + " is also a foundation key: expected one that is the " +
           (activator ? "activator authority" : "health authority") +
           " and nothing else; make one with doublezero keygen and " + set_authority(role) +
           "PUBKEY, or start with --allow-foundation-key";
  }
  return problem_with_role(snapshot, key, role, roles);
}

std::set<Pubkey> health_authorities(const client::Snapshot& snapshot) {
  std::set<Pubkey> keys;
  if (snapshot.global_state) keys.insert(snapshot.global_state->health_oracle);
  for (const auto& [address, permission] : snapshot.permissions) {
    if (permission.status == PermissionStatus::Activated && (permission.permissions & permission::kHealthOracle) != 0)
      keys.insert(permission.user_payer);
  }
  keys.erase(Pubkey{});  // set to nobody
  return keys;
}

}  // namespace dz::service
