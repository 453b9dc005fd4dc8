#include "control/gather.h"

#include <random>

#include <gtest/gtest.h>

#include "verdict/explain.h"
#include "verdict/naive_tally.h"

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

// Rows of one port with holes, idle minutes and errors, and an endpoint that is away now and then.
evidence::Evidence random_evidence(std::mt19937& random, int length) {
  const auto chance = [&](unsigned one_in) { return random() % one_in == 0; };
  evidence::Evidence evidence;
  std::uint64_t octets = 1, errors = 0;
  const auto error_row = [&](Timestamp at) { return evidence::CounterRow{at, {}, {}, errors, {}, {}}; };
  EXPECT_TRUE(evidence.add_counters(key_of(1), "Ethernet1", error_row(kStart + 1s), kStart + 1s));
  bool away = false;
  for (int m = 0; m < length; ++m) {
    const Timestamp at = kStart + minutes{m} + 10s;
    away = away ? !chance(5) : chance(40);
    if (!chance(40)) octets += 100;
    const bool silent = away || chance(60);
    if (!silent) EXPECT_TRUE(evidence.add_counters(key_of(1), "Ethernet1", {at, octets, octets, {}, {}, {}}, at));
    if (!silent && chance(90)) {
      ++errors;
      EXPECT_TRUE(evidence.add_counters(key_of(1), "Ethernet1", error_row(at + 20s), at + 20s));
    }
    if (!away) evidence.accepting(kStart + minutes{m}, kStart + minutes{m + 1} + 30s);
    evidence.advance(kStart + minutes{m + 1} + 30s);
  }
  return evidence;
}

TEST(Gather, D7_EveryInterfaceThatARecordNamesIsNamedWithItsPort) {
  std::map<Pubkey, Link> links;
  auto& link = links[key_of(9)];
  link.side_a = key_of(1);
  link.side_a_iface = "Switch1/1/1.1004";
  link.side_z = key_of(2);
  link.side_z_iface = "Ethernet5";
  std::map<Pubkey, Device> devices;
  devices[key_of(2)].interfaces.emplace_back().name = "Ethernet5";
  devices[key_of(2)].interfaces.emplace_back().name = "Loopback255";
  const std::vector<evidence::NamedInterface> named{{key_of(1), "switch1/1/1"},
                                                    {key_of(1), "switch1/1/1.1004"},
                                                    {key_of(2), "ethernet5"},
                                                    {key_of(2), "loopback255"}};
  EXPECT_EQ(interfaces_named_by(links, devices), named);
}

// The tallies are what counting the minutes one by one gives.
TEST(Gather, TalliesAgreeWithCountingMinuteByMinute) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    constexpr int kLength = 700;
    const auto evidence = random_evidence(random, kLength);
    const auto port = evidence.find_interface(key_of(1), "Ethernet1");
    for (const auto signal : {evidence::Signal::Data, evidence::Signal::Errors, evidence::Signal::Utilization}) {
      verdict::NaiveSeries series{kStart, {}};
      const auto whole = evidence.series(port, signal, kStart, kStart + minutes{kLength});
      ASSERT_EQ(whole.states.size(), std::size_t{kLength});
      for (int m = 0; m < kLength; ++m) {
        series.minutes.push_back({evidence.minute(port, signal, kStart + minutes{m})});
        ASSERT_EQ(whole.states[static_cast<std::size_t>(m)], series.minutes.back().state) << seed << " " << m;
      }
      for (int i = 0; i < 60; ++i) {
        const auto from = kStart + minutes{random() % (kLength - 100)};
        const auto to = from + minutes{60 + random() % 40};
        const evidence::TallyQuery query{from, to, static_cast<int>(random() % 4), static_cast<int>(random() % 12)};
        const auto fast = evidence.tally(port, signal, query);
        auto naive = naive_tally(series, query);
        ASSERT_EQ(fast.good, naive.good);
        ASSERT_EQ(fast.bad, naive.bad);
        ASSERT_EQ(fast.unobserved, naive.unobserved);
        ASSERT_EQ(fast.earliest_from, naive.earliest_from) << seed << " " << to_text(signal);
        ASSERT_EQ(fast.first_minute_observed, naive.first_minute_observed);
        ASSERT_EQ(fast.first_unobserved, naive.first_unobserved);
        ASSERT_EQ(fast.last_unobserved, naive.last_unobserved);
        ASSERT_EQ(fast.first_bad.has_value(), naive.first_bad.has_value());
        if (fast.first_bad) ASSERT_EQ(fast.first_bad->minute, naive.first_bad->minute);
        if (fast.last_bad) ASSERT_EQ(fast.last_bad->minute, naive.last_bad->minute);
        if (fast.last_bad) {
          const auto last = static_cast<std::size_t>((fast.last_bad->minute - kStart).count());
          ASSERT_EQ(whole.counters[last], fast.last_bad->counters) << seed << " " << to_text(signal);
        }
        ASSERT_EQ(fast.damped_bad, naive.damped_bad) << seed << " " << to_text(signal);
      }
    }
  }
}

// The earliest time that an assessment names is the first pass that meets it, minute by minute, whatever came before.
TEST(Gather, EarliestTimesComeTrueToTheMinute) {
  verdict::Policy policy;
  policy.window = policy.recovery_window = 1h;
  policy.qa.max_gap = 30min;
  int checked = 0;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937 random(seed);
    policy.bad_allowed = static_cast<int>(random() % 3);
    policy.unobserved_allowed = static_cast<int>(random() % 8);
    auto evidence = random_evidence(random, 200);
    Link link;
    link.side_a = link.side_z = key_of(1);
    link.side_a_iface = link.side_z_iface = "Ethernet1";
    link.status = Status::Activated;
    link.health = Health::Impaired;
    std::array<std::optional<Timestamp>, 3> promised;
    for (int m = 200; m < 330; ++m) {
      const Timestamp now = kStart + minutes{m} + 30s;
      const auto sources = gather_sources(evidence);
      const verdict::AssessmentContext context{policy, sources, now};
      TallyGatherer gatherer(evidence, context);
      verdict::Assessment a;
      assess_link({link, gatherer.link(resolve_link(evidence, policy, key_of(9), link), policy.window), {}}, context,
                  a);
      for (std::size_t i = 0; i < 3; ++i) {
        const auto& f = *a.find(static_cast<verdict::CriterionId>(index_of(verdict::CriterionId::LinkAData) + i));
        if (m == 200) promised[i] = f.earliest;
        if (!promised[i]) continue;
        ASSERT_EQ(f.judgement == verdict::Judgement::Met, now >= *promised[i]) << seed << " " << f.name << " " << m;
        if (f.judgement != verdict::Judgement::Met) continue;
        promised[i].reset();  // kept; it may be lost again when a dark minute begins the window
        ++checked;
      }
      const Timestamp at = kStart + minutes{m} + 40s;
      const auto octets = 1'000'000 + static_cast<std::uint64_t>(m) * 100;
      ASSERT_TRUE(evidence.add_counters(key_of(1), "Ethernet1", {at, octets, octets, {}, {}, {}}, at));
      evidence.accepting(kStart + minutes{m}, kStart + minutes{m + 1} + 30s);
      evidence.advance(kStart + minutes{m + 1} + 30s);
    }
  }
  EXPECT_GT(checked, 20);
}

TEST(Gather, ASourceThatNeverAnsweredGivesNoTallies) {
  const evidence::Evidence evidence;
  const verdict::Policy policy;
  const auto sources = gather_sources(evidence);
  const verdict::AssessmentContext context{policy, sources, kStart};
  TallyGatherer gatherer(evidence, context);
  const auto& tallies = gatherer.link({}, policy.window);
  EXPECT_EQ(tallies.a.data, nullptr);
  EXPECT_EQ(tallies.az_probes, nullptr);
}

// An added criterion of links and one of devices: each is judged of its own kind, over its own window, and gates as its
// mode says.
class AddedCriteria : public testing::Test {
 protected:
  AddedCriteria() {
    verdict::AddedCriterion power{
        .id = "link.a.power", .subject = verdict::AddedKind::SideA, .source = "prom", .query = "power"};
    power.at_least = -12.0;
    verdict::AddedCriterion ntp{
        .id = "device.ntp", .subject = verdict::AddedKind::Device, .source = "prom", .query = "ntp"};
    ntp.at_most = 0.1;
    policy.added = {power, ntp};
    policy.of(verdict::added_criterion(0)) = {.mode = verdict::Mode::Enforce, .window = 2h};
    policy.of(verdict::added_criterion(1)) = {.mode = verdict::Mode::Shadow,
                                              .types = verdict::type_bit(DeviceType::Edge)};
    evidence.set_added(std::vector<std::string>{power.id, ntp.id});
    link.side_a = key_of(1);
    link.side_a_iface = "Switch1/1/1.1001";
    link.status = Status::HardDrained;
  }

  void answer(int from, int to, int out_of_bounds = -1) {
    const auto now = kStart + minutes{to};
    for (int m = from; m < to; ++m) {
      (void)evidence.add_value(0, {key_of(1), "switch1/1/1"}, {kStart + minutes{m}, 1, m != out_of_bounds}, now);
    }
    evidence.answered(evidence::added_source(0), {kStart + minutes{from}, kStart + minutes{to}, now});
  }

  verdict::Finding judged(int now_minute) {
    const auto sources = gather_sources(evidence);
    const verdict::AssessmentContext context{policy, sources, kStart + minutes{now_minute}};
    TallyGatherer gatherer(evidence, context);
    assess_link({link, gatherer.link(resolve_link(evidence, policy, key_of(9), link), policy.window), {}}, context, a);
    return *a.find(verdict::added_criterion(0));
  }

  evidence::Evidence evidence;
  verdict::Policy policy;
  Link link;
  verdict::Assessment a;
};

TEST_F(AddedCriteria, IsJudgedOverItsOwnWindowOnTheParentPort) {
  answer(0, 150);
  const auto f = judged(150);
  EXPECT_EQ(f.judgement, verdict::Judgement::Met);
  EXPECT_EQ(f.tally.to - f.tally.from, 2h);
  EXPECT_TRUE(f.tally.parent_port);
  EXPECT_TRUE(f.gates);
  EXPECT_EQ(f.name, "link.a.power");
  EXPECT_EQ(f.source_name, "prom");
  EXPECT_EQ(a.count, verdict::kLinkCriterionCount + 1);
}

TEST_F(AddedCriteria, AValueOutOfBoundsHoldsItUntilItLeavesTheWindow) {
  answer(0, 150, 100);
  const auto f = judged(150);
  EXPECT_EQ(f.judgement, verdict::Judgement::NotMet);
  EXPECT_EQ(a.evidence_judgement, verdict::Judgement::NotMet);
  EXPECT_EQ(f.earliest, Timestamp{kStart + minutes{101} + 2h});
  EXPECT_NE(
      render_finding(verdict::JudgedRecord{link}, f, a).find("1 minute with a value out of bounds at A Switch1/1/1"),
      std::string::npos)
      << render_finding(verdict::JudgedRecord{link}, f, a);
}

TEST_F(AddedCriteria, NoAnswerAndAnOldAnswerAreUnknown) {
  EXPECT_EQ(judged(150).judgement, verdict::Judgement::Unknown);
  answer(0, 150);
  EXPECT_EQ(judged(150 + 11).judgement, verdict::Judgement::Met) << "every value speaks for a minute more";
  EXPECT_EQ(judged(150 + 12).judgement, verdict::Judgement::Unknown);
  EXPECT_EQ(judged(150 + 12).to_do, verdict::ToDo::SourceAnswers);
}

TEST_F(AddedCriteria, DoesNotApplyToOtherTypes) {
  Device device;
  device.type = DeviceType::Hybrid;
  const auto sources = gather_sources(evidence);
  const verdict::AssessmentContext context{policy, sources, kStart};
  TallyGatherer gatherer(evidence, context);
  assess_device({device, gatherer.device(resolve_device(evidence, policy, {key_of(1), device}, {}), policy.window), {}},
                context, a);
  EXPECT_EQ(a.find(verdict::added_criterion(1))->judgement, verdict::Judgement::NotApplicable);
  device.type = DeviceType::Edge;
  assess_device({device, gatherer.device(resolve_device(evidence, policy, {key_of(1), device}, {}), policy.window), {}},
                context, a);
  EXPECT_EQ(a.find(verdict::added_criterion(1))->judgement, verdict::Judgement::Unknown);
  EXPECT_FALSE(a.find(verdict::added_criterion(1))->gates);
  EXPECT_EQ(a.count, verdict::kDeviceCriterionCount + 1);
}

TEST(Gather, NamesTheDelayWithWhichEachSourceCloses) {
  evidence::EvidenceSettings settings;
  settings.pulled = 1 << static_cast<int>(evidence::Source::ConfigAgent);
  settings.lag[static_cast<std::size_t>(evidence::Source::ConfigAgent)] = 45s;
  settings.lag[static_cast<std::size_t>(evidence::added_source(3))] = 6min;
  const auto sources = gather_sources(evidence::Evidence(settings));
  EXPECT_EQ(view_of(sources, evidence::Source::Counters).delay, 30s);
  EXPECT_EQ(view_of(sources, evidence::Source::ConfigAgent).delay, 45s);
  EXPECT_EQ(view_of(sources, evidence::Source::LatencySamples).delay, 2min);
  EXPECT_EQ(view_of(sources, evidence::added_source(3)).delay, 6min);
}

}  // namespace
}  // namespace dz::control
