// Devices and their interfaces. Builders that depend on the record as it is take it: read it just before sending.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wire/instructions/codec.h"
#include "wire/instructions/health.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct CreateDeviceArgs {
  static constexpr auto kTag = InstructionTag::CreateDevice;
  std::string code;
  DeviceType type = DeviceType::Hybrid;
  Ipv4 public_ip;
  std::vector<NetworkV4> dz_prefixes;
  Pubkey metrics_publisher;
  std::string mgmt_vrf;
  std::optional<DesiredStatus> desired_status;
  std::uint8_t resource_count = 0;  // 1 + prefixes; the builder fills it
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io, const Profile& profile) {
    io(a.code, a.type, a.public_ip, a.dz_prefixes, a.metrics_publisher, a.mgmt_vrf);
    io.word(a.desired_status, profile.device_desired);
    io(a.resource_count);
  }
  bool operator==(const CreateDeviceArgs&) const = default;
};
struct DeviceSite {
  Pubkey contributor, location, exchange;
};
// Accounts: device W, contributor W, location W, exchange W, global_state W, global_config W, tunnel_ids(device, 0) W,
// dz_prefix_block(device, i) W for each prefix.
Result<Instruction> create_device(const Sender& sender, AccountIndex index, const DeviceSite& site,
                                  CreateDeviceArgs args, const Profile& profile);

// A device where it is, as it was last read. The record must outlive the call.
struct DeviceAt {
  Pubkey key;
  const Device& record;
};
struct UpdateDeviceArgs {
  static constexpr auto kTag = InstructionTag::UpdateDevice;
  std::optional<std::string> code;
  std::optional<DeviceType> type;
  std::optional<Pubkey> contributor;  // foundation only
  std::optional<Ipv4> public_ip;
  std::optional<std::vector<NetworkV4>> dz_prefixes;
  std::optional<Pubkey> metrics_publisher;
  std::optional<std::string> mgmt_vrf;
  std::optional<std::uint16_t> max_users, users_count;
  std::optional<Status> status;
  std::optional<DesiredStatus> desired_status;
  std::uint64_t resource_count = 0;  // with dz_prefixes; the builder fills it
  std::optional<std::uint32_t> reference_count;
  std::optional<std::uint16_t> max_unicast_users, max_multicast_subscribers, unicast_users_count;
  std::optional<std::uint16_t> max_multicast_publishers, multicast_subscribers_count, multicast_publishers_count;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io, const Profile& profile) {
    io(a.code, a.type, a.contributor, a.public_ip, a.dz_prefixes, a.metrics_publisher, a.mgmt_vrf);
    io(a.max_users, a.users_count);
    io.word(a.status, profile.device_status);
    io.word(a.desired_status, profile.device_desired);
    io(a.resource_count, a.reference_count, a.max_unicast_users, a.max_multicast_subscribers, a.unicast_users_count);
    io(a.max_multicast_publishers, a.multicast_subscribers_count, a.multicast_publishers_count);
  }
  bool operator==(const UpdateDeviceArgs&) const = default;
};
// Accounts: device W, contributor W, [old location W, new location W], global_state W, and with dz_prefixes:
// global_config W, tunnel_ids W, dz_prefix_block W up to the longer of the old and new list. Without new_location and
// dz_prefixes these are five accounts, the minimal status update.
Result<Instruction> update_device(const Sender& sender, const DeviceAt& device, UpdateDeviceArgs args,
                                  const Profile& profile, const std::optional<Pubkey>& new_location = std::nullopt);

struct DeleteDeviceArgs {
  static constexpr auto kTag = InstructionTag::DeleteDevice;
  std::uint8_t resource_count = 0;  // 0 only marks the device as deleting
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.resource_count);
  }
  bool operator==(const DeleteDeviceArgs&) const = default;
};
// Accounts: device W, contributor W, global_state W, location W, exchange W, tunnel_ids W, dz_prefix_block W ..., the
// owner of each of these resources W, device owner W. resource_owners: ResourceExtension.owner of tunnel_ids and of
// each prefix block; when empty, the device's owner is taken for all.
Instruction delete_device(const Sender& sender, const Pubkey& device, const Device& record,
                          std::span<const Pubkey> resource_owners = {});

struct SetDeviceHealthArgs {
  static constexpr auto kTag = InstructionTag::SetDeviceHealth;
  Health health = Health::Pending;               // what upstream takes where it is left out
  std::optional<lifecycle::JudgedState> judged;  // the state it was judged in; the program refuses it in any other
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io, const Profile& profile) {
    health_fields(a, io, RecordKind::Device, profile);
  }
  bool operator==(const SetDeviceHealthArgs&) const = default;
};
// Accounts: device W, global_state W.
Result<Instruction> set_device_health(const Sender& sender, const Pubkey& device, Health health, const Profile& profile,
                                      const std::optional<lifecycle::JudgedState>& judged = std::nullopt);

struct CreateInterfaceArgs {
  static constexpr auto kTag = InstructionTag::CreateDeviceInterface;
  std::string name;
  LoopbackType loopback = LoopbackType::None;
  std::uint16_t vlan_id = 0;
  std::optional<NetworkV4> ip_net;
  bool user_tunnel_endpoint = false;
  Cyoa cyoa = Cyoa::None;
  Dia dia = Dia::None;
  std::uint64_t bandwidth = 0, cir = 0;
  std::uint16_t mtu = 0;
  RoutingMode routing_mode = RoutingMode::Static;
  bool use_onchain_allocation = false;  // must be true; the builder sets it
  std::uint8_t topology_count = 0;      // the builder fills it
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.name, a.loopback, a.vlan_id, a.ip_net, a.user_tunnel_endpoint, a.cyoa, a.dia, a.bandwidth, a.cir, a.mtu);
    io(a.routing_mode, a.use_onchain_allocation, a.topology_count);
  }
  bool operator==(const CreateInterfaceArgs&) const = default;
};
// Accounts: device W, contributor W, global_state W, device_tunnel_block W, segment_routing_ids W, topologies R.
// contributor: the device's.
Instruction create_interface(const Sender& sender, const Pubkey& device, const Pubkey& contributor,
                             CreateInterfaceArgs args, std::span<const Pubkey> topologies = {});

struct DeleteInterfaceArgs {
  static constexpr auto kTag = InstructionTag::DeleteDeviceInterface;
  std::string name;
  bool use_onchain_deallocation = false;  // must be true; the builder sets it
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.name, a.use_onchain_deallocation);
  }
  bool operator==(const DeleteInterfaceArgs&) const = default;
};
// Accounts: device W, contributor W, global_state W, device_tunnel_block W, segment_routing_ids W.
Instruction delete_interface(const Sender& sender, const Pubkey& device, const Pubkey& contributor,
                             const std::string& name);

struct UpdateInterfaceArgs {
  static constexpr auto kTag = InstructionTag::UpdateDeviceInterface;
  std::string name;
  std::optional<LoopbackType> loopback;
  std::optional<std::uint16_t> vlan_id;
  std::optional<bool> user_tunnel_endpoint;
  std::optional<InterfaceStatus> status;
  std::optional<NetworkV4> ip_net;
  std::optional<std::uint16_t> node_segment_idx;
  std::optional<Cyoa> cyoa;
  std::optional<Dia> dia;
  std::optional<std::uint64_t> bandwidth, cir;
  std::optional<std::uint16_t> mtu;
  std::optional<RoutingMode> routing_mode;
  std::uint8_t topology_count = 0;
  bool update_topologies = false;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.name, a.loopback, a.vlan_id, a.user_tunnel_endpoint, a.status, a.ip_net, a.node_segment_idx, a.cyoa, a.dia);
    io(a.bandwidth, a.cir, a.mtu, a.routing_mode, a.topology_count, a.update_topologies);
  }
  bool operator==(const UpdateInterfaceArgs&) const = default;
};
// Accounts: device W, contributor W, global_state W, and with node_segment_idx: segment_routing_ids W.
// With topologies too: segment_routing_ids W, topologies R. The interface then has a segment in each of these and in no
// other. None: its segments stay.
Instruction update_interface(const Sender& sender, const Pubkey& device, const Pubkey& contributor,
                             UpdateInterfaceArgs args,
                             const std::optional<std::vector<Pubkey>>& topologies = std::nullopt);

}  // namespace dz::wire
