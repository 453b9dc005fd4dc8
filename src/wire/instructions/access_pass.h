// Access passes: who may connect, at access_pass_address(program, client_ip, user_payer).
#pragma once

#include <optional>

#include "wire/account_user.h"
#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct SetAccessPassArgs {
  static constexpr auto kTag = InstructionTag::SetAccessPass;
  AccessPassType type;
  Ipv4 client_ip;  // 0.0.0.0: any
  std::uint64_t last_access_epoch = 0;
  bool allow_multiple_ip = false;
  std::uint16_t max_unicast_users = 1, max_multicast_users = 1;  // of edge-seat passes
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.type, a.client_ip, a.last_access_epoch, a.allow_multiple_ip, a.max_unicast_users, a.max_multicast_users);
  }
  bool operator==(const SetAccessPassArgs&) const = default;
};
struct SetAccessPassFlagsArgs {
  static constexpr auto kTag = InstructionTag::SetAccessPassFlags;
  std::optional<bool> allow_multiple_ip, locked;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.allow_multiple_ip, a.locked);
  }
  bool operator==(const SetAccessPassFlagsArgs&) const = default;
};

// Accounts: access pass W, global_state R, user_payer W, who is sent what a connection costs.
Instruction set_access_pass(const Sender& sender, const Pubkey& user_payer, const SetAccessPassArgs& args);
// Accounts: access pass W, global_state R.
Instruction close_access_pass(const Sender& sender, const Pubkey& access_pass);
Instruction check_access_pass(const Sender& sender, const Pubkey& access_pass);
Instruction set_access_pass_flags(const Sender& sender, const Pubkey& access_pass, const SetAccessPassFlagsArgs& args);

}  // namespace dz::wire
