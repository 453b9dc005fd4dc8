#include "history/replayed_evidence.h"

#include <gtest/gtest.h>

namespace dz::history {
namespace {

using std::chrono::minutes;

constexpr Minute kClosed{std::chrono::hours{494'000}};
constexpr evidence::Marks kMarks = 56;

class ReplayedEvidenceTest : public testing::Test {
 protected:
  ReplayedEvidenceTest() {
    device.bytes.fill(7);
    subject = evidence::interface_subject(device, "Ethernet1");
    first.whole = true;
    first.watermarks = {{"counters", kClosed}};
    first.runs = {{subject, kClosed - minutes{10}, std::nullopt, kMarks}};
  }
  std::vector<evidence::MarksRun> marks(Minute from, Minute to) const {
    return marks_of(replay.evidence(), subject_ref(replay.evidence(), subject), from, to);
  }

  Pubkey device;
  evidence::Subject subject;
  HistoryPass first;
  ReplayedEvidence replay{evidence::Evidence()};
};

TEST_F(ReplayedEvidenceTest, WhatWasSaidLastGoesOnWhenMinutesClose) {
  replay.take(first);
  HistoryPass later;
  later.watermarks = {{"counters", kClosed + minutes{5}}};
  replay.take(later);
  const auto runs = marks(kClosed - minutes{10}, kClosed + minutes{5});
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs.front().marks, kMarks);
  EXPECT_EQ(replay.evidence().state(evidence::Source::Counters).watermark, kClosed + minutes{5});
}

TEST_F(ReplayedEvidenceTest, ARunThatEndsCorrectsOlderMinutesAlone) {
  replay.take(first);
  HistoryPass later;
  later.watermarks = {{"counters", kClosed + minutes{1}}};
  later.runs = {{subject, kClosed - minutes{5}, kClosed - minutes{3}, 0}};
  replay.take(later);
  const auto runs = marks(kClosed - minutes{10}, kClosed + minutes{1});
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[1].from, kClosed - minutes{5});
  EXPECT_EQ(runs[1].marks, 0U);
  EXPECT_EQ(runs[2].from, kClosed - minutes{3});
  EXPECT_EQ(runs[2].marks, kMarks);
}

TEST_F(ReplayedEvidenceTest, CoverageBeginsWithTheFirstMinuteOfCounters) {
  replay.take(first);
  EXPECT_EQ(replay.covered_from(), std::nullopt);
  HistoryPass source;
  source.watermarks = {{"counters", kClosed + minutes{1}}};
  source.runs = {{evidence::source_subject("counters"), kClosed - minutes{7}, std::nullopt, 1}};
  replay.take(source);
  EXPECT_EQ(replay.covered_from(), kClosed - minutes{7});
}

}  // namespace
}  // namespace dz::history
