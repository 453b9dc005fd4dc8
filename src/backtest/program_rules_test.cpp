#include "backtest/program_rules.h"

#include <gtest/gtest.h>

namespace dz::backtest {
namespace {

constexpr lifecycle::Roles kOwner{.foundation = true};

lifecycle::LifecycleState state(Status status, DesiredStatus desired, Health health) {
  return {status, desired, health, {}, false};
}

TEST(ProgramRules, TheTableLeadsThereInSomeOrderOfTheChanges) {
  const ProgramRules rules(rfc_profile());
  const auto drained = state(Status::HardDrained, DesiredStatus::Activated, Health::Impaired);
  const auto back = state(Status::Activated, DesiredStatus::Activated, Health::Healthy);
  EXPECT_EQ(rules.next(RecordKind::Link, drained), std::nullopt);
  EXPECT_TRUE(rules.by_table(RecordKind::Link, drained, back));  // healthy first, then activated
  EXPECT_FALSE(
      rules.by_table(RecordKind::Link, back, state(Status::Deleting, DesiredStatus::Activated, Health::Healthy)));
}

TEST(ProgramRules, AProgramThatGuardsImpairsWhatLeavesService) {
  const auto before = state(Status::Activated, DesiredStatus::Activated, Health::Healthy);
  const auto after = state(Status::HardDrained, DesiredStatus::HardDrained, Health::Impaired);
  EXPECT_TRUE(ProgramRules(rfc_profile()).impaired_by_program(before, after));
  EXPECT_FALSE(ProgramRules(v034_profile()).impaired_by_program(before, after));
  EXPECT_FALSE(ProgramRules(rfc_profile()).only_confirmed_counts());
  EXPECT_TRUE(ProgramRules(v034_profile()).only_confirmed_counts());
}

TEST(ProgramRules, WhereTheProgramDoesNotGuardAWriteIsTakenAsItIs) {
  const auto before = state(Status::Activated, DesiredStatus::Activated, Health::Healthy);
  const lifecycle::LifecycleWrite wish{.status = {}, .desired_status = DesiredStatus::HardDrained};
  const auto live = ProgramRules(v034_profile()).written(before, wish, kOwner);
  EXPECT_EQ(live, state(Status::Activated, DesiredStatus::HardDrained, Health::Healthy));
  const auto guarded = ProgramRules(rfc_profile()).written(before, wish, kOwner);
  EXPECT_EQ(guarded.desired_status, DesiredStatus::HardDrained);
}

}  // namespace
}  // namespace dz::backtest
