#include "telemetry/clickhouse_query.h"

#include <array>

#include <fmt/format.h>

#include "telemetry/store_request.h"

namespace dz::telemetry {
namespace clickhouse {

std::vector<std::string> columns_of(const StoreQuestion& question) {
  switch (question.subject) {
    case StoreSubject::Counters: {
      std::vector<std::string> columns{"device", "interface", "switch_host", "minute"};
      for (const auto& counter : counters_of(question)) {
        for (const auto* part : {"first", "most", "last"}) columns.push_back(fmt::format("{}_{}", counter.name, part));
      }
      return columns;
    }
    case StoreSubject::Baselines: {
      std::vector<std::string> columns{"device", "interface", "switch_host", "at"};
      for (const auto& counter : counters_of(question)) {
        if (counter.baseline != nullptr) columns.push_back(fmt::format("{}_last", counter.name));
      }
      return columns;
    }
    case StoreSubject::ConfigAgent: return {"device", "minute", "successes"};
    case StoreSubject::Qa: return {"device", "at", "passed"};
    case StoreSubject::FutureRows: return {"device", "at"};
    case StoreSubject::Added: break;
  }
  return {};
}

std::span<const Counter> counters_of(const StoreQuestion& question) {
  return std::span(kCounters).first(question.events ? kCounters.size() : kWithoutEvents);
}

}  // namespace clickhouse

namespace {

// "table" of the settings' database, or "database.table".
std::string table_of(const StoreSettings& store, const std::string& name, std::string_view own) {
  const std::string_view table = name.empty() ? own : std::string_view(name);
  const auto dot = table.find('.');
  if (dot != std::string_view::npos) {
    return in_quotes(table.substr(0, dot), '"') + "." + in_quotes(table.substr(dot + 1), '"');
  }
  return (store.database.empty() ? "" : in_quotes(store.database, '"') + ".") + in_quotes(table, '"');
}

std::string literal(Minute minute) { return fmt::format("toDateTime({})", seconds_of(minute)); }

std::string within(std::string_view column, const StoreQuestion& question) {
  return fmt::format("{0} >= {1} AND {0} < {2}", column, literal(question.from), literal(question.to));
}

std::string counters_table(const StoreSettings& store) {
  return table_of(store, store.counters_table, "fact_dz_device_interface_counters");
}

// FINAL leaves the newest version of every row; only the time, part of the table's key, may be narrowed before that.
// argMin and argMax pass over rows in which the value is NULL.
std::string counters_query(const StoreSettings& store, const StoreQuestion& question) {
  std::string values;
  for (const auto& counter : clickhouse::counters_of(question)) {
    fmt::format_to(std::back_inserter(values),
                   ", argMin({0}, event_ts) AS {0}_first, max({0}) AS {0}_most, argMax({0}, event_ts) AS {0}_last",
                   counter.name);
  }
  return fmt::format(
      "SELECT device_pk AS device, intf AS interface, host AS switch_host, "
      "toUnixTimestamp(toStartOfMinute(event_ts)) AS minute{} FROM {} FINAL WHERE {} "
      "GROUP BY device, interface, switch_host, minute WITH TOTALS",
      values, counters_table(store), within("event_ts", question));
}

std::string baselines_query(const StoreSettings& store, const StoreQuestion& question) {
  std::string values, any;
  for (const auto& counter : clickhouse::counters_of(question)) {
    if (counter.baseline == nullptr) continue;
    fmt::format_to(std::back_inserter(values), ", argMax({0}, event_ts) AS {0}_last", counter.name);
    fmt::format_to(std::back_inserter(any), "{}isNotNull({})", any.empty() ? "" : " OR ", counter.name);
  }
  return fmt::format(
      "SELECT device_pk AS device, intf AS interface, host AS switch_host, "
      "toUnixTimestamp(maxIf(event_ts, {})) AS at{} FROM {} FINAL WHERE {} "
      "GROUP BY device, interface, switch_host WITH TOTALS",
      any, values, counters_table(store), within("event_ts", question));
}

std::string getconfigs_query(const StoreSettings& store, const StoreQuestion& question) {
  return fmt::format(
      "SELECT device_pubkey AS device, toUnixTimestamp(toStartOfMinute(timestamp)) AS minute, count() AS successes "
      "FROM {} WHERE {} GROUP BY device, minute WITH TOTALS",
      table_of(store, store.getconfig_table, "controller_grpc_getconfig_success"), within("timestamp", question));
}

// Results, and runs as rows without a device. Texts, since success is UInt8 here and Bool there.
std::string qa_query(const StoreSettings& store, const StoreQuestion& question) {
  return fmt::format(
      "SELECT device, at, passed FROM ("
      "SELECT CAST(device_pubkey AS String) AS device, toUnixTimestamp(timestamp) AS at, toString(success) AS passed "
      "FROM {0} WHERE {2} UNION ALL "
      "SELECT '' AS device, toUnixTimestamp(timestamp) AS at, '' AS passed FROM {1} WHERE {2}"
      ") GROUP BY device, at, passed WITH TOTALS",
      table_of(store, store.qa_table, "qa_alldevices_results"),
      table_of(store, store.qa_runs_table, "qa_alldevices_metadata"), within("timestamp", question));
}

std::string future_query(const StoreSettings& store, const StoreQuestion& question) {
  return fmt::format(
      "SELECT device_pk AS device, toUnixTimestamp(max(event_ts)) AS at FROM {} WHERE {} GROUP BY device WITH TOTALS",
      counters_table(store), within("event_ts", question));
}

std::string added_query(const StoreQuestion& question) {
  const std::array<Placeholder, 3> placeholders = {
      {{"$from", literal(question.from)},
       {"$to", literal(question.to)},
       {"$range", fmt::format("{}", std::chrono::seconds{question.criterion->every}.count())}}};
  auto query = fill_in(question.criterion->query, placeholders);
  query.erase(query.find_last_not_of(" \t\r\n;") + 1);
  // On lines of its own, should it end in a comment.
  return fmt::format("SELECT *, toInt64(minute) AS {} FROM (\n{}\n)", clickhouse::kAddedMinute, query);
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

Result<StoreRequest> render_clickhouse_question(const StoreSettings& store, const StoreQuestion& question) {
  if (!store.token.empty()) {
    return refused(
        fmt::format("source {}: expected a username and password, found a token; ClickHouse takes none", store.name));
  }
  StoreRequest request;
  request.method = "POST";
  request.url = api_url(store, "/");
  if (!store.database.empty()) request.url += "?" + form_text({{"database", store.database}});
  const bool criterion = question.subject == StoreSubject::Added;
  request.body = query_of(store, question) + (criterion ? " FORMAT JSONCompact" : " FORMAT TabSeparatedWithNames");
  request.headers.emplace_back("Content-Type", "text/plain; charset=UTF-8");
  if (!store.username.empty()) {
    request.headers.emplace_back("X-ClickHouse-User", store.username);
    request.headers.emplace_back("X-ClickHouse-Key", store.password);
  }
  return request;
}

}  // namespace dz::telemetry
