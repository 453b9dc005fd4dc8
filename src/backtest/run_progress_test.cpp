#include "backtest/run_progress.h"

#include <vector>

#include <gtest/gtest.h>

namespace dz::backtest {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Progress : public testing::Test {
 protected:
  const Timestamp kFrom{hours{494'000}};
  BacktestRequest request{.from = kFrom, .to = kFrom + hours{100}, .policy = {}};
  std::stop_source gone;
  std::vector<std::string> told;
  RunProgress progress{request,
                       {.stop = gone.get_token(),
                        .longest = minutes{10},
                        .beat = seconds{15},
                        .tell = [this](std::string text) { told.push_back(std::move(text)); }},
                       Duration{}};
};

TEST_F(Progress, ItEndsWhenWhoeverAskedHasGone) {
  EXPECT_TRUE(progress.reached(kFrom, seconds{1}));
  gone.request_stop();
  const auto end = progress.reached(kFrom + minutes{1}, seconds{2});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::Cancelled);
}

TEST_F(Progress, ItEndsWhenItsTimeIsUp) {
  EXPECT_TRUE(progress.reached(kFrom, minutes{10}));
  const auto end = progress.reached(kFrom + minutes{1}, minutes{10} + seconds{1});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::TooMuch);
  EXPECT_EQ(end.error().message, "not done within 10 min: ask for a shorter time");
}

TEST_F(Progress, APercentAtATimeAndASignOfLifeInBetween) {
  for (int i = 0; i <= 90; ++i) EXPECT_TRUE(progress.reached(kFrom + minutes{i}, Duration{i}));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0], "event: progress\ndata: {\"at\":\"2026-05-10T08:00:00Z\",\"percent\":0}\n\n");
  EXPECT_EQ(told[1], "event: progress\ndata: {\"at\":\"2026-05-10T09:00:00Z\",\"percent\":1}\n\n");
  EXPECT_TRUE(progress.reached(kFrom + minutes{91}, seconds{14}));
  EXPECT_EQ(told.size(), 2U);
  EXPECT_TRUE(progress.reached(kFrom + minutes{91}, seconds{16}));
  EXPECT_EQ(told.size(), 3U);
}

}  // namespace
}  // namespace dz::backtest
