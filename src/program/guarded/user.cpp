#include "program/guarded/user.h"

#include <fmt/format.h>

namespace dz::program::guarded {
namespace {

Check check_door(const Device& device, const Guest& guest) {
  if (!accepts_new_users(device.status) && !(guest.qa && is_under_test(device))) {
    return reject(
        wire::ProgramError::DeviceAcceptsNoUsers,
        fmt::format("device '{}' is {}: it takes new users only while activated, and keeps those it has{}", device.code,
                    to_text(device.status), keeps_users(device.status) ? "" : " until they are deleted"));
  }
  return check_seats(device, guest);
}

// The type is part of the address and of the counts.
Check check_update(const User& user, const wire::UpdateUserArgs& args) {
  if (args.type && *args.type != user.type) {
    return reject(wire::ProgramError::ImmutableField, "a user keeps its type: delete it and create it anew");
  }
  if (!args.tenant || args.tenant->is_zero()) return {};
  return reject(wire::ProgramError::FeatureNotEnabled, "this ledger keeps no tenants");
}

}  // namespace

Check create_user(Accounts& accounts, const wire::CreateUserArgs& args) {
  return program::create_user(accounts, args, check_door, false);
}

Check update_user(Accounts& accounts, const wire::UpdateUserArgs& args) {
  return program::update_user(accounts, args, check_update);
}

}  // namespace dz::program::guarded
