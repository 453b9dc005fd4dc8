// Whether a cause that stood before a start of the monitor is seen to have ended: the newest minute in which anybody
// was heard is good. Until then, for as long as a start may leave minutes unobserved, it stands. Pure.
#pragma once

#include "control/cause.h"

namespace dz::control {

// Of a cause that was not found in this pass. True too where nothing that a start makes unknown could hide it.
bool is_seen_over(const Cause& cause, const MonitorInputs& inputs);

}  // namespace dz::control
