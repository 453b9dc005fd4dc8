// The live fleet: every second the rows that are due go to the monitor, every few seconds the links' statuses are read,
// every minute the agents submit their samples.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/time.h"
#include "client/snapshot.h"
#include "control.h"
#include "fleet/fleet.h"
#include "fleet/row_push.h"
#include "fleet/sample_writer.h"
#include "service/log.h"
#include "setup.h"

namespace dz::fleet_main {

struct RunnerOptions {
  Duration cadence = std::chrono::seconds{2};           // of a port's readings
  Duration history_cadence = std::chrono::seconds{20};  // of those before the fleet was started
};

// What the runner drives. All outlive it.
struct RunnerParts {
  fleet::Fleet& fleet;
  fleet::RowPush& rows;
  fleet::SampleWriter* samples;  // null when the ledger gets none
  std::function<Result<client::Snapshot>()> read_ledger;
};

class Runner {
 public:
  Runner(RunnerParts parts, RunnerOptions options, service::LogSink log);

  // Does what is due; at the first time it sends what happened up to now (the history). Returns when to be called
  // again.
  Timestamp step(Timestamp now);
  FleetStatus status() const;

 private:
  void start(Timestamp now);
  void push_rows(Timestamp now, Duration cadence);
  void follow_ledger(Timestamp now);
  void submit_samples(Timestamp now);
  void collect_samples(Timestamp now);
  void find_sample_ends(Timestamp now);

  fleet::Fleet& fleet_;
  fleet::RowPush& rows_;
  fleet::SampleWriter* samples_;
  std::function<Result<client::Snapshot>()> read_ledger_;
  RunnerOptions options_;
  service::LogSink log_;
  std::optional<Timestamp> next_rows_;  // none: not started
  Timestamp next_look_, next_submission_;
  std::set<std::string> carrying_;
  std::optional<std::set<std::string>> probed_;
  std::vector<Timestamp> sampled_to_;  // by route
  std::uint64_t written_ = 0;
  std::optional<Timestamp> complained_;  // when it was last said that rows are not taken
  bool ledger_away_ = false;
};

}  // namespace dz::fleet_main
