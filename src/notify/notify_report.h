// The state of the webhooks, for /metrics and /healthz. docs/operating/monitor.md lists the fields.
#pragma once

#include <boost/json/array.hpp>

#include "service/metrics.h"
#include "notify/notifier.h"

namespace dz {

void add_notifications(MetricsPage& page, const Notifier& notifier, Timestamp now);
boost::json::array hooks_json(const Notifier& notifier, Timestamp now);

}  // namespace dz
