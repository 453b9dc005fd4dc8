#include "control/plan_activator.h"

#include <gtest/gtest.h>

#include "lifecycle/table.h"

namespace dz {
namespace {

const Timestamp kNow{std::chrono::hours{500'000}};
Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}
constexpr GovernedRecord kReady{RecordKind::Link, Status::HardDrained, DesiredStatus::Activated, Health::Healthy};
constexpr GovernedRecord kWaiting{RecordKind::Link, Status::HardDrained, DesiredStatus::Activated, Health::Pending};

TEST(PlanActivator, MovesWhatTheTableMovesAndNothingElse) {
  const auto plan = plan_activator({{key(1), kReady}, {key(2), kWaiting}}, {}, {}, kNow);
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0], (StatusChange{key(1), kReady, Status::Activated}));
  EXPECT_EQ(plan.next_look, std::nullopt);
}

TEST(PlanActivator, LeavesARecordWithAnOpenTransactionAlone) {
  EXPECT_TRUE(plan_activator({{key(1), kReady}}, {}, {{key(1), Status::Activated}}, kNow).changes.empty());
}

TEST(PlanActivator, WaitsAfterARefusalUntilTheTimeOrTheRecordChanges) {
  const auto setback = next_setback(nullptr, kReady, kNow);
  EXPECT_EQ(setback.not_before, kNow + std::chrono::seconds{1});
  const Setbacks setbacks{{key(1), setback}};
  const auto just_before = setback.not_before - Duration{1};
  EXPECT_TRUE(plan_activator({{key(1), kReady}}, setbacks, {}, just_before).changes.empty());
  EXPECT_EQ(plan_activator({{key(1), kReady}}, setbacks, {}, just_before).next_look, setback.not_before);
  EXPECT_EQ(plan_activator({{key(1), kReady}}, setbacks, {}, setback.not_before).changes.size(), 1U);
  auto changed = kReady;
  changed.status = Status::SoftDrained;
  EXPECT_EQ(plan_activator({{key(1), changed}}, setbacks, {}, just_before).changes.size(), 1U);
}

TEST(PlanActivator, WaitsLongerEachTimeUpToFiveMinutes) {
  Setback setback = next_setback(nullptr, kReady, kNow);
  for (int i = 0; i < 30; ++i) setback = next_setback(&setback, kReady, kNow);
  EXPECT_EQ(setback.not_before, kNow + std::chrono::minutes{5});
  EXPECT_EQ(next_setback(&setback, kWaiting, kNow).failures, 1);
}

}  // namespace
}  // namespace dz
