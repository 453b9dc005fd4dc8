// Ten thousand made-up ports: what the rings say is what the naive reference says, however rows came. More of them:
// ./dev sweep, or evidence_sweep --seed N --cases M.
#include <gtest/gtest.h>

#include "evidence/port_history.h"

namespace dz::evidence {
namespace {

TEST(PortProperty, TheRingsSayWhatTheReferenceSaysOfTheSetOfRows) {
  constexpr int kCases = 10'000;
  int stricter = 0;
  for (std::uint64_t seed = 1; seed <= kCases; ++seed) {
    PortHistory history(seed);
    const auto outcome = history.run();
    ASSERT_EQ(outcome.wrong, "") << "seed " << seed << "\n" << history.story();
    if (!outcome.stricter.empty()) ++stricter;
  }
  EXPECT_LT(stricter, kCases / 100) << "rows that are left out may make a minute stricter, but rarely";
}

// Of falls that are not kept one by one, no minute is better for it.
TEST(PortProperty, WithMoreFallsThanAreKeptNoMinuteIsBetterThanTheReferenceSays) {
  int stricter = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    PortHistory history(seed, PortHistory::Rows::Dense);
    const auto outcome = history.run();
    ASSERT_EQ(outcome.wrong, "") << "seed " << seed << "\n" << history.story();
    if (!outcome.stricter.empty()) ++stricter;
  }
  EXPECT_GT(stricter, 0) << "these histories are not dense enough to show anything";
}

// Where the readings lie, in memory or on the shelf, is no part of the answer, to the last minute.
TEST(PortProperty, HowMuchLiesInMemoryMakesNoDifference) {
  constexpr MinuteIndex kAll = 10'000;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    PortHistory history(seed);
    history.keep_in_memory(kAll);
    const auto all = history.run();
    for (const MinuteIndex in_memory : {0, 1, 8, static_cast<int>(kMinutesInMemory)}) {
      history.keep_in_memory(in_memory);
      const auto some = history.run();
      ASSERT_EQ(some.wrong, "") << "seed " << seed << ", " << in_memory << " minutes in memory\n" << history.story();
      ASSERT_EQ(some.minutes, all.minutes) << "seed " << seed << ", " << in_memory << " minutes in memory\n"
                                           << history.story();
    }
  }
}

// Histories that once went wrong, found by a sweep.
TEST(PortProperty, SeedsThatWereWrongOnce) {
  for (const std::uint64_t seed : {359'226'998'431}) {
    PortHistory history(seed);
    const auto outcome = history.run();
    ASSERT_EQ(outcome.wrong, "") << "seed " << seed << "\n" << history.story();
  }
}

}  // namespace
}  // namespace dz::evidence
