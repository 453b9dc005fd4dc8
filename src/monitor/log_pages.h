// The log of decisions over HTTP: /log/checkpoint, /log/tile/..., as C2SP's tlog-tiles has it, and /log/key. And what
// /metrics says of it.
#pragma once

#include <string_view>

#include "monitor/log_desk.h"
#include "net/http_server.h"
#include "service/metrics.h"

namespace dz::monitor {

// path: below /log/.
net::HttpResponse answer_log(const LogDesk& desk, std::string_view path);

void add_log(service::MetricsPage& page, const LogDesk& desk);

}  // namespace dz::monitor
