#include "network/ledger_entries.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/interface_name.h"
#include "wire/addresses.h"

namespace dz::network {
namespace {

template <typename Record>
std::string code_at(const client::Records<Record>& records, const Pubkey& key) {
  const auto found = records.find(key);
  return found == records.end() ? to_text(key) : code_key(found->second.code);
}

std::optional<Pubkey> set_key(const Pubkey& key) { return key.is_zero() ? std::nullopt : std::optional(key); }

std::string seat(const client::Snapshot& snapshot, const Pubkey& device) {
  return device.is_zero() ? "none" : code_at(snapshot.devices, device);
}

// An address from the pool belongs to whom the pool gave it, and is given anew on another ledger.
std::optional<NetworkV4> own_address(const client::Snapshot& snapshot, const Interface& port) {
  const bool own = is_edge(port) || port.user_tunnel_endpoint;
  if (!own || port.ip_net.is_default()) return std::nullopt;
  if (snapshot.global_config && snapshot.global_config->device_tunnel_block.contains(port.ip_net.address)) {
    return std::nullopt;
  }
  return port.ip_net;
}

// "Ethernet2" before "Ethernet10".
bool name_before(const std::string& a, const std::string& b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
      continue;
    }
    const auto end_of = [&](const std::string& text, std::size_t at) {
      while (at < text.size() && is_digit(text[at])) ++at;
      return at;
    };
    const auto number_a = a.substr(i, end_of(a, i) - i), number_b = b.substr(j, end_of(b, j) - j);
    if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
    if (number_a != number_b) return number_a < number_b;
    i += number_a.size(), j += number_b.size();
  }
  return a.size() - i < b.size() - j;
}

template <typename Entry>
void sort_by_code(std::vector<Entry>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.code < b.code; });
}

}  // namespace

bool is_leaving(Status status) { return status == Status::Deleting || status == Status::Rejected; }

GlobalConfigEntry entry_of(const GlobalConfig& config, const std::optional<GlobalState>& state) {
  GlobalConfigEntry e;
  e.local_asn = config.local_asn;
  e.remote_asn = config.remote_asn;
  e.device_tunnel_block = config.device_tunnel_block;
  e.user_tunnel_block = config.user_tunnel_block;
  e.multicast_group_block = config.multicastgroup_block;
  e.multicast_publisher_block = config.multicast_publisher_block;
  if (!state) return e;
  e.contributor_airdrop_lamports = state->contributor_airdrop_lamports;
  e.user_airdrop_lamports = state->user_airdrop_lamports;
  return e;
}

LocationEntry entry_of(const Location& r) { return {0, code_key(r.code), r.name, r.country, r.lat, r.lng, r.loc_id}; }

ExchangeEntry entry_of(const client::Snapshot& snapshot, const Exchange& r) {
  return {0, code_key(r.code), r.name, r.lat, r.lng, seat(snapshot, r.device1), seat(snapshot, r.device2)};
}

ContributorEntry entry_of(const Contributor& r) { return {0, code_key(r.code), r.owner, set_key(r.ops_manager)}; }

InterfaceEntry entry_of(const client::Snapshot& snapshot, const Interface& r) {
  InterfaceEntry e;
  e.name = r.name;
  e.loopback_type = r.loopback;
  e.cyoa = r.cyoa;
  e.dia = r.dia;
  e.ip_net = own_address(snapshot, r);
  e.bandwidth_bps = r.bandwidth;
  e.cir_bps = r.cir;
  e.mtu = r.mtu;
  e.vlan_id = r.vlan_id;
  e.routing_mode = r.routing_mode;
  e.user_tunnel_endpoint = r.user_tunnel_endpoint;
  if (is_edge(r) && r.type == InterfaceType::Physical) e.status = r.status;
  return e;
}

DeviceEntry entry_of(const client::Snapshot& snapshot, const Device& r) {
  DeviceEntry e;
  e.code = code_key(r.code);
  e.contributor = code_at(snapshot.contributors, r.contributor);
  e.location = code_at(snapshot.locations, r.location);
  e.exchange = code_at(snapshot.exchanges, r.exchange);
  e.device_type = r.type;
  e.public_ip = r.public_ip;
  e.dz_prefixes = r.dz_prefixes;
  e.metrics_publisher = set_key(r.metrics_publisher);
  e.mgmt_vrf = r.mgmt_vrf;
  e.desired_status = r.desired_status;
  e.max_users = r.max_users;
  e.max_unicast_users = r.max_unicast_users;
  e.max_multicast_subscribers = r.max_multicast_subscribers;
  e.max_multicast_publishers = r.max_multicast_publishers;
  for (const auto& port : r.interfaces) e.interfaces.push_back(entry_of(snapshot, port));
  std::stable_sort(e.interfaces.begin(), e.interfaces.end(),
                   [](const InterfaceEntry& a, const InterfaceEntry& b) { return name_before(a.name, b.name); });
  return e;
}

TopologyEntry entry_of(const Topology& r) { return {0, wire::topology_name(r.name), r.constraint}; }

std::vector<std::string> default_topologies(const std::vector<std::string>& there) {
  const std::string name(wire::kDefaultTopology);
  const bool is_there = std::find(there.begin(), there.end(), name) != there.end();
  return is_there ? std::vector{name} : std::vector<std::string>();
}

LinkEntry entry_of(const client::Snapshot& snapshot, const Link& r, const client::Topologies& topologies) {
  LinkEntry e;
  e.code = code_key(r.code);
  e.link_type = r.type;
  e.side_a = code_at(snapshot.devices, r.side_a);
  e.side_a_interface = normalise_interface_name(r.side_a_iface).value_or(r.side_a_iface);
  e.side_z = code_at(snapshot.devices, r.side_z);
  if (!r.side_z_iface.empty() && r.status != Status::Requested) {
    e.side_z_interface = normalise_interface_name(r.side_z_iface).value_or(r.side_z_iface);
  }
  e.bandwidth_bps = r.bandwidth;
  e.delay_ns = r.delay_ns;
  e.jitter_ns = r.jitter_ns;
  e.mtu = r.mtu;
  e.delay_override_ns = r.delay_override_ns;
  e.desired_status = r.desired_status;
  e.unicast_drained = (r.flags & kLinkFlagUnicastDrained) != 0;
  e.topologies = client::topology_names(topologies, r.topologies);
  return e;
}

LedgerNetwork network_of(const client::Snapshot& snapshot, const client::Topologies& topologies) {
  LedgerNetwork network;
  auto& file = network.file;
  if (snapshot.global_config) file.global_config = entry_of(*snapshot.global_config, snapshot.global_state);
  std::vector<std::string> names;
  for (const auto& [key, record] : topologies) file.topologies.push_back(entry_of(record));
  std::sort(file.topologies.begin(), file.topologies.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const auto& one : file.topologies) names.push_back(one.name);
  for (const auto& [key, record] : snapshot.locations) file.locations.push_back(entry_of(record));
  for (const auto& [key, record] : snapshot.exchanges) file.exchanges.push_back(entry_of(snapshot, record));
  for (const auto& [key, record] : snapshot.contributors) file.contributors.push_back(entry_of(record));
  const auto leaves = [&](std::string_view noun, const auto& record) {
    if (!is_leaving(record.status)) return false;
    network.left_out.push_back(fmt::format("{} '{}' is {}", noun, record.code, to_text(record.status)));
    return true;
  };
  for (const auto& [key, record] : snapshot.devices) {
    if (!leaves("device", record)) file.devices.push_back(entry_of(snapshot, record));
  }
  for (const auto& [key, record] : snapshot.links) {
    if (leaves("link", record)) continue;
    auto& link = file.links.emplace_back(entry_of(snapshot, record, topologies));
    if (link.topologies == default_topologies(names)) link.topologies.reset();  // as it is when it is made
  }
  sort_by_code(file.locations);
  sort_by_code(file.exchanges);
  sort_by_code(file.contributors);
  sort_by_code(file.devices);
  sort_by_code(file.links);
  return network;
}

}  // namespace dz::network
