// What an activator shows of itself over HTTP: /metrics, /healthz and /status.
#pragma once

#include <string>

#include "activator/activator.h"

namespace dz::activator {

std::string render_activator_metrics(const Activator& activator, std::string_view version, Timestamp now);

// What the last pass found to do, what it left alone and why, and what there is left to spend: /status.
std::string render_activator_status(const Activator& activator, Timestamp now);

struct HealthAnswer {
  bool healthy = false;
  std::string json;
};
// Healthy: the ledger was read lately, by how often it is to be read, and nothing keeps the activator from writing.
HealthAnswer activator_health(const Activator& activator, Duration poll_interval, Timestamp now);

}  // namespace dz::activator
