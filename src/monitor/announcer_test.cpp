#include "monitor/announcer.h"

#include <gtest/gtest.h>

#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

control::MonitorAlarm in_service(const Pubkey& key) {
  control::MonitorAlarm alarm;
  alarm.kind = control::AlarmKind::ImpairedInService;
  alarm.key = key;
  return alarm;
}

TEST(Announcer, AnAlarmIsSaidWhenItBeginsAndWhenItEnds) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  const std::vector alarms{in_service(parts.link)};
  parts.announcer.raise(alarms, parts.network.now());
  parts.announcer.raise(alarms, parts.network.now());
  EXPECT_EQ(parts.said("alarm"), 1);
  EXPECT_EQ(parts.announcer.name_of(parts.announcer.alarms().front()), "ams-fra");
  parts.announcer.raise({}, parts.network.now());
  EXPECT_EQ(parts.said("alarm_over"), 1);
  EXPECT_TRUE(parts.announcer.alarms().empty());
}

TEST(Announcer, AnAlarmNamesTheInterfaceAndIsSaidAgainWhenItRecovers) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  std::vector alarms{in_service(parts.link)};
  alarms[0].side = verdict::Side::Z;
  parts.announcer.raise(alarms, parts.network.now());
  EXPECT_EQ(parts.announcer.alarms().front().where, "fra Switch1/1/1");
  alarms[0].state = control::AlarmState::Recovering;
  parts.announcer.raise(alarms, parts.network.now());
  parts.announcer.raise(alarms, parts.network.now());
  EXPECT_EQ(parts.said("alarm"), 1);
  EXPECT_EQ(parts.said("alarm_recovering"), 1);
}

TEST(Announcer, AMassSilenceNamesTheSilent) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  control::MonitorAlarm alarm;
  alarm.since = parts.network.now();
  alarm.devices = 9;
  alarm.silent = {parts.ams, parts.fra};
  parts.announcer.raise({&alarm, 1}, parts.network.now());
  EXPECT_EQ(parts.announcer.alarms().front().detail, "ams, fra");
}

TEST(Announcer, ADeferredWriteIsAnAlarm) {
  MonitorSettings settings;
  settings.limits.writes_per_minute = 1;
  PartsFixture parts(settings);
  parts.pass();
  parts.announcer.raise({}, parts.network.now());
  ASSERT_EQ(parts.announcer.alarms().size(), 1U);
  const auto& alarm = parts.announcer.alarms().front();
  EXPECT_EQ(alarm.kind, control::AlarmKind::ChangeBudget);
  EXPECT_EQ(parts.announcer.name_of(alarm), "change-budget");
  EXPECT_NE(alarm.detail.find("2 more"), std::string::npos) << alarm.detail;
}

TEST(Announcer, WhatWouldBeWrittenIsSaidOnceAChange) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  control::HealthChange change{.key = parts.link, .from = Health::Unknown, .to = Health::Pending};
  parts.announcer.say_would_write({&change, 1});
  parts.announcer.say_would_write({&change, 1});
  EXPECT_EQ(parts.said("would_change_health"), 1);
  change.to = Health::Healthy;
  parts.announcer.say_would_write({&change, 1});
  EXPECT_EQ(parts.said("would_change_health"), 2);
}

TEST(Announcer, WithoutANotifierNobodyIsToldAndNothingIsDue) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  const auto silent = [](const Pubkey&) { return std::string(); };
  EXPECT_EQ(parts.announcer.tell(silent, parts.network.now()), Timestamp::max());
}

}  // namespace
}  // namespace dz::monitor
