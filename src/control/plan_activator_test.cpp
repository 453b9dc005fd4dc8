#include "control/plan_activator.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

const Timestamp kNow{std::chrono::hours{500'000}};
Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}
// On the network of the RFC, where nothing has to be proven.
ActivatorPlan plan(const GovernedRecords& records, const Setbacks& setbacks = {},
                   const std::map<Pubkey, Status>& busy = {}, Timestamp now = kNow) {
  return plan_activator({rfc_profile(), records, {}, setbacks, busy, {}}, now);
}
// On the live one.
ActivatorPlan plan_live(const GovernedRecords& records, const Proofs& proofs, StagedUndrain staged = {},
                        Timestamp now = kNow) {
  return plan_activator({v034_profile(), records, proofs, {}, {}, staged}, now);
}
constexpr GovernedRecord kReady{RecordKind::Link, Status::HardDrained, DesiredStatus::Activated, Health::Healthy};
constexpr GovernedRecord kWaiting{RecordKind::Link, Status::HardDrained, DesiredStatus::Activated, Health::Pending};

TEST(PlanActivator, MovesWhatTheTableMovesAndNothingElse) {
  const auto made = plan({{key(1), kReady}, {key(2), kWaiting}});
  ASSERT_EQ(made.changes.size(), 1U);
  EXPECT_EQ(made.changes[0], (StatusChange{key(1), kReady, Status::Activated}));
  EXPECT_EQ(made.next_look, std::nullopt);
}

TEST(PlanActivator, LeavesARecordWithAnOpenTransactionAlone) {
  EXPECT_TRUE(plan({{key(1), kReady}}, {}, {{key(1), Status::Activated}}).changes.empty());
}

TEST(PlanActivator, WaitsAfterARefusalUntilTheTimeOrTheRecordChanges) {
  const auto setback = next_setback(nullptr, kReady, kNow);
  EXPECT_EQ(setback.not_before, kNow + std::chrono::seconds{1});
  const Setbacks setbacks{{key(1), setback}};
  const auto just_before = setback.not_before - Duration{1};
  EXPECT_TRUE(plan({{key(1), kReady}}, setbacks, {}, just_before).changes.empty());
  EXPECT_EQ(plan({{key(1), kReady}}, setbacks, {}, just_before).next_look, setback.not_before);
  EXPECT_EQ(plan({{key(1), kReady}}, setbacks, {}, setback.not_before).changes.size(), 1U);
  auto changed = kReady;
  changed.status = Status::SoftDrained;
  EXPECT_EQ(plan({{key(1), changed}}, setbacks, {}, just_before).changes.size(), 1U);
}

TEST(PlanActivator, WaitsLongerEachTimeUpToFiveMinutes) {
  Setback setback = next_setback(nullptr, kReady, kNow);
  for (int i = 0; i < 30; ++i) setback = next_setback(&setback, kReady, kNow);
  EXPECT_EQ(setback.not_before, kNow + std::chrono::minutes{5});
  EXPECT_EQ(next_setback(&setback, kWaiting, kNow).failures, 1);
}

const Proof kProven{std::nullopt, false, std::nullopt};
const Proof kByHand{Unproven::DrainedByHand, false, std::nullopt};

TEST(PlanActivator, MovesWhatIsProvenAndListsTheRest) {
  const GovernedRecords records{{key(1), kReady}, {key(2), kReady}, {key(3), kReady}, {key(4), kWaiting}};
  const auto made = plan_live(records, {{key(1), kProven}, {key(2), kByHand}});
  ASSERT_EQ(made.changes.size(), 1U);
  EXPECT_EQ(made.changes[0], (StatusChange{key(1), kReady, Status::Activated}));
  EXPECT_EQ(made.held, (std::map<Pubkey, HeldRecord>{{key(2), {kReady, Unproven::DrainedByHand}},
                                                     {key(3), {kReady, Unproven::TrailNotKnown}}}));
}

TEST(PlanActivator, DrainsWithoutProof) {
  constexpr GovernedRecord kLink{RecordKind::Link, Status::Activated, DesiredStatus::SoftDrained, Health::Healthy};
  constexpr GovernedRecord kDevice{RecordKind::Device, Status::Activated, DesiredStatus::Drained, Health::Healthy};
  const auto made = plan_live({{key(1), kLink}, {key(2), kDevice}}, {});
  ASSERT_EQ(made.changes.size(), 2U);
  EXPECT_EQ(made.changes[0].to, Status::SoftDrained);
  EXPECT_EQ(made.changes[1].to, Status::Drained);
  EXPECT_EQ(needed_proof(v034_profile(), kLink), Needs::Nothing);
}

TEST(PlanActivator, EveryRowThatBringsIntoServiceOnTheLiveNetworkNeedsProof) {
  for (const auto kind : {RecordKind::Link, RecordKind::Device}) {
    for (const auto& row : v034_profile().lifecycle(kind)) {
      const bool drains = is_drained(row.to);
      EXPECT_EQ(row.needs == Needs::Nothing, drains);
    }
  }
}

// A fleet as the live program leaves it when people drain by hand: health forced to ready, desired activated.
TEST(PlanActivator, AFleetDrainedByHandIsLeftAlone) {
  GovernedRecords records;
  Proofs proofs;
  for (std::uint8_t n = 1; n < 200; ++n) {
    const bool device = n % 3 == 0;
    const auto drained = device ? Status::Drained : n % 2 == 0 ? Status::HardDrained : Status::SoftDrained;
    records[key(n)] = {device ? RecordKind::Device : RecordKind::Link, drained, DesiredStatus::Activated,
                       Health::Healthy};
    if (n % 4 != 0) proofs[key(n)] = kByHand;
  }
  for (const bool staged : {false, true}) {
    const auto made = plan_live(records, proofs, {.on = staged});
    EXPECT_TRUE(made.changes.empty());
    EXPECT_EQ(made.held.size(), records.size());
  }
}

TEST(PlanActivator, AStagedUndrainIsSoftFirst) {
  const StagedUndrain staged{.on = true, .dwell = std::chrono::minutes{10}};
  const auto hard = plan_live({{key(1), kReady}}, {{key(1), kProven}}, staged);
  ASSERT_EQ(hard.changes.size(), 1U);
  EXPECT_EQ(hard.changes[0].to, Status::SoftDrained);
  auto soft = kReady;
  soft.status = Status::SoftDrained;
  const Proofs since{{key(1), {std::nullopt, false, kNow}}};
  const auto early = plan_live({{key(1), soft}}, since, staged, kNow + staged.dwell - Duration{1});
  EXPECT_TRUE(early.changes.empty());
  EXPECT_TRUE(early.held.empty());
  EXPECT_EQ(early.next_look, kNow + staged.dwell);
  const auto due = plan_live({{key(1), soft}}, since, staged, kNow + staged.dwell);
  ASSERT_EQ(due.changes.size(), 1U);
  EXPECT_EQ(due.changes[0].to, Status::Activated);
  // A device has one drained status, and nothing to stage.
  constexpr GovernedRecord kDevice{RecordKind::Device, Status::Drained, DesiredStatus::Activated, Health::Healthy};
  EXPECT_EQ(plan_live({{key(1), kDevice}}, {{key(1), kProven}}, staged).changes[0].to, Status::Activated);
}

TEST(PlanActivator, ALinkThatIsBuiltIsNotStaged) {
  constexpr GovernedRecord kBuilt{RecordKind::Link, Status::Provisioning, DesiredStatus::Activated, Health::Healthy};
  EXPECT_EQ(plan_live({{key(1), kBuilt}}, {{key(1), kProven}}, {.on = true}).changes[0].to, Status::Activated);
}

// Where k judges are asked for.
const HealthWrite kWrite{"signature", {}, kNow, {}};
ActivatorPlan plan_with(const GovernedRecord& record, const Proofs& proofs, const Backings& backings) {
  const GovernedRecords records{{key(1), record}};
  return plan_activator({rfc_profile(), records, proofs, {}, {}, {}, &backings}, kNow);
}
Proofs written() {
  Proof proof{std::nullopt, false, std::nullopt};
  proof.health = kWrite;
  return {{key(1), proof}};
}
Unproven held_by(const ActivatorPlan& made) {
  EXPECT_TRUE(made.changes.empty());
  return made.held.at(key(1)).reason;
}

TEST(PlanActivator, AHealthThatEnoughJudgesHoldIsActedOn) {
  EXPECT_EQ(plan_with(kReady, written(), {{key(1), {kWrite, std::nullopt, ""}}}).changes.size(), 1U);
}

TEST(PlanActivator, AHealthThatTooFewJudgesHoldIsLeftAlone) {
  const auto made = plan_with(kReady, written(), {{key(1), {kWrite, Unproven::TooFewJudges, "found 1"}}});
  EXPECT_EQ(held_by(made), Unproven::TooFewJudges);
  EXPECT_EQ(made.held.at(key(1)).why, "found 1");
  EXPECT_EQ(held_by(plan_with(kReady, written(), {})), Unproven::JudgesNotHeard);
  EXPECT_EQ(held_by(plan_with(kReady, {}, {})), Unproven::TrailNotKnown);
}

// It was held once, and written anew since.
TEST(PlanActivator, JudgesBehindAnotherWriteAreNone) {
  auto earlier = kWrite;
  earlier.transaction = "earlier";
  EXPECT_EQ(held_by(plan_with(kReady, written(), {{key(1), {earlier, std::nullopt, ""}}})), Unproven::JudgesNotHeard);
  auto changed = kWrite;
  changed.changed_at = kNow;
  EXPECT_EQ(held_by(plan_with(kReady, written(), {{key(1), {changed, std::nullopt, ""}}})), Unproven::JudgesNotHeard);
}

TEST(PlanActivator, WhatIsWantedOutOfServiceNeedsNoJudges) {
  auto leaving = kReady;
  leaving.status = Status::Activated;
  leaving.desired_status = DesiredStatus::HardDrained;
  EXPECT_EQ(plan_with(leaving, {}, {}).changes.size(), 1U);
}

// Every row of every profile either is moved by a health or by a wish, and only the first kind asks for judges.
TEST(PlanActivator, RowsThatBringIntoServiceRestOnHealth) {
  for (const auto* profile : {&rfc_profile(), &v034_profile()}) {
    for (const auto kind : {RecordKind::Link, RecordKind::Device}) {
      for (const auto& row : profile->lifecycle(kind)) {
        EXPECT_EQ(row.health != kAnyHealth, !is_drained(row.to)) << profile->name;
      }
    }
  }
}

}  // namespace
}  // namespace dz::control
