#include "monitor/health_desk.h"

#include <gtest/gtest.h>

#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testbed::LineFault;

TEST(HealthDesk, SendsWhatThePlanWantsAndRecordsWhatTheLedgerConfirmed) {
  PartsFixture parts;
  ASSERT_EQ(parts.pass().changes.size(), 3U);  // the link and two devices, at first sight
  parts.network.advance(seconds{1});
  parts.pass();
  EXPECT_EQ(parts.link_health(), Health::Pending);
  EXPECT_EQ(parts.desk.counters().changes, 3U);
  EXPECT_EQ(parts.said("health_changed"), 3);
  const auto decisions = parts.memory.decisions().find({.key = parts.link});
  ASSERT_EQ(decisions->size(), 1U);
  EXPECT_EQ(decisions->front().to, Health::Pending);
  EXPECT_FALSE(decisions->front().sentence.empty());
  EXPECT_EQ(parts.desk.undecided(parts.link), nullptr);
}

TEST(HealthDesk, WritesNothingInAnotherMode) {
  MonitorSettings settings;
  settings.write_mode = control::WriteMode::Standby;
  PartsFixture parts(settings);
  parts.pass();
  parts.network.advance(seconds{1});
  parts.pass();
  EXPECT_EQ(parts.link_health(), Health::Unknown);
  EXPECT_EQ(parts.desk.next(parts.network.now()), Timestamp::max());
}

TEST(HealthDesk, WhatTheLedgerRefusedWaitsUntilTheRecordChanges) {
  PartsFixture parts({}, testbed::SmallNetwork::key(3));  // a contributor's: it may write no health
  const auto passes = [&] {
    for (int i = 0; i < 5; ++i) {
      parts.pass();
      parts.network.advance(seconds{1});
    }
    return parts.desk.counters().refused;
  };
  parts.reader.step(parts.network.now());
  const auto changes = control::plan_monitor(parts.inputs(), parts.book).changes;
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(passes(), 3U);
  EXPECT_EQ(passes(), 3U);
  client::MirrorUpdate everything;
  everything.everything = true;
  parts.desk.follow(everything);
  EXPECT_EQ(passes(), 6U);
  EXPECT_EQ(parts.desk.budget().records_in_hour(), 0U);  // each was given back
}

TEST(HealthDesk, WhatCannotBeSentIsSentAgainLaterAfterEachFailure) {
  PartsFixture parts;
  parts.line = [](std::string_view call) {
    return call == "get_latest_blockhash" ? LineFault::RequestLost : LineFault::None;
  };
  parts.pass();
  EXPECT_EQ(parts.desk.counters().unsent, 3U);
  const auto first = parts.desk.next(parts.network.now()) - parts.network.now();
  EXPECT_GE(first, seconds{1});
  parts.network.advance(first - Duration{1});
  parts.pass();
  EXPECT_EQ(parts.desk.counters().unsent, 3U);  // not yet
  parts.network.advance(Duration{1});
  parts.pass();
  EXPECT_EQ(parts.desk.counters().unsent, 6U);
  EXPECT_GT(parts.desk.next(parts.network.now()) - parts.network.now(), first);
  parts.line = {};
  parts.network.advance(minutes{1});
  parts.pass();
  parts.network.advance(seconds{1});
  parts.pass();
  EXPECT_EQ(parts.link_health(), Health::Pending);
}

TEST(HealthDesk, WhatTheBudgetDefersIsNoDecisionYet) {
  MonitorSettings settings;
  settings.limits.writes_per_minute = 1;
  PartsFixture parts(settings);
  parts.pass();
  EXPECT_EQ(parts.desk.budget().deferred(), 2U);
  int undecided = 0;
  for (const auto& key : {parts.ams, parts.fra, parts.link}) undecided += parts.desk.undecided(key) != nullptr ? 1 : 0;
  EXPECT_LE(undecided, 1);
}

TEST(HealthDesk, ARecordWhoseWriteIsOpenIsUnderWay) {
  PartsFixture parts;
  parts.line = [](std::string_view call) {
    return call == "get_signature_statuses" ? LineFault::RequestLost : LineFault::None;
  };
  parts.pass();
  parts.desk.note_under_way(parts.network.now());
  EXPECT_EQ(parts.desk.under_way().at(parts.link), Health::Pending);
  ASSERT_NE(parts.desk.undecided(parts.link), nullptr);
  EXPECT_EQ(parts.desk.undecided(parts.link)->to, Health::Pending);
  EXPECT_LT(parts.desk.next(parts.network.now()), parts.network.now() + seconds{1});
}

}  // namespace
}  // namespace dz::monitor
