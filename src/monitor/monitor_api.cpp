#include "monitor/monitor_api.h"

#include <array>
#include <charconv>

#include <boost/json.hpp>

#include "base/base64.h"
#include "base/safe_text.h"
#include "monitor/alarm_report.h"
#include "monitor/assessment_json.h"
#include "monitor/maintenance_api.h"
#include "monitor/monitor_metrics.h"
#include "monitor/pulled_report.h"
#include "notify/notify_report.h"
#include "service/metrics.h"
#include "service/routes.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr const char* kInfluxVersion = "1.8-doublezero-monitor";

net::HttpResponse reply(int status, const json::value& body) {
  return {status, "application/json", json::serialize(body), {}};
}
net::HttpResponse complain(int status, std::string_view error) { return net::error_response(status, error); }

// "Token X", "Bearer X", "Basic base64(user:X)", or p=X in the query, as InfluxDB's clients send it.
std::string token_of(const net::HttpRequest& request) {
  const auto header = request.header("authorization");
  for (const std::string_view scheme : {"Token ", "Bearer "}) {
    if (header.starts_with(scheme)) return std::string(header.substr(scheme.size()));
  }
  if (header.starts_with("Basic ")) {
    const auto decoded = decode_base64(header.substr(6));
    if (!decoded) return {};
    const auto text = as_text(*decoded);
    const auto colon = text.find(':');
    return colon == std::string_view::npos ? std::string() : std::string(text.substr(colon + 1));
  }
  return request.query_value("p");
}

// As InfluxDB 1.8 says it, with what its clients look for in the headers.
net::HttpResponse influx_reply(telemetry::WriteAnswer answer) {
  net::HttpResponse response{answer.status, "application/json", std::move(answer.body), {}};
  response.headers = {{"X-Influxdb-Version", kInfluxVersion}, {"X-Influxdb-Build", "OSS"}};
  if (answer.status == 401) response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"InfluxDB\"");
  if (answer.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*answer.retry_after).count();
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  if (!answer.error.empty()) response.headers.emplace_back("X-Influxdb-Error", header_value(answer.error));
  return response;
}

class Ready final : public MonitorAnswer {
 public:
  explicit Ready(net::HttpResponse response) : response_(std::move(response)) {}
  std::optional<net::HttpResponse> go_on(Timestamp) override { return std::move(response_); }

 private:
  net::HttpResponse response_;
};

class Write final : public MonitorAnswer {
 public:
  Write(Monitor& monitor, std::shared_ptr<telemetry::PushedWrite> write)
      : monitor_(monitor), write_(std::move(write)) {}
  std::optional<net::HttpResponse> go_on(Timestamp now) override {
    auto answer = monitor_.go_on(write_, now);
    if (!answer) return std::nullopt;
    waits_ = answer->waiting != nullptr;
    return influx_reply(std::move(*answer));
  }
  bool waits() const override { return waits_; }

 private:
  Monitor& monitor_;
  std::shared_ptr<telemetry::PushedWrite> write_;
  bool waits_ = false;
};

// A record a piece. Those that the ledger loses meanwhile are left out.
class Assessments final : public MonitorAnswer {
 public:
  // Without findings it is a summary: a record has few members then, not some kilobytes.
  Assessments(const Monitor& monitor, bool findings) : monitor_(monitor), findings_(findings) {
    for (const auto& verdict : monitor.verdicts()) keys_.push_back(verdict.key);
    text_ = R"({"policy":)" + json::serialize(json::string(monitor.policy_digest())) + R"(,"assessments":[)";
  }
  std::optional<net::HttpResponse> go_on(Timestamp) override {
    if (next_ == keys_.size()) return net::HttpResponse{200, "application/json", std::move(text_) + "]}", {}};
    const auto& key = keys_[next_++];
    if (const auto report = monitor_.assessment(key)) {
      auto entry = to_json(*report);
      entry["pubkey"] = to_text(key);
      if (!findings_) entry.erase("findings");
      if (text_.back() != '[') text_ += ',';
      text_ += json::serialize(entry);
    }
    return std::nullopt;
  }

 private:
  const Monitor& monitor_;
  bool findings_;
  std::vector<Pubkey> keys_;
  std::size_t next_ = 0;
  std::string text_;
};

class Metrics final : public MonitorAnswer {
 public:
  explicit Metrics(const Monitor& monitor) : page_(monitor) {}
  std::optional<net::HttpResponse> go_on(Timestamp now) override {
    auto page = page_.go_on(now);
    if (!page) return std::nullopt;
    return net::HttpResponse{200, service::kMetricsContentType, std::move(*page), {}};
  }

 private:
  MetricsInPieces page_;
};

struct Context {
  Monitor& monitor;
  Timestamp now;
  std::unique_ptr<MonitorAnswer> in_pieces = {};  // in place of the response
};

net::HttpResponse write(Context& context, const net::HttpRequest& request) {
  const auto api = request.path == "/write" ? telemetry::WriteApi::V1 : telemetry::WriteApi::V2;
  const auto precision = request.query_value("precision"), token = token_of(request);
  context.in_pieces = std::make_unique<Write>(
      context.monitor, context.monitor.begin_write({api, request.body, precision, token}, context.now));
  return {};
}

// The statements are in the form, where Telegraf has them, or in the query.
net::HttpResponse query(Monitor& monitor, const net::HttpRequest& request) {
  auto statements = net::form_value(request.body, "q");
  if (statements.empty()) statements = request.query_value("q");
  return influx_reply(monitor.query({statements, token_of(request), request.method == "GET"}));
}

net::HttpResponse assessments(Context& context, const net::HttpRequest& request) {
  const bool findings = request.query_value("findings") != "0";
  context.in_pieces = std::make_unique<Assessments>(context.monitor, findings);
  return {};
}

// By pubkey or by code.
std::optional<Pubkey> find_record(const Monitor& monitor, const std::string& name) {
  if (!monitor.ledger().snapshot()) return std::nullopt;
  if (const auto link = client::find_record(monitor.ledger().snapshot()->links, "link", name)) return link->key;
  if (const auto device = client::find_record(monitor.ledger().snapshot()->devices, "device", name)) return device->key;
  return std::nullopt;
}

// An optional whole number of the query; false: it is none.
template <typename Number>
bool read_number(const net::HttpRequest& request, std::string_view name, Number& value) {
  const auto text = request.query_value(name);
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return text.empty() || (error == std::errc{} && stop == text.data() + text.size());
}

net::HttpResponse assessment(const Monitor& monitor, const net::HttpRequest& request, const std::string& name) {
  const auto key = find_record(monitor, name);
  if (!key) return complain(404, "expected the pubkey or code of one link or device, found '" + name + "'");
  constexpr int kWidest = 1000;
  int width = 0;
  if (!read_number(request, "width", width) || width < 0 || width > kWidest)
    return complain(400, "width: expected a number of columns up to 1000");
  const bool minutes = request.query_value("minutes") == "1";
  if (request.query_value("format") == "text") {
    auto text = monitor.explain(*key, {.width = width, .list_minutes = minutes});
    if (!text) return complain(503, text.error().message);
    return {200, "text/plain; charset=utf-8", escaped_lines(std::move(*text)), {}};
  }
  const bool strips = request.query_value("strip") == "1";
  const auto report = monitor.assessment(*key, {.strips = strips, .minutes = minutes, .width = width});
  if (!report) return complain(503, report.error().message);
  auto body = to_json(*report);
  body["pubkey"] = to_text(*key);
  body["policy"] = monitor.policy_digest();
  return reply(200, body);
}

net::HttpResponse decisions(Monitor& monitor, const net::HttpRequest& request) {
  DecisionQuery query;
  if (!read_number(request, "before", query.before_id) || !read_number(request, "limit", query.limit))
    return complain(400, "before and limit: expected whole numbers");
  if (const auto name = request.query_value("record"); !name.empty()) {
    query.key = find_record(monitor, name);
    if (!query.key) {
      const auto key = parse_pubkey(name);  // a record that is gone keeps its decisions
      if (!key) return complain(404, "expected the pubkey or code of one link or device, found '" + name + "'");
      query.key = *key;
    }
  }
  const auto found = monitor.decisions(query);
  if (!found) return complain(503, found.error().message);
  json::array list;
  for (const auto& decision : *found) list.push_back(to_json(decision, *monitor.policy().profile));
  return reply(200, json::object{{"decisions", std::move(list)}});
}

json::object windows_json(const verdict::Policy& policy) {
  json::object windows;
  for (const auto& [name, window] : {std::pair{"window", policy.window}, {"recovery_window", policy.recovery_window}}) {
    json::object one{{"text", to_text(window)}};
    if (window.known()) one["minutes"] = window.length.count();
    if (window.slots > 0) one["slots"] = window.slots;
    if (!window.known()) one["trouble"] = trouble_text(window);
    windows[name] = std::move(one);
  }
  return windows;
}

net::HttpResponse healthz(const Monitor& monitor, Timestamp now) {
  std::string reason = monitor.ledger().trouble(now);
  const auto read = monitor.ledger().mirror().last_poll();
  if (!monitor.clock_problem().empty()) reason += (reason.empty() ? "" : "; ") + monitor.clock_problem();
  if (const auto problem = monitor.file_problem(); !problem.empty()) reason += (reason.empty() ? "" : "; ") + problem;
  json::object body{{"status", reason.empty() ? "ok" : "failing"}};
  if (!reason.empty()) body["reason"] = reason;
  if (read) body["ledger_read_at"] = to_text(*read);
  json::object sources;
  for (const auto source : monitor.policy().sources()) {
    const auto state = monitor.evidence().in_memory().state(source);
    sources[monitor.policy().source_name(source)] = json::object{
        {"watermark", state.watermark ? json::value(to_text(Timestamp{*state.watermark})) : json::value(nullptr)},
        {"suspect", state.suspect_since.has_value()}};
  }
  body["sources"] = std::move(sources);
  body["windows"] = windows_json(monitor.policy());
  if (!monitor.pulled().talks().empty()) body["stores"] = stores_json(monitor, now);
  body["alarms"] = alarms_json(monitor, now);
  if (monitor.announcer().notifier() != nullptr) body["notify"] = hooks_json(*monitor.announcer().notifier(), now);
  if (const auto damage = monitor.damage(); !damage.empty()) body["damage"] = json::array(damage.begin(), damage.end());
  if (auto notes = notes_json(monitor); !notes.empty()) body["notes"] = std::move(notes);
  return reply(reason.empty() ? 200 : 503, body);
}

net::HttpResponse alarms(const Monitor& monitor, Timestamp now) {
  return reply(200, json::object{{"alarms", alarms_json(monitor, now)}});
}

net::HttpResponse incidents(const Monitor& monitor, Timestamp now) {
  return reply(200, json::object{{"incidents", incidents_json(monitor, now)}});
}

net::HttpResponse pong() { return influx_reply({}); }

net::HttpResponse metrics(Context& context) {
  context.in_pieces = std::make_unique<Metrics>(context.monitor);
  return {};
}

using Request = const net::HttpRequest&;
using Rest = std::string_view;  // what stands for the star of a path
using Route = service::Route<Context>;

constexpr std::array kRoutes{
    Route{{"POST", "/write", "/write"}, [](Context& c, Request r, Rest) { return write(c, r); }},
    Route{{"POST", "/api/v2/write", "/api/v2/write"}, [](Context& c, Request r, Rest) { return write(c, r); }},
    Route{{"POST", "/query", "/query"}, [](Context& c, Request r, Rest) { return query(c.monitor, r); }},
    Route{{"GET", "/query", ""}, [](Context& c, Request r, Rest) { return query(c.monitor, r); }},
    Route{{"*", "/ping", "/ping"}, [](Context&, Request, Rest) { return pong(); }},
    Route{{"GET", "/metrics", "/metrics"}, [](Context& c, Request, Rest) { return metrics(c); }},
    Route{{"GET", "/healthz", "/healthz"}, [](Context& c, Request, Rest) { return healthz(c.monitor, c.now); }},
    Route{{"GET", "/api/v1/assessments", "/api/v1/assessments[/PUBKEY]"},
          [](Context& c, Request r, Rest) { return assessments(c, r); }},
    Route{{"GET", "/api/v1/assessments/*", ""},
          [](Context& c, Request r, Rest name) { return assessment(c.monitor, r, std::string(name)); }},
    Route{{"GET", "/api/v1/alarms", "/api/v1/alarms"},
          [](Context& c, Request, Rest) { return alarms(c.monitor, c.now); }},
    Route{{"GET", "/api/v1/incidents", "/api/v1/incidents"},
          [](Context& c, Request, Rest) { return incidents(c.monitor, c.now); }},
    Route{{"GET", "/api/v1/decisions", "/api/v1/decisions"},
          [](Context& c, Request r, Rest) { return decisions(c.monitor, r); }},
    Route{{"GET", "/api/v1/maintenances", "/api/v1/maintenances"},
          [](Context& c, Request, Rest) { return list_maintenances(c.monitor, c.now); }},
    Route{{"POST", "/api/v1/maintenances", ""},
          [](Context& c, Request r, Rest) { return add_maintenance(c.monitor, r, c.now); }},
    Route{{"POST", "/api/v1/maintenances/*", ""},
          [](Context& c, Request r, Rest id) { return end_maintenance(c.monitor, r, std::string(id), c.now); }},
};

}  // namespace

std::unique_ptr<MonitorAnswer> begin_answer(Monitor& monitor, const net::HttpRequest& request, Timestamp now) {
  Context context{monitor, now};
  auto response = service::answer_by<Context>(kRoutes, context, request);
  if (context.in_pieces) return std::move(context.in_pieces);
  return std::make_unique<Ready>(std::move(response));
}

net::HttpResponse answer_monitor_request(Monitor& monitor, const net::HttpRequest& request, Timestamp now) {
  const auto answer = begin_answer(monitor, request, now);
  for (;;) {
    if (auto response = answer->go_on(now)) return std::move(*response);
  }
}

}  // namespace dz::monitor
