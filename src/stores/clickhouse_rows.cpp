#include "stores/clickhouse_rows.h"

#include <charconv>

#include <fmt/format.h>

#include "stores/clickhouse_tables.h"

namespace dz::stores {
namespace {

std::string tag(const wire::ProtocolLine& line, std::string_view key) {
  for (const wire::LineTag& one : line.tags) {
    if (one.key == key) return wire::unescape_key(one.value);
  }
  return "";
}

std::string_view field(const wire::ProtocolLine& line, std::string_view key) {
  for (const wire::LineField& one : line.fields) {
    if (one.key == key) return one.text;
  }
  return "0";
}

std::optional<std::size_t> counter_named(std::string_view name) {
  for (std::size_t i = 0; i < fleet::kCounterCount; ++i) {
    if (to_text(static_cast<fleet::Counter>(i)) == name) return i;
  }
  return std::nullopt;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void add_getconfigs(const wire::ProtocolLine& line, std::int64_t second, std::string& rows) {
  for (auto left = number(field(line, "count")); left > 0; --left)
    rows += fmt::format("{}\t{}\n", second, tag(line, "device_pubkey"));
}

void add_qa_result(const wire::ProtocolLine& line, std::int64_t second, std::string& rows) {
  const std::string_view success = field(line, "success");
  rows += fmt::format("{}\t{}\t{}\t{}\t{}\n", second, tag(line, "env"), tag(line, "device_code"),
                      tag(line, "device_pubkey"), success.starts_with('t') || success.starts_with('T') ? 1 : 0);
}

void add_qa_run(const wire::ProtocolLine& line, std::int64_t second, std::string& rows) {
  rows += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", second, tag(line, "env"), field(line, "devices_tested"),
                      field(line, "devices_success"), field(line, "devices_failed"), field(line, "duration_s"));
}

std::string all_counter_columns() {
  std::string out;
  for (const std::string& name : clickhouse_counter_columns()) out += ", " + name;
  return out;
}

}  // namespace

void ClickHouseRows::add_counters(const wire::ProtocolLine& line, std::int64_t second) {
  SeriesKey key = fmt::format("{}\t{}\t{}\t{}\t{}", tag(line, "dzd_pubkey"), tag(line, "host"), tag(line, "intf"),
                              tag(line, "model_name"), tag(line, "serial_number"));
  CounterRow& row = last_[key];
  if (row.second != second) {
    row = grown_.contains({second, key}) ? grown_[{second, key}] : CounterRow{};
    row.second = second;
  }
  for (const wire::LineField& one : line.fields) {
    if (const auto counter = counter_named(one.key)) row.values[*counter] = number(one.text);
  }
  grown_[{second, std::move(key)}] = row;
}

Result<std::vector<ClickHouseInsert>> ClickHouseRows::convert(std::string_view lines, Timestamp ingested) {
  grown_.clear();
  ClickHouseInsert getconfigs{"controller_grpc_getconfig_success", "timestamp, device_pubkey", ""};
  ClickHouseInsert results{"qa_alldevices_results", "timestamp, env, device_code, device_pubkey, success", ""};
  ClickHouseInsert runs{"qa_alldevices_metadata",
                        "timestamp, env, devices_tested, devices_success, devices_failed, duration_s", ""};
  wire::ProtocolLine line;
  while (!lines.empty()) {
    const std::string_view text = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), text.size() + 1));
    if (text.empty()) continue;
    if (auto read = parse_line(text, line); !read) return with_context(text, read.error());
    const std::int64_t second = line.timestamp.value_or(0) / 1'000'000'000;
    if (line.measurement == "intfCounters") add_counters(line, second);
    if (line.measurement == "controller_grpc_getconfig_success") add_getconfigs(line, second, getconfigs.rows);
    if (line.measurement == "device_qa_test_results") add_qa_result(line, second, results.rows);
    if (line.measurement == "device_qa_test_metadata") add_qa_run(line, second, runs.rows);
  }
  ClickHouseInsert counters{
      "fact_dz_device_interface_counters",
      "event_ts, device_pk, host, intf, model_name, serial_number, ingested_at" + all_counter_columns(), ""};
  const auto ingested_s = std::chrono::floor<std::chrono::seconds>(ingested).time_since_epoch().count();
  for (const auto& [key, row] : grown_) {
    counters.rows += fmt::format("{}\t{}\t{}", row.second, key.second, ingested_s);
    for (const auto& value : row.values) counters.rows += value ? fmt::format("\t{}", *value) : "\t\\N";
    counters.rows += '\n';
  }
  std::vector<ClickHouseInsert> out;
  for (ClickHouseInsert* insert : {&counters, &getconfigs, &results, &runs}) {
    if (!insert->rows.empty()) out.push_back(std::move(*insert));
  }
  return out;
}

}  // namespace dz::stores
