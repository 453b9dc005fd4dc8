// Time for code that waits: the wall clock in a process, virtual time in the simulation and in tests.
#pragma once

#include <functional>

#include "base/time.h"

namespace dz::client {

struct Clock {
  std::function<Timestamp()> now;
  std::function<void(Duration)> sleep;  // returns after at least this long
};

Clock system_clock();

}  // namespace dz::client
