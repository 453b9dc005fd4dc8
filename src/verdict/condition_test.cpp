#include "verdict/condition.h"

#include <gtest/gtest.h>

#include "verdict/explain.h"
#include "verdict/naive_tally.h"

namespace dz::verdict {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using enum CriterionId;
using evidence::MinuteState;

constexpr Minute kMidnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

// A hard-drained link with eight series of two days, good but for what a test says, judged at midnight.
class OneLink : public testing::Test {
 protected:
  enum Which { AData, AErrors, AUtilization, ZData, ZErrors, ZUtilization, AzProbes, ZaProbes };

  OneLink() {
    link_.code = "ams:lon";
    link_.health = Health::Impaired;
    link_.status = Status::HardDrained;
    link_.desired_status = DesiredStatus::Activated;
    memory_.present_since = kMidnight - 48h;
    for (auto& s : series_) s = {kMidnight - 48h, std::vector<NaiveMinute>(48 * 60)};
    for (auto& s : sources_) s = {{kMidnight, {}, 0}, 30s};
  }

  // From `back` before midnight on.
  void set(Which which, minutes back, minutes length, NaiveMinute state) {
    for (auto m = kMidnight - back; m < kMidnight - back + length; m += 1min)
      series_[which].minutes[static_cast<std::size_t>((m - series_[which].start).count())] = state;
  }

  Condition judge() {
    const auto window = window_for(policy_, link_.health, link_.status).length;
    for (std::size_t i = 0; i < series_.size(); ++i)
      tallies_[i] = naive_tally(series_[i], {kMidnight - window, kMidnight, 0, 15});
    const auto* t = tallies_.data();
    const LinkTallies evidence{{t, t + 1, t + 2}, {t + 3, t + 4, t + 5}, t + 6, t + 7};
    assess_link({link_, evidence, memory_}, {policy_, sources_, kMidnight + 30s}, assessment_);
    return condition_of(assessment_);
  }

  static constexpr NaiveMinute kErrors{MinuteState::Bad, evidence::kInErrors};
  static constexpr NaiveMinute kSilent{MinuteState::Bad};
  static constexpr NaiveMinute kUnseen{MinuteState::Unobserved};

  Link link_;
  Policy policy_;
  RecordMemory memory_;
  Sources sources_{};
  std::array<NaiveSeries, 8> series_;
  std::array<evidence::SignalTally, 8> tallies_;
  Assessment assessment_;
};

TEST_F(OneLink, IsGoodWhenHealthy) {
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Good);
  EXPECT_EQ(c, (Condition{})) << "nothing else is said of it";
}

TEST_F(OneLink, FailsSinceTheFirstMinuteOfThePresentRunAndHasNoTime) {
  set(AErrors, 3h, 2min, kErrors);
  set(AErrors, 3min, 3min, kErrors);
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Failing);
  EXPECT_EQ(c.criterion, LinkAErrors);
  EXPECT_EQ(c.since, kMidnight - 3min);
  EXPECT_EQ(c.returns_at, std::nullopt);
  EXPECT_EQ(c.needs, Who::Contributor);
  EXPECT_EQ(assessment_.healthy_at, std::nullopt) << "it would slide a minute a minute";
}

TEST_F(OneLink, RecoversSinceTheMinuteAfterTheLastBadOneOfAll) {
  set(AErrors, 3h, 2min, kErrors);
  set(ZErrors, 20min, 2min, kErrors);
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Recovering);
  EXPECT_EQ(c.criterion, LinkZErrors) << "it takes longest";
  EXPECT_EQ(c.since, kMidnight - 18min);
  EXPECT_EQ(c.returns_at, kMidnight - 18min + 24h + 30s);
  EXPECT_EQ(c.needs, std::nullopt);
}

TEST_F(OneLink, CollectsUntilTheWindowIsFullOfObservedMinutes) {
  for (const auto which : {AData, AErrors, AUtilization, ZData, ZErrors, ZUtilization}) set(which, 48h, 30h, kUnseen);
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Collecting);
  EXPECT_EQ(c.returns_at, kMidnight - 18h + 24h + 30s);
  EXPECT_EQ(c.since, std::nullopt);
}

TEST_F(OneLink, HasNoTimeWhileItsNewestMinuteIsNotObserved) {
  for (const auto which : {AData, AErrors, AUtilization}) set(which, 16min, 16min, kUnseen);
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Collecting);
  EXPECT_EQ(c.returns_at, std::nullopt);
}

// As after a start: side A was bad before it, side Z recovers from what was earlier.
TEST_F(OneLink, DoesNotRecoverWhileNobodyHasSeenWhetherItGoesOn) {
  set(ZErrors, 3h, 2min, kErrors);
  for (const auto which : {AData, AUtilization}) {
    set(which, 5min, 2min, kSilent);
    set(which, 3min, 3min, kUnseen);
  }
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Collecting);
  EXPECT_EQ(c.criterion, LinkAData);
  EXPECT_EQ(c.since, std::nullopt) << "clean since nobody knows when";
  EXPECT_EQ(c.returns_at, std::nullopt);
}

// An interface that does not exist on the device: the source answers, and it is silent in every minute.
TEST_F(OneLink, NeedsActionWhereNothingWasEverHeard) {
  set(AData, 48h, 48h, kSilent);
  set(AUtilization, 48h, 48h, kSilent);
  set(AErrors, 48h, 48h, kUnseen);
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::NeedsAction);
  EXPECT_EQ(c.needs, Who::Contributor);
  EXPECT_EQ(c.returns_at, std::nullopt);
}

TEST_F(OneLink, NeedsTheOperatorWhereTheSourceIsSilent) {
  for (auto& s : sources_) s.state.watermark = kMidnight;
  sources_[static_cast<std::size_t>(evidence::Source::Counters)].disputed = true;
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::NeedsAction);
  EXPECT_EQ(c.needs, Who::Operator);
}

// Time makes a young ledger older; nobody has to act.
TEST_F(OneLink, CollectsWhileTheLedgerIsYoungerThanTheWindow) {
  policy_.recovery_window = window_in_slots(200'000);
  policy_.recovery_window.trouble = SlotTrouble::YoungLedger;
  EXPECT_EQ(judge().state, ConditionState::Collecting);
  policy_.recovery_window.trouble = SlotTrouble::TooLong;
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::NeedsAction);
  EXPECT_EQ(c.needs, Who::Operator);
}

TEST_F(OneLink, FailingComesBeforeWhatNeedsAction) {
  set(AData, 48h, 48h, kSilent);
  set(ZErrors, 1min, 1min, kErrors);
  EXPECT_EQ(judge().state, ConditionState::Failing);
}

TEST_F(OneLink, IsHeldByTheDrainOfAPersonWhateverTheEvidence) {
  link_.desired_status = DesiredStatus::HardDrained;
  auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Held);
  ASSERT_TRUE(c.held_by);
  EXPECT_EQ(c.held_by->what, HeldWhat::Drain);
  EXPECT_EQ(c.needs, Who::Contributor);
  EXPECT_EQ(render_needs(JudgedRecord(link_), assessment_, c), "ask for it: doublezero link undrain --pubkey ams:lon");
  set(AErrors, 1min, 1min, kErrors);
  c = judge();
  EXPECT_EQ(c.state, ConditionState::Failing);
  EXPECT_TRUE(c.held_by) << "said beside it";
}

TEST_F(OneLink, IsHeldByACriterionOfTheRecord) {
  link_.health = Health::Pending;
  link_.status = Status::Requested;
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Held);
  ASSERT_TRUE(c.held_by);
  EXPECT_EQ(c.held_by->what, HeldWhat::Record);
  EXPECT_EQ(c.held_by->criterion, LinkDrained);
}

TEST_F(OneLink, WaitsForTheMinuteThatTheStayRuleAsksFor) {
  memory_.present_since = kMidnight;
  const auto c = judge();
  EXPECT_EQ(c.state, ConditionState::Collecting);
  EXPECT_EQ(c.returns_at, kMidnight + 2min + 30s);
}

TEST_F(OneLink, FailsInServiceToo) {
  link_.status = Status::Activated;
  link_.health = Health::Healthy;
  set(AErrors, 1min, 1min, kErrors);
  EXPECT_EQ(judge().state, ConditionState::Failing);
  EXPECT_EQ(assessment_.to, Health::Healthy);
  set(AErrors, 1min, 1min, {});
  set(AErrors, 2min, 1min, kErrors);
  EXPECT_EQ(judge().state, ConditionState::Good);
}

}  // namespace
}  // namespace dz::verdict
