#include "telemetry/store_query.h"

#include <fmt/format.h>

#include "base/check.h"
#include "telemetry/clickhouse_query.h"
#include "telemetry/influx_query.h"
#include "telemetry/prometheus_query.h"

namespace dz::telemetry {

std::string_view to_text(StoreKind kind) {
  switch (kind) {
    case StoreKind::InfluxDb: return "influxdb";
    case StoreKind::Prometheus: return "prometheus";
    case StoreKind::ClickHouse: return "clickhouse";
  }
  DZ_CHECK(false);
  return "";
}

std::optional<StoreKind> parse_store_kind(std::string_view text) {
  for (const auto kind : {StoreKind::InfluxDb, StoreKind::Prometheus, StoreKind::ClickHouse}) {
    if (text == to_text(kind)) return kind;
  }
  return std::nullopt;
}

bool serves(StoreKind kind, StoreSubject subject) {
  if (kind != StoreKind::Prometheus) return true;
  return subject == StoreSubject::ConfigAgent || subject == StoreSubject::Added;
}

namespace {

std::string_view words_of(StoreSubject subject) {
  switch (subject) {
    case StoreSubject::Counters: return "interface counters";
    case StoreSubject::Baselines: return "baselines of error counters";
    case StoreSubject::ConfigAgent: return "getconfig successes";
    case StoreSubject::Qa: return "QA results";
    case StoreSubject::Added: return "added criteria";
    case StoreSubject::FutureRows: return "interface counters ahead of the clock";
  }
  DZ_CHECK(false);
  return "";
}

Result<void> check_question(const StoreSettings& store, const StoreQuestion& question) {
  if (!serves(store.kind, question.subject)) {
    return refused(fmt::format("source {}: a {} store has no {}; take them from another source", store.name,
                               to_text(store.kind), words_of(question.subject)));
  }
  if (store.url.empty()) return refused(fmt::format("source {}: expected a url, found none", store.name));
  if (!store.token.empty() && !store.username.empty()) {
    return refused(fmt::format("source {}: expected a token or a username, found both; keep one", store.name));
  }
  if (question.from >= question.to) {
    return refused(fmt::format("source {}: expected a question of at least one minute, found {} to {}", store.name,
                               dz::to_text(Timestamp{question.from}), dz::to_text(Timestamp{question.to})));
  }
  if (question.subject != StoreSubject::Added) return {};
  DZ_CHECK(question.criterion != nullptr);
  const auto every = question.criterion->every;
  if (question.from.time_since_epoch() % every == every.zero() &&
      question.to.time_since_epoch() % every == every.zero()) {
    return {};
  }
  return refused(fmt::format("source {}: expected a question of whole steps of {} min for {}, found one from {} to {}",
                             store.name, every.count(), question.criterion->id, dz::to_text(Timestamp{question.from}),
                             dz::to_text(Timestamp{question.to})));
}

}  // namespace

Result<StoreRequest> render_question(const StoreSettings& store, const StoreQuestion& question) {
  DZ_TRY(check_question(store, question));
  switch (store.kind) {
    case StoreKind::InfluxDb: return render_influx_question(store, question);
    case StoreKind::Prometheus: return render_prometheus_question(store, question);
    case StoreKind::ClickHouse: return render_clickhouse_question(store, question);
  }
  DZ_CHECK(false);
  return {};
}

bool speaks_of_events(const Error& error) {
  if (error.kind != ErrorKind::NotFound && error.kind != ErrorKind::Refused) return false;
  for (const std::string_view name :
       {"in_discards", "out_discards", "carrier_transitions", "in-discards", "out-discards", "carrier-transitions"}) {
    if (error.message.find(name) != std::string::npos) return true;
  }
  return false;
}

Result<StoreRows> read_answer(const StoreSettings& store, const StoreQuestion& question, const StoreAnswer& answer) {
  DZ_TRY(check_question(store, question));
  switch (store.kind) {
    case StoreKind::InfluxDb: return read_influx_answer(store, question, answer);
    case StoreKind::Prometheus: return read_prometheus_answer(store, question, answer);
    case StoreKind::ClickHouse: return read_clickhouse_answer(store, question, answer);
  }
  DZ_CHECK(false);
  return {};
}

}  // namespace dz::telemetry
