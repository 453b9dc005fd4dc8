#include "telemetry/influx_query.h"

#include <array>

#include <fmt/format.h>

#include "telemetry/influx_answer.h"
#include "telemetry/store_request.h"

namespace dz::telemetry {
namespace {

std::string name_or(const std::string& name, std::string_view own) {
  return in_quotes(name.empty() ? own : std::string_view(name), '"');
}

std::string literal(Minute minute) { return in_quotes(dz::to_text(Timestamp{minute}), '\''); }

std::string within(const StoreQuestion& question) {
  return fmt::format("time >= {} AND time < {}", literal(question.from), literal(question.to));
}

std::string counters_query(const StoreSettings& store, const StoreQuestion& question) {
  std::string columns;
  for (const auto& field : influx::kCounterFields) {
    if (field.of_events && !question.events) continue;
    for (const auto aggregate : influx::kAggregates) {
      if (!influx::asks(field, aggregate)) continue;
      fmt::format_to(std::back_inserter(columns), "{}{}(\"{}\") AS {}", columns.empty() ? "" : ", ", aggregate,
                     field.name, influx::column_of(field, aggregate));
    }
  }
  return fmt::format(R"(SELECT {} FROM {} WHERE {} GROUP BY time(1m), "dzd_pubkey", "intf", "host" fill(none))",
                     columns, name_or(store.counters_table, "intfCounters"), within(question));
}

std::string baselines_query(const StoreSettings& store, const StoreQuestion& question) {
  std::string columns;
  for (const auto& field : influx::kCounterFields) {
    if (field.baseline == nullptr || (field.of_events && !question.events)) continue;
    fmt::format_to(std::back_inserter(columns), "{}last(\"{}\") AS {}", columns.empty() ? "" : ", ", field.name,
                   influx::column_of(field));
  }
  return fmt::format(R"(SELECT {} FROM {} WHERE {} GROUP BY "dzd_pubkey", "intf", "host")", columns,
                     name_or(store.counters_table, "intfCounters"), within(question));
}

std::string getconfigs_query(const StoreSettings& store, const StoreQuestion& question) {
  return fmt::format(R"(SELECT sum("count") AS count FROM {} WHERE {} GROUP BY time(1m), "device_pubkey" fill(none))",
                     name_or(store.getconfig_table, "controller_grpc_getconfig_success"), within(question));
}

// Results and runs in one statement: a series of each measurement, with null in the field it does not have.
std::string qa_query(const StoreSettings& store, const StoreQuestion& question) {
  return fmt::format(R"(SELECT "success", "devices_tested" FROM {}, {} WHERE {} GROUP BY "device_pubkey")",
                     name_or(store.qa_table, "device_qa_test_results"),
                     name_or(store.qa_runs_table, "device_qa_test_metadata"), within(question));
}

std::string future_query(const StoreSettings& store, const StoreQuestion& question) {
  return fmt::format(R"(SELECT last("in-octets") AS in_octets FROM {} WHERE {} GROUP BY "dzd_pubkey")",
                     name_or(store.counters_table, "intfCounters"), within(question));
}

std::string added_query(const StoreQuestion& question) {
  const auto& criterion = *question.criterion;
  const std::array<Placeholder, 3> placeholders = {
      {{"$from", literal(question.from)},
       {"$to", literal(question.to)},
       {"$range", fmt::format("{}s", std::chrono::seconds{criterion.every}.count())}}};
  return fill_in(criterion.query, placeholders);
}

std::string query_of(const StoreSettings& store, const StoreQuestion& question) {
  switch (question.subject) {
    case StoreSubject::Counters: return counters_query(store, question);
    case StoreSubject::Baselines: return baselines_query(store, question);
    case StoreSubject::ConfigAgent: return getconfigs_query(store, question);
    case StoreSubject::Qa: return qa_query(store, question);
    case StoreSubject::Added: return added_query(question);
    case StoreSubject::FutureRows: return future_query(store, question);
  }
  return {};
}

}  // namespace

Result<StoreRequest> render_influx_question(const StoreSettings& store, const StoreQuestion& question) {
  if (store.database.empty()) {
    return refused(
        fmt::format("source {}: expected a database, found none; name the InfluxDB database (or bucket)", store.name));
  }
  const auto query = query_of(store, question);
  StoreRequest request;
  request.url = api_url(store, "/query") + "?" +
                form_text({{"db", store.database},
                           {"epoch", influx::precision_of(question.subject)},
                           {"chunked", "true"},
                           {"q", query}});
  request.headers.emplace_back("Accept", "application/json");
  authorize(store, "Token", request);
  return request;
}

}  // namespace dz::telemetry
