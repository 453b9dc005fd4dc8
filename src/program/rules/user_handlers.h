// The instructions on users and access passes, which both programs have. Where the guarded program checks more it says
// so by a check of its own (guarded/user.cpp), the live one what it checks there (live/user.cpp).
#pragma once

#include "domain/users.h"
#include "program/runtime/accounts.h"
#include "wire/instructions/access_pass.h"
#include "wire/instructions/user.h"

namespace dz::program {

// Who wants to connect to a device.
struct Guest {
  bool foundation = false, qa = false;  // of the payer, by the allowlists
  UserType type = UserType::Ibrl;
};
// Whether the device takes one more user of that type.
using Door = Check (*)(const Device& device, const Guest& guest);
// Seats in all (MaxUsersExceeded) and of the type; a QA key needs none.
Check check_seats(const Device& device, const Guest& guest);

// user_create.cpp. old_addresses: also at an address of the old kind.
Check create_user(Accounts& accounts, const wire::CreateUserArgs& args, Door door, bool old_addresses);

// user_update.cpp. may: what is not to be changed.
using MayUpdate = Check (*)(const User& user, const wire::UpdateUserArgs& args);
Check update_user(Accounts& accounts, const wire::UpdateUserArgs& args, MayUpdate may);
Check check_user_access_pass(Accounts& accounts);
Check set_user_bgp_status(Accounts& accounts, const wire::SetUserBgpStatusArgs& args);

// user_delete.cpp
Check delete_user(Accounts& accounts, const wire::DeleteUserArgs& args);
Check request_ban_user(Accounts& accounts, const wire::RequestBanUserArgs& args);

// access_pass.cpp
Check set_access_pass(Accounts& accounts, const wire::SetAccessPassArgs& args);
Check close_access_pass(Accounts& accounts);
Check check_access_pass(Accounts& accounts);
Check set_access_pass_flags(Accounts& accounts, const wire::SetAccessPassFlagsArgs& args);

}  // namespace dz::program
