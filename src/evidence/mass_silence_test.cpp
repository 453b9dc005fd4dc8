#include "evidence/mass_silence.h"

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
  EXPECT_EQ(w_.interface(1, Signal::Data, 21), Unobserved);
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

}  // namespace
}  // namespace dz::evidence
