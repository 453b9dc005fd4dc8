// Faults switched on and off while the fleet runs, over HTTP on loopback: docs/operating/fleet.md, "Control".
#pragma once

#include "base/time.h"
#include "fleet/fleet.h"
#include "fleet/row_push.h"
#include "net/http_server.h"

namespace dz::fleet_main {

struct FleetStatus {
  const fleet::RowPush* rows = nullptr;
  std::uint64_t samples_written = 0;
  std::size_t samples_pending = 0;
};

// GET /healthz, GET /faults, POST /faults (a fault as text), DELETE /faults/ID.
net::HttpResponse answer_control(const net::HttpRequest& request, fleet::Fleet& fleet, const FleetStatus& status,
                                 Timestamp now);

}  // namespace dz::fleet_main
