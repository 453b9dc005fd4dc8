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
