// Names that come and go for months: what no record names and nobody sends any more leaves nothing behind.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "domain/interface_name.h"
#include "evidence/evidence.h"
#include "evidence/snapshot.h"

namespace dz::evidence {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp kStart{hours{494'000}};

Pubkey key_of(std::uint32_t kind, std::uint32_t number) {
  Pubkey key;
  for (std::size_t i = 0; i < 4; ++i) {
    key.bytes[i] = static_cast<std::uint8_t>(kind >> (8 * i));
    key.bytes[i + 4] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  key.bytes[31] = 1;
  return key;
}
Pubkey device(std::uint32_t number) { return key_of(1, number); }
Pubkey link(std::uint32_t number) { return key_of(2, number); }

CounterRow row(Timestamp at, std::uint64_t octets) { return {at, octets, octets, 0, 0, 0}; }

class Gone : public testing::Test {
 protected:
  // Everything a device can be heard of by.
  void send(const Pubkey& from, std::string_view port, const Pubkey& over, Timestamp now) {
    ASSERT_TRUE(
        evidence.add_counters(from, port, row(now, static_cast<std::uint64_t>(now.time_since_epoch().count())), now));
    evidence.add_getconfig(from, now, 1, now);
    evidence.add_qa_result(from, now, true, now);
    if (!evidence.added().empty()) evidence.add_value(0, {from, ""}, {now, 1, true}, now);
    SampleRead read{key_of(3, over.bytes[4] + 256U * over.bytes[5]), {}, 0};
    read.samples.origin_device = from;
    read.samples.link = over;
    read.samples.sampling_interval_us = 1'000'000;
    read.samples.start_timestamp_us = static_cast<std::uint64_t>((now - minutes{5}).time_since_epoch().count());
    read.samples.rtt_us.assign(300, 7);
    evidence.observe_samples(now, std::span(&read, 1));
    pass(now);
  }
  void pass(Timestamp now) {
    evidence.accepting(kStart - hours{1}, now);
    evidence.advance(now);
  }
  void name(const Pubkey& of, std::string_view port) {
    const NamedInterface named[] = {{of, interface_key(port)}};
    evidence.name_interfaces(named);
  }
  Evidence evidence;
};

TEST_F(Gone, X19_WhatNoRecordNamesAndNobodySendsIsForgottenAfterTheRings) {
  const std::string criteria[] = {"device.ntp"};
  evidence.set_added(criteria);
  send(device(1), "Ethernet1", link(1), kStart);
  const auto before = evidence.subjects_revision();
  const auto last = kStart + kRingLength;
  pass(last);
  EXPECT_FALSE(evidence.has_gone({}, last));
  EXPECT_EQ(evidence.forget_gone({}, last), 0U);
  EXPECT_EQ(evidence.subjects_revision(), before);
  const auto now = last + hours{3};
  pass(now);
  const Pubkey records[] = {device(1), link(1)};
  EXPECT_TRUE(evidence.has_gone(records, now));
  EXPECT_EQ(evidence.forget_gone(records, now), 1U);  // the interface, which they do not name
  EXPECT_EQ(evidence.find_interface(device(1), "Ethernet1").index, kNoSubject);
  EXPECT_NE(evidence.find_device(device(1)).index, kNoSubject);
  EXPECT_EQ(evidence.forget_gone({}, now), 3U);
  EXPECT_EQ(evidence.find_device(device(1)).index, kNoSubject);
  EXPECT_EQ(evidence.find_direction(link(1), device(1)).index, kNoSubject);
  EXPECT_EQ(evidence.find_added(0, device(1), "", true).index, kNoSubject);
  EXPECT_EQ(evidence.samples_seen(key_of(3, 1)), 0U);
  EXPECT_NE(evidence.subjects_revision(), before);
  EXPECT_FALSE(evidence.has_gone({}, now));
}

TEST_F(Gone, X19_WhatARecordNamesStaysHoweverLongItIsSilent) {
  send(device(1), "Ethernet1", link(1), kStart);
  name(device(1), "Ethernet1");
  const Pubkey records[] = {device(1), link(1)};
  const auto now = kStart + hours{24 * 60};
  pass(now);
  EXPECT_EQ(evidence.forget_gone(records, now), 0U);
  const auto port = evidence.find_interface(device(1), "Ethernet1");
  ASSERT_NE(port.index, kNoSubject);
  EXPECT_EQ(evidence.last_error(port, kInErrors)->value, 0U);  // what later values are compared with
}

TEST_F(Gone, X19_APlaceThatIsTakenAgainRemembersNothing) {
  send(device(1), "Ethernet1", link(1), kStart);
  const auto now = kStart + kRingLength + hours{3};
  pass(now);
  ASSERT_EQ(evidence.forget_gone({}, now), 3U);
  const auto places = evidence.subject_counts().places;
  send(device(2), "Ethernet1", link(2), now);
  EXPECT_EQ(evidence.subject_counts().places, places);
  const auto port = evidence.find_interface(device(2), "Ethernet1");
  pass(now + minutes{5});
  EXPECT_EQ(evidence.minute(port, Signal::Data, minute_of(now)), MinuteState::Good);
  EXPECT_EQ(evidence.qa(device(2), minute_of(now - hours{24}), minute_of(now)).results.size(), 0U);
}

TEST_F(Gone, X19_ACriterionThatIsNoMoreLeavesItsPlaces) {
  const std::string two[] = {"device.a", "device.b"}, one[] = {"device.b"};
  evidence.set_added(two);
  for (std::uint32_t i = 0; i < 4; ++i) evidence.add_value(i % 2, {device(i), ""}, {kStart, 1, true}, kStart);
  evidence.set_added(one);
  EXPECT_EQ(evidence.subject_counts().values, 2U);
  const auto restored = restore_evidence(snapshot_of(evidence));
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(restored->subject_counts().values, 2U);
  EXPECT_EQ(snapshot_of(*restored), snapshot_of(evidence));
}

// Four months in which every device is created anew each two days, its interfaces are renamed each day, and links with
// them; a restart from a snapshot now and then. What is kept is what two days name, and the restarts change nothing.
TEST_F(Gone, X19_MonthsOfChurnTakeNoMoreThanTwoDays) {
  constexpr std::uint32_t kDevices = 6;
  const std::string criteria[] = {"device.ntp"};
  std::mt19937 random(19);
  std::size_t most_places = 0, most_bytes = 0;
  evidence.set_added(criteria);
  for (int hour = 0; hour < 24 * 120; hour += 3) {
    const auto now = kStart + hours{hour};
    std::vector<Pubkey> records;
    for (std::uint32_t d = 0; d < kDevices; ++d) {
      const auto number = static_cast<std::uint32_t>(hour / 48) * kDevices + d;
      records.insert(records.end(), {device(number), link(number)});
      send(device(number), "Ethernet" + std::to_string(hour / 24 * 10 + static_cast<int>(random() % 3)), link(number),
           now);
    }
    std::sort(records.begin(), records.end());
    evidence.forget_gone(records, now);
    if (random() % 16 == 0) {
      auto restored = restore_evidence(snapshot_of(evidence));
      ASSERT_TRUE(restored) << restored.error().message;
      ASSERT_EQ(snapshot_of(*restored), snapshot_of(evidence));
      evidence = std::move(*restored);
    }
    if (hour == 24 * 10) most_places = evidence.subject_counts().places, most_bytes = snapshot_of(evidence).size();
  }
  EXPECT_LE(evidence.subject_counts().places, most_places + kDevices);
  EXPECT_LE(snapshot_of(evidence).size(), most_bytes * 5 / 4);
  EXPECT_LE(evidence.subject_counts().devices, 3 * kDevices);
}

}  // namespace
}  // namespace dz::evidence
