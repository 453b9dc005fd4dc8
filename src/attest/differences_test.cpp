#include "attest/differences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attest/testing.h"

namespace dz::attest {
namespace {

using evidence::MinuteState;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Differences between(const MinutesLeaf& first, const MinutesLeaf& second) {
  return find_differences({&first, 1}, {&second, 1});
}
// With its window moved on by so many minutes; what it says of each minute stays.
MinutesLeaf later(MinutesLeaf leaf, int by) {
  leaf.from += minutes{by};
  leaf.to += minutes{by};
  leaf.states.erase(leaf.states.begin(), leaf.states.begin() + by);
  leaf.states.resize(10, MinuteState::Good);
  leaf.damped_bad <<= by;
  return leaf;
}

TEST(Differences, ThereAreNoneWhereBothHaveTheSame) {
  for (const auto& leaf : {minutes_of_errors(), minutes_of_qa()}) {
    const auto found = between(leaf, leaf);
    EXPECT_TRUE(found.none());
    EXPECT_EQ(found.compared, static_cast<std::size_t>((leaf.to - leaf.from).count()));
  }
}

TEST(Differences, NameTheMinuteTheSourceAndWhatEachHas) {
  auto lying = minutes_of_errors();
  lying.states[5] = MinuteState::Good;
  lying.offences.clear();
  lying.damped_bad = 0;
  const auto found = between(minutes_of_errors(), lying);
  ASSERT_THAT(found.minutes, SizeIs(1));
  const auto& d = found.minutes.front();
  EXPECT_EQ(d.criterion, "link.a.errors");
  EXPECT_EQ(d.source, "counters");
  EXPECT_EQ(d.from, kEnd - minutes{5});
  EXPECT_EQ(d.to, kEnd - minutes{4});
  EXPECT_EQ(d.first.state, MinuteState::Bad);
  EXPECT_EQ(d.first.counters, evidence::kInErrors);
  EXPECT_EQ(d.second.state, MinuteState::Good);
  EXPECT_EQ(difference_text(d, "ams", "fra"), "link.a.errors: minute 2026-04-12T13:15:00Z of counters (errors of " +
                                                  to_text(d.subject) + "): ams has bad (in-errors), fra has good");
}

TEST(Differences, MinutesInARowAreToldOnce) {
  auto dark = minutes_of_errors();
  for (std::size_t i = 1; i < 5; ++i) dark.states[i] = MinuteState::Unobserved;
  const auto found = between(dark, minutes_of_errors());
  ASSERT_THAT(found.minutes, SizeIs(1));
  EXPECT_EQ(found.minutes.front().from, kEnd - minutes{9});
  EXPECT_EQ(found.minutes.front().to, kEnd - minutes{5});
  EXPECT_THAT(difference_text(found.minutes.front(), "here", "there"),
              HasSubstr("4 minutes 2026-04-12T13:11:00Z to 2026-04-12T13:14:00Z of counters"));
}

// Sources of two judges are complete at different minutes: that is no difference.
TEST(Differences, AreSoughtInMinutesThatBothHave) {
  const auto one = minutes_of_errors(), other = later(one, 3);
  EXPECT_TRUE(between(one, other).none());
  EXPECT_EQ(between(one, other).compared, 7U);
  EXPECT_TRUE(between(other, one).none());
  auto apart = one;
  apart.from += minutes{10};
  apart.to += minutes{10};
  const auto found = between(one, apart);
  ASSERT_THAT(found.not_compared, SizeIs(1));
  EXPECT_EQ(found.not_compared.front().why, NotCompared::Why::NoMinuteInCommon);
  EXPECT_THAT(not_compared_text(found.not_compared.front(), "ams", "fra"), HasSubstr("ams and fra have no minute"));
}

TEST(Differences, WhatCountsAgainstWhatIsInServiceIsOneToo) {
  auto baseline = minutes_of_errors();
  baseline.damped_bad = 0;
  const auto found = between(minutes_of_errors(), baseline);
  ASSERT_THAT(found.minutes, SizeIs(1));
  EXPECT_THAT(difference_text(found.minutes.front(), "ams", "fra"),
              HasSubstr("ams has bad (in-errors), damped: bad, fra has bad (in-errors), damped: not bad"));
}

TEST(Differences, AnotherCounterIsOne) {
  auto other = minutes_of_errors();
  other.offences.front().counters = evidence::kOutErrors;
  EXPECT_THAT(between(minutes_of_errors(), other).minutes, SizeIs(1));
}

TEST(Differences, ASignalThatOnlyOneJudgedByIsToldOfBoth) {
  const std::vector ones{minutes_of_errors()}, others{minutes_of_qa()};
  const auto found = find_differences(ones, others);
  ASSERT_THAT(found.not_compared, SizeIs(2));
  EXPECT_THAT(not_compared_text(found.not_compared[0], "ams", "fra"), HasSubstr("ams judged by it, fra did not"));
  EXPECT_THAT(not_compared_text(found.not_compared[1], "ams", "fra"), HasSubstr("fra judged by it, ams did not"));
  EXPECT_EQ(found.not_compared[1].source, "qa");
  EXPECT_EQ(found.compared, 0U);
}

TEST(Differences, ResultsAndRunsOfQa) {
  auto other = minutes_of_qa();
  other.results.front().success = false;
  auto found = between(minutes_of_qa(), other);
  ASSERT_THAT(found.minutes, SizeIs(1));
  EXPECT_THAT(difference_text(found.minutes.front(), "ams", "fra"),
              HasSubstr("minute 2026-04-12T12:50:00Z of qa (results of " + to_text(other.subject.key) +
                        "): ams has a success, fra has a failure"));
  other.results.clear();
  found = between(minutes_of_qa(), other);
  ASSERT_THAT(found.minutes, SizeIs(1));
  EXPECT_THAT(difference_text(found.minutes.front(), "ams", "fra"), HasSubstr("fra has no result"));
  auto ran = minutes_of_qa();
  ran.runs.push_back(kEnd - minutes{10});
  EXPECT_THAT(between(minutes_of_qa(), ran).minutes, SizeIs(1));
}

TEST(Differences, BytesThatAreNoMinutesAreRefused) {
  const std::vector<Bytes> right{encode(minutes_of_errors())}, wrong{{1, 2, 3}};
  EXPECT_TRUE(find_differences(right, right)->none());
  EXPECT_EQ(find_differences(right, wrong).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(find_differences(wrong, right).error().kind, ErrorKind::Corrupt);
}

// Each minute that differs is found, whatever it is, and no other.
TEST(Differences, AreFoundMinuteByMinute) {
  for (std::size_t i = 0; i < 10; ++i) {
    for (const auto state : {MinuteState::Unobserved, MinuteState::Good, MinuteState::Bad}) {
      auto other = minutes_of_errors();
      if (other.states[i] == state) continue;
      other.states[i] = state;
      const auto found = between(minutes_of_errors(), other);
      ASSERT_THAT(found.minutes, SizeIs(1));
      EXPECT_EQ(found.minutes.front().from, other.from + minutes{i});
      EXPECT_EQ(found.minutes.front().second.state, state);
      EXPECT_THAT(found.not_compared, IsEmpty());
    }
  }
}

}  // namespace
}  // namespace dz::attest
