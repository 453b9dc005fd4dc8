// What the monitor and the ledger move for each other on a network of today's size: bytes that the monitor reads of the
// ledger in an hour, by method, what the ledger writes to its file for the samples, and the CPU time of both. On
// virtual time, in one process; bytes, counts and CPU time, for the machine may be busy with other things.
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "activator/activator.h"
#include "base/check.h"
#include "client/rpc_client.h"
#include "generated_fleet.h"
#include "ledger/rpc.h"
#include "monitor/monitor.h"
#include "testbed/small_network.h"
#include "wire/accounts.h"
#include "wire/addresses.h"
#include "wire/instructions/telemetry.h"

namespace {

using namespace dz;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr FleetSize kFleet{100, 150};
constexpr int kAccounts = 2 * kFleet.links;      // of samples, each direction of a link
constexpr std::size_t kOfADay = 8'640;           // samples, one every 10 s
constexpr std::size_t kOfAnEpoch = 2 * kOfADay;  // 432,000 slots of 0.4 s
constexpr std::size_t kAWrite = 6;               // samples, one write a minute
constexpr seconds kCadence{10};                  // of rows
constexpr int kPortsOfEach = 3;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// Bytes that this process gave to write calls.
std::uint64_t bytes_written() {
  std::ifstream io("/proc/self/io");
  std::string name;
  for (std::uint64_t bytes = 0; io >> name >> bytes;) {
    if (name == "wchar:") return bytes;
  }
  return 0;
}

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "Error: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

struct Direction {
  Pubkey origin, target, link;
};

// Of the link i/2, there and back. As generated_fleet.cpp lays links.
Direction direction_of(int i) {
  const int link = i / 2, device = link % kFleet.devices, nth = link / kFleet.devices;
  const auto a = fleet_device(device), z = fleet_device((device + nth + 1) % kFleet.devices);
  return i % 2 == 0 ? Direction{a, z, fleet_link(link)} : Direction{z, a, fleet_link(link)};
}

class Today {
 public:
  // history: samples in each account of the present epoch; an epoch before is full.
  explicit Today(std::size_t history) {
    const auto base = std::filesystem::temp_directory_path();
    folder_ = base / fmt::format("ledger-traffic-bench-{}", getpid());
    std::filesystem::create_directories(folder_);
    const auto archive = (folder_ / "ledger.db").string();
    {
      testbed::SmallNetworkOptions options;
      options.genesis_age = hours{72};
      testbed::SmallNetwork network(now_, must(ledger::open_sqlite_archive(archive)), options);
      const auto contributor = client::find_record(network.read().contributors, "contributor", "alpha")->key;
      DZ_CHECK(put_fleet(network.ledger(), kFleet, contributor, rfc_profile()));
      put_samples(network.ledger(), history);
    }
    ledger_ = must(ledger::Ledger::open(must(ledger::open_sqlite_archive(archive)), {}, now_));
    ledger_->advance(now_);
  }
  ~Today() {
    monitor_.reset();
    database_.reset();
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }
  Today(const Today&) = delete;
  Today& operator=(const Today&) = delete;

  void start_monitor() {
    client_ = std::make_unique<client::RpcClient>(
        [this](std::string_view body) -> Result<client::RpcReply> { return call(body); },
        client::Clock{[this] { return now_; }, [](Duration) {}});
    database_ = std::make_unique<storage::SqliteDatabase>(
        must(storage::SqliteDatabase::open((folder_ / "monitor.db").string())));
    monitor::MonitorSettings settings;
    settings.write_mode = control::WriteMode::Observe;
    monitor_ =
        must(monitor::Monitor::open(*client_, *database_,
                                    {.settings = settings,
                                     .ids = wire::local_program_ids(),
                                     .key = std::nullopt,
                                     .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                    now_));
    pass();
    traffic_.clear();
    monitor_cpu_ = ledger_cpu_ = 0;
  }

  // Samples of each account once a minute, rows of each device every ten seconds, a pass every five.
  void run(seconds time) {
    const auto written = bytes_written();
    auto file_before = written;
    for (const auto end = now_ + time; now_ < end; now_ += seconds{1}, ++second_) {
      const auto begin = cpu_seconds();
      ledger_->advance(now_);
      file_before = bytes_written();
      for (int i = second_ % 60; i < kAccounts; i += 60) write_samples(i);
      ledger_bytes_ += bytes_written() - file_before;
      ledger_cpu_ += cpu_seconds() - begin;
      if (!monitor_) continue;
      for (int i = second_ % 10; i < kFleet.devices; i += 10) push_rows(i);
      if (second_ % 5 == 0) pass();
    }
  }

  void report_traffic() const {
    std::uint64_t all = 0;
    for (const auto& [method, traffic] : traffic_) {
      fmt::print("  {}: {} calls, {:.2f} MB\n", method, traffic.calls, static_cast<double>(traffic.bytes) / 1e6);
      all += traffic.bytes;
    }
    fmt::print("  read of the ledger: {:.1f} MB\n", static_cast<double>(all) / 1e6);
    const auto reads = traffic_.contains("getEpochInfo") ? traffic_.at("getEpochInfo").calls : 0;
    fmt::print("  all of every account of samples at each of {} looks would be: {:.0f} MB\n", reads,
               static_cast<double>(reads * bytes_of_samples()) / 1e6);
    fmt::print("  CPU: monitor {:.1f} s, ledger {:.1f} s\n", monitor_cpu_, ledger_cpu_);
  }
  void report_writes() const {
    fmt::print("  ledger: {} sample transactions, {:.1f} MB written, {:.0f} bytes each\n", transactions_,
               static_cast<double>(ledger_bytes_) / 1e6,
               static_cast<double>(ledger_bytes_) / static_cast<double>(transactions_));
  }

 private:
  // Of all accounts, whole, in base64.
  std::uint64_t bytes_of_samples() const {
    std::uint64_t bytes = 0;
    const auto& bank = ledger_->bank();
    for (const auto& key : bank.owned_by(wire::local_program_ids().telemetry))
      bytes += bank.find(key)->data.size() * 4 / 3;
    return bytes;
  }

  struct Traffic {
    std::uint64_t calls = 0, bytes = 0;
  };

  void put_samples(ledger::Ledger& ledger, std::size_t history) {
    ledger::Batch batch;
    batch.slot = ledger.bank().slot();
    batch.accounts[agent_.pubkey()].lamports = 1'000'000'000'000;
    const auto present = batch.slot.value / ledger::kSlotsPerEpoch;
    DZ_CHECK(present > 0);
    const Duration interval = seconds{10};
    const auto began = now_ - interval * static_cast<int>(history);
    for (int i = 0; i < kAccounts; ++i) {
      put_account(batch, i, present, began, history);
      put_account(batch, i, present - 1, began - interval * static_cast<int>(kOfAnEpoch), kOfAnEpoch);
      keys_.push_back(address(direction_of(i), present));
    }
    DZ_CHECK(ledger.archive().commit(batch));
  }
  void put_account(ledger::Batch& batch, int i, std::uint64_t epoch, Timestamp began, std::size_t count) const {
    const auto direction = direction_of(i);
    LatencySamples samples;
    samples.epoch = epoch;
    samples.origin_agent = agent_.pubkey();
    samples.origin_device = direction.origin;
    samples.target_device = direction.target;
    samples.link = direction.link;
    samples.sampling_interval_us = 10'000'000;
    samples.start_timestamp_us = static_cast<std::uint64_t>(began.time_since_epoch().count());
    samples.rtt_us.assign(count, 5000);
    auto& account = batch.accounts[address(direction, epoch)];
    account.owner = wire::local_program_ids().telemetry;
    account.data = wire::encode(samples);
    account.lamports = 1'000'000'000;
  }
  static Pubkey address(const Direction& d, std::uint64_t epoch) {
    return wire::latency_samples_address(wire::local_program_ids().telemetry, d.origin, d.target, d.link, epoch)
        .address;
  }

  // As a ledger does that has nothing else to do: a commit each.
  void write_samples(int i) {
    wire::WriteLatencySamplesArgs args;
    args.start_timestamp_us = static_cast<std::uint64_t>(now_.time_since_epoch().count());
    for (std::size_t k = 0; k < kAWrite; ++k)
      args.rtt_us.push_back(5000 + static_cast<std::uint32_t>((second_ + i) % 100));
    const auto one = wire::write_latency_samples(wire::local_program_ids().telemetry, agent_.pubkey(),
                                                 keys_[static_cast<std::size_t>(i)], args);
    const auto transaction =
        wire::sign_transaction(std::span(&one, 1), agent_, {}, ledger_->bank().latest_blockhash().hash);
    DZ_CHECK(transaction.has_value());
    const auto sent = ledger_->submit(*transaction, true);
    DZ_CHECK(sent.accepted);
    DZ_CHECK(ledger_->commit());
    ++transactions_;
  }

  Result<client::RpcReply> call(std::string_view body) {
    const auto begin = cpu_seconds();
    ledger_->advance(now_);
    auto text = ledger::handle_rpc(body, *ledger_);
    in_ledger_ += cpu_seconds() - begin;
    const auto method = std::string(boost::json::parse({body.data(), body.size()}).at("method").as_string());
    auto& traffic = traffic_[method];
    ++traffic.calls;
    traffic.bytes += text.size();
    return client::RpcReply(std::move(text));
  }

  void pass() {
    in_ledger_ = 0;
    const auto begin = cpu_seconds();
    monitor_->step(now_);
    monitor_cpu_ += cpu_seconds() - begin - in_ledger_;
    ledger_cpu_ += in_ledger_;
  }

  void push_rows(int device) {
    std::string body;
    for (int port = 0; port < kPortsOfEach; ++port) {
      body += fmt::format("intfCounters,dzd_pubkey={},intf=Ethernet{}/1 in-octets={}i,out-octets={}i {}\n",
                          to_text(fleet_device(device)), port + 1, 1'000 * second_, 500 * second_,
                          now_.time_since_epoch().count() * 1000);
    }
    const auto begin = cpu_seconds();
    const auto answer = monitor_->write({telemetry::WriteApi::V2, body, "", ""}, now_);
    monitor_cpu_ += cpu_seconds() - begin;
    DZ_CHECK(answer.status == 204);
  }

  Timestamp now_{hours{494'000}};
  wire::Keypair agent_ = testbed::SmallNetwork::key(9);
  std::filesystem::path folder_;
  std::vector<Pubkey> keys_;  // accounts of the present epoch
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<client::RpcClient> client_;
  std::unique_ptr<storage::SqliteDatabase> database_;
  std::unique_ptr<monitor::Monitor> monitor_;
  std::map<std::string, Traffic> traffic_;
  double monitor_cpu_ = 0, ledger_cpu_ = 0, in_ledger_ = 0;
  std::uint64_t transactions_ = 0, ledger_bytes_ = 0;
  int second_ = 0;
};

// Links that were drained and are wanted back, of which nothing is heard: how often the activator asks for their
// trails.
void report_held(const FleetSize& size) {
  Timestamp now{hours{494'000}};
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("ledger-traffic-bench-held-{}", getpid());
  std::filesystem::create_directories(folder);
  const auto archive = (folder / "ledger.db").string();
  {
    testbed::SmallNetworkOptions options;
    options.profile = &v034_profile();
    testbed::SmallNetwork network(now, must(ledger::open_sqlite_archive(archive)), options);
    const auto contributor = client::find_record(network.read().contributors, "contributor", "alpha")->key;
    network.grant(network.activator.pubkey(), permission::kNetworkAdmin);
    DZ_CHECK(put_fleet(network.ledger(), size, contributor, v034_profile()));
  }
  auto file = must(ledger::open_sqlite_archive(archive));
  const auto state = must(file->load());
  ledger::Batch held;
  held.slot = state->slot;
  for (int i = 0; i < size.links; ++i) {
    auto account = state->accounts.at(fleet_link(i));
    auto link = must(wire::decode_link(account.data, v034_profile()));
    link.status = Status::HardDrained;
    account.data = wire::encode(link, v034_profile());
    held.accounts[fleet_link(i)] = std::move(account);
  }
  DZ_CHECK(file->commit(held));
  ledger::LedgerOptions options;
  options.profile = &v034_profile();
  const auto ledger = must(ledger::Ledger::open(std::move(file), options, now));
  testbed::LocalClient client(*ledger, [&now] { return now; });
  activator::Activator activator(client, testbed::SmallNetwork::key(5), {.ids = wire::local_program_ids()},
                                 [](service::LogLevel, std::string_view, const service::LogFields&) {});
  const auto run = [&](seconds time) {
    for (const auto end = now + time; now < end; now += seconds{10}) activator.step(now);
  };
  fmt::print("{} links that are held, of which nothing is heard:\n", size.links);
  run(size.links / 10 * seconds{1} + minutes{5});  // each is read once
  const auto requests = activator.proofs().requests();
  const auto begin = cpu_seconds();
  run(hours{1});
  fmt::print("  once each was read, {} requests for their trails in an hour, {} to be read, {:.1f} s of CPU\n",
             activator.proofs().requests() - requests, activator.proofs().unread(), cpu_seconds() - begin);
  std::filesystem::remove_all(folder);
}

}  // namespace

// ledger_traffic_bench [MINUTES]
int main(int count, char** words) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const bool given = count > 1 && std::isdigit(static_cast<unsigned char>(words[1][0]));
  const int time = given ? std::atoi(words[1]) : 60;
  for (const std::size_t history : {std::size_t{0}, kOfADay}) {
    Today today(history);
    today.run(minutes{4} + seconds{20});
    fmt::print("260 s, accounts of {} samples:\n", history);
    today.report_writes();
  }
  Today today(kOfADay);
  today.start_monitor();
  today.run(minutes{time});
  fmt::print("{} devices, {} links, {} min:\n", kFleet.devices, kFleet.links, time);
  today.report_traffic();
  today.report_writes();
  report_held({4'000, 20'000});
  return 0;
}
