// The history of one record as the monitor's API answers with it: docs/formats/monitor-api.md.
#pragma once

#include <memory>

#include "monitor/monitor_api.h"

namespace dz::monitor {

// A link or device, there or gone.
struct NamedRecord {
  RecordKind kind = RecordKind::Link;
  Pubkey key;
};

// What the request asks with was checked (api_operations.h). The answer waits while the ledger is being read.
std::unique_ptr<MonitorAnswer> record_history(Monitor& monitor, const net::HttpRequest& request,
                                              const NamedRecord& record);

}  // namespace dz::monitor
