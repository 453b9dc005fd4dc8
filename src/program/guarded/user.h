// The guarded program's own handlers of users: the rule of drains (docs/adr/0038-who-connects-to-what.md).
#pragma once

#include "program/rules/user_handlers.h"

namespace dz::program::guarded {

Check create_user(Accounts& accounts, const wire::CreateUserArgs& args);
Check update_user(Accounts& accounts, const wire::UpdateUserArgs& args);

// Hard-drained and closed to users, as the RFC wants a device while it is tested: QA keys may connect.
constexpr bool is_under_test(const Device& device) {
  return device.status == Status::HardDrained && device.max_users == 0;
}

}  // namespace dz::program::guarded
