// Answers of stores to rows: an hour of 1,000 interfaces, as a back-fill asks for it chunk by chunk.
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/check.h"
#include "telemetry/store_query.h"

namespace dz {
namespace {

constexpr int kDevices = 100, kPorts = 10, kMinutes = 60;
constexpr int kRows = kDevices * kPorts * kMinutes;
const Minute kHour = minute_of(*parse_timestamp("2026-11-23T00:00:00Z"));
const std::int64_t kHourSeconds = std::chrono::seconds{kHour.time_since_epoch()}.count();

std::string device_name(int n) {
  Pubkey key;
  for (auto& byte : key.bytes) byte = static_cast<std::uint8_t>(n * 7 + 100);
  key.bytes[0] = static_cast<std::uint8_t>(n + 1);
  return to_text(key);
}

// The values of a minute: octets of a busy port, an error row every tenth minute.
struct Minutes {
  std::uint64_t octets = 0;
  bool errors = false;
  Minutes(int device, int port, int minute)
      : octets(918'273'645'546ULL + 7'000'000ULL * static_cast<std::uint64_t>(device * 600 + port * 60 + minute)),
        errors(minute % 10 == 0) {}
};

std::string influx_answer() {
  std::string body;
  for (int d = 0; d < kDevices; ++d) {
    for (int p = 0; p < kPorts; ++p) {
      fmt::format_to(std::back_inserter(body),
                     R"({{"results":[{{"statement_id":0,"series":[{{"name":"intfCounters","tags":{{"dzd_pubkey":"{}",)"
                     R"("host":"fra-dz{:03}","intf":"Ethernet{}/1"}},"columns":["time","in_octets_first",)"
                     R"("in_octets_last","out_octets_first","out_octets_last",)"
                     R"("in_errors_first","in_errors_max","in_errors_last","out_errors_first","out_errors_max",)"
                     R"("out_errors_last","in_fcs_errors_first","in_fcs_errors_max","in_fcs_errors_last"],"values":[)",
                     device_name(d), d, p + 1);
      for (int m = 0; m < kMinutes; ++m) {
        const Minutes v(d, p, m);
        const auto* errors = v.errors ? "3,3,3,0,0,0,3,3,3" : "null,null,null,null,null,null,null,null,null";
        fmt::format_to(std::back_inserter(body), "{}[{},{},{},{},{},{}]", m == 0 ? "" : ",", kHourSeconds + 60 * m,
                       v.octets, v.octets + 99, v.octets, v.octets + 77, errors);
      }
      body += d + 1 == kDevices && p + 1 == kPorts ? "]}]}]}\n" : "]}],\"partial\":true}]}\n";
    }
  }
  return body;
}

std::string clickhouse_answer() {
  std::string body =
      "device\tinterface\tswitch_host\tminute\tin_octets_first\tin_octets_most\tin_octets_last\tout_octets_first\t"
      "out_octets_most\tout_octets_last\tin_errors_first\tin_errors_most\tin_errors_last\tout_errors_first\t"
      "out_errors_most\tout_errors_last\tin_fcs_errors_first\tin_fcs_errors_most\tin_fcs_errors_last\n";
  for (int m = 0; m < kMinutes; ++m) {  // in no order: a group by has none
    for (int p = 0; p < kPorts; ++p) {
      for (int d = 0; d < kDevices; ++d) {
        const Minutes v(d, p, m);
        const auto* errors = v.errors ? "3\t3\t3\t0\t0\t0\t3\t3\t3" : "\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N";
        fmt::format_to(std::back_inserter(body), "{}\tEthernet{}/1\tfra-dz{:03}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                       device_name(d), p + 1, d, kHourSeconds + 60 * m, v.octets, v.octets + 99, v.octets + 99,
                       v.octets, v.octets + 77, v.octets + 77, errors);
      }
    }
  }
  return body + "\n\t\t\t0\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\n";
}

std::string prometheus_answer() {
  std::string body = R"({"status":"success","data":{"resultType":"matrix","result":[)";
  for (int d = 0; d < kDevices; ++d) {
    fmt::format_to(std::back_inserter(body), R"({}{{"metric":{{"pubkey":"{}"}},"values":[)", d == 0 ? "" : ",",
                   device_name(d));
    for (int m = 0; m < kMinutes; ++m) {
      fmt::format_to(std::back_inserter(body), "{}[{},\"11.{}\"]", m == 0 ? "" : ",", kHourSeconds + 60 * (m + 1), m);
    }
    body += "]}";
  }
  return body + "]}}";
}

void read(benchmark::State& state, telemetry::StoreKind kind, telemetry::StoreSubject subject, std::string body,
          int rows) {
  telemetry::StoreSettings store;
  store.kind = kind;
  store.name = "bench";
  store.url = "http://127.0.0.1";
  const telemetry::StoreQuestion question{subject, kHour, kHour + std::chrono::minutes{kMinutes}, nullptr};
  const auto size = static_cast<std::int64_t>(body.size());
  const telemetry::StoreAnswer answer{200, std::move(body)};
  for (auto _ : state) {
    const auto found = read_answer(store, question, answer);
    DZ_CHECK(found && found->rows == static_cast<std::size_t>(rows));
    DZ_CHECK(found->counters.size() + found->getconfigs.size() == static_cast<std::size_t>(rows));
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * size);
}

void InfluxCounters(benchmark::State& state) {
  read(state, telemetry::StoreKind::InfluxDb, telemetry::StoreSubject::Counters, influx_answer(), kRows);
}
BENCHMARK(InfluxCounters)->Unit(benchmark::kMillisecond);

void ClickHouseCounters(benchmark::State& state) {
  read(state, telemetry::StoreKind::ClickHouse, telemetry::StoreSubject::Counters, clickhouse_answer(), kRows);
}
BENCHMARK(ClickHouseCounters)->Unit(benchmark::kMillisecond);

void PrometheusGetconfigs(benchmark::State& state) {
  read(state, telemetry::StoreKind::Prometheus, telemetry::StoreSubject::ConfigAgent, prometheus_answer(),
       kDevices * kMinutes);
}
BENCHMARK(PrometheusGetconfigs)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dz

BENCHMARK_MAIN();
