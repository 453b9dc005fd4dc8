// The state of the webhooks, for /metrics and /healthz. docs/operating/monitor.md lists the fields.
#pragma once

#include <boost/json/array.hpp>

#include "notify/notifier.h"
#include "service/metrics.h"

namespace dz::notify {

void add_notifications(service::MetricsPage& page, const Notifier& notifier, Timestamp now);
boost::json::array hooks_json(const Notifier& notifier, Timestamp now);

}  // namespace dz::notify
