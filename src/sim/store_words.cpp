// Answers as docs/formats/store-queries.md says that each kind of store gives them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "sim/store.h"
#include "telemetry/clickhouse_query.h"
#include "telemetry/influx_answer.h"

namespace dz::sim {
namespace {

using telemetry::CounterSpan;
using telemetry::StoreKind;
using telemetry::StoreQuestion;
using telemetry::StoreRows;
using telemetry::StoreSubject;

std::int64_t seconds(Minute minute) { return std::chrono::sys_seconds{minute}.time_since_epoch().count(); }
std::int64_t seconds(Timestamp at) { return at.time_since_epoch().count() / 1'000'000; }
std::int64_t nanoseconds(Timestamp at) { return at.time_since_epoch().count() * 1000; }
std::string or_null(const std::optional<std::uint64_t>& value, std::string_view null) {
  return value ? std::to_string(*value) : std::string(null);
}

// ---- InfluxDB

std::string series(std::string_view name, std::string_view tags, std::string_view columns, const std::string& values) {
  return fmt::format(R"({{"name":"{}","tags":{{{}}},"columns":["time",{}],"values":[{}]}})", name, tags, columns,
                     values);
}

std::string port_tags(const StoreRows::Port& port) {
  return fmt::format(R"("dzd_pubkey":"{}","host":"{}","intf":"{}")", dz::to_text(port.device), port.host,
                     port.interface);
}

void add(std::string& list, const std::string& item) {
  if (!list.empty()) list += ",";
  list += item;
}

std::uint64_t value_of(const CounterSpan& span, std::string_view aggregate) {
  if (aggregate == "first") return span.first;
  return aggregate == "max" ? span.most : span.last;
}

std::string influx_counters(const StoreQuestion& question, const StoreRows& rows) {
  namespace influx = telemetry::influx;
  std::string columns;
  for (const auto& field : influx::kCounterFields) {
    if (field.of_events && !question.events) continue;
    for (const auto aggregate : influx::kAggregates) {
      if (influx::asks(field, aggregate)) add(columns, "\"" + influx::column_of(field, aggregate) + "\"");
    }
  }
  std::vector<std::string> values(rows.ports.size());
  for (const auto& minute : rows.counters) {
    std::string cells = std::to_string(seconds(minute.minute));
    for (const auto& field : influx::kCounterFields) {
      if (field.of_events && !question.events) continue;
      const auto& span = minute.*field.span;
      for (const auto aggregate : influx::kAggregates) {
        if (!influx::asks(field, aggregate)) continue;
        add(cells, span ? std::to_string(value_of(*span, aggregate)) : "null");
      }
    }
    add(values[minute.port], "[" + cells + "]");
  }
  std::string all;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty()) add(all, series("intfCounters", port_tags(rows.ports[i]), columns, values[i]));
  }
  return all;
}

std::string influx_baselines(const StoreQuestion& question, const StoreRows& rows) {
  namespace influx = telemetry::influx;
  std::string all;
  for (const auto& b : rows.baselines) {
    std::string columns, cells = "0";
    for (const auto& field : influx::kCounterFields) {
      if (field.baseline == nullptr || (field.of_events && !question.events)) continue;
      add(columns, "\"" + influx::column_of(field) + "\"");
      add(cells, or_null(b.*field.baseline, "null"));
    }
    add(all, series("intfCounters", port_tags(rows.ports[b.port]), columns, "[" + cells + "]"));
  }
  return all;
}

std::string influx_getconfigs(const StoreRows& rows) {
  std::string all;
  for (std::size_t i = 0; i < rows.getconfigs.size();) {
    const auto& device = rows.getconfigs[i].device;
    std::string values;
    for (; i < rows.getconfigs.size() && rows.getconfigs[i].device == device; ++i) {
      add(values, fmt::format("[{},{}]", seconds(rows.getconfigs[i].minute), rows.getconfigs[i].count));
    }
    add(all, series("controller_grpc_getconfig_success", fmt::format(R"("device_pubkey":"{}")", dz::to_text(device)),
                    R"("count")", values));
  }
  return all;
}

std::string influx_qa(const StoreRows& rows) {
  std::string all, runs;
  for (const auto at : rows.qa_runs) add(runs, fmt::format("[{},null,3]", nanoseconds(at)));
  const std::string columns = R"("success","devices_tested")";
  if (!runs.empty()) add(all, series("device_qa_test_metadata", R"("device_pubkey":"")", columns, runs));
  for (const auto& result : rows.qa_results) {
    const auto tags = fmt::format(R"("device_pubkey":"{}")", dz::to_text(result.device));
    const auto values = fmt::format("[{},{},null]", nanoseconds(result.at), result.success);
    add(all, series("device_qa_test_results", tags, columns, values));
  }
  return all;
}

std::string influx_words(const StoreQuestion& question, const StoreRows& rows) {
  std::string all;
  switch (question.subject) {
    case StoreSubject::Counters: all = influx_counters(question, rows); break;
    case StoreSubject::Baselines: all = influx_baselines(question, rows); break;
    case StoreSubject::ConfigAgent: all = influx_getconfigs(rows); break;
    case StoreSubject::Qa: all = influx_qa(rows); break;
    case StoreSubject::FutureRows:
    case StoreSubject::Added: break;
  }
  const auto found = all.empty() ? std::string() : fmt::format(R"(,"series":[{}])", all);
  return fmt::format(R"({{"results":[{{"statement_id":0{}}}]}})"
                     "\n",
                     found);
}

// ---- ClickHouse

std::string cells_of(const std::optional<CounterSpan>& span) {
  return span ? fmt::format("{}\t{}\t{}", span->first, span->most, span->last) : "\\N\t\\N\t\\N";
}

std::string port_cells(const StoreRows::Port& port) {
  return fmt::format("{}\t{}\t{}", dz::to_text(port.device), port.interface, port.host);
}

std::string clickhouse_words(const StoreQuestion& question, const StoreRows& rows) {
  const auto columns = telemetry::clickhouse::columns_of(question);
  const auto counters = telemetry::clickhouse::counters_of(question);
  auto words = fmt::format("{}\n", fmt::join(columns, "\t"));
  for (const auto& m : rows.counters) {
    words += fmt::format("{}\t{}", port_cells(rows.ports[m.port]), seconds(m.minute));
    for (const auto& counter : counters) words += "\t" + cells_of(m.*counter.span);
    words += '\n';
  }
  for (const auto& b : rows.baselines) {
    words += fmt::format("{}\t{}", port_cells(rows.ports[b.port]), seconds(b.at));
    for (const auto& counter : counters) {
      if (counter.baseline != nullptr) words += "\t" + or_null(b.*counter.baseline, "\\N");
    }
    words += '\n';
  }
  for (const auto& g : rows.getconfigs) {
    words += fmt::format("{}\t{}\t{}\n", dz::to_text(g.device), seconds(g.minute), g.count);
  }
  for (const auto& q : rows.qa_results) {
    words += fmt::format("{}\t{}\t{}\n", dz::to_text(q.device), seconds(q.at), q.success ? 1 : 0);
  }
  for (const auto at : rows.qa_runs) words += fmt::format("\t{}\t\n", seconds(at));
  std::vector<std::string_view> totals(columns.size(), "0");
  return words + fmt::format("\n{}\n", fmt::join(totals, "\t"));
}

// ---- Prometheus

std::string prometheus_words(const StoreRows& rows) {
  std::string all;
  for (std::size_t i = 0; i < rows.getconfigs.size();) {
    const auto& device = rows.getconfigs[i].device;
    std::string values;
    // The value at the end of a minute stands for it.
    for (; i < rows.getconfigs.size() && rows.getconfigs[i].device == device; ++i) {
      add(values, fmt::format(R"([{},"{}"])", seconds(rows.getconfigs[i].minute) + 60, rows.getconfigs[i].count));
    }
    add(all, fmt::format(R"({{"metric":{{"pubkey":"{}"}},"values":[{}]}})", dz::to_text(device), values));
  }
  return fmt::format(R"({{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}})", all);
}

}  // namespace

std::string words_of(StoreKind kind, const StoreQuestion& question, const StoreRows& rows) {
  switch (kind) {
    case StoreKind::InfluxDb: return influx_words(question, rows);
    case StoreKind::ClickHouse: return clickhouse_words(question, rows);
    case StoreKind::Prometheus: DZ_CHECK(question.subject == StoreSubject::ConfigAgent); return prometheus_words(rows);
  }
  return {};
}

}  // namespace dz::sim
