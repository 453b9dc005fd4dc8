#include "telemetry/step_back.h"

#include <gtest/gtest.h>

namespace dz::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12}};

TEST(StepBack, AClockThatWasSetBackGoesOnFromAnEarlierTime) {
  StepBack back;
  for (int i = 0; i < 3; ++i) back.saw(kNoon + i * 20s, kNoon + i * 20s);
  EXPECT_FALSE(back.at(kNoon + 50s));
  back.saw(kNoon + 60s - 4min, kNoon + 60s);
  const StepBack::Found found{4min, kNoon + 60s};
  EXPECT_EQ(back.at(kNoon + 60s), found);
  for (int i = 4; i < 10; ++i) back.saw(kNoon + i * 20s - 4min, kNoon + i * 20s);
  EXPECT_EQ(back.at(kNoon + 200s), found);
  for (int i = 10; i < 20; ++i) back.saw(kNoon + i * 20s - 4min, kNoon + i * 20s);
  EXPECT_EQ(back.at(kNoon + 380s), found) << "the minutes in question are judged for a while";
  for (int i = 20; i < 30; ++i) back.saw(kNoon + i * 20s - 4min, kNoon + i * 20s);
  EXPECT_FALSE(back.at(kNoon + 580s)) << "its times have passed all that came before";
}

TEST(StepBack, ABacklogOrRowsOutOfOrderAreNone) {
  StepBack backlog;
  backlog.saw(kNoon, kNoon);
  for (int i = 1; i < 10; ++i) backlog.saw(kNoon - i * 20s, kNoon);
  EXPECT_FALSE(backlog.at(kNoon));
  StepBack oldest_first;
  oldest_first.saw(kNoon, kNoon);
  oldest_first.saw(kNoon - 10min, kNoon + 1s);
  oldest_first.saw(kNoon - 9min, kNoon + 2s);
  EXPECT_FALSE(oldest_first.at(kNoon + 2s));
  StepBack disorder;
  disorder.saw(kNoon, kNoon);
  disorder.saw(kNoon - 4s, kNoon);
  EXPECT_FALSE(disorder.at(kNoon));
  disorder.saw(kNoon - 10s, kNoon + 1s);
  disorder.saw(kNoon + 2s, kNoon + 2s);
  EXPECT_FALSE(disorder.at(kNoon + 2s)) << "the next of it was new";
}

TEST(StepBack, EachStepHasItsOwnTime) {
  StepBack back;
  back.saw(kNoon, kNoon);
  back.saw(kNoon - 1min + 20s, kNoon + 20s);
  back.saw(kNoon + 40s, kNoon + 40s);
  EXPECT_EQ(back.at(kNoon + 40s)->at, kNoon + 20s);
  back.saw(kNoon + 60s - 2min, kNoon + 60s);
  EXPECT_EQ(back.at(kNoon + 60s), (StepBack::Found{2min, kNoon + 60s}));
}

}  // namespace
}  // namespace dz::telemetry
