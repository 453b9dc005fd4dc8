// Three monitors that share a fleet on one ledger in memory, beside one monitor with a ledger of its own, on virtual
// time: the same rows are pushed to all of them.
#include <array>
#include <set>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "monitor/monitor.h"
#include "testbed/held_write.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{std::chrono::hours{494'000}};
constexpr int kDevices = 5;

std::string code_of(int n) { return "d" + std::to_string(n % kDevices); }

// A ledger with a ring of devices, and the monitors of it.
struct Site {
  Site() {
    for (int n = 0; n < kDevices; ++n) devices.push_back(network.add_device(code_of(n), network.alpha));
    for (int n = 0; n < kDevices; ++n) {
      links.push_back(network.add_link("l" + std::to_string(n), LinkType::Wan, code_of(n), "Switch1/1/1",
                                       code_of(n + 1), "Switch1/2/1"));
    }
  }

  struct Running {
    std::unique_ptr<storage::SqliteDatabase> file;
    std::unique_ptr<Monitor> monitor;
  };
  // As it stopped, or with a file of its own.
  Running start(control::Shard shard, std::unique_ptr<storage::SqliteDatabase> file = nullptr) {
    if (!file) file = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
    MonitorSettings settings;
    settings.policy.window = settings.policy.recovery_window = minutes{60};
    for (const auto id : {verdict::CriterionId::DeviceQa, verdict::CriterionId::DeviceTelemetryAgent,
                          verdict::CriterionId::DeviceConfigAgent, verdict::CriterionId::DeviceDiaUp})
      settings.policy.of(id).mode = verdict::Mode::Shadow;
    if (!shard.is_whole()) {
      settings.evidence.part = shard.part;
      settings.evidence.parts = shard.parts;
    }
    auto opened = Monitor::open(network.client(), *file,
                                {.settings = settings,
                                 .ids = wire::local_program_ids(),
                                 .key = network.monitor,
                                 .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                network.now());
    EXPECT_TRUE(opened) << opened.error().message;
    return {std::move(file), std::move(*opened)};
  }

  std::map<std::string, Health> health() {
    std::map<std::string, Health> all;
    const auto records = network.read();
    for (const auto& [_, link] : records.links) all[link.code] = link.health;
    for (const auto& [_, device] : records.devices) all[device.code] = device.health;
    return all;
  }
  std::string rows(const std::set<std::pair<int, int>>& silent) {
    std::string body;
    const auto now = network.now();
    const auto octets = 1'000'000'000 + (now - kStart) / seconds{1} * 1000;
    for (int d = 0; d < kDevices; ++d) {
      for (const int port : {1, 2, 31}) {
        if (silent.contains({d, port}) || silent.contains({d, 0})) continue;
        body += fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/{}/1 in-octets={}i,out-octets={}i {}\n",
                            to_text(devices[static_cast<std::size_t>(d)]), port, octets, octets,
                            now.time_since_epoch().count() * 1000);
      }
    }
    return body;
  }
  // 20 s go by.
  void step(const std::set<std::pair<int, int>>& silent) {
    const auto body = rows(silent);
    for (auto& [_, monitor] : running) {
      const auto answer = testbed::held_write(*monitor, {telemetry::WriteApi::V1, body, "", ""}, network.now());
      EXPECT_EQ(answer.status == 204 || body.empty() || monitor->counters().passes < 2, true) << answer.error;
      monitor->step(network.now());
    }
    network.advance(seconds{20});
  }

  testbed::SmallNetwork network{kStart};
  std::vector<Pubkey> devices, links;
  std::vector<Running> running;
};

std::multiset<std::string> decided(const std::vector<Site::Running>& running) {
  std::multiset<std::string> all;
  for (const auto& [_, monitor] : running) {
    const auto decisions = monitor->decisions({});
    EXPECT_TRUE(decisions);
    for (const auto& d : *decisions)
      all.insert(fmt::format("{} {} {} {}", to_text(d.at), d.code, to_text(d.from), to_text(d.to)));
  }
  return all;
}

TEST(MonitorShards, ThreeWriteWhatOneWritesAndTwoGoOnWhenOneDies) {
  Site one, many;
  ASSERT_EQ(one.devices, many.devices);
  one.running.push_back(one.start({}));
  for (std::uint32_t part = 1; part <= 3; ++part) many.running.push_back(many.start({part, 3}));
  std::set<std::pair<int, int>> silent;
  const auto run = [&](Duration time) {
    for (const auto end = one.network.now() + time; one.network.now() < end;) {
      one.step(silent);
      many.step(silent);
      ASSERT_EQ(one.health(), many.health()) << to_text(one.network.now());
    }
  };
  run(minutes{20});
  silent = {{0, 1}};
  run(minutes{3});
  silent = {{0, 0}, {1, 0}, {2, 0}};  // most of the fleet: a mass silence
  run(minutes{6});
  silent = {};
  run(minutes{70});
  EXPECT_EQ(decided(one.running), decided(many.running));
  EXPECT_EQ(many.health().at("l2"), Health::Healthy);
  std::size_t owned = 0;
  for (const auto& [_, monitor] : many.running) {
    owned += monitor->verdicts().size();
    EXPECT_LT(monitor->evidence().in_memory().subject_counts().interfaces,
              one.running[0].monitor->evidence().in_memory().subject_counts().interfaces);
    for (const auto& verdict : monitor->verdicts()) EXPECT_TRUE(monitor->assessment(verdict.key));
  }
  EXPECT_EQ(owned, std::size_t{2 * kDevices});
  const auto foreign = many.running[1].monitor->verdicts()[0].key;
  const auto asked = many.running[0].monitor->assessment(foreign);
  ASSERT_FALSE(asked);
  EXPECT_NE(asked.error().message.find("is judged by shard 2/3"), std::string::npos) << asked.error().message;

  // The second dies. The first and the third go on with their files, as halves.
  many.running.erase(many.running.begin() + 1);
  for (std::uint32_t part = 1; part <= 2; ++part) {
    auto& running = many.running[part - 1];
    running.monitor.reset();
    running = many.start({part, 2}, std::move(running.file));
  }
  const auto before = many.health();
  for (int n = 0; n < 12; ++n) many.step({});
  EXPECT_EQ(many.health(), before);  // what was not heard until now is not silent
  for (int n = 0; n < 3 * 64; ++n) many.step({});
  for (const auto& [_, monitor] : many.running) {
    for (const auto& verdict : monitor->verdicts()) {
      EXPECT_EQ(verdict.verdict, Health::Healthy) << *monitor->explain(verdict.key);
    }
  }
  EXPECT_EQ(many.running[0].monitor->verdicts().size() + many.running[1].monitor->verdicts().size(), std::size_t{10});
}

}  // namespace
}  // namespace dz::monitor
