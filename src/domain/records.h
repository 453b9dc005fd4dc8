// The records of the ledger as plain values, every field of the account included. Byte layouts: wire/accounts.h and
// docs/formats/accounts.md. Bandwidth and cir in bit/s, delays in ns (round trip), mtu in bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "domain/network.h"
#include "domain/words.h"

namespace dz {

using AccountIndex = unsigned __int128;  // the ledger counts accounts in u128

struct Version {
  std::uint32_t major = 0, minor = 0, patch = 0;
  auto operator<=>(const Version&) const = default;
};
std::string to_text(const Version& version);

struct ProgramConfig {
  std::uint8_t bump = 0;
  Version version;
  Version min_compatible_version;
  bool operator==(const ProgramConfig&) const = default;
};

struct GlobalState {
  std::uint8_t bump = 0;
  AccountIndex account_index = 0;  // the last index handed out
  std::vector<Pubkey> foundation_allowlist;
  std::vector<Pubkey> device_allowlist;  // kept for layout; grants nothing
  std::vector<Pubkey> user_allowlist;    // kept for layout; grants nothing
  Pubkey activator_authority;
  Pubkey sentinel_authority;
  std::uint64_t contributor_airdrop_lamports = 0;
  std::uint64_t user_airdrop_lamports = 0;
  Pubkey health_oracle;  // the health authority: the monitor's key
  std::vector<Pubkey> qa_allowlist;
  unsigned __int128 feature_flags = 0;
  Pubkey feed_authority;
  bool operator==(const GlobalState&) const = default;
};

struct GlobalConfig {
  Pubkey owner;
  std::uint8_t bump = 0;
  std::uint32_t local_asn = 0;
  std::uint32_t remote_asn = 0;
  NetworkV4 device_tunnel_block;
  NetworkV4 user_tunnel_block;
  NetworkV4 multicastgroup_block;
  std::uint16_t next_bgp_community = 10000;
  NetworkV4 multicast_publisher_block;
  bool operator==(const GlobalConfig&) const = default;
};

struct Location {
  Pubkey owner;
  AccountIndex index = 0;
  std::uint8_t bump = 0;
  double lat = 0, lng = 0;
  std::uint32_t loc_id = 0;
  SiteStatus status = SiteStatus::Activated;
  std::string code, name, country;
  std::uint32_t reference_count = 0;
  bool operator==(const Location&) const = default;
};

struct Exchange {
  Pubkey owner;
  AccountIndex index = 0;
  std::uint8_t bump = 0;
  double lat = 0, lng = 0;
  std::uint16_t bgp_community = 0;
  std::uint16_t unused = 0;
  SiteStatus status = SiteStatus::Activated;
  std::string code, name;
  std::uint32_t reference_count = 0;
  Pubkey device1, device2;
  bool operator==(const Exchange&) const = default;
};

struct Contributor {
  Pubkey owner;
  AccountIndex index = 0;
  std::uint8_t bump = 0;
  ContributorStatus status = ContributorStatus::None;
  std::string code;
  std::uint32_t reference_count = 0;
  Pubkey ops_manager;
  bool operator==(const Contributor&) const = default;
};

struct FlexAlgoSegment {
  Pubkey topology;
  std::uint16_t node_segment_idx = 0;
  bool operator==(const FlexAlgoSegment&) const = default;
};

struct Interface {
  InterfaceStatus status = InterfaceStatus::Invalid;
  std::string name;
  InterfaceType type = InterfaceType::Invalid;
  Cyoa cyoa = Cyoa::None;
  Dia dia = Dia::None;
  LoopbackType loopback = LoopbackType::None;
  std::uint64_t bandwidth = 0;
  std::uint64_t cir = 0;
  std::uint16_t mtu = 9000;
  RoutingMode routing_mode = RoutingMode::Static;
  std::uint16_t vlan_id = 0;
  NetworkV4 ip_net;
  std::uint16_t node_segment_idx = 0;
  bool user_tunnel_endpoint = false;
  std::vector<FlexAlgoSegment> flex_algo_segments;
  bool operator==(const Interface&) const = default;
};
inline bool is_edge(const Interface& i) { return i.cyoa != Cyoa::None || i.dia != Dia::None; }

struct Device {
  Pubkey owner;
  AccountIndex index = 0;
  std::uint8_t bump = 0;
  Pubkey location, exchange;
  DeviceType type = DeviceType::Hybrid;
  Ipv4 public_ip;
  Status status = Status::Activated;
  std::string code;
  std::vector<NetworkV4> dz_prefixes;
  Pubkey metrics_publisher;
  Pubkey contributor;
  std::string mgmt_vrf;
  std::uint32_t reference_count = 0;  // links, users and exchange seats that name the device
  std::uint16_t users_count = 0, max_users = 0;
  Health health = Health::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  std::uint16_t unicast_users_count = 0, multicast_subscribers_count = 0;
  std::uint16_t max_unicast_users = 0, max_multicast_subscribers = 0;
  std::uint16_t reserved_seats = 0;
  std::uint16_t multicast_publishers_count = 0, max_multicast_publishers = 0;
  std::vector<Interface> interfaces;
  bool operator==(const Device&) const = default;
};
// By any spelling of the name; null when there is none. The pointer lives as long as the device.
const Interface* find_interface(const Device& device, std::string_view name);
Interface* find_interface(Device& device, std::string_view name);

// link_flags bits. Holds say which side of a DZX link keeps it drained (profile rfc).
inline constexpr std::uint32_t kLinkFlagUnicastDrained = 1U << 0;
inline constexpr std::uint32_t kLinkFlagHeldBySideA = 1U << 30;
inline constexpr std::uint32_t kLinkFlagHeldBySideZ = 1U << 31;

struct Link {
  Pubkey owner;
  AccountIndex index = 0;
  std::uint8_t bump = 0;
  Pubkey side_a, side_z;  // devices
  LinkType type = LinkType::Wan;
  std::uint64_t bandwidth = 0;
  std::uint32_t mtu = 0;
  std::uint64_t delay_ns = 0, jitter_ns = 0;
  std::uint16_t tunnel_id = 0;
  NetworkV4 tunnel_net;
  Status status = Status::Activated;
  std::string code;
  Pubkey contributor;  // side A's
  std::string side_a_iface, side_z_iface;
  std::uint64_t delay_override_ns = 0;
  Health health = Health::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  std::vector<Pubkey> topologies;
  std::uint32_t flags = 0;
  bool operator==(const Link&) const = default;
};

// Permission bits of a key.
namespace permission {
inline constexpr unsigned __int128 bit(int n) { return static_cast<unsigned __int128>(1) << n; }
inline constexpr auto kFoundation = bit(0), kPermissionAdmin = bit(1), kInfraAdmin = bit(2), kNetworkAdmin = bit(3),
                      kTenantAdmin = bit(4), kMulticastAdmin = bit(5), kFeedAuthority = bit(6), kActivator = bit(7),
                      kSentinel = bit(8), kUserAdmin = bit(9), kAccessPassAdmin = bit(10), kHealthOracle = bit(11),
                      kQa = bit(12), kGlobalStateAdmin = bit(13), kContributorAdmin = bit(14), kTopologyAdmin = bit(15),
                      kResourceAdmin = bit(16), kIndexAdmin = bit(17);
inline constexpr auto kDefined = bit(18) - 1;
}  // namespace permission

struct Permission {
  Pubkey owner;
  std::uint8_t bump = 0;
  PermissionStatus status = PermissionStatus::None;
  Pubkey user_payer;
  unsigned __int128 permissions = 0;
  bool operator==(const Permission&) const = default;
};

// A pool from which links and devices allocate: addresses of a block, or numbers of a range.
struct ResourceExtension {
  Pubkey owner;
  std::uint8_t bump = 0;
  Pubkey associated_with;  // a device, or zero
  struct IpPool {
    NetworkV4 base;
    bool operator==(const IpPool&) const = default;
  };
  struct IdPool {
    std::uint16_t start = 0, end = 0;  // half-open
    bool operator==(const IdPool&) const = default;
  };
  std::optional<IpPool> ip;  // exactly one of ip, id
  std::optional<IdPool> id;
  std::uint64_t first_free_index = 0;  // 0 on any ledger: searches begin at the beginning
  std::vector<std::uint8_t> bitmap;    // bit i = byte i/8, bit i%8; a multiple of 8 bytes
  bool operator==(const ResourceExtension&) const = default;
};

// A flexible algorithm of the backbone: links are tagged with topologies, loopbacks have a segment in each.
struct Topology {
  Pubkey owner;
  std::uint8_t bump = 0;
  std::string name;                   // in capitals
  std::uint8_t admin_group_bit = 0;   // never handed out twice
  std::uint8_t flex_algo_number = 0;  // 128 + admin_group_bit
  TopologyConstraint constraint = TopologyConstraint::IncludeAny;
  std::uint32_t reference_count = 0;  // links tagged with it
  bool operator==(const Topology&) const = default;
};

// Finds an entity by a key of its own. Kinds of record that share the counter of GlobalState do not need one.
struct Index {
  Pubkey entity;
  std::uint8_t entity_type = 0;  // the first byte of the entity's account
  std::string key;               // in small letters
  std::uint8_t bump = 0;
  bool operator==(const Index&) const = default;
};

// Latency samples of one direction of one link in one epoch (telemetry program). rtt 0 means loss.
struct LatencySamples {
  std::uint64_t epoch = 0;
  Pubkey origin_agent;
  Pubkey origin_device, target_device;
  Pubkey origin_location, target_location;
  Pubkey link;
  std::uint64_t sampling_interval_us = 0;
  std::uint64_t start_timestamp_us = 0;  // 0 until the first write
  std::array<char, 16> agent_version{};
  std::array<char, 8> agent_commit{};
  std::vector<std::uint32_t> rtt_us;
  bool operator==(const LatencySamples&) const = default;
};

}  // namespace dz
