#include "monitor/forget_clock.h"

#include <gtest/gtest.h>

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp kStart{hours{494'000}};
constexpr Duration kKeep = hours{24};

class ForgetClockTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open(std::optional<Timestamp> newest = std::nullopt) { clock_ = *ForgetClock::open(database_, newest); }
  void live(Timestamp from, Duration time) {
    for (auto now = from; now <= from + time; now += minutes{1}) ASSERT_TRUE(clock_->pass(now));
  }
  storage::SqliteDatabase database_ = *storage::SqliteDatabase::open(":memory:");
  std::optional<ForgetClock> clock_;
};

TEST_F(ForgetClockTest, FollowsAGoodClock) {
  live(kStart, hours{30});
  EXPECT_EQ(clock_->older_than(kKeep), kStart + hours{6});
}

TEST_F(ForgetClockTest, X15_AClockThatIsWrongForOnePassMakesNothingOlder) {
  live(kStart, hours{30});
  const auto before = clock_->older_than(kKeep);
  ASSERT_TRUE(clock_->pass(kStart + hours{24 * 365 * 14}));
  EXPECT_EQ(clock_->older_than(kKeep), before);
  ASSERT_TRUE(clock_->pass(kStart + hours{30} + minutes{1}));
  EXPECT_EQ(clock_->older_than(kKeep), before + minutes{1});
}

TEST_F(ForgetClockTest, X15_AClockThatStaysAheadCountsFromThere) {
  live(kStart, hours{30});
  const auto ahead = kStart + hours{1000};
  live(ahead, hours{20});
  EXPECT_EQ(clock_->older_than(kKeep), kStart + hours{26});
  live(ahead + hours{20}, hours{20});
  EXPECT_EQ(clock_->older_than(kKeep), ahead + hours{16});
}

TEST_F(ForgetClockTest, X15_AStartUnderAWrongClockMakesNothingOlder) {
  live(kStart, hours{30});
  const auto before = clock_->older_than(kKeep);
  open();
  ASSERT_TRUE(clock_->pass(kStart + hours{24 * 365}));
  EXPECT_EQ(clock_->older_than(kKeep), before);
  open();  // and what it learned there is not forgotten
  ASSERT_TRUE(clock_->pass(kStart + hours{24 * 365} + minutes{1}));
  EXPECT_EQ(clock_->older_than(kKeep), before + minutes{1});
}

TEST_F(ForgetClockTest, AFileThatKnewNothingOfItTrustsItsNewestPass) {
  open(kStart);
  ASSERT_TRUE(clock_->pass(kStart + hours{24 * 365}));
  EXPECT_EQ(clock_->older_than(kKeep), kStart - kKeep);
}

TEST_F(ForgetClockTest, D18_DamagedItForgetsNothingBeforeItsTime) {
  live(kStart, hours{30});
  ASSERT_TRUE(database_.execute("UPDATE lived SET last = last + 1"));
  open();
  live(kStart + hours{31}, hours{20});
  EXPECT_EQ(clock_->older_than(kKeep), Timestamp{});
  live(kStart + hours{51}, hours{10});
  EXPECT_EQ(clock_->older_than(kKeep), kStart + hours{37});
}

}  // namespace
}  // namespace dz::monitor
