// How the stores do, for /metrics and /healthz. No secrets: urls, names and words of stores only.
#pragma once

#include <boost/json/array.hpp>

#include "monitor/monitor.h"
#include "service/metrics.h"

namespace dz::monitor {

void add_stores(service::MetricsPage& page, const Monitor& monitor, Timestamp now);
// One object for each conversation with a store.
boost::json::array stores_json(const Monitor& monitor, Timestamp now);
// Devices and links something was noticed about: {"code", "pubkey", "notes"}.
boost::json::array notes_json(const Monitor& monitor, Timestamp now);

}  // namespace dz::monitor
