#include "store_load.h"

#include <fmt/format.h>

#include "stores/clickhouse_tables.h"
#include "stores/store_http.h"

namespace dz {
namespace {

constexpr std::size_t kInfluxBody = 4U << 20, kClickHouseBody = 32U << 20;  // bytes
constexpr const char* kTable = "fact_dz_device_interface_counters";

// One row in the store's own form.
using AppendRow = void (*)(std::string& body, std::string_view device, int number, int port, std::uint64_t octets,
                           std::int64_t second);

void append_influx(std::string& body, std::string_view device, int number, int port, std::uint64_t octets,
                   std::int64_t second) {
  fmt::format_to(std::back_inserter(body),
                 "intfCounters,dzd_pubkey={},host=dz{},intf=Ethernet{}/1 in-octets={}i,out-octets={}i {}\n", device,
                 number, port, octets, octets, second);
}

void append_clickhouse(std::string& body, std::string_view device, int number, int port, std::uint64_t octets,
                       std::int64_t second) {
  fmt::format_to(std::back_inserter(body), "{}\t{}\t{}\tdz{}\tEthernet{}/1\t{}\t{}\n", second, second, device, number,
                 port, octets, octets);
}

}  // namespace

std::vector<Pubkey> bench_devices(int count) {
  std::vector<Pubkey> devices(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < devices.size(); ++i) {
    devices[i].bytes.fill(1);
    devices[i].bytes[0] = static_cast<std::uint8_t>(1 + i / 200);
    devices[i].bytes[1] = static_cast<std::uint8_t>(1 + i % 200);
  }
  return devices;
}

Result<void> load_counters(const stores::StoreServer& store, const std::string& database, const FleetSize& size,
                           Timestamp from, Timestamp to) {
  const bool influx = store.kind() == telemetry::StoreKind::InfluxDb;
  const std::string insert = fmt::format(
      "INSERT INTO \"{}\".{} (event_ts, ingested_at, device_pk, host, intf, in_octets, out_octets) FORMAT TabSeparated",
      database, kTable);
  const std::string write_url = fmt::format("{}/write?precision=s&db={}", store.url(), database);
  net::HttpClient http({.timeout = std::chrono::minutes{2}});
  const auto send = [&](const std::string& body) -> Result<void> {
    if (body.empty()) return {};
    if (influx) {
      DZ_TRY(stores::post_to_store(http, write_url, body));
    } else {
      DZ_TRY(stores::run_clickhouse(http, store.url(), insert, body));
    }
    return {};
  };
  std::vector<std::string> names;
  for (const Pubkey& device : bench_devices(size.devices)) names.push_back(to_text(device));
  const AppendRow append = influx ? append_influx : append_clickhouse;
  std::string body;
  // All of them at one time together: the order in which a fleet's rows come.
  for (Timestamp at = from; at < to; at += size.cadence) {
    const auto second = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    for (int device = 0; device < size.devices; ++device) {
      for (int port = 1; port <= size.ports; ++port)
        append(body, names[static_cast<std::size_t>(device)], device, port,
               1'000'000 + static_cast<std::uint64_t>(second) * 1000, second);
    }
    if (body.size() < (influx ? kInfluxBody : kClickHouseBody)) continue;
    DZ_TRY(send(body));
    body.clear();
  }
  return send(body);
}

Result<void> load_getconfigs(const stores::StoreServer& store, const std::string& database, int devices, Duration every,
                             Timestamp from, Timestamp to) {
  net::HttpClient http({.timeout = std::chrono::minutes{2}});
  const auto insert = fmt::format(
      "INSERT INTO \"{}\".controller_grpc_getconfig_success (timestamp, device_pubkey) FORMAT TabSeparated", database);
  std::vector<std::string> names;
  for (const Pubkey& device : bench_devices(devices)) names.push_back(to_text(device));
  std::string body;
  for (Timestamp at = from; at < to; at += every) {
    const auto second = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    for (const auto& name : names) fmt::format_to(std::back_inserter(body), "{}\t{}\n", second, name);
    if (body.size() < kClickHouseBody) continue;
    DZ_TRY(stores::run_clickhouse(http, store.url(), insert, body));
    body.clear();
  }
  if (!body.empty()) DZ_TRY(stores::run_clickhouse(http, store.url(), insert, body));
  return {};
}

}  // namespace dz
