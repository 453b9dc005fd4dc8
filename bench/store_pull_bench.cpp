// What pulling costs, on real servers: a steady tick and the back-fill of a cold start, beside the obvious alternative
// (each tick a query a device over the whole window) and beside the bare query. One run, the same servers and rows.
#include <cstdio>
#include <optional>

#include <fmt/format.h>

#include "net/http_client.h"
#include "net/loop.h"
#include "store_load.h"
#include "stores/store_writer.h"
#include "telemetry/store_pull.h"

namespace {

using namespace dz;
using namespace std::chrono_literals;

constexpr const char* kDatabase = "doublezero-bench";
constexpr int kTicks = 3;
constexpr int kMostAsked = 10;  // devices that the alternative is measured on; the others are reckoned from these
constexpr double kFewer = 200, kBareTimes = 1.5;

struct Cost {
  double rows = 0, bytes = 0;    // of the answers
  double cpu_s = 0, wall_s = 0;  // of the store; from question to evidence
  Cost scaled(double by) const { return {rows * by, bytes * by, cpu_s * by, wall_s * by}; }
};

void must(const Result<void>& done) {
  if (done) return;
  std::fprintf(stderr, "Error: %s\n", done.error().message.c_str());
  std::exit(1);
}

// Adds what happens between its making and stop().
class Meter {
 public:
  Meter(const stores::StoreServer& store, Cost& cost) : store_(store), cost_(cost), cpu_(store.cpu_time()) {}
  ~Meter() {
    cost_.wall_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    cost_.cpu_s += std::chrono::duration<double>(store_.cpu_time() - cpu_).count();
  }

 private:
  const stores::StoreServer& store_;
  Cost& cost_;
  Duration cpu_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

Result<telemetry::StoreAnswer> ask(net::HttpClient& http, const telemetry::StoreRequest& request) {
  DZ_TRY_ASSIGN(auto answer, request.method == "GET" ? http.get(request.url, request.headers)
                                                     : http.post(request.url, request.body, request.headers));
  return telemetry::StoreAnswer{answer.status, std::move(answer.body)};
}

// The monitor's conversation about counters, from the question to the minutes, without its disk.
class Puller {
 public:
  // known: everything before it is as if it had been asked for; none: a cold start.
  Puller(const stores::StoreServer& store, const telemetry::StoreSettings& settings, std::optional<Minute> known)
      : store_(store),
        settings_(settings),
        evidence_({.pulled = 1U << static_cast<int>(evidence::Source::Counters)}),
        pull_(settings_, telemetry::PullLimits{.min_interval = {}},
              {telemetry::StoreSubject::Counters, evidence::Source::Counters}) {
    if (known) evidence_.answered(evidence::Source::Counters, {*known - evidence::kLongestWindow, *known, *known});
  }

  // Until everything before `now` was asked for. Its pauses cost nothing here: time is an argument.
  Cost catch_up(Timestamp now) {
    Cost cost;
    const telemetry::PullState before = pull_.state();
    {
      const Meter meter(store_, cost);
      for (Timestamp at = now; (at = std::max(at, pull_.due())) < now + 59s;) {
        const auto next = pull_.next(at, evidence_);
        if (!next) continue;
        requests_.push_back(next->request);
        auto answer = ask(http_, next->request);
        if (!answer) must(tl::unexpected<Error>(answer.error()));
        auto taken = pull_.on_reply(telemetry::StoreReply{std::move(*answer), {}}, at, 0.5, evidence_);
        if (!taken) must(tl::unexpected<Error>(taken.error()));
        keep(*taken, at);
      }
    }
    cost.rows = static_cast<double>(pull_.state().rows - before.rows);
    cost.bytes = static_cast<double>(pull_.state().bytes - before.bytes);
    return cost;
  }
  const std::vector<telemetry::StoreRequest>& requests() const { return requests_; }  // so far

 private:
  void keep(const telemetry::PulledRows& taken, Timestamp now) {
    for (const auto& one : taken.batch.counters) {
      const auto& port = taken.batch.ports[one.port];
      if (const auto kept = evidence_.add_counters(port.device, port.interface, one.row, now); !kept)
        must(tl::unexpected<Error>(kept.error()));
    }
    for (const auto& [from, to] : taken.answered) evidence_.answered(evidence::Source::Counters, {from, to, now});
  }

  const stores::StoreServer& store_;
  telemetry::StoreSettings settings_;
  net::HttpClient http_{{.timeout = 5min}};
  evidence::Evidence evidence_;
  telemetry::StorePull pull_;
  std::vector<telemetry::StoreRequest> requests_;
};

// The same questions, their answers thrown away.
Cost bare(const stores::StoreServer& store, const std::vector<telemetry::StoreRequest>& requests) {
  Cost cost;
  net::HttpClient http({.timeout = 5min});
  const Meter meter(store, cost);
  for (const telemetry::StoreRequest& request : requests) {
    if (const auto answer = ask(http, request); !answer) must(tl::unexpected<Error>(answer.error()));
  }
  return cost;
}

void replace_once(std::string& text, std::string_view what, const std::string& with) {
  const auto at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), with);
}

// One tick of the alternative: the same columns, of one device after the other, over the whole window.
Cost device_by_device(const stores::StoreServer& store, const telemetry::StoreSettings& settings, const FleetSize& size,
                      Minute from, Minute to) {
  const int asked = std::min(size.devices, kMostAsked);
  Cost cost;
  net::HttpClient http({.timeout = 5min});
  const telemetry::StoreQuestion question{telemetry::StoreSubject::Counters, from, to, nullptr};
  const auto devices = bench_devices(asked);
  {
    const Meter meter(store, cost);
    for (const Pubkey& device : devices) {
      auto request = *render_question(settings, question);
      const std::string key = to_text(device);
      replace_once(request.url, "WHERE%20time", "WHERE%20%22dzd_pubkey%22%3D%27" + key + "%27%20AND%20time");
      replace_once(request.body, "WHERE event_ts", "WHERE device_pk = '" + key + "' AND event_ts");
      const auto answer = ask(http, request);
      if (!answer) must(tl::unexpected<Error>(answer.error()));
      const auto rows = read_answer(settings, question, *answer);
      if (!rows) must(tl::unexpected<Error>(rows.error()));
      cost.rows += static_cast<double>(rows->rows);
      cost.bytes += static_cast<double>(answer->body.size());
    }
  }
  return cost.scaled(static_cast<double>(size.devices) / asked);
}

void print(const char* what, const Cost& cost) {
  fmt::print("  {:<34} {:>11.0f} rows {:>9.2f} MB {:>8.3f} s cpu {:>8.3f} s\n", what, cost.rows, cost.bytes / 1e6,
             cost.cpu_s, cost.wall_s);
  std::fflush(stdout);
}

// The mean of some minutes, each with new rows.
Cost steady_tick(const stores::StoreServer& store, Puller& puller, const FleetSize& size, Timestamp& now) {
  Cost sum;
  for (int i = 0; i < kTicks; ++i) {
    must(load_counters(store, kDatabase, size, now, now + 1min));
    now += 1min;
    const Cost one = puller.catch_up(now);
    sum = {sum.rows + one.rows, sum.bytes + one.bytes, sum.cpu_s + one.cpu_s, sum.wall_s + one.wall_s};
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
  Puller puller(store, settings, std::nullopt);
  const Cost cold = puller.catch_up(now);
  print("back-fill of 24 h, cold", cold);
  const Cost plain = bare(store, puller.requests());
  print("its bare questions", plain);
  fmt::print("  back-fill takes {:.2f} times the bare questions (at most {} expected)\n", cold.wall_s / plain.wall_s,
             kBareTimes);
}

void measure_ticks(const stores::StoreServer& store, const telemetry::StoreSettings& settings, const FleetSize& size,
                   Timestamp& now) {
  Puller puller(store, settings, minute_of(now - 1min));
  const Cost tick = steady_tick(store, puller, size, now);
  print("steady tick, 24 h in the store", tick);
  const Minute to = minute_of(now - 1min);
  print("a query a device, window 6 h", device_by_device(store, settings, size, to - 6h, to));
  const Cost day = device_by_device(store, settings, size, to - 24h, to);
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
  Puller early(**store, settings, minute_of(start - 1min));
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
