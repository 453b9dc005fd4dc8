// Discards and carrier transitions: kept as errors are, judged beside them, and told in numbers.
#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using enum MinuteState;

struct Port : Watched {
  void carrier(Timestamp at, std::uint64_t value) { row({.at = at, .carrier_transitions = value}); }
  void discards(Timestamp at, std::optional<std::uint64_t> in, std::optional<std::uint64_t> out) {
    row({.at = at, .in_discards = in, .out_discards = out});
  }
  void row(const CounterRow& row) {
    (void)evidence.add_counters(numbered_key(1), "Ethernet1", row, std::max(row.at, now()));
  }
  // Octets in the minutes from `closed` to before m, which close.
  void until(int m) {
    for (int i = closed; i < m; ++i) octets(1, i);
    close(m);
  }
};

TEST(Events, ATransitionIsBadForCarrierAloneAndADiscardForDiscards) {
  Port p;
  p.carrier(day_time(0, 1), 3);
  p.discards(day_time(0, 1), 0, 7);
  p.until(5);
  p.carrier(day_time(5, 10), 4);
  p.until(6);
  p.discards(day_time(6, 10), {}, 9);
  p.until(7);
  p.discards(day_time(7, 10), 2, 9);
  p.until(10);
  for (int m = 0; m < 10; ++m) {
    EXPECT_EQ(p.interface(1, Signal::Carrier, m), m == 5 ? Bad : Good) << m;
    EXPECT_EQ(p.interface(1, Signal::Discards, m), m == 6 || m == 7 ? Bad : Good) << m;
    EXPECT_EQ(p.interface(1, Signal::Errors, m), Good) << m;
  }
  const auto carrier = p.tally(1, Signal::Carrier, {0, 10}), discards = p.tally(1, Signal::Discards, {0, 10});
  EXPECT_EQ(carrier.first_bad, (Offence{day_minute(5), kCarrierTransitions}));
  EXPECT_EQ(discards.first_bad, (Offence{day_minute(6), kOutDiscards}));
  EXPECT_EQ(discards.last_bad, (Offence{day_minute(7), kInDiscards}));
  EXPECT_EQ(p.tally(1, Signal::Errors, {0, 10}).good, 10);
}

TEST(Events, ErrorsAreNeitherOfThem) {
  Port p;
  p.errors(1, day_time(0, 1), 5);
  p.until(2);
  p.errors(1, day_time(2, 10), 6);
  p.until(4);
  EXPECT_EQ(p.interface(1, Signal::Errors, 2), Bad);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 4}).good, 4);
  EXPECT_EQ(p.tally(1, Signal::Discards, {0, 4}).good, 4);
}

// Like errors, they are observed where there is data, and a rise without any is bad all the same.
TEST(Events, WithoutDataTheyAreUnobserved) {
  Port p;
  p.carrier(day_time(0, 1), 1);
  p.until(1);
  p.carrier(day_time(2, 10), 2);
  p.close(4);
  EXPECT_EQ(p.interface(1, Signal::Carrier, 1), Unobserved);
  EXPECT_EQ(p.interface(1, Signal::Carrier, 2), Bad);
  EXPECT_EQ(p.interface(1, Signal::Discards, 2), Unobserved);
}

TEST(Events, TheRiseOfAWindowIsTold) {
  Port p;
  p.carrier(day_time(0, 1), 3);
  p.discards(day_time(0, 1), 5, 0);
  p.until(5);
  p.carrier(day_time(5, 10), 5);  // and twice more in the minute after
  p.until(6);
  p.carrier(day_time(6, 10), 6);
  p.carrier(day_time(6, 20), 9);
  p.discards(day_time(6, 30), 105, 17);
  p.until(10);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 10}).rise, 6U);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 6}).rise, 2U);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {6, 10}).rise, 4U);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {7, 10}).rise, 0U);
  EXPECT_EQ(p.tally(1, Signal::Discards, {0, 10}).rise, 117U) << "in and out together";
  EXPECT_EQ(p.tally(1, Signal::Errors, {0, 10}).rise, 0U);
}

// What was told before is told again, and then the counter goes on: no transition of the second telling counts.
TEST(Events, AReplayIsNoRise) {
  Port p;
  p.carrier(day_time(0, 1), 10);
  p.until(3);
  p.carrier(day_time(3, 10), 12);
  p.until(5);
  p.carrier(day_time(5, 10), 10);
  p.carrier(day_time(5, 20), 13);
  p.until(20);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 20}).rise, 3U);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 20}).bad, 2);
}

TEST(Events, AfterAResetTheCounterBeginsAnew) {
  Port p;
  p.carrier(day_time(0, 1), 10);
  p.until(3);
  p.octets(1, day_time(3, 5), 100);  // it was started again
  p.carrier(day_time(3, 6), 2);
  p.octets(1, day_time(3, 45), 200);
  p.close(4);
  for (int m = 4; m < 20; ++m) {
    p.octets(1, day_time(m, 5), static_cast<std::uint64_t>(m) * 100);
    p.octets(1, day_time(m, 45), static_cast<std::uint64_t>(m) * 100 + 50);
    if (m == 10) p.carrier(day_time(m, 7), 3);
    p.close(m + 1);
  }
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 20}).rise, 3U);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 20}).bad, 2);
}

// A sparse counter that comes for the first time changed by nobody knows how much: bad when strict, and no number.
TEST(Events, AFirstValueIsBadInTheStrictCountsAndNothingInTheDampedOnes) {
  Port p;
  p.until(8);
  p.carrier(day_time(8, 30), 4);
  p.until(12);
  const auto tally = p.tally(1, Signal::Carrier, {0, 12});
  EXPECT_EQ(tally.bad, 1);
  EXPECT_EQ(tally.damped_bad, 0U);
  EXPECT_EQ(tally.rise, 0U);
  EXPECT_EQ(p.tally(1, Signal::Discards, {0, 12}).bad, 0) << "of the other signal nothing was said";
}

TEST(Events, ALateRowMakesItsMinuteBadAndCountsAsARewrite) {
  Port p;
  p.discards(day_time(0, 1), 0, 7);
  p.until(10);
  const auto ref = p.evidence.find_interface(numbered_key(1), "Ethernet1");
  EXPECT_EQ(p.tally(1, Signal::Discards, {0, 10}).bad, 0);
  EXPECT_TRUE(p.evidence.all_good(ref, day_minute(1), day_minute(10)));
  const auto before = p.evidence.rewrites(ref);
  p.discards(day_time(4, 1), {}, 8);
  p.until(11);
  EXPECT_EQ(p.interface(1, Signal::Discards, 4), Bad);
  EXPECT_EQ(p.tally(1, Signal::Discards, {0, 11}).bad, 1);
  EXPECT_GT(p.evidence.rewrites(ref), before);
  EXPECT_FALSE(p.evidence.all_good(ref, day_minute(1), day_minute(10)));
}

// A row of such a counter alone, from before the rings, is what later ones are compared with.
TEST(Events, ABaselineBeforeTheRingsIsTaken) {
  Port p;
  const CounterRow old{.at = day_time(0) - kRingLength - std::chrono::hours{1}, .carrier_transitions = 4};
  EXPECT_EQ(*p.evidence.add_counters(numbered_key(1), "Ethernet1", old, day_time(0, 1)), RowOutcome::Taken);
  p.until(5);
  EXPECT_EQ(p.evidence.last_error(p.evidence.find_interface(numbered_key(1), "Ethernet1"), kCarrierTransitions)->value,
            4U);
  p.carrier(day_time(5, 30), 4);
  p.until(6);
  p.carrier(day_time(6, 30), 5);
  p.until(8);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 8}).bad, 1);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 8}).rise, 1U);
}

TEST(Events, ASnapshotKeepsThem) {
  Port p;
  p.carrier(day_time(0, 1), 3);
  p.until(3);
  p.carrier(day_time(3, 10), 5);
  p.discards(day_time(3, 11), 1, {});
  p.until(5);
  p.carrier(day_time(5, 10), 6);  // its minute is open
  auto restored = restore_evidence(snapshot_of(p.evidence));
  ASSERT_TRUE(restored);
  EXPECT_EQ(snapshot_of(*restored), snapshot_of(p.evidence));
  p.evidence = std::move(*restored);
  p.until(8);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 8}).rise, 3U);
  EXPECT_EQ(p.tally(1, Signal::Carrier, {0, 8}).bad, 2);
  EXPECT_EQ(p.tally(1, Signal::Discards, {0, 8}).bad, 1);
}

}  // namespace
}  // namespace dz::evidence
