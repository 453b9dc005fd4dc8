// What it costs the monitor to state what it decides: a pass in which 1,000 links become impaired at once, each judged
// over 24 hours, and how much of it are the statements and the log of decisions. They are added once more to a file of
// their own, which is what the pass did; making them is measured by BM_Decision of verdict_bench. On virtual time, in
// one process; CPU time, without that of the ledger. Usage: changes_bench [DEVICES], five links each; 200 by default.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include <fmt/format.h>

#include "base/check.h"
#include "client/rpc_client.h"
#include "generated_fleet.h"
#include "monitor/monitor.h"
#include "testbed/forwarding_client.h"
#include "testbed/local_client.h"
#include "testbed/small_network.h"

namespace {

using namespace dz;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kLinksOfEach = 5, kPortsOfEach = 2 * kLinksOfEach, kDiaPort = 53;
constexpr minutes kWindow{24 * 60 + 5};

double cpu_milliseconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "Error: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

// What the ledger does is not the monitor's cost.
class TimedClient : public testbed::ForwardingClient {
 private:
  template <typename Call>
  auto timed(const Call& call) {
    const auto before = cpu_milliseconds();
    auto answer = call();
    spent += cpu_milliseconds() - before;
    return answer;
  }

 public:
  using ForwardingClient::ForwardingClient;
  double spent = 0;

  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override {
    return timed([&] { return ForwardingClient::get_program_accounts(program, filters); });
  }
  Result<client::NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override {
    return timed([&] { return ForwardingClient::get_multiple_accounts(keys); });
  }
  Result<std::vector<std::optional<client::SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) override {
    return timed([&] { return ForwardingClient::get_signature_statuses(signatures); });
  }
  Result<client::SimulationResult> simulate_transaction(const wire::Transaction& transaction) override {
    return timed([&] { return ForwardingClient::simulate_transaction(transaction); });
  }
  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& transaction,
                                                                      const client::SendOptions& options) override {
    return timed([&] { return ForwardingClient::send_transaction(transaction, options); });
  }
};

class Measured {
 public:
  explicit Measured(const FleetSize& size) : size_(size) {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("changes-bench-{}", getpid());
    std::filesystem::create_directories(folder_);
    const auto archive = (folder_ / "ledger.db").string();
    {
      testbed::SmallNetwork network(now_, must(ledger::open_sqlite_archive(archive)));
      const auto contributor = client::find_record(network.read().contributors, "contributor", "alpha")->key;
      DZ_CHECK(put_fleet(network.ledger(), size, contributor, rfc_profile()));
    }
    ledger_ = must(ledger::Ledger::open(must(ledger::open_sqlite_archive(archive)), {}, now_));
    node_ = std::make_unique<testbed::LocalClient>(*ledger_, [this] { return now_; });
    client_ = std::make_unique<TimedClient>(*node_);
    database_ = std::make_unique<storage::SqliteDatabase>(open_database("monitor.db"));
    monitor::MonitorSettings settings;
    settings.write_mode = control::WriteMode::Write;
    monitor_ =
        must(monitor::Monitor::open(*client_, *database_,
                                    {.settings = settings,
                                     .ids = wire::local_program_ids(),
                                     .key = testbed::SmallNetwork::key(4),
                                     .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                    now_));
  }
  ~Measured() {
    monitor_.reset();
    std::filesystem::remove_all(folder_);
  }
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;

  void run() {
    for (const auto end = now_ + kWindow; now_ < end;) close_a_minute();
    const auto before = statements().size();
    double quiet = close_a_minute(), changed = 0;
    for (int i = 0; i < 6 && statements().size() == before; ++i) {
      ++errors_;
      changed = close_a_minute();
    }
    const auto all = statements();
    fmt::print("a minute closes, of {} links and {} devices: {:.0f} ms\n", size_.links, size_.devices, quiet);
    fmt::print("one closes and {} records change health: {:.0f} ms\n", all.size() - before, changed);
    state_again(std::vector<attest::Stated>(all.begin() + static_cast<std::ptrdiff_t>(before), all.end()), changed);
  }

 private:
  storage::SqliteDatabase open_database(const char* name) {
    auto database = must(storage::SqliteDatabase::open((folder_ / name).string()));
    DZ_CHECK(database.sync_when_asked().has_value());  // as the monitor's
    return database;
  }

  std::vector<attest::Stated> statements() {
    auto archive = must(monitor::MonitorArchive::open(*database_));
    std::vector<attest::Stated> all;
    for (std::int64_t index = 0;; ++index) {
      const auto stored = must(archive.statements().find(index));
      if (!stored) return all;
      auto grounds = must(archive.statements().grounds(index));
      all.push_back(
          {must(attest::decode_statement(stored->bytes)), std::move(grounds.leaves), std::move(grounds.account)});
    }
  }

  void state_again(const std::vector<attest::Stated>& all, double pass) {
    auto database = open_database("again.db");
    auto archive = must(monitor::MonitorArchive::open(database));
    std::vector<monitor::StatementArchive::Outcome> outcomes;
    const auto before = cpu_milliseconds();
    const auto first = must(archive.statements().add(all)).first;
    const auto added = cpu_milliseconds();
    for (std::size_t i = 0; i < all.size(); ++i) {
      outcomes.push_back(
          {first + static_cast<std::int64_t>(i), monitor::StatementOutcome::Landed, std::string(88, '1')});
    }
    DZ_CHECK(archive.statements().settle(outcomes).has_value());
    const auto settled = cpu_milliseconds();
    fmt::print(
        "of these {:.0f} ms to keep what is stated, with log and minutes, and {:.0f} ms for what became of it: {:.1f} "
        "%\n",
        added - before, settled - added, (settled - before) / pass * 100);
  }

  // Rows of every port in the minute, then the pass at which it closes.
  double close_a_minute() {
    now_ = Timestamp{minute_of(now_)} + seconds{40};
    monitor_->step(now_);
    write_rows();
    now_ = Timestamp{minute_of(now_)} + seconds{90} + std::chrono::milliseconds{1};
    const auto before = cpu_milliseconds(), of_ledger = client_->spent;
    monitor_->step(now_);
    return cpu_milliseconds() - before - (client_->spent - of_ledger);
  }

  void write_rows() {
    octets_ += 1'000'000;
    const auto at = now_.time_since_epoch().count() * 1000;
    for (int device = 0; device < size_.devices; ++device) {
      const auto key = to_text(fleet_device(device));
      std::string body = fmt::format("controller_grpc_getconfig_success,device_pubkey={} count=1 {}\n", key, at);
      for (int port = 1; port <= kPortsOfEach + 1; ++port) {
        body +=
            fmt::format("intfCounters,dzd_pubkey={},intf=Ethernet{}/1 in-octets={}i,out-octets={}i,in-errors={}i {}\n",
                        key, port <= kPortsOfEach ? port : kDiaPort, octets_, octets_ / 2, errors_, at);
      }
      DZ_CHECK(monitor_->write({telemetry::WriteApi::V2, body, "", ""}, now_).status == 204);
    }
  }

  FleetSize size_;
  Timestamp now_{std::chrono::hours{494'000}};
  std::filesystem::path folder_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<testbed::LocalClient> node_;
  std::unique_ptr<TimedClient> client_;
  std::unique_ptr<storage::SqliteDatabase> database_;
  std::unique_ptr<monitor::Monitor> monitor_;
  std::uint64_t octets_ = 0, errors_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int given = argc > 1 ? std::atoi(argv[1]) : 0;
  const int devices = given > 0 ? given : 200;
  Measured({devices, devices * kLinksOfEach}).run();
  return 0;
}
