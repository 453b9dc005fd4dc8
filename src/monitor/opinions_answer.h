// What this monitor holds, for other judges and for people, and how it stands with them: the JSON of /api/v1/opinions
// and of the judges in /api/v1/status. docs/operating/quorum.md has the shape.
#pragma once

#include <boost/json/object.hpp>

#include "monitor/monitor.h"
#include "net/http_server.h"

namespace dz::monitor {

// A request that was checked (api_operations.h).
net::HttpResponse answer_opinions(Monitor& monitor, const net::HttpRequest& request);

boost::json::object judges_json(const Monitor& monitor);

}  // namespace dz::monitor
