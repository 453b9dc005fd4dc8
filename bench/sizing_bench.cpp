// What the monitor costs by records and by ports: CPU time of its passes and of the rows pushed to it, memory, its
// file, and the bytes that rows and reads of the ledger are. On virtual time, in one process; CPU time, for the machine
// may be busy with other things. docs/operating/sizing.md has the figures, tools/sizing.py calculates with them.
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/check.h"
#include "client/rpc_client.h"
#include "generated_fleet.h"
#include "monitor/monitor.h"
#include "testbed/local_client.h"
#include "testbed/small_network.h"

namespace {

using namespace dz;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kLinksOfEach = 5, kPortsOfEach = 2 * kLinksOfEach;
constexpr seconds kCadence{30};

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  long pages = 0, resident = 0;
  statm >> pages >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "Error: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

class Measured {
 public:
  explicit Measured(const FleetSize& size) : size_(size) {
    // In memory where there is such a place: CPU time is measured, and nobody waits for a disk.
    const std::filesystem::path memory = "/dev/shm";
    const auto base = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    folder_ = base / fmt::format("sizing-bench-{}-{}", getpid(), size.devices);
    std::filesystem::create_directories(folder_);
    const auto archive = (folder_ / "ledger.db").string();
    {
      testbed::SmallNetwork network(now_, must(ledger::open_sqlite_archive(archive)));
      const auto contributor = client::find_record(network.read().contributors, "contributor", "alpha")->key;
      DZ_CHECK(put_fleet(network.ledger(), size, contributor, rfc_profile()));
    }
    ledger_ = must(ledger::Ledger::open(must(ledger::open_sqlite_archive(archive)), {}, now_));
    client_ = std::make_unique<testbed::LocalClient>(*ledger_, [this] { return now_; });
    database_ = std::make_unique<storage::SqliteDatabase>(
        must(storage::SqliteDatabase::open((folder_ / "monitor.db").string())));
    before_mib_ = resident_mib();
    monitor::MonitorSettings settings;
    settings.write_mode = control::WriteMode::Observe;
    monitor_ =
        must(monitor::Monitor::open(*client_, *database_,
                                    {.settings = settings,
                                     .ids = wire::local_program_ids(),
                                     .key = std::nullopt,
                                     .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                    now_));
    monitor_->step(now_);
  }
  ~Measured() {
    monitor_.reset();
    std::filesystem::remove_all(folder_);
  }
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;

  // Rows of every port at the cadence, and a pass every five seconds, for that long.
  void run(minutes time) {
    for (const auto end = now_ + time; now_ < end; now_ += seconds{5}) {
      if ((now_.time_since_epoch() % Duration{kCadence}) < Duration{seconds{5}}) write_rows();
      const auto begin = cpu_seconds();
      monitor_->step(now_);
      passes_cpu_ += cpu_seconds() - begin;
      ++passes_;
    }
  }

  void report(int hours) const {
    const double ports = size_.devices * kPortsOfEach, records = size_.devices + size_.links;
    fmt::print("{} devices, {} links, {:.0f} ports at {} s, {} h:\n", size_.devices, size_.links, ports,
               kCadence.count(), hours);
    fmt::print("  rows: {} of {:.0f} bytes; {:.1f} us of CPU each\n", rows_,
               static_cast<double>(bytes_) / static_cast<double>(rows_), rows_cpu_ / static_cast<double>(rows_) * 1e6);
    fmt::print("  passes: {:.2f} ms of CPU each\n", passes_cpu_ / passes_ * 1e3);
    fmt::print("  memory: {:.0f} MiB, {:.1f} KiB a port, {:.1f} KiB a record\n", resident_mib() - before_mib_,
               (resident_mib() - before_mib_) * 1024 / ports, (resident_mib() - before_mib_) * 1024 / records);
    fmt::print("  a full read of the ledger: {:.0f} bytes a record\n", bytes_of_a_record());
    double file = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().filename().string().starts_with("monitor.db")) file += static_cast<double>(entry.file_size());
    }
    fmt::print("  its files: {:.1f} MB, {:.0f} bytes a port and minute\n", file / 1e6,
               file / ports / static_cast<double>(hours * 60));
  }

 private:
  // Of an answer in JSON: the data in base64, and the members around it.
  double bytes_of_a_record() const {
    constexpr double kAround = 230;
    const auto answer = must(client_->get_program_accounts(wire::local_program_ids().serviceability, {}));
    double bytes = 0;
    for (const auto& [key, account] : answer.accounts)
      bytes += static_cast<double>(account.data.size()) * 4 / 3 + kAround;
    return bytes / static_cast<double>(answer.accounts.size());
  }

  void write_rows() {
    octets_ += 1'000'000;
    for (int device = 0; device < size_.devices; ++device) {
      std::string body;
      for (int port = 0; port < kPortsOfEach; ++port) {
        body += fmt::format("intfCounters,dzd_pubkey={},intf=Ethernet{}/1 in-octets={}i,out-octets={}i {}\n",
                            to_text(fleet_device(device)), port + 1, octets_, octets_ / 2,
                            now_.time_since_epoch().count() * 1000);
      }
      const auto begin = cpu_seconds();
      const auto answer = monitor_->write({telemetry::WriteApi::V2, body, "", ""}, now_);
      rows_cpu_ += cpu_seconds() - begin;
      DZ_CHECK(answer.status == 204);
      rows_ += kPortsOfEach;
      bytes_ += body.size();
    }
  }

  FleetSize size_;
  Timestamp now_{std::chrono::hours{494'000}};
  std::filesystem::path folder_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<testbed::LocalClient> client_;
  std::unique_ptr<storage::SqliteDatabase> database_;
  std::unique_ptr<monitor::Monitor> monitor_;
  double before_mib_ = 0, passes_cpu_ = 0, rows_cpu_ = 0;
  long passes_ = 0;
  std::uint64_t octets_ = 0, rows_ = 0, bytes_ = 0;
};

}  // namespace

// sizing_bench [HOURS [DEVICES]]
int main(int count, char** words) {
  const auto number = [&](int at, int otherwise) {
    return at < count && std::isdigit(static_cast<unsigned char>(words[at][0])) ? std::atoi(words[at]) : otherwise;
  };
  const int hours = number(1, 3), only = number(2, 0);
  for (const int devices : {50, 200}) {
    if (only > 0 && devices != only) continue;
    std::fflush(stdout);
    // A process each, so that none has the memory of the one before.
    const auto child = fork();
    if (child == 0) {
      Measured measured({devices, devices * kLinksOfEach});
      for (int hour = 1; hour <= hours; ++hour) {
        measured.run(minutes{60});
        if (hour == 1 || hour == hours) measured.report(hour);
      }
      std::fflush(stdout);
      return 0;
    }
    int status = 0;
    DZ_CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  return 0;
}
