#include "fleet/onboarding.h"

#include <algorithm>
#include <utility>

#include "client/provision.h"
#include "network/apply_network.h"

namespace dz::fleet {
namespace {

network::GlobalConfigEntry config_of_network() {
  network::GlobalConfigEntry config;
  config.local_asn = 65000;
  config.remote_asn = 65342;
  config.device_tunnel_block = *parse_network("172.16.0.0/16");
  config.user_tunnel_block = *parse_network("169.254.0.0/16");
  config.multicast_group_block = *parse_network("233.84.178.0/24");
  return config;
}

network::InterfaceEntry entry_of(const TopologyInterface& port) {
  network::InterfaceEntry e;
  e.name = port.name;
  e.loopback_type = port.loopback;
  e.bandwidth_bps = port.bandwidth_bps;
  e.vlan_id = port.vlan;
  if (port.dia) {
    e.dia = Dia::Dia;
    e.status = InterfaceStatus::Activated;
  }
  return e;
}

network::DeviceEntry entry_of(const TopologyDevice& device) {
  network::DeviceEntry e;
  e.code = device.code;
  e.contributor = device.contributor;
  e.location = device.location;
  e.exchange = device.exchange;
  e.device_type = device.type;
  e.public_ip = device.public_ip;
  e.dz_prefixes = device.dz_prefixes;
  if (device.has_metrics_publisher) e.metrics_publisher.emplace();
  for (const TopologyInterface& one : device.interfaces) e.interfaces.push_back(entry_of(one));
  return e;
}

network::LinkEntry entry_of(const TopologyLink& link) {
  network::LinkEntry e;
  e.code = link.code;
  e.link_type = link.type;
  e.side_a = link.side_a;
  e.side_a_interface = link.side_a_iface;
  e.side_z = link.side_z;
  e.side_z_interface = link.side_z_iface;
  e.bandwidth_bps = link.bandwidth_bps;
  e.delay_ns = link.delay_ns;
  e.jitter_ns = link.jitter_ns;
  return e;
}

Result<void> init(const EmptyLedger& ledger, const OnboardingKeys& keys) {
  wire::SetAuthorityArgs authorities;
  authorities.activator = keys.activator;
  authorities.health_oracle = keys.monitor;
  const wire::Sender sender{ledger.ids.serviceability, keys.foundation.pubkey(), false};
  client::Provisioner provisioner({ledger.client, ledger.clock, keys.foundation}, sender, rfc_profile());
  DZ_TRY(provisioner.init(authorities));
  return {};
}

}  // namespace

network::NetworkFile network_of(const FleetTopology& topology) {
  network::NetworkFile file;
  file.global_config = config_of_network();
  for (const TopologySite& site : topology.locations) {
    auto& e = file.locations.emplace_back();
    e.code = site.code, e.name = site.name, e.country = site.country;
    e.lat = site.lat, e.lng = site.lng;
  }
  for (const TopologySite& site : topology.exchanges) {
    auto& e = file.exchanges.emplace_back();
    e.code = site.code, e.name = site.name;
    e.lat = site.lat, e.lng = site.lng;
  }
  for (const std::string& code : topology.contributors) file.contributors.emplace_back().code = code;
  for (const TopologyDevice& device : topology.devices) file.devices.push_back(entry_of(device));
  for (const TopologyLink& link : topology.links) file.links.push_back(entry_of(link));
  return file;
}

OnboardingFiles onboarding_files(network::NetworkFile whole, const OnboardingKeys& keys) {
  for (auto& one : whole.contributors) one.owner = keys.contributors.at(one.code).pubkey();
  for (auto& one : whole.devices) {
    if (one.metrics_publisher) one.metrics_publisher = keys.agents.at(one.code).pubkey();
  }
  OnboardingFiles files;
  files.records.devices = std::exchange(whole.devices, {});
  files.records.links = std::exchange(whole.links, {});
  files.sites = std::move(whole);
  return files;
}

Result<void> onboard(const EmptyLedger& ledger, const FleetTopology& topology, const OnboardingKeys& keys) {
  const OnboardingFiles files = onboarding_files(network_of(topology), keys);
  DZ_TRY(init(ledger, keys));
  const network::NetworkLedger to{ledger.client, ledger.clock, ledger.ids};
  DZ_TRY(apply_network(to, files.sites, keys.foundation));
  // A link waits until the other contributor's device is there, and its acceptance until the link is: all of them in
  // turns until nothing waits.
  constexpr int kMostRounds = 3;
  std::vector<std::string> waiting{"it was not applied"};
  for (int round = 0; round < kMostRounds && !waiting.empty(); ++round) {
    for (const auto& [code, key] : keys.contributors) {
      DZ_TRY_ASSIGN(auto applied, apply_network(to, files.records, key));
      waiting = std::move(applied.waiting);
    }
  }
  if (!waiting.empty()) return refused(waiting.front());
  return {};
}

}  // namespace dz::fleet
