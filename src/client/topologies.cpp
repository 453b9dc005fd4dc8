#include "client/topologies.h"

#include <algorithm>

#include <fmt/format.h>

#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::client {

Result<Topologies> fetch_topologies(LedgerClient& ledger, const wire::ProgramIds& ids) {
  const AccountFilters only{{{0, {static_cast<std::uint8_t>(wire::AccountType::Topology)}}}, std::nullopt};
  auto answer = ledger.get_program_accounts(ids.serviceability, only);
  if (!answer) return with_context("reading the topologies", answer.error());
  Topologies topologies;
  for (const auto& account : answer->accounts) {
    if (auto topology = wire::decode_topology(account.account.data))
      topologies.emplace(account.key, std::move(*topology));
  }
  return topologies;
}

Result<Found<Topology>> find_topology(const Topologies& topologies, std::string_view name) {
  const auto key = parse_pubkey(name);
  for (const auto& [address, topology] : topologies) {
    if (key ? *key == address : same_code(topology.name, name)) return Found<Topology>{address, &topology};
  }
  return not_found(fmt::format("no topology '{}' on this ledger: see 'doublezero link topology list'", name));
}

Result<std::vector<Pubkey>> find_topologies(const Topologies& topologies, std::string_view names) {
  std::vector<Pubkey> keys;
  if (names == "none") return keys;
  while (!names.empty()) {
    const auto name = names.substr(0, names.find(','));
    DZ_TRY_ASSIGN(const auto found, find_topology(topologies, name));
    keys.push_back(found.key);
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  return keys;
}

std::string topologies_text(const Topologies& topologies, const std::vector<Pubkey>& keys) {
  std::string text;
  for (const auto& key : keys) {
    const auto found = topologies.find(key);
    text += (text.empty() ? "" : ",") + (found == topologies.end() ? to_text(key) : found->second.name);
  }
  return text;
}

std::vector<std::string> topology_names(const Topologies& topologies, const std::vector<Pubkey>& keys) {
  std::vector<std::string> names;
  for (const auto& key : keys) {
    const auto found = topologies.find(key);
    names.push_back(found == topologies.end() ? to_text(key) : wire::topology_name(found->second.name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<Pubkey> devices_without_segment(const Snapshot& snapshot, const Pubkey& topology) {
  std::vector<Pubkey> devices;
  for (const auto& [key, device] : snapshot.devices) {
    const bool lacks = std::any_of(device.interfaces.begin(), device.interfaces.end(), [&](const Interface& i) {
      const auto& segments = i.flex_algo_segments;
      return i.loopback == LoopbackType::Vpnv4 &&
             std::none_of(segments.begin(), segments.end(),
                          [&](const FlexAlgoSegment& s) { return s.topology == topology; });
    });
    if (lacks) devices.push_back(key);
  }
  return devices;
}

}  // namespace dz::client
