// The activator's HTTP interface as a plain function: /metrics, /status and /healthz.
#pragma once

#include <string_view>

#include "activator/activator.h"
#include "net/http_server.h"

namespace dz::activator {

// What is answered from, at one moment.
struct ServedActivator {
  const Activator& activator;
  Duration poll_interval;
  std::string_view version;
  Timestamp now;
};

net::HttpResponse answer_activator_request(const ServedActivator& served, const net::HttpRequest& request);

}  // namespace dz::activator
