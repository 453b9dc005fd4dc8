// What a pass says of the sources themselves: which of them people have to look at, and when the next look is due.
#pragma once

#include <vector>

#include "control/alarms.h"
#include "control/monitor_inputs.h"
#include "verdict/record_tallies.h"

namespace dz::control {

// Mass silence and stale sources, in the order of the sources. QA is never stale by itself: its runs are hours apart.
std::vector<MonitorAlarm> source_alarms(const MonitorInputs& inputs, const verdict::Sources& sources);

// When a minute closes by the clock or a source becomes stale: within a minute at the latest.
Timestamp next_look_at_sources(const MonitorInputs& inputs, const verdict::Sources& sources);

}  // namespace dz::control
