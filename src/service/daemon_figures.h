// What every daemon shows on /metrics besides its own: its sockets, how long its passes and its calls of the ledger
// took, and its process. Added below the page that the daemon's core made, which knows nothing of them.
#pragma once

#include <string>

#include "net/connections.h"
#include "net/http_server.h"
#include "service/timings.h"

namespace dz::service {

// What is pointed to outlives this; null: the daemon has none of that.
struct DaemonFigures {
  std::string prefix;  // "doublezero_monitor_"
  const net::Connections& connections;
  const Timings* passes = nullptr;
  const Timings* ledger_calls = nullptr;
};

std::string render_daemon_figures(const DaemonFigures& figures);
// Below the page of /metrics; other answers stay as they are.
net::HttpResponse with_daemon_figures(net::HttpResponse answer, const net::HttpRequest& request,
                                      const DaemonFigures& figures);
// The answer to a request that is given later, likewise. The figures outlive it.
net::Answer with_daemon_figures(net::Answer done, const net::HttpRequest& request, const DaemonFigures& figures);

}  // namespace dz::service
