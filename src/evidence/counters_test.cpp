// Counters of one interface, row by row. Times are seconds after 12:00:00; S(60) is 12:01:00, in minute 1.
#include "evidence/counters.h"

#include <limits>

#include <gtest/gtest.h>

#include "evidence/tally.h"

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;

const Timestamp kNoon = *parse_timestamp("2026-11-23T12:00:00Z");

class Counters : public testing::Test {
 protected:
  Counters() { table_.resize(1); }

  void octets(double s, std::uint64_t in, std::uint64_t out, bool late = false) {
    add({at(s), in, out, {}, {}, {}}, late);
  }
  void octets(double s) {
    octets(s, 1000 + static_cast<std::uint64_t>(s * 10), 1000 + static_cast<std::uint64_t>(s * 10));
  }
  void in_errors(double s, std::uint64_t value, bool late = false) { add({at(s), {}, {}, value, {}, {}}, late); }

  static Timestamp at(double s) { return kNoon + Duration{static_cast<std::int64_t>(s * 1e6)}; }
  static MinuteIndex minute(int m) { return index_of(minute_of(kNoon)) + m; }

  void add(const CounterRow& row, bool late) { port_.add(row, late); }
  void settle(int minutes) {
    PortRing ring(table_, 0);
    const PortShelf shelf(shelf_, device_, "Ethernet1");
    auto work = std::numeric_limits<std::size_t>::max();
    port_.settle(closed_, minute(minutes), {ring, shelf, rows_}, work);
    closed_ = minute(minutes);
    changed_ = ring.changed();
  }
  bool has(PortPlane plane, int m) const { return table_.test(0, plane, minute(m)); }
  bool used(int m) const { return has(kInOctetsRose, m) && has(kOutOctetsRose, m); }

  PortCounters port_;
  PortMinutes table_;
  PortOctets::Rows rows_;
  MemoryShelf shelf_;
  Pubkey device_;
  MinuteIndex closed_ = minute(0);
  MinuteIndex changed_ = 0;
};

TEST_F(Counters, OpenMinutesWait) {
  octets(0, 1, 1);
  octets(30, 2, 2);
  settle(0);
  EXPECT_FALSE(has(kData, 0));
  EXPECT_EQ(port_.waiting_count(), 2U);
  settle(1);
  EXPECT_TRUE(has(kData, 0));
  EXPECT_TRUE(used(0));
  EXPECT_EQ(changed_, minute(0));
}

TEST_F(Counters, OneRowOfANewInterfaceIsDataButNoUse) {
  octets(0, 5, 5);
  octets(60, 6, 5);
  settle(2);
  EXPECT_TRUE(has(kData, 0));
  EXPECT_FALSE(used(0));
  EXPECT_TRUE(has(kInOctetsRose, 1));
  EXPECT_FALSE(has(kOutOctetsRose, 1));
}

TEST_F(Counters, ARowWithOneOctetFieldIsData) {
  add({at(0), 5, {}, {}, {}, {}}, false);
  settle(1);
  EXPECT_TRUE(has(kData, 0));
}

TEST_F(Counters, AnErrorRowAloneIsNoData) {
  in_errors(0, 5);
  settle(1);
  EXPECT_FALSE(has(kData, 0));
  EXPECT_FALSE(has(kInErrorsRose, 0));
}

TEST_F(Counters, ARiseBelongsToTheMinuteThatShowsIt) {
  in_errors(10, 5);
  octets(600);
  in_errors(700, 6);
  in_errors(701, 6);
  settle(20);
  EXPECT_TRUE(has(kInErrorsRose, 11));
  EXPECT_FALSE(has(kStrictOnly, 11));
  EXPECT_FALSE(has(kInErrorsRose, 0));
}

// First contact: no octet rows in the 5 minutes before, those of the row's own last 10 s aside.
TEST_F(Counters, AFirstValueIsABaselineOnFirstContact) {
  octets(0.0);
  octets(2.0);
  in_errors(10.0, 7);  // the octet row at 0 s is exactly 10 s old: still its own contact
  settle(1);
  EXPECT_FALSE(has(kInErrorsRose, 0));
}

TEST_F(Counters, AFirstValueAfterTenSecondsOfOctetsIsAChangeOfUnknownSize) {
  octets(0.0);
  octets(2.0);
  in_errors(10.000001, 7);
  settle(1);
  EXPECT_TRUE(has(kInErrorsRose, 0));
  EXPECT_TRUE(has(kStrictOnly, 0));
}

TEST_F(Counters, AFirstValueOfZeroIsNoChange) {
  octets(0.0);
  octets(30.0);
  in_errors(45.0, 0);
  settle(1);
  EXPECT_FALSE(has(kInErrorsRose, 0));
}

TEST_F(Counters, OctetsFiveMinutesAgoAreStillContact) {
  octets(0.0);
  in_errors(300.0, 7);
  settle(10);
  EXPECT_TRUE(has(kStrictOnly, 5));
}

TEST_F(Counters, OctetsOlderThanFiveMinutesAreNoContact) {
  octets(0.0);
  in_errors(300.000001, 7);
  settle(10);
  EXPECT_FALSE(has(kInErrorsRose, 5));
}

TEST_F(Counters, AHoleIsNoContactWhateverLiesAroundIt) {
  octets(0.0);
  octets(292.0);
  in_errors(301.0, 7);  // no octet row in [1 s, 291 s)
  settle(10);
  EXPECT_FALSE(has(kInErrorsRose, 5));
}

TEST_F(Counters, ALateRowBetweenTwoRunsLosesNeither) {
  octets(0.0);
  octets(300.0);
  octets(400.0);
  settle(7);
  octets(150, 2500, 2500, true);
  settle(7);
  in_errors(690.0, 7);  // 290 s after the last row
  settle(12);
  EXPECT_TRUE(has(kStrictOnly, 11));
}

TEST_F(Counters, ContactIsSeenBehindARunThatBeganAMomentAgo) {
  octets(0.0);
  octets(200.0);  // a new run, within the row's own last 10 s
  in_errors(205.0, 7);
  settle(10);
  EXPECT_TRUE(has(kStrictOnly, 3));
}

TEST_F(Counters, ATrueRiseBesideAFirstValueIsNotMild) {
  add({at(0), 1, 1, 1, {}, {}}, false);  // in-errors baseline
  octets(30);
  add({at(50), {}, {}, {}, 4, {}}, false);  // out-errors for the first time
  in_errors(55, 2);
  settle(1);
  EXPECT_TRUE(has(kOutErrorsRose, 0));
  EXPECT_TRUE(has(kInErrorsRose, 0));
  EXPECT_FALSE(has(kStrictOnly, 0));
}

TEST_F(Counters, ALowerValueBackWithinTenMinutesWasAReplay) {
  in_errors(0, 50);
  in_errors(60, 43);
  settle(2);
  EXPECT_TRUE(has(kInErrorsRose, 1));  // undecided: taken as errors since a reset
  in_errors(660, 50);                  // 10 minutes after the fall
  settle(12);
  EXPECT_FALSE(has(kInErrorsRose, 1));
  EXPECT_FALSE(has(kInErrorsRose, 11));
  EXPECT_EQ(changed_, minute(1));
}

TEST_F(Counters, ALowerValueBackAfterTenMinutesWasAReset) {
  in_errors(0, 50);
  in_errors(60, 43);
  in_errors(660.000001, 50);
  settle(12);
  EXPECT_TRUE(has(kInErrorsRose, 1));
  EXPECT_TRUE(has(kInErrorsRose, 11));  // 43 -> 50 since the reset
}

TEST_F(Counters, AReplayThatEndsAboveTheMarkIsARise) {
  in_errors(0, 50);
  in_errors(60, 43);
  in_errors(120, 51);
  settle(3);
  EXPECT_FALSE(has(kInErrorsRose, 1));
  EXPECT_TRUE(has(kInErrorsRose, 2));
}

TEST_F(Counters, AResetToZeroIsNoErrorButWhatFollowsIs) {
  in_errors(0, 50);
  in_errors(60, 0);
  in_errors(120, 2);
  settle(3);
  EXPECT_FALSE(has(kInErrorsRose, 1));
  EXPECT_TRUE(has(kInErrorsRose, 2));
}

TEST_F(Counters, TheSameValueAgainAfterAFallIsNoErrorOfItsOwn) {
  in_errors(0, 50);
  in_errors(60, 43);
  in_errors(180, 43);
  settle(4);
  EXPECT_TRUE(has(kInErrorsRose, 1));
  EXPECT_FALSE(has(kInErrorsRose, 3));
}

TEST_F(Counters, ALateRowDecidesAFallThatIsNotDecided) {
  in_errors(0, 50);
  in_errors(60, 43);
  settle(3);
  EXPECT_TRUE(has(kStrictOnly, 1));
  in_errors(170, 50, true);
  settle(3);
  EXPECT_FALSE(has(kInErrorsRose, 1));
  settle(20);
  EXPECT_FALSE(has(kInErrorsRose, 1));
}

TEST_F(Counters, ALateRowTakesNoDecidedErrorBack) {
  in_errors(0, 50);
  in_errors(60, 43);
  settle(12);
  EXPECT_TRUE(has(kInErrorsRose, 1));
  EXPECT_FALSE(has(kStrictOnly, 1));
  in_errors(170, 50, true);
  settle(12);
  EXPECT_TRUE(has(kInErrorsRose, 1));
}

TEST_F(Counters, OctetReplaysAreNoTraffic) {
  octets(0, 100, 100);
  octets(30, 110, 110);
  octets(61, 50, 50);
  octets(90, 60, 60);
  octets(121, 110, 110);
  settle(3);
  EXPECT_TRUE(used(0));
  EXPECT_FALSE(used(1));
  EXPECT_FALSE(used(2));
  EXPECT_TRUE(has(kData, 1));
}

TEST_F(Counters, OctetsBackAfterTenMinutesSharpWereAReplay) {
  octets(0, 100, 100);
  octets(61, 50, 50);
  octets(661, 100, 100);
  settle(20);
  EXPECT_FALSE(used(1));
  EXPECT_FALSE(used(11));
}

TEST_F(Counters, OctetsBackAfterMoreThanTenMinutesWereAReset) {
  octets(0, 100, 100);
  octets(61, 50, 50);
  octets(661.000001, 100, 100);
  settle(20);
  EXPECT_TRUE(used(1));
  EXPECT_TRUE(used(11));
}

TEST_F(Counters, AResetToZeroIsNoTraffic) {
  octets(0, 100, 100);
  octets(30, 110, 110);
  octets(61, 0, 0);
  octets(121, 60, 60);
  settle(20);
  EXPECT_FALSE(used(1));
  EXPECT_TRUE(used(2));
}

TEST_F(Counters, OctetsAfterAResetAreTrafficOnceItIsDecided) {
  octets(0, 100'000, 100'000);
  octets(30, 100'010, 100'010);
  octets(61, 5, 5);
  octets(90, 60, 60);
  octets(150, 110, 110);
  settle(3);
  EXPECT_FALSE(used(1));
  EXPECT_EQ(port_.octets().undecided_from(0), minute(1));
  settle(11);
  EXPECT_FALSE(used(1));
  settle(12);
  EXPECT_TRUE(used(1));
  EXPECT_TRUE(used(2));
  EXPECT_EQ(port_.octets().undecided_from(0), PortOctets::kNever);
  EXPECT_EQ(changed_, minute(1));
}

// Octets resetting within 5 s of an error row reset that row's counter too.
TEST_F(Counters, AnErrorRowAfterAnOctetResetCountsErrorsSinceTheReset) {
  octets(0, 1000, 1000);
  in_errors(1, 3);
  octets(60, 10, 10);
  in_errors(65, 3);  // unchanged as a number, yet 3 errors since the reset
  settle(2);
  EXPECT_TRUE(has(kInErrorsRose, 1));
}

TEST_F(Counters, AnErrorRowMoreThanFiveSecondsAfterAnOctetResetStandsAlone) {
  octets(0, 1000, 1000);
  in_errors(1, 3);
  octets(60, 10, 10);
  in_errors(65.000001, 3);
  settle(2);
  EXPECT_FALSE(has(kInErrorsRose, 1));
}

TEST_F(Counters, AnErrorRowJustBeforeAnOctetResetCountsToo) {
  octets(0, 1000, 1000);
  in_errors(1, 3);
  in_errors(57, 3);
  settle(1);
  EXPECT_FALSE(has(kInErrorsRose, 0));
  octets(62, 10, 10);
  settle(2);
  EXPECT_TRUE(has(kInErrorsRose, 0));
  EXPECT_EQ(changed_, minute(0));
}

TEST_F(Counters, AReplayOfOctetsAndErrorsTogetherIsNeither) {
  octets(0, 1000, 1000);
  in_errors(1, 3);
  octets(60, 900, 900);
  in_errors(61, 3);
  octets(62, 1001, 1001);
  settle(2);
  EXPECT_FALSE(has(kInErrorsRose, 1));
}

TEST_F(Counters, AResetOfBothStaysOneWhenTheErrorsPassTheirOldMark) {
  octets(0, 1000, 1000);
  in_errors(1, 3);
  octets(60, 10, 10);
  in_errors(61, 0);
  in_errors(120, 2);
  in_errors(180, 3);  // back at 3, but the octets are not
  octets(240, 20, 20);
  settle(5);
  EXPECT_FALSE(has(kInErrorsRose, 1));
  EXPECT_TRUE(has(kInErrorsRose, 2));
  EXPECT_TRUE(has(kInErrorsRose, 3));
}

TEST_F(Counters, AnOctetReplayTakesBackNoResetDecidedBeforeIt) {
  octets(0, 1000, 1000);
  in_errors(1, 16);
  in_errors(60, 2);
  octets(700, 2000, 2000);
  octets(800, 1500, 1500);
  in_errors(802, 2);
  octets(804, 2000, 2000);
  settle(14);
  EXPECT_TRUE(has(kInErrorsRose, 1));
  EXPECT_FALSE(has(kInErrorsRose, 13));
}

TEST_F(Counters, LateRowsFillSilentMinutesInOrderOfTime) {
  octets(0.0);
  octets(300.0);
  settle(6);
  octets(250, 4000, 4000, true);
  octets(130, 3000, 3000, true);
  octets(70, 2000, 2000, true);
  octets(65, 1999, 1999, true);
  settle(6);
  EXPECT_TRUE(has(kData, 1));
  EXPECT_TRUE(used(1));
  EXPECT_TRUE(used(2));
  EXPECT_FALSE(has(kData, 3));
  EXPECT_TRUE(used(4));
}

TEST_F(Counters, ALateErrorRowComparesWithTheValueBeforeIt) {
  in_errors(0, 5);
  octets(0.0);
  octets(300.0);
  settle(6);
  in_errors(120, 6, true);
  settle(6);
  EXPECT_TRUE(has(kInErrorsRose, 2));
  in_errors(400, 6);  // the live row repeats what the late one told
  settle(7);
  EXPECT_FALSE(has(kInErrorsRose, 6));
}

TEST_F(Counters, HistoryFilledInBehindLiveRowsIsJudgedOnItsOwn) {
  octets(6000, 9000, 9000);
  settle(101);
  for (int s = 0; s < 600; s += 10)
    octets(s, 100 + static_cast<std::uint64_t>(s), 100 + static_cast<std::uint64_t>(s), true);
  in_errors(0, 1, true);
  in_errors(240, 4, true);
  settle(101);
  for (int m = 0; m < 10; ++m) EXPECT_TRUE(used(m)) << m;
  EXPECT_TRUE(has(kInErrorsRose, 4));
}

}  // namespace
}  // namespace dz::evidence
