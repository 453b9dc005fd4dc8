#include "activator/activator_api.h"

#include <array>

#include "activator/activator_report.h"
#include "service/metrics.h"
#include "service/routes.h"

namespace dz::activator {
namespace {

using Served = const ServedActivator;
using Request = const net::HttpRequest&;
using Route = service::Route<Served>;

net::HttpResponse metrics(Served& s, Request, std::string_view) {
  return {200, service::kMetricsContentType, render_activator_metrics(s.activator, s.version, s.now), {}};
}

net::HttpResponse status(Served& s, Request, std::string_view) {
  return {200, "application/json", render_activator_status(s.activator, s.now), {}};
}

net::HttpResponse healthz(Served& s, Request, std::string_view) {
  auto health = activator_health(s.activator, s.poll_interval, s.now);
  return {health.healthy ? 200 : 503, "application/json", std::move(health.json), {}};
}

constexpr std::array kRoutes{
    Route{{"GET", "/metrics", "/metrics"}, metrics},
    Route{{"GET", "/status", "/status"}, status},
    Route{{"GET", "/healthz", "/healthz"}, healthz},
};

}  // namespace

net::HttpResponse answer_activator_request(const ServedActivator& served, const net::HttpRequest& request) {
  return service::answer_by<Served>(kRoutes, served, request);
}

}  // namespace dz::activator
