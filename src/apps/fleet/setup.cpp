#include "setup.h"

#include <fmt/format.h>

#include "client/key_file.h"

namespace dz {

Result<FleetTopology> read_topology_file(const std::string& path) {
  DZ_TRY_ASSIGN(const std::string text, read_small_file(path, 16U << 20));
  auto topology = parse_topology(text);
  if (!topology) return with_context(path, topology.error());
  return topology;
}

Result<std::vector<Fault>> read_faults(const std::vector<std::string>& texts, const std::string& script_path,
                                       Timestamp now) {
  std::vector<Fault> faults;
  for (const std::string& text : texts) {
    auto fault = parse_fault(text, now);
    if (!fault) return with_context("--fault", fault.error());
    faults.push_back(std::move(*fault));
  }
  if (script_path.empty()) return faults;
  DZ_TRY_ASSIGN(const std::string script, read_small_file(script_path));
  auto more = parse_fault_script(script, now);
  if (!more) return with_context(script_path, more.error());
  faults.insert(faults.end(), more->begin(), more->end());
  return faults;
}

Result<LedgerNames> find_names(const Snapshot& snapshot, const FleetTopology& topology) {
  LedgerNames names;
  for (const TopologyDevice& device : topology.devices) {
    auto found = find_record(snapshot.devices, "device", device.code);
    if (!found) return with_context("the ledger does not have the topology's devices yet", found.error());
    names.devices[device.code] = found->key;
  }
  for (const TopologyLink& link : topology.links) {
    auto found = find_record(snapshot.links, "link", link.code);
    if (!found) return with_context("the ledger does not have the topology's links yet", found.error());
    names.links[link.code] = found->key;
  }
  return names;
}

Result<std::map<std::string, Keypair>> read_agent_keys(const std::string& directory, const FleetTopology& topology,
                                                       const Snapshot& snapshot, const LedgerNames& names) {
  std::map<std::string, Keypair> keys;
  for (const TopologyDevice& device : topology.devices) {
    if (!device.has_metrics_publisher) continue;
    const std::string path = fmt::format("{}/metrics-{}.json", directory, device.code);
    DZ_TRY_ASSIGN(Keypair key, read_key_file(path));
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

std::vector<SampleRoute> sample_routes(const FleetTopology& topology, const LedgerNames& names,
                                       const std::map<std::string, Keypair>& keys) {
  std::vector<SampleRoute> routes;
  for (const Direction& direction : probed_directions(topology)) {
    routes.push_back(
        {direction,
         {names.devices.at(direction.origin), names.devices.at(direction.target), names.links.at(direction.link)},
         &keys.at(direction.origin)});
  }
  return routes;
}

LinkActivity link_activity(const Snapshot& snapshot) {
  LinkActivity activity;
  for (const auto& [key, link] : snapshot.links) {
    if (link.status == Status::Activated) activity.carrying.insert(link.code);
    if (link.status == Status::Activated || is_drained(link.status)) activity.probed.insert(link.code);
  }
  return activity;
}

}  // namespace dz
