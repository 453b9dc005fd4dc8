// The live program's own handlers of users.
#pragma once

#include "program/rules/user_handlers.h"

namespace dz::program::live {

Check create_user(Accounts& accounts, const wire::CreateUserArgs& args);
Check update_user(Accounts& accounts, const wire::UpdateUserArgs& args);

}  // namespace dz::program::live
