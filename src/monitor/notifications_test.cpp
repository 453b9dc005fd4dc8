// From changes of records to webhooks: by hand-made looks on virtual time, by the monitor over a ledger in memory, and
// over real sockets.
#include "notify/notifier.h"

#include <gtest/gtest.h>

#include <random>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "monitor/monitor.h"
#include "monitor/monitor_api.h"
#include "net/async_client.h"
#include "net/http_server.h"
#include "testbed/held_write.h"
#include "testbed/small_network.h"

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

// Takes every message at once, as long as it is there.
class Receiver {
 public:
  net::SendHttp send() {
    return [this](const net::ClientRequest& request, std::function<void(Result<net::ClientResponse>)> done) {
      ++tries;
      const bool here = there();
      if (here) {
        bodies.push_back(request.body);
        const auto message = json::parse(request.body);
        for (const auto& e : message.at("events").as_array()) {
          const auto id = std::string(e.at("id").as_string());
          if (events.emplace(id, e.as_object()).second) order.push_back(id);
        }
      }
      answers.push_back([done = std::move(done), ok = here] {
        ok ? done(net::ClientResponse{204, "", {}}) : done(fail(ErrorKind::Retry, "nobody there"));
      });
    };
  }
  // The answers that came meanwhile; a receiver that is cut off answers nobody.
  void answer() {
    for (auto& a : std::exchange(answers, {})) a();
  }
  std::string told() const {
    std::string text;
    for (const auto& id : order) {
      const auto& e = events.at(id);
      const auto word = [&](const char* name) {
        const auto* v = e.if_contains(name);
        return v != nullptr && v->is_string() ? std::string(v->as_string()) : std::string("-");
      };
      text += fmt::format("{} {} {}>{} ({})\n", word("code"), word("event"), word("from"), word("to"), word("reason"));
    }
    return text;
  }

  std::function<bool()> there = [] { return true; };
  int tries = 0;
  std::vector<std::string> bodies, order;
  std::map<std::string, json::object> events;
  std::vector<std::function<void()>> answers;
};

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

// ---- by the monitor

class MonitorTells : public testing::Test {
 protected:
  MonitorTells() {
    ams = network.add_device("ams", network.alpha);
    fra = network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    settings.policy.window = settings.policy.recovery_window = minutes{120};
    hook.name = "noc";
    hook.url = "https://hooks.example/secret";
  }
  void start() {
    monitor = *Monitor::open(network.client(), database,
                             {.settings = settings,
                              .ids = wire::local_program_ids(),
                              .key = network.monitor,
                              .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                             network.now());
    notifier = *notify::Notifier::open(
        database, {.hooks = {hook}, .environment = "local", .policy = monitor->policy_digest()},
        {.send = receiver.send()}, [](service::LogLevel, std::string_view, const service::LogFields&) {});
    monitor->announce_to(*notifier);
  }
  std::string rows(Timestamp at) {
    std::string body;
    const auto octets = 1'000'000'000 + (at - kStart) / seconds{1} * 1000;
    for (const auto& device : {ams, fra}) {
      body += fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets={}i,out-octets={}i {}\n",
                          to_text(device), octets, octets, at.time_since_epoch().count() * 1000);
    }
    return body;
  }
  void write(const std::string& body) {
    ASSERT_EQ(testbed::held_write(*monitor, {telemetry::WriteApi::V1, body, "", ""}, network.now()).error, "");
  }
  void run(Duration time) {
    for (const auto end = network.now() + time; network.now() < end; network.advance(seconds{5})) {
      if (sending && (network.now() - kStart) / seconds{5} % 6 == 0) write(rows(network.now()));
      monitor->step(network.now());
      receiver.answer();
    }
  }
  void become_healthy_and_activated() {
    std::string history;
    for (auto at = network.now() - minutes{118}; at < network.now(); at += seconds{30}) history += rows(at);
    write(history);
    run(minutes{5});
    const auto record = network.link("ams-fra");
    ASSERT_EQ(record.health, Health::Healthy) << monitor->assessment(link)->sentence;
    ASSERT_TRUE(network.as(network.activator).update_link({link, &record}, {.status = Status::Activated}));
    run(minutes{2});
  }
  // Errors in three minutes of the last five: an activated link becomes impaired.
  void fail_the_link() {
    for (int i = 1; i <= 4; ++i) {
      write(fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-errors={}i {}\n", to_text(ams), i,
                        network.now().time_since_epoch().count() * 1000));
      run(minutes{1});
    }
    run(minutes{2});
  }

  testbed::SmallNetwork network{kStart};
  Pubkey ams, fra, link;
  MonitorSettings settings;
  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
  notify::NotifyHook hook;
  Receiver receiver;
  std::unique_ptr<notify::Notifier> notifier;
  std::unique_ptr<Monitor> monitor;
  bool sending = true;
};

TEST_F(MonitorTells, OnlyOfWhatIsInServiceUnlessAsked) {
  start();
  become_healthy_and_activated();
  EXPECT_EQ(receiver.told(), "ams-fra status hard-drained>activated (lifecycle)\n");
  fail_the_link();
  EXPECT_EQ(network.link("ams-fra").health, Health::Impaired);
  EXPECT_EQ(receiver.told(),
            "ams-fra status hard-drained>activated (lifecycle)\n"
            "- incident ->- (port-errors)\n"
            "ams-fra health healthy>impaired (damped-failure)\n");
  const auto& event = receiver.events.at(receiver.order.back());
  EXPECT_NE(event.at("sentence").as_string().find("in-errors"), std::string::npos) << event.at("sentence");
  EXPECT_EQ(event.at("sentence").as_string(), monitor->decisions({.key = link, .limit = 1})->front().sentence);
  EXPECT_EQ(event.at("policy").as_string(), monitor->policy_digest());
}

TEST_F(MonitorTells, EverythingWhenAsked) {
  hook.all = true;
  start();
  become_healthy_and_activated();
  for (const auto* change : {"ams-fra health unknown>pending (first-sight)", "ams health unknown>pending (first-sight)",
                             "ams-fra health pending>healthy (became-healthy)"}) {
    EXPECT_NE(receiver.told().find(change), std::string::npos) << receiver.told();
  }
}

TEST_F(MonitorTells, AHealthThatSomebodyElseWroteIsNotClaimed) {
  start();
  become_healthy_and_activated();
  ASSERT_TRUE(network.as(network.foundation).set_link_health(link, Health::Impaired));
  run(minutes{2});
  EXPECT_NE(receiver.told().find("healthy>impaired (not-by-this-monitor)"), std::string::npos) << receiver.told();
}

// The same change twice: first judged by the monitor, later written by the foundation.
TEST_F(MonitorTells, AnOldDecisionExplainsNothingNew) {
  start();
  become_healthy_and_activated();
  fail_the_link();
  for (const auto health : {Health::Healthy, Health::Impaired}) {
    ASSERT_TRUE(network.as(network.foundation).set_link_health(link, health));
    run(minutes{1});
  }
  EXPECT_EQ(receiver.told(),
            "ams-fra status hard-drained>activated (lifecycle)\n"
            "- incident ->- (port-errors)\n"
            "ams-fra health healthy>impaired (damped-failure)\n"
            "ams-fra health impaired>healthy (not-by-this-monitor)\n"
            "ams-fra health healthy>impaired (not-by-this-monitor)\n"
            "- incident_recovering ->- (port-errors)\n");
}

TEST_F(MonitorTells, ASourceThatFallsSilentAndWhenItIsBack) {
  start();
  run(minutes{12});
  sending = false;
  run(minutes{5});
  EXPECT_EQ(receiver.told(), "- alarm ->- (mass-silence)\n");
  const auto& alarm = receiver.events.at(receiver.order.front());
  EXPECT_EQ(alarm.at("subject"), "counters");
  EXPECT_NE(alarm.at("sentence").as_string().find("2 devices of source counters fell silent"), std::string::npos)
      << alarm.at("sentence");
  sending = true;
  run(minutes{5});
  EXPECT_EQ(receiver.told(),
            "- alarm ->- (mass-silence)\n"
            "- alarm_over ->- (mass-silence)\n");
}

TEST_F(MonitorTells, WhoeverLooksSeesTheHooks) {
  start();
  become_healthy_and_activated();
  const auto get = [&](const std::string& path) {
    return answer_monitor_request(*monitor, {"GET", path, "", {}, "", "127.0.0.1"}, network.now()).body;
  };
  EXPECT_NE(get("/metrics").find("doublezero_monitor_notifications_total{hook=\"noc\",outcome=\"delivered\"} 1"),
            std::string::npos);
  const auto hooks = json::parse(get("/healthz")).at("notify").as_array();
  ASSERT_EQ(hooks.size(), 1U);
  EXPECT_EQ(hooks[0].at("state"), "idle");
  EXPECT_EQ(hooks[0].at("to"), "https://hooks.example/...");
  EXPECT_EQ(get("/healthz").find("secret"), std::string::npos);
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
