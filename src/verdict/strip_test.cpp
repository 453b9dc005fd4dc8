#include "verdict/strip.h"

#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz::verdict {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using enum evidence::MinuteState;

constexpr Minute kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h};

evidence::MinuteSeries good_day(Minute from = kNoon) {
  return {from, std::vector<evidence::MinuteState>(1440, Good), std::vector<evidence::CounterBits>(1440, 0)};
}

TEST(Strip, TheWorstMinuteOfACellWins) {
  auto series = good_day();
  const auto axis = strip_axis(kNoon, kNoon + 24h, 96);
  EXPECT_EQ(axis.minutes_a_cell, 15);
  EXPECT_EQ(render_strip(axis, {{series}}), std::string(96, '.'));
  series.states[15] = Unobserved;
  series.states[30] = Bad;
  series.states[31] = Unobserved;
  EXPECT_EQ(render_strip(axis, {{series}}), ".?X" + std::string(93, '.'));
  const std::vector<evidence::MinuteSeries> two{series, good_day()};
  EXPECT_EQ(render_strip(axis, two), ".?X" + std::string(93, '.')) << "a good signal hides no bad one";
}

TEST(Strip, WhatTheWatermarkHasNotReachedIsEmpty) {
  auto series = good_day();
  series.states.resize(1380);
  const auto row = render_strip(strip_axis(kNoon, kNoon + 24h, 24), {{series}});
  EXPECT_EQ(row, std::string(23, '.') + " ");
}

TEST(Strip, NamesTheHoursWhereTheyBegin) {
  EXPECT_EQ(render_axis(strip_axis(kNoon + 10min, kNoon + 24h, 48)), "            |18:00      |00:00      |06:00");
  EXPECT_EQ(render_axis(strip_axis(kNoon, kNoon + 60min, 60)),
            "|12:00    |12:10    |12:20    |12:30    |12:40    |12:50");
  EXPECT_EQ(render_axis(strip_axis(kNoon, kNoon + 24h, 7)), "");
}

TEST(Strip, ShowsQaWhereItRan) {
  const std::vector<evidence::QaResult> results{{kNoon + 5min, true}, {kNoon + 3h, true}, {kNoon + 3h + 5min, false}};
  EXPECT_EQ(render_strip(strip_axis(kNoon, kNoon + 6h, 6), results), ".  X  ");
}

TEST(Strip, ListsMinutesThatWereNotGoodInRows) {
  auto series = good_day();
  for (const auto i : {3U, 4U, 6U}) series.states[i] = Bad;
  series.counters[4] = evidence::kInErrors;
  series.states[7] = Unobserved;
  series.states[1439] = Unobserved;
  const std::vector<MinuteRange> expected{{kNoon + 3min, kNoon + 4min, Bad, 0},
                                          {kNoon + 4min, kNoon + 5min, Bad, evidence::kInErrors},
                                          {kNoon + 6min, kNoon + 7min, Bad, 0},
                                          {kNoon + 7min, kNoon + 8min, Unobserved, 0},
                                          {kNoon + 1439min, kNoon + 1440min, Unobserved, 0}};
  EXPECT_EQ(bad_ranges(series), expected);
}

// At any width and offset: as wide as it may be, a cell is good only if all of its minutes are, and no minute is lost.
RC_GTEST_PROP(Strip, NeverLooksBetterThanItIs, ()) {
  const auto from = kNoon + minutes{*rc::gen::inRange(0, 300)};
  const auto length = *rc::gen::inRange(1, 1441);
  evidence::MinuteSeries series{from, {}, std::vector<evidence::CounterBits>(static_cast<std::size_t>(length), 0)};
  const auto rare = *rc::gen::inRange(1U, 300U);
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  for (int i = 0; i < length; ++i) {
    const auto n = random() % (rare + 2);
    series.states.push_back(n == 0 ? Bad : n == 1 ? Unobserved : Good);
  }
  const auto columns = *rc::gen::inRange(8, 200);
  const auto axis = strip_axis(from, series.to(), columns);
  const auto row = render_strip(axis, {{series}});
  RC_ASSERT(static_cast<int>(row.size()) == axis.cells());
  RC_ASSERT(axis.cells() <= columns);
  RC_ASSERT(render_axis(axis).size() <= row.size());
  for (int i = 0; i < length; ++i) {
    const auto m = from + minutes{i};
    const auto cell =
        m.time_since_epoch().count() / axis.minutes_a_cell - from.time_since_epoch().count() / axis.minutes_a_cell;
    const auto shown = row[static_cast<std::size_t>(cell)];
    const auto state = series.states[static_cast<std::size_t>(i)];
    RC_ASSERT(shown != ' ');
    if (state == Bad) RC_ASSERT(shown == 'X');
    if (state == Unobserved) RC_ASSERT(shown != '.');
  }
}

}  // namespace
}  // namespace dz::verdict
