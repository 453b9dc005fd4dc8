// Rows that come late, twice, or not in order: small inputs of which each once made a minute say what is not true.
// Times are minutes and seconds of a day; minutes close half a minute after their end.
#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using enum MinuteState;

class Disorder : public testing::Test {
 protected:
  // One octet row every `seconds` of the minutes [from, to), each told when its minute is open.
  void octets(int from, int to, double seconds, double offset = 0) {
    for (int m = from; m < to; ++m) {
      for (double s = offset; s < 60; s += seconds) w_.octets(1, day_time(m, s), value_at(m, s));
      w_.close(m + 1);
    }
  }
  // Three rows a minute, below 5000 for hours.
  void slow_octets(int from, int to) {
    for (int m = from; m < to; ++m) {
      for (const int n : {0, 1, 2}) octet(m, n * 25, 1000 + static_cast<std::uint64_t>(m * 3 + n));
      w_.close(m + 1);
    }
  }
  void octet(int m, double s) { w_.octets(1, day_time(m, s), value_at(m, s)); }
  void octet(int m, double s, std::uint64_t value) { w_.octets(1, day_time(m, s), value); }
  void error(int m, double s, std::uint64_t value) { w_.errors(1, day_time(m, s), value); }
  static std::uint64_t value_at(int m, double s) {
    return 1'000'000 + static_cast<std::uint64_t>(m) * 60'000 + static_cast<std::uint64_t>(s * 1000);
  }
  // Takes what came late: another pass in the same minute.
  void pass() { w_.close(w_.closed); }

  std::vector<int> bad(Signal signal, int from, int to) const {
    std::vector<int> minutes;
    for (int m = from; m < to; ++m) {
      if (w_.interface(1, signal, m) == Bad) minutes.push_back(m);
    }
    return minutes;
  }

  Watched w_;
};

const std::vector<int> kNone;

TEST_F(Disorder, D1a_TheFirstErrorRowOfACounterInAPostThatCameLate) {
  octets(0, 70, 2);
  for (double s = 14; s < 60; s += 2) octet(70, s);
  w_.close(71);
  octets(71, 73, 2);
  for (double s = 0; s <= 12; s += 2) octet(70, s);
  error(70, 3, 2);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 73), std::vector{70});
  octets(73, 100, 2);
  EXPECT_EQ(bad(Signal::Errors, 0, 100), std::vector{70});
}

TEST_F(Disorder, D1b_TheErrorRowAloneCameLateAtAnyCadence) {
  for (const double cadence : {20.0, 60.0}) {
    w_.evidence = Evidence();
    w_.closed = 0;
    octets(0, 80, cadence);
    error(70, 3, 2);
    pass();
    EXPECT_EQ(bad(Signal::Errors, 0, 80), std::vector{70}) << cadence;
  }
}

TEST_F(Disorder, D1b_AHoleSinceTheError) {
  octets(0, 70, 2);
  for (double s = 0; s < 60; s += 2) {
    if (s < 4 || s > 17) octet(70, s);
  }
  w_.close(71);
  octets(71, 75, 2);
  error(70, 3, 2);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 75), std::vector{70});
}

TEST_F(Disorder, D1b_ALateBatchOfTwoMinutesWithTheErrorAtItsBeginning) {
  octets(0, 70, 2);
  w_.close(72);
  octets(72, 75, 2);
  for (int m = 70; m < 72; ++m) {
    for (double s = 0; s < 60; s += 2) octet(m, s);
  }
  error(70, 5, 2);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 75), std::vector{70});
}

TEST_F(Disorder, D1c_ALateRiseBetweenKnownValues) {
  octets(0, 5, 20);
  error(5, 0, 0);
  octets(5, 80, 20);
  error(80, 0, 0);  // after a clear
  octets(80, 100, 20);
  error(70, 0, 3);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 100), std::vector{70});
}

TEST_F(Disorder, D1c_ALateRiseBeforeAReboot) {
  octets(0, 5, 2);
  error(5, 0, 0);
  octets(5, 75, 2);
  for (int m = 75; m < 95; ++m) {
    for (double s = 0; s < 60; s += 2)
      octet(m, s, static_cast<std::uint64_t>(m - 75) * 600 + static_cast<std::uint64_t>(s) + 1);
    if (m == 75) error(75, 1, 0);
    w_.close(m + 1);
  }
  error(70, 1, 3);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 95), std::vector{70});
}

TEST_F(Disorder, D2_MinutesFilledFromBehindAreGood) {
  octets(0, 80, 60, 30);
  w_.close(90);
  octets(90, 95, 60, 30);
  EXPECT_EQ(bad(Signal::Utilization, 1, 95).size(), 10U);
  for (int m = 80; m < 90; ++m) octet(m, 30);
  pass();
  EXPECT_EQ(bad(Signal::Utilization, 1, 95), kNone);
}

TEST_F(Disorder, D2_NewestFirstAndOneAtATime) {
  octets(0, 80, 60, 30);
  w_.close(90);
  octets(90, 95, 60, 30);
  for (int m = 89; m >= 80; --m) {
    octet(m, 30);
    pass();
  }
  EXPECT_EQ(bad(Signal::Utilization, 1, 95), kNone);
}

TEST_F(Disorder, D2_InAnyOrder) {
  octets(0, 80, 20);
  w_.close(90);
  for (int i = 0; i < 30; ++i) {
    const int n = i * 17 % 30;
    octet(80 + n / 3, n % 3 * 20);
    if (i % 4 == 0) pass();
  }
  octets(90, 95, 20);
  EXPECT_EQ(bad(Signal::Utilization, 1, 95), kNone);
}

TEST_F(Disorder, D2_HoursLaterFromWhatIsOnTheShelf) {
  octets(0, 300, 20);
  for (int m = 100; m < 110; ++m) octet(m, 10);  // between rows that were taken long ago
  pass();
  EXPECT_EQ(bad(Signal::Utilization, 1, 300), kNone);
  octet(120, 55, value_at(122, 30));  // the minute after it showed no more than that
  pass();
  EXPECT_EQ(bad(Signal::Utilization, 1, 300), (std::vector{121}));
}

TEST_F(Disorder, D3_AReplayedDipInBufferedRows) {
  error(5, 0, 12);
  octets(5, 90, 20);
  error(80, 0, 11);
  error(85, 0, 12);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 90), kNone);
}

TEST_F(Disorder, D3_TheDipComesFirstAndItsEndIsLate) {
  error(0, 0, 12);
  octets(0, 80, 20);
  error(80, 0, 11);
  octets(80, 87, 20);
  EXPECT_EQ(bad(Signal::Errors, 0, 87), std::vector{80});
  error(85, 0, 12);  // its minute has closed, what the fall was is not decided
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 87), kNone);
  octets(87, 120, 20);
  EXPECT_EQ(bad(Signal::Errors, 0, 120), kNone);
}

TEST_F(Disorder, D3_ADecidedErrorIsNotClearedByALateRow) {
  error(0, 0, 12);
  octets(0, 80, 20);
  error(80, 0, 11);
  octets(80, 95, 20);
  error(85, 0, 12);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 95), std::vector{80});
}

TEST_F(Disorder, D4_ADuplicateRowIsNoError) {
  error(0, 0, 41);
  octets(0, 50, 20);
  error(50, 0, 41);
  octets(50, 90, 20);
  error(90, 0, 0);
  octets(90, 100, 20);
  EXPECT_EQ(bad(Signal::Errors, 0, 100), kNone);
  error(50, 0, 41);
  pass();
  octets(100, 120, 20);
  EXPECT_EQ(bad(Signal::Errors, 0, 120), kNone);
}

TEST_F(Disorder, D5a_LateRowsThatAreOldReadingsAreNoTraffic) {
  octets(0, 80, 60, 30);
  w_.close(84);
  octets(84, 100, 60, 30);
  for (int m = 80; m < 84; ++m) octet(m, 30, value_at(20, m));
  pass();
  EXPECT_EQ(bad(Signal::Data, 0, 100), kNone);
  EXPECT_EQ(bad(Signal::Utilization, 1, 100), (std::vector{80, 81, 82, 83}));
}

TEST_F(Disorder, D5b_LateOctetsShowThatThereWasContact) {
  w_.close(10);
  error(12, 0, 3);
  octets(12, 20, 20, 5);
  EXPECT_EQ(bad(Signal::Errors, 0, 20), kNone);
  for (int m = 9; m < 12; ++m) octet(m, 30);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 20), std::vector{12});
}

TEST_F(Disorder, D5b_LateOctetsShowAResetBesideAnErrorRow) {
  error(0, 0, 3);
  octets(0, 40, 20);
  w_.close(42);
  error(42, 2, 3);
  for (int m = 42; m < 60; ++m) {
    octet(m, 30, 2000 + static_cast<std::uint64_t>(m));
    w_.close(m + 1);
  }
  EXPECT_EQ(bad(Signal::Errors, 0, 60), kNone);
  octet(42, 0, 10);  // 2 s before the error row: its three are since then
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 60), std::vector{42});
}

// Of a closed minute the first and the last octets are kept: somewhere between the late row and the last one they fell.
TEST_F(Disorder, D5b_AResetAmongOctetsThatWereNotKeptIsBesideEveryErrorRowThere) {
  error(0, 1, 3);
  error(42, 35, 3);
  slow_octets(0, 60);
  EXPECT_EQ(bad(Signal::Errors, 0, 60), kNone);
  octet(42, 20, 5000);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 60), std::vector{42});
}

TEST_F(Disorder, D5b_AResetAmongErrorRowsThatWereNotKept) {
  for (int m = 0; m < 60; ++m) {
    for (double s = 5; s < 60; s += 20) error(m, s, 3);
    slow_octets(m, m + 1);
  }
  EXPECT_EQ(bad(Signal::Errors, 0, 60), kNone);
  octet(20, 20, 5000);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 60), std::vector{20});
}

// That the counter fell again was seen at most a minute later, not at the next row that was kept.
TEST_F(Disorder, D5c_ALateRiseAmongErrorRowsThatWereNotKept) {
  for (int m = 0; m < 60; ++m) {
    for (double s = 5; s < 60; s += 20) error(m, s, 3);
    slow_octets(m, m + 1);
  }
  error(20, 10, 4);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 60), (std::vector{20, 21}));
}

TEST_F(Disorder, D5c_TheEarlierMinuteOfALateRise) {
  error(0, 0, 12);
  octets(0, 80, 20);
  error(80, 0, 13);
  octets(80, 90, 20);
  error(50, 0, 13);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 90), (std::vector{50, 80}));
}

TEST_F(Disorder, D5c_WhatALateRowSaidIsNotFinal) {
  error(0, 0, 12);
  octets(0, 80, 20);
  error(80, 0, 13);
  octets(80, 90, 20);
  error(50, 0, 13);
  pass();
  error(90, 0, 13);
  octets(90, 95, 20);
  EXPECT_EQ(bad(Signal::Errors, 0, 95), (std::vector{50, 80}));
  error(40, 0, 13);
  pass();
  EXPECT_EQ(bad(Signal::Errors, 0, 95), (std::vector{40, 80}));
}

TEST_F(Disorder, D6_ClearingCountersCostsNoMinute) {
  octet(0, 10);
  octets(0, 20, 60, 30);
  for (int m = 20; m < 60; ++m) {
    octet(m, 30, 500 + static_cast<std::uint64_t>(m - 20) * 60'000);
    w_.close(m + 1);
    if (m == 25) EXPECT_EQ(bad(Signal::Utilization, 1, 26), (std::vector{20, 21, 22, 23, 24, 25}));
    EXPECT_EQ(w_.tally(1, Signal::Utilization, {1, m + 1}).damped_bad, 0U) << m;
  }
  EXPECT_EQ(bad(Signal::Utilization, 1, 60), kNone);
}

TEST_F(Disorder, D6_OctetsThatStoodStillBeforeAFallStayBadWhenDamped) {
  octet(0, 10);
  octets(0, 15, 60, 30);
  octet(15, 30, value_at(14, 30));
  w_.close(16);
  octets(16, 20, 60, 30);
  for (int m = 20; m < 25; ++m) {
    octet(m, 30, 500 + static_cast<std::uint64_t>(m));
    w_.close(m + 1);
  }
  EXPECT_EQ(bad(Signal::Utilization, 1, 25), (std::vector{15, 20, 21, 22, 23, 24}));
  EXPECT_EQ(w_.tally(1, Signal::Utilization, {1, 25}).damped_bad, std::uint64_t{1} << (25 - 1 - 15));
}

TEST_F(Disorder, D6_AReplayOfOctetsIsNothingWhenDampedAndOnlyWhileItLasts) {
  octet(0, 10);
  octets(0, 20, 60, 30);
  for (int m = 20; m < 23; ++m) {
    octet(m, 30, 500 + static_cast<std::uint64_t>(m));
    w_.close(m + 1);
  }
  octets(23, 30, 60, 30);
  octet(30, 30, value_at(29, 30));
  w_.close(31);
  EXPECT_EQ(bad(Signal::Utilization, 1, 31), (std::vector{20, 21, 22, 30}));
  EXPECT_EQ(w_.tally(1, Signal::Utilization, {1, 31}).damped_bad, 1U);
}

TEST_F(Disorder, D6_AnUndecidedFallOfErrorsIsNothingWhenDamped) {
  error(0, 0, 50);
  octets(0, 20, 20);
  error(20, 0, 3);
  octets(20, 25, 20);
  EXPECT_EQ(bad(Signal::Errors, 0, 25), std::vector{20});
  EXPECT_EQ(w_.tally(1, Signal::Errors, {0, 25}).damped_bad, 0U);
  octets(25, 40, 20);
  EXPECT_EQ(w_.tally(1, Signal::Errors, {0, 40}).damped_bad, std::uint64_t{1} << (40 - 1 - 20));
}

TEST_F(Disorder, D6_ACounterThatWrapsIsAReset) {
  const std::uint64_t wrap = std::uint64_t{1} << 32;
  for (int m = 0; m < 60; ++m) {
    octet(m, 30, (wrap - 310'000 + static_cast<std::uint64_t>(m) * 20'000) % wrap);
    w_.close(m + 1);
  }
  EXPECT_EQ(bad(Signal::Utilization, 1, 60), kNone);
  EXPECT_EQ(bad(Signal::Errors, 0, 60), kNone);
}

TEST_F(Disorder, ARestartWithTheShelfLostIsStricterAndNeverBetter) {
  octets(0, 300, 20);
  auto restored = restore_evidence(snapshot_of(w_.evidence));
  ASSERT_TRUE(restored);
  w_.evidence = std::move(*restored);  // with an empty shelf
  octet(120, 55, value_at(122, 30));
  pass();
  EXPECT_EQ(bad(Signal::Utilization, 1, 300), (std::vector{120, 121}));
}

TEST_F(Disorder, D16_WhatAWrongClockClosedIsTakenBack) {
  for (const int wrong : {60, 24 * 60, 40 * 24 * 60}) {
    w_.evidence = Evidence();
    w_.closed = 0;
    octets(0, 100, 20);
    w_.evidence.accepting(day_time(0), day_time(100 + wrong, 30));
    w_.evidence.advance(day_time(100 + wrong, 30));
    EXPECT_TRUE(w_.evidence.is_ahead_of(day_time(100, 35)));
    w_.evidence.take_back(day_time(100, 35));
    EXPECT_FALSE(w_.evidence.is_ahead_of(day_time(100, 35)));
    octets(100, 160, 20);
    error(130, 0, 0);
    EXPECT_EQ(w_.evidence.state(Source::Counters).watermark, day_minute(160)) << wrong;
    for (int m = 101; m < 160; ++m) {
      EXPECT_EQ(w_.interface(1, Signal::Data, m), Good) << wrong << " minute " << m;
      EXPECT_EQ(w_.interface(1, Signal::Utilization, m), Good) << wrong << " minute " << m;
    }
    for (int m = 1; m < 100; ++m) {
      const auto data = w_.interface(1, Signal::Data, m);
      EXPECT_EQ(data, wrong == 60 ? Good : data == Good ? Good : Unobserved) << wrong << " minute " << m;
    }
    const auto restored = restore_evidence(snapshot_of(w_.evidence));
    EXPECT_TRUE(restored) << "its bytes can be read back";
  }
}

// Rows under the wrong clock: minute 130 has octets, as it were, and a fall of minute 103 was decided long ago.
TEST_F(Disorder, D16_RowsOfMinutesThatNeverWereAreForgotten) {
  octets(0, 100, 20);
  w_.close(160);
  octet(130, 10);
  error(130, 12, 9);
  octet(159, 10);
  pass();
  ASSERT_EQ(w_.interface(1, Signal::Data, 130), Good);
  w_.closed = 100;
  w_.evidence.take_back(w_.now());
  EXPECT_FALSE(w_.evidence.last_error(w_.evidence.find_interface(numbered_key(1), "Ethernet1"), kInErrors));
  octets(100, 103, 20);
  for (int m = 103; m < 116; ++m) {
    octet(m, 30, 500 + static_cast<std::uint64_t>(m));
    w_.close(m + 1);
    if (m == 105)
      EXPECT_EQ(bad(Signal::Utilization, 1, 106), (std::vector{103, 104, 105})) << "a fall that is not decided";
  }
  EXPECT_EQ(bad(Signal::Utilization, 1, 116), kNone);
  w_.close(160);
  EXPECT_EQ(w_.interface(1, Signal::Data, 130), Bad);
}

// What decided the fall of minute 95 came under the wrong clock; then the row that is back at the value comes.
TEST_F(Disorder, D16_AFallThatAWrongClockDecidedIsOpenAgain) {
  octets(0, 95, 20);
  octet(95, 30, 10);
  w_.close(200);
  EXPECT_TRUE(bad(Signal::Utilization, 95, 96).empty()) << "a reset";
  w_.closed = 96;
  w_.evidence.take_back(w_.now());
  EXPECT_EQ(bad(Signal::Utilization, 95, 96), (std::vector{95})) << "nobody knows yet";
  octets(97, 110, 20);
  EXPECT_EQ(bad(Signal::Utilization, 94, 97), (std::vector{95, 96})) << "it was a replay";
}

// The newest reading before the wrong clock lies on the shelf: what comes after is compared with it still.
TEST_F(Disorder, D16_AfterAHoleTheLastReadingThatWasIsComparedWith) {
  for (const MinuteIndex in_memory : {0, static_cast<int>(kMinutesInMemory), 10'000}) {
    MemoryShelf shelf(in_memory);
    w_.closed = 0;
    w_.evidence.keep_readings_on(shelf);
    octets(0, 40, 20);
    w_.close(100);
    octet(130, 10);
    w_.close(160);
    w_.closed = 100;
    w_.evidence.take_back(w_.now());
    octet(100, 30, value_at(39, 40));  // the same: no traffic
    w_.close(101);
    EXPECT_EQ(bad(Signal::Utilization, 100, 101), (std::vector{100})) << in_memory;
    w_.evidence = Evidence();
  }
}

// And where the shelf has lost it, whether the counters began anew in the hole cannot be told: what is counted is new.
TEST_F(Disorder, D16_AfterAHoleWhatIsComparedWithAReadingThatIsLostCountsAsAfterAReset) {
  struct Case {
    bool lost;
    int next;  // the minute of the first row after the hole; before 100 it comes late
  };
  for (const auto& [lost, next] : {Case{false, 100}, {true, 100}, {false, 70}, {true, 70}}) {
    MemoryShelf shelf(kMinutesInMemory);
    w_.closed = 0;
    w_.evidence.keep_readings_on(shelf);
    octets(0, 40, 20);
    error(20, 0, 7);
    w_.close(100);
    octet(130, 10);
    w_.close(160);
    MemoryShelf empty(kMinutesInMemory);
    if (lost) w_.evidence.keep_readings_on(empty);
    w_.closed = 100;
    w_.evidence.take_back(w_.now());
    octet(next, 30, value_at(39, 40) + 1);
    error(next, 31, 7);
    w_.close(160);
    EXPECT_EQ(bad(Signal::Errors, 50, 101), lost ? std::vector{next} : kNone) << next;
    w_.evidence = Evidence();
  }
}

TEST_F(Disorder, D16_WhatLiesOnTheShelfOfAMinuteThatNeverWasIsNoReading) {
  octets(0, 100, 20);
  w_.close(130);
  octet(130, 55);
  w_.close(200);
  w_.closed = 100;
  w_.evidence.take_back(w_.now());
  octets(100, 120, 20);
  w_.close(200);
  octet(130, 5, value_at(119, 40));  // late, and the same
  pass();
  EXPECT_EQ(bad(Signal::Utilization, 130, 131), std::vector{130});
}

class Places : public testing::Test {
 protected:
  RowOutcome row(const std::string& name, int m) {
    const auto outcome = evidence_.add_counters(numbered_key(1), name, {day_time(m), 1, 1, {}, {}, {}}, day_time(m));
    return outcome ? *outcome : RowOutcome::TooMany;
  }
  bool has(const std::string& name) const {
    return evidence_.find_interface(numbered_key(1), name).index != kNoSubject;
  }
  Evidence evidence_;
};

TEST_F(Places, D7_ASwitchWithItsTunnelsHasRoom) {
  for (int i = 0; i < 198 + 128 + 600; ++i) EXPECT_EQ(row("Tunnel" + std::to_string(i), 0), RowOutcome::Taken);
  EXPECT_EQ(evidence_.interfaces_refused(numbered_key(1)), 0U);
}

TEST_F(Places, D7_WhatALedgerRecordNamesHasAPlaceAlways) {
  const std::vector<NamedInterface> named{{numbered_key(1), "ethernet1"}};
  evidence_.name_interfaces(named);
  for (int i = 0; i < 1024; ++i) EXPECT_EQ(row("Tunnel" + std::to_string(i), 0), RowOutcome::Taken);
  EXPECT_EQ(row("Ethernet1", 0), RowOutcome::Taken);
  EXPECT_TRUE(has("Ethernet1"));
}

TEST_F(Places, D7_TheLeastRecentlyHeardGoesAndNobodyIsRefusedForGood) {
  for (int i = 0; i < 1024; ++i) row("Tunnel" + std::to_string(i), i == 7 ? 0 : 5);
  EXPECT_EQ(row("Vlan1", 9), RowOutcome::TooMany);
  EXPECT_EQ(row("Vlan1", 9), RowOutcome::TooMany);
  EXPECT_EQ(evidence_.interfaces_refused(numbered_key(1)), 1U);
  EXPECT_EQ(row("Vlan1", 10), RowOutcome::Taken);
  EXPECT_FALSE(has("Tunnel7"));
  EXPECT_TRUE(has("Tunnel8"));
  EXPECT_EQ(evidence_.minute(evidence_.find_interface(numbered_key(1), "Vlan1"), Signal::Data, day_minute(0)),
            Unobserved);
}

TEST_F(Places, D7_WhatALedgerRecordNamesKeepsItsPlaceWhenItWasSilentLongest) {
  const std::vector<NamedInterface> named{{numbered_key(1), "ethernet1"}};
  evidence_.name_interfaces(named);
  row("Ethernet1", 0);
  for (int i = 0; i < 1024; ++i) row("Tunnel" + std::to_string(i), i == 7 ? 4 : 5);
  EXPECT_EQ(row("Vlan1", 20), RowOutcome::Taken);
  EXPECT_TRUE(has("Ethernet1"));
  EXPECT_FALSE(has("Tunnel7"));
}

TEST_F(Places, D7_APlaceThatWasGivenAwayHoldsNothingOfTheOneBefore) {
  Watched w;
  for (int i = 0; i < 1024; ++i) w.octets(1, day_time(0, 1), 100, "Tunnel" + std::to_string(i));
  w.errors(1, day_time(0, 2), 5, "Tunnel0");
  w.close(20);
  w.octets(1, day_time(20, 5), 7, "Vlan1");
  w.close(21);
  const auto place = w.evidence.find_interface(numbered_key(1), "Vlan1");
  EXPECT_EQ(w.evidence.minute(place, Signal::Data, day_minute(0)), Bad);
  EXPECT_EQ(w.evidence.minute(place, Signal::Data, day_minute(20)), Good);
  EXPECT_FALSE(w.evidence.last_error(place, kInErrors));
}

}  // namespace
}  // namespace dz::evidence
