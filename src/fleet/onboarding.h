// A topology brought to an empty ledger the way people bring it: the foundation makes sites and contributors, each
// contributor its devices, ports and links, side Z accepts. Everything begins hard-drained.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "client/clock.h"
#include "client/ledger_client.h"
#include "fleet/topology.h"
#include "wire/keypair.h"
#include "wire/program_ids.h"

namespace dz::fleet {

struct OnboardingKeys {
  wire::Keypair foundation;
  std::map<std::string, wire::Keypair> contributors;  // by contributor code
  std::map<std::string, wire::Keypair> agents;        // by device code: the metrics publishers
  Pubkey monitor, activator;                          // the authorities of health and status
};

// Where it is brought to.
struct EmptyLedger {
  client::LedgerClient& client;
  const client::Clock& clock;
  const wire::ProgramIds& ids;
};

// Every key pays for what it writes and must have lamports. Refused with the first record that the ledger refused.
Result<void> onboard(const EmptyLedger& ledger, const FleetTopology& topology, const OnboardingKeys& keys);

}  // namespace dz::fleet
