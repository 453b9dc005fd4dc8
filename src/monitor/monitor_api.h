// The monitor's HTTP interface as plain functions: evidence in (/write, /api/v2/write, /query, /ping), and for people
// and scrapers /metrics, /healthz and /api/v1/. docs/operating/monitor.md lists them.
#pragma once

#include <memory>
#include <string>

#include "monitor/monitor.h"
#include "net/http_server.h"

namespace dz::monitor {

using WaitingRows = std::shared_ptr<telemetry::WaitingRows>;

// waiting: is given the rows of a write that wait, if any; whoever holds the answer back until then asks finish_write()
// for another one. Null: nobody does.
net::HttpResponse answer_monitor_request(Monitor& monitor, const net::HttpRequest& request, Timestamp now,
                                         WaitingRows* waiting = nullptr);
// As of now; waiting becomes null when none of the rows wait any more.
net::HttpResponse finish_write(Monitor& monitor, WaitingRows& waiting, Timestamp now);

std::string render_monitor_metrics(const Monitor& monitor, Timestamp now);

}  // namespace dz::monitor
