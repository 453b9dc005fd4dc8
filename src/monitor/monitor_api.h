// The monitor's HTTP interface as plain functions: evidence in (/write, /api/v2/write, /query, /ping), and for people
// and scrapers /metrics, /healthz and /api/v1/. docs/operating/monitor.md lists them.
#pragma once

#include <string>

#include "monitor/monitor.h"
#include "net/http_server.h"

namespace dz::monitor {

net::HttpResponse answer_monitor_request(Monitor& monitor, const net::HttpRequest& request, Timestamp now);

std::string render_monitor_metrics(const Monitor& monitor, Timestamp now);

}  // namespace dz::monitor
