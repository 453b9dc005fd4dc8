// What a fleet starts from: a topology file, the ledger's addresses for its codes, the agents' keys.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/snapshot.h"
#include "fleet/fault.h"
#include "fleet/sample_writer.h"
#include "fleet/topology.h"
#include "wire/keypair.h"

namespace dz {

Result<FleetTopology> read_topology_file(const std::string& path);

// The faults of --fault and --fault-script, in that order.
Result<std::vector<Fault>> read_faults(const std::vector<std::string>& texts, const std::string& script_path,
                                       Timestamp now);

// The ledger's addresses by code.
struct LedgerNames {
  std::map<std::string, Pubkey> devices, links;
};
// Refused when the ledger lacks a device or link of the topology, with the first that is missing.
Result<LedgerNames> find_names(const Snapshot& snapshot, const FleetTopology& topology);

// One key a device with a metrics publisher: DIR/metrics-CODE.json. Refused when one is missing or is not the device's
// publisher on the ledger.
Result<std::map<std::string, Keypair>> read_agent_keys(const std::string& directory, const FleetTopology& topology,
                                                       const Snapshot& snapshot, const LedgerNames& names);

// keys must outlive the routes.
std::vector<SampleRoute> sample_routes(const FleetTopology& topology, const LedgerNames& names,
                                       const std::map<std::string, Keypair>& keys);

// Links by what they are on the ledger now: those that carry traffic, and those that agents probe.
struct LinkActivity {
  std::set<std::string> carrying, probed;
};
LinkActivity link_activity(const Snapshot& snapshot);

}  // namespace dz
