// A network brought to an empty ledger the way people bring it, with a key for each role: the foundation applies the
// file of its sites and contributors, each contributor the file of devices and links, of which everybody writes their
// own. Everything begins hard-drained.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "client/clock.h"
#include "client/ledger_client.h"
#include "fleet/topology.h"
#include "network/network_file.h"
#include "wire/keypair.h"
#include "wire/program_ids.h"

namespace dz::fleet {

struct OnboardingKeys {
  wire::Keypair foundation;
  std::map<std::string, wire::Keypair> contributors;  // by contributor code
  std::map<std::string, wire::Keypair> agents;        // by device code: the metrics publishers
  Pubkey monitor, activator;                          // the authorities of health and status
};

// Two network files.
struct OnboardingFiles {
  network::NetworkFile sites;    // global configuration, locations, exchanges, contributors
  network::NetworkFile records;  // devices and links
};
// The network with these keys as owners of contributors and as metrics publishers, in the place of those that it names.
// Every contributor has a key, and every device with a metrics publisher.
OnboardingFiles onboarding_files(network::NetworkFile whole, const OnboardingKeys& keys);
// A topology that was made up, as a network file; its keys are empty.
network::NetworkFile network_of(const FleetTopology& topology);

// Where it is brought to.
struct EmptyLedger {
  client::LedgerClient& client;
  const client::Clock& clock;
  const wire::ProgramIds& ids;
};

// Init, and then those files. Every key pays for what it writes and must have lamports. Refused with the first record
// that the ledger refused.
Result<void> onboard(const EmptyLedger& ledger, const FleetTopology& topology, const OnboardingKeys& keys);

}  // namespace dz::fleet
