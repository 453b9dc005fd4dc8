#include "control/activator_watch.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

constexpr Timestamp kNow{std::chrono::hours{494'000}};
constexpr auto kMinute = std::chrono::minutes{1};

struct Watched : testing::Test {
  void look(Status status, DesiredStatus desired, Health health, Timestamp now) {
    watch.look(rfc_profile(), {{Pubkey{}, {RecordKind::Link, status, desired, health}}}, now);
  }
  ActivatorWatch watch;
};

TEST_F(Watched, ARecordIsDueFromWhenItWasSeenUntilItIsMovedAndThatIsTheActivator) {
  look(Status::HardDrained, DesiredStatus::Activated, Health::Pending, kNow);
  EXPECT_TRUE(watch.due().empty());
  look(Status::HardDrained, DesiredStatus::Activated, Health::Healthy, kNow + kMinute);
  look(Status::HardDrained, DesiredStatus::Activated, Health::Healthy, kNow + 2 * kMinute);
  ASSERT_EQ(watch.due().size(), 1U);
  EXPECT_EQ(watch.due().begin()->second, kNow + kMinute);
  EXPECT_FALSE(watch.acted_at());
  look(Status::Activated, DesiredStatus::Activated, Health::Impaired, kNow + 3 * kMinute);
  EXPECT_EQ(watch.acted_at(), kNow + 3 * kMinute);
  EXPECT_TRUE(watch.due().empty());
}

TEST_F(Watched, WhatAPersonMovesByHandIsNotTheActivators) {
  look(Status::Activated, DesiredStatus::Activated, Health::Healthy, kNow);
  look(Status::SoftDrained, DesiredStatus::SoftDrained, Health::Impaired, kNow + kMinute);
  EXPECT_FALSE(watch.acted_at());
  look(Status::HardDrained, DesiredStatus::Activated, Health::Healthy, kNow + 2 * kMinute);
  look(Status::HardDrained, DesiredStatus::HardDrained, Health::Impaired, kNow + 3 * kMinute);
  EXPECT_FALSE(watch.acted_at()) << "it was due, and then no more";
}

TEST_F(Watched, ARecordThatGoesIsDueNoMore) {
  look(Status::HardDrained, DesiredStatus::Activated, Health::Healthy, kNow);
  watch.look(rfc_profile(), {}, kNow + kMinute);
  EXPECT_TRUE(watch.due().empty());
  EXPECT_FALSE(watch.acted_at());
}

}  // namespace
}  // namespace dz::control
