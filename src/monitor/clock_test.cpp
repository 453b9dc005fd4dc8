// A monitor whose clock is wrong for a while: over a ledger in memory, on virtual time. The machine's clock is the
// network's plus `wrong`; the network's own is right, and so is the monotonic clock.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "monitor/monitor.h"
#include "monitor/monitor_api.h"
#include "testbed/faulty_client.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{hours{494'000}};

class WrongClock : public testing::Test {
 protected:
  WrongClock() {
    ams = network.add_device("ams", network.alpha);
    fra = network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    settings.policy.window = minutes{60};
    settings.policy.recovery_window = minutes{60};
  }

  Timestamp clock() const { return network.now() + wrong; }
  void start() {
    monitor.reset();
    auto opened = Monitor::open(client, database,
                                {.settings = settings,
                                 .ids = wire::local_program_ids(),
                                 .key = network.monitor,
                                 .log = [](service::LogLevel, std::string_view, const service::LogFields&) {},
                                 .steady = [this] { return network.now() - kStart; }},
                                clock());
    ASSERT_TRUE(opened) << opened.error().message;
    monitor = std::move(*opened);
  }
  std::string rows() const {
    std::string body;
    const auto octets = 1'000'000'000 + (network.now() - kStart) / seconds{1} * 1000;
    for (const auto& device : {ams, fra}) {
      for (const auto* port : {"Switch1/1/1", "Switch1/31/1"}) {
        body += fmt::format("intfCounters,dzd_pubkey={},intf={} in-octets={}i,out-octets={}i {}\n", to_text(device),
                            port, octets, octets, network.now().time_since_epoch().count() * 1000);
      }
    }
    return body;
  }
  // Devices whose rows are put off send them again.
  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(seconds{5})) {
      if ((network.now() - kStart) / seconds{5} % 6 == 0) buffered += rows();
      last_status = buffered.empty() ? last_status : write(buffered).status;
      if (last_status != 503) buffered.clear();
      monitor->step(clock());
    }
  }
  telemetry::WriteAnswer write(const std::string& body) {
    return monitor->write({telemetry::WriteApi::V1, body, "", ""}, clock());
  }
  std::string healthz() {
    net::HttpRequest request;
    request.method = "GET";
    request.path = "/healthz";
    const auto answer = answer_monitor_request(*monitor, request, clock());
    return std::to_string(answer.status) + " " + answer.body;
  }
  Minute watermark() const {
    return monitor->evidence().in_memory().state(evidence::Source::Counters).watermark.value_or(Minute{});
  }
  int bad_minutes() const {
    const auto& store = monitor->evidence().in_memory();
    const auto port = store.find_interface(ams, "Switch1/1/1");
    int bad = 0;
    for (auto m = minute_of(kStart) + minutes{1}; m < watermark(); m += minutes{1}) {
      if (store.minute(port, evidence::Signal::Utilization, m) == evidence::MinuteState::Bad) ++bad;
    }
    return bad;
  }

  testbed::SmallNetwork network{kStart};
  bool ledger_is_away = false;
  testbed::FaultyClient client{network.client(), [this](std::string_view) {
                                 return ledger_is_away ? testbed::LineFault::RequestLost : testbed::LineFault::None;
                               }};
  Pubkey ams, fra, link;
  MonitorSettings settings;
  storage::SqliteDatabase database = std::move(*storage::SqliteDatabase::open(":memory:"));
  std::unique_ptr<Monitor> monitor;
  Duration wrong{};
  std::string buffered;
  int last_status = 204;
};

TEST_F(WrongClock, D16_ForOnePassClosesNothing) {
  for (const Duration jump : {Duration{hours{24}}, Duration{hours{14 * 365 * 24}}, Duration{hours{-24}}}) {
    start();
    run(minutes{30});
    const auto before = watermark();
    wrong = jump;
    EXPECT_EQ(write(rows()).status, 503);
    monitor->step(clock());
    EXPECT_EQ(watermark(), before);
    EXPECT_EQ(healthz().find("503 "), 0U);
    EXPECT_NE(healthz().find("clock"), std::string::npos) << healthz();
    ASSERT_EQ(monitor->announcer().alarms().size(), 1U);
    EXPECT_EQ(monitor->announcer().alarms()[0].kind, control::AlarmKind::ClockNotBelieved);
    const auto report = *monitor->assessment(monitor->verdicts().front().key);
    EXPECT_EQ(report.cause->kind, "clock-not-believed");
    EXPECT_EQ(report.sentence.find(monitor->clock_problem()), 0U) << report.sentence;
    EXPECT_EQ(
        monitor->explain(monitor->verdicts().front().key)->find("To do: set the clock of the monitor's machine") !=
            std::string::npos,
        true);
    const auto& incident = monitor->incidents().all().front();
    EXPECT_EQ(incident.id(), "monitor clock " + incident.id().substr(14));
    EXPECT_EQ(incident.records.size(), monitor->verdicts().size());
    const auto since = incident.since;
    run(seconds{30});
    EXPECT_EQ(monitor->incidents().all().front().since, since) << "it is one incident";
    wrong = {};
    run(minutes{10});
    for (const auto& left : monitor->incidents().all())
      EXPECT_NE(left.cause.kind, control::CauseKind::ClockNotBelieved);
    EXPECT_EQ(healthz().find("200 "), 0U) << healthz();
    EXPECT_EQ(watermark(), minute_of(network.now() - seconds{35}));
    EXPECT_EQ(bad_minutes(), 0);
  }
}

TEST_F(WrongClock, D16_AtAStartThatReachesNoLedgerIsTakenBack) {
  start();
  run(minutes{70});
  EXPECT_EQ(network.link("ams-fra").health, Health::Healthy);
  const auto before = watermark();
  wrong = hours{14 * 365 * 24};
  ledger_is_away = true;
  start();
  run(minutes{1});
  EXPECT_EQ(watermark(), before) << "so long after the last pass somebody has to say that it is right";
  wrong = {};
  ledger_is_away = false;
  start();
  run(minutes{5});
  EXPECT_EQ(watermark(), minute_of(network.now() - seconds{35}));
  EXPECT_EQ(bad_minutes(), 0);
  EXPECT_EQ(network.link("ams-fra").health, Health::Healthy);
}

TEST_F(WrongClock, D16_WhatAnEarlierVersionClosedIsTakenBack) {
  start();
  run(minutes{70});
  monitor.reset();
  {
    auto evidence = telemetry::DurableEvidence::open(database, settings.evidence, network.now());
    ASSERT_TRUE(evidence->pass(network.now() + hours{14 * 365 * 24}));
  }
  start();
  run(minutes{10});
  EXPECT_EQ(watermark(), minute_of(network.now() - seconds{35})) << healthz();
  EXPECT_EQ(bad_minutes(), 0);
}

TEST_F(WrongClock, D16_ThatTheLedgerContradictsFromTheStart) {
  wrong = hours{-24};
  start();
  run(minutes{5});
  EXPECT_EQ(healthz().find("503 "), 0U);
  EXPECT_NE(healthz().find("newest block was made"), std::string::npos) << healthz();
  EXPECT_EQ(last_status, 503);
  wrong = {};
  run(minutes{5});
  EXPECT_EQ(last_status, 204);
  EXPECT_EQ(healthz().find("200 "), 0U) << healthz();
}

}  // namespace
}  // namespace dz::monitor
