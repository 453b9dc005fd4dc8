// The monitor's HTTP interface of maintenances: told, ended and listed. docs/formats/maintenance.md has the bodies.
#pragma once

#include <string>

#include "monitor/monitor.h"
#include "net/http_server.h"

namespace dz::monitor {

net::HttpResponse list_maintenances(const Monitor& monitor, Timestamp now);
// 201; 400: no such body, or a window that makes no sense; 403: not signed by somebody who may; 404: no such record.
net::HttpResponse add_maintenance(Monitor& monitor, const net::HttpRequest& request, Timestamp now);
// rest: "ID/end".
net::HttpResponse end_maintenance(Monitor& monitor, const net::HttpRequest& request, const std::string& rest,
                                  Timestamp now);

}  // namespace dz::monitor
