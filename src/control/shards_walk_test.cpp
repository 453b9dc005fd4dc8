// Three judges of a part each beside one of the whole fleet, on the same made-up minutes: together they plan exactly
// what the one plans, also while one of them dies and another takes its part over.
#include <array>
#include <memory>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "control/plan_monitor.h"
#include "control/record_changes.h"
#include "control/shard.h"
#include "control/small_fleet.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;

constexpr Minute kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
constexpr int kDevices = 9, kLinks = 13, kPorts = 5;

Pubkey key_of(int n) {
  Pubkey key;
  key.bytes.fill(static_cast<std::uint8_t>(n));
  return key;
}

struct Row {
  Pubkey device;
  std::string port;  // empty: the device got its configuration
  evidence::CounterRow row;
};

struct Ledger {
  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  RecordChanges changes;

  template <typename Use>
  void with(const Pubkey& key, const Use& use) {
    if (const auto link = links.find(key); link != links.end()) {
      use(link->second);
    } else {
      use(devices.at(key));
    }
    changes.note(std::array{key});
  }
  Health health(const Pubkey& key) const { return links.contains(key) ? links.at(key).health : devices.at(key).health; }
  std::vector<Pubkey> keys() const {
    std::vector<Pubkey> all;
    for (const auto& [key, _] : links) all.push_back(key);
    for (const auto& [key, _] : devices) all.push_back(key);
    return all;
  }
};

// One monitor, as far as it judges.
class Judge {
 public:
  Judge(Shard shard, const verdict::Policy& policy, const Ledger& ledger, Timestamp now)
      : ownership(shard), policy_(policy), ledger_(ledger), evidence(settings(shard)) {
    name(now);
  }
  static evidence::EvidenceSettings settings(Shard shard) {
    evidence::EvidenceSettings settings;
    if (!shard.is_whole()) {
      settings.part = shard.part;
      settings.parts = shard.parts;
    }
    return settings;
  }
  void name(Timestamp now) {
    evidence.name_interfaces(interfaces_needed(ownership, ledger_.links, ledger_.devices), now);
  }
  void take(const Row& row, Timestamp now) {
    if (row.port.empty()) {
      (void)evidence.add_getconfig(row.device, row.row.at, 1, now);
    } else if (evidence.hears(row.device, row.port)) {
      ASSERT_TRUE(evidence.add_counters(row.device, row.port, row.row, now));
    } else {
      (void)evidence.add_presence(row.device, row.row.at, now);
    }
  }
  void close(Timestamp from, Timestamp now) {
    evidence.accepting(from, now);
    evidence.advance(now);
  }
  std::vector<HealthChange> pass(Timestamp now) {
    MonitorInputs inputs{
        ledger_.links, ledger_.devices, ledger_.changes.revision(), evidence, policy_, WriteMode::Write, true, now};
    inputs.changes = &ledger_.changes;
    inputs.ownership = &ownership;
    auto changes = plan_monitor(inputs, book).changes;
    expect_links_of_devices(inputs, book);
    return changes;
  }

  const Ownership ownership;

 private:
  const verdict::Policy& policy_;
  const Ledger& ledger_;

 public:
  evidence::Evidence evidence;
  RecordBook book;
};

using Planned = std::map<Pubkey, std::pair<Health, verdict::HealthReason>>;

class Walk {
 public:
  explicit Walk(unsigned seed) : random(seed) {
    for (int n = 1; n <= kDevices; ++n) {
      auto& d = one.devices[key_of(n)];
      d.public_ip = ipv4_from(0x08080808);
      d.dz_prefixes = {{ipv4_from(0x08080800), 29}};
      d.status = Status::HardDrained;
      d.health = Health::Unknown;
      for (int p = 0; p < kPorts; ++p) {
        Interface port;
        port.name = "Ethernet" + std::to_string(p);
        port.status = InterfaceStatus::Activated;
        port.dia = p == 0 ? Dia::Dia : Dia::None;
        d.interfaces.push_back(port);
      }
    }
    for (int n = 0; n < kLinks; ++n) {
      auto& l = one.links[key_of(100 + n)];
      l.side_a = key_of(1 + static_cast<int>(random() % kDevices));
      l.side_z = key_of(1 + static_cast<int>(random() % kDevices));
      l.side_a_iface = "Ethernet" + std::to_string(1 + random() % (kPorts - 1));
      l.side_z_iface = "Ethernet" + std::to_string(1 + random() % (kPorts - 1));
      l.status = Status::HardDrained;
      l.health = Health::Unknown;
    }
    many.links = one.links;
    many.devices = one.devices;
    for (const auto id : {verdict::CriterionId::DeviceQa, verdict::CriterionId::DeviceTelemetryAgent})
      policy.of(id).mode = verdict::Mode::Shadow;
    policy.window = policy.recovery_window = std::chrono::minutes{25};
    whole = std::make_unique<Judge>(Shard{}, policy, one, kStart);
    for (std::uint32_t part = 1; part <= 3; ++part)
      parts.push_back(std::make_unique<Judge>(Shard{part, 3}, policy, many, kStart));
  }

  bool chance(unsigned in) { return random() % in == 0; }

  // Everybody's rows of the minute, and some of earlier ones.
  void make_rows(bool faults) {
    now_rows.clear();
    if (faults && chance(40)) {  // the half of them falls silent
      for (int d = 1; d <= kDevices; ++d) {
        if (chance(2)) device_silent[d] = minute + std::chrono::minutes{1 + random() % 10};
      }
    }
    for (int d = 1; d <= kDevices; ++d) {
      if (faults && chance(60)) device_silent[d] = minute + std::chrono::minutes{1 + random() % 12};
      if (minute < device_silent[d]) continue;
      now_rows.push_back({key_of(d), "", {minute + 3s, {}, {}, {}, {}, {}}});
      for (int p = 0; p < kPorts; ++p) {
        if (faults && chance(150)) port_silent[{d, p}] = minute + std::chrono::minutes{1 + random() % 6};
        if (minute < port_silent[{d, p}]) continue;
        octets += 1000;
        Row row{key_of(d), "Ethernet" + std::to_string(p), {minute + 20s, octets, octets, {}, {}, {}}};
        if (faults && chance(200)) row.row.in_errors = ++errors;
        (faults && chance(100) ? late_rows : now_rows).push_back(row);
      }
    }
    if (chance(4)) {
      now_rows.insert(now_rows.end(), late_rows.begin(), late_rows.end());
      late_rows.clear();
    }
    log.insert(log.end(), now_rows.begin(), now_rows.end());
  }

  // A contributor and an activator, on both ledgers alike.
  void change_records() {
    for (auto* ledger : {&one, &many}) {
      for (const auto& key : ledger->keys()) {
        const auto activate = [&](auto& r) {
          if (r.status == Status::HardDrained && r.desired_status == DesiredStatus::Activated &&
              r.health == Health::Healthy)
            r.status = Status::Activated;
        };
        const auto before = ledger->health(key);
        if (before == Health::Healthy) ledger->with(key, activate);
      }
    }
    if (!chance(12)) return;
    const auto keys = one.keys();
    const auto key = keys[random() % keys.size()];
    const bool drains = chance(2);
    for (auto* ledger : {&one, &many}) {
      ledger->with(key, [&](auto& r) {
        if (drains && r.status == Status::Activated) {
          r.status = Status::HardDrained;
          r.health = Health::Impaired;  // as the program does
        }
        r.desired_status = DesiredStatus::Activated;
      });
    }
  }

  static void apply(Ledger& ledger, const Planned& planned) {
    for (const auto& [key, to] : planned) {
      ledger.with(key, [&, health = to.first](auto& r) { r.health = health; });
    }
  }
  static void landed(Judge& judge, const std::vector<HealthChange>& changes) {
    for (const auto& change : changes) judge.book.landed(change.key, change.to, change.reset);
  }

  // A minute goes by; what each side planned. dead: a part that does nothing; 0: none.
  std::pair<Planned, Planned> step(bool faults, std::uint32_t dead = 0) {
    make_rows(faults);
    change_records();
    const auto closed = Timestamp{minute} + 90s;
    Planned by_one, by_many;
    for (auto& judge : judges()) {
      if (judge->ownership.shard().part == dead && !judge->ownership.shard().is_whole()) continue;
      for (const auto& row : now_rows) judge->take(row, Timestamp{minute} + 45s);
      judge->close(kStart - 1min, closed);
      const auto changes = judge->pass(closed);
      landed(*judge, changes);
      auto& planned = judge == whole.get() ? by_one : by_many;
      for (const auto& change : changes) {
        EXPECT_TRUE(planned.emplace(change.key, std::pair(change.to, change.reason)).second) << "written by two";
        EXPECT_TRUE(judge->ownership.owns(change.key));
      }
    }
    minute += 1min;
    return {by_one, by_many};
  }
  std::vector<Judge*> judges() const {
    std::vector<Judge*> all{whole.get()};
    for (const auto& part : parts) all.push_back(part.get());
    return all;
  }

  std::mt19937 random;
  verdict::Policy policy;
  Ledger one, many;
  std::unique_ptr<Judge> whole;
  std::vector<std::unique_ptr<Judge>> parts;
  Minute minute = kStart;
  std::map<int, Minute> device_silent;
  std::map<std::pair<int, int>, Minute> port_silent;
  std::vector<Row> now_rows, late_rows, log;
  std::uint64_t octets = 1'000'000, errors = 0;
};

TEST(Shards, TogetherPlanExactlyWhatOneMonitorPlans) {
  int changes = 0, healthy = 0, impaired = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Walk walk(seed);
    for (int m = 0; m < 150; ++m) {
      const auto [by_one, by_many] = walk.step(m > 5);
      ASSERT_EQ(by_one, by_many) << "seed " << seed << " minute " << m;
      Walk::apply(walk.one, by_one);
      Walk::apply(walk.many, by_many);
      changes += static_cast<int>(by_one.size());
      for (const auto& [_, to] : by_one) {
        healthy += to.first == Health::Healthy ? 1 : 0;
        impaired += to.first == Health::Impaired ? 1 : 0;
      }
    }
    std::size_t judged = 0;
    for (const auto& part : walk.parts) {
      judged += part->book.verdicts().size();
      EXPECT_LT(part->evidence.subject_counts().interfaces, walk.whole->evidence.subject_counts().interfaces);
      for (const auto& verdict : part->book.verdicts()) {
        auto of_one = *walk.whole->book.verdict_of(verdict.key);
        of_one.condition.since = verdict.condition.since;  // for people: of a candidate it is known or not
        EXPECT_EQ(verdict, of_one) << "seed " << seed;
      }
    }
    EXPECT_EQ(judged, walk.whole->book.verdicts().size());
  }
  EXPECT_GT(healthy, 1000);
  EXPECT_GT(impaired, 500);
  EXPECT_GT(changes, 2500);
}

// The store has all rows: a new monitor of the part that died asks it for its window, as at any first start.
std::unique_ptr<Judge> from_the_store(const Walk& walk, Shard shard, Timestamp now) {
  auto spare = std::make_unique<Judge>(shard, walk.policy, walk.many, kStart - 1min);
  for (const auto& row : walk.log) spare->take(row, row.row.at + 1s);
  spare->close(kStart - 1min, now);
  return spare;
}

TEST(Shards, WhileOneDiesAndItsPartMovesNothingIsHealthierAndInTheEndAllIsAsWithOne) {
  int late_writes = 0;
  for (unsigned seed = 100; seed < 115; ++seed) {
    Walk walk(seed);
    const auto dead = 1 + walk.random() % 3;
    const bool by_two = walk.chance(2);  // the two others share all, or a spare takes the part
    const auto step = [&](bool faults, std::uint32_t without = 0) {
      const auto [by_one, by_many] = walk.step(faults, without);
      Walk::apply(walk.one, by_one);
      for (const auto& [key, to] : by_many) {
        const auto of_one = by_one.find(key);
        if (of_one == by_one.end() || of_one->second != to) ++late_writes;
        if (to.first != Health::Healthy) continue;
        EXPECT_EQ(walk.whole->book.verdict_of(key)->evidence_judgement, verdict::Judgement::Met) << "seed " << seed;
      }
      Walk::apply(walk.many, by_many);
    };
    for (int m = 0; m < 60; ++m) step(m > 5);
    for (int m = 0; m < 7; ++m) step(true, dead);
    const auto now = Timestamp{walk.minute} + 30s;
    if (by_two) {
      walk.parts.clear();
      for (std::uint32_t part = 1; part <= 2; ++part) walk.parts.push_back(from_the_store(walk, {part, 2}, now));
    } else {
      walk.parts[dead - 1] = from_the_store(walk, {static_cast<std::uint32_t>(dead), 3}, now);
    }
    for (int m = 0; m < 30; ++m) step(true);
    for (int m = 0; m < 45; ++m) step(false);
    for (const auto& key : walk.one.keys()) {
      EXPECT_EQ(walk.one.health(key), walk.many.health(key)) << "seed " << seed << " " << to_text(key);
    }
  }
  EXPECT_GT(late_writes, 20);
}

// What a pushed row was not kept of is unobserved: a monitor of another part writes nothing healthy until its window is
// full, and impairs nothing that carries traffic.
TEST(Shards, AnotherPartOfPushedRowsKeepsWhatBothHearAndNeverTakesTheRestForSilent) {
  int kept = 0, unobserved = 0;
  for (unsigned seed = 200; seed < 212; ++seed) {
    Walk walk(seed);
    for (int m = 0; m < 40; ++m) {
      const auto [by_one, by_many] = walk.step(false);
      Walk::apply(walk.one, by_one);
      Walk::apply(walk.many, by_many);
    }
    auto moved = std::make_unique<Judge>(Shard{1, 2}, walk.policy, walk.many, Timestamp{kStart});
    moved->evidence = std::move(walk.parts[0]->evidence);
    moved->book = RecordBook(walk.parts[0]->book.memories());
    const auto now = Timestamp{walk.minute} + 30s;
    moved->evidence.configure(Judge::settings({1, 2}), now);
    moved->name(now);
    walk.parts.clear();
    walk.parts.push_back(std::move(moved));
    for (int m = 0; m < 60; ++m) {
      const auto [by_one, by_many] = walk.step(false);
      for (const auto& [key, to] : by_many) EXPECT_NE(to.first, Health::Impaired) << "seed " << seed << " minute " << m;
      Walk::apply(walk.one, by_one);
      Walk::apply(walk.many, by_many);
      if (m > 0) continue;
      for (const auto& verdict : walk.parts[0]->book.verdicts()) {
        kept += verdict.evidence_judgement == verdict::Judgement::Met ? 1 : 0;
        unobserved += verdict.evidence_judgement == verdict::Judgement::Unknown ? 1 : 0;
        if (verdict.evidence_judgement == verdict::Judgement::NotMet) {  // of a device without links
          EXPECT_EQ(walk.whole->book.verdict_of(verdict.key)->evidence_judgement, verdict::Judgement::NotMet);
        }
      }
    }
    for (const auto& verdict : walk.parts[0]->book.verdicts()) {
      EXPECT_EQ(verdict.evidence_judgement, walk.whole->book.verdict_of(verdict.key)->evidence_judgement);
    }
  }
  EXPECT_GT(kept, 50);
  EXPECT_GT(unobserved, 20);
}

}  // namespace
}  // namespace dz::control
