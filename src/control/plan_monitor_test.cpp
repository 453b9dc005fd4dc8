#include "control/plan_monitor.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/explain_record.h"
#include "control/small_fleet.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::pair<Pubkey, Health>> targets(const MonitorPlan& plan) {
  std::vector<std::pair<Pubkey, Health>> out;
  for (const auto& change : plan.changes) out.emplace_back(change.key, change.to);
  return out;
}

std::vector<AlarmKind> record_alarms(const MonitorPlan& plan) {
  std::vector<AlarmKind> kinds;
  for (const auto& alarm : plan.alarms) {
    if (!alarm.key.is_zero()) kinds.push_back(alarm.kind);
  }
  return kinds;
}

TEST(MonitorPlan, LeadsAFreshFleetFromUnknownOverPendingToHealthy) {
  SmallFleet f;
  f.feed_until(kFleetStart + 1min);
  f.apply(f.pass());
  EXPECT_EQ(f.links[SmallFleet::kLink].health, Health::Pending);
  EXPECT_EQ(f.devices[SmallFleet::kAms].health, Health::Pending);
  f.feed_until(kFleetStart + 24h - 1min);
  EXPECT_THAT(f.pass().changes, IsEmpty());
  f.feed_until(kFleetStart + 24h);
  EXPECT_THAT(f.pass().changes, IsEmpty()) << "the first minute was the first contact: no rise of octets was seen";
  f.feed_until(kFleetStart + 24h + 1min);
  EXPECT_THAT(targets(f.pass()),
              ElementsAre(std::pair{SmallFleet::kLink, Health::Healthy}, std::pair{SmallFleet::kAms, Health::Healthy},
                          std::pair{SmallFleet::kLon, Health::Healthy}));
}

// While the ledger was not read the link may have been asked back and drained again.
TEST(MonitorPlan, AStayBeginsAnewWhenTheLedgerIsReadAgainAfterABreak) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Impaired);
  f.pass();
  f.feed_until(f.fed + 2min);
  const auto back = ElementsAre(std::pair{SmallFleet::kLink, Health::Healthy});
  EXPECT_THAT(targets(f.pass()), back) << "drained since long";
  const auto read_again = f.fed + 40s;
  const auto pass = [&] {
    auto in = f.inputs(f.fed + 45s);
    in.read_since = read_again;
    return plan_monitor(in, f.book);
  };
  EXPECT_THAT(pass().changes, IsEmpty());
  f.feed_until(f.fed + 1min);
  EXPECT_THAT(pass().changes, IsEmpty()) << "no whole minute since then";
  f.feed_until(f.fed + 1min);
  EXPECT_THAT(targets(pass()), back);
}

TEST(MonitorPlan, WritesHealthOnlyWhenItChanged) {
  HealthyFleet f;
  EXPECT_THAT(f.pass().changes, IsEmpty());
  f.feed_until(kFleetStart + 25h + 1min, {SmallFleet::kLon});
  const auto changes = targets(f.pass());
  EXPECT_THAT(changes, testing::Contains(std::pair{SmallFleet::kLink, Health::Impaired}));
  EXPECT_EQ(targets(f.pass()), changes) << "the ledger has not taken it: tried again";
  f.apply(f.pass());
  EXPECT_THAT(f.pass().changes, IsEmpty());
}

TEST(MonitorPlan, AdoptsTheHealthItMeetsFirst) {
  SmallFleet f;
  f.set_health(SmallFleet::kLink, Health::Healthy);
  f.feed_until(kFleetStart + 1min);
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).own_health, Health::Healthy);
}

TEST(MonitorPlan, StopsWritingARecordThatSomebodyElseWrites) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Pending);  // the foundation holds it
  EXPECT_THAT(f.pass().changes, IsEmpty());
  ASSERT_THAT(record_alarms(f.pass()), ElementsAre(AlarmKind::HealthDisagreement));
  const auto alarm = f.pass().alarms.back();
  EXPECT_EQ(alarm.key, SmallFleet::kLink);
  EXPECT_EQ(alarm.found, Health::Pending);
  EXPECT_EQ(alarm.own, Health::Healthy);
  EXPECT_EQ(alarm.verdict, Health::Healthy);
  EXPECT_THAT(render_alarm(alarm, "ams:lon", kFleetStart), HasSubstr("link ams:lon: expected health healthy"));
  f.feed_until(kFleetStart + 26h);
  EXPECT_THAT(record_alarms(f.pass()), ElementsAre(AlarmKind::HealthDisagreement)) << "for as long as it takes";
  f.set_health(SmallFleet::kLink, Health::Healthy);
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
}

TEST(MonitorPlan, TakesOverAForeignHealthOnceTheTableAgrees) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Pending);
  ASSERT_THAT(record_alarms(f.pass()), ElementsAre(AlarmKind::HealthDisagreement));
  f.link().desired_status = DesiredStatus::HardDrained;  // R is not met: pending is what the table says
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).own_health, Health::Pending);
}

// Somebody drained it and asked it back between two reads: nothing but its health tells.
TEST(MonitorPlan, ImpairedOutOfServiceIsTheProgramsDoingAndItsStayBeginsAnew) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Impaired);
  const auto first = f.pass();
  EXPECT_THAT(record_alarms(first), IsEmpty());
  EXPECT_THAT(first.changes, IsEmpty());
  f.feed_until(f.fed + 1min);
  EXPECT_THAT(f.pass().changes, IsEmpty()) << "no whole minute since then";
  f.feed_until(f.fed + 1min);
  EXPECT_THAT(targets(f.pass()), ElementsAre(std::pair{SmallFleet::kLink, Health::Healthy}));
}

// What this monitor impaired by itself was not taken anywhere.
TEST(MonitorPlan, ItsOwnImpairingBeginsNoStay) {
  HealthyFleet f;
  const auto since = f.book.memories().at(SmallFleet::kLink).present_since;
  f.feed_until(f.fed + 1min, {SmallFleet::kLon});
  const auto impaired = f.pass();
  EXPECT_THAT(targets(impaired), testing::Contains(std::pair{SmallFleet::kLink, Health::Impaired}));
  f.apply(impaired);
  f.pass();
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).present_since, since);
}

TEST(MonitorPlan, ImpairedInServiceBySomebodyElseIsNot) {
  HealthyFleet f;
  f.link().status = Status::Activated;
  f.pass();
  f.set_health(SmallFleet::kLink, Health::Impaired);
  EXPECT_THAT(f.pass().changes, IsEmpty());
  EXPECT_THAT(record_alarms(f.pass()), ElementsAre(AlarmKind::HealthDisagreement));
}

TEST(MonitorPlan, ALostReplyIsNoDisagreement) {
  HealthyFleet f;
  f.feed_until(kFleetStart + 25h + 1min, {SmallFleet::kLon});
  const auto plan = f.pass();
  f.feed_until(kFleetStart + 25h + 2min);
  f.apply(plan);  // it landed, although the monitor never heard so
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).own_health, Health::Impaired);
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).tried_health, std::nullopt);
}

TEST(MonitorPlan, ANodeThatIsBehindDoesNotMakeItForgetWhatItTried) {
  HealthyFleet f;
  f.policy.recovery_window = 60min;
  f.link().status = Status::Activated;
  f.pass();
  f.feed_until(f.fed + 3min, {SmallFleet::kLon});
  const auto plan = f.pass();
  ASSERT_THAT(targets(plan), testing::Contains(std::pair{SmallFleet::kLink, Health::Impaired}));
  f.feed_until(f.fed + 62min);
  auto behind = f.inputs(f.fed + 30s);  // it landed, but the node shows what stood there before, and too old
  behind.can_write = false;
  EXPECT_THAT(record_alarms(plan_monitor(behind, f.book)), IsEmpty());
  f.apply(plan);
  const auto again = f.pass();
  EXPECT_THAT(record_alarms(again), IsEmpty()) << "it is its own";
  EXPECT_THAT(targets(again), testing::Contains(std::pair{SmallFleet::kLink, Health::Healthy}));
}

// Pending and in service: clean evidence makes it healthy, and while that write is on its way the evidence turns bad.
TEST(MonitorPlan, AWriteOnItsWayIsNotOvertakenByAnotherPlan) {
  SmallFleet f;
  f.link().status = Status::Activated;
  f.set_health(SmallFleet::kLink, Health::Pending);
  f.feed_until(kFleetStart + 24h + 5min);
  ASSERT_THAT(targets(f.pass()), testing::Contains(std::pair{SmallFleet::kLink, Health::Healthy}));
  const std::map<Pubkey, Health> under_way{{SmallFleet::kLink, Health::Healthy}};
  f.feed_until(f.fed + 5min, {SmallFleet::kAms});
  auto inputs = f.inputs(f.fed + 30s);
  inputs.under_way = &under_way;
  EXPECT_THAT(targets(plan_monitor(inputs, f.book)),
              testing::Not(testing::Contains(std::pair{SmallFleet::kLink, Health::Impaired})));
  f.set_health(SmallFleet::kLink, Health::Healthy);  // it landed
  const auto plan = f.pass();
  EXPECT_THAT(record_alarms(plan), IsEmpty());
  EXPECT_THAT(targets(plan), testing::Contains(std::pair{SmallFleet::kLink, Health::Impaired}));
}

TEST(MonitorPlan, AStandbyAdoptsAlwaysAndTriesNothing) {
  HealthyFleet f;
  f.mode = WriteMode::Standby;
  f.set_health(SmallFleet::kLink, Health::Pending);
  EXPECT_THAT(targets(f.pass()), ElementsAre(std::pair{SmallFleet::kLink, Health::Healthy})) << "what it would write";
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).own_health, Health::Pending);
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).tried_health, std::nullopt);
}

TEST(MonitorPlan, ARestartKeepsWhatItWroteAndForgetsSinceWhenTheRecordIsAsItIs) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Impaired);  // by the program
  RecordBook restarted(f.book.memories());
  const auto plan = plan_monitor(f.inputs(f.fed + 30s), restarted);
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_EQ(restarted.verdicts()[0].reason, verdict::HealthReason::ImpairedStay);
  EXPECT_EQ(restarted.verdicts()[0].healthy_at, f.fed + 2min + 30s);
  f.set_health(SmallFleet::kLink, Health::Pending);
  f.feed_until(f.fed + 2min);
  EXPECT_THAT(plan_monitor(f.inputs(f.fed + 30s), restarted).changes, IsEmpty());
  EXPECT_THAT(record_alarms(plan_monitor(f.inputs(f.fed + 30s), restarted)),
              ElementsAre(AlarmKind::HealthDisagreement));
}

TEST(MonitorPlan, ForgetsRecordsThatAreGone) {
  HealthyFleet f;
  f.links.clear();
  ++f.revision;
  f.pass();
  EXPECT_FALSE(f.book.memories().contains(SmallFleet::kLink));
  EXPECT_EQ(f.book.verdicts().size(), 2U);
}

TEST(MonitorPlan, RaisesOneAlarmForASourceThatDoesNotAnswer) {
  HealthyFleet f;
  const auto stale = [&](Duration later) {
    std::vector<evidence::Source> sources;
    for (const auto& alarm : plan_monitor(f.inputs(f.fed + later), f.book).alarms) {
      if (alarm.kind == AlarmKind::StaleSource) sources.push_back(alarm.source);
    }
    return sources;
  };
  EXPECT_THAT(stale(10min), ElementsAre(evidence::Source::LatencySamples)) << "never read in this test";
  EXPECT_THAT(stale(10min + 1us),
              ElementsAre(evidence::Source::Counters, evidence::Source::ConfigAgent, evidence::Source::LatencySamples));
}

TEST(MonitorPlan, SaysWhichDevicesFellSilentTogether) {
  HealthyFleet f;
  f.feed_until(f.fed + 1min, {SmallFleet::kAms, SmallFleet::kLon});
  std::vector<MonitorAlarm> silence;
  for (const auto& alarm : f.pass().alarms) {
    if (alarm.kind == AlarmKind::MassSilence) silence.push_back(alarm);
  }
  ASSERT_EQ(silence.size(), 2U);
  EXPECT_EQ(silence[0].source, evidence::Source::Counters);
  EXPECT_EQ(silence[0].devices, 2);
  EXPECT_EQ(silence[0].since, f.fed - 1min);
  EXPECT_THAT(f.pass().changes, IsEmpty()) << "their silent minutes are unobserved";
}

TEST(MonitorPlan, AlertsOnImpairedRecordsInServiceOnly) {
  HealthyFleet f;
  f.link().status = Status::Activated;
  f.pass();
  f.feed_until(f.fed + 3min, {SmallFleet::kLon});
  f.apply(f.pass());
  EXPECT_EQ(f.links[SmallFleet::kLink].health, Health::Impaired);
  EXPECT_THAT(record_alarms(f.pass()), ElementsAre(AlarmKind::ImpairedInService));
  f.link().status = Status::HardDrained;
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
}

TEST(MonitorPlan, LooksAgainWhenTheNextMinuteCloses) {
  HealthyFleet f;
  EXPECT_EQ(f.pass().next_look, f.fed + 90s);
  EXPECT_EQ(plan_monitor(f.inputs(f.fed + 40s), f.book).next_look, f.fed + 90s);
}

TEST(MonitorPlan, ExplainsOneRecordOnDemand) {
  HealthyFleet f;
  f.feed_until(f.fed + 1min, {SmallFleet::kLon});
  f.pass();
  const auto text = explain_record(f.inputs(f.fed + 30s), f.book, SmallFleet::kAms);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(*text, HasSubstr("device ams: health healthy becomes impaired; impaired by device.link_up"));
  EXPECT_THAT(*text, HasSubstr("1 minute without counter rows at ams:lon Z (lon) Ethernet1"));
  const auto report = report_record(f.inputs(f.fed + 30s), f.book, SmallFleet::kLink);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->next_health, "impaired");
  EXPECT_EQ(report_record(f.inputs(f.fed), f.book, fleet_key(77)).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace dz::control
