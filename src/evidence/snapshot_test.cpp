#include "evidence/snapshot.h"

#include <random>

#include <gtest/gtest.h>

#include "evidence/testing.h"

namespace dz::evidence {
namespace {

Watched lived_in() {
  Watched w;
  for (int m = 0; m < 30; ++m) {
    for (int d = 1; d <= 4; ++d) {
      if (m < 20 || d < 3) w.octets(d, m);
      (void)w.evidence.add_getconfig(numbered_key(d), day_time(m, 3), 1, w.now());
    }
    w.errors(1, day_time(m, 7), static_cast<std::uint64_t>(m / 10));
    w.close(m + 1);
  }
  (void)w.evidence.add_qa_result(numbered_key(1), day_time(12), true, day_time(30));
  SampleRead read;
  read.account = numbered_key(99);
  read.samples.link = numbered_key(98);
  read.samples.origin_device = numbered_key(1);
  read.samples.sampling_interval_us = 10'000'000;
  read.samples.start_timestamp_us = static_cast<std::uint64_t>(day_time(5).time_since_epoch().count());
  read.samples.rtt_us.assign(100, 7);
  w.evidence.observe_samples(day_time(30), std::vector{read});
  w.octets(1, 2);   // late, still waiting
  w.octets(1, 30);  // open
  return w;
}

TEST(EvidenceSnapshot, RestoresToTheSameBytes) {
  const auto w = lived_in();
  const auto bytes = snapshot_of(w.evidence);
  const auto restored = restore_evidence(bytes);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(snapshot_of(*restored), bytes);
  EXPECT_EQ(restored->state(Source::Counters), w.evidence.state(Source::Counters));
  EXPECT_EQ(restored->samples_seen(numbered_key(99)), 100U);
}

TEST(EvidenceSnapshot, AnEmptyStoreHasOneToo) {
  const auto bytes = snapshot_of(Evidence{});
  ASSERT_TRUE(restore_evidence(bytes));
  EXPECT_EQ(snapshot_of(*restore_evidence(bytes)), bytes);
}

TEST(EvidenceSnapshot, AHealthyDayIsSmall) {
  Watched w;
  for (int m = 0; m < 1500; ++m) {
    w.octets(1, m);
    w.close(m + 1);
  }
  EXPECT_LT(snapshot_of(w.evidence).size(), 1600U);
}

TEST(EvidenceSnapshot, EveryDamagedByteIsRefused) {
  auto bytes = snapshot_of(lived_in().evidence);
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    bytes[i] ^= 0x10;
    EXPECT_FALSE(restore_evidence(bytes)) << i;
    bytes[i] ^= 0x10;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{12}, bytes.size() - 1}) {
    EXPECT_FALSE(restore_evidence(ByteView(bytes).first(size))) << size;
  }
}

TEST(EvidenceSnapshot, AnotherVersionIsUnsupportedNotCorrupt) {
  auto bytes = snapshot_of(Evidence{});
  bytes[4] = 7;
  EXPECT_EQ(restore_evidence(bytes).error().kind, ErrorKind::Unsupported);
}

// What version 1 wrote of ten good minutes of one interface.
Bytes bytes_of_version_one() {
  const std::string_view hex =
      "445a4556010080c3c90100000000000e270700000000000e27070000000000879303000000000100806446e66006008089f1"
      "6be6600600000200000000000000000000000100000001000000000000000000000000000000000000000000000000000000"
      "0000005affffffff0000000001000000000000000900000045746865726e65743100000000000000000100000000568a0100"
      "00000000000000000000000040e44269e660060000000000000000000100000000568a010000000000000000000000000040"
      "e44269e6600600000000000000000001408ae066e660060040e44269e660060040e44269e660060000000000000000000000"
      "00000000000000005e220700feffff0100000000ff03000000000000ffffff0100000000ffffff0100000000ffffff010000"
      "0000ffffff0100000000ffffff01000000005e220700ffffff0100000000ffffff0100000000ffffff0100000000feffff01"
      "00000000ff03000000000000feffff0100000000ff03000000000000feffff0100000000ff03000000000000ffffff010000"
      "0000e7ffffff5e220700feffff0100000000ff030000000000008a97c801ffffffff000000005e220700feffff0100000000"
      "ff030000000000008a97c801ffffffff000000005e220700feffff0100000000ff030000000000008a97c801ffffffff0000"
      "0000e7ffffffffffffffffffffff0000000074ce87507f518b9c";
  Bytes bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// Written before there were added criteria: an upgrade keeps its evidence.
TEST(EvidenceSnapshot, ReadsVersionOne) {
  const auto bytes = bytes_of_version_one();
  const auto restored = restore_evidence(bytes);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(restored->state(Source::Counters).watermark, day_minute(10));
  EXPECT_EQ(restored->minute(restored->find_interface(numbered_key(1), "Ethernet1"), Signal::Data, day_minute(3)),
            MinuteState::Good);
  EXPECT_TRUE(restored->added().empty());
}

// A checksum that fits does not make nonsense safe.
TEST(EvidenceSnapshot, ForgedBytesNeverCrash) {
  const auto good = snapshot_of(lived_in().evidence);
  std::mt19937_64 random(20261123);
  int restored = 0;
  for (int round = 0; round < 3000; ++round) {
    auto bytes = good;
    for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips) {
      bytes[5 + random() % (bytes.size() - 13)] = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xff : random());
    }
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (std::size_t i = 0; i + 8 < bytes.size(); ++i) hash = (hash ^ bytes[i]) * 0x100000001b3U;
    for (std::size_t i = 0; i < 8; ++i) bytes[bytes.size() - 8 + i] = static_cast<std::uint8_t>(hash >> (8 * i));
    auto evidence = restore_evidence(bytes);
    if (!evidence) continue;
    ++restored;
    evidence->accepting(day_time(0), day_time(40));
    evidence->advance(day_time(40));
    evidence->observe_samples(day_time(40), {});
    (void)evidence->tally(evidence->find_interface(numbered_key(1), "Ethernet1"), Signal::Errors,
                          {day_minute(0), day_minute(39)});
  }
  EXPECT_GT(restored, 0);
}

}  // namespace
}  // namespace dz::evidence
