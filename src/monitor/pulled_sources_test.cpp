// The monitor over stores that answer from what the test says they hold, on virtual time.
#include "monitor/pulled_sources.h"

#include <gtest/gtest.h>

#include "activator/activator.h"
#include "monitor/monitor.h"
#include "monitor/monitor_api.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using namespace std::chrono_literals;

const Timestamp kStart{std::chrono::hours{494'000}};

class PulledSourcesTest : public testing::Test {
 protected:
  PulledSourcesTest() {
    ams = network.add_device("ams", network.alpha);
    fra = network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    settings.policy.window = settings.policy.recovery_window = 120min;
    add_source("main", {evidence::Source::Counters}, {});
  }

  void add_source(const std::string& name, std::vector<evidence::Source> serves, std::vector<evidence::Source> checks) {
    SourceSettings source;
    source.store = {.name = name, .kind = telemetry::StoreKind::InfluxDb, .url = "http://127.0.0.1:1", .database = "d"};
    source.serves = std::move(serves);
    source.checks = std::move(checks);
    settings.sources.push_back(std::move(source));
    pull_from(settings.sources, settings.policy, settings.evidence);
  }

  void start() {
    monitor.reset();
    auto opened = Monitor::open(network.client(), *database,
                                {.settings = settings,
                                 .ids = wire::local_program_ids(),
                                 .key = network.monitor,
                                 .log = [this](service::LogLevel, std::string_view event,
                                               const service::LogFields&) { log.emplace_back(event); }},
                                network.now());
    ASSERT_TRUE(opened) << opened.error().message;
    monitor = std::move(*opened);
    monitor->connect_sources({[this](const SourceSettings& source, const telemetry::StoreAsk& ask, auto done) {
                                ++asked[source.store.name];
                                done(reply(source.store.name, ask.question));
                              },
                              [] { return 0.5; }, [] {}});
  }

  Result<telemetry::StoreReply> reply(const std::string& store, const telemetry::StoreQuestion& q) {
    if (down.contains(store)) return fail(ErrorKind::Retry, "no answer from http://127.0.0.1:1: connection refused");
    telemetry::StoreRows rows;
    std::vector<telemetry::StoreRows::Port> ports;
    for (const auto& device : devices) {
      for (const auto* port : {"Switch1/1/1", "switch1/31/1"}) ports.push_back({device, port, host[device]});
    }
    rows.ports = ports;
    const auto until = std::min(Minute{q.to}, holds_to[store].value_or(q.to));
    for (std::uint32_t p = 0; p < ports.size() && q.subject == telemetry::StoreSubject::Counters; ++p) {
      for (auto m = q.from; m < until; m += 1min) {
        if (silent[store].contains(ports[p].device)) continue;
        const auto octets = static_cast<std::uint64_t>(m.time_since_epoch().count()) * 1000;
        const telemetry::CounterSpan span{octets, octets + 900, octets + 900};
        rows.counters.push_back({p, m, span, span, {}, {}, {}});
      }
    }
    for (auto m = q.from; m < until && q.subject == telemetry::StoreSubject::Added; m += q.criterion->every) {
      const bool fault = m == fault_at;
      rows.added_values.push_back({"AMS", "", "", m, fault ? 7.0 : 0.1});
      rows.added_values.push_back({to_text(fra), "", "", m, 0.2});
      rows.added_values.push_back({"nobody", "", "", m, 9});
    }
    if (q.subject == telemetry::StoreSubject::FutureRows && ahead) rows.future_rows = {{ams, network.now() + *ahead}};
    rows.rows = rows.counters.size();
    return telemetry::StoreReply{{}, {}, std::move(rows)};
  }

  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end;) {
      const auto next = monitor->step(network.now());
      if (activator) activator->step(network.now());
      network.advance(std::min({next - network.now(), Duration{5s}, end - network.now()}));
    }
  }
  void activate() {
    activator = std::make_unique<activator::Activator>(
        network.client(), network.activator, activator::ActivatorOptions{.ids = wire::local_program_ids()},
        [](service::LogLevel, std::string_view, const service::LogFields&) {});
    run(10min);
    ASSERT_EQ(network.link("ams-fra").status, Status::Activated);
  }
  Health health() { return network.link("ams-fra").health; }
  std::string why() { return monitor->assessment(link)->sentence; }
  int said(std::string_view event) const { return static_cast<int>(std::count(log.begin(), log.end(), event)); }
  std::string alarm(control::AlarmKind kind) {
    for (const auto& a : monitor->announcer().alarms()) {
      if (a.kind == kind) return render_alarm(a, std::string(to_text(a.source)), network.now());
    }
    return "";
  }
  std::string page(const std::string& path) {
    return answer_monitor_request(*monitor, {.method = "GET", .path = path}, network.now()).body;
  }

  testbed::SmallNetwork network{kStart};
  Pubkey ams, fra, link;
  MonitorSettings settings;
  std::unique_ptr<storage::SqliteDatabase> database =
      std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
  std::unique_ptr<Monitor> monitor;
  std::unique_ptr<activator::Activator> activator;
  std::vector<Pubkey> devices;
  std::map<Pubkey, std::string> host;
  std::set<std::string> down;
  std::map<std::string, std::optional<Minute>> holds_to;
  std::map<std::string, std::set<Pubkey>> silent;
  std::map<std::string, int> asked;
  std::optional<Duration> ahead;
  Minute fault_at{};  // of the added criterion, for ams
  std::vector<std::string> log;

  void SetUp() override { devices = {ams, fra}; }
};

// Of the answers a part keeps what its records need; the rest is neither late nor in dispute. Another part begins anew:
// the store has its window too.
TEST_F(PulledSourcesTest, APartOfTheFleetKeepsWhatItNeedsAndAnotherPartIsBackFilled) {
  add_source("check", {}, {evidence::Source::Counters});
  const auto begin = [&](std::uint32_t part) {
    settings.evidence.part = part;
    settings.evidence.parts = 7;
    start();
    run(20min);
    const auto& evidence = monitor->evidence().in_memory();
    const auto needed = control::interfaces_needed(monitor->ownership(), monitor->ledger().snapshot()->links,
                                                   monitor->ledger().snapshot()->devices);
    EXPECT_EQ(evidence.named_interfaces(), needed);
    EXPECT_LT(evidence.subject_counts().interfaces, 4U);
    for (const auto& device : devices) {
      const auto minute = *evidence.state(evidence::Source::Counters).watermark - 100min;
      EXPECT_EQ(evidence.minute(evidence.find_device(device), evidence::Signal::Reporting, minute),
                evidence::MinuteState::Good);
    }
    for (const auto& [device, late] : monitor->pulled().notes().late) EXPECT_TRUE(late.empty()) << to_text(device);
    EXPECT_EQ(said("sources_disagree"), 0);
  };
  const auto of_link = control::owner_of(link, 7), of_ams = control::owner_of(ams, 7);
  ASSERT_NE(of_link, of_ams);
  begin(of_link);
  EXPECT_EQ(health(), Health::Healthy) << why();
  const auto before = asked["main"];
  begin(of_ams);
  EXPECT_GT(asked["main"], before + 20);
  const auto report = monitor->assessment(ams);
  ASSERT_TRUE(report);
  EXPECT_NE(monitor->explain(ams)->find("met            device.dia_up"), std::string::npos) << *monitor->explain(ams);
  EXPECT_FALSE(monitor->assessment(link));
}

TEST_F(PulledSourcesTest, ADayIsReadAtOnceAndTheLinkIsHealthyWhenTheStayRuleAllows) {
  start();
  run(6min);
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_GE(said("back_fill"), 5);
  EXPECT_EQ(asked["main"], 1 + 24 + 1 + 5);  // baselines, chunks, rows ahead of the clock, minutes
}

TEST_F(PulledSourcesTest, ARestartReadsTheGapOnly) {
  start();
  run(6min);
  asked.clear();
  start();
  run(10s);
  EXPECT_LE(asked["main"], 2);
  EXPECT_EQ(health(), Health::Healthy) << why();
}

TEST_F(PulledSourcesTest, AStoreThatIsDownRaisesNothingAndLowersNothingInService) {
  down = {"main"};
  start();
  run(30min);
  EXPECT_EQ(health(), Health::Pending);
  down.clear();
  run(10min);
  EXPECT_EQ(health(), Health::Healthy) << why();
  activate();
  down = {"main"};
  run(3h);
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_NE(alarm(control::AlarmKind::StaleSource).find("store main: no answer"), std::string::npos);
  EXPECT_EQ(said("source_failed"), 2);
  down.clear();
  run(10min);
  EXPECT_EQ(alarm(control::AlarmKind::StaleSource), "");
  EXPECT_EQ(health(), Health::Healthy) << why();
}

TEST_F(PulledSourcesTest, AStoreWithOldRowsOnlyIsStaleAndNamed) {
  start();
  run(6min);
  activate();
  holds_to["main"] = minute_of(network.now()) - 2min;
  run(2h);
  EXPECT_EQ(health(), Health::Healthy) << why();
  EXPECT_NE(alarm(control::AlarmKind::StaleSource).find("store main answers, but has no newer rows"),
            std::string::npos);
}

TEST_F(PulledSourcesTest, ASilentDeviceIsBadWhenTheStoreAnswers) {
  const auto third = network.add_device("lon", network.alpha);
  devices.push_back(third);
  devices.push_back(network.add_device("par", network.alpha));
  start();
  run(6min);
  activate();
  silent["main"] = {ams};
  run(10min);
  EXPECT_EQ(health(), Health::Impaired) << why();
}

TEST_F(PulledSourcesTest, StoresThatDisagreeAreNamedAndHoldTheirSource) {
  for (const auto* code : {"lon", "par"}) devices.push_back(network.add_device(code, network.alpha));
  add_source("second", {}, {evidence::Source::Counters});
  start();
  run(6min);
  activate();
  EXPECT_EQ(alarm(control::AlarmKind::SourcesDisagree), "");
  silent["main"] = {ams};  // one device: its own affair
  run(2min);
  EXPECT_EQ(alarm(control::AlarmKind::SourcesDisagree), "");
  silent["main"].clear();
  run(15min);
  const auto before = health();
  silent["second"] = {ams, fra};
  run(12min);
  EXPECT_EQ(health(), before) << why();
  const auto text = alarm(control::AlarmKind::SourcesDisagree);
  EXPECT_NE(text.find("2 of 4 devices differ between main and second"), std::string::npos) << text;
  EXPECT_NE(page("/healthz").find("sources-disagree"), std::string::npos);
  EXPECT_EQ(said("sources_disagree"), 1);
  // Held: silence in the store that serves lowers nothing now.
  silent["main"] = {ams};
  silent["second"] = {fra, devices[2]};
  run(12min);
  EXPECT_EQ(health(), before) << why();
  silent.clear();
  run(15min);
  EXPECT_EQ(alarm(control::AlarmKind::SourcesDisagree), "");
}

TEST_F(PulledSourcesTest, WhatExplainsMissingRowsIsSaidOfTheDevice) {
  Pubkey old = ams;
  old.bytes[0] ^= 0xff;
  devices = {old, fra};
  host[old] = "AMS";
  ahead = 20min;
  start();
  run(30s);
  const auto text = page("/healthz");
  EXPECT_NE(text.find("whose switch is called ams"), std::string::npos) << text;
  EXPECT_NE(text.find("its clock is 20 min ahead"), std::string::npos) << text;
  EXPECT_NE(text.find("Switch1/31/1 is called switch1/31/1"), std::string::npos) << text;
  EXPECT_FALSE(monitor->evidence().in_memory().find_device(old).index != evidence::kNoSubject);
  devices = {ams, fra};
  ahead.reset();
  run(20min);
  EXPECT_TRUE(monitor->notes(link).empty()) << monitor->notes(link)[0];
}

TEST_F(PulledSourcesTest, AddedCriteriaAreAskedOfTheirSourceAndNameRecordsByCodeOrPubkey) {
  verdict::AddedCriterion criterion;
  criterion.id = "device.ntp";
  criterion.source = "main";
  criterion.query = "SELECT last(offset) FROM ntp WHERE time >= $from AND time < $to GROUP BY time(5m), device_pubkey";
  criterion.at_most = 1;
  criterion.every = 5min;
  settings.policy.added = {criterion};
  pull_from(settings.sources, settings.policy, settings.evidence);
  fault_at = minute_of(kStart) - 60min;
  start();
  run(12min);
  const auto& store = monitor->evidence().in_memory();
  EXPECT_EQ(store.state(evidence::added_source(0)).watermark, minute_of(kStart) + 10min);
  const auto state = [&](const Pubkey& device, Minute m) {
    return store.minute(store.find_added(0, device, "", true), m);
  };
  for (auto m = fault_at - 5min; m < fault_at + 10min; m += 1min) {
    const bool bad = m >= fault_at && m < fault_at + 5min;
    EXPECT_EQ(state(ams, m), bad ? evidence::MinuteState::Bad : evidence::MinuteState::Good);
    EXPECT_EQ(state(fra, m), evidence::MinuteState::Good);
  }
}

TEST_F(PulledSourcesTest, ReportsHowTheStoreDoes) {
  start();
  run(6min);
  down = {"main"};
  run(3min);
  const auto metrics = page("/metrics");
  for (const auto* expected :
       {R"(doublezero_monitor_store_failures_total{failure="unreachable",store="main",subject="counters"})",
        R"(doublezero_monitor_store_age_seconds{store="main",subject="counters"})",
        R"(doublezero_monitor_store_pause_seconds{store="main",subject="counters"})"}) {
    EXPECT_NE(metrics.find(expected), std::string::npos) << expected << "\n" << metrics;
  }
  const auto health_page = page("/healthz");
  EXPECT_NE(health_page.find(R"("last_error":"no answer from http://127.0.0.1:1: connection refused")"),
            std::string::npos)
      << health_page;
}

}  // namespace
}  // namespace dz::monitor
