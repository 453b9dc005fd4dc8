// A tick of the monitor beside a tick of the plain way to judge devices (plain_oracle.h), on one ClickHouse with one
// day of rows: queries, what the store says that it read, its processor time, and how long it takes. The monitor judges
// every minute of every port from it, the plain way that no minute is missing. Prints rows for docs/performance.md.
// Usage: beside_bench [DEVICES...]; 30, 100 and 300 by default.
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "beside/plain_oracle.h"
#include "net/loop.h"
#include "store_load.h"
#include "store_tick.h"
#include "stores/store_writer.h"

namespace {

using namespace dz;
using namespace std::chrono_literals;

constexpr const char* kDatabase = "doublezero-bench";
constexpr int kPorts = 10, kTicks = 3;
constexpr Duration kCounters = 30s, kGetconfigs = 10s;  // between two rows
constexpr auto kWindow = 24h;

template <typename T>
T must_be(Result<T> result) {
  if (!result) must(tl::unexpected<Error>(result.error()));
  return std::move(*result);
}

struct Tick {
  double queries = 0, rows = 0, bytes = 0;  // read by the store
  StoreCost cost;
};

void print(int devices, const char* who, const Tick& tick) {
  fmt::print("| {} | {} | {:.0f} | {:.0f} | {:.2f} MB | {:.3f} s | {:.3f} s |\n", devices, who, tick.queries, tick.rows,
             tick.bytes / 1e6, tick.cost.cpu_s, tick.cost.wall_s);
  std::fflush(stdout);
}

class Beside {
 public:
  explicit Beside(int devices)
      : devices_(devices), store_(must_be(stores::StoreServer::start(telemetry::StoreKind::ClickHouse))) {
    must_be(stores::StoreWriter::open(telemetry::StoreKind::ClickHouse, store_->url(), kDatabase));
    settings_.name = "bench";
    settings_.kind = telemetry::StoreKind::ClickHouse;
    settings_.url = store_->url();
    settings_.database = kDatabase;
    load(now_ - kWindow - 10min, now_);
  }

  void run() {
    const auto ours = our_tick(), plain = plain_tick();
    print(devices_, "plain", plain);
    print(devices_, "monitor", ours);
    fmt::print("| {} | times fewer | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", devices_,
               plain.queries / ours.queries, plain.rows / ours.rows, plain.bytes / ours.bytes,
               plain.cost.cpu_s / std::max(ours.cost.cpu_s, 1e-3), plain.cost.wall_s / ours.cost.wall_s);
    std::fflush(stdout);
  }

 private:
  void load(Timestamp from, Timestamp to) {
    must(load_counters(*store_, kDatabase, {devices_, kPorts, kCounters}, from, to));
    must(load_getconfigs(*store_, kDatabase, devices_, kGetconfigs, from, to));
  }

  // The mean of some minutes, each with new rows; the one before them is not counted. What the store read is asked
  // after each, with the same questions.
  Tick our_tick() {
    using telemetry::StoreSubject;
    TickPuller counters(*store_, settings_, minute_of(now_ - 1min));
    TickPuller getconfigs(*store_, settings_, minute_of(now_ - 1min),
                          {StoreSubject::ConfigAgent, evidence::Source::ConfigAgent});
    Tick sum;
    for (int i = 0; i <= kTicks; ++i) {
      load(now_, now_ + 1min);
      now_ += 1min;
      for (auto* puller : {&counters, &getconfigs}) {
        const auto asked = puller->requests().size();
        const auto cost = puller->catch_up(now_);
        if (i == 0) continue;
        sum.cost += cost;
        for (auto n = asked; n < puller->requests().size(); ++n) count(puller->requests()[n], sum);
      }
    }
    const double share = 1.0 / kTicks;
    return {sum.queries * share, sum.rows * share, sum.bytes * share, sum.cost.scaled(share)};
  }

  void count(const telemetry::StoreRequest& request, Tick& sum) {
    StoreReads reads;
    must_be(read_counted(http_, *store_, request.body.substr(0, request.body.rfind(" FORMAT ")), reads));
    sum.queries += static_cast<double>(reads.queries);
    sum.rows += static_cast<double>(reads.rows);
    sum.bytes += static_cast<double>(reads.bytes);
  }

  Tick plain_tick() {
    Tick tick;
    const Minute to = minute_of(now_);
    PlainTick plain;
    {
      const StoreMeter meter(*store_, tick.cost);
      plain = must_be(dz::plain_tick(*store_, kDatabase, bench_devices(devices_), to - kWindow, to));
    }
    if (plain.passed != devices_)
      must(refused(fmt::format("expected that all {} devices pass, found {}", devices_, plain.passed)));
    tick.queries = static_cast<double>(plain.reads.queries);
    tick.rows = static_cast<double>(plain.reads.rows);
    tick.bytes = static_cast<double>(plain.reads.bytes);
    return tick;
  }

  int devices_;
  std::unique_ptr<stores::StoreServer> store_;
  telemetry::StoreSettings settings_;
  net::HttpClient http_{{.timeout = std::chrono::minutes{5}}};
  Timestamp now_{minute_of(net::system_now())};
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) {
    if (const int devices = std::atoi(argv[i]); devices > 0) sizes.push_back(devices);
  }
  if (sizes.empty()) sizes = {30, 100, 300};
  if (const auto program = stores::store_program(telemetry::StoreKind::ClickHouse); !program) {
    fmt::print("not measured: {}\n", program.error().message);
    return 0;
  }
  fmt::print("{} interfaces a device, a row of each every {} s, a getconfig call every {} s; a tick, window {} h\n",
             kPorts, kCounters / 1s, kGetconfigs / 1s, kWindow / 1h);
  fmt::print(
      "| devices | who | queries | rows read | bytes read | store's CPU | wall |\n|---|---|---|---|---|---|---|\n");
  for (const int devices : sizes) Beside(devices).run();
  return 0;
}
