// A large fleet on a ledger in a process of its own, read over HTTP and WebSocket as the daemons read it: how long the
// first read takes, what it costs in memory, and how long after one account changed monitor and activator have decided
// about it.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "activator/activator.h"
#include "apps/ledger/node.h"
#include "client/rpc_client.h"
#include "client/subscription.h"
#include "generated_fleet.h"
#include "monitor/change_pictures.h"
#include "monitor/monitor.h"
#include "service/loop_driver.h"
#include "testbed/small_network.h"

namespace {

using namespace dz;
using std::chrono::milliseconds;

constexpr FleetSize kFleet;
constexpr int kChanges = 20;
const auto kQuiet = [](service::LogLevel, std::string_view, const service::LogFields&) {};

double seconds_of(Duration d) { return std::chrono::duration<double>(d).count(); }
double milliseconds_of(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

Duration percentile(std::vector<Duration> values, double p) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  long pages = 0, resident = 0;
  statm >> pages >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

template <typename Act>
Duration time_of(Act act) {
  const auto start = net::system_now();
  act();
  return net::system_now() - start;
}

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "Error: %s\n", result.error().message.c_str());
  if (!result) std::abort();
  return std::move(*result);
}

// ---- the ledger, in a process of its own

void build_ledger(const std::string& file) {
  testbed::SmallNetwork network(net::system_now(), must(ledger::open_sqlite_archive(file)));
  const auto snapshot = network.read();
  const auto contributor = client::find_record(snapshot.contributors, "contributor", "alpha")->key;
  if (!put_fleet(network.ledger(), kFleet, contributor, rfc_profile())) std::abort();
}

[[noreturn]] void serve_ledger(const std::string& file, int ready) {
  build_ledger(file);
  net::Loop loop;
  const auto ledger = must(ledger::Ledger::open(must(ledger::open_sqlite_archive(file)), {}, net::system_now()));
  ledger_main::LedgerNode node(loop, *ledger, kQuiet);
  if (!node.listen({"127.0.0.1", 0, 0})) std::abort();
  const std::uint16_t port = node.rpc_port();
  if (write(ready, &port, sizeof port) != sizeof port) std::abort();
  loop.run();
  std::_Exit(0);
}

class LedgerProcess {
 public:
  explicit LedgerProcess(const std::string& file) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) serve_ledger(file, ends[1]);
    if (read(ends[0], &port_, sizeof port_) != sizeof port_) std::abort();
  }
  ~LedgerProcess() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  LedgerProcess(const LedgerProcess&) = delete;
  LedgerProcess& operator=(const LedgerProcess&) = delete;

  std::string url(const char* scheme) const { return fmt::format("{}://127.0.0.1:{}", scheme, port_); }

 private:
  pid_t process_ = 0;
  std::uint16_t port_ = 0;
};

// ---- what is measured

// Bytes of the answers' bodies, and the time until they were there.
struct Traffic {
  std::uint64_t requests = 0, bytes = 0;
  Duration time{};
};

client::RpcTransport counted(client::RpcTransport transport, Traffic& traffic) {
  return [transport = std::move(transport), &traffic](std::string_view body) {
    const auto start = net::system_now();
    auto reply = transport(body);
    ++traffic.requests;
    traffic.time += net::system_now() - start;
    if (reply) traffic.bytes += reply->body.size();
    return reply;
  };
}

void measure_reading(const LedgerProcess& ledger) {
  Traffic traffic;
  client::RpcClient client(counted(client::http_transport(ledger.url("http")), traffic), client::system_clock());
  client::LedgerMirror mirror(client, {.ids = wire::local_program_ids()});
  const auto before = resident_mib();
  const auto took = time_of([&] { mirror.step(net::system_now()); });
  if (!mirror.snapshot() || mirror.snapshot()->links.size() != static_cast<std::size_t>(kFleet.links)) std::abort();
  fmt::print("first full read: {:.2f} s, of it {:.2f} s until the answers were there; {} requests, {:.1f} MB\n",
             seconds_of(took), seconds_of(traffic.time), traffic.requests, static_cast<double>(traffic.bytes) / 1e6);
  fmt::print("memory of the records: {:.0f} MiB\n", resident_mib() - before);
  const auto again = time_of([&] { mirror.step(net::system_now() + std::chrono::minutes{2}); });
  fmt::print("the next full read, nothing changed: {:.2f} s\n", seconds_of(again));
  mirror.look_at(fleet_link(1));
  fmt::print("one account read again: {:.2f} ms\n",
             milliseconds_of(time_of([&] { mirror.step(net::system_now() + std::chrono::minutes{2}); })));
}

// A daemon on a loop of its own: fed by the ledger's events, it notes when it heard of the watched link and when its
// step had decided about it.
class Watcher {
 public:
  using Step = std::function<Timestamp(Timestamp)>;
  using Event = std::function<void(const client::AccountNotification&)>;
  using Decided = std::function<bool(Health)>;

  Watcher(const LedgerProcess& ledger, Step step, Event event, Decided decided, std::function<void()> missed)
      : decided_(std::move(decided)),
        driver_(loop_,
                [this, step = std::move(step)](Timestamp now) {
                  const auto start = net::system_now();
                  const auto next = step(now);
                  longest_step_ = std::max<Duration>(longest_step_, net::system_now() - start);
                  return next;
                }),
        events_(loop_, {ledger.url("ws"), wire::local_program_ids().serviceability},
                {.on_account =
                     [this, event = std::move(event)](const client::AccountNotification& change) {
                       if (change.key == fleet_link(0)) heard_ = net::system_now();
                       event(change);
                       driver_.wake();
                     },
                 .on_connected =
                     [this, missed = std::move(missed)] {
                       connected_ = true;
                       missed();
                       driver_.wake();
                     },
                 .on_disconnected = {}}) {
    until([this] { return connected_ && decided_(Health::Healthy); });
    loop_.run_for(std::chrono::seconds{1});
  }

  void measure(const char* who, client::Provisioner& people) {
    std::vector<Duration> times;
    longest_step_ = {};
    for (int i = 0; i < kChanges; ++i) {
      const auto to = i % 2 == 0 ? Health::Impaired : Health::Healthy;
      heard_.reset();
      if (!people.set_link_health(fleet_link(0), to)) std::abort();
      until([&] { return heard_ && decided_(to); });
      times.push_back(net::system_now() - *heard_);
      // A new block hash makes the next change another transaction than the last one like it.
      loop_.run_for(std::chrono::duration_cast<Duration>(ledger::kDefaultSlotLength) + milliseconds{50});
    }
    fmt::print("{}: event heard to decision: median {:.1f} ms, p99 {:.1f} ms, most {:.1f} ms; longest step {:.1f} ms\n",
               who, milliseconds_of(percentile(times, 0.5)), milliseconds_of(percentile(times, 0.99)),
               milliseconds_of(percentile(times, 1)), milliseconds_of(longest_step_));
  }

 private:
  template <typename Condition>
  void until(Condition condition) {
    while (!condition()) loop_.run_for(milliseconds{1});
  }

  Decided decided_;
  bool connected_ = false;
  std::optional<Timestamp> heard_;
  Duration longest_step_{};
  net::Loop loop_;
  service::LoopDriver driver_;
  client::ProgramSubscription events_;
};

void measure_activator(const LedgerProcess& ledger, client::Provisioner& people) {
  client::RpcClient client(client::http_transport(ledger.url("http")), client::system_clock(),
                           client::without_waiting());
  const auto before = resident_mib();
  activator::Activator activator(client, testbed::SmallNetwork::key(5),
                                 {.ids = wire::local_program_ids(), .gather = milliseconds{20}, .observe = true},
                                 kQuiet);
  const auto first = time_of([&] { activator.step(net::system_now()); });
  fmt::print("activator: first step {:.2f} s, memory {:.0f} MiB\n", seconds_of(first), resident_mib() - before);
  Watcher watcher(
      ledger, [&](Timestamp now) { return activator.step(now); },
      [&](const client::AccountNotification& change) { activator.on_event(change); },
      [&](Health health) {
        const auto found = activator.records().find(fleet_link(0));
        return found != activator.records().end() && found->second.health == health;
      },
      [&] { activator.on_stream_lost(); });
  watcher.measure("activator", people);
}

void measure_monitor(const LedgerProcess& ledger, client::Provisioner& people) {
  client::RpcClient client(client::http_transport(ledger.url("http")), client::system_clock(),
                           client::without_waiting());
  auto database = must(storage::SqliteDatabase::open(":memory:"));
  monitor::MonitorSettings settings;
  settings.write_mode = control::WriteMode::Observe;
  const auto before = resident_mib();
  const auto monitor = must(monitor::Monitor::open(
      client, database, {.settings = settings, .ids = wire::local_program_ids(), .key = std::nullopt, .log = kQuiet},
      net::system_now()));
  const auto first = time_of([&] { monitor->step(net::system_now()); });
  const auto second = time_of([&] { monitor->step(net::system_now()); });
  fmt::print("monitor: first step {:.2f} s, the next {:.1f} ms; memory without evidence {:.0f} MiB\n",
             seconds_of(first), milliseconds_of(second), resident_mib() - before);
  const auto records = time_of([&] { (void)monitor::picture_records(*monitor); });
  const auto incidents = time_of([&] { (void)monitor::picture_incidents(*monitor, net::system_now()); });
  std::size_t suffer = 0;
  for (const auto& incident : monitor->incidents().all()) suffer += incident.records.size();
  fmt::print("monitor: pictures of the stream {:.1f} ms for records, {:.1f} ms for {} incidents of {} records\n",
             milliseconds_of(records), milliseconds_of(incidents), monitor->incidents().all().size(), suffer);
  Watcher watcher(
      ledger, [&](Timestamp now) { return monitor->step(now); },
      [&](const client::AccountNotification& change) { monitor->on_ledger_event(change); },
      [&](Health health) {
        const auto verdicts = monitor->verdicts();
        const auto found = std::find_if(verdicts.begin(), verdicts.end(),
                                        [](const control::RecordVerdict& v) { return v.key == fleet_link(0); });
        return found != verdicts.end() && found->health == health;
      },
      [&] { monitor->on_events_missed(); });
  watcher.measure("monitor", people);
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("fleet-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  {
    fmt::print("{} devices, {} links\n", kFleet.devices, kFleet.links);
    std::fflush(stdout);  // before the fork, which would print it twice
    const LedgerProcess ledger((folder / "ledger.db").string());
    measure_reading(ledger);
    client::RpcClient people_client(client::http_transport(ledger.url("http")), client::system_clock());
    const wire::Keypair health_authority = testbed::SmallNetwork::key(4);
    client::Provisioner people({people_client, client::system_clock(), health_authority},
                               {wire::local_program_ids().serviceability, health_authority.pubkey(), false},
                               rfc_profile());
    measure_activator(ledger, people);
    measure_monitor(ledger, people);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
