#include "setup.h"

#include <fmt/format.h>

#include "client/key_file.h"

namespace dz::fleet_main {

Result<fleet::FleetTopology> read_network(const std::string& path) {
  DZ_TRY_ASSIGN(const std::string text, client::read_small_file(path, 16U << 20));
  return fleet::read_topology(path, text);
}

Result<std::vector<fleet::Fault>> read_faults(const std::vector<std::string>& texts, const std::string& script_path,
                                              Timestamp now) {
  std::vector<fleet::Fault> faults;
  for (const std::string& text : texts) {
    auto fault = fleet::parse_fault(text, now);
    if (!fault) return with_context("--fault", fault.error());
    faults.push_back(std::move(*fault));
  }
  if (script_path.empty()) return faults;
  DZ_TRY_ASSIGN(const std::string script, client::read_small_file(script_path));
  auto more = fleet::parse_fault_script(script, now);
  if (!more) return with_context(script_path, more.error());
  faults.insert(faults.end(), more->begin(), more->end());
  return faults;
}

Result<LedgerNames> find_names(const client::Snapshot& snapshot, const fleet::FleetTopology& topology) {
  LedgerNames names;
  for (const fleet::TopologyDevice& device : topology.devices) {
    auto found = client::find_record(snapshot.devices, "device", device.code);
    if (!found) return with_context("the ledger does not have the topology's devices yet", found.error());
    names.devices[device.code] = found->key;
  }
  for (const fleet::TopologyLink& link : topology.links) {
    auto found = client::find_record(snapshot.links, "link", link.code);
    if (!found) return with_context("the ledger does not have the topology's links yet", found.error());
    names.links[link.code] = found->key;
  }
  return names;
}

Result<std::map<std::string, wire::Keypair>> read_agent_keys(const std::string& directory,
                                                             const fleet::FleetTopology& topology,
                                                             const client::Snapshot& snapshot, const LedgerNames& names,
                                                             const client::SecretRules& rules) {
  std::map<std::string, wire::Keypair> keys;
  for (const fleet::TopologyDevice& device : topology.devices) {
    if (!device.has_metrics_publisher) continue;
    const std::string path = fmt::format("{}/metrics-{}.json", directory, device.code);
    DZ_TRY_ASSIGN(wire::Keypair key, client::read_key_file(path, rules));
    const Pubkey expected = snapshot.devices.at(names.devices.at(device.code)).metrics_publisher;
    if (key.pubkey() != expected) {
      return refused(
          fmt::format("{}: expected the key of {}'s metrics publisher, {}, found {}; name the directory with "
                      "its key, or update the device",
                      path, device.code, to_text(expected), to_text(key.pubkey())));
    }
    keys.emplace(device.code, std::move(key));
  }
  return keys;
}

std::vector<fleet::SampleRoute> sample_routes(const fleet::FleetTopology& topology, const LedgerNames& names,
                                              const std::map<std::string, wire::Keypair>& keys) {
  std::vector<fleet::SampleRoute> routes;
  for (const fleet::Direction& direction : probed_directions(topology)) {
    routes.push_back(
        {direction,
         {names.devices.at(direction.origin), names.devices.at(direction.target), names.links.at(direction.link)},
         &keys.at(direction.origin)});
  }
  return routes;
}

LinkActivity link_activity(const client::Snapshot& snapshot) {
  LinkActivity activity;
  for (const auto& [key, link] : snapshot.links) {
    if (link.status == Status::Activated) activity.carrying.insert(link.code);
    if (link.status == Status::Activated || is_drained(link.status)) activity.probed.insert(link.code);
  }
  return activity;
}

}  // namespace dz::fleet_main
