#include "storage/lived_time.h"

#include <gtest/gtest.h>

namespace dz::storage {
namespace {

TEST(LivedTime, WithoutLeapsAgeIsADifferenceOfTimes) {
  LivedTime lived;
  EXPECT_FALSE(lived.pass(0, 100, 100));
  EXPECT_TRUE(lived.leaps().empty());
  EXPECT_EQ(lived.older_than(100, 30), 70U);
  EXPECT_EQ(lived.older_than(100, 100), 0U);
  EXPECT_EQ(lived.older_than(100, 101), 0U);
}

TEST(LivedTime, X15_ALeapAddsNothingToAnAge) {
  LivedTime lived;
  EXPECT_TRUE(lived.pass(1000, 1'000'000, 10));
  EXPECT_EQ(lived.leaps(), (std::vector<TimeLeap>{{1'000'000, 999'000}}));
  EXPECT_EQ(lived.older_than(1000, 100), 0U);
  EXPECT_EQ(lived.older_than(1'000'000, 100), 900U);
  EXPECT_EQ(lived.older_than(1'000'099, 100), 999U);
  EXPECT_EQ(lived.older_than(1'000'100, 100), 1'000'000U);
  EXPECT_EQ(lived.older_than(1'000'101, 100), 1'000'001U);
}

TEST(LivedTime, X15_AStepBackUndoesTheLeapsAfterIt) {
  LivedTime lived;
  lived.pass(500, 1000, 10);
  lived.pass(1000, 1'000'000, 10);
  EXPECT_TRUE(lived.pass(1'000'005, 1001, 10));
  EXPECT_EQ(lived.leaps(), (std::vector<TimeLeap>{{1000, 500}}));
  EXPECT_EQ(lived.older_than(1001, 100), 401U);
  EXPECT_FALSE(lived.pass(1001, 1000, 10));
}

TEST(LivedTime, X15_LeapsAddUpAndManyOfThemKeepMore) {
  LivedTime lived;
  std::uint64_t time = 1000;
  for (int i = 0; i < 200; ++i) {
    lived.pass(time, time + 1, 1);
    lived.pass(time + 1, time + 500, 1);
    time += 500;
  }
  EXPECT_EQ(lived.leaps().size(), 64U);
  EXPECT_EQ(lived.leaps().back().skipped, 200U * 499);
  EXPECT_EQ(lived.older_than(time, 10), time - 10 * 500);
  EXPECT_LE(lived.older_than(time, 100), time - 100 * 500);
}

}  // namespace
}  // namespace dz::storage
