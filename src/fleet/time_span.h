// The time that a part of the fleet speaks of.
#pragma once

#include "base/time.h"

namespace dz::fleet {

// [from, to)
struct TimeSpan {
  Timestamp from, to;
};

// Readings of ports within a span, one every `cadence`.
struct ReadingTimes {
  TimeSpan span;
  Duration cadence;
};

}  // namespace dz::fleet
