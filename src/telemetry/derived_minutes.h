// The minutes of some span once more, from nothing but a store: what anybody who may read the store finds, whatever a
// monitor says. Questions, rows and minutes are those of the monitor's own pull (store_query.h, minute_rows.h,
// evidence.h). Pure; the store answers through a function.
#pragma once

#include <functional>
#include <vector>

#include "evidence/evidence.h"
#include "telemetry/store_query.h"

namespace dz::telemetry {

using AskForRows = std::function<Result<StoreRows>(const StoreQuestion& question)>;

struct DerivedSpan {
  Minute from, to;
  bool counters = false, config_agent = false;
  bool events = false;                               // of counters: discards and carrier transitions too
  std::vector<evidence::NamedInterface> interfaces;  // those that matter, by interface_key(), each once, in order
};

struct DerivedMinutes {
  evidence::Evidence evidence;
  // Whether the store has rows of that time, of whatever device. Without any, its silence says nothing of a device.
  bool has_counters = false, has_config_agent = false;
};

// An hour more than the span is asked for, and the last values before it, so that a counter's first value in it is
// compared with one before. All devices are asked for: a silence of many at once is no device's own.
Result<DerivedMinutes> derive_minutes(const DerivedSpan& span, const AskForRows& ask);

}  // namespace dz::telemetry
