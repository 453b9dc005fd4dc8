#include <gtest/gtest.h>

#include "client/provision.h"

namespace dz::client {
namespace {

void expect_same(const lifecycle::LifecycleWrite& found, std::optional<Status> status,
                 std::optional<DesiredStatus> desired) {
  EXPECT_EQ(found.status, status);
  EXPECT_EQ(found.desired_status, desired);
}

TEST(DrainWrites, AGuardingProgramDerivesWhatIsWanted) {
  expect_same(drain_write(rfc_profile(), Status::Activated, Status::HardDrained), Status::HardDrained, std::nullopt);
  const auto writes = undrain_writes(rfc_profile(), Status::HardDrained, DesiredStatus::Activated);
  ASSERT_EQ(writes.size(), 1U);
  expect_same(writes[0], std::nullopt, DesiredStatus::Activated);
}

TEST(DrainWrites, ElsewhereBothWordsAreWrittenAtOnce) {
  expect_same(drain_write(v034_profile(), Status::Activated, Status::SoftDrained), Status::SoftDrained,
              DesiredStatus::SoftDrained);
  expect_same(drain_write(v034_profile(), Status::Activated, Status::Drained), Status::Drained, DesiredStatus::Drained);
}

TEST(DrainWrites, AStatusThatIsThereIsNotWrittenAgain) {
  expect_same(drain_write(v034_profile(), Status::Drained, Status::Drained), std::nullopt, DesiredStatus::Drained);
}

TEST(DrainWrites, ADrainByHandIsAskedToReturnVisibly) {
  const auto writes = undrain_writes(v034_profile(), Status::Drained, DesiredStatus::Activated);
  ASSERT_EQ(writes.size(), 2U);
  expect_same(writes[0], std::nullopt, DesiredStatus::Drained);
  expect_same(writes[1], std::nullopt, DesiredStatus::Activated);
  EXPECT_EQ(undrain_writes(v034_profile(), Status::HardDrained, DesiredStatus::HardDrained).size(), 1U);
  EXPECT_EQ(undrain_writes(v034_profile(), Status::Activated, DesiredStatus::Activated).size(), 1U);
}

}  // namespace
}  // namespace dz::client
