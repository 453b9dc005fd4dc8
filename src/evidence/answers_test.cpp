// Which minutes a pulled source answered late for: those that were over before it was back.
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

constexpr int kLag = 1;  // minutes

// A store of whose one device nothing has come since minute 0: what its silence is in the damped judgement shows which
// minutes were answered for late.
struct Asked {
  Evidence evidence;

  Asked() {
    EvidenceSettings settings;
    settings.pulled = 1U << static_cast<unsigned>(Source::Counters);
    settings.lag.fill(std::chrono::minutes{kLag});
    evidence.configure(settings);
    (void)evidence.add_counters(numbered_key(1), "Ethernet1", {day_time(0), 1, 1, {}, {}, {}}, day_time(1));
  }
  void answer(int from, int to, double at) {
    evidence.answered(Source::Counters, {day_minute(from), day_minute(to), day_time(0, at * 60)});
  }
  void follow(int from, int to) {
    for (int m = from; m < to; ++m) answer(m, m + 1, m + 1 + kLag);
  }
  // Of the last hour before the watermark.
  bool impairs(int m) const {
    const auto to = *evidence.state(Source::Counters).watermark;
    const auto tally = evidence.tally(evidence.find_device(numbered_key(1)), Signal::Reporting,
                                      {to - std::chrono::minutes{60}, to, 0, 15});
    return (tally.damped_bad >> ((to - day_minute(m)).count() - 1) & 1) != 0;
  }
};

// The naive rule. A source is away when none of its answers brought a new minute for longer than its lag and four
// minutes more. A minute is answered for late when the source was away at its end or since.
struct AnswerReference {
  struct Answer {
    int from, to, at;  // minutes
  };
  std::vector<Answer> answers;

  bool is_late(int m) const {
    int watermark = -1;
    bool was_away = false;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& answer = answers[i];
      if (answer.to > watermark) {
        int before = -1;  // the last answer that brought a new minute
        int known = -1;
        for (std::size_t j = 0; j < i; ++j) {
          if (answers[j].to > known) before = answers[j].at;
          known = std::max(known, answers[j].to);
        }
        const bool away = before < 0 || answer.at - before > kLag + 4;
        was_away = was_away || (away && m < answer.at);
      }
      if (m >= answer.from && m < answer.to) return was_away || m < watermark;
      watermark = std::max(watermark, answer.to);
    }
    return true;  // it never answered for it
  }
};

TEST(Answers, WhatAStoreAnswersAfterItWasAwayImpairsNobody) {
  Asked one;
  one.answer(-60, 20, 21);
  one.follow(20, 40);
  EXPECT_FALSE(one.impairs(20)) << "it had ended when the store first answered";
  EXPECT_TRUE(one.impairs(21) && one.impairs(39));
  one.answer(40, 60, 61.5);
  for (int m = 40; m < 60; ++m) EXPECT_FALSE(one.impairs(m)) << m;
  EXPECT_TRUE(one.impairs(39));
  EXPECT_EQ(one.evidence.minute(one.evidence.find_device(numbered_key(1)), Signal::Reporting, day_minute(50)),
            MinuteState::Bad)
      << "strictly it is";
  one.follow(60, 64);
  EXPECT_FALSE(one.impairs(60)) << "it had ended when the store came back";
  EXPECT_TRUE(one.impairs(61) && one.impairs(63)) << "a device that is dead is impaired by the minutes that end then";
}

TEST(Answers, InHoweverManySteps) {
  Asked one;
  one.answer(-60, 20, 21);
  one.follow(20, 40);
  for (int m = 40; m < 60; ++m) one.answer(m, m + 1, 61.5 + m * 0.01);
  for (int m = 40; m < 60; ++m) EXPECT_FALSE(one.impairs(m)) << m;
  one.follow(61, 64);
  EXPECT_TRUE(one.impairs(62));
}

TEST(Answers, SomewhatLateIsNoReasonToExcuse) {
  Asked one;
  one.answer(-60, 20, 21);
  one.follow(20, 40);        // the last one at 41
  one.answer(40, 45, 46);    // five minutes later: a request or two failed
  one.answer(45, 50, 51.9);  // in the minute that is five later
  one.answer(50, 55, 57);    // six
  for (int m = 40; m < 50; ++m) EXPECT_TRUE(one.impairs(m)) << m;
  for (int m = 50; m < 55; ++m) EXPECT_FALSE(one.impairs(m)) << m;
}

// Its rows come to the store a quarter of an hour late, always: that is no absence, else a device that is dead would
// never be impaired there.
TEST(Answers, AStoreThatIsAlwaysBehindIsNotAway) {
  Asked one;
  one.answer(-60, 20, 35);
  for (int m = 20; m < 60; ++m) one.answer(m, m + 1, m + 16);
  EXPECT_FALSE(one.impairs(34)) << "it had ended before the first answer";
  EXPECT_TRUE(one.impairs(35) && one.impairs(59));
}

// An answer under a clock that was a day ahead excuses nothing once the clock is right.
TEST(Answers, AClockThatWasAheadMakesNoMinuteLateForLong) {
  Asked one;
  one.answer(-60, 20, 21);
  one.answer(20, 21, 24 * 60);
  one.follow(21, 30);
  EXPECT_TRUE(one.impairs(25));
}

// The marks are those of the naive rule, for any stalls and steps, and after a restart anywhere.
TEST(AnswersProperty, AreAFunctionOfTheTimesOfAnswers) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    Asked one;
    AnswerReference naive;
    const auto answer = [&](int from, int to, int at) {
      one.answer(from, to, at + 0.01 * below(90));
      naive.answers.push_back({from, to, at});
    };
    answer(0, 1, 3);
    int now = 3;
    for (int watermark = 1; watermark < 60;) {
      now += below(5) == 0 ? below(14) : below(3);
      if (below(4) == 0) one.evidence = *restore_evidence(snapshot_of(one.evidence));
      for (int steps = 1 + below(3); steps > 0 && watermark < now - kLag; --steps) {
        const int to = std::min(now - kLag, watermark + 1 + below(8));
        answer(watermark + (below(6) == 0 ? below(to - watermark) : 0), to, now);  // some begin with a gap
        watermark = to;
      }
      if (below(5) == 0) answer(watermark - below(watermark), watermark, now);  // what was left out is found
    }
    const auto end = static_cast<int>((*one.evidence.state(Source::Counters).watermark - day_minute(0)).count());
    answer(0, end, now);
    for (int m = std::max(1, end - 60); m < end; ++m) ASSERT_EQ(one.impairs(m), !naive.is_late(m)) << m;
  }
}

}  // namespace
}  // namespace dz::evidence
