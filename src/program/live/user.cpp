// Users on the live network: what its program lets in and changes where the guarded one does not.
#include <fmt/format.h>

#include "program/live/user.h"

namespace dz::program::live {
namespace {

// The foundation and QA also get onto a device that is not in service.
Check check_door(const Device& device, const Guest& guest) {
  if (!accepts_new_users(device.status) && !guest.foundation && !guest.qa) {
    return reject(
        wire::ProgramError::InvalidStatus,
        fmt::format("device '{}' is {}: it takes new users only while activated", device.code, to_text(device.status)));
  }
  return check_seats(device, guest);
}

Check any_update(const User&, const wire::UpdateUserArgs&) { return {}; }

}  // namespace

Check create_user(Accounts& accounts, const wire::CreateUserArgs& args) {
  return program::create_user(accounts, args, check_door, true);
}

Check update_user(Accounts& accounts, const wire::UpdateUserArgs& args) {
  return program::update_user(accounts, args, any_update);
}

}  // namespace dz::program::live
