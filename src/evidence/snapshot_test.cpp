#include "evidence/snapshot.h"

#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "evidence/readings.h"
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
  EXPECT_LT(snapshot_of(w.evidence).size(), 1750U);
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
  bytes[4] = 8;
  EXPECT_EQ(restore_evidence(bytes).error().kind, ErrorKind::Unsupported);
}

Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
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
  return from_hex(hex);
}

// What version 6 wrote of lived_before_entries().
Bytes bytes_of_version_six() {
  const std::string_view hex =
      "445a4556060080c3c90100000000000e270700000000000e2707000000000087930300000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000400000100806446e660060080e60f5ae66006000100234658e660060007000000"
      "0000000001000000008e8b4de660060002000000010000000000000000000000000000000000000000000000000000000000"
      "005a8697c80101000000008e8b4de66006000102000000000000000000000000000000000000000000000000000000000000"
      "5affffffff0000000002000000000000000900000045746865726e6574310140c8f45ae66006000400000040d9d74de66006"
      "001800016887010000000000688701000000000040333a50e66006001800019a870100000000009a87010000000000406e92"
      "58e66006001800009488010000000000948801000000000040c8f45ae6600600180000c688010000000000c6880100000000"
      "00018597c8017097c8014900000080afa20e3f8095f52aa49b0c80b4891364a49b0c64013f00c80180b4891364c80164013f"
      "00c80180b4891364c80164013f00c80180b4891364c80164013f00c80180b4891364c801640100000040cbb046e660060040"
      "416157e660060000000000000000000140cbb046e6600600a0860100000000000140416157e6600600628801000000000001"
      "40416157e66006006288010000000000ffffff7f0140cbb046e6600600a0860100000000000140416157e660060062880100"
      "000000000140416157e66006006288010000000000ffffff7f05000000c04fcf46e660060000000000000000000001000000"
      "00000000c0d6624ae66006000100000000000000000100000000030303c05df64de660060002000000000000000001000000"
      "00030303c0e48951e66006000300000000000000000100000000030303c06b1d55e660060004000000000000000001000000"
      "0003030300000000000000000000000000000000000000000000000000000000000000000000000000000000010100000009"
      "00000045746865726e6574310040416157e660060000000000018597c8017097c8014900000080afa20e3f8095f52aa49b0c"
      "80b4891364a49b0c64013f00c80180b4891364c80164013f00c80180b4891364c80164013f00c80180b4891364c80164013f"
      "00c80180b4891364c801640100000040cbb046e660060040416157e660060000000000000000000140cbb046e6600600a086"
      "0100000000000140416157e660060062880100000000000140416157e66006006288010000000000ffffff7f0140cbb046e6"
      "600600a0860100000000000140416157e660060062880100000000000140416157e66006006288010000000000ffffff7f00"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000001010000000000"
      "000002000000010000000000000000000000000000000000000000000000000000000000005a010000000900000065746865"
      "726e657431050000000000000000000000000000000000000000000000000000000000005a01000000090000006574686572"
      "6e65743901000000620000000000000000000000000000000000000000000000000000000000005a01000000000000000000"
      "0000000000000000000000000000000000000000005a000000008697c8010100000000234658e66006000000000000000000"
      "000000000000000001000000630000000000000000000000000000000000000000000000000000000000005a000000000000"
      "00000a000000010000000a0000006465766963652e6e74700100000000020000000000000000000000000000000000000000"
      "000000000000000000005a000000005e220700feffff7f000000003f00000000000000ffffff7f00000000ffffff7f000000"
      "00ffffff7f00000000ffffff7f00000000ffffff7f00000000feffff7f000000000600000000000000ffffff7f00000000ff"
      "ffff7f00000000feffff7f000000001f00000000000000ffffff7f00000000ffffff7f00000000ffffff7f00000000ffffff"
      "7f00000000ffffff7f00000000ffffff7f00000000ffffff7f00000000ffffff7f000000005e220700feffff7f000000001e"
      "00000000000000ffffff7f00000000ffffff7f00000000feffff7f000000001f00000000000000feffff7f000000001f0000"
      "0000000000feffff7f000000001f00000000000000ffffff7f00000000ffffff7f00000000ffffff7f00000000ffffff7f00"
      "000000feffff7f000000001f00000000000000feffff7f000000001f00000000000000feffff7f000000001f000000000000"
      "00ffffff7f0000000000005e220700feffff7f000000000600000000000000ffffff7f000000005e220700feffff7f000000"
      "001800000000000000feffff7f0000000018000000000000005e220700feffff7f000000001f00000000000000ffffff7f00"
      "0000008597c801ffffffff000000008097c8015e220700ffffff7f00000000ffffff7f00000000ffffffff00000000ffffff"
      "ff000000005e220700feffff7f000000001f00000000000000ffffff7f000000008597c801ffffffff00000000ffffff7f5e"
      "220700ffffff7f00000000ffffff7f00000000ffffffff00000000ffffffff000000005e220700feffff7f000000001f0000"
      "0000000000ffffff7f000000008597c801ffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ff"
      "ffffff00000000e7ffffff8397c801ffffffff000000008197c8015e220700ffffff7f00000000ffffff7f00000000ffffff"
      "ff00000000ffffffff00000000e7ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00"
      "000000ffffffff00000000e7ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff000000"
      "00ffffffff00000000e7ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ff"
      "ffffff00000000e7ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffff"
      "ff00000000e7ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff00"
      "000000e7ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff000000"
      "00e7ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff00000000e7"
      "ffffffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff00000000e7ffff"
      "ffffffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff00000000e7ffffffff"
      "ffffffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff00000000e7ffffffffffff"
      "ffffffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff00000000e7ffffffffffffffff"
      "ffffff00000000ffffff7fe7ffffffffffff7f00000000ffffffff00000000ffffffff00000000143cad0ad2d99b93";
  return from_hex(hex);
}

Watched lived_before_entries() {
  Watched w;
  w.evidence.set_added(std::vector<std::string>{"device.ntp"});
  w.evidence.name_interfaces(
      std::vector<NamedInterface>{{numbered_key(1), "ethernet1"}, {numbered_key(5), "ethernet9"}});
  for (int m = 0; m < 5; ++m) {
    for (int d = 1; d <= 2; ++d) w.octets(d, m);
    w.errors(1, day_time(m, 7), static_cast<std::uint64_t>(m));
    w.close(m + 1);
  }
  (void)w.evidence.add_qa_result(numbered_key(1), day_time(2), true, day_time(5));
  (void)w.evidence.add_value(0, {numbered_key(2), ""}, {.at = day_time(3), .minutes = 2, .in_bounds = false},
                             day_time(5));
  SampleRead read;
  read.account = numbered_key(99);
  read.samples.link = numbered_key(98);
  read.samples.origin_device = numbered_key(1);
  read.samples.sampling_interval_us = 10'000'000;
  read.samples.start_timestamp_us = static_cast<std::uint64_t>(day_time(1).time_since_epoch().count());
  read.samples.rtt_us.assign(10, 7);
  w.evidence.observe_samples(day_time(5), std::vector{read});
  w.octets(1, 2);
  w.octets(1, 5);
  return w;
}

// An upgrade keeps all that was known.
TEST(EvidenceSnapshot, ReadsVersionSix) {
  const auto restored = restore_evidence(bytes_of_version_six());
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(snapshot_of(*restored), snapshot_of(lived_before_entries().evidence));
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

Bytes rest_of(SnapshotInPieces& snapshot, std::size_t most, const std::function<void()>& between) {
  auto bytes = snapshot.head();
  for (auto piece = snapshot.next(most); !piece.empty(); piece = snapshot.next(most)) {
    EXPECT_LE(piece.size(), most);
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    between();
  }
  return bytes;
}

using Told = std::function<void(Evidence&)>;

// One row of any sort, of subjects that are known, new, or take the place of others; now and then an hour later, so
// that rings make room.
Told any_row(std::mt19937_64& random, Timestamp& now_) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<std::uint64_t>(n)); };
  if (below(40) == 0) now_ += std::chrono::minutes{below(90)};
  const auto now = now_, at = now - std::chrono::minutes{below(4) == 0 ? below(600) : 0};
  const auto device = numbered_key(1 + below(12));
  const bool good = below(2) == 0;
  switch (below(6)) {
    case 0: return [=](Evidence& evidence) { (void)evidence.add_getconfig(device, at, 1, now); };
    case 1: return [=](Evidence& evidence) { (void)evidence.add_qa_result(device, at, good, now); };
    case 2: return [=](Evidence& evidence) { (void)evidence.add_own_qa_result(device, at, good, now); };
    case 3:
      return [=, minutes = 1 + below(5)](Evidence& evidence) {
        (void)evidence.add_value(0, {device, ""}, {.at = at, .minutes = minutes, .in_bounds = good}, now);
      };
    default: break;
  }
  const CounterRow row{at, random() % 1000, random() % 1000, random() % 4, {}, {}};
  return [=, name = "Ethernet" + std::to_string(below(8))](Evidence& evidence) {
    (void)evidence.add_counters(device, name, row, now);
  };
}

// Whatever rows come between its pieces: what is restored, and told of them again, is the evidence that goes on.
TEST(EvidenceSnapshot, InPiecesIsOfTheMomentAtWhichItBegan) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    MemoryShelf shelf;
    Evidence evidence(EvidenceSettings{.most_interfaces = 5});
    evidence.keep_readings_on(shelf);
    evidence.set_added(std::vector<std::string>{"device.ntp"});
    evidence.name_interfaces(std::vector<NamedInterface>{{numbered_key(1), "ethernet1"}, {numbered_key(3), "x"}});
    auto now = day_time(600);
    const auto tell = [&](int most, std::vector<Told>* told = nullptr) {
      for (auto rows = random() % static_cast<std::uint64_t>(most); rows > 0; --rows) {
        const auto row = any_row(random, now);
        row(evidence);
        if (told != nullptr) told->push_back(row);
      }
    };
    for (int round = 0; round < 6; ++round) {
      tell(300);
      evidence.accepting(day_time(0), now);
      evidence.advance(now);
      if (random() % 3 == 0) evidence.forget_gone({}, now += std::chrono::hours{static_cast<int>(random() % 40)});
      tell(30);
      std::vector<Told> meanwhile;
      SnapshotInPieces snapshot(evidence);
      auto restored = restore_evidence(rest_of(snapshot, 64 + random() % 2000, [&] { tell(8, &meanwhile); }));
      ASSERT_TRUE(restored) << restored.error().message << ", seed " << seed;
      restored->keep_readings_on(shelf);
      for (const auto& row : meanwhile) row(*restored);
      ASSERT_TRUE(snapshot_of(*restored) == snapshot_of(evidence)) << "seed " << seed;
    }
  }
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
