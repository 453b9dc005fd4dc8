// From changes of records to webhooks: by hand-made looks on virtual time, and over real sockets.
#include "notify/notifier.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "monitor/hook_receiver.h"
#include "net/async_client.h"
#include "net/http_server.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{hours{494'000}};

Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}

notify::HealthCause judged(const notify::NotifyEvent& event, Timestamp) {
  return {"judged", "because of " + event.code, "sig"};
}

class NotifierTest : public testing::Test {
 protected:
  NotifierTest() {
    settings.hooks = {{.name = "noc", .url = "https://hooks.example/secret", .all = true, .group = seconds{30}}};
    settings.environment = "local";
    settings.policy = "digest";
    auto& link = snapshot.links[key(1)];
    link.code = "ams-fra";
    link.status = Status::Activated;
    link.health = Health::Healthy;
  }
  void start() {
    notifier.reset();
    receiver.answers.clear();
    notifier = *notify::Notifier::open(
        database, settings, {.send = receiver.send()},
        [this](service::LogLevel, std::string_view event, const service::LogFields&) { log.emplace_back(event); });
  }
  void look() {
    ++snapshot.slot.value;
    notifier->look(snapshot, judged, now);
  }
  void run(Duration time) {
    for (const auto end = now + time; now < end; now += seconds{5}) {
      notifier->step(now);
      receiver.answer();
    }
    notifier->step(now);
  }
  int said(std::string_view event) const { return static_cast<int>(std::count(log.begin(), log.end(), event)); }

  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
  notify::NotifierSettings settings;
  Receiver receiver;
  std::unique_ptr<notify::Notifier> notifier;
  client::Snapshot snapshot;
  Timestamp now = kStart;
  std::vector<std::string> log;
};

TEST_F(NotifierTest, OfARecordThatIsWorkedOnNothingIsTold) {
  start();
  look();
  bool quiet = true;
  const auto look_quietly = [&] {
    ++snapshot.slot.value;
    notifier->look(snapshot, judged, now, [&](const Pubkey& record) { return quiet && record == key(1); });
    run(minutes{2});
  };
  snapshot.links[key(1)].health = Health::Impaired;
  look_quietly();
  EXPECT_EQ(receiver.told(), "");
  quiet = false;
  look_quietly();
  EXPECT_EQ(receiver.told(), "");  // it is known by now
  snapshot.links[key(1)].health = Health::Healthy;
  look_quietly();
  EXPECT_EQ(receiver.told(), "ams-fra health impaired>healthy (judged)\n");
}

TEST_F(NotifierTest, TheFirstLookTellsNothingAndAChangeIsToldOnce) {
  start();
  look();
  run(minutes{2});
  EXPECT_EQ(receiver.tries, 0);
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  look();
  run(minutes{2});
  EXPECT_EQ(receiver.told(), "ams-fra health healthy>impaired (judged)\n");
  EXPECT_EQ(receiver.tries, 1);
  const auto& event = receiver.events.begin()->second;
  EXPECT_EQ(event.at("sentence"), "because of ams-fra");
  EXPECT_EQ(event.at("policy"), "digest");
}

// An incident of the link, as the monitor tells of it at each look.
notify::StandingIncident clock_of_ams() {
  notify::StandingIncident incident;
  incident.id = "device A counters 1";
  incident.kind = "clock-ahead";
  incident.title = "clock of ams ahead";
  incident.sentence = "the clock of ams is 9 min ahead";
  incident.impairs = true;
  incident.records = {key(1)};
  return incident;
}

TEST_F(NotifierTest, AnIncidentIsToldWhenItImpairsWhenItRecoversAndWhenItIsOver) {
  start();
  look();
  notifier->incidents({}, now);
  auto incident = clock_of_ams();
  incident.state_since = now;
  const auto stand = [&](Duration time) {
    for (const auto end = now + time; now < end;) {
      notifier->incidents(std::span(&incident, 1), now);
      run(seconds{5});
    }
  };
  incident.impairs = false;
  stand(minutes{1});
  EXPECT_EQ(receiver.told(), "") << "nothing in service is impaired by it";
  incident.impairs = true;
  stand(minutes{1});
  EXPECT_EQ(receiver.told(), "- incident ->- (clock-ahead)\n");
  start();  // the same after a restart
  stand(minutes{1});
  EXPECT_EQ(receiver.tries, 1);
  for (int turn = 0; turn < 4; ++turn) {  // what comes and goes is not told each time
    incident.recovering = turn % 2 == 0;
    incident.state_since = now;
    stand(minutes{1});
  }
  EXPECT_EQ(receiver.tries, 1);
  incident.recovering = true;
  incident.state_since = now;
  stand(minutes{3});
  notifier->incidents({}, now);
  run(minutes{1});
  EXPECT_EQ(receiver.told(),
            "- incident ->- (clock-ahead)\n"
            "- incident_recovering ->- (clock-ahead)\n"
            "- incident_over ->- (clock-ahead)\n");
}

// A file of an earlier version knows of no incidents: what stands is not told as if it were new, and what waited is.
TEST_F(NotifierTest, AnUpgradeLosesNothingAndRepeatsNothing) {
  start();
  look();
  notifier->alarms({}, now);
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  ASSERT_TRUE(database.execute("DROP TABLE notify_incident"));
  start();
  const auto incident = clock_of_ams();
  notifier->incidents(std::span(&incident, 1), now);
  run(minutes{1});
  EXPECT_EQ(receiver.told(), "ams-fra health healthy>impaired (judged)\n");
  notifier->incidents({}, now);
  run(minutes{1});
  EXPECT_EQ(receiver.tries, 1);
}

TEST_F(NotifierTest, ARestartTellsWhatChangedMeanwhileAndNothingAgain) {
  start();
  look();
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  run(minutes{2});
  start();
  look();
  run(minutes{2});
  EXPECT_EQ(receiver.tries, 1);
  start();
  snapshot.links[key(1)].health = Health::Healthy;
  look();
  run(minutes{2});
  EXPECT_EQ(receiver.told(),
            "ams-fra health healthy>impaired (judged)\n"
            "ams-fra health impaired>healthy (judged)\n");
}

TEST_F(NotifierTest, AnAnswerOlderThanTheLastIsNotLookedAt) {
  start();
  snapshot.slot = {100};
  look();
  auto old = snapshot;
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  notifier->look(old, judged, now);
  run(minutes{2});
  EXPECT_EQ(receiver.told(), "ams-fra health healthy>impaired (judged)\n");
}

TEST_F(NotifierTest, AHookThatComesLaterHearsNothingOfBefore) {
  start();
  look();
  const auto hooks = std::exchange(settings.hooks, {});
  start();
  look();
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  settings.hooks = hooks;
  start();
  look();
  run(minutes{2});
  EXPECT_EQ(receiver.tries, 0);
}

TEST_F(NotifierTest, AStandbyKeepsTrackAndIsSilent) {
  settings.muted = true;
  start();
  look();
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  run(minutes{2});
  settings.muted = false;
  start();
  look();
  run(minutes{2});
  EXPECT_EQ(receiver.tries, 0);
  snapshot.links[key(1)].health = Health::Healthy;
  look();
  run(minutes{2});
  EXPECT_EQ(receiver.told(), "ams-fra health impaired>healthy (judged)\n");
}

TEST_F(NotifierTest, AlarmsOfSourcesComeAndGoOnce) {
  const std::vector<notify::SourceAlarm> silence{{"mass-silence", "counters", "check the source"}};
  start();
  notifier->alarms({}, now);
  notifier->alarms(silence, now);
  notifier->alarms(silence, now);
  run(minutes{2});
  start();
  notifier->alarms(silence, now);
  run(minutes{2});
  EXPECT_EQ(receiver.tries, 1);
  notifier->alarms({}, now);
  run(minutes{2});
  EXPECT_EQ(receiver.told(),
            "- alarm ->- (mass-silence)\n"
            "- alarm_over ->- (mass-silence)\n");
  EXPECT_EQ(receiver.events.begin()->second.at("sentence"), "check the source");
}

TEST_F(NotifierTest, AnAlarmThatStoodAtTheVeryStartIsNeverTold) {
  const std::vector<notify::SourceAlarm> stale{{"stale-source", "latency-samples", "check the source"}};
  start();
  notifier->alarms(stale, now);
  run(minutes{2});
  notifier->alarms({}, now);
  run(minutes{2});
  EXPECT_EQ(receiver.tries, 0);
  notifier->alarms(stale, now);
  run(minutes{2});
  EXPECT_EQ(receiver.tries, 1);
}

TEST_F(NotifierTest, AContributorThatDoesNotExistIsSaid) {
  settings.hooks[0].contributors = {"alhpa"};
  start();
  look();
  look();
  EXPECT_EQ(said("notify_unknown_contributor"), 1);
}

TEST_F(NotifierTest, AnOutageIsSaidOnce) {
  receiver.there = [] { return false; };
  start();
  look();
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  run(hours{1});
  EXPECT_GT(receiver.tries, 5);
  EXPECT_GT(said("notification_failed"), 5);  // but the first, at debug
  receiver.there = [] { return true; };
  run(minutes{10});
  EXPECT_EQ(said("notification_delivered"), 1);
}

// Records change at random, the receiver comes and goes, the monitor is killed at random: what was told, each event
// once, leads from the first look to the last without a gap.
TEST_F(NotifierTest, WhateverFailsEveryChangeIsToldInOrder) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    database = *storage::SqliteDatabase::open(":memory:");
    receiver = Receiver();
    receiver.there = [&] { return random() % 3 != 0; };
    settings.hooks[0].group = seconds{random() % 60};
    start();
    look();
    const auto first = snapshot.links[key(1)].health;
    for (int i = 0; i < 300; ++i) {
      if (chance(20)) snapshot.links[key(1)].health = static_cast<Health>(random() % 4);
      if (chance(50)) look();
      if (chance(10)) start();
      if (chance(70)) receiver.answer();
      notifier->step(now);
      now += seconds{random() % 40};
    }
    look();
    receiver.there = [] { return true; };
    run(hours{1});
    auto health = std::string(to_text(first));
    for (const auto& id : receiver.order) {
      EXPECT_EQ(receiver.events[id].at("from").as_string(), health) << "seed " << seed;
      health = std::string(receiver.events[id].at("to").as_string());
    }
    EXPECT_EQ(health, to_text(snapshot.links[key(1)].health)) << "seed " << seed;
    EXPECT_EQ(notifier->view(0, now).waiting, 0U) << "seed " << seed;
  }
}

TEST_F(NotifierTest, D18_WhatCannotBeReadIsForgottenAndNothingIsKeptFromStarting) {
  for (const std::string damage :
       {"UPDATE notify_record SET status = 'actiwated'", "UPDATE notify_record SET pubkey = 'x'",
        "INSERT INTO notify_event VALUES(99, 'noc', '{')"}) {
    database = *storage::SqliteDatabase::open(":memory:");
    start();
    look();
    ASSERT_TRUE(database.execute(damage)) << damage;
    start();
    look();
    EXPECT_EQ(notifier->view(0, now).waiting, 0U);
  }
}

// ---- over real sockets

TEST_F(NotifierTest, OverHttpAMessageThatFailsFirstArrivesOnce) {
  net::Loop loop;
  std::vector<net::HttpRequest> received;
  const auto server = *net::HttpServer::listen(loop, {}, {.on_request = [&](const net::HttpRequest& request) {
                                                 received.push_back(request);
                                                 return net::HttpResponse{received.size() <= 2 ? 503 : 200};
                                               }});
  net::AsyncClient client(loop);
  settings.hooks[0].url = fmt::format("http://127.0.0.1:{}/services/secret", server->port());
  int woken = 0;
  notifier = *notify::Notifier::open(
      database, settings,
      {.send = [&](auto request, auto done) { client.send(std::move(request), std::move(done)); },
       .wake = [&] { ++woken; }},
      [this](service::LogLevel, std::string_view event, const service::LogFields&) { log.emplace_back(event); });
  look();
  snapshot.links[key(1)].health = Health::Impaired;
  look();
  for (int answers = 1; answers <= 3; ++answers) {
    now += minutes{1};
    notifier->step(now);
    while (woken < answers) loop.run_for(seconds{5});
    notifier->step(now);
  }
  const auto view = notifier->view(0, now);
  EXPECT_EQ(view.counters.delivered, 1U);
  EXPECT_EQ(view.counters.retried, 2U);
  EXPECT_EQ(view.waiting, 0U);
  ASSERT_EQ(received.size(), 3U);
  EXPECT_EQ(received[0].method, "POST");
  EXPECT_EQ(received[0].path, "/services/secret");
  EXPECT_EQ(received[0].header("content-type"), "application/json");
  EXPECT_EQ(received[2].body, received[0].body);
  EXPECT_EQ(json::parse(received[2].body).at("count").to_number<int>(), 1);
  now += minutes{1};
  EXPECT_EQ(notifier->step(now), Timestamp::max());
}

}  // namespace
}  // namespace dz::monitor
