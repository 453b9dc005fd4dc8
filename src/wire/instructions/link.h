// Links. A link is changed through a contributor: side A's, which is the link's own, or side Z's of a DZX link.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/instructions/codec.h"
#include "wire/instructions/health.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct CreateLinkArgs {
  static constexpr auto kTag = InstructionTag::CreateLink;
  std::string code;
  LinkType type = LinkType::Wan;
  std::uint64_t bandwidth = 0;
  std::uint32_t mtu = 0;
  std::uint64_t delay_ns = 0, jitter_ns = 0;
  std::string side_a_iface;
  std::optional<std::string> side_z_iface;  // not for DZX: side Z names it when it accepts
  std::optional<DesiredStatus> desired_status;
  bool use_onchain_allocation = false;  // must be true; the builder sets it
  std::optional<Status> status;         // our extension: a WAN link starts hard_drained, or soft_drained if set so
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io, const Profile& profile) {
    io(a.code, a.type, a.bandwidth, a.mtu, a.delay_ns, a.jitter_ns, a.side_a_iface, a.side_z_iface);
    io.word(a.desired_status, profile.link_desired);
    io(a.use_onchain_allocation);
    if (profile.extended_instructions)
      io.tail(a.status, [&](auto& status) { io.required_word(status, profile.link_status); });
  }
  bool operator==(const CreateLinkArgs&) const = default;
};
struct LinkEnds {
  Pubkey contributor;  // side A's
  Pubkey side_a, side_z;
};
// Accounts: link W, contributor W, side_a W, side_z W, global_state W, topology UNICAST-DEFAULT W,
// device_tunnel_block W, link_ids W.
Result<Instruction> create_link(const Sender& sender, AccountIndex index, const LinkEnds& ends, CreateLinkArgs args,
                                const Profile& profile);

struct AcceptLinkArgs {
  static constexpr auto kTag = InstructionTag::AcceptLink;
  std::string side_z_iface;
  bool use_onchain_allocation = false;  // must be true; the builder sets it
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.side_z_iface, a.use_onchain_allocation);
  }
  bool operator==(const AcceptLinkArgs&) const = default;
};
// Accounts: link W, contributor W (side Z's), side_z W, global_state W, side_a W, device_tunnel_block W, link_ids W.
Instruction accept_link(const Sender& sender, const Pubkey& link, const Link& record, const Pubkey& side_z_contributor,
                        const std::string& side_z_iface);

// A link where it is, as it was last read. The record must outlive the call.
struct LinkAt {
  Pubkey key;
  const Link& record;
};
struct UpdateLinkArgs {
  static constexpr auto kTag = InstructionTag::UpdateLink;
  std::optional<std::string> code;
  std::optional<Pubkey> contributor;  // ignored by the program
  std::optional<LinkType> type;
  std::optional<std::uint64_t> bandwidth;
  std::optional<std::uint32_t> mtu;
  std::optional<std::uint64_t> delay_ns, jitter_ns;
  std::optional<Status> status;
  std::optional<std::uint64_t> delay_override_ns;
  std::optional<DesiredStatus> desired_status;
  std::optional<std::uint16_t> tunnel_id;  // foundation only, like tunnel_net and topologies
  std::optional<NetworkV4> tunnel_net;
  bool use_onchain_allocation = false;  // with tunnel_id or tunnel_net; the builder sets it
  std::optional<std::vector<Pubkey>> topologies;
  std::optional<bool> unicast_drained;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io, const Profile& profile) {
    io(a.code, a.contributor, a.type, a.bandwidth, a.mtu, a.delay_ns, a.jitter_ns);
    io.word(a.status, profile.link_status);
    io(a.delay_override_ns);
    io.word(a.desired_status, profile.link_desired);
    io(a.tunnel_id, a.tunnel_net, a.use_onchain_allocation, a.topologies, a.unicast_drained);
  }
  bool operator==(const UpdateLinkArgs&) const = default;
};
// Accounts: link W, contributor W, [side_z W when acting as side Z], global_state W, [side_a W, side_z W with
// tunnel_net], [device_tunnel_block W, link_ids W with tunnel_id or tunnel_net], the union of old and new topologies W.
// side_z_contributor: given when the sender acts for side Z. Without the optional parts these are five accounts, the
// minimal status update.
Result<Instruction> update_link(const Sender& sender, const LinkAt& link, UpdateLinkArgs args, const Profile& profile,
                                const std::optional<Pubkey>& side_z_contributor = std::nullopt);

struct DeleteLinkArgs {
  static constexpr auto kTag = InstructionTag::DeleteLink;
  bool use_onchain_deallocation = false;  // must be true; the builder sets it
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.use_onchain_deallocation);
  }
  bool operator==(const DeleteLinkArgs&) const = default;
};
// Accounts: link W, contributor W, global_state W, side_a W, side_z W, device_tunnel_block W, link_ids W, link owner W,
// each of the link's topologies once W. side_z_contributor: given when side Z refuses a link that it never accepted;
// then it is the second account, and the link's own contributor W comes after the link owner.
Instruction delete_link(const Sender& sender, const Pubkey& link, const Link& record,
                        const std::optional<Pubkey>& side_z_contributor = std::nullopt);

struct SetLinkHealthArgs {
  static constexpr auto kTag = InstructionTag::SetLinkHealth;
  Health health = Health::Pending;               // what upstream takes where it is left out
  std::optional<lifecycle::JudgedState> judged;  // the state it was judged in; the program refuses it in any other
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io, const Profile& profile) {
    health_fields(a, io, RecordKind::Link, profile);
  }
  bool operator==(const SetLinkHealthArgs&) const = default;
};
// Accounts: link W, global_state W.
Result<Instruction> set_link_health(const Sender& sender, const Pubkey& link, Health health, const Profile& profile,
                                    const std::optional<lifecycle::JudgedState>& judged = std::nullopt);

}  // namespace dz::wire
