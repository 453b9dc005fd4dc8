// Permission accounts. The live program looks at the account and the arguments before the signer's rights.
#include "program/live/site_handlers.h"
#include "program/rules/permission_rules.h"

namespace dz::program::live {
namespace {

Check check_address(const Accounts& accounts, const AccountRef& at, const Pubkey& user_payer) {
  return check_key(at, wire::permission_address(accounts.program(), user_payer).address,
                   wire::InstructionErrorKind::InvalidArgument);
}

// The permission account is read before the global state, and whether the system program is named right is not looked
// at.
struct Opening {
  Record<Permission> record;
  AccountRef state;
};
Outcome<Opening> open_permission(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("permission"));
  DZ_TRY_ASSIGN(const auto state, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(accounts.check_owner(at, state));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(auto record, accounts.load<Permission>(at));
  DZ_TRY(check_address(accounts, at, record->user_payer));
  return Opening{std::move(record), state};
}

Check check_not_own(const Accounts& accounts, const Permission& permission) {
  if (permission.user_payer != accounts.payer().key) return {};
  return reject(wire::ProgramError::InvalidArgument, "nobody changes, suspends or deletes his own permissions");
}

// Who changes permissions; and granting FOUNDATION takes more: being of the foundation, by its list whatever the
// feature flags say, or by a permission.
Check authorize_admin(const Accounts& accounts, const AccountRef& state_at, unsigned __int128 granted) {
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *state));
  DZ_TRY(program::authorize(authority, permission::kPermissionAdmin, "change permissions"));
  if ((granted & permission::kFoundation) == 0 || is_foundation(*state, authority.signer) ||
      (authority.permissions & permission::kFoundation) != 0) {
    return {};
  }
  return reject(wire::ProgramError::NotAllowed, "only the foundation grants the permission 'foundation'");
}

Check change_status(Accounts& accounts, PermissionStatus from, PermissionStatus to) {
  DZ_TRY_ASSIGN(auto opened, open_permission(accounts));
  auto& permission = opened.record;
  if (to == PermissionStatus::Suspended) DZ_TRY(check_not_own(accounts, *permission));
  DZ_TRY(check_status(*permission, from));
  DZ_TRY(authorize_admin(accounts, opened.state, 0));
  permission->status = to;
  return accounts.save(permission);
}

}  // namespace

Check create_permission(Accounts& accounts, const wire::CreatePermissionArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("permission"));
  DZ_TRY_ASSIGN(const auto state, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY(accounts.check_owner(state));
  DZ_TRY(check_writable(at));
  DZ_TRY(check_address(accounts, at, args.user_payer));
  DZ_TRY(check_empty(at));
  DZ_TRY(authorize_admin(accounts, state, args.permissions));
  return create_permission_account(accounts, at, args);
}

Check update_permission(Accounts& accounts, const wire::UpdatePermissionArgs& args) {
  DZ_TRY_ASSIGN(auto opened, open_permission(accounts));
  auto& permission = opened.record;
  DZ_TRY(check_not_own(accounts, *permission));
  DZ_TRY(check_change(args));
  DZ_TRY(authorize_admin(accounts, opened.state, args.add));
  change_permissions(*permission, args);
  return accounts.save(permission);
}

Check suspend_permission(Accounts& accounts) {
  return change_status(accounts, PermissionStatus::Activated, PermissionStatus::Suspended);
}
Check resume_permission(Accounts& accounts) {
  return change_status(accounts, PermissionStatus::Suspended, PermissionStatus::Activated);
}

Check delete_permission(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto opened, open_permission(accounts));
  DZ_TRY(check_not_own(accounts, *opened.record));
  DZ_TRY(authorize_admin(accounts, opened.state, 0));
  return close(opened.record.at, accounts.payer());
}

}  // namespace dz::program::live
