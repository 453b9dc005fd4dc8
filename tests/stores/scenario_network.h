// The input that every store is tested with: a network of pairs of devices, one pair with one link for each scenario,
// and 25 hours of what the devices, the controller and QA say about it. It is made once and loaded into every store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/snapshot.h"
#include "fleet/ledger_bench.h"
#include "fleet/topology.h"

namespace dz {

// The devices are NAME-a and NAME-z, the link is NAME. Faults are the fleet's (docs/operating/fleet.md), seen from the
// end of the input.
struct Scenario {
  const char* name;
  const char* interface;  // of the link at both ends, as EOS spells it
  std::vector<const char*> faults;
};
const std::vector<Scenario>& scenarios();

// What was said between the last part's time and this one's, in order of arrival.
struct InputPart {
  Timestamp at;
  std::string lines;
};

class ScenarioNetwork {
 public:
  ScenarioNetwork();

  client::RpcClient& ledger() { return bench_.client; }
  const wire::Keypair& monitor() const { return monitor_; }  // the key that may write health
  Pubkey device(std::string_view code) const;
  const client::Snapshot& snapshot() const { return snapshot_; }

  Timestamp start() const { return end_ - std::chrono::hours{25}; }
  Timestamp end() const { return end_; }
  const std::vector<InputPart>& parts() const { return parts_; }  // one for each minute

 private:
  void make_input();

  fleet::LedgerBench bench_;
  wire::Keypair monitor_;
  fleet::FleetTopology topology_;
  client::Snapshot snapshot_;
  Timestamp end_;
  std::vector<InputPart> parts_;
};

}  // namespace dz
