// A write to a monitor without threads and sockets, answered as its doors answer: when rows name devices that nobody
// knows, the next pass looks for them first.
#pragma once

#include "monitor/monitor.h"

namespace dz::testbed {

inline telemetry::WriteAnswer held_write(monitor::Monitor& monitor, const telemetry::WriteRequest& request,
                                         Timestamp now) {
  auto answer = monitor.write(request, now);
  if (!answer.waiting) return answer;
  monitor.step(now);
  return monitor.finish(answer.waiting, now);
}

}  // namespace dz::testbed
