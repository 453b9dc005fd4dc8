// What a fleet starts from: a network file, the ledger's addresses for its codes, the agents' keys.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/secret_file.h"
#include "client/snapshot.h"
#include "fleet/fault.h"
#include "fleet/sample_writer.h"
#include "fleet/topology.h"
#include "wire/keypair.h"

namespace dz::fleet_main {

Result<fleet::FleetTopology> read_network(const std::string& path);

// The faults of --fault and --fault-script, in that order.
Result<std::vector<fleet::Fault>> read_faults(const std::vector<std::string>& texts, const std::string& script_path,
                                              Timestamp now);

// The ledger's addresses by code.
struct LedgerNames {
  std::map<std::string, Pubkey> devices, links;
};
// Refused when the ledger lacks a device or link of the topology, with the first that is missing.
Result<LedgerNames> find_names(const client::Snapshot& snapshot, const fleet::FleetTopology& topology);

// One key a device with a metrics publisher: DIR/metrics-CODE.json. Refused when one is missing or is not the device's
// publisher on the ledger.
Result<std::map<std::string, wire::Keypair>> read_agent_keys(const std::string& directory,
                                                             const fleet::FleetTopology& topology,
                                                             const client::Snapshot& snapshot, const LedgerNames& names,
                                                             const client::SecretRules& rules);

// keys must outlive the routes.
std::vector<fleet::SampleRoute> sample_routes(const fleet::FleetTopology& topology, const LedgerNames& names,
                                              const std::map<std::string, wire::Keypair>& keys);

// Links by what they are on the ledger now: those that carry traffic, and those that agents probe.
struct LinkActivity {
  std::set<std::string> carrying, probed;
};
LinkActivity link_activity(const client::Snapshot& snapshot);

}  // namespace dz::fleet_main
