// Latency samples of one direction: every 10 s, read every minute at :30.
#include <gtest/gtest.h>

#include "evidence/evidence.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;
using enum MinuteState;

const Pubkey kLink = numbered_key(900);
const Pubkey kOrigin = numbered_key(1);

class Samples : public testing::Test {
 protected:
  // The account of an epoch, started at `start`, holding `count` samples; those in lost are 0.
  SampleRead account(std::uint64_t epoch, Timestamp start, std::size_t count,
                     const std::vector<std::size_t>& lost = {}) const {
    SampleRead read;
    read.account = numbered_key(static_cast<int>(1000 + epoch));
    read.samples.epoch = epoch;
    read.samples.origin_device = kOrigin;
    read.samples.target_device = numbered_key(2);
    read.samples.link = kLink;
    read.samples.sampling_interval_us = 10'000'000;
    read.samples.start_timestamp_us = static_cast<std::uint64_t>(start.time_since_epoch().count());
    read.samples.rtt_us.assign(count, 1500);
    for (const auto i : lost) read.samples.rtt_us[i] = 0;
    return read;
  }
  void read(Timestamp at, std::vector<SampleRead> reads) { evidence_.observe_samples(at, reads); }
  MinuteState probes(int m) const { return evidence_.minute(evidence_.find_direction(kLink, kOrigin), day_minute(m)); }
  MinuteState agent(int m) const {
    return evidence_.minute(evidence_.find_device(kOrigin), Signal::TelemetryAgent, day_minute(m));
  }
  SignalTally tally(int from, int to) const {
    return evidence_.tally(evidence_.find_direction(kLink, kOrigin), {day_minute(from), day_minute(to), 0, 15});
  }

  Evidence evidence_;
};

TEST_F(Samples, FirstSightUsesDerivedTimesAndLeavesTheRestUnobserved) {
  read(day_time(100, 30), {account(5, day_time(40), 300)});  // 40:00 to 90:00
  EXPECT_EQ(evidence_.state(Source::LatencySamples).watermark, day_minute(98));
  EXPECT_EQ(probes(39), Unobserved);
  EXPECT_EQ(probes(40), Good);
  EXPECT_EQ(probes(89), Good);
  EXPECT_EQ(probes(90), Unobserved);
  EXPECT_EQ(agent(50), Good);
  EXPECT_TRUE(tally(0, 98).derived);
  EXPECT_EQ(tally(0, 98).good, 50);
}

TEST_F(Samples, AReadIsCompleteThroughItselfLessTwoMinutes) {
  read(day_time(100, 30), {});
  EXPECT_EQ(evidence_.state(Source::LatencySamples).watermark, day_minute(98));
  read(day_time(102), {});
  EXPECT_EQ(evidence_.state(Source::LatencySamples).watermark, day_minute(100));
  EXPECT_EQ(probes(99), Unobserved);  // before the first read
  read(day_time(104), {});
  EXPECT_EQ(probes(100), Unobserved);
  EXPECT_EQ(probes(101), Bad);  // the ledger answered, and there was no account
}

TEST_F(Samples, ALossIsBadForTheProbesAndProvesTheAgent) {
  read(day_time(100, 30), {account(5, day_time(90), 60)});
  read(day_time(101, 30), {account(5, day_time(90), 66, {60, 61, 62, 63, 64, 65})});
  read(day_time(105), {account(5, day_time(90), 66)});
  EXPECT_EQ(probes(100), Bad);
  EXPECT_EQ(probes(101), Bad);
  EXPECT_EQ(agent(101), Good);
  EXPECT_EQ(tally(95, 103).first_bad, (Offence{day_minute(100), kLoss}));
}

// n samples reach back n intervals and one submit interval.
TEST_F(Samples, SamplesCoverTheTimeBackToThePreviousReadThatBroughtAny) {
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(104), {account(5, day_time(90), 60)});
  read(day_time(105), {account(5, day_time(90), 60 + 24)});  // 300 s with 240 + 60
  for (int m = 100; m < 105; ++m) EXPECT_EQ(probes(m), Good) << m;
}

TEST_F(Samples, TooFewSamplesReachBackOnlyTheirOwnTime) {
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(104), {account(5, day_time(90), 60)});
  read(day_time(105), {account(5, day_time(90), 60 + 23)});  // 300 s > 230 + 60
  read(day_time(110), {account(5, day_time(90), 60 + 23)});
  EXPECT_EQ(probes(100), Bad);
  EXPECT_EQ(probes(101), Good);  // 23 intervals before 105:00 are 101:10
  EXPECT_EQ(probes(104), Good);
  EXPECT_EQ(probes(105), Bad);
}

TEST_F(Samples, AnOutageIsDarkNotMoved) {
  read(day_time(100), {account(5, day_time(90), 60)});
  for (int m = 101; m <= 110; ++m) read(day_time(m), {account(5, day_time(90), 60)});
  read(day_time(111), {account(5, day_time(90), 66)});
  read(day_time(115), {account(5, day_time(90), 66)});
  EXPECT_EQ(probes(105), Bad);
  EXPECT_EQ(agent(105), Bad);
  EXPECT_EQ(probes(110), Good);
}

// An hour in which nobody read, and samples of 40 minutes: which ones are without, nobody can know.
TEST_F(Samples, WhatIsMissingOfATimeInWhichNobodyReadIsTakenForTheNewest) {
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(160), {account(5, day_time(90), 60 + 240, {60, 299})});
  read(day_time(161), {account(5, day_time(90), 60 + 246)});
  read(day_time(165), {account(5, day_time(90), 60 + 270)});
  EXPECT_EQ(probes(100), Bad) << "the first one was lost";
  for (int m = 101; m < 139; ++m) EXPECT_EQ(probes(m), Good) << m;
  EXPECT_EQ(probes(139), Bad) << "the last one was lost";
  EXPECT_EQ(agent(139), Good);
  for (int m = 140; m < 160; ++m) EXPECT_EQ(agent(m), Bad) << m;
  for (int m = 160; m < 163; ++m) EXPECT_EQ(agent(m), Good) << m;
}

// The watermark tells of the last read to the minute only: what is read each minute was read all the time.
TEST_F(Samples, OfATimeThatWasReadAllAlongTheOldestMinutesAreWithout) {
  read(day_time(100, 30), {account(5, day_time(90), 60)});
  read(day_time(104, 30), {account(5, day_time(90), 60)});
  read(day_time(105, 30), {account(5, day_time(90), 60 + 12)});
  read(day_time(108), {account(5, day_time(90), 60 + 12)});
  EXPECT_EQ(agent(101), Bad);
  EXPECT_EQ(agent(104), Good);
  EXPECT_EQ(agent(105), Good);
}

// Longer than anything is remembered for.
TEST_F(Samples, OfDaysInWhichNobodyReadTheNewestOneIsWithout) {
  constexpr int kDay = 24 * 60;
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(100 + 5 * kDay), {account(5, day_time(90), 60 + 600)});
  EXPECT_EQ(tally(90 + 4 * kDay, 90 + 5 * kDay).good, 0);
}

TEST_F(Samples, ABacklogThatFollowsATimeInWhichNobodyReadFillsIt) {
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(160), {account(5, day_time(90), 60 + 60)});
  read(day_time(161), {account(5, day_time(90), 60 + 366)});
  for (int m = 100; m < 161; ++m) ASSERT_EQ(probes(m), Good) << m;
}

TEST_F(Samples, ABacklogFillsTheTimeItWasHeldBack) {
  read(day_time(100), {account(5, day_time(90), 60)});
  for (int m = 101; m <= 140; ++m) read(day_time(m), {account(5, day_time(90), 60)});
  EXPECT_EQ(probes(120), Bad);
  read(day_time(141), {account(5, day_time(90), 60 + 246)});
  for (int m = 100; m < 141; ++m) ASSERT_EQ(probes(m), Good) << m;
}

// What a first few samples could not prove, the backlog behind them does.
TEST_F(Samples, SamplesSeenTogetherCoverAHoleThatEachAloneCouldNot) {
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(105), {account(5, day_time(90), 61)});
  read(day_time(107), {account(5, day_time(90), 61)});
  EXPECT_EQ(probes(102), Bad);
  read(day_time(108), {account(5, day_time(90), 60 + 42)});  // 480 s with 420 + 60
  for (int m = 100; m < 108; ++m) EXPECT_EQ(probes(m), Good) << m;
}

TEST_F(Samples, ANewEpochContinuesTheDirection) {
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(101), {account(5, day_time(90), 63), account(6, day_time(100, 30), 3)});
  read(day_time(102), {account(5, day_time(90), 63), account(6, day_time(100, 30), 9)});
  read(day_time(105), {});
  EXPECT_EQ(probes(100), Good);
  EXPECT_EQ(probes(101), Good);
  EXPECT_EQ(probes(102), Bad);
  EXPECT_FALSE(tally(101, 103).derived);
}

TEST_F(Samples, BothEpochsOfALongAbsenceCountTogether) {
  read(day_time(100), {account(5, day_time(90), 60)});
  read(day_time(160), {account(5, day_time(90), 60 + 180), account(6, day_time(130), 180)});
  for (int m = 100; m < 160; ++m) ASSERT_EQ(probes(m), Good) << m;
}

TEST_F(Samples, APreviousEpochMetLaterUsesItsOwnTimes) {
  read(day_time(1000), {account(6, day_time(900), 600)});
  read(day_time(1001), {account(5, day_time(600), 1800), account(6, day_time(900), 606)});
  EXPECT_EQ(probes(599), Unobserved);
  EXPECT_EQ(probes(600), Good);
  EXPECT_EQ(probes(899), Good);
  EXPECT_EQ(probes(1000), Good);
}

TEST_F(Samples, OnlyTheTailNeedsToBeRead) {
  read(day_time(100), {account(5, day_time(90), 60)});
  const auto key = account(5, day_time(90), 0).account;
  EXPECT_EQ(evidence_.samples_seen(key), 60U);
  auto tail = account(5, day_time(90), 10, {9});
  tail.first_index = 56;
  read(day_time(101), {tail});
  EXPECT_EQ(evidence_.samples_seen(key), 66U);
  read(day_time(104), {});
  EXPECT_EQ(probes(100), Bad);
  EXPECT_EQ(probes(101), Bad);

  auto hole = account(5, day_time(90), 10);
  hole.first_index = 70;
  read(day_time(105), {hole});
  EXPECT_EQ(evidence_.samples_seen(key), 66U);
}

TEST_F(Samples, NonsenseIntervalsAndTimesAreHarmless) {
  auto odd = account(5, day_time(90), 5);
  odd.samples.sampling_interval_us = UINT64_MAX;
  odd.samples.start_timestamp_us = UINT64_MAX;
  read(day_time(100), {odd});
  odd.samples.rtt_us.resize(5000);
  read(day_time(101), {odd});
  odd.samples.sampling_interval_us = 0;
  odd.samples.rtt_us.resize(6000);
  read(day_time(102), {odd});
  EXPECT_EQ(tally(0, 100).bad + tally(0, 100).unobserved + tally(0, 100).good, 100);
}

TEST_F(Samples, AnAccountThatClaimsAnotherLinkCountsForNeither) {
  read(day_time(100, 30), {account(5, day_time(90), 60)});
  auto other = account(5, day_time(90), 120);
  other.samples.link = numbered_key(901);
  read(day_time(110, 30), {other});
  EXPECT_EQ(evidence_.find_direction(other.samples.link, kOrigin).index, kNoSubject);
  EXPECT_EQ(probes(105), Bad);
  EXPECT_EQ(evidence_.samples_seen(other.account), 60U);

  other = account(5, day_time(90), 120);
  other.samples.origin_device = numbered_key(3);
  read(day_time(111, 30), {other});
  EXPECT_EQ(evidence_.find_direction(kLink, other.samples.origin_device).index, kNoSubject);
  EXPECT_EQ(evidence_.samples_seen(other.account), 60U);

  read(day_time(112, 30), {account(5, day_time(90), 120)});
  EXPECT_EQ(probes(109), Good);
}

TEST_F(Samples, TwoPartsOfAnAccountThatIsNewCountFromTheFirst) {
  auto first = account(5, day_time(90), 30), second = account(5, day_time(90), 30);
  second.first_index = 30;
  read(day_time(100, 30), {first, second});
  EXPECT_EQ(probes(90), Good);
  EXPECT_EQ(evidence_.samples_seen(first.account), 60U);
}

}  // namespace
}  // namespace dz::evidence
