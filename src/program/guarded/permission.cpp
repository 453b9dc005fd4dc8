// Permission accounts: rights of a key beyond the allowlists.
#include "program/guarded/handlers.h"
#include "program/rules/permission_rules.h"

namespace dz::program::guarded {
namespace {

Outcome<Authority> authorize_admin(const Accounts& accounts, const GlobalState& state) {
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, state));
  DZ_TRY(authorize(authority, permission::kPermissionAdmin, "change permissions"));
  return authority;
}

Outcome<Record<Permission>> open_permission(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto opened, open_record<Permission>(accounts, "permission"));
  DZ_TRY(authorize_admin(accounts, *opened.state));
  return std::move(opened.record);
}

// Being the foundation is not an administrator's to give.
Check check_grant(const Authority& authority, unsigned __int128 granted) {
  if ((granted & permission::kFoundation) == 0) return {};
  return authorize(authority, permission::kFoundation, "grant the permission 'foundation'");
}

// A lock that nobody else has the key to.
Check check_not_own(const Accounts& accounts, const Permission& permission) {
  if (permission.user_payer != accounts.payer().key) return {};
  return reject(wire::ProgramError::InvalidArgument, "nobody changes, suspends or deletes his own permissions");
}

Check change_status(Accounts& accounts, PermissionStatus from, PermissionStatus to) {
  DZ_TRY_ASSIGN(auto permission, open_permission(accounts));
  if (to == PermissionStatus::Suspended) DZ_TRY(check_not_own(accounts, *permission));
  DZ_TRY(check_status(*permission, from));
  permission->status = to;
  return accounts.save(permission);
}

}  // namespace

Check create_permission(Accounts& accounts, const wire::CreatePermissionArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("permission"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY_ASSIGN(const auto authority, authorize_admin(accounts, *state));
  DZ_TRY(check_grant(authority, args.permissions));
  return create_permission_account(accounts, at, args);
}

Check update_permission(Accounts& accounts, const wire::UpdatePermissionArgs& args) {
  DZ_TRY_ASSIGN(auto opened, open_record<Permission>(accounts, "permission"));
  auto& permission = opened.record;
  DZ_TRY_ASSIGN(const auto authority, authorize_admin(accounts, *opened.state));
  DZ_TRY(check_grant(authority, args.add));
  DZ_TRY(check_not_own(accounts, *permission));
  DZ_TRY(check_change(args));
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
  DZ_TRY_ASSIGN(const auto permission, open_permission(accounts));
  DZ_TRY(check_not_own(accounts, *permission));
  return close(permission.at, accounts.payer());
}

}  // namespace dz::program::guarded
