#include "control/plan_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dz {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Minute kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

Pubkey key_of(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

// Two devices, one link between their Ethernet1 ports, a DIA port Ethernet2 at the first. Rows come once a minute.
class SmallFleet {
 public:
  static inline const Pubkey kAms = key_of(1), kLon = key_of(2), kLink = key_of(9);

  SmallFleet() {
    for (const auto& [key, code] : {std::pair{kAms, "ams"}, {kLon, "lon"}}) {
      auto& d = devices[key];
      d.code = code;
      d.public_ip = ipv4_from(0x08080808);
      d.dz_prefixes = {{ipv4_from(0x08080800), 29}};
      d.status = Status::HardDrained;
      d.health = Health::Unknown;
      for (const auto* name : {"Ethernet1", "Ethernet2"}) {
        Interface port;
        port.name = name;
        port.status = InterfaceStatus::Activated;
        d.interfaces.push_back(port);
      }
      d.interfaces[1].dia = Dia::Dia;
    }
    auto& l = links[kLink];
    l.code = "ams:lon";
    l.side_a = kAms;
    l.side_z = kLon;
    l.side_a_iface = l.side_z_iface = "Ethernet1";
    l.status = Status::HardDrained;
    l.health = Health::Unknown;
    policy.modes[index_of(CriterionId::DeviceQa)] = Mode::Shadow;
    policy.modes[index_of(CriterionId::DeviceTelemetryAgent)] = Mode::Shadow;
  }

  // Clean minutes up to `to`, except those of `silent` devices.
  void feed_until(Minute to, const std::vector<Pubkey>& silent = {}) {
    for (; fed < to; fed += 1min) {
      const auto at = Timestamp{fed} + 20s;
      octets += 1000;
      for (const auto& [key, device] : devices) {
        if (std::find(silent.begin(), silent.end(), key) != silent.end()) continue;
        for (const auto& port : device.interfaces) {
          ASSERT_TRUE(store.add_counters(key, port.name, {at, octets, octets, {}, {}, {}}, at));
        }
        store.add_getconfig(key, at, 1, at);
      }
      const auto closed = Timestamp{fed} + 90s;
      store.accepting(kStart - 1min, closed);
      store.advance(closed);
    }
  }

  MonitorInputs inputs(Timestamp now) const { return {links, devices, revision, store, policy, {}, writable, now}; }
  // A pass just after the last minute fed was closed.
  const MonitorPlan& pass() { return planner.plan(inputs(fed + 30s)); }
  // The ledger takes what was planned.
  void apply(const MonitorPlan& plan) {
    for (const auto& change : plan.changes) set_health(change.key, change.to);
  }
  void set_health(const Pubkey& key, Health health) {
    (links.contains(key) ? links[key].health : devices[key].health) = health;
    ++revision;
  }
  Link& link() { return ++revision, links[kLink]; }

  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  std::uint64_t revision = 0;
  EvidenceStore store;
  Policy policy;
  MonitorPlanner planner;
  bool writable = true;
  Minute fed = kStart;
  std::uint64_t octets = 1;
};

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
  f.feed_until(kStart + 1min);
  f.apply(f.pass());
  EXPECT_EQ(f.links[SmallFleet::kLink].health, Health::Pending);
  EXPECT_EQ(f.devices[SmallFleet::kAms].health, Health::Pending);
  f.feed_until(kStart + 24h - 1min);
  EXPECT_THAT(f.pass().changes, IsEmpty());
  f.feed_until(kStart + 24h);
  EXPECT_THAT(f.pass().changes, IsEmpty()) << "the first minute was the first contact: no rise of octets was seen";
  f.feed_until(kStart + 24h + 1min);
  EXPECT_THAT(targets(f.pass()),
              ElementsAre(std::pair{SmallFleet::kLink, Health::Healthy}, std::pair{SmallFleet::kAms, Health::Healthy},
                          std::pair{SmallFleet::kLon, Health::Healthy}));
}

// A fleet in which everything is healthy, and adopted by the planner.
struct HealthyFleet : SmallFleet {
  HealthyFleet() {
    for (const auto& key : {kAms, kLon, kLink}) set_health(key, Health::Healthy);
    feed_until(kStart + 25h - 2min);
    pass();
    feed_until(kStart + 25h);  // the stay rule holds
    pass();
  }
};

TEST(MonitorPlan, WritesHealthOnlyWhenItChanged) {
  HealthyFleet f;
  EXPECT_THAT(f.pass().changes, IsEmpty());
  f.feed_until(kStart + 25h + 1min, {SmallFleet::kLon});
  const auto changes = targets(f.pass());
  EXPECT_THAT(changes, testing::Contains(std::pair{SmallFleet::kLink, Health::Impaired}));
  EXPECT_EQ(targets(f.pass()), changes) << "the ledger has not taken it: tried again";
  f.apply(f.pass());
  EXPECT_THAT(f.pass().changes, IsEmpty());
}

TEST(MonitorPlan, AdoptsTheHealthItMeetsFirst) {
  SmallFleet f;
  f.set_health(SmallFleet::kLink, Health::Healthy);
  f.feed_until(kStart + 1min);
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_EQ(f.planner.memories().at(SmallFleet::kLink).own_health, Health::Healthy);
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
  EXPECT_THAT(render_alarm(alarm, "ams:lon", kStart), HasSubstr("link ams:lon: expected health healthy"));
  f.feed_until(kStart + 26h);
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
  EXPECT_EQ(f.planner.memories().at(SmallFleet::kLink).own_health, Health::Pending);
}

TEST(MonitorPlan, ImpairedOutOfServiceIsTheProgramsDoing) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Impaired);
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_THAT(targets(f.pass()), ElementsAre(std::pair{SmallFleet::kLink, Health::Healthy}));
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
  f.feed_until(kStart + 25h + 1min, {SmallFleet::kLon});
  const auto plan = f.pass();
  f.feed_until(kStart + 25h + 2min);
  f.apply(plan);  // it landed, although the monitor never heard so
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_EQ(f.planner.memories().at(SmallFleet::kLink).own_health, Health::Impaired);
  EXPECT_EQ(f.planner.memories().at(SmallFleet::kLink).tried_health, std::nullopt);
}

TEST(MonitorPlan, AStandbyAdoptsAlwaysAndTriesNothing) {
  HealthyFleet f;
  f.writable = false;
  f.set_health(SmallFleet::kLink, Health::Pending);
  EXPECT_THAT(targets(f.pass()), ElementsAre(std::pair{SmallFleet::kLink, Health::Healthy})) << "what it would write";
  EXPECT_THAT(record_alarms(f.pass()), IsEmpty());
  EXPECT_EQ(f.planner.memories().at(SmallFleet::kLink).own_health, Health::Pending);
  EXPECT_EQ(f.planner.memories().at(SmallFleet::kLink).tried_health, std::nullopt);
}

TEST(MonitorPlan, ARestartKeepsWhatItWroteAndForgetsSinceWhenTheRecordIsAsItIs) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Impaired);  // by the program
  MonitorPlanner restarted(f.planner.memories());
  const auto plan = restarted.plan(f.inputs(f.fed + 30s));
  EXPECT_THAT(plan.changes, IsEmpty());
  EXPECT_EQ(restarted.verdicts()[0].reason, HealthReason::ImpairedStay);
  EXPECT_EQ(restarted.verdicts()[0].healthy_at, f.fed + 2min + 30s);
  f.set_health(SmallFleet::kLink, Health::Pending);
  f.feed_until(f.fed + 2min);
  EXPECT_THAT(restarted.plan(f.inputs(f.fed + 30s)).changes, IsEmpty());
  EXPECT_THAT(record_alarms(restarted.plan(f.inputs(f.fed + 30s))), ElementsAre(AlarmKind::HealthDisagreement));
}

TEST(MonitorPlan, ForgetsRecordsThatAreGone) {
  HealthyFleet f;
  f.links.clear();
  ++f.revision;
  f.pass();
  EXPECT_FALSE(f.planner.memories().contains(SmallFleet::kLink));
  EXPECT_EQ(f.planner.verdicts().size(), 2U);
}

TEST(MonitorPlan, RaisesOneAlarmForASourceThatDoesNotAnswer) {
  HealthyFleet f;
  const auto stale = [&](Duration later) {
    std::vector<Source> sources;
    for (const auto& alarm : f.planner.plan(f.inputs(f.fed + later)).alarms) {
      if (alarm.kind == AlarmKind::StaleSource) sources.push_back(alarm.source);
    }
    return sources;
  };
  EXPECT_THAT(stale(10min), ElementsAre(Source::LatencySamples)) << "never read in this test";
  EXPECT_THAT(stale(10min + 1us), ElementsAre(Source::Counters, Source::ConfigAgent, Source::LatencySamples));
}

TEST(MonitorPlan, SaysWhichDevicesFellSilentTogether) {
  HealthyFleet f;
  f.feed_until(f.fed + 1min, {SmallFleet::kAms, SmallFleet::kLon});
  std::vector<MonitorAlarm> silence;
  for (const auto& alarm : f.pass().alarms) {
    if (alarm.kind == AlarmKind::MassSilence) silence.push_back(alarm);
  }
  ASSERT_EQ(silence.size(), 2U);
  EXPECT_EQ(silence[0].source, Source::Counters);
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
  EXPECT_EQ(f.planner.plan(f.inputs(f.fed + 40s)).next_look, f.fed + 90s);
}

TEST(MonitorPlan, ExplainsOneRecordOnDemand) {
  HealthyFleet f;
  f.feed_until(f.fed + 1min, {SmallFleet::kLon});
  f.pass();
  const auto text = f.planner.explain(f.inputs(f.fed + 30s), SmallFleet::kAms);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(*text, HasSubstr("device ams: health healthy becomes impaired; impaired by device.link_up"));
  EXPECT_THAT(*text, HasSubstr("1 minute without counter rows at ams:lon Z Ethernet1"));
  const auto report = f.planner.report(f.inputs(f.fed + 30s), SmallFleet::kLink);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->next_health, "impaired");
  EXPECT_EQ(f.planner.report(f.inputs(f.fed), key_of(77)).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace dz
