#include "wire/instructions/user.h"

#include "base/check.h"

namespace dz::wire {
namespace {

AccountMeta state(const Sender& sender) { return writable(global_state_address(sender.program).address); }

// In the order in which the program takes them.
void add_pools(const Sender& sender, const UserDevice& device, std::vector<AccountMeta>& accounts) {
  const auto& program = sender.program;
  accounts.push_back(writable(resource_address(program, ResourceKind::UserTunnelBlock).address));
  accounts.push_back(writable(resource_address(program, ResourceKind::MulticastPublisherBlock).address));
  accounts.push_back(writable(tunnel_ids_address(program, device.key).address));
  for (std::size_t i = 0; i < device.prefixes; ++i) {
    accounts.push_back(writable(dz_prefix_block_address(program, device.key, i).address));
  }
}

std::uint8_t count_of(const UserDevice& device) {
  DZ_CHECK(device.prefixes <= 0xff);
  return static_cast<std::uint8_t>(device.prefixes);
}

}  // namespace

Instruction create_user(const Sender& sender, const UserDevice& device, const Pubkey& access_pass,
                        CreateUserArgs args) {
  args.dz_prefix_count = count_of(device);
  std::vector<AccountMeta> accounts{writable(user_address(sender.program, args.client_ip, args.type).address),
                                    writable(device.key), writable(access_pass), state(sender)};
  add_pools(sender, device, accounts);
  return build_instruction({sender.program, sender.payer}, std::move(accounts), encode(args));
}

Instruction update_user(const Sender& sender, const Pubkey& user, const UserDevice& device, UpdateUserArgs args) {
  args.dz_prefix_count = count_of(device);
  args.multicast_publisher_count = 1;
  std::vector<AccountMeta> accounts{writable(user), state(sender)};
  add_pools(sender, device, accounts);
  return build_instruction(sender, std::move(accounts), encode(args));
}

Instruction delete_user(const Sender& sender, const Pubkey& user, const Pubkey& owner, const UserDevice& device,
                        const Pubkey& access_pass) {
  std::vector<AccountMeta> accounts{writable(user), writable(access_pass), state(sender), writable(device.key)};
  add_pools(sender, device, accounts);
  accounts.push_back(writable(owner));
  return build_instruction(sender, std::move(accounts), encode(DeleteUserArgs{count_of(device), 1}));
}

Instruction request_ban_user(const Sender& sender, const Pubkey& user, const UserDevice& device) {
  std::vector<AccountMeta> accounts{writable(user), state(sender)};
  add_pools(sender, device, accounts);
  return build_instruction(sender, std::move(accounts), encode(RequestBanUserArgs{count_of(device), 1}));
}

Instruction check_user_access_pass(const Sender& sender, const Pubkey& user, const Pubkey& access_pass) {
  return build_instruction(sender, {writable(user), writable(access_pass), state(sender)},
                           only(InstructionTag::CheckUserAccessPass));
}

Instruction set_user_bgp_status(const Sender& sender, const Pubkey& user, const Pubkey& device,
                                const SetUserBgpStatusArgs& args) {
  return build_instruction({sender.program, sender.payer}, {writable(user), read_only(device)}, encode(args));
}

}  // namespace dz::wire
