// How the monitor itself is, for the API's /api/v1/status: the ledger as it knows it, its sources, whether it may write
// and what keeps it from that, who else is at work, and what it runs with. No secret is in it.
#pragma once

#include <boost/json/object.hpp>

#include "monitor/monitor.h"

namespace dz::monitor {

boost::json::object status_json(const Monitor& monitor, Timestamp now);

}  // namespace dz::monitor
