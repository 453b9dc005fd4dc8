// Minutes of which evidence was lost.
#include <algorithm>

#include <gtest/gtest.h>

#include "evidence/testing.h"

namespace dz::evidence {
namespace {

// Minutes 0 to 9 of one interface: data throughout, an error in minute 4, silence in minute 6.
Watched watched() {
  Watched w;
  w.errors(1, day_time(0, 1), 5);
  for (int m = 0; m < 10; ++m) {
    if (m != 6) w.octets(1, m);
    if (m == 4) w.errors(1, day_time(m, 30), 6);
    w.close(m + 1);
  }
  return w;
}

TEST(Withdrawn, D18_OnlyWhatWasSeenToBeBadIsKnownOfSuchAMinute) {
  auto w = watched();
  ASSERT_EQ(w.interface(1, Signal::Data, 6), MinuteState::Bad);
  w.evidence.withdraw(Source::Counters, day_minute(3), day_minute(8));
  EXPECT_EQ(w.interface(1, Signal::Errors, 2), MinuteState::Good);
  EXPECT_EQ(w.interface(1, Signal::Errors, 3), MinuteState::Unobserved);
  EXPECT_EQ(w.interface(1, Signal::Errors, 4), MinuteState::Bad);
  EXPECT_EQ(w.interface(1, Signal::Data, 4), MinuteState::Unobserved);
  EXPECT_EQ(w.interface(1, Signal::Data, 6), MinuteState::Unobserved);  // what was lost may have been its rows
  EXPECT_EQ(w.interface(1, Signal::Utilization, 6), MinuteState::Unobserved);
  EXPECT_EQ(w.device(1, Signal::Reporting, 5), MinuteState::Unobserved);
  EXPECT_EQ(w.interface(1, Signal::Errors, 8), MinuteState::Good);
}

TEST(Withdrawn, D18_TalliesAndSeriesSayTheSame) {
  auto w = watched();
  (void)w.tally(1, Signal::Errors, {1, 10});  // what is remembered of it must not stay
  w.evidence.withdraw(Source::Counters, day_minute(3), day_minute(8));
  const auto tally = w.tally(1, Signal::Errors, {1, 10});
  EXPECT_EQ(tally.unobserved, 4);
  EXPECT_EQ(tally.bad, 1);
  EXPECT_EQ(tally.good, 4);
  const auto series = w.evidence.series(w.evidence.find_interface(numbered_key(1), "Ethernet1"), Signal::Errors,
                                        day_minute(1), day_minute(10));
  EXPECT_EQ(std::count(series.states.begin(), series.states.end(), MinuteState::Unobserved), 4);
}

TEST(Withdrawn, D18_ARememberedVerdictDoesNotReachOverSuchAMinute) {
  auto w = watched();
  const auto ref = w.evidence.find_interface(numbered_key(1), "Ethernet1");
  ASSERT_TRUE(w.evidence.all_good(ref, day_minute(1), day_minute(4)));
  w.evidence.withdraw(Source::Counters, day_minute(3), day_minute(4));
  EXPECT_TRUE(w.evidence.all_good(ref, day_minute(1), day_minute(3)));
  EXPECT_FALSE(w.evidence.all_good(ref, day_minute(1), day_minute(4)));
}

TEST(Withdrawn, D18_OtherSourcesAreNotConcerned) {
  auto w = watched();
  w.evidence.withdraw(Source::LatencySamples, day_minute(0), day_minute(10));
  EXPECT_EQ(w.interface(1, Signal::Errors, 3), MinuteState::Good);
  EXPECT_EQ(w.device(1, Signal::Reporting, 5), MinuteState::Good);
}

TEST(Withdrawn, D18_AQaFailureCountsHoweverMuchWasLost) {
  Watched w;
  w.close(10);
  const auto device = numbered_key(1);
  for (const int m : {1, 3, 8}) (void)w.evidence.add_qa_result(device, day_time(m), m != 3, w.now());
  w.evidence.withdraw(Source::Qa, day_minute(5), day_minute(6));
  const auto qa = w.evidence.qa(device, day_minute(0), day_minute(10));
  EXPECT_EQ(qa.from, day_minute(6));
  ASSERT_EQ(qa.results.size(), 2U);  // not the success of minute 1
  EXPECT_FALSE(qa.results[0].success);
  EXPECT_TRUE(qa.results[1].success);
}

}  // namespace
}  // namespace dz::evidence
