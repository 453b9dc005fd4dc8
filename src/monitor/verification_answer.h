// A decision checked by this monitor, step by step, as `doublezero decision verify` does it: attest/verify.h over the
// statement's bundle and the transaction that the ledger has. GET /api/v1/verifications/.
#pragma once

#include <memory>
#include <string>

#include "monitor/monitor_api.h"

namespace dz::monitor {

// statement: its index, or its hash in hex. A request that was checked.
std::unique_ptr<MonitorAnswer> verify_statement(Monitor& monitor, const net::HttpRequest& request,
                                                const std::string& statement);

}  // namespace dz::monitor
