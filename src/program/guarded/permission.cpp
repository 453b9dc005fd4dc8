// Permission accounts: rights of a key beyond the allowlists.
#include "program/guarded/handlers.h"
#include "program/rules/entities.h"

namespace dz::program::guarded {
namespace {

Outcome<Authority> authorize_admin(const Accounts& accounts, const GlobalState& state) {
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, state));
  DZ_TRY(authorize(authority, permission::kPermissionAdmin, "change permissions"));
  return authority;
}

Outcome<Record<Permission>> open_permission(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto permission, accounts.record<Permission>("permission"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(authorize_admin(accounts, *state));
  return permission;
}

// Being the foundation is not an administrator's to give.
Check check_grant(const Authority& authority, unsigned __int128 granted) {
  if ((granted & permission::kFoundation) == 0) return {};
  return authorize(authority, permission::kFoundation, "grant the permission 'foundation'");
}

Check change_status(Accounts& accounts, PermissionStatus from, PermissionStatus to) {
  DZ_TRY_ASSIGN(auto permission, open_permission(accounts));
  if (permission->status != from) {
    return reject(wire::ProgramError::InvalidStatus,
                  fmt::format("the permission account is {}, expected {}", to_text(permission->status), to_text(from)));
  }
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
  const auto address = wire::permission_address(accounts.program(), args.user_payer);
  const Permission permission{accounts.payer().key, address.bump, PermissionStatus::Activated, args.user_payer,
                              args.permissions};
  return accounts.create(at, address, permission);
}

Check update_permission(Accounts& accounts, const wire::UpdatePermissionArgs& args) {
  DZ_TRY_ASSIGN(auto permission, accounts.record<Permission>("permission"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY_ASSIGN(const auto authority, authorize_admin(accounts, *state));
  DZ_TRY(check_grant(authority, args.add));
  if (permission->user_payer == authority.signer) {
    return reject(wire::ProgramError::InvalidArgument, "nobody changes his own permissions");
  }
  if ((args.add & args.remove) != 0 || (args.add | args.remove) == 0) {
    return reject(wire::ProgramError::InvalidArgument, "expected permissions to add or to remove, and none in both");
  }
  permission->permissions = (permission->permissions | args.add) & ~args.remove;
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
  return close(permission.at, accounts.payer());
}

}  // namespace dz::program::guarded
