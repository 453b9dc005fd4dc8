#include "fleet/topology.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "domain/interface_name.h"

namespace dz::fleet {
namespace {

TopologySite site_of(const network::LocationEntry& e) { return {e.code, e.name, e.country, e.lat, e.lng}; }
TopologySite site_of(const network::ExchangeEntry& e) { return {e.code, e.name, "", e.lat, e.lng}; }

TopologyInterface interface_of(const network::InterfaceEntry& e) {
  return {.name = e.name,
          .loopback = e.loopback_type.value_or(LoopbackType::None),
          .dia = e.dia.value_or(Dia::None) == Dia::Dia,
          .bandwidth_bps = e.bandwidth_bps.value_or(0),
          .vlan = e.vlan_id.value_or(0)};
}

TopologyDevice device_of(const network::DeviceEntry& e) {
  TopologyDevice device{.code = e.code,
                        .contributor = e.contributor,
                        .location = e.location,
                        .exchange = e.exchange,
                        .type = e.device_type.value_or(DeviceType::Hybrid),
                        .public_ip = e.public_ip,
                        .dz_prefixes = e.dz_prefixes,
                        .has_metrics_publisher = e.metrics_publisher && !e.metrics_publisher->is_zero(),
                        .interfaces = {}};
  for (const auto& one : e.interfaces) device.interfaces.push_back(interface_of(one));
  return device;
}

TopologyLink link_of(const network::LinkEntry& e) {
  return {.code = e.code,
          .type = e.link_type,
          .bandwidth_bps = e.bandwidth_bps,
          .delay_ns = e.delay_ns,
          .jitter_ns = e.jitter_ns,
          .side_a = e.side_a,
          .side_a_iface = e.side_a_interface,
          .side_z = e.side_z,
          .side_z_iface = *e.side_z_interface};
}

Result<void> check_link_end(const FleetTopology& topology, const TopologyLink& link, const std::string& device,
                            const std::string& interface) {
  const TopologyDevice* found = find_device(topology, device);
  if (found == nullptr) {
    return refused(
        fmt::format("link '{}': expected a device of the file, found '{}': the fleet stands for both ends of a link",
                    link.code, device));
  }
  const std::string key = interface_key(interface);
  for (const TopologyInterface& one : found->interfaces) {
    if (interface_key(one.name) == key && one.loopback == LoopbackType::None && !one.dia) return {};
  }
  return refused(fmt::format("link '{}': expected a port of device '{}' that is neither loopback nor DIA, found {}",
                             link.code, device, interface));
}

// A key in the place of "me".
const Pubkey kSomebody = [] {
  Pubkey key;
  key.bytes.fill(1);
  return key;
}();

}  // namespace

Result<FleetTopology> topology_of(const network::NetworkFile& file) {
  FleetTopology out;
  for (const auto& one : file.contributors) out.contributors.push_back(one.code);
  for (const auto& one : file.locations) out.locations.push_back(site_of(one));
  for (const auto& one : file.exchanges) out.exchanges.push_back(site_of(one));
  for (const auto& one : file.devices) out.devices.push_back(device_of(one));
  for (const auto& one : file.links) {
    if (one.side_z_interface) out.links.push_back(link_of(one));  // else side Z has not accepted: it has one end
  }
  for (const TopologyLink& link : out.links) {
    DZ_TRY(check_link_end(out, link, link.side_a, link.side_a_iface));
    DZ_TRY(check_link_end(out, link, link.side_z, link.side_z_iface));
  }
  return out;
}

Result<FleetTopology> read_topology(std::string_view name, std::string_view text) {
  const auto read = network::read_network_file(name, text, kSomebody);
  if (!read.complaints.empty()) return refused(fmt::format("{}", fmt::join(read.complaints, "\n")));
  auto topology = topology_of(read.file);
  if (!topology) return with_context(name, topology.error());
  return topology;
}

const TopologyDevice* find_device(const FleetTopology& topology, std::string_view code) {
  for (const TopologyDevice& device : topology.devices) {
    if (device.code == code) return &device;
  }
  return nullptr;
}

const TopologyLink* find_link(const FleetTopology& topology, std::string_view code) {
  for (const TopologyLink& link : topology.links) {
    if (link.code == code) return &link;
  }
  return nullptr;
}

std::vector<std::string> counted_ports(const TopologyDevice& device) {
  std::vector<std::string> ports;
  std::set<std::string> seen;
  for (const TopologyInterface& one : device.interfaces) {
    if (one.loopback != LoopbackType::None) continue;
    const std::string port(parent_port(one.name));
    if (seen.insert(interface_key(port)).second) ports.push_back(port);
  }
  return ports;
}

}  // namespace dz::fleet
