// The monitor's file: what is kept of records and decisions, and files of other versions.
#include "monitor/monitor_archive.h"

#include <gtest/gtest.h>

#include "history/history_archive.h"

namespace dz::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp kStart{hours{494'000}};

std::map<Pubkey, StoredMemory> load(MonitorArchive& archive) {
  std::vector<std::string> damage;
  auto memories = archive.memories().load(damage);
  EXPECT_TRUE(memories && damage.empty());
  return memories ? *memories : std::map<Pubkey, StoredMemory>{};
}

// A file as version 1 left it: nothing of it is lost, and it works on.
TEST(MonitorArchive, OfVersionOneIsBroughtUpToDate) {
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
  EXPECT_EQ(load(*archive).at(Pubkey{}).own_health, Health::Healthy);
  auto rows = database.prepare("SELECT count(*) FROM minute");
  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->integer(0), 1);
  EXPECT_TRUE(history::HistoryWriter(database).add({.at = kStart}));
}

// A file as version 2 left it, which knew neither profiles nor windows in slots.
TEST(MonitorArchive, OfVersionTwoIsBroughtUpToDate) {
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
  const auto memory = load(*archive).at(Pubkey{});
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

// A file as version 3 left it, whose rows had no checksums: they get them, and are believed.
TEST(MonitorArchive, OfVersionThreeIsBroughtUpToDate) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  auto archive = MonitorArchive::open(database);
  ASSERT_TRUE(archive->memories().save({{Pubkey{}, StoredMemory{.own_health = Health::Healthy}}}, {}));
  ASSERT_TRUE(archive->decisions().add({{.at = kStart, .sentence = "as it was"}}));
  ASSERT_TRUE(history::HistoryWriter(database).add({.at = kStart, .whole = true}));
  for (const std::string table : {"memory", "decision", "history_pass", "history_subject"}) {
    ASSERT_TRUE(database.execute("ALTER TABLE " + table + " DROP COLUMN sum"));
  }
  ASSERT_TRUE(database.execute("UPDATE monitor_format SET version = 3"));
  archive = MonitorArchive::open(database);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_EQ(load(*archive).at(Pubkey{}).own_health, Health::Healthy);
  EXPECT_EQ(archive->decisions().find({})->front().sentence, "as it was");
  auto reader = history::HistoryReader::open(database, Timestamp{}, kStart);
  EXPECT_TRUE(reader && reader->next());
  EXPECT_TRUE(history::HistoryWriter(database).add({.at = kStart + minutes{1}}));
}

TEST(MonitorArchive, KeepsWhatTheMonitorSawOwesAndWhichNetworkItIsOn) {
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
  ASSERT_TRUE(archive->memories().save({{Pubkey{}, memory}}, {}));
  EXPECT_EQ(load(*archive).at(Pubkey{}), memory);
}

TEST(MonitorArchive, OfANewerVersionIsLeftAlone) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  ASSERT_TRUE(
      database.execute("CREATE TABLE monitor_format(version INTEGER NOT NULL); INSERT INTO monitor_format "
                       "VALUES(6);"));
  EXPECT_EQ(MonitorArchive::open(database).error().kind, ErrorKind::Unsupported);
  auto tables = database.prepare("SELECT count(*) FROM sqlite_master");
  ASSERT_TRUE(*tables->step());
  EXPECT_EQ(tables->integer(0), 1);
}

TEST(MonitorArchive, ForgetsDecisionsByTheirTime) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  auto archive = MonitorArchive::open(database);
  ASSERT_TRUE(archive) << archive.error().message;
  Decision decision{.at = kStart, .code = "ams-fra", .from = Health::Pending, .to = Health::Healthy};
  auto later = decision;
  later.at += hours{1};
  ASSERT_TRUE(archive->decisions().add({decision, later}));
  const auto all = archive->decisions().between(kStart, kStart + hours{1});
  ASSERT_EQ(all->size(), 1U);
  decision.id = all->front().id;
  EXPECT_EQ(all->front(), decision);
  EXPECT_EQ(archive->decisions().find({})->front().at, later.at);
  ASSERT_TRUE(archive->forget_before(kStart + minutes{1}));
  EXPECT_EQ(archive->decisions().find({})->size(), 1U);
}

}  // namespace
}  // namespace dz::monitor
