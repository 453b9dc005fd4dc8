#include "control/as_wanted.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

using enum NotAsWanted;

struct Seen {
  Status status = Status::Activated;
  DesiredStatus desired = DesiredStatus::Activated;
  Health health = Health::Healthy;
  std::optional<Health> verdict = {};  // that of the ledger
  bool disagreement = false;
};

std::optional<NotAsWanted> why(const Seen& seen, const Profile& profile = rfc_profile()) {
  RecordVerdict verdict;
  verdict.verdict = seen.verdict.value_or(seen.health);
  verdict.disagreement = seen.disagreement;
  return not_as_wanted(profile, {RecordKind::Link, seen.status, seen.desired, seen.health}, verdict);
}

TEST(AsWanted, InServiceAndHealthyOrOutOfItByWish) {
  EXPECT_EQ(why({}), std::nullopt);
  EXPECT_EQ(why({Status::SoftDrained, DesiredStatus::SoftDrained, Health::Impaired}), std::nullopt);
  EXPECT_EQ(why({Status::HardDrained, DesiredStatus::Deleted, Health::Impaired}), std::nullopt);
  EXPECT_EQ(why({.desired = DesiredStatus::Pending}, v034_profile()), std::nullopt);  // nothing was said yet
}

TEST(AsWanted, TrafficWithoutHealthComesFirst) {
  EXPECT_EQ(why({.health = Health::Impaired, .disagreement = true}), UnhealthyInService);
  EXPECT_EQ(why({.desired = DesiredStatus::HardDrained, .health = Health::Unknown}), UnhealthyInService);
}

TEST(AsWanted, MovesThatAreDueAreNoWishUnmetForLackOfEvidence) {
  EXPECT_EQ(why({.desired = DesiredStatus::SoftDrained}), StatusDue);
  EXPECT_EQ(why({Status::SoftDrained, DesiredStatus::HardDrained, Health::Impaired}), StatusDue);
  EXPECT_EQ(why({Status::HardDrained, DesiredStatus::Activated, Health::Healthy}), StatusDue);
  EXPECT_EQ(why({Status::HardDrained, DesiredStatus::Activated, Health::Pending}), NotInService);
  EXPECT_EQ(why({Status::Requested, DesiredStatus::Activated, Health::Pending}), NotInService);
}

TEST(AsWanted, WhatTheMonitorWouldWriteOrMayNot) {
  EXPECT_EQ(why({Status::HardDrained, DesiredStatus::Activated, Health::Pending, Health::Healthy}), HealthDue);
  EXPECT_EQ(why({.verdict = Health::Impaired}), HealthDue);
  EXPECT_EQ(why({.verdict = Health::Impaired, .disagreement = true}), HealthDisagreement);
}

TEST(AsWanted, EveryReasonHasAWordAndKeepsItsNumber) {
  int number = 0;
  for (const auto reason : kNotAsWanted) {
    EXPECT_EQ(static_cast<int>(reason), ++number);
    EXPECT_FALSE(to_text(reason).empty());
  }
}

}  // namespace
}  // namespace dz::control
