#include "stores/store_writer.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "stores/clickhouse_rows.h"
#include "stores/clickhouse_tables.h"
#include "stores/controller_metrics.h"
#include "stores/store_http.h"
#include "telemetry/parse_lines.h"

namespace dz::stores {
namespace {

constexpr std::string_view kGetconfig = "controller_grpc_getconfig_success";
constexpr Duration kScrape = std::chrono::seconds{10};  // as the controller's collector does

class InfluxWriter : public StoreWriter {
 public:
  InfluxWriter(std::string url, const std::string& database)
      : url_(std::move(url)), write_url_(url_ + "/write?precision=ns&db=" + percent_encoded(database)) {}

  Result<void> write(std::string_view lines, Timestamp) override {
    DZ_TRY(post_to_store(http_, write_url_, lines));
    return {};
  }

 private:
  std::string url_, write_url_;
  net::HttpClient http_;
};

class ClickHouseWriter : public StoreWriter {
 public:
  ClickHouseWriter(std::string url, std::string database) : url_(std::move(url)), database_(std::move(database)) {}

  Result<void> write(std::string_view lines, Timestamp ingested) override {
    DZ_TRY_ASSIGN(const auto inserts, rows_.convert(lines, ingested));
    for (const ClickHouseInsert& one : inserts) {
      DZ_TRY(run_clickhouse(
          http_, url_, fmt::format("INSERT INTO \"{}\".{} ({}) FORMAT TabSeparated", database_, one.table, one.columns),
          one.rows));
    }
    return {};
  }

 private:
  std::string url_, database_;
  net::HttpClient http_;
  ClickHouseRows rows_;
};

// The controller counts its calls; a collector reads the counters every 10 s and sends them on.
class PrometheusWriter : public StoreWriter {
 public:
  explicit PrometheusWriter(std::string url) : url_(std::move(url)) {}

  Result<void> write(std::string_view lines, Timestamp ingested) override {
    std::vector<telemetry::RowBatch::Getconfig> calls;
    while (!lines.empty()) {
      DZ_TRY_ASSIGN(const auto parsed, parser_.parse_piece(lines, "ns", ingested));
      calls.insert(calls.end(), parsed.batch.getconfigs.begin(), parsed.batch.getconfigs.end());
      lines.remove_prefix(parsed.consumed);
    }
    std::stable_sort(calls.begin(), calls.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    State after = state_;
    std::vector<MetricSample> scraped;
    for (const telemetry::RowBatch::Getconfig& call : calls) {
      after.scrape_until(call.at, scraped);
      after.controller.calls(call.device, call.count);
    }
    if (!scraped.empty()) DZ_TRY(write_samples(http_, url_, scraped));
    state_ = std::move(after);
    return {};
  }

 private:
  struct State {
    ControllerMetrics controller;
    std::optional<Timestamp> next_scrape;

    void scrape_until(Timestamp now, std::vector<MetricSample>& out) {
      if (!next_scrape) next_scrape = std::chrono::floor<std::chrono::seconds>(now) + kScrape;
      for (; *next_scrape <= now; *next_scrape += kScrape) controller.scrape(*next_scrape, out);
    }
  };

  std::string url_;
  net::HttpClient http_;
  telemetry::LineParser parser_;
  State state_;
};

bool has_place(telemetry::StoreKind kind, std::string_view measurement) {
  if (kind == telemetry::StoreKind::Prometheus) return measurement == kGetconfig;
  if (measurement == kGetconfig) return kind == telemetry::StoreKind::ClickHouse;
  return measurement == "intfCounters" || measurement.starts_with("device_qa_test_");
}

Result<void> make_clickhouse_tables(const std::string& url, const std::string& database) {
  net::HttpClient http;
  DZ_TRY(run_clickhouse(http, url, fmt::format("CREATE DATABASE IF NOT EXISTS \"{}\"", database)));
  for (const std::string& table : clickhouse_tables(database)) DZ_TRY(run_clickhouse(http, url, table));
  return {};
}

}  // namespace

SplitLines split_for_store(telemetry::StoreKind kind, std::string_view lines) {
  SplitLines split;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (line.empty()) continue;
    std::string& to = has_place(kind, line.substr(0, line.find_first_of(", "))) ? split.served : split.rest;
    to.append(line).push_back('\n');
  }
  return split;
}

Result<std::unique_ptr<StoreWriter>> StoreWriter::open(telemetry::StoreKind kind, const std::string& url,
                                                       const std::string& database) {
  switch (kind) {
    case telemetry::StoreKind::InfluxDb: {
      net::HttpClient http;
      DZ_TRY(run_influx(http, url, fmt::format("CREATE DATABASE \"{}\"", database)));
      return std::make_unique<InfluxWriter>(url, database);
    }
    case telemetry::StoreKind::ClickHouse:
      DZ_TRY(make_clickhouse_tables(url, database));
      return std::make_unique<ClickHouseWriter>(url, database);
    case telemetry::StoreKind::Prometheus: break;
  }
  return std::make_unique<PrometheusWriter>(url);
}

}  // namespace dz::stores
