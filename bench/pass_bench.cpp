// What a pass of the monitor costs, step by step, by the size of the fleet: when nothing changed, when one record did,
// when a minute closed, and the first one after a restart; what it holds in memory, and what people and scrapers ask.
// On virtual time, in one process with the ledger; CPU time, for the machine may be busy with other things, with the
// longest slice for which a pass held its turn. Windows are of 20 minutes, so that filling them does not take longer
// than what is measured: what a minute costs that closes does not depend on it, nor does the memory, for rings have
// their length from the first minute on. docs/performance.md has the figures. Each step runs under a name of its own:
// perf record -g pass_bench, perf report --sort comm,symbol.
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "base/check.h"
#include "client/rpc_client.h"
#include "generated_fleet.h"
#include "monitor/monitor_api.h"
#include "testbed/forwarding_client.h"
#include "testbed/local_client.h"
#include "testbed/small_network.h"

namespace {

using namespace dz;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kLinksOfEach = 5, kPortsOfEach = 2 * kLinksOfEach + 1;
constexpr minutes kWindow{20};
constexpr std::chrono::milliseconds kMoment{400};  // between passes: all of them are within the minute
constexpr int kTimes = 9;

double cpu_milliseconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  long pages = 0, resident = 0;
  statm >> pages >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

// What follows, in profiles.
void enter(const char* step) { pthread_setname_np(pthread_self(), step); }

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "Error: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

// Everything is asked but what this bench feeds no rows of: QA, and the agents' samples, which cost the same at each
// read of the ledger whatever passes do.
verdict::Policy policy_of(const Profile& profile) {
  auto policy = verdict::default_policy(profile);
  policy.window = policy.recovery_window = kWindow;
  policy.damping_long = {10, 15};
  for (auto& criterion : policy.criteria) criterion.window.reset();
  for (const auto id : {verdict::CriterionId::DeviceQa, verdict::CriterionId::DeviceTelemetryAgent,
                        verdict::CriterionId::LinkAzProbes, verdict::CriterionId::LinkZaProbes}) {
    policy.of(id).mode = verdict::Mode::Off;
  }
  return policy;
}

// Nothing is known of the agents' samples, rather than that there are none.
class WithoutSamples : public testbed::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;
  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override {
    if (program == wire::local_program_ids().telemetry) return fail(ErrorKind::Retry, "this node has no samples");
    return ForwardingClient::get_program_accounts(program, filters);
  }
};

class Measured {
 public:
  Measured(const FleetSize& size, const Profile& profile) : size_(size), profile_(profile) {
    const std::filesystem::path memory = "/dev/shm";
    const auto base = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    folder_ = base / fmt::format("pass-bench-{}", getpid());
    std::filesystem::create_directories(folder_);
    const auto archive = (folder_ / "ledger.db").string();
    {
      testbed::SmallNetwork network(now_, must(ledger::open_sqlite_archive(archive)));
      const auto contributor = client::find_record(network.read().contributors, "contributor", "alpha")->key;
      DZ_CHECK(put_fleet(network.ledger(), size, contributor, profile));
    }
    ledger_ = must(ledger::Ledger::open(must(ledger::open_sqlite_archive(archive)), {}, now_));
    node_ = std::make_unique<testbed::LocalClient>(*ledger_, [this] { return now_; });
    client_ = std::make_unique<WithoutSamples>(*node_);
    for (int device = 0; device < size.devices; ++device) keys_.push_back(to_text(fleet_device(device)));
    before_mib_ = resident_mib();
    start();
  }
  ~Measured() {
    monitor_.reset();
    std::filesystem::remove_all(folder_);
  }
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;

  void run() {
    fmt::print("{} records ({} devices, {} links, {} ports), profile {}:\n", size_.devices + size_.links, size_.devices,
               size_.links, size_.devices * kPortsOfEach, profile_.name);
    enter("first");
    const auto first = step();
    enter("fill");
    for (const auto end = now_ + kWindow + minutes{3}; now_ < end;) close_a_minute();
    step();
    fmt::print("  {:<34}{:9.2f} ms\n", "first pass, no evidence", first);
    enter("unchanged");
    report("nothing changed", [&] { return step_after(kMoment); });
    enter("changed");
    int changes = 0;
    report("one link changed", [&] {
      now_ += kMoment;
      change_link(changes++ % 2 == 0 ? Health::Impaired : Health::Healthy);
      return step();
    });
    enter("closed");
    longest_slice_ = 0;
    report("a minute closed", [&] { return close_a_minute(); });
    fmt::print("  {:<34}{:9.2f} ms\n", "longest slice of these", longest_slice_);
    fmt::print("  {:<34}{:9.0f} MiB\n", "resident, the ledger aside", resident_mib() - before_mib_);
    measure_questions();
    enter("silent");
    trouble("a device silent", {.silent = 1});
    enter("causes");
    // Of 60,000 records: 200 devices silent, 200 with a wrong clock, 1,000 links with errors.
    const int some = size_.devices / 50;
    trouble("many causes", {.silent = some, .ahead = some, .failing = size_.devices / 20});
    enter("suspect");
    trouble("six in ten silent", {.silent = size_.devices * 6 / 10});
    measure_restart();
    std::fflush(stdout);
  }

 private:
  // How many devices have it, each kind others than the next.
  struct Trouble {
    int silent = 0;   // send no rows
    int ahead = 0;    // date their rows 9 minutes ahead
    int failing = 0;  // have errors at two ports, of two links
  };
  void trouble(const char* what, const Trouble& trouble) {
    trouble_ = trouble;
    for (int i = 0; i < 3; ++i) close_a_minute();
    longest_slice_ = 0;
    report(fmt::format("nothing changed, {}", what), [&] { return step_after(kMoment); });
    report(fmt::format("a minute closed, {}", what), [&] { return close_a_minute(); });
    fmt::print("  {:<34}{:9.2f} ms\n", "longest slice of these", longest_slice_);
    fmt::print("  {:<34}{:9}\n", "incidents", monitor_->incidents().all().size());
    trouble_ = {};
    for (int i = 0; i < 12; ++i) close_a_minute();
  }

  void start() {
    database_ = std::make_unique<storage::SqliteDatabase>(
        must(storage::SqliteDatabase::open((folder_ / "monitor.db").string())));
    monitor::MonitorSettings settings;
    settings.write_mode = control::WriteMode::Observe;
    settings.policy = policy_of(profile_);
    settings.named_profile = &profile_;
    settings.ledger_poll = std::chrono::hours{24};  // full reads have a bench of their own
    monitor_ =
        must(monitor::Monitor::open(*client_, *database_,
                                    {.settings = settings,
                                     .ids = wire::local_program_ids(),
                                     .key = std::nullopt,
                                     .log = [](service::LogLevel, std::string_view, const service::LogFields&) {},
                                     .away =
                                         [this](const std::function<void()>& call) {
                                           end_slice();
                                           call();
                                           slice_began_ = cpu_milliseconds();
                                         }},
                                    now_));
  }

  void end_slice() { longest_slice_ = std::max(longest_slice_, cpu_milliseconds() - slice_began_); }

  void measure_questions() {
    enter("asked");
    const auto ask = [&](const char* what, const std::string& path, const std::string& query) {
      std::size_t bytes = 0;
      report(what, [&] {
        const auto before = cpu_milliseconds();
        const auto answer = monitor::answer_monitor_request(*monitor_, {"GET", path, query, {}, "", "127.0.0.1"}, now_);
        DZ_CHECK(answer.status == 200);
        bytes = answer.body.size();
        return cpu_milliseconds() - before;
      });
      fmt::print("  {:<34}{:9.2f} MB\n", "  its size", static_cast<double>(bytes) / 1e6);
    };
    ask("/metrics", "/metrics", "");
    ask("the list's first page", "/api/v1/assessments", "limit=100");
    ask("one explanation", "/api/v1/assessments/" + to_text(fleet_link(0)), "format=text");
    ask("one explanation, of a device", "/api/v1/assessments/" + to_text(fleet_device(0)), "format=text");
  }

  void measure_restart() {
    enter("restart");
    monitor_.reset();
    database_.reset();
    const auto before = cpu_milliseconds();
    start();
    const auto opened = cpu_milliseconds() - before;
    enter("restarted");
    longest_slice_ = 0;
    const auto first = step();
    fmt::print("  restart: opening {:.0f} ms, first pass {:.0f} ms, its longest slice {:.0f} ms\n", opened, first,
               longest_slice_);
  }

  double step_after(Duration time) {
    now_ += time;
    return step();
  }

  double step() {
    const auto before = slice_began_ = cpu_milliseconds();
    monitor_->step(now_);
    end_slice();
    return cpu_milliseconds() - before;
  }

  template <typename Once>
  void report(std::string_view what, const Once& once) {
    std::vector<double> times;
    for (int i = 0; i < kTimes; ++i) times.push_back(once());
    std::sort(times.begin(), times.end());
    fmt::print("  {:<34}{:9.2f} ms, {:.2f} to {:.2f}\n", what, times[kTimes / 2], times.front(), times.back());
    std::fflush(stdout);
  }

  // Rows of every port in the minute, then the pass at which it closes.
  double close_a_minute() {
    now_ = Timestamp{minute_of(now_)} + seconds{40};
    step();
    write_rows();
    now_ = Timestamp{minute_of(now_)} + seconds{90} + std::chrono::milliseconds{1};
    return step();
  }

  void write_rows() {
    octets_ += 1'000'000;
    const auto at = now_.time_since_epoch().count() * 1000;
    for (int device = 0; device < size_.devices; ++device) {
      if (device < trouble_.silent) continue;
      const bool ahead = is_one_of(device, size_.devices * 7 / 10, trouble_.ahead);
      const bool failing = is_one_of(device, size_.devices * 8 / 10, trouble_.failing);
      const auto stamp = ahead ? at + 540'000'000'000 : at;
      const auto& key = keys_[static_cast<std::size_t>(device)];
      std::string body = fmt::format("controller_grpc_getconfig_success,device_pubkey={} count=1 {}\n", key, stamp);
      const auto port = [&](int number) {
        const auto errors = failing && number <= 2 ? fmt::format(",in-errors={}i", octets_ / 1'000'000) : "";
        body += fmt::format("intfCounters,dzd_pubkey={},intf=Ethernet{}/1 in-octets={}i,out-octets={}i{} {}\n", key,
                            number, octets_, octets_ / 2, errors, stamp);
      };
      for (int i = 1; i < kPortsOfEach; ++i) port(i);
      port(53);
      const auto answer = monitor_->write({telemetry::WriteApi::V2, body, "", ""}, now_);
      DZ_CHECK(ahead || answer.status == 204);  // rows from so far ahead are refused
    }
  }

  static bool is_one_of(int device, int first, int count) { return device >= first && device < first + count; }

  // Somebody else writes it; the monitor hears of it.
  void change_link(Health to) {
    const auto who = testbed::SmallNetwork::key(4);
    client::Provisioner people({*client_, {[this] { return now_; }, [this](Duration by) { now_ += by; }}, who},
                               {wire::local_program_ids().serviceability, who.pubkey(), false}, profile_);
    (void)must(people.set_link_health(fleet_link(0), to));
    monitor_->on_ledger_event(fleet_link(0));
  }

  FleetSize size_;
  const Profile& profile_;
  Timestamp now_{std::chrono::hours{494'000}};
  std::filesystem::path folder_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<testbed::LocalClient> node_;
  std::unique_ptr<WithoutSamples> client_;
  std::unique_ptr<storage::SqliteDatabase> database_;
  std::unique_ptr<monitor::Monitor> monitor_;
  std::vector<std::string> keys_;  // of the devices
  Trouble trouble_;
  double slice_began_ = 0, longest_slice_ = 0, before_mib_ = 0;
  std::uint64_t octets_ = 0;
};

}  // namespace

// pass_bench [PROFILE] [DEVICES...]: five links each.
int main(int count, char** words) {
  std::vector<int> sizes;
  std::vector<const Profile*> profiles;
  for (int i = 1; i < count; ++i) {
    if (const int devices = std::atoi(words[i]); devices > 0) sizes.push_back(devices);
    for (const auto* profile : {&rfc_profile(), &v034_profile()}) {
      if (profile->name == std::string_view(words[i])) profiles.push_back(profile);
    }
  }
  if (sizes.empty()) sizes = {500, 2'000, 10'000};
  if (profiles.empty()) profiles = {&rfc_profile(), &v034_profile()};
  for (const auto* profile : profiles) {
    for (const int devices : sizes) {
      std::fflush(stdout);
      // A process each, so that none has the memory of the one before.
      const auto child = fork();
      if (child == 0) {
        Measured({devices, devices * kLinksOfEach}, *profile).run();
        return 0;
      }
      int status = 0;
      DZ_CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
  }
  return 0;
}
