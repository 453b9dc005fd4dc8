#include "program/test_ledger.h"

namespace dz {
namespace {

TEST(Setup, DevicesStartHardDrainedAndTakeNoUsers) {
  TestLedger ledger;
  ledger.set_up();
  const auto device = ledger.get<Device>(ledger.ams);
  EXPECT_EQ(device.status, Status::HardDrained);
  EXPECT_EQ(device.health, Health::Unknown);
  EXPECT_EQ(device.desired_status, DesiredStatus::Activated);
  EXPECT_EQ(device.max_users, 0);
  EXPECT_EQ(device.interfaces.size(), 4U);
}

}  // namespace
}  // namespace dz
