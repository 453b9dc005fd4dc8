#include <chrono>
#include <map>
#include <random>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "control/incident.h"
#include "control/plan_monitor.h"
#include "control/record_changes.h"
#include "control/small_fleet.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

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
    expect_links_of_devices(in, fast_);  // which may not know these records yet
    const auto fast = plan_monitor(in, fast_);
    expect_links_of_devices(in, fast_);
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
    const auto device = fleet_key(static_cast<std::uint8_t>(1 + random_() % kDevices));
    switch (random_() % 5) {
      case 0: facts_.clock_ahead[device] = std::chrono::minutes{random_() % 3}; break;
      case 1: facts_.rows_late[device] = std::chrono::minutes{random_() % 3}; break;
      case 2: facts_.clock_ahead.clear(); break;
      case 3: disputed_ = chance(2) ? 1U : 0U; break;
      default: facts_.rows_late.clear(); break;
    }
    if (chance(3)) facts_.of_source[evidence::Source::Counters] = chance(2) ? "no answer" : "refused";
    if (chance(3)) {
      const auto link = fleet_key(static_cast<std::uint8_t>(100 + random_() % kLinks));
      fast_.wanted_again(link);
      full_.wanted_again(link);
    }
  }

  // Records, and the changes that are told of them.
  void note(const Pubkey& key) { changes_.note(std::span(&key, 1)); }

  void come_or_go() {
    const auto l = static_cast<int>(random_() % kLinks);
    const auto link = fleet_key(static_cast<std::uint8_t>(100 + l));
    if (chance(3)) {
      const auto device = fleet_key(static_cast<std::uint8_t>(kDevices));
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
    auto& device = devices_[fleet_key(static_cast<std::uint8_t>(1 + d))];
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
    auto& link = links_[fleet_key(static_cast<std::uint8_t>(100 + l))];
    link.side_a = fleet_key(static_cast<std::uint8_t>(1 + l % kDevices));
    link.side_z = fleet_key(static_cast<std::uint8_t>(1 + (l + 1 + l / kDevices) % kDevices));
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
        const auto missing = static_cast<std::size_t>((minute_ - kFleetStart).count() * 6) - samples.size();
        for (std::size_t i = 0; i < missing && !chance(400); ++i) samples.push_back(chance(900) ? 0 : 1500);
        evidence::SampleRead read;
        read.account = fleet_key(static_cast<std::uint8_t>(150 + n));
        read.samples.link = key;
        read.samples.origin_device = origin;
        read.samples.epoch = 1;
        read.samples.sampling_interval_us = 10'000'000;
        read.samples.start_timestamp_us = static_cast<std::uint64_t>(Timestamp{kFleetStart}.time_since_epoch().count());
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
      case 3: link->second.side_z = fleet_key(static_cast<std::uint8_t>(1 + random_() % kDevices)); break;
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
  IncidentBook fast_incidents_{{}, Timestamp{kFleetStart + 20min}}, full_incidents_{{}, Timestamp{kFleetStart + 20min}};
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
  Minute minute_ = kFleetStart, away_until_ = kFleetStart, samples_away_until_ = kFleetStart;
  std::vector<LateRow> late_;
  std::map<int, std::vector<std::uint32_t>> samples_;
};

TEST(StandingVerdicts, JudgingWhatChangedIsJudgingEverything) {
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

TEST(StandingVerdicts, AVerdictStandsUntilSomethingHappensToTheRecord) {
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
  // The samples say nothing here: that they are disputed changes no source, and is judged all the same.
  for (const auto source : {evidence::Source::Counters, evidence::Source::LatencySamples}) {
    EXPECT_EQ(look(nullptr, true, 1U << static_cast<unsigned>(source)), 3) << static_cast<int>(source);
    EXPECT_EQ(look(), 3);
  }
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
  const auto other = fleet_key(77);
  changes.note(std::span(&other, 1));
  EXPECT_EQ(look(), 0) << "neither link nor device";
}

// By it a record in service is held for so long and no longer: passes that leave the record alone must not move it.
TEST(StandingVerdicts, SinceWhenNothingIsKnownStaysAsItIs) {
  HealthyFleet f;
  f.link().status = Status::Activated;
  const auto last_word = Timestamp{f.fed} + 30s;
  plan_monitor(f.inputs(last_word), f.book);
  EXPECT_EQ(f.book.memory_of(SmallFleet::kLink).evidence_known_at, last_word);
  const auto silent = last_word + f.policy.max_staleness_of(evidence::Source::Counters) + 1min;
  for (const auto since : {0s, 20s, 60s, 600s}) {
    plan_monitor(f.inputs(silent + since), f.book);
    EXPECT_EQ(f.book.memory_of(SmallFleet::kLink).evidence_known_at, last_word) << since.count();
  }
}

TEST(StandingVerdicts, WhatComesInAPauseIsLookedAtInTheNextPass) {
  HealthyFleet f;
  auto device = f.devices.at(SmallFleet::kAms);
  device.health = Health::Impaired;  // nothing is heard of them
  for (int i = 0; i < 1000; ++i) {
    auto key = SmallFleet::kLon;  // after kAms, which is judged before any pause
    key.bytes[1] = static_cast<std::uint8_t>(100 + i / 100);
    key.bytes[2] = static_cast<std::uint8_t>(i % 100);
    f.devices[key] = device;
  }
  ++f.revision;
  auto in = f.inputs(f.fed + 35s);
  int pauses = 0;
  in.pause = [&] {
    ++pauses;
    f.evidence.add_own_qa_result(SmallFleet::kAms, f.fed - 1min, false, f.fed + 35s);
  };
  const auto all = static_cast<int>(f.links.size() + f.devices.size());
  EXPECT_EQ(plan_monitor(in, f.book).assessed, all);
  EXPECT_GT(pauses, 0);
  const auto before = f.book.verdict_of(SmallFleet::kAms)->judgements;
  in.pause = {};
  EXPECT_LT(plan_monitor(in, f.book).assessed, all) << "the link and the other healthy device are calm";
  EXPECT_NE(f.book.verdict_of(SmallFleet::kAms)->judgements, before);
  EXPECT_LE(plan_monitor(in, f.book).assessed, 1) << "it fails, and nothing else does";
}

}  // namespace
}  // namespace dz::control
