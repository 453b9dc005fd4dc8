#include "telemetry/standing_lag.h"

#include <gtest/gtest.h>

namespace dz::telemetry {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNoon{hours{500'000}};

TEST(StandingLag, OfAClockThatIsBehindStandsAfterAMinute) {
  StandingLag lag;
  EXPECT_FALSE(lag.stands());
  for (int s = 0; s < 60; s += 10) {
    lag.found(minutes{9} - seconds{s % 20}, kNoon + seconds{s});  // rows are not equally late
    EXPECT_FALSE(lag.stands()) << s;
  }
  lag.found(minutes{9}, kNoon + seconds{60});
  EXPECT_TRUE(lag.stands());
  lag.forget();
  EXPECT_FALSE(lag.stands());
}

TEST(StandingLag, OfABacklogThatIsHandedInNeverStands) {
  StandingLag lag;
  auto late = Duration{hours{11}};
  for (auto at = kNoon; late > seconds{40}; at += seconds{10}, late -= minutes{4}) {
    lag.found(late, at);
    EXPECT_FALSE(lag.stands());
  }
}

TEST(StandingLag, WhatIsLeftOfABacklogStands) {
  StandingLag lag;
  lag.found(hours{2}, kNoon);
  for (int s = 10; s <= 70; s += 10) lag.found(minutes{9}, kNoon + seconds{s});
  EXPECT_TRUE(lag.stands());
}

}  // namespace
}  // namespace dz::telemetry
