// The records of a ledger as the entries of a network file.
#pragma once

#include <string>
#include <vector>

#include "client/snapshot.h"
#include "client/topologies.h"
#include "network/network_file.h"

namespace dz::network {

// Every optional member that the ledger has a value for is set.
GlobalConfigEntry entry_of(const GlobalConfig& config, const std::optional<GlobalState>& state);
LocationEntry entry_of(const Location& location);
ExchangeEntry entry_of(const client::Snapshot& snapshot, const Exchange& exchange);
ContributorEntry entry_of(const Contributor& contributor);
InterfaceEntry entry_of(const client::Snapshot& snapshot, const Interface& interface);
DeviceEntry entry_of(const client::Snapshot& snapshot, const Device& device);
TopologyEntry entry_of(const Topology& topology);
// topologies: of the ledger.
LinkEntry entry_of(const client::Snapshot& snapshot, const Link& link, const client::Topologies& topologies);
// With what a new link is tagged where these topologies are.
std::vector<std::string> default_topologies(const std::vector<std::string>& there);

// On its way out, or refused for good: no part of the network that people want.
bool is_leaving(Status status);

struct LedgerNetwork {
  NetworkFile file;                   // by code; interfaces by name, numbers as numbers
  std::vector<std::string> left_out;  // "link 'x' is rejected"
};
LedgerNetwork network_of(const client::Snapshot& snapshot, const client::Topologies& topologies);

}  // namespace dz::network
