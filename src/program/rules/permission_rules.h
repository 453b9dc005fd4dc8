// New permission accounts and what updates make of them: the same whoever may do it.
#pragma once

#include "program/rules/entities.h"
#include "wire/instructions/permission.h"

namespace dz::program {

// Creates the account of the key in args, with these permissions; owned by the payer.
inline Check create_permission_account(const Accounts& accounts, const AccountRef& at,
                                       const wire::CreatePermissionArgs& args) {
  const auto address = wire::permission_address(accounts.program(), args.user_payer);
  Permission permission;
  permission.owner = accounts.payer().key;
  permission.bump = address.bump;
  permission.status = PermissionStatus::Activated;
  permission.user_payer = args.user_payer;
  permission.permissions = args.permissions;
  return accounts.create(at, address, permission);
}

inline Check check_change(const wire::UpdatePermissionArgs& args) {
  if ((args.add & args.remove) == 0 && (args.add | args.remove) != 0) return {};
  return reject(wire::ProgramError::InvalidArgument, "expected permissions to add or to remove, and none in both");
}
inline void change_permissions(Permission& permission, const wire::UpdatePermissionArgs& args) {
  permission.permissions = (permission.permissions | args.add) & ~args.remove;
}

inline Check check_status(const Permission& permission, PermissionStatus expected) {
  if (permission.status == expected) return {};
  return reject(wire::ProgramError::InvalidStatus, fmt::format("the permission account is {}, expected {}",
                                                               to_text(permission.status), to_text(expected)));
}

}  // namespace dz::program
