#include "storage/log_sync.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/sqlite.h"
#include "storage/synced_tip.h"

namespace dz::storage {
namespace {

namespace fs = std::filesystem;

class LogSyncTest : public testing::Test {
 protected:
  LogSyncTest() {
    fs::remove_all(folder);
    fs::create_directories(folder);
    database = std::make_unique<SqliteDatabase>(*SqliteDatabase::open(path));
    EXPECT_TRUE(database->execute("CREATE TABLE t(n INTEGER PRIMARY KEY, body BLOB)"));
  }
  ~LogSyncTest() override {
    gate.set_value();
    database.reset();
    fs::remove_all(folder);
  }

  void insert(std::int64_t n, std::size_t bytes = 10) {
    auto insert = database->prepare("INSERT INTO t VALUES(?, ?)");
    ASSERT_TRUE(insert->bind(1, n).bind(2, Bytes(bytes)).run());
  }
  // What a power cut at this moment would leave at the worst: all that was synced, and nothing that was not.
  void keep_what_a_cut_leaves() {
    fs::copy_file(path, cut, fs::copy_options::overwrite_existing);
    fs::copy_file(path + "-wal", cut + "-wal", fs::copy_options::overwrite_existing);
  }
  std::int64_t newest_after_cut() const {
    fs::remove(cut + "-shm");
    auto after = SqliteDatabase::open(cut);
    auto query = after->prepare("SELECT max(n) FROM t");
    return *query->step() ? query->integer(0) : -1;
  }
  LogSync::Settings held_at(int nth) {
    LogSync::Settings settings;
    settings.sync = [this, nth](const OpenFile& log) {
      if (++begun == nth) {
        under_way.set_value();
        opened.wait();
      }
      return log.sync();
    };
    return settings;
  }

  std::string folder = testing::TempDir() + "log_sync_test_" + std::to_string(::getpid());
  std::string path = folder + "/a.db", cut = folder + "/cut.db";
  std::unique_ptr<SqliteDatabase> database;
  std::promise<void> gate, under_way;
  std::shared_future<void> opened = gate.get_future().share();
  std::atomic<int> begun = 0;
};

// Commits come without an end. Whoever makes them puts them off while the last pages are written back, and so the log
// begins anew again and again; nobody has to write it back himself.
TEST_F(LogSyncTest, ALogThatIsWrittenBackToItsEndBeginsAnewWhileCommitsCome) {
  LogSync::Settings settings;
  settings.pages_written_back = 100;
  ASSERT_TRUE(database->sync_when_asked(settings));
  std::uintmax_t longest = 0;
  for (std::int64_t n = 0; n < 3000; ++n) {
    while (database->log_sync()->finishing()) std::this_thread::yield();
    insert(n, 20000);
    longest = std::max(longest, fs::file_size(path + "-wal"));
  }
  EXPECT_LT(longest, 30U << 20);  // all that was written is 75 MiB, and the log is never cut
}

TEST_F(LogSyncTest, WhoAsksDuringASyncSharesTheNextOne) {
  ASSERT_TRUE(database->sync_when_asked(held_at(2)));  // the first is that of the start
  std::atomic<int> answered = 0;
  const auto count = [&](Result<void> done) { answered += done ? 1 : 0; };
  insert(1);
  database->log_sync()->when_on_disk(count);
  under_way.get_future().wait();
  for (int n = 2; n < 102; ++n) {
    insert(n);
    database->log_sync()->when_on_disk(count);
  }
  EXPECT_EQ(answered, 0);
  gate.set_value();
  ASSERT_TRUE(database->log_sync()->wait());
  EXPECT_EQ(answered, 101);
  EXPECT_LE(begun, 4);
  gate = {};
}

TEST_F(LogSyncTest, WhoMayWaitSharesOneSyncWithWhoAsksMeanwhile) {
  LogSync::Settings settings{.most_waiting = 5};
  settings.sync = [this](const OpenFile&) {
    ++begun;
    return Result<void>{};
  };
  ASSERT_TRUE(database->sync_when_asked(settings));
  std::atomic<int> answered = 0;
  const auto count = [&](Result<void> done) { answered += done ? 1 : 0; };
  constexpr auto kLong = std::chrono::hours{1};
  const auto sync = database->log_sync();
  ASSERT_TRUE(sync->wait());  // from which the others count
  EXPECT_EQ(begun, 2);        // the first one is that of the start
  for (int i = 0; i < 3; ++i) sync->when_on_disk(count, kLong);
  EXPECT_EQ(begun, 2);
  ASSERT_TRUE(sync->wait());  // who may not wait takes them along
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(begun, 3);
  std::promise<void> last;
  for (int i = 0; i < 4; ++i) sync->when_on_disk(count, kLong);
  sync->when_on_disk([&](Result<void>) { last.set_value(); }, kLong);  // the fifth
  last.get_future().wait();
  EXPECT_EQ(answered, 7);
  EXPECT_EQ(begun, 4);
  std::promise<void> alone;
  sync->when_on_disk([&](Result<void>) { alone.set_value(); }, std::chrono::milliseconds{20});
  alone.get_future().wait();  // nobody else asks
  sync->when_on_disk(count, kLong);
  database.reset();  // nor does an end keep anybody waiting
  EXPECT_EQ(answered, 8);
}

TEST_F(LogSyncTest, WhatWasToldToBeOnDiskSurvivesAPowerCut) {
  LogSync::Settings settings{.pages_written_back = 1 << 20, .most_pages = 1 << 20};
  settings.sync = [this](const OpenFile&) {
    keep_what_a_cut_leaves();
    return Result<void>{};
  };
  ASSERT_TRUE(database->sync_when_asked(settings));
  for (int n = 1; n <= 40; ++n) {
    insert(n);
    if (n % 5 != 0) continue;
    std::promise<std::int64_t> survived;
    database->log_sync()->when_on_disk([&](Result<void>) { survived.set_value(newest_after_cut()); });
    EXPECT_EQ(survived.get_future().get(), n);
  }
}

TEST_F(LogSyncTest, AfterASyncThatFailedNothingIsBelieved) {
  LogSync::Settings settings;
  settings.sync = [this](const OpenFile&) -> Result<void> {
    if (++begun == 2) return fail(ErrorKind::Retry, "writing to the disk: Input/output error");
    return {};
  };
  ASSERT_TRUE(database->sync_when_asked(settings));
  EXPECT_EQ(database->log_sync()->problem(), "");
  for (int i = 0; i < 2; ++i) {
    const auto done = database->log_sync()->wait();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
    EXPECT_EQ(done.error().message,
              "writing to the disk: Input/output error; the disk may have lost what it took: see the system's log for "
              "its errors, and start again");
  }
  EXPECT_EQ(begun, 2);  // the disk is not asked again
  EXPECT_EQ(database->log_sync()->problem(), database->log_sync()->wait().error().message);
}

TEST_F(LogSyncTest, TheLogDoesNotGrowWithWhatIsWritten) {
  ASSERT_TRUE(database->sync_when_asked({.pages_written_back = 20, .most_pages = 200}));
  constexpr std::size_t kRow = 20000;
  for (int n = 1; n <= 2000; ++n) insert(n, kRow);
  EXPECT_LT(fs::file_size(path + "-wal"), 2000 * kRow / 5);
  ASSERT_TRUE(database->log_sync()->wait());
  database.reset();
  EXPECT_FALSE(fs::exists(path + "-wal"));  // closing writes it back, as ever
  database = std::make_unique<SqliteDatabase>(*SqliteDatabase::open(path));
  auto query = database->prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(*query->step());
  EXPECT_EQ(query->integer(0), 2000);
}

TEST_F(LogSyncTest, TheMarkIsNeverAheadOfTheDisk) {
  ASSERT_TRUE(database->sync_when_asked(held_at(3)));
  SyncedTip tip(*database);
  tip.begin(7);
  insert(8);
  tip.committed(8);
  EXPECT_EQ((*read_tip(path))->commit, 7U);
  ASSERT_TRUE(database->log_sync()->wait());
  EXPECT_EQ((*read_tip(path))->commit, 8U);

  database->log_sync()->when_on_disk([](Result<void>) {});
  under_way.get_future().wait();
  insert(9);
  tip.committed(9);
  gate.set_value();
  gate = {};
  ASSERT_TRUE(database->log_sync()->wait());
  EXPECT_EQ((*read_tip(path))->commit, 9U);
}

TEST_F(LogSyncTest, WithoutASyncThreadEveryCommitHasItsMarkAtOnce) {
  SyncedTip tip(*database);
  insert(1);
  tip.committed(1);
  EXPECT_EQ((*read_tip(path))->commit, 1U);
}

TEST(LogSync, ADatabaseInMemoryNeedsNone) {
  auto database = SqliteDatabase::open(":memory:");
  ASSERT_TRUE(database->sync_when_asked());
  EXPECT_EQ(database->log_sync(), nullptr);
}

}  // namespace
}  // namespace dz::storage
