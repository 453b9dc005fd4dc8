// What is stated about decisions (docs/formats/decision.md), behind GET /api/v1/statements.
#pragma once

#include <string>

#include "monitor/monitor.h"
#include "net/http_server.h"

namespace dz::monitor {

// By its index, or by its hash in hex. NotFound: this monitor made no such statement.
Result<StoredStatement> find_statement(Monitor& monitor, const std::string& name);

// Those of the transaction that the query names, in the order of its instructions.
net::HttpResponse list_statements(Monitor& monitor, const net::HttpRequest& request);
// One, as above.
net::HttpResponse tell_statement(Monitor& monitor, const net::HttpRequest& request, const std::string& name);

}  // namespace dz::monitor
