#include "notify/event.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/shown_url.h"

namespace dz::notify {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Timestamp kNow{hours{494'000}};

Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}

RecordMark mark(Status status, DesiredStatus desired, Health health) {
  return {RecordKind::Link, "ams-fra", {"alpha"}, status, desired, health, kNow - hours{1}};
}
const RecordMark kInService = mark(Status::Activated, DesiredStatus::Activated, Health::Healthy);
const RecordMark kDrained = mark(Status::SoftDrained, DesiredStatus::SoftDrained, Health::Impaired);

std::vector<NotifyEvent> between(const RecordMark& before, const RecordMark& after) {
  return changes_between({{key(1), before}}, {{key(1), after}}, {kNow, Slot{7}});
}
std::string words(const std::vector<NotifyEvent>& events) {
  std::string text;
  for (const auto& e : events) {
    text +=
        std::string(to_text(e.change)) + " " + e.from + ">" + e.to + " " + e.reason + (e.in_service ? " *" : "") + "\n";
  }
  return text;
}

TEST(NotifyEvents, NothingChangedIsNothingTold) { EXPECT_EQ(words(between(kInService, kInService)), ""); }

TEST(NotifyEvents, AChangeIsOneEventWithWhatIsInForceAfterIt) {
  auto impaired = kInService;
  impaired.health = Health::Impaired;
  const auto events = between(kInService, impaired);
  ASSERT_EQ(events.size(), 1U);
  const auto& e = events.front();
  EXPECT_EQ(words(events), "health healthy>impaired  *\n");  // the reason is the judge's to give
  EXPECT_EQ(e.code, "ams-fra");
  EXPECT_EQ(e.status, "activated");
  EXPECT_EQ(e.health, "impaired");
  EXPECT_EQ(e.slot, Slot{7});
  EXPECT_EQ(e.at, kNow);
}

TEST(NotifyEvents, LeavingServiceIsExplainedByTheLedgersOwnRules) {
  EXPECT_EQ(words(between(kInService, kDrained)),
            "desired_status activated>soft-drained wanted *\n"
            "status activated>soft-drained lifecycle *\n"
            "health healthy>impaired left-service *\n");
}

TEST(NotifyEvents, ComingBackNamesHealthAndWish) {
  auto waiting = kDrained;
  waiting.desired_status = DesiredStatus::Activated;
  waiting.health = Health::Healthy;
  const auto events = between(waiting, kInService);
  EXPECT_EQ(words(events), "status soft-drained>activated lifecycle *\n");
  EXPECT_EQ(events.front().sentence, "desired status is activated and health is healthy");
}

TEST(NotifyEvents, AWishToComeBackImpairsAHealthyRecord) {
  auto drained = kDrained;
  drained.health = Health::Healthy;
  auto wanted = kDrained;
  wanted.desired_status = DesiredStatus::Activated;
  EXPECT_EQ(words(between(drained, wanted)),
            "desired_status soft-drained>activated wanted\n"
            "health healthy>impaired wanted-again\n");
}

TEST(NotifyEvents, AHealthThatJudgesImpairOnADrainedRecordIsNotTheLedgers) {
  auto healthy = kDrained;
  healthy.health = Health::Healthy;
  EXPECT_EQ(words(between(healthy, kDrained)), "health healthy>impaired \n");
}

TEST(NotifyEvents, AStatusThatNoRuleGivesWasWrittenByHand) {
  const auto unhealthy = mark(Status::HardDrained, DesiredStatus::Activated, Health::Pending);
  auto forced = unhealthy;
  forced.status = Status::Activated;
  const auto events = between(unhealthy, forced);
  EXPECT_EQ(words(events), "status hard-drained>activated override *\n");
  EXPECT_NE(events.front().sentence.find("written by hand"), std::string::npos);
  const auto requested = mark(Status::Requested, DesiredStatus::Activated, Health::Unknown);
  auto accepted = requested;
  accepted.status = Status::HardDrained;
  EXPECT_EQ(words(between(requested, accepted)), "status requested>hard-drained accepted\n");
}

TEST(NotifyEvents, NewAndGoneRecordsAreOneEventEach) {
  const RecordMarks before{{key(1), kInService}, {key(3), kDrained}};
  const RecordMarks after{{key(2), kDrained}};
  EXPECT_EQ(words(changes_between(before, after, {kNow, Slot{}})),
            "status activated> deleted *\n"
            "status >soft-drained created\n"
            "status soft-drained> deleted\n");
}

TEST(NotifyEvents, ARecordThatCannotBeDecodedIsNotGone) {
  client::Snapshot snapshot;
  snapshot.undecodable[key(1)] = {wire::AccountType::Link, "too short"};
  EXPECT_EQ(marks_of(snapshot, {{key(1), kInService}}, kNow), (RecordMarks{{key(1), kInService}}));
  EXPECT_EQ(marks_of({}, {{key(1), kInService}}, kNow), RecordMarks{});
}

TEST(NotifyEvents, AMarkRemembersSinceWhenAHealthStands) {
  client::Snapshot snapshot;
  snapshot.links[key(1)].health = Health::Healthy;
  auto marks = marks_of(snapshot, {}, kNow);
  marks = marks_of(snapshot, marks, kNow + seconds{10});
  EXPECT_EQ(marks.at(key(1)).health_since, kNow);
  snapshot.links[key(1)].health = Health::Impaired;
  EXPECT_EQ(marks_of(snapshot, marks, kNow + seconds{20}).at(key(1)).health_since, kNow + seconds{20});
}

TEST(NotifyEvents, ALinkBetweenTwoContributorsConcernsBoth) {
  client::Snapshot snapshot;
  snapshot.contributors[key(10)].code = "alpha";
  snapshot.contributors[key(11)].code = "beta";
  snapshot.devices[key(2)].contributor = key(11);
  auto& link = snapshot.links[key(1)];
  link.contributor = key(10);
  link.side_z = key(2);
  EXPECT_EQ(marks_of(snapshot, {}, kNow).at(key(1)).contributors, (std::vector<std::string>{"alpha", "beta"}));
}

TEST(NotifyFilter, ByDefaultOnlyWhatIsOrWasInService) {
  const NotifyHook hook;
  auto event = between(kInService, kDrained).at(1);
  EXPECT_TRUE(is_wanted(hook, event));
  event.in_service = false;
  EXPECT_FALSE(is_wanted(hook, event));
  EXPECT_TRUE(is_wanted(NotifyHook{.all = true}, event));
}

TEST(NotifyFilter, ByKindAndContributor) {
  const auto event = between(kInService, kDrained).at(1);
  EXPECT_FALSE(is_wanted(NotifyHook{.links = false}, event));
  EXPECT_TRUE(is_wanted(NotifyHook{.devices = false}, event));
  EXPECT_TRUE(is_wanted(NotifyHook{.contributors = {"beta", "ALPHA"}}, event));
  EXPECT_FALSE(is_wanted(NotifyHook{.contributors = {"beta"}}, event));
}

TEST(NotifyFilter, AlarmsConcernTheJudgeAndComeUnlessDeclined) {
  const NotifyEvent alarm{.change = Change::Alarm};
  EXPECT_TRUE(is_wanted(NotifyHook{.contributors = {"beta"}}, alarm));
  EXPECT_FALSE(is_wanted(NotifyHook{.alarms = false}, alarm));
}

TEST(NotifyEvents, WhatIsKeptIsReadBackAsItWas) {
  auto event = between(kInService, kDrained).at(2);
  event.id = "17-1";
  event.policy = "0123";
  event.signature = "sig";
  event.sentence = "a \"quoted\" & <odd> sentence";
  EXPECT_EQ(*parse_notify_event(boost::json::serialize(to_json(event))), event);
  NotifyEvent alarm{.id = "17-2", .at = kNow, .change = Change::AlarmOver, .reason = "mass-silence"};
  alarm.alarm = "mass-silence";
  alarm.subject = "counters";
  EXPECT_EQ(*parse_notify_event(boost::json::serialize(to_json(alarm))), alarm);
  EXPECT_FALSE(parse_notify_event("{}"));
  EXPECT_FALSE(parse_notify_event("nonsense"));
}

TEST(NotifyHooks, AUrlIsShownWithoutItsSecret) {
  EXPECT_EQ(shown_url("https://hooks.slack.com/services/T0/B0/secret"), "https://hooks.slack.com/...");
  EXPECT_EQ(shown_url("https://user:pass@host:8443?token=x"), "https://host:8443/...");
  const NotifyHook hook{.name = "noc", .url = "https://h.example/services/secret", .bearer = "token-of-mine"};
  EXPECT_EQ(without_secrets(hook, "https://h.example/services/secret: /services/secret token-of-mine"),
            "https://h.example/...: /... ...");
  EXPECT_EQ(without_secrets({.url = "https://h.example?token=x"}, "https://h.example?token=x: away"),
            "https://h.example/...: away");
  EXPECT_EQ(render_hook(hook),
            "noc: json to https://h.example/... with a token, links and devices in service of everybody, source "
            "alarms, grouped over 30 s");
}

// The live network: its own words, its own table, and health that only a monitor changes.
TEST(NotifyEvents, OfTheLiveNetworkAreInItsWords) {
  const auto told = [](Status from, Health health, Status to, Health later) {
    RecordMark before = mark(from, DesiredStatus::Activated, health), after = before;
    before.kind = after.kind = RecordKind::Device;
    after.status = to;
    after.health = later;
    return changes_between({{key(1), before}}, {{key(1), after}}, {kNow, Slot{7}, v034_profile()});
  };
  auto events = told(Status::LinkProvisioning, Health::Healthy, Status::Activated, Health::Healthy);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].reason, "lifecycle");
  EXPECT_EQ(events[0].sentence, "desired status is activated and health is ready-for-users");
  EXPECT_EQ(events[0].health, "ready-for-users");
  events = told(Status::DeviceProvisioning, Health::Pending, Status::DeviceProvisioning, Health::ReadyForLinks);
  EXPECT_EQ(events[0].to, "ready-for-links");
  events = told(Status::Activated, Health::Healthy, Status::Drained, Health::Impaired);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].reason, "override");
  EXPECT_EQ(events[1].reason, "");  // somebody judged or reset it: the program does not
}

}  // namespace
}  // namespace dz::notify
