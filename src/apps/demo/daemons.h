// The whole system on this machine, started in this order: the ledger, the network on it and a day of latency samples;
// the second judge, a monitor that only gives its opinions, and a witness of the log of decisions; the monitor, which
// writes what both judges hold, and the activator; the fleet, which first sends a day of rows and then goes on live.
// With a real store the fleet starts before the monitor, so that the monitor finds the day in the store, as it does at
// an operator's; to the second judge rows are pushed all the same, for two judges of one store are wrong together. The
// system chooses the ports; all data is in one folder.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/rpc_client.h"
#include "fleet/onboarding.h"
#include "fleet/topology.h"
#include "network/network_file.h"
#include "row_relay.h"
#include "safety_watch.h"
#include "stores/child.h"
#include "stores/collector.h"
#include "stores/store_server.h"

namespace dz::demo {

// The two judges.
inline constexpr const char* kFirstJudge = "oslo";   // the monitor that writes
inline constexpr const char* kSecondJudge = "rome";  // the one that only judges

struct DemoPlace {
  std::string programs;                       // folder of the binaries
  std::string network_path;                   // a network file
  std::string data;                           // folder for keys, logs, stores; there, and empty
  std::optional<telemetry::StoreKind> store;  // a real one between the devices and the monitor; unset: rows are pushed
};

// Told what happens, for the screen.
using Narrator = std::function<void(const std::string&)>;

class Daemons {
 public:
  // `now` is the start of the demo; the day of evidence before it ends there.
  static Result<std::unique_ptr<Daemons>> start(const DemoPlace& place, Timestamp now, const Narrator& say);
  // The last started stops first.
  ~Daemons();

  const fleet::FleetTopology& topology() const { return topology_; }
  client::LedgerClient& ledger() { return *ledger_; }
  const std::string& ledger_url() const { return ledger_url_; }
  const std::string& monitor_url() const { return monitor_url_; }
  const std::string& second_judge_url() const { return second_judge_url_; }
  const std::string& witness_url() const { return witness_url_; }
  const std::string& witness_key() const { return witness_key_; }  // its verifier key, as text
  const Pubkey& monitor_key() const { return keys_->monitor; }     // the health authority's
  Authorities authorities() const { return {keys_->foundation.pubkey(), keys_->monitor, keys_->activator}; }
  // Of both judges, separated by a comma.
  std::string judge_keys() const;
  // What the second judge has not got of the past day, and then gets.
  const LostRows& lost_rows() const { return lost_rows_; }
  void hand_in_lost_rows() { relay_->hand_in(); }
  const std::string& activator_url() const { return activator_url_; }
  const std::string& fleet_url() const { return fleet_url_; }
  const DemoPlace& place() const { return place_; }
  // How much later rows are judged than they would be if they were pushed: the time that a store takes.
  Duration later() const;
  std::string key_path(const std::string& name) const;  // "contributor-alder"
  // The CLI with the addresses of the demo, by somebody's key: what comes before a command.
  std::vector<std::string> cli(const std::string& key) const;

  // Which program has ended though nobody ended it here, and how; empty when all is well.
  std::string casualty();
  // Programs may be ended, as a crash ends them, and started again with what they kept, at the same addresses, which
  // takes until they have said these. NotFound: there is no program of that name; names() has them all, in the order in
  // which they started. Refused: it did not start, with its last words; it is as if it had not been asked to.
  Result<void> end(std::string_view name);
  Result<void> start_again(std::string_view name);
  std::vector<std::string> names() const;
  bool runs(std::string_view name) const;
  // The ends of all logs, for a failure's report.
  std::string logs();

 private:
  Daemons(DemoPlace place, network::NetworkFile network, fleet::FleetTopology topology, LostRows lost_rows)
      : place_(std::move(place)),
        network_(std::move(network)),
        topology_(std::move(topology)),
        lost_rows_(std::move(lost_rows)) {}

  // name: of its log and its file of ports.
  struct Program {
    std::string binary, name;
  };
  struct Running {
    Program what;
    std::vector<std::string> arguments;    // with the ports that it chose
    std::unique_ptr<stores::Child> child;  // null: it was ended here
  };
  std::string program(const std::string& name) const { return place_.programs + "/" + name; }
  std::string log_path(std::string_view name) const;
  Running* find(std::string_view name);
  using Ports = std::map<std::string, std::uint16_t>;
  // A daemon, until it has said its ports.
  Result<Ports> run(Running& program);
  Result<Ports> launch(const Program& what, std::vector<std::string> arguments);
  Result<void> start_ledger();
  Result<void> make_keys();
  Result<void> fund_keys();
  Result<void> bring_network(const Narrator& say);
  // 'doublezero apply' of a file in the demo's folder by somebody's key: what it printed.
  Result<std::string> apply(const std::string& file, const std::string& key) const;
  std::string network_file(const std::string& name) const { return place_.data + "/network/" + name; }
  Result<void> backfill_samples(Timestamp now, const Narrator& say);
  Result<void> start_store(const Narrator& say);
  Result<void> wait_for_first_day(const Narrator& say);
  Result<void> start_second_judge();
  Result<void> start_witness();
  Result<void> start_monitor();
  Result<void> start_activator();
  Result<void> start_fleet(Timestamp now, const Narrator& say);

  DemoPlace place_;
  network::NetworkFile network_;
  fleet::FleetTopology topology_;
  LostRows lost_rows_;
  std::unique_ptr<stores::StoreServer> store_;
  std::unique_ptr<stores::Collector> collector_;
  std::unique_ptr<RowRelay> relay_;
  std::vector<Running> running_;
  std::unique_ptr<client::RpcClient> ledger_;
  std::unique_ptr<fleet::OnboardingKeys> keys_;
  Pubkey first_judge_key_, second_judge_key_;
  std::string ledger_url_, monitor_url_, second_judge_url_, witness_url_, witness_key_, activator_url_, fleet_url_;
};

}  // namespace dz::demo
