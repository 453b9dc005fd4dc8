// Users and access passes of the Provisioner.
#include "client/provision.h"
#include "wire/addresses.h"

namespace dz::client {
namespace {

wire::UserDevice of(const Found<Device>& device) { return {device.key, device.record->dz_prefixes.size()}; }

}  // namespace

Result<Written> Provisioner::set_access_pass(const Pubkey& user_payer, const wire::SetAccessPassArgs& args) {
  return write("access-pass set", wire::access_pass_address(sender_.program, args.client_ip, user_payer).address,
               wire::set_access_pass(sender_, user_payer, args));
}

Result<Written> Provisioner::close_access_pass(const Pubkey& access_pass) {
  return write("access-pass close", access_pass, wire::close_access_pass(sender_, access_pass));
}

Result<Written> Provisioner::set_access_pass_flags(const Pubkey& access_pass,
                                                   const wire::SetAccessPassFlagsArgs& args) {
  return write("access-pass set-flags", access_pass, wire::set_access_pass_flags(sender_, access_pass, args));
}

Result<Written> Provisioner::create_user(const Found<Device>& device, const Pubkey& access_pass,
                                         const wire::CreateUserArgs& args) {
  return write("user create", wire::user_address(sender_.program, args.client_ip, args.type).address,
               wire::create_user(sender_, of(device), access_pass, args));
}

Result<Written> Provisioner::update_user(const Found<User>& user, const Found<Device>& device,
                                         const wire::UpdateUserArgs& args) {
  return write("user update", user.key, wire::update_user(sender_, user.key, of(device), args));
}

Result<Written> Provisioner::delete_user(const Found<User>& user, const Found<Device>& device,
                                         const Pubkey& access_pass) {
  return write("user delete", user.key,
               wire::delete_user(sender_, user.key, user.record->owner, of(device), access_pass));
}

Result<Written> Provisioner::request_ban_user(const Found<User>& user, const Found<Device>& device) {
  return write("user request-ban", user.key, wire::request_ban_user(sender_, user.key, of(device)));
}

}  // namespace dz::client
