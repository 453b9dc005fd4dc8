#include "monitor/announcer.h"

#include <algorithm>

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

// What a webhook hears of incidents.
class HeardIncidents {
 public:
  HeardIncidents() {
    parts.reader.step(parts.network.now());
    parts.announcer.announce_to(*notifier_);
  }

  void run() {
    for (int i = 0; i < 60; ++i, parts.network.advance(std::chrono::seconds{5}))
      parts.announcer.tell([](const Pubkey&) { return std::string(); }, parts.network.now());
  }
  // One that stood before the monitor started just now.
  void begin(std::vector<Pubkey> records) {
    std::sort(records.begin(), records.end());
    control::Incident incident;
    incident.cause = {.kind = control::CauseKind::DeviceSilent, .device = parts.ams};
    incident.subject = "device " + to_text(parts.ams) + std::to_string(records.size());
    incident.since = incident.state_since = parts.network.now();
    incident.gates = incident.impairs = true;
    incident.records = std::move(records);
    parts.incidents = control::IncidentBook({incident}, parts.network.now());
  }
  bool told() const { return sent.find("\"incident\"") != std::string::npos; }

  PartsFixture parts;
  std::string sent;

 private:
  storage::SqliteDatabase database_ = *storage::SqliteDatabase::open(":memory:");
  std::unique_ptr<notify::Notifier> notifier_ = open();

  std::unique_ptr<notify::Notifier> open() {
    const auto send = [this](const net::ClientRequest& request, std::function<void(Result<net::ClientResponse>)> done) {
      sent += request.body;
      done(net::ClientResponse{204, "", {}});
    };
    notify::NotifierSettings settings;
    settings.hooks = {
        {.name = "noc", .url = "https://hooks.example/secret", .all = true, .group = std::chrono::seconds{5}}};
    return *notify::Notifier::open(database_, settings, {.send = send}, parts.sink());
  }
};

// An incident whose records are all being worked on is told once that is over, if it lasts.
TEST(Announcer, OfWhatIsWorkedOnNoIncidentIsTold) {
  HeardIncidents hook;
  auto& parts = hook.parts;
  bool link_is_quiet = true;
  parts.announcer.stay_quiet_about([&](const Pubkey& key) { return link_is_quiet && key == parts.link; });
  hook.run();
  hook.begin({parts.link});
  hook.run();
  EXPECT_FALSE(hook.told()) << hook.sent;
  link_is_quiet = false;
  hook.run();
  EXPECT_TRUE(hook.told());
  link_is_quiet = true;
  hook.sent.clear();
  hook.begin({parts.ams, parts.link});  // one of them is not
  hook.run();
  EXPECT_TRUE(hook.told());
}

// It may have ended while nobody looked. It is told when its cause is found again.
TEST(Announcer, OfWhatNobodyHasSeenSinceTheStartNoIncidentIsTold) {
  HeardIncidents hook;
  auto& parts = hook.parts;
  hook.run();
  hook.begin({parts.link});
  auto links = parts.reader.snapshot()->links;
  links.at(parts.link).status = Status::Activated;
  const control::RecordVerdict verdict{.key = parts.link, .health = Health::Impaired, .verdict = Health::Impaired};
  const auto plain = parts.inputs();
  const control::MonitorInputs in{links,        plain.devices, plain.records_revision, plain.evidence,
                                  plain.policy, plain.mode,    plain.can_write,        plain.now};
  const auto cause = parts.incidents.all().front().cause;
  parts.incidents.follow({}, {&verdict, 1}, in);
  ASSERT_EQ(parts.incidents.all().size(), 1U);
  ASSERT_TRUE(parts.incidents.all().front().impairs);
  hook.run();
  EXPECT_FALSE(hook.told()) << hook.sent;
  const control::FoundCause found{cause, true, {{parts.link, true}}};
  parts.incidents.follow({&found, 1}, {&verdict, 1}, in);
  hook.run();
  EXPECT_TRUE(hook.told());
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
