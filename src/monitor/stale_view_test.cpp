// No health is written from a stale view: nodes that are behind, after a restart and without one.
#include <gtest/gtest.h>

#include "monitor/monitor.h"
#include "monitor/monitor_api.h"
#include "monitor/parts_fixture.h"
#include "testbed/lagging_client.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testbed::Lag;

// The program of the live network does not ask in which state a record was judged. The link is drained, the node stops
// following, and the link is back in service, healthy; what leaves service is written impaired.
class StaleMonitor : public testing::Test {
 protected:
  StaleMonitor() {
    network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    settings.policy = verdict::default_policy(v034_profile());
  }
  void start(client::LedgerClient& client) {
    monitor.reset();
    monitor = must(Monitor::open(client, database,
                                 {.settings = settings,
                                  .ids = wire::local_program_ids(),
                                  .key = network.monitor,
                                  .log = [this](service::LogLevel, std::string_view event,
                                                const service::LogFields&) { log.emplace_back(event); }},
                                 network.now()));
  }
  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(seconds{1}))
      monitor->step(network.now());
  }
  void status(Status to) {
    const auto record = network.link("ams-fra");
    ASSERT_TRUE(network.as(network.foundation).update_link({link, &record}, {.status = to}));
    network.advance(seconds{1});
  }
  void health(Health to) {
    ASSERT_TRUE(network.as(network.monitor).set_link_health(link, to));
    network.advance(seconds{1});
  }
  void back_in_service_behind(Lag lag, Duration since = seconds{0}) {
    start(network.client());
    run(seconds{10});
    status(Status::HardDrained);
    node.stop_following(std::move(lag));
    status(Status::Activated);
    health(Health::Healthy);
    monitor->on_ledger_event(link);
    run(seconds{10});
    ASSERT_EQ(network.link("ams-fra").health, Health::Healthy);
    network.advance(since);
    node.restart();
    start(node);
  }
  void forget_the_slot() { ASSERT_TRUE(database.execute("DELETE FROM seen_slot")); }
  std::string healthz() {
    net::HttpRequest request;
    request.method = "GET";
    request.path = "/healthz";
    return answer_monitor_request(*monitor, request, network.now()).body;
  }

  testbed::SmallNetwork network{Timestamp{hours{494'000}}, ledger::make_memory_archive(), {.profile = &v034_profile()}};
  Pubkey link;
  testbed::LaggingClient node{network.ledger(), network.client()};
  storage::SqliteDatabase database = must(storage::SqliteDatabase::open(":memory:"));
  MonitorSettings settings;
  std::unique_ptr<Monitor> monitor;
  std::vector<std::string> log;
};

TEST_F(StaleMonitor, D12_TheSlotThatWasSeenIsRequiredAfterARestart) {
  back_in_service_behind({});
  run(minutes{2});
  EXPECT_EQ(network.link("ams-fra").health, Health::Healthy);
  EXPECT_FALSE(monitor->ledger().snapshot());  // nothing older is even read
  EXPECT_NE(healthz().find("behind"), std::string::npos) << healthz();
}

TEST_F(StaleMonitor, D12_ANewBlockHashIsNotSentWithOldState) {
  for (const bool honours : {true, false}) {
    SCOPED_TRACE(honours);
    back_in_service_behind({.honours_slots = honours, .current = {"get_latest_blockhash", "get_block_time"}});
    forget_the_slot();
    run(minutes{2});
    EXPECT_EQ(network.link("ams-fra").health, Health::Healthy);
    node.follow();
  }
}

TEST_F(StaleMonitor, D12_ANodeThatLagsUniformlyIsNotActedOn) {
  back_in_service_behind({}, seconds{25});
  forget_the_slot();
  run(minutes{2});
  EXPECT_EQ(network.link("ams-fra").health, Health::Healthy);
  EXPECT_NE(healthz().find("the newest block of this node"), std::string::npos) << healthz();
  EXPECT_EQ(std::count(log.begin(), log.end(), "ledger_behind"), 1);
  EXPECT_FALSE(monitor->ledger().can_write(network.now()));
  node.follow();
  run(seconds{30});
  EXPECT_EQ(monitor->ledger().problem(), "");
  EXPECT_EQ(std::count(log.begin(), log.end(), "ledger_current"), 1);
}

// What the rules are good for: without them the same node is believed, and the link is called impaired in service.
TEST_F(StaleMonitor, WithoutAnyOfThemTheSameNodeIsBelieved) {
  settings.max_block_age = minutes{10};
  back_in_service_behind({}, seconds{25});
  forget_the_slot();
  run(minutes{2});
  EXPECT_EQ(network.link("ams-fra").health, Health::Impaired);
}

// The trail of a drained record shows a new transaction, and the node's accounts are older: it may be the step back
// into service. At whatever second the node stops following, nothing is written to the link in service.
class StaleTrail : public StaleMonitor, public testing::WithParamInterface<int> {};

TEST_P(StaleTrail, WhatTheTrailShowsIsReadBeforeItIsAnswered) {
  settings.ledger_poll = seconds{1};
  start(node);
  run(seconds{10 + GetParam() % 7});  // the trail is looked at at another second than the node's newest block
  status(Status::HardDrained);
  run(minutes{2} + seconds{GetParam()});
  ASSERT_EQ(network.link("ams-fra").health, Health::Impaired);
  node.stop_following({.current = {"get_signatures_for_address", "get_latest_blockhash", "get_block_time", "get_slot",
                                   "get_block_height", "get_signature_statuses", "get_transaction"}});
  network.advance(seconds{1});  // a node has a slot whole or not at all
  status(Status::Activated);
  const auto written = monitor->counters().health.changes;
  run(minutes{2});
  node.follow();
  run(minutes{2});
  EXPECT_EQ(monitor->counters().health.changes, written);
}
INSTANTIATE_TEST_SUITE_P(EverySecondOfAMinute, StaleTrail, testing::Range(0, 60, 1));

// A record that changes between the judgement and the write is judged again; the others are written.
TEST(HealthDeskView, WhatChangedSinceItWasJudgedIsNotWritten) {
  PartsFixture parts;
  bool changed = false;
  parts.line = [&](std::string_view call) {
    if (call == "get_latest_blockhash" && !std::exchange(changed, true)) {
      const auto record = parts.network.link("ams-fra");
      DZ_CHECK(parts.network.as(parts.network.alpha)
                   .update_link({parts.link, &record}, {.desired_status = DesiredStatus::HardDrained})
                   .has_value());
    }
    return testbed::LineFault::None;
  };
  EXPECT_EQ(parts.pass().changes.size(), 3U);
  EXPECT_EQ(parts.desk.undecided(parts.link), nullptr);
  parts.network.advance(seconds{1});
  parts.desk.collect(parts.network.now());
  EXPECT_EQ(parts.desk.counters().changes, 2U);
  EXPECT_EQ(parts.desk.counters().refused, 0U);
  EXPECT_EQ(parts.link_health(), Health::Unknown);
  parts.pass();
  parts.network.advance(seconds{1});
  parts.pass();
  EXPECT_EQ(parts.link_health(), Health::Pending);
}

}  // namespace
}  // namespace dz::monitor
