#include "control/clock_watch.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow = *parse_timestamp("2026-12-01T10:00:00Z");

Pubkey device(int n) {
  Pubkey key;
  key.bytes[0] = static_cast<std::uint8_t>(n);
  return key;
}

class Clock : public testing::Test {
 protected:
  // The clock says `ahead` more than it is.
  void look(Duration ahead = {}) { watch_.look(kNow + passed_ + ahead, Duration{1s} + passed_); }
  void block(Duration age = 1s) { watch_.saw_block(kNow + passed_ - age); }
  void rows(int devices) {
    for (int n = 0; n < devices; ++n) watch_.saw_row(device(n), kNow + passed_ - 2s * n);
  }
  void later(Duration by) { passed_ += by; }

  ClockWatch watch_;
  Duration passed_{};
};

TEST_F(Clock, ThatNobodyContradictsIsRight) {
  look();
  EXPECT_TRUE(watch_.is_right());
  EXPECT_FALSE(watch_.has_come_right());
}

TEST_F(Clock, D16_AJumpClosesNoMinuteUntilItIsBack) {
  look();
  block();
  later(5s);
  for (const Duration jump : {Duration{24h}, Duration{-24h}, Duration{14 * 365 * 24h}, Duration{61s}}) {
    look(jump);
    EXPECT_FALSE(watch_.is_right()) << jump.count();
    EXPECT_FALSE(watch_.has_come_right());
    later(5s);
    look();
    EXPECT_TRUE(watch_.is_right());
    EXPECT_TRUE(watch_.has_come_right());
    EXPECT_FALSE(watch_.has_come_right());
  }
}

TEST_F(Clock, ACorrectionWithinTheLimitIsNoJump) {
  look();
  block();
  for (int i = 1; i <= 20; ++i) {
    later(5s);
    look(10s * i);
    EXPECT_TRUE(watch_.is_right()) << i;
    watch_.saw_block(kNow + passed_ + 10s * i);
  }
}

TEST_F(Clock, AJumpThatABlockConfirmsIsACorrection) {
  watch_.look(kNow - 24h, 1s);  // nothing contradicts it yet
  EXPECT_TRUE(watch_.is_right());
  watch_.saw_block(kNow);
  EXPECT_FALSE(watch_.is_right()) << "a block of the future";
  watch_.look(kNow + 5s, 6s);
  watch_.saw_block(kNow + 4s);
  EXPECT_TRUE(watch_.is_right());
  EXPECT_TRUE(watch_.has_come_right());
}

TEST_F(Clock, AJumpThatRowsConfirmIsACorrection) {
  look();
  block();
  later(5s);
  watch_.look(kNow + 1h, Duration{1s} + passed_);
  EXPECT_FALSE(watch_.is_right());
  for (int n = 0; n < 4; ++n) watch_.saw_row(device(n), kNow + 1h - 1s);
  watch_.look(kNow + 1h, Duration{1s} + passed_);
  EXPECT_TRUE(watch_.is_right());
}

TEST_F(Clock, ANodeThatLagsIsNoWrongClock) {
  look();
  block();
  later(20min);
  look();
  block(20min);
  EXPECT_TRUE(watch_.is_right());
}

TEST_F(Clock, AStartWithAnOldBlockWaitsForRows) {
  look();
  block(20min);
  EXPECT_FALSE(watch_.is_right());
  rows(4);
  look();
  EXPECT_TRUE(watch_.is_right());
}

TEST_F(Clock, AStartBeforeTheLastPassWaitsForAWitness) {
  watch_ = ClockWatch({}, kNow + 14 * 365 * 24h);
  look();
  EXPECT_FALSE(watch_.is_right());
  block();
  EXPECT_TRUE(watch_.is_right());
  EXPECT_TRUE(watch_.has_come_right()) << "what the last start closed is to be taken back";
}

TEST_F(Clock, MostDevicesAgainstIt) {
  look();
  for (int n = 0; n < 5; ++n) watch_.saw_row(device(n), kNow - 24h - 3s * n);
  later(1s);
  look();
  EXPECT_FALSE(watch_.is_right());
  block();
  EXPECT_TRUE(watch_.is_right()) << "the ledger says that it is the devices";
}

TEST_F(Clock, BufferedRowsAreOfManyTimesAndSayNothing) {
  look();
  for (int n = 0; n < 6; ++n) watch_.saw_row(device(n), kNow - 10min - 5min * n);
  later(1s);
  look();
  EXPECT_TRUE(watch_.is_right());
}

TEST_F(Clock, OneDeviceOfManySaysNothing) {
  look();
  rows(3);
  watch_.saw_row(device(9), kNow - 24h);
  later(1s);
  look();
  EXPECT_TRUE(watch_.is_right());
}

}  // namespace
}  // namespace dz::control
