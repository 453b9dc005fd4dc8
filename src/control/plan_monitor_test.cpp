#include "control/plan_monitor.h"

#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/explain_record.h"
#include "control/incident.h"
#include "control/record_changes.h"

namespace dz::control {
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
    policy.of(verdict::CriterionId::DeviceQa).mode = verdict::Mode::Shadow;
    policy.of(verdict::CriterionId::DeviceTelemetryAgent).mode = verdict::Mode::Shadow;
  }

  // Clean minutes up to `to`, except those of `silent` devices.
  void feed_until(Minute to, const std::vector<Pubkey>& silent = {}) {
    for (; fed < to; fed += 1min) {
      const auto at = Timestamp{fed} + 20s;
      octets += 1000;
      for (const auto& [key, device] : devices) {
        if (std::find(silent.begin(), silent.end(), key) != silent.end()) continue;
        for (const auto& port : device.interfaces) {
          ASSERT_TRUE(evidence.add_counters(key, port.name, {at, octets, octets, {}, {}, {}}, at));
        }
        evidence.add_getconfig(key, at, 1, at);
      }
      const auto closed = Timestamp{fed} + 90s;
      evidence.accepting(kStart - 1min, closed);
      evidence.advance(closed);
    }
  }

  MonitorInputs inputs(Timestamp now) const { return {links, devices, revision, evidence, policy, mode, true, now}; }
  // A pass just after the last minute fed was closed.
  MonitorPlan pass() { return plan_monitor(inputs(fed + 30s), book); }
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
  evidence::Evidence evidence;
  verdict::Policy policy;
  RecordBook book;
  WriteMode mode = WriteMode::Write;
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

// A fleet in which everything is healthy, and adopted by the monitor.
struct HealthyFleet : SmallFleet {
  HealthyFleet() {
    for (const auto& key : {kAms, kLon, kLink}) set_health(key, Health::Healthy);
    feed_until(kStart + 25h - 2min);
    pass();
    feed_until(kStart + 25h);  // the stay rule holds
    pass();
  }
};

// While the ledger was not read the link may have been asked back and drained again.
TEST(MonitorPlan, AStayBeginsAnewWhenTheLedgerIsReadAgainAfterABreak) {
  HealthyFleet f;
  f.set_health(SmallFleet::kLink, Health::Impaired);
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
  EXPECT_EQ(f.book.memories().at(SmallFleet::kLink).own_health, Health::Pending);
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
  f.feed_until(kStart + 24h + 5min);
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
  EXPECT_EQ(report_record(f.inputs(f.fed), f.book, key_of(77)).error().kind, ErrorKind::NotFound);
}

// What is kept of a memory over a restart.
verdict::RecordMemory kept_form(verdict::RecordMemory memory, Timestamp now) {
  if (memory.evidence_known_at == now) memory.evidence_known_at.reset();
  memory.present_since.reset();
  memory.reset_sent = false;
  return memory;
}

// Two monitors over the same random weather, one of which judges every record in every pass: its book is told of other
// records each time.
class Weather {
 public:
  explicit Weather(unsigned seed) : random_(seed) {
    if (seed % 3 == 0) policy_ = verdict::default_policy(v034_profile());
    for (auto& criterion : policy_.criteria) criterion.window.reset();
    policy_.window = policy_.recovery_window = 20min;
    policy_.damping_long = {6, 15};  // no policy has one that does not fit into its windows
    policy_.unobserved_allowed = 2;
    policy_.max_hold = 12min;
    for (int d = 0; d < kDevices; ++d) add_device(d);
    for (int l = 0; l < kLinks; ++l) add_link(l);
    facts_.heard = [this](const Pubkey&) { return std::optional<Timestamp>(heard_); };
  }

  void run(int passes) {
    for (int i = 0; i < passes && !testing::Test::HasFatalFailure(); ++i) {
      SCOPED_TRACE(i);
      feed();
      if (chance(2)) heard_ = minute_ + (chance(2) ? 20s : -3min);
      if (chance(15)) change_record();
      if (chance(25)) come_or_go();
      if (chance(20)) change_what_is_known();
      if (chance(60)) policy_.max_hold = policy_.max_hold == 12min ? 5min : 12min;
      now_ = minute_ + 30s + (chance(10) ? 20s : 0s);
      can_write_ = !chance(20);
      if (chance(40)) mode_ = static_cast<WriteMode>(random_() % 3);
      auto plan = look();
      for (int again = 0; again < 3 && chance(2); ++again) {
        now_ += chance(2) ? 3s : 17s;
        if (chance(6)) can_write_ = !can_write_;
        if (chance(4)) change_record();
        if (chance(6) && minute_ >= away_until_) {
          deliver_late();
          evidence_.advance(minute_ + 30s);
        }
        plan = look();
      }
      land(plan);
    }
  }

  int spared = 0, stood = 0;

 private:
  MonitorInputs inputs() const {
    MonitorInputs in{links_, devices_, changes_.revision(), evidence_, policy_, mode_, can_write_, now_};
    in.under_way = &under_way_;
    in.disputed_sources = disputed_;
    in.facts = &facts_;
    in.changes = &changes_;
    return in;
  }

  MonitorPlan look() {
    const auto in = inputs();
    const auto fast = plan_monitor(in, fast_);
    auto of_others = in;
    of_others.changes = nullptr;
    of_others.records_revision = ++always_new_;
    const auto full = plan_monitor(of_others, full_);
    compare(fast, full);
    full_incidents_.follow(full.causes, full_.verdicts(), of_others);
    if (fast.is_news) {
      fast_incidents_.follow(fast.causes, fast_.verdicts(), in);
      keep();
    }
    EXPECT_TRUE(std::equal(fast_incidents_.all().begin(), fast_incidents_.all().end(), full_incidents_.all().begin(),
                           full_incidents_.all().end()));
    for (const auto& [key, memory] : full_.memories()) EXPECT_EQ(kept_.at(key), kept_form(memory, now_));
    EXPECT_EQ(kept_.size(), full_.memories().size());
    spared += full.assessed - fast.assessed;
    stood += fast.is_news ? 0 : 1;
    return fast;
  }

  void compare(const MonitorPlan& fast, const MonitorPlan& full) {
    ASSERT_EQ(fast.changes, full.changes);
    ASSERT_EQ(fast.alarms, full.alarms);
    ASSERT_EQ(fast.causes, full.causes);
    ASSERT_EQ(fast.next_look, full.next_look);
    ASSERT_TRUE(
        std::equal(fast_.verdicts().begin(), fast_.verdicts().end(), full_.verdicts().begin(), full_.verdicts().end()));
    ASSERT_EQ(fast_.memories(), full_.memories());
  }

  // As a monitor does in its file.
  void keep() {
    const auto unsaved = fast_.unsaved();
    if (!unsaved) {
      kept_.clear();
      for (const auto& [key, memory] : fast_.memories()) kept_[key] = kept_form(memory, now_);
    } else {
      for (const auto& key : *unsaved) kept_[key] = kept_form(fast_.memory_of(key), now_);
    }
    fast_.saved();
  }

  // What was planned is written, is on its way for a while, or is lost.
  void land(const MonitorPlan& plan) {
    for (const auto& [key, health] : std::exchange(under_way_, {})) {
      if (!links_.contains(key) && !devices_.contains(key)) continue;
      if (chance(3)) continue;
      health_of(key) = health;
      note(key);
      for (auto* book : {&fast_, &full_}) {
        if (!policy_.profile->guarded) book->landed(key, health, false);
      }
    }
    if (!can_write_ || mode_ != WriteMode::Write || chance(5)) return;
    const bool at_once = chance(2);
    for (const auto& change : plan.changes) {
      if (!at_once) {
        under_way_.emplace(change.key, change.to);
        continue;
      }
      health_of(change.key) = change.to;
      note(change.key);
      for (auto* book : {&fast_, &full_}) {
        if (!policy_.profile->guarded) book->landed(change.key, change.to, change.reset);
      }
    }
  }

  void change_what_is_known() {
    const auto device = key_of(static_cast<std::uint8_t>(1 + random_() % kDevices));
    switch (random_() % 5) {
      case 0: facts_.clock_ahead[device] = std::chrono::minutes{random_() % 3}; break;
      case 1: facts_.rows_late[device] = std::chrono::minutes{random_() % 3}; break;
      case 2: facts_.clock_ahead.clear(); break;
      case 3: disputed_ = chance(2) ? 1U : 0U; break;
      default: facts_.rows_late.clear(); break;
    }
    if (chance(3)) facts_.of_source[evidence::Source::Counters] = chance(2) ? "no answer" : "refused";
    if (chance(3)) {
      const auto link = key_of(static_cast<std::uint8_t>(100 + random_() % kLinks));
      fast_.wanted_again(link);
      full_.wanted_again(link);
    }
  }

  // Records, and the changes that are told of them.
  void note(const Pubkey& key) { changes_.note(std::span(&key, 1)); }

  void come_or_go() {
    const auto l = static_cast<int>(random_() % kLinks);
    const auto link = key_of(static_cast<std::uint8_t>(100 + l));
    if (chance(3)) {
      const auto device = key_of(static_cast<std::uint8_t>(kDevices));
      if (devices_.erase(device) == 0) add_device(kDevices - 1);
      note(device);
    }
    if (links_.erase(link) == 0) add_link(l);
    note(link);
  }

  static constexpr int kDevices = 6, kLinks = 9;

  bool chance(unsigned one_in) { return random_() % one_in == 0; }
  Health& health_of(const Pubkey& key) { return links_.contains(key) ? links_[key].health : devices_[key].health; }

  void add_device(int d) {
    auto& device = devices_[key_of(static_cast<std::uint8_t>(1 + d))];
    device.status = chance(2) ? Status::Activated : Status::HardDrained;
    device.type = chance(2) ? DeviceType::Transit : DeviceType::Hybrid;
    for (int p = 0; p < 4; ++p) {
      Interface port;
      port.name = "Ethernet" + std::to_string(p);
      port.status = InterfaceStatus::Activated;
      if (p == 3) port.dia = Dia::Dia;
      device.interfaces.push_back(port);
    }
  }

  void add_link(int l) {
    auto& link = links_[key_of(static_cast<std::uint8_t>(100 + l))];
    link.side_a = key_of(static_cast<std::uint8_t>(1 + l % kDevices));
    link.side_z = key_of(static_cast<std::uint8_t>(1 + (l + 1 + l / kDevices) % kDevices));
    link.side_a_iface = "Ethernet" + std::to_string(l / kDevices);
    link.side_z_iface = "Ethernet2";
    link.status = chance(2) ? Status::Activated : Status::HardDrained;
  }

  // One minute of rows, some missing, some wrong, some a few minutes late; none while the endpoint is away.
  void feed() {
    octets_ += 1000;
    if (minute_ >= away_until_ && chance(60)) away_until_ = minute_ + minutes{chance(2) ? 1 : 15};
    const bool away = minute_ < away_until_;
    const auto dark = chance(25) ? random_() % kDevices : kDevices;
    unsigned d = 0;
    for (const auto& [key, device] : devices_) {
      if (away || d++ == dark) continue;
      for (const auto& port : device.interfaces) {
        if (!chance(150)) send(key, port.name, {minute_ + 20s, octets_, octets_, {}, {}, {}}, chance(150));
        if (chance(200)) send(key, port.name, {minute_ + 40s, {}, {}, ++errors_, {}, {}}, chance(2));
      }
      if (!chance(150)) evidence_.add_getconfig(key, minute_ + 20s, 1, minute_ + 45s);
    }
    minute_ += 1min;
    if (!away) {
      if (chance(4)) deliver_late();
      evidence_.accepting(minute_ - 1min, minute_ + 30s);
      evidence_.advance(minute_ + 30s);
    }
    if (minute_ >= samples_away_until_ && chance(60)) samples_away_until_ = minute_ + 15min;
    if (minute_ >= samples_away_until_ && !chance(6)) read_samples();
  }

  void send(const Pubkey& device, const std::string& port, const evidence::CounterRow& row, bool late) {
    if (late) return late_.push_back({device, port, row});
    ASSERT_TRUE(evidence_.add_counters(device, port, row, minute_ + 45s));
  }

  void deliver_late() {
    for (const auto& late : late_) ASSERT_TRUE(evidence_.add_counters(late.device, late.port, late.row, minute_ + 25s));
    late_.clear();
  }

  void read_samples() {
    std::vector<evidence::SampleRead> reads;
    for (const auto& [key, link] : links_) {
      for (const auto& origin : std::set<Pubkey>{link.side_a, link.side_z}) {
        const int n = (key.bytes[0] - 100) * kDevices + origin.bytes[0];
        auto& samples = samples_[n];
        const auto missing = static_cast<std::size_t>((minute_ - kStart).count() * 6) - samples.size();
        for (std::size_t i = 0; i < missing && !chance(400); ++i) samples.push_back(chance(900) ? 0 : 1500);
        evidence::SampleRead read;
        read.account = key_of(static_cast<std::uint8_t>(150 + n));
        read.samples.link = key;
        read.samples.origin_device = origin;
        read.samples.epoch = 1;
        read.samples.sampling_interval_us = 10'000'000;
        read.samples.start_timestamp_us = static_cast<std::uint64_t>(Timestamp{kStart}.time_since_epoch().count());
        read.samples.rtt_us = samples;
        reads.push_back(std::move(read));
      }
    }
    evidence_.observe_samples(minute_ + 10s, reads);
  }

  void change_record() {
    if (chance(4)) return change_device();
    auto link = links_.begin();
    std::advance(link, random_() % links_.size());
    note(link->first);
    switch (random_() % 7) {
      case 0: link->second.status = Status::Activated; break;
      case 1:
        link->second.status = Status::HardDrained;
        link->second.health = Health::Impaired;
        break;
      case 2: link->second.health = chance(2) ? Health::Pending : Health::Healthy; break;
      case 3: link->second.side_z = key_of(static_cast<std::uint8_t>(1 + random_() % kDevices)); break;
      case 4: link->second.side_a_iface = "Ethernet" + std::to_string(random_() % 4); break;
      case 5: link->second.desired_status = chance(2) ? DesiredStatus::HardDrained : DesiredStatus::Activated; break;
      default: changes_.note_everything(); break;
    }
  }

  void change_device() {
    auto device = devices_.begin();
    std::advance(device, random_() % devices_.size());
    note(device->first);
    switch (random_() % 4) {
      case 0: device->second.max_users ^= 8; break;
      case 1: device->second.interfaces[random_() % 3].cyoa = chance(2) ? Cyoa::None : Cyoa::GreOverDia; break;
      case 2: device->second.interfaces.resize(device->second.interfaces.size() == 4 ? 3 : 4); break;
      default: device->second.health = chance(2) ? Health::Impaired : Health::Healthy; break;
    }
    for (std::size_t p = 0; p < device->second.interfaces.size(); ++p) {
      device->second.interfaces[p].name = "Ethernet" + std::to_string(p);
    }
  }

  struct LateRow {
    Pubkey device;
    std::string port;
    evidence::CounterRow row;
  };

  std::mt19937 random_;
  verdict::Policy policy_;
  std::map<Pubkey, Link> links_;
  std::map<Pubkey, Device> devices_;
  evidence::Evidence evidence_;
  RecordBook fast_, full_;
  IncidentBook fast_incidents_{{}, Timestamp{kStart + 20min}}, full_incidents_{{}, Timestamp{kStart + 20min}};
  RecordBook::Memories kept_;  // of the fast one
  RecordChanges changes_;
  std::uint64_t always_new_ = 0;
  KnownFacts facts_;
  Timestamp heard_, now_;
  std::map<Pubkey, Health> under_way_;
  std::uint32_t disputed_ = 0;
  WriteMode mode_ = WriteMode::Write;
  bool can_write_ = true;
  std::uint64_t octets_ = 1, errors_ = 0;
  Minute minute_ = kStart, away_until_ = kStart, samples_away_until_ = kStart;
  std::vector<LateRow> late_;
  std::map<int, std::vector<std::uint32_t>> samples_;
};

TEST(MonitorPlan, JudgingWhatChangedIsJudgingEverything) {
  int spared = 0, stood = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    Weather weather(seed);
    weather.run(200);
    spared += weather.spared;
    stood += weather.stood;
    if (HasFailure()) return;
  }
  EXPECT_GT(spared, 1000) << "or the comparison says nothing";
  EXPECT_GT(stood, 100) << "likewise";
}

TEST(MonitorPlan, AVerdictStandsUntilSomethingHappensToTheRecord) {
  HealthyFleet f;
  RecordChanges changes;
  changes.note_everything();
  const auto look = [&](const std::map<Pubkey, Health>* under_way = nullptr, bool can_write = true,
                        std::uint32_t disputed = 0) {
    auto in = f.inputs(f.fed + 35s);
    in.records_revision = changes.revision();
    in.changes = &changes;
    in.under_way = under_way;
    in.can_write = can_write;
    in.disputed_sources = disputed;
    return plan_monitor(in, f.book).assessed;
  };
  look();
  EXPECT_EQ(look(), 0);
  EXPECT_EQ(look(nullptr, false), 3) << "all are judged on it";
  EXPECT_EQ(look(), 3);
  EXPECT_EQ(look(nullptr, true, 1), 3);
  EXPECT_EQ(look(), 3);
  const std::map<Pubkey, Health> under_way{{SmallFleet::kLink, Health::Healthy}};
  EXPECT_EQ(look(&under_way), 1);
  EXPECT_EQ(look(), 1) << "it was not asked while something was on its way";
  EXPECT_EQ(look(), 0);
  f.book.landed(SmallFleet::kLink, Health::Healthy, false);
  EXPECT_EQ(look(), 1);
  EXPECT_EQ(look(), 0);
  const auto device = SmallFleet::kAms;
  changes.note(std::span(&device, 1));
  EXPECT_EQ(look(), 1);
  const auto link = SmallFleet::kLink;
  changes.note(std::span(&link, 1));
  EXPECT_EQ(look(), 3) << "a link's devices are judged by it";
  const auto other = key_of(77);
  changes.note(std::span(&other, 1));
  EXPECT_EQ(look(), 0) << "neither link nor device";
}

TEST(MonitorPlan, WhatComesInAPauseIsLookedAtInTheNextPass) {
  HealthyFleet f;
  const auto link = f.links.at(SmallFleet::kLink);
  for (int i = 0; i < 1000; ++i) {
    auto key = SmallFleet::kLink;
    key.bytes[0] = static_cast<std::uint8_t>(100 + i / 100);
    key.bytes[1] = static_cast<std::uint8_t>(i % 100);
    f.links[key] = link;
  }
  ++f.revision;
  auto in = f.inputs(f.fed + 35s);
  int pauses = 0;
  in.pause = [&] {
    ++pauses;
    f.evidence.add_own_qa_result(SmallFleet::kAms, f.fed, true, f.fed + 35s);
  };
  EXPECT_EQ(plan_monitor(in, f.book).assessed, static_cast<int>(f.links.size() + f.devices.size()));
  EXPECT_GT(pauses, 0);
  in.pause = {};
  EXPECT_GE(plan_monitor(in, f.book).assessed, 2) << "the devices, at least";
  EXPECT_EQ(plan_monitor(in, f.book).assessed, 0);
}

}  // namespace
}  // namespace dz::control
