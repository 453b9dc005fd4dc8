// A network as a file: what people decide of it, without what the ledger's program hands out and without what is judged
// (docs/formats/network-file.md). An optional member that is absent is left as the ledger has it, and has its default
// when the record is made. Codes are in small letters, names of interfaces in the ledger's spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/pubkey.h"
#include "base/result.h"
#include "domain/network.h"
#include "domain/words.h"

namespace dz::network {

inline constexpr int kNetworkFormat = 1;
inline constexpr std::uint32_t kLinkMtu = 9000;  // of links and their ports, when none is named

// line: where the record begins in the file; 0: it comes from a ledger.
struct GlobalConfigEntry {
  int line = 0;
  std::uint32_t local_asn = 0, remote_asn = 0;
  NetworkV4 device_tunnel_block, user_tunnel_block, multicast_group_block;
  std::optional<NetworkV4> multicast_publisher_block;
  std::optional<std::uint64_t> contributor_airdrop_lamports, user_airdrop_lamports;
};

struct TopologyEntry {
  int line = 0;
  std::string name;  // in capitals
  std::optional<TopologyConstraint> constraint;
};

struct LocationEntry {
  int line = 0;
  std::string code, name, country;
  double lat = 0, lng = 0;
  std::optional<std::uint32_t> loc_id;
};

struct ExchangeEntry {
  int line = 0;
  std::string code, name;
  double lat = 0, lng = 0;
  std::optional<std::string> device1, device2;  // codes; "none" is an empty seat
};

struct ContributorEntry {
  int line = 0;
  std::string code;
  Pubkey owner;
  std::optional<Pubkey> ops_manager;
};

struct InterfaceEntry {
  int line = 0;
  std::string name;
  std::optional<LoopbackType> loopback_type;
  std::optional<Cyoa> cyoa;
  std::optional<Dia> dia;
  std::optional<NetworkV4> ip_net;  // of its own; not what a pool or a link gave it
  std::optional<std::uint64_t> bandwidth_bps, cir_bps;
  std::optional<std::uint16_t> mtu, vlan_id;
  std::optional<RoutingMode> routing_mode;
  std::optional<bool> user_tunnel_endpoint;
  std::optional<InterfaceStatus> status;  // of CYOA and DIA ports, whose status people write
};

struct DeviceEntry {
  int line = 0;
  std::string code, contributor, location, exchange;
  std::optional<DeviceType> device_type;
  Ipv4 public_ip;
  std::vector<NetworkV4> dz_prefixes;
  std::optional<Pubkey> metrics_publisher;
  std::optional<std::string> mgmt_vrf;
  std::optional<DesiredStatus> desired_status;
  std::optional<std::uint16_t> max_users, max_unicast_users, max_multicast_subscribers, max_multicast_publishers;
  std::vector<InterfaceEntry> interfaces;
};

struct LinkEntry {
  int line = 0;
  std::string code;
  LinkType link_type = LinkType::Wan;
  std::string side_a, side_a_interface, side_z;                  // devices by code; side A's contributor owns the link
  std::optional<std::string> side_z_interface;                   // absent: side Z has not accepted a DZX link
  std::uint64_t bandwidth_bps = 0, delay_ns = 0, jitter_ns = 0;  // delays: round trip
  std::optional<std::uint32_t> mtu;
  std::optional<std::uint64_t> delay_override_ns;
  std::optional<DesiredStatus> desired_status;
  std::optional<bool> unicast_drained;
  std::optional<std::vector<std::string>> topologies;  // names in capitals, each once, sorted
};

struct NetworkFile {
  std::optional<GlobalConfigEntry> global_config;
  std::vector<TopologyEntry> topologies;
  std::vector<LocationEntry> locations;
  std::vector<ExchangeEntry> exchanges;
  std::vector<ContributorEntry> contributors;
  std::vector<DeviceEntry> devices;
  std::vector<LinkEntry> links;
};

// A mistake in the file: "network.toml:12: devices[0].public_ip: expected an IPv4 address, found 'x'".
using Complaints = std::vector<std::string>;

struct ReadNetwork {
  NetworkFile file;
  Complaints complaints;  // none: the file is as good as it can be known without a ledger
};
// me: the key that the word "me" stands for; none: that word is a mistake.
ReadNetwork read_network_file(std::string_view name, std::string_view text, const std::optional<Pubkey>& me);

enum class NetworkFormat { Toml, Json };
// In the order of the file it was read from; what has its default is left out. The same records give the same bytes.
std::string render_network_file(const NetworkFile& file, NetworkFormat format);

// Every member that is set, for a comparison with another record of the same kind.
boost::json::object members_of(const GlobalConfigEntry& entry);
boost::json::object members_of(const TopologyEntry& entry);
boost::json::object members_of(const LocationEntry& entry);
boost::json::object members_of(const ExchangeEntry& entry);
boost::json::object members_of(const ContributorEntry& entry);
boost::json::object members_of(const InterfaceEntry& entry);
boost::json::object members_of(const DeviceEntry& entry);  // without its interfaces
boost::json::object members_of(const LinkEntry& entry);

// Codes are the same in any case: this is the spelling that files have.
std::string code_key(std::string_view code);

bool is_edge(const InterfaceEntry& entry);  // a CYOA or DIA port
// The mtu that an interface gets when none is named.
std::uint16_t default_mtu(const InterfaceEntry& entry);

}  // namespace dz::network
