// The lists of the API, filtered, in pages, and made in pieces of some milliseconds. What they are asked with was
// checked (api_operations.h).
#pragma once

#include <memory>

#include "monitor/monitor_api.h"

namespace dz::monitor {

inline constexpr std::size_t kMostOfList = 128U << 20;  // bytes; a longer list is asked for in pages

std::unique_ptr<MonitorAnswer> list_assessments(const Monitor& monitor, const net::HttpRequest& request);
// key: of one record only.
std::unique_ptr<MonitorAnswer> list_decisions(Monitor& monitor, const net::HttpRequest& request,
                                              std::optional<Pubkey> key);
std::unique_ptr<MonitorAnswer> list_alarms(const Monitor& monitor, const net::HttpRequest& request);

}  // namespace dz::monitor
