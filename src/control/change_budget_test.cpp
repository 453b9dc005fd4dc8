#include "control/change_budget.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow{hours{500'000}};
Pubkey key(int n) {
  Pubkey k;
  k.bytes[0] = static_cast<std::uint8_t>(n);
  k.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  return k;
}

// How many of that many records, numbered from `first`, may be written in a pass.
int written(ChangeBudget& budget, int records, std::size_t fleet, Timestamp now, int first = 0) {
  budget.begin_pass(fleet, now);
  int count = 0;
  for (int i = 0; i < records; ++i) count += budget.take(key(first + i)) ? 1 : 0;
  return count;
}
ChangeBudget with_limits(std::optional<std::uint32_t> a_minute, std::optional<double> percent) {
  ChangeBudget budget({a_minute, percent});
  budget.restore({}, kNow);
  return budget;
}

TEST(ChangeBudget, WithoutLimitsEverythingMayBeWritten) {
  ChangeBudget budget(default_change_limits(true));
  EXPECT_FALSE(budget.needs_history());
  EXPECT_EQ(written(budget, 1000, 1000, kNow), 1000);
  EXPECT_EQ(budget.deferred_since(), std::nullopt);
}

TEST(ChangeBudget, SoManyWritesAMinute) {
  auto budget = with_limits(10, std::nullopt);
  EXPECT_EQ(written(budget, 12, 1000, kNow), 10);
  EXPECT_EQ(budget.deferred(), 2U);
  EXPECT_EQ(budget.reason(), Deferral::PerMinute);
  EXPECT_EQ(budget.opens_at(), kNow + minutes{1});
  EXPECT_EQ(written(budget, 12, 1000, kNow + minutes{1} - Duration{1}), 0);
  EXPECT_EQ(written(budget, 12, 1000, kNow + minutes{1}), 10);
}

TEST(ChangeBudget, TheMinuteSlides) {
  auto budget = with_limits(2, std::nullopt);
  EXPECT_EQ(written(budget, 1, 100, kNow), 1);
  EXPECT_EQ(written(budget, 5, 100, kNow + seconds{50}), 1);
  EXPECT_EQ(budget.opens_at(), kNow + seconds{60});
  EXPECT_EQ(written(budget, 5, 100, kNow + seconds{60}), 1);
  EXPECT_EQ(budget.opens_at(), kNow + seconds{110});
}

TEST(ChangeBudget, SoMuchOfTheFleetAnHour) {
  auto budget = with_limits(std::nullopt, 5);
  EXPECT_EQ(written(budget, 20, 100, kNow), 5);
  EXPECT_EQ(budget.reason(), Deferral::PerHour);
  EXPECT_EQ(budget.opens_at(), kNow + hours{1});
  // Records that were written already take nothing more.
  EXPECT_EQ(written(budget, 5, 100, kNow + minutes{30}), 5);
  EXPECT_EQ(written(budget, 1, 100, kNow + minutes{30}, 50), 0);
  // And they are counted from when they were written last.
  EXPECT_EQ(written(budget, 1, 100, kNow + hours{1}, 50), 0);
  EXPECT_EQ(written(budget, 9, 100, kNow + minutes{90}, 50), 5);
}

TEST(ChangeBudget, ASmallFleetMayStillChangeOneRecord) {
  for (const double percent : {0.0, 5.0}) {
    auto budget = with_limits(std::nullopt, percent);
    EXPECT_EQ(written(budget, 3, 7, kNow), 1);
  }
  auto of_thirty = with_limits(std::nullopt, 10);
  EXPECT_EQ(written(of_thirty, 30, 39, kNow), 3);  // 3.9: never more than the share
}

TEST(ChangeBudget, TheAlarmLastsWhileEveryPassHoldsSomething) {
  auto budget = with_limits(1, std::nullopt);
  written(budget, 3, 10, kNow);
  written(budget, 3, 10, kNow + seconds{10});
  EXPECT_EQ(budget.deferred_since(), kNow);
  EXPECT_EQ(budget.deferred(), 3U);
  EXPECT_TRUE(budget.defers(key(1)));
  EXPECT_EQ(budget.sentence(),
            "1 of 1 writes in the last minute, 1 records in the last hour; 3 more are held: too many writes in a "
            "minute");
  written(budget, 0, 10, kNow + seconds{20});
  EXPECT_EQ(budget.deferred(), 0U);
  written(budget, 1, 10, kNow + seconds{30});
  EXPECT_EQ(budget.deferred_since(), kNow + seconds{30});
}

TEST(ChangeBudget, ARefusedWriteIsGivenBack) {
  auto budget = with_limits(1, 1);
  EXPECT_EQ(written(budget, 2, 10, kNow), 1);
  budget.give_back(key(0));
  EXPECT_EQ(budget.records_in_hour(), 0U);
  EXPECT_EQ(written(budget, 2, 10, kNow), 1);
  budget.give_back(key(7));  // never taken
  EXPECT_EQ(budget.written_in_minute(), 1U);
}

TEST(ChangeBudget, NothingIsWrittenBeforeTheHistoryIsKnown) {
  ChangeBudget budget(default_change_limits(false));
  EXPECT_TRUE(budget.needs_history());
  EXPECT_EQ(written(budget, 3, 1000, kNow), 0);
  EXPECT_EQ(budget.reason(), Deferral::WritesNotKnown);
  EXPECT_EQ(budget.opens_at(), std::nullopt);
  budget.restore({}, kNow);
  EXPECT_EQ(written(budget, 3, 1000, kNow), 3);
}

TEST(ChangeBudget, ACrashLoopHasNoMoreToSpend) {
  const ChangeLimits limits{.writes_per_minute = 10, .fleet_percent_per_hour = 5};
  constexpr std::size_t kFleet = 400;  // 20 records an hour
  std::vector<BudgetWrite> ledger;     // what landed, in the order it did
  int next = 0;
  for (Timestamp now = kNow; now < kNow + hours{1}; now += seconds{7}) {
    ChangeBudget budget(limits);
    std::vector<BudgetWrite> newest_first;
    for (auto write = ledger.rbegin(); write != ledger.rend() && !budget.is_enough(newest_first, kFleet, now); ++write)
      newest_first.push_back(*write);
    budget.restore(newest_first, now);
    budget.begin_pass(kFleet, now);
    for (int i = 0; i < 8; ++i) {
      if (budget.take(key(next + i))) ledger.push_back({now, key(next + i)});
    }
    next += 8;
  }
  EXPECT_EQ(ledger.size(), 20U);
}

// Only the newest writes are read at a start: the answers are those of a budget that knows all of them.
TEST(ChangeBudget, TheNewestWritesAreEnough) {
  std::uint32_t state = 12345;
  const auto random = [&](std::uint32_t below) { return (state = state * 1664525U + 1013904223U) / 7U % below; };
  for (int round = 0; round < 300; ++round) {
    const ChangeLimits limits{.writes_per_minute = 1 + random(6), .fleet_percent_per_hour = 1.0 + random(9)};
    std::vector<BudgetWrite> all;  // oldest first
    auto at = kNow - hours{2};
    while (true) {
      at += seconds{random(400)};
      if (at > kNow) break;
      all.push_back({at, key(static_cast<int>(random(30)))});
    }
    ChangeBudget knows_all(limits), knows_newest(limits);
    std::vector<BudgetWrite> newest;
    for (auto write = all.rbegin(); write != all.rend() && !knows_newest.is_enough(newest, 100, kNow); ++write)
      newest.push_back(*write);
    knows_all.restore(all, kNow);
    knows_newest.restore(newest, kNow);
    for (auto now = kNow; now < kNow + hours{2}; now += seconds{20 + random(200)}) {
      // Records that nobody has seen before.
      const int record = 1000 + static_cast<int>((now - kNow) / seconds{1});
      knows_all.begin_pass(100, now);
      knows_newest.begin_pass(100, now);
      ASSERT_EQ(knows_all.take(key(record)), knows_newest.take(key(record))) << "round " << round;
    }
  }
}

TEST(ChangeBudget, LimitsAreReadFromFlags) {
  EXPECT_EQ(*parse_writes_per_minute("25"), 25U);
  EXPECT_EQ(*parse_writes_per_minute("unlimited"), std::nullopt);
  EXPECT_EQ(*parse_fleet_percent("2.5"), 2.5);
  for (const auto* text : {"0", "-1", "ten", "10x", ""}) EXPECT_FALSE(parse_writes_per_minute(text)) << text;
  for (const auto* text : {"-1", "101", "nan", "5%"}) EXPECT_FALSE(parse_fleet_percent(text)) << text;
  EXPECT_EQ(parse_writes_per_minute("many").error().message,
            "expected a number of writes, at least 1, or unlimited, found 'many'");
}

TEST(ChangeBudget, SaysOfADeferredRecordWhyAndUntilWhen) {
  ChangeBudget budget({.writes_per_minute = std::nullopt, .fleet_percent_per_hour = 1});
  budget.restore({}, kNow);
  budget.begin_pass(10, kNow);
  EXPECT_TRUE(budget.take(key(1)));
  EXPECT_FALSE(budget.take(key(2)));
  EXPECT_EQ(budget.why_deferred("its change", kNow),
            "its change is held back by the change budget (too much of the fleet in an hour), until " +
                clock_text(kNow + std::chrono::hours{1}, kNow) + " at the earliest");
  EXPECT_EQ(budget.deferred_records(), std::set<Pubkey>{key(2)});
}

}  // namespace
}  // namespace dz::control
