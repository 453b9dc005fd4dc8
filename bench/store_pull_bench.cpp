// What pulling costs, on real servers: a steady tick and the back-fill of a cold start, beside the obvious alternative
// (each tick a query a device over the whole window) and beside the bare query. One run, the same servers and rows.
#include <cstdio>

#include <fmt/format.h>

#include "net/loop.h"
#include "store_load.h"
#include "store_tick.h"
#include "stores/store_writer.h"

namespace {

using namespace dz;
using namespace std::chrono_literals;

constexpr const char* kDatabase = "doublezero-bench";
constexpr int kTicks = 3;
constexpr int kMostAsked = 10;  // devices that the alternative is measured on; the others are reckoned from these
constexpr double kFewer = 200, kBareTimes = 1.5;

// The same questions, their answers thrown away.
StoreCost bare(const stores::StoreServer& store, const std::vector<telemetry::StoreRequest>& requests) {
  StoreCost cost;
  net::HttpClient http({.timeout = 5min});
  const StoreMeter meter(store, cost);
  for (const telemetry::StoreRequest& request : requests) {
    if (const auto answer = ask_store(http, request); !answer) must(tl::unexpected<Error>(answer.error()));
  }
  return cost;
}

void replace_once(std::string& text, std::string_view what, const std::string& with) {
  const auto at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), with);
}

// One tick of the alternative: the same columns, of one device after the other, over the whole window.
StoreCost device_by_device(const stores::StoreServer& store, const telemetry::StoreSettings& settings,
                           const FleetSize& size, Minute from, Minute to) {
  const int asked = std::min(size.devices, kMostAsked);
  StoreCost cost;
  net::HttpClient http({.timeout = 5min});
  const telemetry::StoreQuestion question{telemetry::StoreSubject::Counters, from, to, nullptr};
  const auto devices = bench_devices(asked);
  {
    const StoreMeter meter(store, cost);
    for (const Pubkey& device : devices) {
      auto request = *render_question(settings, question);
      const std::string key = to_text(device);
      replace_once(request.url, "WHERE%20time", "WHERE%20%22dzd_pubkey%22%3D%27" + key + "%27%20AND%20time");
      replace_once(request.body, "WHERE event_ts", "WHERE device_pk = '" + key + "' AND event_ts");
      const auto answer = ask_store(http, request);
      if (!answer) must(tl::unexpected<Error>(answer.error()));
      const auto rows = read_answer(settings, question, *answer);
      if (!rows) must(tl::unexpected<Error>(rows.error()));
      cost.rows += static_cast<double>(rows->rows);
      cost.bytes += static_cast<double>(answer->body.size());
    }
  }
  return cost.scaled(static_cast<double>(size.devices) / asked);
}

void print(const char* what, const StoreCost& cost) {
  fmt::print("  {:<34} {:>11.0f} rows {:>9.2f} MB {:>8.3f} s cpu {:>8.3f} s\n", what, cost.rows, cost.bytes / 1e6,
             cost.cpu_s, cost.wall_s);
  std::fflush(stdout);
}

// The mean of some minutes, each with new rows.
StoreCost steady_tick(const stores::StoreServer& store, TickPuller& puller, const FleetSize& size, Timestamp& now) {
  StoreCost sum;
  for (int i = 0; i < kTicks; ++i) {
    must(load_counters(store, kDatabase, size, now, now + 1min));
    now += 1min;
    sum += puller.catch_up(now);
  }
  return sum.scaled(1.0 / kTicks);
}

void load(const stores::StoreServer& store, const FleetSize& size, Timestamp from, Timestamp to) {
  const auto began = std::chrono::steady_clock::now();
  fmt::print("  loading {:.0f} h: {} rows ... ", std::chrono::duration<double>(to - from).count() / 3600,
             size.rows(to - from));
  std::fflush(stdout);
  must(load_counters(store, kDatabase, size, from, to));
  fmt::print("{:.1f} s\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

void measure_back_fill(const stores::StoreServer& store, const telemetry::StoreSettings& settings, Timestamp now) {
  TickPuller puller(store, settings, std::nullopt);
  const StoreCost cold = puller.catch_up(now);
  print("back-fill of 24 h, cold", cold);
  const StoreCost plain = bare(store, puller.requests());
  print("its bare questions", plain);
  fmt::print("  back-fill takes {:.2f} times the bare questions (at most {} expected)\n", cold.wall_s / plain.wall_s,
             kBareTimes);
}

void measure_ticks(const stores::StoreServer& store, const telemetry::StoreSettings& settings, const FleetSize& size,
                   Timestamp& now) {
  TickPuller puller(store, settings, minute_of(now - 1min));
  const StoreCost tick = steady_tick(store, puller, size, now);
  print("steady tick, 24 h in the store", tick);
  const Minute to = minute_of(now - 1min);
  print("a query a device, window 6 h", device_by_device(store, settings, size, to - 6h, to));
  const StoreCost day = device_by_device(store, settings, size, to - 24h, to);
  print("a query a device, window 24 h", day);
  fmt::print(
      "  a steady tick reads {:.0f} times fewer rows and {:.0f} times fewer bytes (at least {} expected), and takes "
      "{:.0f} times less of the store's processor\n",
      day.rows / tick.rows, day.bytes / tick.bytes, kFewer, day.cpu_s / std::max(tick.cpu_s, 1e-3));
}

enum class BackFill { Measured, Not };

void measure(telemetry::StoreKind kind, const FleetSize& size, BackFill back_fill) {
  auto store = stores::StoreServer::start(kind);
  if (!store) {
    fmt::print("{}: not measured: {}\n", to_text(kind), store.error().message);
    return;
  }
  const auto writer = stores::StoreWriter::open(kind, (*store)->url(), kDatabase);
  if (!writer) must(tl::unexpected<Error>(writer.error()));
  telemetry::StoreSettings settings;
  settings.name = "bench";
  settings.kind = kind;
  settings.url = (*store)->url();
  settings.database = kDatabase;
  fmt::print("{}, {} devices with {} interfaces, a row every {} s\n", to_text(kind), size.devices, size.ports,
             size.cadence / 1s);
  const Timestamp start{minute_of(net::system_now())};
  Timestamp now = start;
  load(**store, size, start - 6h, start);
  TickPuller early(**store, settings, minute_of(start - 1min));
  print("steady tick, 6 h in the store", steady_tick(**store, early, size, now));
  load(**store, size, start - 24h, start - 6h);
  if (back_fill == BackFill::Measured) measure_back_fill(**store, settings, now);
  measure_ticks(**store, settings, size, now);
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  // A part of it, for those who work on one store: "clickhouse".
  const std::string_view only = argc > 1 ? argv[1] : "";
  for (const auto kind : {telemetry::StoreKind::InfluxDb, telemetry::StoreKind::ClickHouse}) {
    if (telemetry::parse_store_kind(only).value_or(kind) != kind) continue;
    measure(kind, {100, 10, 30s}, BackFill::Measured);
    // InfluxDB takes minutes to be given ten interfaces each of so many; four show the same.
    measure(kind, {1000, kind == telemetry::StoreKind::InfluxDb ? 4 : 10, 60s}, BackFill::Not);
  }
  return 0;
}
