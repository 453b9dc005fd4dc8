#include "telemetry/reading_archive.h"

#include <gtest/gtest.h>

#include "telemetry/durable_evidence.h"

namespace dz::telemetry {
namespace {

using namespace std::chrono_literals;

Pubkey device(int n) {
  Pubkey key;
  key.bytes[0] = static_cast<std::uint8_t>(n);
  key.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  return key;
}

class Readings : public testing::Test {
 protected:
  ReadingArchive open() { return std::move(*ReadingArchive::open(database_)); }
  storage::SqliteDatabase database_ = std::move(*storage::SqliteDatabase::open(":memory:"));
};

TEST_F(Readings, AreThereAtOnceAndAfterARestartOnceFlushed) {
  auto archive = open();
  archive.put({device(1), "ethernet1", 7}, Bytes{1, 2, 3});
  EXPECT_EQ(archive.get({device(1), "ethernet1", 7}), (Bytes{1, 2, 3}));
  EXPECT_TRUE(open().get({device(1), "ethernet1", 7}).empty());
  ASSERT_TRUE(archive.flush());
  EXPECT_EQ(open().get({device(1), "ethernet1", 7}), (Bytes{1, 2, 3}));
  EXPECT_TRUE(open().get({device(2), "ethernet1", 7}).empty());
  EXPECT_TRUE(open().get({device(1), "ethernet1", 8}).empty());
}

TEST_F(Readings, X2_ManyAreWrittenInPiecesAndNoneIsForgotten) {
  auto archive = open();
  for (int i = 0; i < 2000; ++i) archive.put({device(i), "ethernet1", 7}, Bytes{static_cast<std::uint8_t>(i)});
  archive.forget_before(7);
  int pauses = 0;
  ASSERT_TRUE(archive.flush([&] { archive.put({device(5000 + pauses++), "ethernet1", 7}, Bytes{9}); }));
  EXPECT_EQ(pauses, 3);
  auto again = open();
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(again.get({device(i), "ethernet1", 7}), Bytes{static_cast<std::uint8_t>(i)}) << i;
  }
  EXPECT_EQ(again.get({device(5002), "ethernet1", 7}), Bytes{9});
}

TEST_F(Readings, OldOnesGo) {
  auto archive = open();
  archive.put({device(1), "ethernet1", 7}, Bytes{1});
  archive.put({device(1), "ethernet1", 8}, Bytes{2});
  archive.forget_before(8);
  ASSERT_TRUE(archive.flush());
  EXPECT_TRUE(archive.get({device(1), "ethernet1", 7}).empty());
  EXPECT_EQ(archive.get({device(1), "ethernet1", 8}), Bytes{2});
}

TEST_F(Readings, D18_ADamagedOneIsAsIfItWereNotThere) {
  auto archive = open();
  archive.put({device(1), "ethernet1", 7}, Bytes{1, 2, 3});
  ASSERT_TRUE(archive.flush());
  ASSERT_TRUE(database_.execute("UPDATE octet_readings SET readings = x'010203ff'"));
  EXPECT_TRUE(archive.get({device(1), "ethernet1", 7}).empty());
}

TEST_F(Readings, WhatCannotBeWrittenStaysAndIsTriedAgain) {
  auto archive = open();
  archive.put({device(1), "ethernet1", 7}, Bytes{1});
  ASSERT_TRUE(database_.execute(
      "CREATE TRIGGER full BEFORE INSERT ON octet_readings BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"));
  EXPECT_FALSE(archive.flush());
  EXPECT_EQ(archive.get({device(1), "ethernet1", 7}), Bytes{1});
  ASSERT_TRUE(database_.execute("DROP TRIGGER full"));
  EXPECT_TRUE(archive.flush());
}

// ---- with the evidence above it

const Timestamp kStart = *parse_timestamp("2026-12-01T00:00:00Z");

class OverARestart : public Readings {
 protected:
  DurableEvidence evidence(int minute) { return std::move(*DurableEvidence::open(database_, {}, at(minute))); }
  static Timestamp at(int minute, int second = 0) {
    return kStart + std::chrono::minutes{minute} + std::chrono::seconds{second};
  }
  static void row(DurableEvidence& evidence, Timestamp time, std::uint64_t octets, Timestamp now) {
    RowBatch batch;
    batch.ports.push_back({device(1), "Ethernet1"});
    batch.counters.push_back({0, {time, octets, octets, {}, {}, {}}});
    ASSERT_TRUE(evidence.ingest(batch, now));
  }
  // A row in every minute of [from, to), which then closes.
  static void live(DurableEvidence& evidence, int from, int to) {
    for (int m = from; m < to; ++m) {
      row(evidence, at(m, 20), 1000 + static_cast<std::uint64_t>(m) * 60, at(m, 21));
      ASSERT_TRUE(evidence.pass(at(m + 1, 35)));
    }
  }
  static evidence::MinuteState use(const DurableEvidence& evidence, int minute) {
    const auto& store = evidence.in_memory();
    return store.minute(store.find_interface(device(1), "Ethernet1"), evidence::Signal::Utilization,
                        minute_of(at(minute)));
  }
};

TEST_F(OverARestart, ALateRowIsComparedWithWhatWasReadHoursBefore) {
  {
    auto first = evidence(0);
    live(first, 0, 200);
    ASSERT_TRUE(first.checkpoint());
    live(first, 200, 230);
  }
  auto second = evidence(230);
  row(second, at(100, 50), 1000 + 101 * 60, at(230, 30));  // what minute 101 showed was there before
  ASSERT_TRUE(second.pass(at(230, 35)));
  EXPECT_EQ(use(second, 100), evidence::MinuteState::Good);
  EXPECT_EQ(use(second, 101), evidence::MinuteState::Bad);
  EXPECT_EQ(use(second, 102), evidence::MinuteState::Good);
}

TEST_F(OverARestart, D16_WhatAWrongClockClosedIsTakenBackAndStaysSo) {
  {
    auto first = evidence(0);
    live(first, 0, 60);
    ASSERT_TRUE(first.pass(at(60 + 14 * 365 * 24 * 60)));
    ASSERT_TRUE(first.clock_came_right(at(61, 31)));
    EXPECT_FALSE(first.in_memory().is_ahead_of(at(61, 31)));
    live(first, 62, 90);
  }
  auto second = evidence(90);
  live(second, 90, 95);
  for (const int m : {10, 59, 63, 80, 93}) EXPECT_EQ(use(second, m), evidence::MinuteState::Good) << m;
  EXPECT_EQ(use(second, 60), evidence::MinuteState::Unobserved);
  EXPECT_EQ(second.in_memory().state(evidence::Source::Counters).watermark, minute_of(at(95)));
}

TEST_F(OverARestart, D7_NamesOfTheLedgerAreKnownAgain) {
  const std::vector<evidence::NamedInterface> named{{device(1), "ethernet1"}, {device(2), "switch1/1/1.7"}};
  {
    auto first = evidence(0);
    ASSERT_TRUE(first.name_interfaces(named, at(0)));
    const auto entries = first.journal_entries();
    ASSERT_TRUE(first.name_interfaces(named, at(1)));
    EXPECT_EQ(first.journal_entries(), entries) << "nothing new is not written";
  }
  EXPECT_EQ(evidence(1).in_memory().named_interfaces(), named);
}

}  // namespace
}  // namespace dz::telemetry
