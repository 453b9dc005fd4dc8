// A promise and what becomes of it: whatever the last hours were like, once everything is clean the time that a pass
// names is the pass that finds the record healthy, and no pass in between names another.
#include "control/outlook.h"

#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "control/explain_record.h"
#include "control/plan_monitor.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

constexpr Minute kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

Pubkey key_of(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

// Two devices with a link between their Ethernet1 ports and two DIA ports each, every source in use. Passes where
// minutes close: at :00 those of the latency samples, at :30 those of the pushed rows.
class Network {
 public:
  static inline const Pubkey kAms = key_of(1), kLon = key_of(2), kLink = key_of(9);

  explicit Network(unsigned seed) : random_(seed) {
    for (const auto& key : {kAms, kLon}) {
      auto& device = devices[key];
      device.public_ip = ipv4_from(0x08080808);
      device.dz_prefixes = {{ipv4_from(0x08080800), 29}};
      device.metrics_publisher.bytes[0] = 7;
      for (const auto* name : {"Ethernet1", "Ethernet2", "Ethernet3"}) {
        Interface port;
        port.name = name;
        port.status = InterfaceStatus::Activated;
        if (port.name != "Ethernet1") port.dia = Dia::Dia;
        device.interfaces.push_back(port);
      }
      device.status = one_in(2) ? Status::Activated : Status::HardDrained;
      device.health = any_health();
    }
    auto& link = links[kLink];
    link.side_a = kAms;
    link.side_z = kLon;
    link.side_a_iface = link.side_z_iface = "Ethernet1";
    link.status = one_in(2) ? Status::Activated : Status::SoftDrained;
    link.health = any_health();
    policy.window = minutes{60 + below(40)};
    policy.recovery_window = minutes{60 + below(static_cast<int>(policy.window.length.count()) - 59)};
    policy.qa.max_gap = 20min;
    policy.damping_short = {4, 5};
    policy.bad_allowed = below(3);
    policy.unobserved_allowed = below(12);
    policy.of(verdict::CriterionId::LinkAzProbes).mode = one_in(2) ? verdict::Mode::Enforce : verdict::Mode::Shadow;
  }

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }

  // One minute, clean or not, and the two passes that close what it leaves behind.
  template <typename Look>
  void minute(bool clean, const Look& look) {
    const Timestamp begin{kStart + minutes{count_}};
    if (hidden(away_, 40, clean) || nothing_pushed) {
      away_ = std::max(away_, 1);
    } else {
      evidence.accepting(begin, begin + 90s);
    }
    octets_ += 1000;
    for (const auto& [key, device] : devices) feed_device(key, device, begin, clean);
    if (count_ % 5 == 0) {
      for (const auto& [key, device] : devices) evidence.add_qa_result(key, begin + 5s, true, begin + 5s);
    }
    ++count_;
    const auto end = begin + 60s;
    read_samples(end);
    evidence.accepting(end, end);
    evidence.advance(end);
    look(end);
    if (away_ == 0) evidence.accepting(begin + 60s, end + 30s);
    evidence.advance(end + 30s);
    look(end + 30s);
  }

  // A health that is written is on the ledger at once, and looked at again.
  void pass(Timestamp now) {
    for (;;) {
      const auto plan = plan_monitor({links, devices, revision, evidence, policy, WriteMode::Write, true, now}, book);
      if (plan.changes.empty()) return;
      for (const auto& change : plan.changes) {
        (change.kind == RecordKind::Link ? links.at(change.key).health : devices.at(change.key).health) = change.to;
      }
      ++revision;
    }
  }

  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  verdict::Policy policy;
  evidence::Evidence evidence;
  RecordBook book;
  std::uint64_t revision = 1;
  bool losing_probes = false;
  bool nothing_pushed = false;  // the monitor takes no rows

 private:
  // A lane is hidden for some minutes now and then, never when clean.
  bool hidden(int& left, int rarity, bool clean) {
    if (clean) left = 0;
    if (left > 0) return --left, true;
    if (clean || !one_in(rarity)) return false;
    left = below(5);
    return true;
  }

  void feed_device(const Pubkey& key, const Device& device, Timestamp begin, bool clean) {
    auto& lanes = lanes_[key];
    for (const auto& port : device.interfaces) {
      auto& lane = lanes.ports[port.name];
      const auto at = begin + 10s;
      if (hidden(lane.silent, 50, clean) || away_ > 0) continue;
      if (clean || !one_in(70)) lane.octets = octets_;
      if (!clean && one_in(70)) ++lane.errors;
      (void)evidence.add_counters(key, port.name, {at, lane.octets, lane.octets, lane.errors, 0, 0}, at);
    }
    if (!hidden(lanes.no_config, 50, clean) && away_ == 0) evidence.add_getconfig(key, begin + 20s, 1, begin + 20s);
    if (hidden(lanes.no_samples, 50, clean)) return;
    auto& samples = lanes.samples;
    for (int i = 0; i < 6; ++i) samples.rtt_us.push_back(losing_probes || (!clean && one_in(300)) ? 0 : 1500);
  }

  void read_samples(Timestamp at) {
    std::vector<evidence::SampleRead> reads;
    for (auto& [key, lanes] : lanes_) {
      auto& samples = lanes.samples;
      samples.origin_device = key;
      samples.target_device = key == kAms ? kLon : kAms;
      samples.link = kLink;
      samples.sampling_interval_us = 10'000'000;
      samples.start_timestamp_us = static_cast<std::uint64_t>(Timestamp{kStart}.time_since_epoch().count());
      if (!samples.rtt_us.empty()) reads.push_back({key_of(key == kAms ? 21 : 22), samples});
    }
    evidence.observe_samples(at, reads);
  }

  struct PortLane {
    int silent = 0;
    std::uint64_t octets = 1, errors = 0;
  };
  struct Lanes {
    std::map<std::string, PortLane> ports;
    int no_config = 0, no_samples = 0;
    LatencySamples samples;
  };
  std::mt19937 random_;
  Health any_health() { return std::array{Health::Unknown, Health::Pending, Health::Impaired}[random_() % 3]; }
  std::map<Pubkey, Lanes> lanes_;
  int count_ = 0, away_ = 0;
  std::uint64_t octets_ = 1000;
};

struct Promise {
  bool made = false, kept = false;
  std::optional<Timestamp> at;
};

RC_GTEST_PROP(Outlook, PromisesComeTrueToThePassWhenNothingNewGoesWrong, ()) {
  Network net(*rc::gen::arbitrary<unsigned>());
  RC_ASSERT(check_policy(net.policy).has_value());
  const bool passes_before = net.one_in(2);  // else the first pass is the one that promises
  for (int m = 150 + net.below(60); m > 0; --m) {
    net.minute(false, [&](Timestamp now) {
      if (passes_before) net.pass(now);
    });
  }
  for (int m = 0; m < 4; ++m) net.minute(true, [](Timestamp) {});  // what is not closed yet is clean too
  std::map<Pubkey, Promise> promises;
  int left = 3;
  for (int m = 0; m < 110 && left > 0; ++m) {
    net.minute(true, [&](Timestamp now) {
      net.pass(now);
      for (const auto& verdict : net.book.verdicts()) {
        auto& promise = promises[verdict.key];
        if (promise.kept) continue;
        const bool healthy = verdict.verdict == Health::Healthy;
        if (!promise.made) {
          promise = {true, healthy, verdict.healthy_at};
          RC_ASSERT(healthy || promise.at);
        } else if (healthy) {
          RC_ASSERT(*promise.at <= now);
          RC_ASSERT(*promise.at > now - 30s);
          promise.kept = true;
        } else {
          RC_ASSERT(verdict.healthy_at == promise.at);
        }
        left -= promise.kept ? 1 : 0;
      }
    });
  }
  RC_ASSERT(left == 0);
}

// What is judged again only when a reset has landed could be healthy at once, over the window of what recovers, and
// nobody knows when that is.
TEST(OutlookBehindAReset, NamesNoTimeForWhatCouldBeAtOnce) {
  Network network(7);
  network.policy.window = 99min;
  network.policy.recovery_window = 60min;
  network.policy.bad_allowed = network.policy.unobserved_allowed = 0;
  network.links.at(Network::kLink).status = Status::SoftDrained;
  Timestamp last;
  const auto run = [&](int count, bool clean) {
    for (int i = 0; i < count; ++i) {
      network.minute(clean, [&](Timestamp now) {
        network.pass(now);
        last = now;
      });
    }
  };
  run(200, true);
  run(30, false);
  run(75, true);
  network.links.at(Network::kLink).health = Health::Pending;  // over the longer window
  ++network.revision;
  const auto healthy_at = [&] {
    const MonitorInputs inputs{
        network.links, network.devices, network.revision, network.evidence, network.policy, WriteMode::Write, true,
        last};
    return report_record(inputs, network.book, Network::kLink)->healthy_at;
  };
  EXPECT_GT(healthy_at(), last);
  network.book.wanted_again(Network::kLink);
  EXPECT_EQ(healthy_at(), std::nullopt);
}

// The windows of the counters would begin with minutes that are not observed, and there is one more of them each
// minute.
TEST(OutlookOfMinutesThatAreNotObserved, NamesNoTimeUntilTheyAre) {
  Network network(5);
  network.policy.window = network.policy.recovery_window = 60min;
  network.policy.bad_allowed = 0;
  network.policy.unobserved_allowed = 10;
  network.policy.of(verdict::CriterionId::LinkAzProbes).mode = verdict::Mode::Enforce;
  network.links.at(Network::kLink).status = Status::Activated;
  network.links.at(Network::kLink).health = Health::Impaired;
  Timestamp last;
  const auto named = [&](int count) {
    for (int i = 0; i < count; ++i) network.minute(true, [&](Timestamp now) { last = now; });
    plan_monitor({network.links, network.devices, network.revision, network.evidence, network.policy,
                  WriteMode::Observe, true, last},
                 network.book);
    return network.book.verdict_of(Network::kLink)->healthy_at;
  };
  named(200);
  network.losing_probes = true;
  named(1);
  network.losing_probes = false;
  network.nothing_pushed = true;
  named(2);
  EXPECT_EQ(named(1), std::nullopt);
  EXPECT_EQ(named(1), std::nullopt);
  network.nothing_pushed = false;
  named(2);
  const auto time = named(1);
  EXPECT_NE(time, std::nullopt);
  EXPECT_EQ(named(1), time);
}

// Whoever does not write, or may not, would say "healthy now" at every pass of a record whose health is unknown.
TEST(OutlookBehindAWrite, NamesNoTimeForWhatWaitsForAHealthAlone) {
  Network network(11);
  network.policy.bad_allowed = network.policy.unobserved_allowed = 0;
  network.policy.of(verdict::CriterionId::LinkAzProbes).mode = verdict::Mode::Shadow;
  auto& link = network.links.at(Network::kLink);
  link.status = Status::Activated;
  Timestamp last;
  for (int i = 0; i < 200; ++i) network.minute(true, [&](Timestamp now) { last = now; });
  const auto healthy_at = [&](Health health, WriteMode mode) {
    link.health = health;
    ++network.revision;
    const MonitorInputs inputs{
        network.links, network.devices, network.revision, network.evidence, network.policy, mode, true, last};
    plan_monitor(inputs, network.book);
    EXPECT_EQ(network.book.verdict_of(Network::kLink)->healthy_at, std::nullopt);
    const auto report = report_record(inputs, network.book, Network::kLink);
    EXPECT_EQ(report->healthy_at, std::nullopt) << report->sentence;
    return report->sentence;
  };
  EXPECT_EQ(healthy_at(Health::Unknown, WriteMode::Observe), "first seen");
  EXPECT_EQ(healthy_at(Health::Unknown, WriteMode::Write), "first seen");
  EXPECT_EQ(healthy_at(Health::Healthy, WriteMode::Write).substr(0, 30), "healthy: every criterion is me");
}

}  // namespace
}  // namespace dz::control
