// The network as a whole: authorities, allowlists, configuration.
#pragma once

#include <optional>

#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

// Accounts: program_config W, global_state W.
Instruction init_global_state(const Sender& sender);

struct SetAuthorityArgs {
  static constexpr auto kTag = InstructionTag::SetAuthority;
  std::optional<Pubkey> activator, sentinel, health_oracle, feed_authority;  // those absent stay as they are
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.activator, a.sentinel, a.health_oracle, a.feed_authority);
  }
  bool operator==(const SetAuthorityArgs&) const = default;
};
// Accounts: global_state W.
Instruction set_authority(const Sender& sender, const SetAuthorityArgs& args);

struct SetGlobalConfigArgs {
  static constexpr auto kTag = InstructionTag::SetGlobalConfig;
  std::uint32_t local_asn = 0, remote_asn = 0;
  NetworkV4 device_tunnel_block, user_tunnel_block, multicastgroup_block;
  std::optional<std::uint16_t> next_bgp_community;
  NetworkV4 multicast_publisher_block;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.local_asn, a.remote_asn, a.device_tunnel_block, a.user_tunnel_block, a.multicastgroup_block);
    io(a.next_bgp_community, a.multicast_publisher_block);
  }
  bool operator==(const SetGlobalConfigArgs&) const = default;
};
// The pools of SetGlobalConfig, in the order of its accounts.
inline constexpr ResourceKind kGlobalPools[] = {ResourceKind::DeviceTunnelBlock,
                                                ResourceKind::UserTunnelBlock,
                                                ResourceKind::MulticastGroupBlock,
                                                ResourceKind::LinkIds,
                                                ResourceKind::SegmentRoutingIds,
                                                ResourceKind::MulticastPublisherBlock,
                                                ResourceKind::VrfIds,
                                                ResourceKind::AdminGroupBits};
// Accounts: global_config W, global_state W, then kGlobalPools W.
Instruction set_global_config(const Sender& sender, const SetGlobalConfigArgs& args);

template <InstructionTag tag>
struct AllowlistArgs {
  static constexpr auto kTag = tag;
  Pubkey key;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.key);
  }
  bool operator==(const AllowlistArgs&) const = default;
};
using AddFoundationArgs = AllowlistArgs<InstructionTag::AddFoundationAllowlist>;
using RemoveFoundationArgs = AllowlistArgs<InstructionTag::RemoveFoundationAllowlist>;
using AddQaArgs = AllowlistArgs<InstructionTag::AddQaAllowlist>;
using RemoveQaArgs = AllowlistArgs<InstructionTag::RemoveQaAllowlist>;
// Accounts of all four: global_state W.
Instruction add_foundation(const Sender& sender, const Pubkey& key);
Instruction remove_foundation(const Sender& sender, const Pubkey& key);
Instruction add_qa(const Sender& sender, const Pubkey& key);
Instruction remove_qa(const Sender& sender, const Pubkey& key);

struct SetAirdropArgs {
  static constexpr auto kTag = InstructionTag::SetAirdrop;
  std::optional<std::uint64_t> contributor_lamports, user_lamports;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.contributor_lamports, a.user_lamports);
  }
  bool operator==(const SetAirdropArgs&) const = default;
};
// Accounts: global_state W.
Instruction set_airdrop(const Sender& sender, const SetAirdropArgs& args);

struct SetFeatureFlagsArgs {
  static constexpr auto kTag = InstructionTag::SetFeatureFlags;
  unsigned __int128 flags = 0;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.flags);
  }
  bool operator==(const SetFeatureFlagsArgs&) const = default;
};
// Accounts: global_state W.
Instruction set_feature_flags(const Sender& sender, unsigned __int128 flags);

// The lowest version of clients that may still write.
struct SetMinVersionArgs {
  static constexpr auto kTag = InstructionTag::SetMinVersion;
  Version version;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.version.major, a.version.minor, a.version.patch);
  }
  bool operator==(const SetMinVersionArgs&) const = default;
};
// Accounts: program_config W, global_state W.
Instruction set_min_version(const Sender& sender, const Version& version);

}  // namespace dz::wire
