// Users: who is connected to which device. Whose access pass it is signs and pays, and is the owner.
#pragma once

#include <optional>

#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct CreateUserArgs {
  static constexpr auto kTag = InstructionTag::CreateUser;
  UserType type = UserType::Ibrl;
  Cyoa cyoa = Cyoa::None;
  Ipv4 client_ip;
  Ipv4 tunnel_endpoint;
  std::uint8_t dz_prefix_count = 0;  // blocks of the device that come with the instruction; the builder sets it
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.type, a.cyoa, a.client_ip, a.tunnel_endpoint, a.dz_prefix_count);
  }
  bool operator==(const CreateUserArgs&) const = default;
};
struct UpdateUserArgs {
  static constexpr auto kTag = InstructionTag::UpdateUser;
  std::optional<UserType> type;
  std::optional<Cyoa> cyoa;
  std::optional<Ipv4> dz_ip;
  std::optional<std::uint16_t> tunnel_id;
  std::optional<NetworkV4> tunnel_net;
  std::optional<Pubkey> validator, tenant;
  std::uint8_t dz_prefix_count = 0, multicast_publisher_count = 0;  // the builder sets them
  std::optional<Ipv4> tunnel_endpoint;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.type, a.cyoa, a.dz_ip, a.tunnel_id, a.tunnel_net, a.validator, a.tenant);
    io(a.dz_prefix_count, a.multicast_publisher_count, a.tunnel_endpoint);
  }
  bool operator==(const UpdateUserArgs&) const = default;
};
struct DeleteUserArgs {
  static constexpr auto kTag = InstructionTag::DeleteUser;
  std::uint8_t dz_prefix_count = 0, multicast_publisher_count = 0;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.dz_prefix_count, a.multicast_publisher_count);
  }
  bool operator==(const DeleteUserArgs&) const = default;
};
struct RequestBanUserArgs {
  static constexpr auto kTag = InstructionTag::RequestBanUser;
  std::uint8_t dz_prefix_count = 0, multicast_publisher_count = 0;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.dz_prefix_count, a.multicast_publisher_count);
  }
  bool operator==(const RequestBanUserArgs&) const = default;
};
struct SetUserBgpStatusArgs {
  static constexpr auto kTag = InstructionTag::SetUserBgpStatus;
  BgpStatus status = BgpStatus::Unknown;
  std::uint64_t rtt_ns = 0;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.status, a.rtt_ns);
  }
  bool operator==(const SetUserBgpStatusArgs&) const = default;
};

// The device of a user and how many blocks it hands addresses out of.
struct UserDevice {
  Pubkey key;
  std::size_t prefixes = 0;  // of the device's list; at most 255
};

// Accounts: user W, device W, access pass W, global_state W, the pools (user tunnel block W, multicast publisher block
// W, the device's tunnel ids W and prefix blocks W); no permission account may follow.
Instruction create_user(const Sender& sender, const UserDevice& device, const Pubkey& access_pass, CreateUserArgs args);
// Accounts: user W, global_state W, the pools.
Instruction update_user(const Sender& sender, const Pubkey& user, const UserDevice& device, UpdateUserArgs args);
// Accounts: user W, access pass W, global_state W, device W, the pools, the user's owner W.
Instruction delete_user(const Sender& sender, const Pubkey& user, const Pubkey& owner, const UserDevice& device,
                        const Pubkey& access_pass);
// Accounts: user W, global_state W, the pools.
Instruction request_ban_user(const Sender& sender, const Pubkey& user, const UserDevice& device);
// Accounts: user W, access pass W, global_state W.
Instruction check_user_access_pass(const Sender& sender, const Pubkey& user, const Pubkey& access_pass);
// Accounts: user W, device R. Signed by the device's metrics publisher; no permission account follows.
Instruction set_user_bgp_status(const Sender& sender, const Pubkey& user, const Pubkey& device,
                                const SetUserBgpStatusArgs& args);

}  // namespace dz::wire
