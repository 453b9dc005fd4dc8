// Evidence of a part of the fleet beside evidence of all of it: what both hear they judge alike.
#include <random>

#include <gtest/gtest.h>

#include "evidence/minute_marks.h"
#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

constexpr int kDevices = 6;
const std::vector<std::string> kPorts{"ethernet1", "ethernet2", "ethernet3"};

EvidenceSettings part(std::uint32_t number, std::uint32_t of) {
  EvidenceSettings settings;
  settings.part = number;
  settings.parts = of;
  return settings;
}

std::vector<NamedInterface> named(const std::vector<std::pair<int, int>>& ports) {
  std::vector<NamedInterface> all;
  for (const auto& [device, port] : ports)
    all.push_back({numbered_key(device), kPorts[static_cast<std::size_t>(port)]});
  std::sort(all.begin(), all.end());
  return all;
}

// What a monitor of a part does with a row (telemetry/durable_evidence.h does it with whole batches).
void tell(Evidence& evidence, int device, int port, const CounterRow& row, Timestamp now) {
  const auto& name = kPorts[static_cast<std::size_t>(port)];
  if (evidence.hears(numbered_key(device), name)) {
    (void)evidence.add_counters(numbered_key(device), name, row, now);
  } else {
    (void)evidence.add_presence(numbered_key(device), row.at, now);
  }
}

void expect_alike(const Watched& whole, const Watched& other, int device, int port, int to) {
  const auto name = kPorts[static_cast<std::size_t>(port)];
  for (const auto signal : {Signal::Data, Signal::Errors, Signal::Utilization}) {
    for (int m = 0; m < to; ++m) {
      ASSERT_EQ(whole.interface(device, signal, m, name), other.interface(device, signal, m, name))
          << "device " << device << " " << name << " minute " << m << " signal " << static_cast<int>(signal);
    }
  }
}

TEST(HeardInPart, WhatAPartHearsItJudgesAsTheWholeDoesMassSilenceIncluded) {
  int silences = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    Watched whole, other;
    other.evidence.configure(part(1, 3));
    const auto heard = named({{1, 0}, {2, 1}, {3, 2}});
    other.evidence.name_interfaces(heard, day_time(0));
    std::vector<int> silent_until(kDevices + 1, 0);
    for (int m = 0; m < 120; ++m) {
      if (random() % 15 == 0) {  // half of the fleet, or a device
        const bool many = random() % 2 == 0;
        for (int d = 1; d <= kDevices; ++d) {
          if (many ? random() % 3 != 0 : d == static_cast<int>(random() % kDevices))
            silent_until[static_cast<std::size_t>(d)] = m + 1 + static_cast<int>(random() % 8);
        }
      }
      for (int d = 1; d <= kDevices; ++d) {
        for (int p = 0; p < 3; ++p) {
          if (m < silent_until[static_cast<std::size_t>(d)] || random() % 20 == 0) continue;
          const bool late = random() % 30 == 0 && m > 5;
          const int minute = late ? m - static_cast<int>(random() % 5) : m;
          const auto value = static_cast<std::uint64_t>(minute + 1000) * 100 + random() % 2;
          const CounterRow row{day_time(minute, 5),
                               value,
                               value,
                               random() % 40 == 0 ? std::optional<std::uint64_t>(random() % 3) : std::nullopt,
                               {},
                               {}};
          const auto now = std::max(row.at, whole.now());
          tell(whole.evidence, d, p, row, now);
          tell(other.evidence, d, p, row, now);
        }
      }
      whole.close(m + 1);
      other.close(m + 1);
      silences += whole.evidence.state(Source::Counters).suspect_since ? 1 : 0;
      ASSERT_EQ(whole.evidence.state(Source::Counters), other.evidence.state(Source::Counters)) << "seed " << seed;
      ASSERT_EQ(whole.evidence.suspected_silent(Source::Counters), other.evidence.suspected_silent(Source::Counters));
    }
    for (int d = 1; d <= kDevices; ++d) {
      for (int m = 0; m < 120; ++m) {
        ASSERT_EQ(whole.device(d, Signal::Reporting, m), other.device(d, Signal::Reporting, m)) << "seed " << seed;
      }
    }
    expect_alike(whole, other, 1, 0, 120);
    expect_alike(whole, other, 2, 1, 120);
    expect_alike(whole, other, 3, 2, 120);
    EXPECT_EQ(other.evidence.subject_counts().interfaces, 3U);
    EXPECT_EQ(whole.evidence.subject_counts().interfaces, kDevices * kPorts.size());
  }
  EXPECT_GT(silences, 100);
}

TEST(HeardInPart, WhatIsHeardFromNowOnWasNotSilentBefore) {
  Watched w;
  w.evidence.configure(part(1, 2));
  w.evidence.name_interfaces(named({{1, 0}}), day_time(0));
  for (int m = 0; m < 10; ++m) {
    tell(w.evidence, 1, 0,
         {day_time(m, 5), 100U + static_cast<unsigned>(m), 100U + static_cast<unsigned>(m), {}, {}, {}},
         day_time(m, 5));
    for (int d = 2; d < 6; ++d) tell(w.evidence, d, 0, {day_time(m, 5), 1, 1, {}, {}, {}}, day_time(m, 5));
    w.close(m + 1);
  }
  w.evidence.name_interfaces(named({{1, 0}, {2, 0}}), day_time(10, 20));
  for (int m = 10; m < 14; ++m) {
    for (int d = 3; d < 6; ++d) (void)w.evidence.add_presence(numbered_key(d), day_time(m, 5), day_time(m, 5));
  }
  w.close(14);
  EXPECT_EQ(w.interface(1, Signal::Data, 9, "Ethernet1"), MinuteState::Good);
  EXPECT_EQ(w.interface(1, Signal::Data, 12, "Ethernet1"), MinuteState::Bad);
  EXPECT_EQ(w.interface(2, Signal::Data, 9, "Ethernet1"), MinuteState::Unobserved);
  EXPECT_EQ(w.interface(2, Signal::Utilization, 10, "Ethernet1"),
            MinuteState::Unobserved);                                                 // of the minute 20 s were missed
  EXPECT_EQ(w.interface(2, Signal::Data, 11, "Ethernet1"), MinuteState::Unobserved);  // one reading shows no rise
  EXPECT_EQ(w.interface(2, Signal::Data, 12, "Ethernet1"), MinuteState::Bad);         // though nothing ever came of it
  const auto tally = w.tally(2, Signal::Data, {0, 14});
  EXPECT_EQ(tally.unobserved, 12);
  EXPECT_EQ(tally.bad, 2);
  EXPECT_EQ(tally.damped_bad >> 2, 0U);  // what nobody listened to is nothing in the damped judgement
}

TEST(HeardInPart, OfADeviceThatNeverSentAnythingNothingWasMissed) {
  Watched w, whole;
  w.evidence.configure(part(1, 2));
  w.evidence.name_interfaces({}, day_time(0));
  for (int d = 2; d < 6; ++d) (void)w.evidence.add_presence(numbered_key(d), day_time(3), day_time(3));
  w.close(5);
  w.evidence.name_interfaces(named({{1, 0}}), day_time(5, 20));
  EXPECT_EQ(w.interface(1, Signal::Data, 4), MinuteState::Bad);
  tell(w.evidence, 1, 0, {day_time(5, 40), 7, 7, {}, {}, {}}, day_time(5, 40));
  tell(w.evidence, 1, 0, {day_time(5, 50), 8, 8, {}, {}, {}}, day_time(5, 50));
  w.close(6);
  EXPECT_EQ(w.interface(1, Signal::Utilization, 5), MinuteState::Good);
}

TEST(HeardInPart, WhatIsHeardSinceATimeToComeIsHeardSinceTheClockWasSetRight) {
  Watched w;
  w.evidence.configure(part(1, 2));
  for (int d = 1; d < 6; ++d) (void)w.evidence.add_presence(numbered_key(d), day_time(2), day_time(2));
  w.close(5);
  w.evidence.name_interfaces(named({{1, 0}}), day_time(500));
  w.evidence.take_back(day_time(6));
  for (int m = 6; m < 11; ++m) {
    for (int d = 2; d < 6; ++d) (void)w.evidence.add_presence(numbered_key(d), day_time(m, 5), day_time(m, 5));
  }
  w.evidence.accepting(day_time(6), day_time(11, 30));
  w.evidence.advance(day_time(11, 30));
  EXPECT_EQ(w.interface(1, Signal::Data, 5), MinuteState::Unobserved);
  EXPECT_EQ(w.interface(1, Signal::Data, 9), MinuteState::Bad);
}

TEST(HeardInPart, WhatNoRecordNeedsIsHeardUntilItIsForgotten) {
  Watched w;
  w.evidence.configure(part(1, 2));
  w.evidence.name_interfaces(named({{1, 0}, {1, 1}}), day_time(0));
  for (int p = 0; p < 2; ++p) tell(w.evidence, 1, p, {day_time(1), 1, 1, {}, {}, {}}, day_time(1));
  w.close(3);
  w.evidence.name_interfaces(named({{1, 0}}), day_time(3));
  EXPECT_TRUE(w.evidence.hears(numbered_key(1), "Ethernet2"));
  w.evidence.name_interfaces(named({{1, 0}, {1, 1}}), day_time(4));  // a record that could not be read for a while
  w.close(5);
  EXPECT_EQ(w.interface(1, Signal::Data, 1, "Ethernet2"), MinuteState::Good);
  EXPECT_EQ(w.interface(1, Signal::Data, 2, "Ethernet2"), MinuteState::Bad);
  w.evidence.name_interfaces(named({{1, 0}}), day_time(5));
  tell(w.evidence, 1, 1, {day_time(2), 1, 1, {}, {}, {}}, day_time(5));  // late, and not taken yet
  const std::vector<Pubkey> records{numbered_key(1)};
  ASSERT_TRUE(w.evidence.has_gone(records, day_time(5)));
  w.evidence.forget_gone(records, day_time(5));
  EXPECT_FALSE(w.evidence.has_gone(records, day_time(5)));
  EXPECT_FALSE(w.evidence.hears(numbered_key(1), "Ethernet2"));
  EXPECT_EQ(w.evidence.subject_counts().interfaces, 1U);
  w.close(7);
  // And begins anew: a bad minute that was known is not told as one that nobody saw.
  w.evidence.name_interfaces(named({{1, 0}, {1, 1}}), day_time(7));
  for (int m = 0; m < 7; ++m) EXPECT_EQ(w.interface(1, Signal::Data, m, "Ethernet2"), MinuteState::Unobserved);
}

TEST(HeardInPart, FromTheWholeToAPartNothingIsLostAndBackWhatWasNotHeardIsUnobserved) {
  Watched w;
  for (int m = 0; m < 5; ++m) {
    for (int p = 0; p < 2; ++p)
      tell(w.evidence, 1, p, {day_time(m, 5), 1U + static_cast<unsigned>(m), 1U + static_cast<unsigned>(m), {}, {}, {}},
           day_time(m, 5));
    w.close(m + 1);
  }
  w.evidence.configure(part(2, 2), day_time(5, 30));
  w.evidence.name_interfaces(named({{1, 0}}), day_time(5, 30));
  EXPECT_EQ(w.interface(1, Signal::Data, 3), MinuteState::Good);
  w.evidence.configure({}, day_time(6, 30));
  w.close(9);
  EXPECT_EQ(w.interface(1, Signal::Data, 3), MinuteState::Unobserved);
  EXPECT_EQ(w.interface(1, Signal::Data, 7), MinuteState::Unobserved);
  EXPECT_EQ(w.interface(1, Signal::Data, 8), MinuteState::Bad);
  EXPECT_EQ(w.device(1, Signal::Reporting, 3), MinuteState::Good);  // that was heard all the time
}

TEST(HeardInPart, AnotherPartBeginsAnewWhereTheStoreHasAllOfIt) {
  auto settings = part(1, 3);
  settings.pulled = 1U << static_cast<unsigned>(Source::Counters);
  Evidence evidence(settings);
  evidence.name_interfaces(named({{1, 0}}), day_time(0));
  tell(evidence, 1, 0, {day_time(1), 1, 1, {}, {}, {}}, day_time(3));
  tell(evidence, 2, 0, {day_time(1), 1, 1, {}, {}, {}}, day_time(3));
  evidence.answered(Source::Counters, {day_minute(0), day_minute(3), day_time(4)});
  settings.part = 2;
  evidence.configure(settings, day_time(5));
  EXPECT_EQ(evidence.state(Source::Counters).watermark, std::nullopt);
  EXPECT_EQ(evidence.subject_counts().interfaces, 0U);
  evidence.name_interfaces(named({{1, 0}, {2, 0}}), day_time(5));
  evidence.answered(Source::Counters, {day_minute(0), day_minute(3), day_time(6)});
  // The store was asked for all of it: what is not there was silent.
  EXPECT_EQ(evidence.minute(evidence.find_interface(numbered_key(2), "Ethernet1"), Signal::Data, day_minute(1)),
            MinuteState::Bad);
  EXPECT_EQ(evidence.minute(evidence.find_device(numbered_key(2)), Signal::Reporting, day_minute(1)), MinuteState::Bad);
}

TEST(HeardInPart, ASnapshotKnowsWhatWasHeardSinceWhen) {
  Watched w;
  w.evidence.configure(part(1, 2));
  w.evidence.name_interfaces(named({{1, 0}}), day_time(0));
  (void)w.evidence.add_presence(numbered_key(2), day_time(2), day_time(2));
  w.close(5);
  w.evidence.name_interfaces(named({{2, 0}}), day_time(5, 20));
  tell(w.evidence, 2, 0, {day_time(7), 1, 1, {}, {}, {}}, day_time(7));
  w.close(9);
  const auto bytes = snapshot_of(w.evidence);
  auto restored = restore_evidence(bytes);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(snapshot_of(*restored), bytes);
  EXPECT_TRUE(restored->hears(numbered_key(1), "Ethernet1"));
  EXPECT_FALSE(restored->hears(numbered_key(1), "Ethernet2"));
  EXPECT_EQ(restored->named_interfaces(), w.evidence.named_interfaces());
  EXPECT_EQ(restored->minute(restored->find_interface(numbered_key(2), "Ethernet1"), Signal::Data, day_minute(4)),
            MinuteState::Unobserved);
  // Minutes that are recorded and put back say it too.
  const auto subject = interface_subject(numbered_key(2), "Ethernet1");
  EvidenceReplay replay{Evidence()};
  const auto ref = replay.subject(subject);
  const auto runs = marks_of(w.evidence, subject_ref(w.evidence, subject), day_minute(0), day_minute(9));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    replay.put(ref, runs[i].from, i + 1 < runs.size() ? runs[i + 1].from : day_minute(9), runs[i].marks);
  }
  EXPECT_EQ(marks_text(SubjectKind::Interface, runs.front().marks), "h");
  const auto source = replay.subject(source_subject("counters"));
  replay.put(source, day_minute(0), day_minute(9), 1);
  replay.close(Source::Counters, day_minute(9));
  for (int m = 0; m < 9; ++m) {
    EXPECT_EQ(replay.evidence().minute(replay.evidence().find_interface(numbered_key(2), "Ethernet1"), Signal::Data,
                                       day_minute(m)),
              w.interface(2, Signal::Data, m))
        << m;
  }
}

}  // namespace
}  // namespace dz::evidence
