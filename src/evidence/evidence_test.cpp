#include "evidence/evidence.h"

#include <malloc.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "evidence/readings.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;
using enum MinuteState;

TEST(Evidence, ADayOfRowsIsADayOfGoodMinutes) {
  Watched w;
  for (int m = 0; m < 1441; ++m) {
    w.octets(1, m);
    w.close(m + 1);
  }
  for (const auto signal : {Signal::Data, Signal::Errors, Signal::Utilization}) {
    const auto tally = w.tally(1, signal, {1, 1441});
    EXPECT_EQ(tally.good, 1440) << to_text(signal);
    EXPECT_EQ(tally.earliest_from, day_minute(1));
    EXPECT_TRUE(tally.first_minute_observed);
    EXPECT_EQ(tally.damped_bad, 0U);
    EXPECT_FALSE(tally.first_bad || tally.first_unobserved);
  }
}

TEST(Evidence, AMinuteClosesLatenessAfterItsEnd) {
  Watched w;
  w.evidence.accepting(day_time(0), day_time(2));
  w.evidence.advance(day_time(1, 29.999999));
  EXPECT_EQ(w.evidence.state(Source::Counters).watermark, day_minute(0));
  w.evidence.advance(day_time(1, 30));
  EXPECT_EQ(w.evidence.state(Source::Counters).watermark, day_minute(1));
  w.evidence.advance(day_time(0));  // a clock set back moves nothing
  EXPECT_EQ(w.evidence.state(Source::Counters).watermark, day_minute(1));
}

TEST(Evidence, WithoutAnAnswerThereIsNoWatermark) { EXPECT_FALSE(Evidence().state(Source::Counters).watermark); }

TEST(Evidence, SilenceWhileAcceptingIsBadAndWhileNotIsUnobserved) {
  Watched w;
  w.octets(1, 0);
  // Accepting until 2:30 and again from 3:00; minute 2 was not accepted from start to end, nor was 4 to its end.
  w.evidence.accepting(day_time(0), day_time(1));
  w.evidence.accepting(day_time(0), day_time(2, 30));
  w.evidence.accepting(day_time(3), day_time(4, 59.999999));
  w.evidence.advance(day_time(5, 30));
  EXPECT_EQ(w.interface(1, Signal::Data, 0), Good);
  EXPECT_EQ(w.interface(1, Signal::Data, 1), Bad);
  EXPECT_EQ(w.interface(1, Signal::Data, 2), Unobserved);
  EXPECT_EQ(w.interface(1, Signal::Data, 3), Bad);
  EXPECT_EQ(w.interface(1, Signal::Data, 4), Unobserved);
  EXPECT_EQ(w.device(1, Signal::Reporting, 1), Bad);
  EXPECT_EQ(w.device(1, Signal::ConfigAgent, 1), Bad);
  EXPECT_EQ(w.device(1, Signal::ConfigAgent, 2), Unobserved);
}

TEST(Evidence, SilenceBeforeAnybodySentIsNothingWhenDamped) {
  Watched w;
  w.close(20);
  w.octets(2, 20);  // of another device
  w.close(22);
  const auto tally = w.tally(1, Signal::Data, {0, 22});
  EXPECT_EQ(tally.bad, 22);
  EXPECT_EQ(tally.damped_bad, 3U);
}

TEST(Evidence, RowsFillAMinuteThatWasNotAcceptedAtAnyAgeWithinTheRing) {
  Watched w;
  w.evidence.accepting(day_time(1910), day_time(1920, 30));
  w.evidence.advance(day_time(1920, 30));
  w.closed = 1920;
  w.octets(1, 1);
  EXPECT_EQ(w.evidence.add_counters(numbered_key(1), "Ethernet1", {day_time(0, 29), 1, 1, {}, {}, {}}, w.now()).value(),
            RowOutcome::TooOld);
  EXPECT_EQ(w.evidence.add_counters(numbered_key(1), "Ethernet1", {day_time(0, 30), 1, 1, {}, {}, {}}, w.now()).value(),
            RowOutcome::Taken);
  w.close(1920);
  EXPECT_EQ(w.interface(1, Signal::Data, 0), Good);
  EXPECT_EQ(w.interface(1, Signal::Data, 1), Good);
  EXPECT_EQ(w.interface(1, Signal::Utilization, 1), Good);
}

TEST(Evidence, RowsAheadOfTheClockAreRefused) {
  Evidence evidence;
  const CounterRow row{day_time(2), 1, 1, {}, {}, {}};
  EXPECT_EQ(evidence.add_counters(numbered_key(1), "Ethernet1", row, day_time(0)).value(), RowOutcome::Taken);
  EXPECT_EQ(evidence.add_counters(numbered_key(1), "Ethernet1", row, day_time(0) - Duration{1}).value(),
            RowOutcome::TooFarAhead);
}

TEST(Evidence, ALateRowMakesASilentMinuteGoodAndAnyMinuteBad) {
  Watched w;
  for (const int m : {0, 2}) w.octets(1, m);
  w.errors(1, day_time(0, 1), 5);
  w.close(3);
  EXPECT_EQ(w.interface(1, Signal::Data, 1), Bad);
  EXPECT_EQ(w.interface(1, Signal::Errors, 1), Unobserved);
  const auto before = w.tally(1, Signal::Data, {0, 3});
  EXPECT_EQ(before.bad, 1);

  w.octets(1, 1);
  w.errors(1, day_time(2, 50), 6);
  w.close(3);
  EXPECT_EQ(w.interface(1, Signal::Data, 1), Good);
  EXPECT_EQ(w.interface(1, Signal::Errors, 2), Bad);
  EXPECT_EQ(w.tally(1, Signal::Data, {0, 3}).bad, 0);
  const auto tally = w.tally(1, Signal::Errors, {0, 3});
  EXPECT_EQ(tally.bad, 1);
  EXPECT_EQ(tally.first_bad, (Offence{day_minute(2), kInErrors}));
  EXPECT_EQ(tally.earliest_from, day_minute(3));
  EXPECT_EQ(tally.damped_bad, 1U);
}

TEST(Evidence, ErrorRowsCountInSilentMinutes) {
  Watched w;
  w.octets(1, 0);
  w.errors(1, day_time(0, 1), 5);
  w.errors(1, day_time(1, 1), 6);
  w.close(2);
  EXPECT_EQ(w.interface(1, Signal::Data, 1), Bad);
  EXPECT_EQ(w.interface(1, Signal::Errors, 1), Bad);
}

TEST(Evidence, AFirstValueIsBadWhenStrictAndABaselineWhenDamped) {
  Watched w;
  w.octets(1, 0);
  w.octets(1, 1);
  w.errors(1, day_time(1, 50), 9);
  w.close(2);
  const auto tally = w.tally(1, Signal::Errors, {0, 2});
  EXPECT_EQ(tally.bad, 1);
  EXPECT_EQ(tally.damped_bad, 0U);
}

TEST(Evidence, UtilizationNamesTheSideThatStoodStill) {
  Watched w;
  w.octets(1, 0);
  const auto key = numbered_key(1);
  (void)w.evidence.add_counters(key, "Ethernet1", {day_time(1, 1), 900'000, 1, {}, {}, {}}, w.now());
  (void)w.evidence.add_counters(key, "Ethernet1", {day_time(1, 2), 900'001, 1, {}, {}, {}}, w.now());
  w.close(3);
  const auto tally = w.tally(1, Signal::Utilization, {0, 3});
  EXPECT_EQ(tally.first_bad, (Offence{day_minute(1), kOutOctets}));
  EXPECT_EQ(tally.last_bad, (Offence{day_minute(2), 0}));  // silent
}

TEST(Evidence, SpellingsOfOneInterfaceMeet) {
  Watched w;
  w.octets(1, 0, "Port-Channel1000");
  w.close(1);
  EXPECT_EQ(w.interface(1, Signal::Data, 0, "Port-channel1000"), Good);
}

TEST(Evidence, ASubInterfaceFallsBackToItsParentAndSaysSo) {
  Watched w;
  w.octets(1, 0, "Switch1/1/1");
  w.close(1);
  auto ref = w.evidence.find_interface(numbered_key(1), "Switch1/1/1.1004");
  EXPECT_TRUE(ref.parent_port);
  const auto tally = w.evidence.tally(ref, Signal::Data, {day_minute(0), day_minute(1)});
  EXPECT_TRUE(tally.parent_port);
  EXPECT_EQ(tally.good, 1);

  const auto revision = w.evidence.subjects_revision();
  w.octets(1, 1, "Switch1/1/1.1004");
  w.close(2);
  EXPECT_NE(w.evidence.subjects_revision(), revision);
  ref = w.evidence.find_interface(numbered_key(1), "Switch1/1/1.1004");
  EXPECT_FALSE(ref.parent_port);
  EXPECT_EQ(w.evidence.minute(ref, Signal::Data, day_minute(0)), Bad);
}

TEST(Evidence, AnUnknownSubjectIsSilentWhereTheSourceAnswered) {
  Watched w;
  w.evidence.accepting(day_time(5), day_time(10, 30));
  w.evidence.advance(day_time(10, 30));
  const auto tally = w.tally(7, Signal::Data, {0, 10});
  EXPECT_EQ(tally.bad, 5);
  EXPECT_EQ(tally.unobserved, 5);
  EXPECT_FALSE(tally.first_minute_observed);
  EXPECT_EQ(w.tally(7, Signal::Errors, {0, 10}).unobserved, 10);
  EXPECT_EQ(w.tally(7, Signal::Utilization, {0, 10}).bad, 5);
  const auto device = w.evidence.tally(DeviceRef{}, Signal::ConfigAgent, {day_minute(0), day_minute(10)});
  EXPECT_EQ(device.bad, 5);
}

TEST(Evidence, AFloodOfRowsForOpenMinutesIsRefused) {
  Evidence evidence;
  RowOutcome outcome = RowOutcome::Taken;
  for (int i = 0; i < 5000; ++i) {
    outcome =
        evidence.add_counters(numbered_key(1), "Ethernet1", {day_time(0, i * 0.01), 1, 1, {}, {}, {}}, day_time(0, 50))
            .value();
  }
  EXPECT_EQ(outcome, RowOutcome::TooMany);
}

TEST(Evidence, CarrierRowsAreReportsButNoData) {
  Watched w;
  (void)w.evidence.add_counters(numbered_key(1), "Ethernet1", {day_time(0, 1), {}, {}, {}, {}, {}}, w.now());
  w.close(1);
  EXPECT_EQ(w.device(1, Signal::Reporting, 0), Good);
  EXPECT_EQ(w.interface(1, Signal::Data, 0), Bad);
}

TEST(Evidence, AGetconfigSuccessMakesAMinuteGood) {
  Watched w;
  (void)w.evidence.add_getconfig(numbered_key(1), day_time(0, 59.999999), 1, w.now());
  (void)w.evidence.add_getconfig(numbered_key(1), day_time(1), 0, w.now());
  w.close(3);
  EXPECT_EQ(w.device(1, Signal::ConfigAgent, 0), Good);
  EXPECT_EQ(w.device(1, Signal::ConfigAgent, 1), Bad);
}

TEST(Evidence, QaResultsAreOneATimestampAndAnySuccessCounts) {
  Watched w;
  const auto at = day_time(3);
  (void)w.evidence.add_qa_result(numbered_key(1), at, false, day_time(5));
  (void)w.evidence.add_qa_result(numbered_key(1), at, true, day_time(5));
  (void)w.evidence.add_qa_result(numbered_key(1), at, false, day_time(5));
  (void)w.evidence.add_qa_result(numbered_key(2), day_time(4), false, day_time(5));
  (void)w.evidence.add_qa_run(day_time(2), day_time(5));
  const auto qa = w.evidence.qa(numbered_key(1), day_minute(2), day_minute(4));
  EXPECT_EQ(qa.results, (std::vector<QaResult>{{at, true}}));
  EXPECT_EQ(qa.fleet_runs, (std::vector<Timestamp>{day_time(2), at}));
  EXPECT_EQ(w.evidence.qa(numbered_key(2), day_minute(0), day_minute(5)).fleet_runs.size(), 3U);
}

TEST(Evidence, APulledSourceIsCompleteForWhatItAnswered) {
  EvidenceSettings settings;
  settings.pulled = 1U << static_cast<int>(Source::Counters);
  Evidence evidence(settings);
  const auto now = day_time(100);
  for (int m = 0; m < 5; ++m) {
    (void)evidence.add_counters(numbered_key(1), "Ethernet1", {day_time(m), 1, 1, {}, {}, {}}, now);
  }
  evidence.advance(now);
  EXPECT_FALSE(evidence.state(Source::Counters).watermark);
  evidence.answered(Source::Counters, {day_minute(2), day_minute(8), now});
  EXPECT_EQ(evidence.state(Source::Counters).watermark, day_minute(8));
  const auto tally = evidence.tally(evidence.find_interface(numbered_key(1), "Ethernet1"), Signal::Data,
                                    {day_minute(0), day_minute(8), 0, 15});
  EXPECT_EQ(tally.good, 5);
  EXPECT_EQ(tally.bad, 3);
}

TEST(Evidence, EarliestTimeSkipsWhatTheAllowanceDoesNotCover) {
  Watched w;
  for (int m = 0; m < 100; ++m) {
    if (m != 10 && m != 20) w.octets(1, m);
  }
  w.close(100);
  EXPECT_EQ(w.tally(1, Signal::Data, {0, 100, 0}).earliest_from, day_minute(21));
  EXPECT_EQ(w.tally(1, Signal::Data, {0, 100, 1}).earliest_from, day_minute(11));
  EXPECT_EQ(w.tally(1, Signal::Data, {0, 100, 2}).earliest_from, day_minute(0));
  // Errors are unobserved in both: one allowed, and the window must begin with an observed minute.
  EXPECT_EQ(w.tally(1, Signal::Errors, {0, 100, 0, 1}).earliest_from, day_minute(11));
  EXPECT_EQ(w.tally(1, Signal::Errors, {10, 100, 0, 2}).earliest_from, day_minute(11));
}

TEST(Evidence, NewSettingsHoldFromNowOn) {
  Watched w;
  w.close(5);
  auto settings = w.evidence.settings();
  settings.lateness = 90s;
  w.evidence.configure(settings);
  w.evidence.advance(day_time(6, 30));
  EXPECT_EQ(w.evidence.state(Source::Counters).watermark, day_minute(5));
  w.evidence.advance(day_time(7, 30));
  EXPECT_EQ(w.evidence.state(Source::Counters).watermark, day_minute(6));
}

// The readings of closed minutes lie on the disk.
class NowhereShelf final : public ReadingShelf {
 public:
  Bytes get(const Place&) override { return {}; }
  void put(const Place&, Bytes) override {}
  void forget_before(std::int32_t) override {}
};

std::size_t bytes_in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// 2304 link ends on 256 devices. A row every 20 s, an error counter that is sent once, samples every minute.
struct Fleet {
  static constexpr int kEnds = 2304, kDevices = 256;
  Watched w;
  NowhereShelf shelf;
  std::vector<InterfaceRef> ports;

  Fleet() {
    w.evidence.keep_readings_on(shelf);
    for (int end = 0; end < kEnds; ++end) {
      ports.push_back(w.evidence.interface_for_rows(numbered_key(end % kDevices), name_of(end), day_time(0)).value());
    }
  }
  static std::string name_of(int end) { return "Ethernet" + std::to_string(end / kDevices + 1) + "/1"; }
  static SampleRead read_of(int end, int m) {
    SampleRead read;
    read.account = numbered_key(20'000 + end);
    read.samples.link = numbered_key(10'000 + end);
    read.samples.origin_device = numbered_key(end % kDevices);
    read.samples.sampling_interval_us = 60'000'000;
    read.samples.start_timestamp_us = static_cast<std::uint64_t>(day_time(0).time_since_epoch().count());
    read.samples.rtt_us.assign(1, 1500);
    read.first_index = static_cast<std::uint32_t>(m);
    return read;
  }
  void live(int m) {
    std::vector<SampleRead> reads;
    for (int end = 0; end < kEnds; ++end) {
      for (const int second : {10, 30, 50}) {
        const auto value = static_cast<std::uint64_t>(m * 60 + second) * 1'000'000;
        (void)w.evidence.add_counters(ports[static_cast<std::size_t>(end)],
                                      {day_time(m, second), value, value, {}, {}, {}}, day_time(m, second));
      }
      if (m == 0) w.errors(end % kDevices, day_time(0, 55), 0, name_of(end));
      reads.push_back(read_of(end, m));
    }
    w.evidence.observe_samples(day_time(m + 1), reads);
    w.close(m + 1);
  }
  void expect_all_good(int minutes) const {
    for (const auto& port : ports) {
      const auto tally = w.evidence.tally(port, Signal::Utilization, {day_minute(1), day_minute(minutes), 0, 15});
      ASSERT_EQ(tally.good, minutes - 1);
    }
  }
};

// Once nothing grows any more: the rings are whole from the first, and readings go to the shelf together, every 16
// minutes.
struct LinkEndBytes {
  std::size_t mean = 0, most = 0;
};
LinkEndBytes bytes_of_a_link_end() {
  constexpr int kMinutes = 100;
  const auto before = bytes_in_use();
  Fleet fleet;
  std::size_t most = 0, sum = 0;
  for (int m = 0; m < kMinutes; ++m) {
    fleet.live(m);
    if (m + kShelfMinutes < kMinutes) continue;
    fleet.expect_all_good(m + 1);
    const auto bytes = (bytes_in_use() - before) / Fleet::kEnds;
    most = std::max(most, bytes);
    sum += bytes;
  }
  return {sum / kShelfMinutes, most};
}

// Whatever is kept of it, its part of the device, of all lists and indexes and of the allocator included
// (docs/formats/evidence.md).
TEST(Evidence, ALinkEndTakesThreeKilobytes) {
  const auto bytes = bytes_of_a_link_end();
  EXPECT_LE(bytes.mean, 3072U);
  EXPECT_LE(bytes.most, 3184U);  // before readings go to the shelf
}

// Errors have a place for as long as one is in the ring, and each interface its own.
TEST(Evidence, ErrorPlanesComeAndGo) {
  PortMinutes minutes;
  minutes.resize(3);
  minutes.set(1, kInErrorsRose, 1000);
  minutes.set(2, kStrictOnly, 1001);
  minutes.set(0, kData, 1002);
  EXPECT_TRUE(minutes.test(1, kInErrorsRose, 1000));
  EXPECT_FALSE(minutes.test(1, kStrictOnly, 1001));
  EXPECT_FALSE(minutes.test(0, kInErrorsRose, 1000));
  minutes.clear(0, kOutErrorsRose, 1000);
  minutes.erase(1);
  EXPECT_FALSE(minutes.test(1, kInErrorsRose, 1000));
  minutes.set(0, kInFcsErrorsRose, 1003);  // in the place that was given up
  EXPECT_TRUE(minutes.test(0, kInFcsErrorsRose, 1003));
  EXPECT_FALSE(minutes.test(0, kInErrorsRose, 1000));
  EXPECT_TRUE(minutes.test(2, kStrictOnly, 1001));

  minutes.set(1, kData, 1001 + (kRingWords + 1) * 64);  // everything else has left the ring
  EXPECT_FALSE(minutes.test(0, kInFcsErrorsRose, 1003));
  EXPECT_FALSE(minutes.test(2, kStrictOnly, 1001));
  minutes.set(2, kInErrorsRose, 1002 + (kRingWords + 1) * 64);
  EXPECT_FALSE(minutes.test(0, kInErrorsRose, 1002 + (kRingWords + 1) * 64));
  EXPECT_TRUE(minutes.test(2, kInErrorsRose, 1002 + (kRingWords + 1) * 64));
  minutes.erase_from(1002 + (kRingWords + 1) * 64);
  EXPECT_FALSE(minutes.test(2, kInErrorsRose, 1002 + (kRingWords + 1) * 64));
  EXPECT_TRUE(minutes.test(1, kData, 1001 + (kRingWords + 1) * 64));
}

// A caller that remembers an all-good window may rely on these two until either says otherwise.
TEST(Evidence, AllGoodAgreesWithTheThreeSignalsMinuteByMinute) {
  Watched w;
  for (const int m : {0, 1, 2, 4, 5, 6}) w.octets(1, m);
  w.errors(1, day_time(5, 10), 7);
  w.close(7);
  const auto ref = w.evidence.find_interface(numbered_key(1), "Ethernet1");
  for (int m = 0; m < 7; ++m) {
    bool good = true;
    for (const auto signal : {Signal::Data, Signal::Errors, Signal::Utilization}) {
      good = good && w.interface(1, signal, m) == Good;
    }
    EXPECT_EQ(w.evidence.all_good(ref, day_minute(m), day_minute(m + 1)), good) << m;
  }
  EXPECT_TRUE(w.evidence.all_good(ref, day_minute(1), day_minute(3)));
  EXPECT_FALSE(w.evidence.all_good(ref, day_minute(1), day_minute(4)));
  EXPECT_TRUE(w.evidence.all_good(ref, day_minute(3), day_minute(3))) << "no minute, no fault";
  EXPECT_FALSE(w.evidence.all_good(InterfaceRef{}, day_minute(1), day_minute(2)));
}

TEST(Evidence, RewritesCountChangesOfClosedMinutesOnly) {
  Watched w;
  w.errors(1, day_time(0, 1), 5);
  for (int m = 0; m < 3; ++m) {
    w.octets(1, m);
    w.close(m + 1);
  }
  const auto ref = w.evidence.find_interface(numbered_key(1), "Ethernet1");
  EXPECT_EQ(w.evidence.rewrites(ref), 0U);
  w.errors(1, day_time(1, 50), 6);
  w.close(3);
  EXPECT_EQ(w.evidence.rewrites(ref), 1U);
}

TEST(Evidence, X2_QaRunsOfAMinuteAreItsFirstAndItsLast) {
  Watched w;
  for (int i = 0; i < 200'000; ++i) {
    ASSERT_EQ(w.evidence.add_qa_run(day_time(4, 59) - std::chrono::microseconds{100 * i}, day_time(5)),
              RowOutcome::Taken);
  }
  (void)w.evidence.add_qa_run(day_time(3), day_time(5));
  const auto runs = w.evidence.qa(numbered_key(1), kDay, day_minute(5)).fleet_runs;
  EXPECT_EQ(runs,
            (std::vector<Timestamp>{day_time(3), day_time(4, 39) + std::chrono::microseconds{100}, day_time(4, 59)}));
}

TEST(Evidence, X2_ADeviceHasEightQaResultsAMinute) {
  Watched w;
  const auto add = [&](Timestamp at, bool success) {
    return w.evidence.add_qa_result(numbered_key(1), at, success, day_time(5));
  };
  for (int i = 0; i < 8; ++i) EXPECT_EQ(add(day_time(4, 10 + i), true), RowOutcome::Taken);
  EXPECT_EQ(add(day_time(4, 5), true), RowOutcome::TooMany);
  EXPECT_EQ(add(day_time(4, 12), false), RowOutcome::Taken);  // known already
  EXPECT_EQ(add(day_time(3, 59), true), RowOutcome::Taken);
  EXPECT_EQ(w.evidence.qa(numbered_key(1), kDay, day_minute(5)).results.size(), 9U);
}

}  // namespace
}  // namespace dz::evidence
