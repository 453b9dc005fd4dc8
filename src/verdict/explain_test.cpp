#include "verdict/explain.h"

#include <gtest/gtest.h>

#include "verdict/naive_tally.h"
#include "verdict/page.h"

namespace dz::verdict {
namespace {

using namespace std::chrono_literals;

constexpr Minute kMidnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

// ams-dz001:lon-dz001 at 14:40 with three bad minutes at the parent port of side A, nothing ever seen of Z to A.
struct LinkAtWork {
  LinkAtWork() {
    link.code = "ams-dz001:lon-dz001";
    link.side_a_iface = link.side_z_iface = "Switch1/1/1.1004";
    link.status = Status::HardDrained;
    link.health = Health::Pending;
    memory.present_since = to - 24h;
    for (auto& s : sources) s = {{to, {}, 0}, 30s};
    NaiveSeries series{to - 24h, std::vector<NaiveMinute>(1440)};
    clean = tally(series);
    for (int i = 0; i < 3; ++i) {
      series.minutes[static_cast<std::size_t>(1440 - 180 + i)] = {evidence::MinuteState::Bad, evidence::kInErrors};
    }
    errors = tally(series);
    evidence = {{&clean, &errors, &clean, &clean, &clean}, {&clean, &clean, &clean, &clean, &clean}, &clean, nullptr};
    assess_link({link, evidence, memory}, {policy, sources, to + 30s}, assessment);
  }
  evidence::SignalTally tally(const NaiveSeries& series) const {
    auto t = naive_tally(series, {to - 24h, to, 0, 15});
    t.parent_port = true;
    return t;
  }

  Minute to = kMidnight + 14h + 40min;
  Link link;
  Policy policy;
  RecordMemory memory;
  Sources sources{};
  evidence::SignalTally clean, errors;
  LinkTallies evidence;
  Assessment assessment;
};

TEST(Explanation, SaysInOneSentenceWhatHoldsAndUntilWhen) {
  const LinkAtWork at;
  EXPECT_EQ(
      render_sentence(JudgedRecord{at.link}, at.assessment),
      "held by link.a.errors: 3 minutes with in-errors at A Switch1/1/1 (for Switch1/1/1.1004), last 11:42; clean "
      "since; healthy tomorrow 11:43 if it stays clean");
}

// How often the carrier changed and how much was discarded is said; where only the minutes are known, those.
TEST(Explanation, CarrierAndDiscardsAreToldInNumbers) {
  LinkAtWork at;
  const auto tally = [&](evidence::CounterBits counters, std::uint64_t rise) {
    NaiveSeries series{at.to - 24h, std::vector<NaiveMinute>(1440)};
    for (int i = 0; i < 3; ++i) {
      series.minutes[static_cast<std::size_t>(1440 - 180 + i)] = {evidence::MinuteState::Bad, counters};
    }
    auto t = at.tally(series);
    t.rise = rise;
    return t;
  };
  const auto detail = [&](CriterionId id, const evidence::SignalTally& t) {
    (id == CriterionId::LinkACarrier ? at.evidence.a.carrier : at.evidence.a.discards) = &t;
    assess_link({at.link, at.evidence, at.memory}, {at.policy, at.sources, at.to + 30s}, at.assessment);
    return render_finding(JudgedRecord{at.link}, *at.assessment.find(id), at.assessment);
  };
  const auto carrier = CriterionId::LinkACarrier, discards = CriterionId::LinkADiscards;
  EXPECT_EQ(detail(carrier, tally(evidence::kCarrierTransitions, 4)),
            "carrier changed 4 times in 3 minutes at A Switch1/1/1 (for Switch1/1/1.1004), last 11:42; clean since");
  EXPECT_EQ(detail(carrier, tally(evidence::kCarrierTransitions, 0)),
            "3 minutes with carrier-transitions at A Switch1/1/1 (for Switch1/1/1.1004), last 11:42; clean since");
  EXPECT_EQ(detail(discards, tally(evidence::kInDiscards | evidence::kOutDiscards, 118)),
            "118 packets discarded in 3 minutes (in-discards, out-discards) at A Switch1/1/1 (for Switch1/1/1.1004), "
            "last 11:42; clean since");
  EXPECT_EQ(detail(discards, tally(evidence::kOutDiscards, 1)),
            "1 packet discarded in 3 minutes (out-discards) at A Switch1/1/1 (for Switch1/1/1.1004), last 11:42; clean "
            "since");
  const auto report = report_assessment(JudgedRecord{at.link}, at.assessment, at.sources);
  for (const auto& f : report.findings) {
    if (f.minutes) EXPECT_EQ(f.minutes->rise.has_value(), f.id.ends_with("carrier") || f.id.ends_with("discards"));
  }
}

TEST(Explanation, ListsEveryCriterion) {
  const LinkAtWork at;
  EXPECT_EQ(
      render_explanation(JudgedRecord{at.link}, at.assessment),
      "link ams-dz001:lon-dz001: health pending; held by link.a.errors: 3 minutes with in-errors at A Switch1/1/1 "
      "(for Switch1/1/1.1004), last 11:42; clean since; healthy tomorrow 11:43 if it stays clean\n"
      "status hard-drained, desired activated; judged 2026-11-23T14:40:30Z over 24 h 0 min; evidence not met, "
      "record met\n"
      "  met            link.drained             status is hard-drained\n"
      "  met            link.desired_activated   desired_status is activated\n"
      "  met            link.a.data              1440 good minutes at A Switch1/1/1 (for Switch1/1/1.1004)\n"
      "  not met        link.a.errors            3 minutes with in-errors at A Switch1/1/1 (for "
      "Switch1/1/1.1004), last 11:42; clean since; met tomorrow 11:43 if it stays clean\n"
      "  met            link.a.utilization       1440 good minutes at A Switch1/1/1 (for Switch1/1/1.1004)\n"
      "  met            link.a.carrier           1440 good minutes at A Switch1/1/1 (for Switch1/1/1.1004) "
      "[shadow: gates nothing]\n"
      "  met            link.a.discards          1440 good minutes at A Switch1/1/1 (for Switch1/1/1.1004) "
      "[shadow: gates nothing]\n"
      "  met            link.z.data              1440 good minutes at Z Switch1/1/1 (for Switch1/1/1.1004)\n"
      "  met            link.z.errors            1440 good minutes at Z Switch1/1/1 (for Switch1/1/1.1004)\n"
      "  met            link.z.utilization       1440 good minutes at Z Switch1/1/1 (for Switch1/1/1.1004)\n"
      "  met            link.z.carrier           1440 good minutes at Z Switch1/1/1 (for Switch1/1/1.1004) "
      "[shadow: gates nothing]\n"
      "  met            link.z.discards          1440 good minutes at Z Switch1/1/1 (for Switch1/1/1.1004) "
      "[shadow: gates nothing]\n"
      "  met            link.az.probes           1440 good minutes A to Z [shadow: gates nothing]\n"
      "  unknown        link.za.probes           source latency-samples never answered [shadow: gates nothing]; "
      "source latency-samples has to answer\n");
}

TEST(Explanation, NamesTheDevicesOfTheSides) {
  LinkAtWork at;
  DeviceRecords devices;
  at.link.side_a = Pubkey{{1}};
  at.link.side_z = Pubkey{{2}};
  devices[at.link.side_a].code = "ams-dz001";
  devices[at.link.side_z].code = "lon-dz001";
  const JudgedRecord record(at.link, &devices);
  EXPECT_EQ(render_finding(record, *at.assessment.find(CriterionId::LinkAErrors), at.assessment),
            "3 minutes with in-errors at A (ams-dz001) Switch1/1/1 (for Switch1/1/1.1004), last 11:42; clean since");
  EXPECT_EQ(render_finding(record, *at.assessment.find(CriterionId::LinkAzProbes), at.assessment),
            "1440 good minutes A (ams-dz001) to Z (lon-dz001)");
}

// Nobody has to read a clock time beside what goes on.
TEST(Explanation, WhileItFailsTheTimeCountsFromItsRepair) {
  LinkAtWork at;
  NaiveSeries series{at.to - 24h, std::vector<NaiveMinute>(1440)};
  for (int i = 1; i <= 2; ++i)
    series.minutes[static_cast<std::size_t>(1440 - i)] = {evidence::MinuteState::Bad, evidence::kInErrors};
  at.errors = at.tally(series);
  assess_link({at.link, at.evidence, at.memory}, {at.policy, at.sources, at.to + 30s}, at.assessment);
  EXPECT_EQ(
      render_sentence(JudgedRecord{at.link}, at.assessment),
      "held by link.a.errors: 2 minutes with in-errors at A Switch1/1/1 (for Switch1/1/1.1004), last 14:39; failing "
      "since 14:38; met 24 h 0 min after it is repaired");
  EXPECT_EQ(render_condition(at.assessment), "failing since 14:38 (link.a.errors)");
}

TEST(Explanation, SaysWhatNobodyEverHeardAndWhoHasToActOnIt) {
  LinkAtWork at;
  at.errors = at.clean;
  auto silent = at.tally({at.to - 24h, std::vector<NaiveMinute>(1440, {evidence::MinuteState::Bad})});
  silent.parent_port = false;
  at.evidence.z.data = &silent;
  assess_link({at.link, at.evidence, at.memory}, {at.policy, at.sources, at.to + 30s}, at.assessment);
  EXPECT_EQ(
      render_sentence(JudgedRecord{at.link}, at.assessment),
      "held by link.z.data: no counter row in 24 h 0 min of Z Switch1/1/1.1004; check that the interface exists on "
      "the device under this name, and that the switch sends its rows");
  EXPECT_EQ(render_condition(at.assessment), "needs the contributor (link.z.data)");
}

// "clean" is not said of minutes that nobody saw.
TEST(Explanation, SaysNotThatItIsCleanWhereItWasNotObserved) {
  LinkAtWork at;
  NaiveSeries series{at.to - 24h, std::vector<NaiveMinute>(1440)};
  series.minutes[1000] = {evidence::MinuteState::Bad, evidence::kInErrors};
  series.minutes[1002] = {evidence::MinuteState::Unobserved};
  at.errors = at.tally(series);
  assess_link({at.link, at.evidence, at.memory}, {at.policy, at.sources, at.to + 30s}, at.assessment);
  EXPECT_EQ(render_finding(JudgedRecord{at.link}, *at.assessment.find(CriterionId::LinkAErrors), at.assessment),
            "1 minute with in-errors at A Switch1/1/1 (for Switch1/1/1.1004), 07:20; not bad since, as far as it was "
            "observed");
}

TEST(Explanation, SaysWhoDrained) {
  LinkAtWork at;
  at.link.desired_status = DesiredStatus::HardDrained;
  at.link.health = Health::Healthy;
  at.errors = at.clean;
  assess_link({at.link, at.evidence, at.memory}, {at.policy, at.sources, at.to + 30s}, at.assessment);
  const DrainedBy by{"side A, contributor 'alpha'", Pubkey{}, at.to - 3h};
  EXPECT_EQ(render_condition(at.assessment, &by),
            "held by a drain that is wanted (hard-drained), of side A, contributor 'alpha' (key "
            "11111111111111111111111111111111) at 11:40");
  const auto report = report_assessment(JudgedRecord{at.link}, at.assessment, at.sources, {&by});
  EXPECT_EQ(report.condition.state, "held");
  EXPECT_EQ(report.condition.since, at.to - 3h);
  ASSERT_TRUE(report.condition.held_by && report.condition.held_by->by);
  EXPECT_EQ(report.condition.held_by->by->role, "side A, contributor 'alpha'");
}

TEST(Explanation, ReportCarriesWhatJsonNeeds) {
  const LinkAtWork at;
  const auto report = report_assessment(JudgedRecord{at.link}, at.assessment, at.sources);
  EXPECT_EQ(report.kind, "link");
  EXPECT_EQ(report.health, "pending");
  EXPECT_EQ(report.reason, "pending-evidence");
  EXPECT_EQ(report.evidence, "not met");
  EXPECT_EQ(report.window_minutes, 1440);
  EXPECT_EQ(report.healthy_at, kMidnight + 24h + 11h + 43min + 30s);
  ASSERT_EQ(report.findings.size(), kLinkCriterionCount);
  EXPECT_FALSE(report.findings[0].minutes) << "record criteria have no minutes";
  const auto& errors = report.findings[3];
  EXPECT_EQ(errors.id, "link.a.errors");
  EXPECT_EQ(errors.source, "counters");
  EXPECT_EQ(errors.watermark, at.to);
  EXPECT_EQ(errors.where, "A Switch1/1/1 (for Switch1/1/1.1004)");
  ASSERT_TRUE(errors.minutes);
  EXPECT_EQ(errors.minutes->bad, 3);
  EXPECT_EQ(errors.minutes->last_bad->counters, "in-errors");
  EXPECT_EQ(errors.minutes->last_bad->at, kMidnight + 11h + 42min);
  EXPECT_TRUE(errors.minutes->parent_port);
}

TEST(Explanation, LeavesOutCriteriaThatAreOff) {
  LinkAtWork at;
  at.policy.of(CriterionId::LinkZaProbes).mode = Mode::Off;
  assess_link({at.link, at.evidence, at.memory}, {at.policy, at.sources, at.to + 30s}, at.assessment);
  EXPECT_EQ(render_explanation(JudgedRecord{at.link}, at.assessment).find("za.probes"), std::string::npos);
  EXPECT_EQ(report_assessment(JudgedRecord{at.link}, at.assessment, at.sources).findings.size(),
            kLinkCriterionCount - 1);
}

TEST(Explanation, EveryUnmetRecordSaysWhatToDo) {
  const auto to_do = [](auto record, ToDo what, CriterionId id) {
    Finding finding;
    finding.id = id;
    finding.to_do = what;
    return render_to_do(record, finding, Assessment{});
  };
  Link link;
  link.code = "ams-lon";
  EXPECT_EQ(to_do(JudgedRecord{link}, ToDo::DrainLink, CriterionId::LinkDrained),
            "drain it: doublezero link drain --pubkey ams-lon");
  EXPECT_EQ(to_do(JudgedRecord{link}, ToDo::DesireActivated, CriterionId::LinkDesiredActivated),
            "ask for it: doublezero link undrain --pubkey ams-lon");
  Device device;
  device.code = "ams";
  const DeviceTallies tallies;
  const auto of_device = [&](ToDo what, CriterionId id) { return to_do(JudgedRecord{device, tallies}, what, id); };
  EXPECT_EQ(of_device(ToDo::SetPublicIp, CriterionId::DevicePublicIp),
            "set it: doublezero device update --pubkey ams --public-ip <address>");
  EXPECT_EQ(of_device(ToDo::AddDzPrefix, CriterionId::DeviceDzPrefix),
            "add a /29 or larger: doublezero device update --pubkey ams --dz-prefixes <list>");
  EXPECT_EQ(of_device(ToDo::SetMaxUsersZero, CriterionId::DeviceMaxUsersZero),
            "set it to 0: doublezero device update --pubkey ams --max-users 0");
  EXPECT_EQ(of_device(ToDo::HardDrainDevice, CriterionId::DeviceHardDrained),
            "drain it: doublezero device drain --hard --pubkey ams");
  EXPECT_EQ(of_device(ToDo::ActivateDia, CriterionId::DeviceDiaInterface),
            "activate a DIA interface: doublezero device interface update ams <interface> --status activated");
  EXPECT_EQ(of_device(ToDo::Nothing, CriterionId::DeviceQa), "");
}

TEST(Explanation, EveryReasonHasASentence) {
  LinkAtWork at;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(HealthReason::EntersProvisioning); ++i) {
    at.assessment.reason = static_cast<HealthReason>(i);
    EXPECT_GT(render_sentence(JudgedRecord{at.link}, at.assessment).size(), 7U) << i;
    EXPECT_NE(to_text(at.assessment.reason), "invalid");
  }
}

}  // namespace
}  // namespace dz::verdict
