#include "program/rules/authorize.h"

#include <fmt/format.h>

#include "program/rules/entities.h"

namespace dz::program {
namespace {

// The rule from before there were permission accounts.
bool allowed_by_lists(const GlobalState& state, const Pubkey& signer, unsigned __int128 any_of) {
  using namespace permission;
  constexpr auto kOfFoundation = permission::kFoundation | permission::kPermissionAdmin | permission::kInfraAdmin |
                                 permission::kNetworkAdmin | permission::kTenantAdmin | permission::kMulticastAdmin |
                                 permission::kUserAdmin | permission::kAccessPassAdmin | permission::kGlobalStateAdmin |
                                 permission::kContributorAdmin | permission::kTopologyAdmin |
                                 permission::kResourceAdmin | permission::kIndexAdmin;
  constexpr auto kOfSentinel =
      permission::kSentinel | permission::kTenantAdmin | permission::kMulticastAdmin | permission::kAccessPassAdmin;
  constexpr auto kOfFeedAuthority = permission::kFeedAuthority | permission::kAccessPassAdmin;
  return ((any_of & kOfFoundation) != 0 && is_foundation(state, signer)) ||
         ((any_of & permission::kQa) != 0 && contains(state.qa_allowlist, signer)) ||
         ((any_of & permission::kActivator) != 0 && state.activator_authority == signer) ||
         ((any_of & kOfSentinel) != 0 && state.sentinel_authority == signer) ||
         ((any_of & permission::kHealthOracle) != 0 && state.health_oracle == signer) ||
         ((any_of & kOfFeedAuthority) != 0 && state.feed_authority == signer);
}

}  // namespace

bool is_foundation(const GlobalState& state, const Pubkey& key) { return contains(state.foundation_allowlist, key); }

bool Authority::allows(unsigned __int128 any_of) const {
  if ((permissions & any_of) != 0) return true;
  // The foundation can always repair the permissions themselves.
  if ((any_of & permission::kPermissionAdmin) != 0 && is_foundation(*state, signer)) return true;
  const bool lists_count = (state->feature_flags & kRequirePermissionAccounts) == 0;
  return lists_count && allowed_by_lists(*state, signer, any_of);
}

Outcome<Authority> read_authority(const Accounts& accounts, const GlobalState& state) {
  Authority authority{&state, accounts.payer().key, 0};
  if (!accounts.permission()) return authority;
  const auto& given = *accounts.permission();
  const auto expected = wire::permission_address(accounts.program(), accounts.payer().key).address;
  if (given.key != expected) {
    return reject(wire::InstructionErrorKind::InvalidArgument,
                  fmt::format("permission account: expected {}, that of the payer, found {}", to_text(expected),
                              to_text(given.key)));
  }
  if (given.account->owner != accounts.program()) {
    return reject(wire::InstructionErrorKind::InvalidAccountData,
                  "permission account: there is none for this payer; leave it out of the instruction");
  }
  const auto record = wire::decode_permission(given.account->data);  // what does not decode allows nothing
  if (record && record->status == PermissionStatus::Activated) authority.permissions = record->permissions;
  return authority;
}

Check authorize(const Authority& authority, unsigned __int128 any_of, std::string_view action) {
  if (authority.allows(any_of)) return {};
  return reject(wire::ProgramError::NotAllowed, fmt::format("{} may not {}", to_text(authority.signer), action));
}

Check authorize(const Accounts& accounts, const GlobalState& state, unsigned __int128 any_of, std::string_view action) {
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, state));
  return authorize(authority, any_of, action);
}

Check authorize_contributor(const Authority& authority, const Contributor& contributor, wire::ProgramError otherwise,
                            std::string_view action) {
  if (contributor.owner == authority.signer || authority.allows(permission::kNetworkAdmin)) return {};
  return reject(otherwise,
                fmt::format("{} may not {}: expected {}, the owner of contributor '{}', or the foundation",
                            to_text(authority.signer), action, to_text(contributor.owner), contributor.code));
}

lifecycle::Roles roles_of(const Authority& authority, const Contributor* side_a, const Contributor* side_z) {
  return {.side_a = side_a != nullptr && side_a->owner == authority.signer,
          .side_z = side_z != nullptr && side_z->owner == authority.signer,
          .foundation = authority.allows(permission::kNetworkAdmin),
          .health_authority = authority.allows(permission::kHealthOracle),
          .activator = authority.allows(permission::kActivator)};
}

}  // namespace dz::program
