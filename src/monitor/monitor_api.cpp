#include "monitor/monitor_api.h"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/safe_text.h"
#include "monitor/alarm_report.h"
#include "monitor/api_operations.h"
#include "monitor/assessment_json.h"
#include "monitor/callers.h"
#include "monitor/decision_members.h"
#include "monitor/history_answer.h"
#include "monitor/list_answers.h"
#include "monitor/list_page.h"
#include "monitor/log_pages.h"
#include "monitor/maintenance_api.h"
#include "monitor/minutes_answer.h"
#include "monitor/monitor_metrics.h"
#include "monitor/openapi.h"
#include "monitor/opinions_answer.h"
#include "monitor/pulled_report.h"
#include "monitor/record_members.h"
#include "monitor/statement_api.h"
#include "monitor/status_report.h"
#include "monitor/verification_answer.h"
#include "net/url_escapes.h"
#include "notify/notify_report.h"
#include "service/metrics.h"
#include "service/routes.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::string_view kEventStream = "text/event-stream";
constexpr const char* kInfluxVersion = "1.8-doublezero-monitor";

net::HttpResponse reply(int status, const json::value& body) {
  return {status, "application/json", json::serialize(body), {}};
}
net::HttpResponse complain(int status, std::string_view error) { return net::error_response(status, error); }

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
    at_leisure_ = answer->at_leisure;
    return influx_reply(std::move(*answer));
  }
  bool waits() const override { return waits_; }
  bool at_leisure() const override { return at_leisure_; }

 private:
  Monitor& monitor_;
  std::shared_ptr<telemetry::PushedWrite> write_;
  bool waits_ = false, at_leisure_ = false;
};

// Adds what a client may compare the next time, when no pass came between the beginning and the end.
class Tagged final : public MonitorAnswer {
 public:
  Tagged(const Monitor& monitor, std::string tag, std::unique_ptr<MonitorAnswer> answer)
      : monitor_(monitor), tag_(std::move(tag)), pass_(monitor.settled()), answer_(std::move(answer)) {}
  std::optional<net::HttpResponse> go_on(Timestamp now) override {
    auto response = answer_->go_on(now);
    if (!response || response->status != 200) return response;
    response->headers.emplace_back("Cache-Control", "no-cache");
    if (monitor_.settled() == pass_) response->headers.emplace_back("ETag", tag_);
    return response;
  }
  bool waits() const override { return answer_->waits(); }
  std::size_t holds() const override { return answer_->holds(); }

 private:
  const Monitor& monitor_;
  std::string tag_;
  std::optional<std::uint64_t> pass_;
  std::unique_ptr<MonitorAnswer> answer_;
};

class Stream final : public MonitorAnswer {
 public:
  explicit Stream(ChangeFeed::Beginning beginning) : beginning_(std::move(beginning)) {}
  std::optional<net::HttpResponse> go_on(Timestamp) override {
    return net::HttpResponse{200,
                             std::string(kEventStream),
                             std::move(beginning_.text),
                             {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}};
  }
  std::optional<std::uint64_t> stays_open_after() const override { return beginning_.last; }

 private:
  ChangeFeed::Beginning beginning_;
};

// For whoever makes backtests: MonitorDoors hands the request on. The answer is that of a monitor where nobody does.
class ForBacktests final : public MonitorAnswer {
 public:
  std::optional<net::HttpResponse> go_on(Timestamp) override {
    return complain(503, "this monitor keeps its history nowhere: name a file with store.path");
  }
  bool is_for_backtests() const override { return true; }
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

net::HttpResponse write(Context& context, const net::HttpRequest& request, telemetry::WriteApi api) {
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

net::HttpResponse in_pieces(Context& context, std::unique_ptr<MonitorAnswer> answer) {
  context.in_pieces = std::move(answer);
  return {};
}

// By pubkey or by code.
std::optional<NamedRecord> find_named(const Monitor& monitor, const std::string& name) {
  if (!monitor.ledger().snapshot()) return std::nullopt;
  const auto& records = *monitor.ledger().snapshot();
  if (const auto link = client::find_record(records.links, "link", name))
    return NamedRecord{RecordKind::Link, link->key};
  const auto device = client::find_record(records.devices, "device", name);
  return device ? std::optional(NamedRecord{RecordKind::Device, device->key}) : std::nullopt;
}
std::optional<Pubkey> find_record(const Monitor& monitor, const std::string& name) {
  const auto found = find_named(monitor, name);
  return found ? std::optional(found->key) : std::nullopt;
}

// Of a value that was checked.
int number_of(const net::HttpRequest& request, std::string_view name) {
  int number = 0;
  const auto text = request.query_value(name);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<Pubkey> key_of(const std::string& name) {
  const auto key = parse_pubkey(name);
  return key ? std::optional(*key) : std::nullopt;
}

std::string expected_record(std::string_view name) {
  return "expected the pubkey or code of one link or device, found '" + std::string(name) + "'";
}

// What the monitor knows to have been there: in this run, or from its decisions.
net::HttpResponse not_there(Monitor& monitor, const std::string& name) {
  std::string was;
  auto key = key_of(name);
  if (const auto* gone = monitor.changes().gone(name); gone != nullptr) {
    key = gone->key;
    was = "the " + std::string(to_text(gone->kind)) + " " + gone->code + " is gone from the ledger since " +
          to_text(gone->at);
  } else if (key) {
    const auto decided = monitor.decisions({.key = key, .limit = 1});
    if (decided && !decided->empty()) was = "the record " + decided->front().code + " is gone from the ledger";
  }
  if (was.empty() || !monitor.ledger().snapshot()) return complain(404, expected_record(name));
  return complain(410, was + "; its decisions are at /api/v1/decisions?record=" + to_text(*key));
}

net::HttpResponse assessment(Context& context, const net::HttpRequest& request, const std::string& name) {
  auto& monitor = context.monitor;
  const auto now = context.now;
  const auto key = find_record(monitor, name);
  if (!key) return not_there(monitor, name);
  if (const auto why = monitor.why_not_here(*key); !why.empty()) return complain(404, why);
  const int width = number_of(request, "width");
  const bool minutes = request.query_value("minutes") == "1";
  if (request.query_value("format") == "text") {
    auto text = monitor.explain(*key, {.width = width, .list_minutes = minutes}, now);
    if (!text) return complain(503, text.error().message);
    *text += verdict::wrapped(last_statement_line(monitor, *key), width);
    return {200, "text/plain; charset=utf-8", escaped_lines(std::move(*text)), {}};
  }
  const bool strips = request.query_value("strip") == "1";
  const auto report = monitor.assessment(*key, {.strips = strips, .minutes = minutes, .width = width}, now);
  if (!report) return complain(503, report.error().message);
  auto body = to_json(*report);
  add_members(monitor, *key, now, body);
  body["last_statement"] = last_statement_json(monitor, *key);
  body["policy"] = monitor.policy_digest();
  return reply(200, body);
}

net::HttpResponse decisions(Context& context, const net::HttpRequest& request) {
  std::optional<Pubkey> key;
  if (const auto name = request.query_value("record"); !name.empty()) {
    key = find_record(context.monitor, name);
    const auto* gone = context.monitor.changes().gone(name);
    if (!key && gone != nullptr) key = gone->key;
    if (!key) key = key_of(name);  // a record that is gone keeps its decisions
    if (!key) return complain(404, expected_record(name));
  }
  return in_pieces(context, list_decisions(context.monitor, request, key));
}

// The record that the query names, which a checked one does.
template <typename Tell>
net::HttpResponse of_record(Context& context, const net::HttpRequest& request, const Tell& tell) {
  const auto name = request.query_value("record");
  if (!context.monitor.ledger().snapshot()) return complain(503, context.monitor.ledger().trouble(context.now));
  const auto key = find_record(context.monitor, name);
  if (!key) return not_there(context.monitor, name);
  if (const auto why = context.monitor.why_not_here(*key); !why.empty()) return complain(404, why);
  return in_pieces(context, tell(context.monitor, request, *key));
}

// Of what is gone, what this run saw or what was decided of it tells that it was there.
std::optional<NamedRecord> find_there_or_gone(Monitor& monitor, const std::string& name) {
  if (auto there = find_named(monitor, name)) return there;
  if (const auto* gone = monitor.changes().gone(name); gone != nullptr) return NamedRecord{gone->kind, gone->key};
  const auto key = key_of(name);
  if (!key) return std::nullopt;
  const auto decided = monitor.decisions({.key = key, .limit = 1});
  if (!decided || decided->empty()) return std::nullopt;
  return NamedRecord{decided->front().kind, *key};
}

net::HttpResponse history(Context& context, const net::HttpRequest& request) {
  const auto name = request.query_value("record");
  if (name.empty()) return complain(400, "record: " + expected_record(""));
  if (!context.monitor.ledger().snapshot()) return complain(503, "the ledger has not been read yet");
  const auto record = find_there_or_gone(context.monitor, name);
  if (!record) return complain(404, expected_record(name));
  return in_pieces(context, record_history(context.monitor, request, *record));
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

std::string_view writes(control::WriteMode mode) {
  switch (mode) {
    case control::WriteMode::Observe: return "nothing: it observes";
    case control::WriteMode::Standby: return "nothing: it stands by";
    case control::WriteMode::Write: return "health";
  }
  return "invalid";
}

net::HttpResponse healthz(const Monitor& monitor, Timestamp now) {
  std::string reason = monitor.ledger().trouble(now);
  const auto read = monitor.ledger().mirror().last_poll();
  if (!monitor.clock_problem().empty()) reason += (reason.empty() ? "" : "; ") + monitor.clock_problem();
  if (const auto problem = monitor.file_problem(); !problem.empty()) reason += (reason.empty() ? "" : "; ") + problem;
  json::object body{{"status", reason.empty() ? "ok" : "failing"}, {"writes", writes(monitor.write_mode())}};
  if (const auto& shard = monitor.ownership().shard(); !shard.is_whole()) body["shard"] = control::to_text(shard);
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
  if (auto notes = notes_json(monitor, now); !notes.empty()) body["notes"] = std::move(notes);
  return reply(reason.empty() ? 200 : 503, body);
}

net::HttpResponse incidents(const Monitor& monitor, Timestamp now) {
  return reply(200, json::object{{"incidents", incidents_json(monitor, now)}});
}

net::HttpResponse metros(const Monitor& monitor) {
  if (!monitor.ledger().snapshot()) return complain(503, "the ledger has not been read yet");
  return reply(200, json::object{{"metros", metros_json(*monitor.ledger().snapshot())}});
}

// A backlog never fills what may wait for one reader.
constexpr std::size_t kMostMissed = 256U << 10;

net::HttpResponse stream(Context& context, const net::HttpRequest& request) {
  const auto seen = request.header("last-event-id");
  return in_pieces(context, std::make_unique<Stream>(context.monitor.changes().begin(seen, kMostMissed)));
}

net::HttpResponse backtests(Context& context, const net::HttpRequest& request) {
  if (auto refusal = refuse_backtest(context.monitor, request)) return std::move(*refusal);
  return in_pieces(context, std::make_unique<ForBacktests>());
}

net::HttpResponse policy(const Monitor& monitor) {
  const auto& in_force = monitor.settings().policy;
  return reply(200, json::object{{"digest", monitor.policy_digest()},
                                 {"profile", in_force.profile->name},
                                 {"text", render_policy(in_force)}});
}

net::HttpResponse test_webhook(Context& context, const net::HttpRequest& request, const std::string& name) {
  if (auto refusal = refuse_webhook_test(request)) return std::move(*refusal);
  if (const auto sent = context.monitor.test_webhook(name, context.now); !sent)
    return complain(sent.error().kind == ErrorKind::NotFound ? 404 : 409, sent.error().message);
  return reply(200,
               json::object{{"name", name}, {"at", to_text(std::chrono::floor<std::chrono::seconds>(context.now))}});
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
    Route{{"POST", "/write", "/write"},
          [](Context& c, Request r, Rest) { return write(c, r, telemetry::WriteApi::V1); }},
    Route{{"POST", "/api/v2/write", "/api/v2/write"},
          [](Context& c, Request r, Rest) { return write(c, r, telemetry::WriteApi::V2); }},
    Route{{"POST", "/query", "/query"}, [](Context& c, Request r, Rest) { return query(c.monitor, r); }},
    Route{{"GET", "/query", ""}, [](Context& c, Request r, Rest) { return query(c.monitor, r); }},
    Route{{"*", "/ping", "/ping"}, [](Context&, Request, Rest) { return pong(); }},
    Route{{"GET", "/metrics", "/metrics"}, [](Context& c, Request, Rest) { return metrics(c); }},
    Route{{"GET", "/healthz", "/healthz"}, [](Context& c, Request, Rest) { return healthz(c.monitor, c.now); }},
    Route{{"GET", "/log/*", "/log/checkpoint"},
          [](Context& c, Request, Rest path) { return answer_log(c.monitor.log_desk(), path); }},
    Route{{"GET", "/api/v1/assessments", "/api/v1/assessments[/PUBKEY]"},
          [](Context& c, Request r, Rest) { return in_pieces(c, list_assessments(c.monitor, r)); }},
    Route{{"GET", "/api/v1/assessments/*", ""},
          [](Context& c, Request r, Rest name) { return assessment(c, r, std::string(name)); }},
    Route{{"GET", "/api/v1/alarms", "/api/v1/alarms"},
          [](Context& c, Request r, Rest) { return in_pieces(c, list_alarms(c.monitor, r)); }},
    Route{{"GET", "/api/v1/incidents", "/api/v1/incidents"},
          [](Context& c, Request, Rest) { return incidents(c.monitor, c.now); }},
    Route{{"GET", "/api/v1/minutes", "/api/v1/minutes"},
          [](Context& c, Request r, Rest) { return of_record(c, r, tell_minutes); }},
    Route{{"GET", "/api/v1/readings", "/api/v1/readings"},
          [](Context& c, Request r, Rest) { return of_record(c, r, tell_readings); }},
    Route{{"GET", "/api/v1/decisions", "/api/v1/decisions"},
          [](Context& c, Request r, Rest) { return decisions(c, r); }},
    Route{{"GET", "/api/v1/statements", "/api/v1/statements"},
          [](Context& c, Request r, Rest) { return list_statements(c.monitor, r); }},
    Route{{"GET", "/api/v1/statements/*", ""},
          [](Context& c, Request r, Rest name) { return tell_statement(c.monitor, r, std::string(name)); }},
    Route{{"GET", "/api/v1/verifications/*", "/api/v1/verifications/STATEMENT"},
          [](Context& c, Request r, Rest name) {
            return in_pieces(c, verify_statement(c.monitor, r, std::string(name)));
          }},
    Route{{"GET", "/api/v1/history", "/api/v1/history"}, [](Context& c, Request r, Rest) { return history(c, r); }},
    Route{{"GET", "/api/v1/maintenances", "/api/v1/maintenances"},
          [](Context& c, Request, Rest) { return list_maintenances(c.monitor, c.now); }},
    Route{{"POST", "/api/v1/maintenances", ""},
          [](Context& c, Request r, Rest) { return add_maintenance(c.monitor, r, c.now); }},
    Route{{"POST", "/api/v1/maintenances/*", ""},
          [](Context& c, Request r, Rest id) { return end_maintenance(c.monitor, r, std::string(id), c.now); }},
    Route{{"GET", "/api/v1/opinions", "/api/v1/opinions"},
          [](Context& c, Request r, Rest) { return answer_opinions(c.monitor, r); }},
    Route{{"POST", "/api/v1/backtests", "/api/v1/backtests"},
          [](Context& c, Request r, Rest) { return backtests(c, r); }},
    Route{{"GET", "/api/v1/policy", "/api/v1/policy"}, [](Context& c, Request, Rest) { return policy(c.monitor); }},
    Route{{"POST", "/api/v1/webhook-tests/*", ""},
          [](Context& c, Request r, Rest name) { return test_webhook(c, r, std::string(name)); }},
    Route{{"GET", "/api/v1/metros", "/api/v1/metros"}, [](Context& c, Request, Rest) { return metros(c.monitor); }},
    Route{{"GET", "/api/v1/status", "/api/v1/status"},
          [](Context& c, Request, Rest) { return reply(200, status_json(c.monitor, c.now)); }},
    Route{{"GET", "/api/v1/stream", "/api/v1/stream"}, [](Context& c, Request r, Rest) { return stream(c, r); }},
    Route{{"GET", "/api/v1/openapi.json", "/api/v1/openapi.json"},
          [](Context& c, Request, Rest) { return reply(200, openapi_document(*c.monitor.policy().profile)); }},
};

// Of what a pass leaves behind, and of how it was asked for; nothing while a pass is under way. Weak: rows that come
// between two passes move a time in it.
std::string tag_of(const Monitor& monitor, const net::HttpRequest& request) {
  if (!monitor.settled()) return {};
  const auto asked = std::hash<std::string>()(request.path + "?" + request.query);
  return fmt::format("W/\"{}-{}-{:x}\"", monitor.run(), *monitor.settled(), asked);
}

bool has_tag(std::string_view if_none_match, std::string_view tag) {
  if (tag.empty()) return false;
  tag.remove_prefix(2);  // tags are compared without their weakness
  return if_none_match == "*" || if_none_match.find(tag) != std::string_view::npos;
}

}  // namespace

std::span<const service::RouteName> monitor_routes() {
  static const auto names = [] {
    std::vector<service::RouteName> all;
    for (const auto& route : kRoutes) all.push_back(route.name);
    return all;
  }();
  return names;
}

std::unique_ptr<MonitorAnswer> begin_answer(Monitor& monitor, const net::HttpRequest& request, Timestamp now) {
  const auto path = net::unescaped_path(request.path);
  if (!path) {
    return std::make_unique<Ready>(
        complain(400, "expected a path in which every % begins an escape, such as %3A; found '" +
                          one_line(request.path, kMostOfValue) + "'"));
  }
  const auto* operation = find_operation(request.method, *path);
  std::string tag;
  if (operation != nullptr) {
    if (const auto fits = check_query(*operation, request.query, *monitor.policy().profile); !fits)
      return std::make_unique<Ready>(complain(400, fits.error().message));
    if (operation->method == "GET" && operation->content_type != kEventStream) tag = tag_of(monitor, request);
    if (has_tag(request.header("if-none-match"), tag))
      return std::make_unique<Ready>(net::HttpResponse{304, {}, {}, {{"Cache-Control", "no-cache"}, {"ETag", tag}}});
  }
  Context context{monitor, now};
  auto response = service::answer_at<Context>(*path, kRoutes, context, request);
  auto answer = std::move(context.in_pieces);
  if (!answer) answer = std::make_unique<Ready>(std::move(response));
  if (tag.empty()) return answer;
  return std::make_unique<Tagged>(monitor, std::move(tag), std::move(answer));
}

net::HttpResponse answer_monitor_request(Monitor& monitor, const net::HttpRequest& request, Timestamp now) {
  const auto answer = begin_answer(monitor, request, now);
  for (;;) {
    if (auto response = answer->go_on(now)) return std::move(*response);
  }
}

}  // namespace dz::monitor
