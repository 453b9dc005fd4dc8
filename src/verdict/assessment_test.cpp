#include "verdict/assessment.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "verdict/naive_tally.h"

namespace dz::verdict {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using enum CriterionId;

constexpr Minute kMidnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
constexpr Duration kLateness = 30s;

// A link with eight series of 24 h, judged at `to`.
class LinkCase {
 public:
  enum Which { AData, AErrors, AUtilization, ZData, ZErrors, ZUtilization, AzProbes, ZaProbes };

  LinkCase() {
    link.health = Health::Pending;
    link.status = Status::HardDrained;
    memory.present_since = kMidnight - 24h;
    memory.evidence_known_at = kMidnight;
    for (auto& s : series) s = {kMidnight - 48h, std::vector<NaiveMinute>(48 * 60)};
  }

  void set(Which which, Minute m, evidence::MinuteState state, evidence::CounterBits counters = 0) {
    series[which].minutes[static_cast<std::size_t>((m - series[which].start).count())] = {state, counters};
  }

  Assessment assess(Minute to = kMidnight) {
    for (auto& s : sources) s = {{to, {}, 0}, kLateness};
    return assess_at(to, to + kLateness);
  }

  Assessment assess_at(Minute to, Timestamp now) {
    const auto window = window_for(policy, link.health, link.status).length;
    for (std::size_t i = 0; i < 8; ++i) {
      tallies[i] = naive_tally(series[i], {to - window, to, policy.bad_allowed, policy.unobserved_allowed});
    }
    const auto* t = tallies.data();
    const LinkTallies evidence{{t, t + 1, t + 2}, {t + 3, t + 4, t + 5}, t + 6, t + 7};
    Assessment out;
    assess_link({link, evidence, memory}, {policy, sources, now}, out);
    return out;
  }

  Link link;
  Policy policy;
  RecordMemory memory;
  Sources sources{};
  std::array<NaiveSeries, 8> series;
  std::array<evidence::SignalTally, 8> tallies;
};

TEST(Assessment, CleanDayMakesAPendingLinkHealthy) {
  LinkCase c;
  const auto a = c.assess();
  EXPECT_EQ(a.evidence_judgement, Judgement::Met);
  EXPECT_EQ(a.record_judgement, Judgement::Met);
  EXPECT_EQ(a.to, Health::Healthy);
  EXPECT_EQ(a.reason, HealthReason::BecameHealthy);
  EXPECT_EQ(a.healthy_at, a.at);
  EXPECT_EQ(a.count, kLinkCriterionCount);
}

TEST(Assessment, JudgesEveryCriterionAlthoughTheFirstFails) {
  LinkCase c;
  c.link.status = Status::Requested;
  c.set(LinkCase::AData, kMidnight - 5min, evidence::MinuteState::Bad);
  c.set(LinkCase::ZErrors, kMidnight - 7min, evidence::MinuteState::Bad, evidence::kInErrors);
  const auto a = c.assess();
  EXPECT_EQ(a.find(LinkDrained)->judgement, Judgement::NotMet);
  EXPECT_EQ(a.find(LinkAData)->judgement, Judgement::NotMet);
  EXPECT_EQ(a.find(LinkZErrors)->judgement, Judgement::NotMet);
  EXPECT_EQ(a.find(LinkZErrors)->tally.last_bad->counters, evidence::kInErrors);
  EXPECT_EQ(a.find(LinkZData)->judgement, Judgement::Met);
  EXPECT_EQ(a.healthy_at, std::nullopt) << "the record has to change first";
}

TEST(Assessment, EarliestTimeIsTheFirstPassAtWhichItIsMet) {
  LinkCase c;
  const Minute bad = kMidnight - 3h;
  c.set(LinkCase::AErrors, bad, evidence::MinuteState::Bad, evidence::kInErrors);
  for (auto& s : c.series) s.minutes.resize(s.minutes.size() + 48 * 60);
  const auto a = c.assess();
  const auto expected = bad + 1min + 24h + kLateness;
  ASSERT_EQ(a.find(LinkAErrors)->earliest, expected);
  EXPECT_EQ(a.healthy_at, expected);
  EXPECT_EQ(c.assess(bad + 24h).to, Health::Pending);
  EXPECT_EQ(c.assess(bad + 24h + 1min).to, Health::Healthy);
  EXPECT_EQ(c.assess(bad + 24h + 1min).at, expected);
}

TEST(Assessment, ShadowCriteriaGateNothing) {
  LinkCase c;
  for (auto m = kMidnight - 1h; m < kMidnight; m += 1min)
    c.set(LinkCase::AzProbes, m, evidence::MinuteState::Bad, evidence::kLoss);
  const auto a = c.assess();
  EXPECT_EQ(a.find(LinkAzProbes)->judgement, Judgement::NotMet);
  EXPECT_FALSE(a.find(LinkAzProbes)->gates);
  EXPECT_EQ(a.to, Health::Healthy);
  c.policy.of(LinkAzProbes).mode = Mode::Enforce;
  EXPECT_EQ(c.assess().to, Health::Pending);
}

TEST(Assessment, StalenessTurnsMetIntoUnknownAndLeavesNotMet) {
  LinkCase c;
  c.set(LinkCase::ZErrors, kMidnight - 9h, evidence::MinuteState::Bad, evidence::kOutErrors);
  c.assess();
  const auto edge = c.assess_at(kMidnight, kMidnight + 10min);
  EXPECT_EQ(edge.find(LinkAData)->judgement, Judgement::Met);
  const auto stale = c.assess_at(kMidnight, kMidnight + 10min + 1us);
  EXPECT_EQ(stale.find(LinkAData)->judgement, Judgement::Unknown);
  EXPECT_EQ(stale.find(LinkAData)->to_do, ToDo::SourceAnswers);
  EXPECT_EQ(stale.find(LinkZErrors)->judgement, Judgement::NotMet);
}

TEST(Assessment, WithoutAnyEvidenceItIsUnknown) {
  LinkCase c;
  Assessment a;
  assess_link({c.link, {}, c.memory}, {c.policy, c.sources, kMidnight}, a);
  EXPECT_EQ(a.evidence_judgement, Judgement::Unknown);
  EXPECT_EQ(a.to, Health::Pending);
  EXPECT_EQ(a.find(LinkAData)->to_do, ToDo::SourceAnswers);
  EXPECT_EQ(a.healthy_at, std::nullopt) << "waiting does not make a source answer";
}

// The time of a source that is late moved on with the clock, a minute a minute.
TEST(Assessment, ALateSourceHasNoTimeOnceAMinuteHasPassedSinceItWasDue) {
  LinkCase c;
  c.link.health = Health::Impaired;
  c.set(LinkCase::AErrors, kMidnight - 24h, evidence::MinuteState::Bad, evidence::kInErrors);
  const auto due = kMidnight + 1min + kLateness;
  c.assess();
  EXPECT_EQ(c.assess_at(kMidnight, due - 1s).healthy_at, due);
  EXPECT_EQ(c.assess_at(kMidnight, due).healthy_at, due + 1min) << "the minute may come a moment later";
  const auto late = c.assess_at(kMidnight, due + 1min);
  EXPECT_EQ(late.healthy_at, std::nullopt);
  EXPECT_EQ(late.find(LinkAErrors)->to_do, ToDo::SourceAnswers);
}

TEST(Assessment, AResetThatIsNotWrittenYetHasNoTime) {
  LinkCase c;
  c.link.health = Health::Healthy;
  c.memory.reset = Reset{Health::Impaired, HealthReason::LeftService};
  EXPECT_EQ(c.assess().healthy_at, std::nullopt) << "when the write succeeds is not a matter of evidence";
  c.set(LinkCase::AErrors, kMidnight - 1h, evidence::MinuteState::Bad, evidence::kInErrors);
  EXPECT_EQ(c.assess().healthy_at, kMidnight + 23h + 1min + kLateness) << "it has landed by then";
}

TEST(Assessment, InServiceTheRulesOfOnboardingAreNotAsked) {
  LinkCase c;
  c.link.status = Status::Activated;
  c.link.health = Health::Healthy;
  c.link.desired_status = DesiredStatus::HardDrained;
  const auto a = c.assess();
  EXPECT_EQ(a.record_judgement, Judgement::NotApplicable);
  for (const auto id : {LinkDrained, LinkDesiredActivated}) {
    EXPECT_EQ(a.find(id)->judgement, Judgement::NotApplicable);
    EXPECT_EQ(a.find(id)->to_do, ToDo::Nothing);
    EXPECT_FALSE(a.find(id)->gates);
  }
  c.link.health = Health::Pending;
  c.link.status = Status::HardDrained;
  EXPECT_EQ(c.assess().find(LinkDesiredActivated)->judgement, Judgement::NotMet) << "on its way into service";
}

TEST(Assessment, StayRuleAsksForAWholeMinuteAfterTheRecordChanged) {
  LinkCase c;
  c.link.health = Health::Impaired;
  c.memory.present_since = kMidnight - 1min;  // on the minute: the next one is the first to begin after it
  auto a = c.assess();
  EXPECT_EQ(a.reason, HealthReason::ImpairedStay);
  EXPECT_EQ(a.healthy_at, kMidnight + 1min + kLateness);
  c.memory.present_since = kMidnight - 1min - 1us;
  EXPECT_EQ(c.assess().reason, HealthReason::Recovered);
  c.memory.present_since = kMidnight - 1s;
  EXPECT_EQ(c.assess().healthy_at, kMidnight + 1min + kLateness);
  c.link.status = Status::Activated;
  EXPECT_EQ(c.assess().reason, HealthReason::Recovered) << "the rule concerns records out of service only";
}

TEST(Assessment, ADrainedHealthyRecordIsHeldForMaxHoldWithoutEvidence) {
  LinkCase c;
  c.link.health = Health::Healthy;
  c.memory.evidence_known_at = kMidnight + 10min;
  c.assess();
  const auto held = c.assess_at(kMidnight, kMidnight + 70min);
  EXPECT_EQ(held.reason, HealthReason::HeldWithoutEvidence);
  EXPECT_EQ(held.hold_until, kMidnight + 70min);
  EXPECT_EQ(c.assess_at(kMidnight, kMidnight + 70min + 1us).reason, HealthReason::HoldExpired);
  c.link.status = Status::Activated;
  EXPECT_EQ(c.assess_at(kMidnight, kMidnight + 48h).to, Health::Healthy) << "it carries traffic";
}

TEST(Assessment, DampedFailureTakesThreeOfFiveOrTenOfSixty) {
  LinkCase c;
  c.link.health = Health::Healthy;
  c.link.status = Status::Activated;
  c.set(LinkCase::AErrors, kMidnight - 1min, evidence::MinuteState::Bad, evidence::kInErrors);
  c.set(LinkCase::AErrors, kMidnight - 5min, evidence::MinuteState::Bad, evidence::kInErrors);
  c.set(LinkCase::ZErrors, kMidnight - 2min, evidence::MinuteState::Bad,
        evidence::kInErrors);  // another criterion does not add up
  EXPECT_EQ(c.assess().reason, HealthReason::ToleratedFailure);
  c.set(LinkCase::AErrors, kMidnight - 6min, evidence::MinuteState::Bad, evidence::kInErrors);
  EXPECT_EQ(c.assess().reason, HealthReason::ToleratedFailure) << "the sixth minute back";
  c.set(LinkCase::AErrors, kMidnight - 4min, evidence::MinuteState::Bad, evidence::kInErrors);
  EXPECT_EQ(c.assess().reason, HealthReason::DampedFailure);
}

// Changing one good minute to bad or unobserved never turns anything to met, and never makes a time earlier.
RC_GTEST_PROP(Assessment, IsMonotoneInEveryMinute, ()) {
  LinkCase c;
  c.policy.window = c.policy.recovery_window = 2h;
  c.policy.qa.max_gap = 1h;
  c.policy.unobserved_allowed = 3;
  c.policy.bad_allowed = *rc::gen::inRange(0, 3);
  c.link.health = *rc::gen::element(Health::Pending, Health::Healthy, Health::Impaired);
  c.link.status = *rc::gen::element(Status::Activated, Status::HardDrained);
  const auto any_minute = [] { return kMidnight - minutes{*rc::gen::inRange(1, 150)}; };
  const auto any_series = [] { return static_cast<LinkCase::Which>(*rc::gen::inRange(0, 8)); };
  const auto any_fault = [] {
    return *rc::gen::element(evidence::MinuteState::Bad, evidence::MinuteState::Unobserved);
  };
  for (int n = *rc::gen::inRange(0, 8); n > 0; --n) c.set(any_series(), any_minute(), any_fault());
  const auto before = c.assess();
  const auto which = any_series();
  const auto minute = any_minute();
  RC_PRE(c.series[which].at(minute).state == evidence::MinuteState::Good);
  c.set(which, minute, any_fault());
  const auto after = c.assess();
  for (std::size_t i = 0; i < before.count; ++i) {
    if (before.storage[i].judgement == Judgement::Met) continue;
    RC_ASSERT(after.storage[i].judgement != Judgement::Met);
  }
  RC_ASSERT(before.evidence_judgement == Judgement::Met || after.evidence_judgement != Judgement::Met);
  RC_ASSERT(!before.damped_failure || after.damped_failure);
  if (before.healthy_at && after.healthy_at) RC_ASSERT(*after.healthy_at >= *before.healthy_at);
  RC_ASSERT(c.assess() == after);
}

class DeviceCase {
 public:
  DeviceCase() {
    device.status = Status::HardDrained;
    device.health = Health::Pending;
    device.public_ip = ipv4_from(0x08080808);
    device.dz_prefixes = {{ipv4_from(0x08080800), 29}};
    device.metrics_publisher.bytes[0] = 7;
    device.interfaces.resize(2);
    device.interfaces[0].dia = Dia::Dia;
    device.interfaces[0].status = InterfaceStatus::Activated;
    device.interfaces[1].status = InterfaceStatus::Activated;
    link.status = Status::HardDrained;
    memory.present_since = kMidnight - 24h;
    for (auto& s : sources) s = {{kMidnight, {}, 0}, kLateness};
    clean = naive_tally({kMidnight - 24h, std::vector<NaiveMinute>(1440)}, {kMidnight - 24h, kMidnight, 0, 15});
    bad = silent(kMidnight - 3h, 3);
    qa = {kMidnight - 24h, kMidnight, {}, {}};
    for (int i = 0; i < 4; ++i) qa.results.push_back({kMidnight - 21h + i * 6h, true});
    const PortTallies port{&clean, &clean, &clean, &clean, &clean};
    evidence.reporting = evidence.config_agent = evidence.telemetry_agent = &clean;
    evidence.qa = &qa;
    evidence.dia = {{device.interfaces.data(), port}};
    evidence.links = {{&link, &device.interfaces[1], {}}};  // clean: met
  }

  static evidence::SignalTally silent(Minute from, int count) {
    NaiveSeries series{kMidnight - 24h, std::vector<NaiveMinute>(1440)};
    for (int i = 0; i < count; ++i) {
      series.minutes[static_cast<std::size_t>((from - series.start).count() + i)].state = evidence::MinuteState::Bad;
    }
    return naive_tally(series, {kMidnight - 24h, kMidnight, 0, 15});
  }

  Assessment assess() {
    Assessment out;
    assess_device({device, evidence, memory}, {policy, sources, kMidnight + kLateness}, out);
    return out;
  }

  Device device;
  Link link;
  Policy policy;
  RecordMemory memory;
  Sources sources{};
  evidence::SignalTally clean, bad;
  evidence::QaEvidence qa;
  DeviceTallies evidence;
};

// Whatever the minutes of its agent are: bad, unobserved in the newest, or clean for a while.
TEST(DeviceAssessment, WithoutAKeyOfItsAgentNoMinuteThatIsToComeHelps) {
  DeviceCase c;
  auto unobserved = c.bad;
  unobserved.last_unobserved = kMidnight - 1min;
  auto failing = DeviceCase::silent(kMidnight - 3min, 3);
  const auto agent = [&] {
    const auto a = c.assess();
    const auto all = a.findings();
    return *std::find_if(all.begin(), all.end(),
                         [](const auto& f) { return f.id == CriterionId::DeviceTelemetryAgent; });
  };
  for (auto* tally : {&c.bad, &unobserved, &failing}) {
    c.evidence.telemetry_agent = tally;
    c.device.metrics_publisher = {};
    EXPECT_EQ(agent().to_do, ToDo::FirstHeard);
    EXPECT_EQ(agent().earliest, std::nullopt);
    EXPECT_EQ(c.assess().healthy_at, std::nullopt);
    c.device.metrics_publisher.bytes[0] = 7;
    EXPECT_NE(agent().to_do, ToDo::FirstHeard);
  }
}

TEST(DeviceAssessment, EverythingMetMakesItHealthy) {
  DeviceCase c;
  const auto a = c.assess();
  for (const auto& f : a.findings()) {
    EXPECT_EQ(f.judgement, is_of_cyoa(f.id) ? Judgement::NotApplicable : Judgement::Met) << f.name;
  }
  EXPECT_EQ(a.to, Health::Healthy);
  EXPECT_EQ(a.count, kDeviceCriterionCount);
}

TEST(DeviceAssessment, EachRecordCriterionSaysWhatToDo) {
  const auto unmet = [](auto change) {
    DeviceCase c;
    change(c);
    const auto a = c.assess();
    EXPECT_EQ(a.to, Health::Pending);
    EXPECT_EQ(a.healthy_at, std::nullopt);
    for (const auto& f : a.findings()) {
      if (f.judgement == Judgement::NotMet) return f.to_do;
    }
    return ToDo::Nothing;
  };
  EXPECT_EQ(unmet([](DeviceCase& c) { c.device.public_ip = {}; }), ToDo::SetPublicIp);
  EXPECT_EQ(unmet([](DeviceCase& c) { c.device.dz_prefixes[0].prefix = 30; }), ToDo::AddDzPrefix);
  EXPECT_EQ(unmet([](DeviceCase& c) { c.device.max_users = 1; }), ToDo::SetMaxUsersZero);
  EXPECT_EQ(unmet([](DeviceCase& c) { c.device.status = Status::SoftDrained; }), ToDo::HardDrainDevice);
  EXPECT_EQ(unmet([](DeviceCase& c) { c.device.interfaces[0].status = InterfaceStatus::Unlinked; }), ToDo::ActivateDia);
  EXPECT_EQ(unmet([](DeviceCase& c) { c.device.interfaces[1].status = InterfaceStatus::Unlinked; }),
            ToDo::ActivateLinkPort);
  EXPECT_EQ(unmet([](DeviceCase& c) { c.link.status = Status::Requested; }), ToDo::DrainOrActivateLink);
}

TEST(DeviceAssessment, OneCleanCandidateIsEnough) {
  DeviceCase c;
  const PortTallies dirty{&c.bad, &c.clean, &c.clean};
  c.evidence.dia.insert(c.evidence.dia.begin(), DevicePort{c.device.interfaces.data(), dirty});
  const auto up = c.assess();
  EXPECT_EQ(up.find(DeviceDiaUp)->judgement, Judgement::Met);
  EXPECT_EQ(up.find(DeviceDiaUp)->candidate, 1);
  EXPECT_EQ(up.find(DeviceDiaUp)->candidates, 2);
  EXPECT_EQ(up.find(DeviceDiaUp)->candidates_met, 1);
}

TEST(DeviceAssessment, TheCandidateNearestToMetGivesTheTime) {
  DeviceCase c;
  const auto nearer = DeviceCase::silent(kMidnight - 9h, 2);
  c.evidence.dia[0].tallies.utilization = &c.bad;
  c.evidence.dia.push_back({c.device.interfaces.data(), {&nearer, &c.clean, &c.clean}});
  const auto a = c.assess();
  const auto* f = a.find(DeviceDiaUp);
  EXPECT_EQ(f->judgement, Judgement::NotMet);
  EXPECT_EQ(f->candidate, 1);
  EXPECT_EQ(f->signal, evidence::Signal::Data);
  EXPECT_EQ(f->earliest, kMidnight - 9h + 2min + 24h + kLateness);
}

TEST(DeviceAssessment, AMinuteIsDampedBadOnlyIfBadForEveryCandidate) {
  DeviceCase c;
  const auto last_five = DeviceCase::silent(kMidnight - 5min, 5);
  const auto before = DeviceCase::silent(kMidnight - 7min, 4);   // overlaps in two minutes
  const auto overlap = DeviceCase::silent(kMidnight - 7min, 5);  // in three
  c.evidence.dia[0].tallies.data = &last_five;
  EXPECT_TRUE(c.assess().find(DeviceDiaUp)->damped_failure);
  c.evidence.dia.push_back({c.device.interfaces.data(), {&c.clean, &before, &c.clean}});
  EXPECT_FALSE(c.assess().find(DeviceDiaUp)->damped_failure);
  c.evidence.dia[1].tallies.errors = &overlap;
  EXPECT_TRUE(c.assess().find(DeviceDiaUp)->damped_failure);
}

TEST(DeviceAssessment, QaIsJudgedByItsResults) {
  DeviceCase c;
  const auto qa = [&] { return *c.assess().find(DeviceQa); };
  EXPECT_EQ(qa().judgement, Judgement::Met);
  c.qa.results.pop_back();
  EXPECT_EQ(qa().judgement, Judgement::Unknown) << "three successes, the last gap has no run";
  EXPECT_EQ(qa().to_do, ToDo::QaRuns);
  c.qa.fleet_runs = {kMidnight - 4h};
  EXPECT_EQ(qa().judgement, Judgement::NotMet) << "a run took place in the last gap";
  c.qa.fleet_runs = {kMidnight - 9h};
  EXPECT_EQ(qa().judgement, Judgement::Unknown) << "the run of the last success itself";
  c.qa.results.push_back({kMidnight - 3h, false});
  EXPECT_EQ(qa().judgement, Judgement::NotMet);
  EXPECT_EQ(qa().to_do, ToDo::QaWithoutFailure);
  EXPECT_FALSE(qa().damped_failure);
  c.qa.results.push_back({kMidnight - 2h, false});
  EXPECT_TRUE(qa().damped_failure);
}

TEST(DeviceAssessment, QaGapsMayBeSixAndAHalfHours) {
  DeviceCase c;
  const auto judged = [&](std::vector<Duration> ago) {
    c.qa.results.clear();
    c.qa.fleet_runs.clear();
    for (const auto d : ago) {
      c.qa.results.push_back({kMidnight - d, true});
    }
    for (auto t = kMidnight - 24h; t < kMidnight; t += 1h) c.qa.fleet_runs.push_back(t);
    return c.assess().find(DeviceQa)->judgement;
  };
  EXPECT_EQ(judged({1050min, 660min, 270min, 10min}), Judgement::Met);
  EXPECT_EQ(judged({1050min - 1us, 660min, 270min, 10min}), Judgement::NotMet) << "from the start of the window";
  EXPECT_EQ(judged({1050min, 660min, 270min - 1us, 10min}), Judgement::NotMet) << "between successes";
  EXPECT_EQ(judged({1170min, 780min, 660min, 390min}), Judgement::Met);
  EXPECT_EQ(judged({1170min, 780min, 660min, 390min + 1us}), Judgement::NotMet) << "to the end of the window";
}

TEST(DeviceAssessment, QaDoesNotApplyToTransitDevices) {
  DeviceCase c;
  c.device.type = DeviceType::Transit;
  c.qa.results.clear();
  const auto a = c.assess();
  EXPECT_EQ(a.find(DeviceQa)->judgement, Judgement::NotApplicable);
  EXPECT_EQ(a.to, Health::Healthy);
}

TEST(DeviceAssessment, CyoaTrafficIsExpectedOnceUsersAreAllowed) {
  DeviceCase c;
  c.evidence.cyoa = {{c.device.interfaces.data(), {&c.clean, &c.clean, &c.bad}}};
  EXPECT_EQ(c.assess().find(DeviceCyoaUp)->judgement, Judgement::Met);
  c.device.max_users = 96;
  EXPECT_EQ(c.assess().find(DeviceCyoaUp)->judgement, Judgement::NotMet);
  c.evidence.cyoa[0].tallies.data = &c.bad;
  c.device.max_users = 0;
  EXPECT_EQ(c.assess().find(DeviceCyoaUp)->judgement, Judgement::NotMet);
  EXPECT_EQ(c.assess().to, Health::Healthy) << "shadow";
}

}  // namespace
}  // namespace dz::verdict
