// How long a backtest takes: 1,000 links between 100 devices over 7 days, two passes a minute, ten minutes of history
// that change in each of them, as a monitor would have recorded it. Prints the size of the store and the time taken.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "backtest/backtest.h"
#include "base/check.h"
#include "evidence/snapshot.h"
#include "history/history_archive.h"
#include "monitor/monitor_archive.h"
#include "wire/accounts.h"

namespace {

using namespace dz;
using std::chrono::minutes;

const Timestamp kStart{std::chrono::hours{494'000}};
constexpr std::size_t kDevices = 100;

Pubkey numbered(std::size_t kind, std::size_t n) {
  Pubkey key;
  key.bytes[0] = static_cast<std::uint8_t>(kind);
  key.bytes[1] = static_cast<std::uint8_t>(n);
  key.bytes[2] = static_cast<std::uint8_t>(n >> 8);
  return key;
}

struct Network {
  explicit Network(std::size_t links) {
    for (std::size_t i = 0; i < kDevices; ++i) {
      Device device;
      device.code = "device" + std::to_string(i);
      device.health = Health::Healthy;
      records.push_back(
          {numbered(1, i), RecordKind::Device, rfc_profile().version, wire::encode(device, rfc_profile()), {}});
      for (const auto kind : {evidence::SubjectKind::Reporting, evidence::SubjectKind::ConfigAgent,
                              evidence::SubjectKind::TelemetryAgent}) {
        subjects.push_back({device_subject(kind, numbered(1, i)), 1});
      }
    }
    for (std::size_t i = 0; i < links; ++i) add_link(i);
    for (const auto* source : {"counters", "config-agent", "qa", "latency-samples"}) {
      subjects.push_back({evidence::source_subject(source), 1});
    }
  }
  void add_link(std::size_t i) {
    Link link;
    link.code = "link" + std::to_string(i);
    link.side_a = numbered(1, i % kDevices);
    link.side_z = numbered(1, (i + 1 + i / kDevices) % kDevices);
    link.side_a_iface = "Switch1/" + std::to_string(i / kDevices) + "/1";
    link.side_z_iface = "Switch2/" + std::to_string(i / kDevices) + "/1";
    link.health = Health::Healthy;
    records.push_back({numbered(2, i), RecordKind::Link, rfc_profile().version, wire::encode(link, rfc_profile()), {}});
    const auto good = *parse_marks(evidence::SubjectKind::Interface, "dio");
    first_port = std::min(first_port, subjects.size());
    subjects.push_back({evidence::interface_subject(link.side_a, link.side_a_iface), good});
    subjects.push_back({evidence::interface_subject(link.side_z, link.side_z_iface), good});
    subjects.push_back({evidence::probes_subject(numbered(2, i), link.side_a), 1});
    subjects.push_back({evidence::probes_subject(numbered(2, i), link.side_z), 1});
    last_port = subjects.size() - 4;
  }

  std::vector<history::HistoryRecord> records;
  std::vector<std::pair<evidence::Subject, evidence::Marks>> subjects;
  std::size_t first_port = SIZE_MAX, last_port = 0;
};

// Every minute the counters close, half a minute later the samples; a few ports have a minute with an error.
void write_history(storage::SqliteDatabase& database, const Network& network, int days) {
  history::HistoryWriter writer(database);
  const auto errors = *parse_marks(evidence::SubjectKind::Interface, "dioI");
  std::size_t unlucky = 0;
  for (int m = 0; m < days * 1440; ++m) {
    history::HistoryPass pass;
    pass.at = kStart + minutes{m} + std::chrono::seconds{30};
    pass.previous = pass.at - std::chrono::seconds{5};
    pass.could_write = true;
    pass.whole = m % 1440 == 0;
    const auto closed = minute_of(pass.at);
    pass.watermarks = {{"counters", closed}, {"config-agent", closed}, {"qa", closed}};
    if (pass.whole) {
      pass.records = network.records;
      for (const auto& [subject, marks] : network.subjects) {
        pass.runs.push_back({subject, std::max(minute_of(kStart), closed - evidence::kRingLength), {}, marks});
      }
    }
    if (m == 0) pass.previous.reset();
    if (m == 0)
      pass.start = history::HistoryStart{dz::verdict::render_policy({}), control::WriteMode::Write,
                                         snapshot_of(evidence::Evidence{})};
    for (int i = 0; i < 10 && !pass.whole; ++i) {
      unlucky = (unlucky * 31 + 4) % (network.last_port - network.first_port);
      const auto& [subject, marks] = network.subjects[network.first_port + unlucky / 4 * 4];
      pass.runs.push_back({subject, closed - minutes{1}, closed, errors});
    }
    DZ_CHECK(writer.add(pass).has_value());
    history::HistoryPass samples;
    samples.at = pass.at + std::chrono::seconds{30};
    samples.previous = samples.at - std::chrono::seconds{5};
    samples.could_write = true;
    samples.watermarks = {{"latency-samples", closed - minutes{1}}};
    DZ_CHECK(writer.add(samples).has_value());
  }
}

}  // namespace

int main() {
  constexpr std::size_t kLinks = 1000;
  constexpr int kDays = 7;
  const std::string path = "/tmp/backtest_bench." + std::to_string(getpid()) + ".db";
  {
    auto database = *storage::SqliteDatabase::open(path);
    DZ_CHECK(monitor::MonitorArchive::open(database).has_value());
    DZ_CHECK(database.execute("PRAGMA synchronous=OFF").has_value());
    write_history(database, Network(kLinks), kDays);
  }
  auto database = *storage::SqliteDatabase::open_to_read(path);
  verdict::Policy policy;
  policy.bad_allowed = 2;
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = dz::backtest::run_backtest(database, {kStart, kStart + std::chrono::hours{24 * kDays}, policy},
                                                  [](Timestamp) { return Result<void>(); });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  DZ_CHECK(outcome.has_value());
  auto pages = *database.prepare("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  DZ_CHECK(*pages.step());
  std::printf("%zu links, %d days: %zu passes, %zu decisions, %.1f s, store %.1f MB\n", kLinks, kDays, outcome->passes,
              outcome->decided.size(), took.count(), static_cast<double>(pages.integer(0)) / 1e6);
  for (const auto* ending : {"", "-wal", "-shm"}) unlink((path + ending).c_str());
  return 0;
}
