#include "daemon/key_roles.h"

#include "client/standing.h"

namespace dz {

std::string problem_with_key(const Snapshot& snapshot, const Pubkey& key, DaemonRole role, bool allow_foundation_key) {
  if (const auto profile = writable_profile(snapshot); !profile) return profile.error().message;
  const auto roles = network_roles(snapshot, key);
  const bool activator = role == DaemonRole::Activator;
  const std::string authority = activator ? "activator authority" : "health authority";
  const std::string command = std::string("doublezero global-config authority set ") +
                              (activator ? "--activator-authority " : "--health-oracle ");
  if (roles.foundation && !allow_foundation_key) {
    return "the key " + to_text(key) + " is also a foundation key: expected one that is the " + authority +
           " and nothing else; make one with doublezero keygen and " + command +
           "PUBKEY, or start with --allow-foundation-key";
  }
  if (!roles.foundation && !(activator ? roles.activator : roles.health_authority)) {
    const auto& state = *snapshot.global_state;
    return "the key " + to_text(key) + " is not the " + authority + ", which is " +
           to_text(activator ? state.activator_authority : state.health_oracle) + "; set it with " + command +
           to_text(key);
  }
  return {};
}

}  // namespace dz
