// What the monitor keeps for backtests: in and out of the file, forgetting, and files of older versions.
#include <gtest/gtest.h>

#include "history/history_archive.h"
#include "monitor/monitor_archive.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp kStart{hours{494'000}};

Pubkey numbered(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

class HistoryTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(MonitorArchive::open(database)); }

  static history::HistoryPass pass(int minute, bool whole = false) {
    history::HistoryPass pass;
    pass.at = kStart + minutes{minute};
    if (!whole) pass.previous = pass.at - std::chrono::seconds{5};
    pass.whole = whole;
    pass.could_write = true;
    pass.watermarks = {{"counters", minute_of(pass.at) - minutes{1}},
                       {"device.ntp_sync", minute_of(pass.at) - minutes{3}}};
    pass.runs = {{evidence::interface_subject(numbered(1), "Switch1/1/1"), minute_of(pass.at), {}, 56}};
    return pass;
  }
  static history::HistoryPass first() {
    auto first = pass(0, true);
    first.start = history::HistoryStart{"[window]\n", control::WriteMode::Standby, {1, 2, 3}};
    first.runs.insert(first.runs.begin(), {evidence::interface_subject(numbered(1), "Switch1/1/1"),
                                           minute_of(first.at) - hours{1}, minute_of(first.at), 0});
    first.records = {{numbered(2), RecordKind::Device, {0, 10, 0}, {5, 6}, Health::Pending},
                     {numbered(3), RecordKind::Link, {0, 34, 1}, {}, {}}};
    first.qa = {{Pubkey{}, {kStart, false}}, {numbered(2), {kStart - hours{2}, true}}};
    return first;
  }
  std::vector<history::HistoryPass> read(Timestamp from, Timestamp to) {
    auto reader = history::HistoryReader::open(database, from, to);
    EXPECT_TRUE(reader) << reader.error().message;
    std::vector<history::HistoryPass> passes;
    for (;;) {
      auto next = reader->next();
      EXPECT_TRUE(next) << next.error().message;
      if (!next || !*next) return passes;
      passes.push_back(std::move(**next));
    }
  }

  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
};

TEST_F(HistoryTest, PassesReadBackAsTheyWereWritten) {
  history::HistoryWriter writer(database);
  const std::vector<history::HistoryPass> passes{first(), pass(1), pass(2)};
  for (const auto& p : passes) ASSERT_TRUE(writer.add(p));
  EXPECT_EQ(read(kStart, kStart + hours{1}), passes);
  EXPECT_EQ(writer.newest(), kStart + minutes{2});
}

TEST_F(HistoryTest, ForgettingKeepsTheLastWholePassBefore) {
  history::HistoryWriter writer(database);
  ASSERT_TRUE(writer.add(first()));
  for (const int m : {1, 2, 3, 4}) ASSERT_TRUE(writer.add(pass(m, m == 2)));
  ASSERT_TRUE(writer.forget_before(kStart + minutes{3}));
  EXPECT_EQ(history::whole_pass_before(database, kStart + minutes{3}), kStart + minutes{2});
  const auto kept = read(kStart + minutes{2}, kStart + hours{1});
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].start, first().start);  // the policy in force is known still
  EXPECT_EQ(history::history_bounds(database)->value().first, kStart + minutes{2});
}

// A file as version 1 left it: nothing of it is lost, and it works on.
TEST(MonitorStore, OfVersionOneIsBroughtUpToDate) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  ASSERT_TRUE(database.execute(
      "CREATE TABLE monitor_format(version INTEGER NOT NULL); INSERT INTO monitor_format VALUES(1);"
      "CREATE TABLE memory(pubkey BLOB PRIMARY KEY, e_known_at INTEGER, own_health INTEGER, tried_health INTEGER) "
      "WITHOUT ROWID; INSERT INTO memory VALUES(zeroblob(32), NULL, 2, NULL);"
      "CREATE TABLE minute(minute INTEGER NOT NULL, subject TEXT NOT NULL, states TEXT NOT NULL, PRIMARY KEY(minute, "
      "subject)) WITHOUT ROWID; INSERT INTO minute VALUES(29640000, 'device x', 'ggg');"));
  EXPECT_EQ(MonitorArchive::open_to_read(database).error().kind, ErrorKind::Unsupported);
  auto archive = MonitorArchive::open(database);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_TRUE(MonitorArchive::open_to_read(database));
  EXPECT_EQ(archive->load_memories()->at(Pubkey{}).own_health, Health::Healthy);
  auto rows = database.prepare("SELECT count(*) FROM minute");
  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->integer(0), 1);
  EXPECT_TRUE(history::HistoryWriter(database).add({.at = kStart}));
}

// A file as version 2 left it, which knew neither profiles nor windows in slots.
TEST(MonitorStore, OfVersionTwoIsBroughtUpToDate) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  ASSERT_TRUE(database.execute(
      "CREATE TABLE monitor_format(version INTEGER NOT NULL); INSERT INTO monitor_format VALUES(2);"
      "CREATE TABLE memory(pubkey BLOB PRIMARY KEY, e_known_at INTEGER, own_health INTEGER, tried_health INTEGER) "
      "WITHOUT ROWID; INSERT INTO memory VALUES(zeroblob(32), NULL, 2, NULL);"
      "CREATE TABLE history_pass(at INTEGER PRIMARY KEY, previous INTEGER, whole INTEGER NOT NULL, could_write INTEGER "
      "NOT NULL, watermarks TEXT NOT NULL); INSERT INTO history_pass VALUES(1, NULL, 1, 1, 'counters 5');"));
  EXPECT_EQ(MonitorArchive::open_to_read(database).error().kind, ErrorKind::Unsupported);
  auto archive = MonitorArchive::open(database);
  ASSERT_TRUE(archive) << archive.error().message;
  const auto memory = archive->load_memories()->at(Pubkey{});
  EXPECT_EQ(memory.own_health, Health::Healthy);
  EXPECT_FALSE(memory.status);
  EXPECT_FALSE(memory.reset);
  auto reader = history::HistoryReader::open(database, Timestamp{}, kStart);
  ASSERT_TRUE(reader) << reader.error().message;
  const auto pass = reader->next();
  ASSERT_TRUE(pass && *pass);
  EXPECT_TRUE((*pass)->windows.empty());
  EXPECT_TRUE(history::HistoryWriter(database).add({.at = kStart, .windows = {{5'000, minutes{31}}}}));
  EXPECT_TRUE(MonitorArchive::open(database));  // and again, as it is
}

TEST(MonitorStore, KeepsWhatTheMonitorSawOwesAndWhichNetworkItIsOn) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  auto archive = MonitorArchive::open(database);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_EQ(*archive->load_profile(), std::nullopt);
  ASSERT_TRUE(archive->save_profile("rfc"));
  ASSERT_TRUE(archive->save_profile("v0.34"));
  EXPECT_EQ(*archive->load_profile(), "v0.34");
  StoredMemory memory;
  memory.own_health = Health::ReadyForLinks;
  memory.tried_health = Health::Pending;
  memory.status = Status::LinkProvisioning;
  memory.desired_status = DesiredStatus::Drained;
  memory.own_written = true;
  memory.reset = verdict::Reset{Health::Pending, verdict::HealthReason::EntersProvisioning};
  ASSERT_TRUE(archive->save_memories({{Pubkey{}, memory}}, {}));
  EXPECT_EQ(archive->load_memories()->at(Pubkey{}), memory);
}

TEST(MonitorStore, OfANewerVersionIsLeftAlone) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  ASSERT_TRUE(
      database.execute("CREATE TABLE monitor_format(version INTEGER NOT NULL); INSERT INTO monitor_format "
                       "VALUES(4);"));
  EXPECT_EQ(MonitorArchive::open(database).error().kind, ErrorKind::Unsupported);
  auto tables = database.prepare("SELECT count(*) FROM sqlite_master");
  ASSERT_TRUE(*tables->step());
  EXPECT_EQ(tables->integer(0), 1);
}

}  // namespace
}  // namespace dz::monitor
