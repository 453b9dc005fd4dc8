// The monitor's /metrics. docs/operating/metrics.md lists what is on it.
#pragma once

#include "monitor/record_metrics.h"

namespace dz::monitor {

class Monitor;

// One page in pieces of some milliseconds. Between two pieces the monitor may make a pass: every record that is there
// all the time is counted once.
class MetricsInPieces {
 public:
  explicit MetricsInPieces(const Monitor& monitor);  // which outlives it
  // The next piece; the page, when it is whole.
  std::optional<std::string> go_on(Timestamp now);

 private:
  bool count_some(Timestamp now);
  bool show_some(Timestamp now);

  const Monitor& monitor_;
  service::MetricsPage page_;
  RecordMetrics records_;
  std::optional<std::pair<RecordKind, Pubkey>> counted_;  // the last one
  enum class Step : std::uint8_t { Monitor, Count, Show, Finish } step_ = Step::Monitor;
};

}  // namespace dz::monitor
