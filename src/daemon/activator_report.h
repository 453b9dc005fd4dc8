// What an activator shows of itself over HTTP: /metrics and /healthz.
#pragma once

#include <string>

#include "daemon/activator.h"

namespace dz {

std::string render_activator_metrics(const Activator& activator, std::string_view version, Timestamp now);

struct HealthAnswer {
  bool healthy = false;
  std::string json;
};
// Healthy: the ledger was read within three poll intervals and nothing keeps the activator from writing.
HealthAnswer activator_health(const Activator& activator, Duration poll_interval, Timestamp now);

}  // namespace dz
