// The network that the fleet stands for: what it needs of a network file (docs/formats/network-file.md). Codes are the
// names that people use; addresses are the ledger's to derive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/network.h"
#include "domain/words.h"
#include "network/network_file.h"

namespace dz::fleet {

struct TopologySite {
  std::string code, name;
  std::string country;  // locations only
  double lat = 0, lng = 0;
};

struct TopologyInterface {
  std::string name;
  LoopbackType loopback = LoopbackType::None;  // None: a physical port, a sub-interface or a VLAN
  bool dia = false;
  std::uint64_t bandwidth_bps = 0;
  std::uint16_t vlan = 0;
};

struct TopologyDevice {
  std::string code, contributor, location, exchange;
  DeviceType type = DeviceType::Hybrid;
  Ipv4 public_ip;
  std::vector<NetworkV4> dz_prefixes;
  bool has_metrics_publisher = true;  // without one its telemetry agent cannot write samples
  std::vector<TopologyInterface> interfaces;
};

struct TopologyLink {
  std::string code;
  LinkType type = LinkType::Wan;
  std::uint64_t bandwidth_bps = 0, delay_ns = 0, jitter_ns = 0;  // delay: round trip
  std::string side_a, side_a_iface, side_z, side_z_iface;        // device codes, interface names
};

struct FleetTopology {
  std::vector<std::string> contributors;  // codes
  std::vector<TopologySite> locations, exchanges;
  std::vector<TopologyDevice> devices;
  std::vector<TopologyLink> links;
};

// Without the links that side Z has not accepted: they have one end. Refused when a link ends at a device or port that
// the file does not have: the fleet has to stand for both ends.
Result<FleetTopology> topology_of(const network::NetworkFile& file);
// name: of the file, for messages. Refused with every mistake, each with its line. "me" is somebody's key: whose does
// not matter to the fleet.
Result<FleetTopology> read_topology(std::string_view name, std::string_view text);

// Null when there is none.
const TopologyDevice* find_device(const FleetTopology& topology, std::string_view code);
const TopologyLink* find_link(const FleetTopology& topology, std::string_view code);

// The ports of a device that have counters, in the order of the file: a sub-interface counts on its parent port, a
// VLAN and a port-channel under their own names, loopbacks not at all.
std::vector<std::string> counted_ports(const TopologyDevice& device);

}  // namespace dz::fleet
