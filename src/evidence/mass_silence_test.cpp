#include "evidence/mass_silence.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using enum MinuteState;

// Devices 1..n report in every minute up to 20; then those in `silent` stop.
class MassSilenceTest : public testing::Test {
 protected:
  void report(int from_device, int to_device, int m) {
    for (int d = from_device; d <= to_device; ++d) w_.octets(d, m);
  }
  void run(int devices, int silent_from, int from, int to) {
    for (int m = from; m < to; ++m) {
      report(1, silent_from - 1, m);
      if (m < 20) report(silent_from, devices, m);
      w_.close(m + 1);
    }
  }
  bool suspected() const { return w_.evidence.state(Source::Counters).suspect_since.has_value(); }

  Watched w_;
};

TEST_F(MassSilenceTest, HalfOfTheFleetIsSuspectAndItsSilenceUnobserved) {
  run(4, 3, 0, 25);
  EXPECT_EQ(w_.evidence.state(Source::Counters).suspect_since, day_minute(20));
  EXPECT_EQ(w_.evidence.state(Source::Counters).suspect_devices, 4);
  EXPECT_EQ(w_.device(4, Signal::Reporting, 19), Good);
  EXPECT_EQ(w_.device(4, Signal::Reporting, 20), Unobserved);
  EXPECT_EQ(w_.interface(4, Signal::Data, 24), Unobserved);
  EXPECT_EQ(w_.interface(4, Signal::Utilization, 24), Unobserved);
  EXPECT_EQ(w_.device(1, Signal::Reporting, 24), Good);
}

TEST_F(MassSilenceTest, LessThanHalfIsTheDevicesOwnSilence) {
  run(5, 4, 0, 25);
  EXPECT_FALSE(suspected());
  EXPECT_EQ(w_.device(5, Signal::Reporting, 20), Bad);
}

TEST_F(MassSilenceTest, WithFewerThanFourAllMustBeSilent) {
  run(3, 2, 0, 25);
  EXPECT_FALSE(suspected());
  EXPECT_EQ(w_.device(3, Signal::Reporting, 20), Bad);
}

TEST_F(MassSilenceTest, TwoSilentOfTwoAreSuspect) {
  run(2, 1, 0, 25);
  EXPECT_TRUE(suspected());
}

TEST_F(MassSilenceTest, OneDeviceAloneIsNeverSuspect) {
  run(1, 1, 0, 25);
  EXPECT_FALSE(suspected());
  EXPECT_EQ(w_.device(1, Signal::Reporting, 24), Bad);
}

TEST_F(MassSilenceTest, TheFrozenSetIsExcusedHoweverLongUntilMoreThanHalfSends) {
  run(4, 1, 0, 200);
  EXPECT_EQ(w_.device(1, Signal::Reporting, 199), Unobserved);
  for (int m = 200; m < 205; ++m) {
    report(1, 2, m);  // half is not more than half
    w_.close(m + 1);
  }
  EXPECT_TRUE(suspected());
  EXPECT_EQ(w_.device(4, Signal::Reporting, 204), Unobserved);
  report(1, 3, 205);
  w_.close(206);
  EXPECT_FALSE(suspected());
  EXPECT_EQ(w_.device(4, Signal::Reporting, 204), Unobserved);
  EXPECT_EQ(w_.device(4, Signal::Reporting, 205), Bad);
}

TEST_F(MassSilenceTest, OnlyDevicesOfTheTenMinutesBeforeCount) {
  for (int m = 0; m < 10; ++m) {
    report(1, 4, m);
    w_.close(m + 1);
  }
  for (int m = 10; m < 20; ++m) {  // 3 and 4 silent: half, suspect, and frozen at minute 10
    report(1, 2, m);
    w_.close(m + 1);
  }
  EXPECT_EQ(w_.evidence.state(Source::Counters).suspect_since, day_minute(10));

  Watched later;  // 3 and 4 last sent 11 minutes before the two others stop: of 2, all are silent
  for (int m = 0; m < 30; ++m) {
    for (int d = 1; d <= 5; ++d) {
      if ((d < 4 && m < 25) || (d >= 4 && m < 14)) later.octets(d, m);
    }
    later.close(m + 1);
  }
  EXPECT_EQ(later.device(5, Signal::Reporting, 24), Bad);
  EXPECT_EQ(later.evidence.state(Source::Counters).suspect_since, day_minute(25));
  EXPECT_EQ(later.evidence.state(Source::Counters).suspect_devices, 3);
  EXPECT_EQ(later.device(5, Signal::Reporting, 25), Bad);  // not of the frozen set
}

TEST_F(MassSilenceTest, ErrorRowsStillCount) {
  for (int m = 0; m < 20; ++m) {
    report(1, 2, m);
    if (m == 0) w_.errors(1, day_time(0, 1), 1);
    w_.close(m + 1);
  }
  w_.close(22);
  EXPECT_EQ(w_.interface(1, Signal::Errors, 21), Unobserved);
  w_.errors(1, day_time(21, 1), 2);  // late, and it makes the minute bad
  w_.close(23);
  EXPECT_EQ(w_.interface(1, Signal::Errors, 21), Bad);
  EXPECT_EQ(w_.interface(1, Signal::Data, 21), Bad);  // somebody heard of the device, and nobody of its port
}

TEST_F(MassSilenceTest, SourcesAreJudgedApart) {
  for (int m = 0; m < 25; ++m) {
    report(1, 4, m);
    for (int d = 1; d <= 4 && m < 20; ++d)
      (void)w_.evidence.add_getconfig(numbered_key(d), day_time(m, 3), 1, w_.now());
    w_.close(m + 1);
  }
  EXPECT_FALSE(suspected());
  EXPECT_EQ(w_.evidence.state(Source::ConfigAgent).suspect_since, day_minute(20));
  EXPECT_EQ(w_.device(1, Signal::ConfigAgent, 20), Unobserved);
}

TEST_F(MassSilenceTest, MinutesNotAcceptedAreNotJudged) {
  run(4, 5, 0, 20);
  w_.evidence.advance(day_time(30, 30));  // the endpoint was away for 10 minutes
  w_.evidence.accepting(day_time(30), day_time(40));
  w_.closed = 32;
  for (int m = 30; m < 32; ++m) report(1, 3, m);
  w_.evidence.advance(day_time(32, 30));
  EXPECT_FALSE(suspected());
  EXPECT_EQ(w_.device(1, Signal::Reporting, 25), Unobserved);
  EXPECT_EQ(w_.device(4, Signal::Reporting, 31), Bad);
}

// A monitor was down for longer than 10 minutes, and its source stopped meanwhile: nobody was heard in the minutes
// before, and that is no reason to take everybody's silence for their own.
TEST_F(MassSilenceTest, ASourceThatStoppedWhileTheMonitorWasDownIsSuspect) {
  run(4, 5, 0, 20);
  w_.evidence.advance(day_time(40, 30));
  w_.evidence.accepting(day_time(40), day_time(45));
  w_.evidence.advance(day_time(45, 30));
  EXPECT_EQ(w_.evidence.state(Source::Counters).suspect_since, day_minute(40));
  EXPECT_EQ(w_.device(1, Signal::Reporting, 41), Unobserved);
  EXPECT_EQ(w_.interface(1, Signal::Data, 44), Unobserved);
}

// Rows come up to an hour late, or never; the endpoint is away now and then. After every minute the answers are those
// of a plain walk over who is known to have sent, and what was excused once is never bad in the damped judgement.
class LateReports {
 public:
  explicit LateReports(unsigned seed)
      : random_(seed), devices_(2 + below(6)), sent_(static_cast<std::size_t>(devices_)) {}

  void run() {
    for (int m = 0; m < kLength; ++m) {
      if (away_until_ <= m && chance(2)) away_until_ = m + 1 + below(15);
      if (away_until_ > m) accepted_from_ = away_until_;
      plan(m);
      deliver(m);
      close(m + 1);
      compare(m + 1);
      if (testing::Test::HasFailure()) return;
    }
  }

 private:
  static constexpr int kLength = 240;
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(int percent) { return below(100) < percent; }

  // What the devices send in the minute, and when it comes.
  void plan(int m) {
    if (chance(6)) half_until_ = m + 1 + below(25);
    for (int d = 0; d < devices_; ++d) {
      const bool held = half_until_ > m && (d % 2 == 0 || chance(30));
      if (chance(held ? 40 : 3)) continue;  // lost
      coming_.emplace(m + (held || chance(5) ? below(60) : 0), std::pair(d, m));
    }
  }
  void deliver(int m) {
    for (auto it = coming_.begin(); it != coming_.end() && it->first <= m; it = coming_.erase(it)) {
      if (away_until_ > m) continue;  // lost as well
      const auto [device, minute] = it->second;
      w_.octets(device + 1, minute);
      sent_[static_cast<std::size_t>(device)].insert(minute);
    }
  }
  void close(int m) {
    w_.closed = m;
    if (away_until_ < m) {
      w_.evidence.accepting(day_time(accepted_from_), w_.now());
      for (int covered = accepted_from_; covered < m; ++covered) covered_.insert(covered);
    }
    w_.evidence.advance(w_.now());
  }

  bool sent(int device, int m) const { return sent_[static_cast<std::size_t>(device)].contains(m); }
  bool active(int device, int m) const {
    auto it = covered_.lower_bound(m);
    for (int count = 0; count < 10 && it != covered_.begin(); ++count) --it;
    const int from = it == covered_.end() ? m : *it;
    for (int before = from; before < m; ++before) {
      if (sent(device, before)) return true;
    }
    return false;
  }
  // Whose silence is excused in the minute; frozen: the set that was frozen before it, and then is.
  std::set<int> excused_in(int m, std::set<int>& frozen) const {
    if (!covered_.contains(m)) return {};
    const auto silent_of = [&](const std::set<int>& all) {
      std::set<int> silent;
      std::copy_if(all.begin(), all.end(), std::inserter(silent, silent.end()), [&](int d) { return !sent(d, m); });
      return silent;
    };
    if (!frozen.empty()) {
      if (2 * silent_of(frozen).size() < frozen.size()) frozen.clear();
      return silent_of(frozen);
    }
    std::set<int> candidates;
    for (int d = 0; d < devices_; ++d) {
      if (active(d, m)) candidates.insert(d);
    }
    const auto silent = silent_of(candidates).size(), all = candidates.size();
    if (silent >= 2 && (all < 4 ? silent == all : 2 * silent >= all)) frozen = candidates;
    return silent_of(frozen);
  }
  std::set<std::pair<int, int>> excused(int closed) const {  // device, minute
    std::set<std::pair<int, int>> excused;
    std::set<int> frozen;
    for (int m = 0; m < closed; ++m) {
      for (const int d : excused_in(m, frozen)) excused.emplace(d, m);
    }
    return excused;
  }

  void compare(int closed) {
    const auto now_excused = excused(closed);
    once_excused_.insert(now_excused.begin(), now_excused.end());
    for (; closed_ < closed; ++closed_) {
      for (const int d : excused_in(closed_, frozen_as_closed_)) once_excused_.emplace(d, closed_);
    }
    for (int d = 0; d < devices_; ++d) {
      for (int m = 0; m < closed; ++m) {
        if (w_.evidence.find_device(numbered_key(d + 1)).index == kNoSubject) continue;
        const bool unobserved = !covered_.contains(m) || now_excused.contains({d, m});
        ASSERT_EQ(w_.device(d + 1, Signal::Reporting, m), sent(d, m)   ? Good
                                                          : unobserved ? Unobserved
                                                                       : Bad)
            << "device " << d + 1 << " minute " << m << " closed " << closed;
      }
      const auto tally = w_.evidence.tally(w_.evidence.find_device(numbered_key(d + 1)), Signal::Reporting,
                                           {day_minute(std::max(0, closed - 60)), day_minute(closed), 0, 15});
      for (int i = 0; i < std::min(60, closed); ++i) {
        if (once_excused_.contains({d, closed - 1 - i})) ASSERT_EQ(tally.damped_bad >> i & 1, 0U);
      }
    }
  }

  std::mt19937 random_;
  int devices_;
  Watched w_;
  std::vector<std::set<int>> sent_;
  std::multimap<int, std::pair<int, int>> coming_;  // by the minute in which they come: device, minute
  std::set<int> covered_;
  std::set<std::pair<int, int>> once_excused_;
  std::set<int> frozen_as_closed_;
  int closed_ = 0;
  int half_until_ = 0, away_until_ = 0, accepted_from_ = 0;
};

TEST(MassSilenceProperty, IsAFunctionOfWhoIsKnownToHaveSentHoweverLate) {
  for (unsigned seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    LateReports(seed).run();
    if (testing::Test::HasFailure()) return;
  }
}

// Everybody was silent, and then their rows come in one after the other, each from where it stopped. The silence of the
// minutes that close meanwhile is in the damped judgement what it was before: of all, not of each.
TEST_F(MassSilenceTest, WhoIsNotThroughYetIsNotImpairedByTheMinutesThatCloseMeanwhile) {
  run(3, 1, 0, 60);
  const std::array<int, 3> through{50, 30, 40};
  for (int late = 0; late < 10; ++late) {
    for (int d = 1; d <= 3; ++d) {
      const int reached = through.at(static_cast<std::size_t>(d - 1));
      for (int m = 20; m < 60; ++m) {
        if (m < reached && m % 10 == late) report(d, d, m);
      }
    }
    w_.close(61 + late);
  }
  EXPECT_EQ(w_.device(1, Signal::Reporting, 49), Good);
  for (int d = 1; d <= 3; ++d) {
    EXPECT_EQ(w_.device(d, Signal::Reporting, 69), Bad) << d;  // strictly it is theirs: they fell silent at times apart
    EXPECT_EQ(w_.tally(d, Signal::Data, {10, 70}).damped_bad, 0U) << d;
  }
  for (int m = 70; m < 73; ++m) {
    report(1, 2, m);
    w_.close(m + 1);
  }
  EXPECT_EQ(w_.tally(3, Signal::Data, {13, 73}).damped_bad, 0b111U);  // most send again, and it does not
}

// From its start on nothing came to a monitor, and then one device's rows are the first to come. What was nobody's
// silence as the minutes closed is not that of the others now; from the next minute on it is.
TEST_F(MassSilenceTest, WhoIsHeardFirstAndLateDoesNotMakeTheOthersSilent) {
  w_.close(30);
  for (int m = 0; m < 30; ++m) report(1, 1, m);
  report(1, 1, 30);
  w_.close(31);
  EXPECT_EQ(w_.device(2, Signal::Reporting, 20), Bad);
  EXPECT_EQ(w_.tally(2, Signal::Data, {0, 31}).bad, 31);
  EXPECT_EQ(w_.tally(2, Signal::Data, {0, 31}).damped_bad, 0b1U);
}

// It began before anything that the rings still know: the set that was frozen then stands, also when it is judged
// again.
TEST_F(MassSilenceTest, ALateRowDoesNotEndASilenceThatIsLongerThanTheRings) {
  constexpr int kNow = 34 * 60;
  run(4, 1, 0, kNow);
  report(1, 1, kNow - 5);
  w_.close(kNow + 1);
  EXPECT_EQ(w_.evidence.state(Source::Counters).suspect_since, day_minute(20));
  EXPECT_EQ(w_.device(1, Signal::Reporting, kNow - 5), Good);
  EXPECT_EQ(w_.device(2, Signal::Reporting, kNow - 5), Unobserved);
  EXPECT_EQ(w_.device(2, Signal::Reporting, kNow), Unobserved);
}

// A store answers for minutes only after they had closed, and has nobody's rows of them: as when it had answered in
// time.
TEST_F(MassSilenceTest, MinutesThatAreCoveredLateAreJudgedAsAny) {
  w_.evidence.configure({.pulled = 1U << static_cast<unsigned>(Source::Counters)});
  for (int m = 0; m < 20; ++m) {
    w_.closed = m;
    report(1, 4, m);
  }
  w_.evidence.answered(Source::Counters, {day_minute(0), day_minute(20), day_time(21)});
  w_.evidence.answered(Source::Counters, {day_minute(25), day_minute(26), day_time(27)});
  EXPECT_EQ(w_.device(4, Signal::Reporting, 22), Unobserved);
  w_.evidence.answered(Source::Counters, {day_minute(20), day_minute(25), day_time(28)});
  EXPECT_EQ(w_.device(4, Signal::Reporting, 22), Unobserved);
  EXPECT_EQ(w_.evidence.state(Source::Counters).suspect_since, day_minute(20));
}

// The rows of a store that was away come in one after the other. Whoever is last is not silent for it in the damped
// judgement, and is in the strict one only until they are there.
TEST_F(MassSilenceTest, AnExcuseEndsWhenTheOthersWereOnlyLate) {
  run(4, 5, 0, 20);
  w_.close(30);
  EXPECT_EQ(w_.device(4, Signal::Reporting, 25), Unobserved);
  for (int m = 20; m < 30; ++m) report(1, 3, m);
  w_.close(31);
  EXPECT_EQ(w_.device(4, Signal::Reporting, 25), Bad);
  const auto tally = w_.tally(4, Signal::Data, {0, 30});
  EXPECT_EQ(tally.bad, 10);
  EXPECT_EQ(tally.damped_bad, 0U);
  for (int m = 20; m < 30; ++m) report(4, 4, m);
  w_.close(32);
  EXPECT_EQ(w_.device(4, Signal::Reporting, 25), Good);
  EXPECT_EQ(w_.tally(4, Signal::Data, {0, 30}).bad, 0);
}

}  // namespace
}  // namespace dz::evidence
