#include "program/live/caller.h"

#include <fmt/format.h>

namespace dz::program::live {

Caller caller_of(const Accounts& accounts, const GlobalState& state, const Contributor& contributor) {
  const auto authority = read_authority(accounts, state);
  return {.owner = contributor.owner == accounts.payer().key,
          .privileged = authority && authority->allows(permission::kNetworkAdmin)};
}

Check authorize(const Caller& caller, wire::ProgramError otherwise, std::string_view action) {
  if (caller.owner || caller.privileged) return {};
  return reject(otherwise,
                fmt::format("the payer may not {}: expected the contributor's owner, or NETWORK_ADMIN", action));
}

}  // namespace dz::program::live
