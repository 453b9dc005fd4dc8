// What the monitor, over a ledger in memory and on virtual time, tells the receivers of webhooks.
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "monitor/hook_receiver.h"
#include "monitor/monitor.h"
#include "monitor/monitor_api.h"
#include "notify/notifier.h"
#include "testbed/held_write.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{std::chrono::hours{494'000}};

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

}  // namespace
}  // namespace dz::monitor
