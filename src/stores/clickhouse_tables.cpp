#include "stores/clickhouse_tables.h"

#include <fmt/format.h>

#include "fleet/fault.h"

namespace dz::stores {
namespace {

std::string counter_columns() {
  std::string out;
  for (const std::string& name : clickhouse_counter_columns())
    out += fmt::format(", {0} Nullable(Int64), {0}_delta Nullable(Int64)", name);
  return out;
}

std::string rollup_columns() {
  std::string out;
  for (const char* side : {"a", "z"}) {
    for (const char* figure : {"avg", "min", "p50", "p90", "p95", "p99", "max"})
      out += fmt::format(", {}_{}_rtt_us Float64", side, figure);
    out += fmt::format(", {0}_loss_pct Float64, {0}_samples UInt32", side);
  }
  return out;
}

}  // namespace

const std::vector<std::string>& clickhouse_counter_columns() {
  static const std::vector<std::string> columns = [] {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < fleet::kCounterCount; ++i) {
      std::string name(to_text(static_cast<fleet::Counter>(i)));
      for (char& c : name) c = c == '-' ? '_' : c;
      names.push_back(std::move(name));
    }
    return names;
  }();
  return columns;
}

std::vector<std::string> clickhouse_tables(const std::string& database) {
  const auto table = [&](const char* name, const std::string& columns, const char* engine) {
    return fmt::format("CREATE TABLE IF NOT EXISTS \"{}\".{} ({}) ENGINE = {}", database, name, columns, engine);
  };
  return {
      table("controller_grpc_getconfig_success", "timestamp DateTime, device_pubkey LowCardinality(String)",
            "MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (timestamp, device_pubkey)"),
      table("qa_alldevices_results",
            "timestamp DateTime, env LowCardinality(String), device_code LowCardinality(String), device_pubkey String, "
            "success UInt8",
            "MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (env, device_code, timestamp)"),
      table("qa_alldevices_metadata",
            "timestamp DateTime, env LowCardinality(String), devices_tested UInt32, devices_success UInt32, "
            "devices_failed UInt32, duration_s Float64",
            "MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (env, timestamp)"),
      table("fact_dz_device_interface_counters",
            "event_ts DateTime, ingested_at DateTime, device_pk String, host String, intf String, user_tunnel_id "
            "Nullable(Int64), link_pk String, link_side String, model_name String, serial_number String" +
                counter_columns() + ", delta_duration Nullable(Float64)",
            "ReplacingMergeTree(ingested_at) PARTITION BY toYYYYMM(event_ts) ORDER BY (event_ts, device_pk, intf)"),
      table("link_rollup_5m",
            "bucket_ts DateTime, link_pk String, ingested_at DateTime" + rollup_columns() +
                ", status String, provisioning UInt8, isis_down UInt8",
            "ReplacingMergeTree(ingested_at) PARTITION BY toYYYYMM(bucket_ts) ORDER BY (bucket_ts, link_pk)"),
  };
}

}  // namespace dz::stores
