#include "apps/witness/pages.h"

#include <array>
#include <string>

#include <boost/json.hpp>

#include "base/base64.h"
#include "service/metrics.h"
#include "service/routes.h"

namespace dz::witness {
namespace {

namespace json = boost::json;

struct Context {
  transparency::Witness& witness;
  Timestamp now;
};
using Request = const net::HttpRequest&;
using Rest = std::string_view;
using Route = service::Route<Context>;

net::HttpResponse add_checkpoint(Context& c, Request request, Rest) {
  auto answer = c.witness.add_checkpoint(request.body, c.now);
  return {answer.status, std::move(answer.content_type), std::move(answer.body), {{"Cache-Control", "no-store"}}};
}

// Each log that it watches over, with the checkpoint that it cosigned last; and what contradicts one.
net::HttpResponse checkpoints(Context& c, Request, Rest) {
  const auto seen = c.witness.seen();
  if (!seen) return net::error_response(503, seen.error().message);
  const auto conflicts = c.witness.conflicts();
  if (!conflicts) return net::error_response(503, conflicts.error().message);
  json::array logs, contradictions;
  for (const auto& key : c.witness.known_logs()) {
    json::object log{{"origin", key.name}, {"key", to_text(key)}, {"size", nullptr}, {"checkpoint", nullptr}};
    for (const auto& one : *seen) {
      if (one.origin != key.name) continue;
      log["size"] = one.head.size;
      log["checkpoint"] = one.checkpoint;
      log["cosigned_at"] = to_text(one.at);
    }
    logs.push_back(std::move(log));
  }
  for (const auto& one : *conflicts) {
    json::array beginning;
    for (const auto& hash : one.beginning) beginning.emplace_back(encode_base64(hash));
    contradictions.push_back(json::object{{"origin", one.origin},
                                          {"at", to_text(one.at)},
                                          {"reason", one.reason},
                                          {"seen", one.seen},
                                          {"found", one.found},
                                          {"beginning", std::move(beginning)}});
  }
  const json::object body{
      {"witness", to_text(c.witness.verifier())}, {"logs", std::move(logs)}, {"conflicts", std::move(contradictions)}};
  return {200, "application/json", json::serialize(body), {{"Cache-Control", "no-cache"}}};
}

net::HttpResponse healthz(Context& c, Request, Rest) {
  const auto seen = c.witness.seen();
  if (seen) return {200, "application/json", R"({"status":"ok"})", {}};
  return {503,
          "application/json",
          json::serialize(json::object{{"status", "failing"}, {"reason", seen.error().message}}),
          {}};
}

net::HttpResponse metrics(Context& c, Request, Rest) {
  service::MetricsPage page("doublezero_witness_");
  page.gauge("build_info", "Always 1; the version is the label.", 1, {{"version", DZ_VERSION}});
  for (const auto& [status, count] : c.witness.answers()) {
    page.counter("answers_total", "Requests for a cosignature, by the HTTP status that they were answered with.",
                 static_cast<double>(count), {{"status", std::to_string(status)}});
  }
  if (const auto seen = c.witness.seen()) {
    for (const auto& log : *seen) {
      const service::MetricsPage::Labels labels{{"log", log.origin}};
      page.gauge("log_entries", "Entries of a log under the checkpoint that was cosigned last.",
                 static_cast<double>(log.head.size), labels);
      page.gauge("log_cosigned_age_seconds", "Time since a checkpoint of a log was cosigned.",
                 std::chrono::duration<double>(c.now - log.at).count(), labels);
    }
  }
  if (const auto conflicts = c.witness.conflicts()) {
    page.gauge("conflicts", "Proofs that a log signed two checkpoints that contradict each other.",
               static_cast<double>(conflicts->size()));
  }
  return {200, service::kMetricsContentType, page.render(), {}};
}

constexpr std::array kRoutes{
    Route{{"POST", "/add-checkpoint", "/add-checkpoint"}, add_checkpoint},
    Route{{"GET", "/checkpoints", "/checkpoints"}, checkpoints},
    Route{{"GET", "/metrics", "/metrics"}, metrics},
    Route{{"GET", "/healthz", "/healthz"}, healthz},
};

}  // namespace

net::HttpResponse answer_witness_request(transparency::Witness& witness, const net::HttpRequest& request,
                                         Timestamp now) {
  Context context{witness, now};
  return service::answer_by<Context>(kRoutes, context, request);
}

}  // namespace dz::witness
