// The minutes of one record behind GET /api/v1/minutes, as the rings have them or of a past day out of the history, and
// the counter readings of one minute behind GET /api/v1/readings. Both are made in pieces.
#pragma once

#include <memory>

#include "monitor/monitor_api.h"

namespace dz::monitor {

// request: checked, by check_query(). key: of a link or device.
std::unique_ptr<MonitorAnswer> tell_minutes(Monitor& monitor, const net::HttpRequest& request, const Pubkey& key);
std::unique_ptr<MonitorAnswer> tell_readings(const Monitor& monitor, const net::HttpRequest& request,
                                             const Pubkey& key);

}  // namespace dz::monitor
