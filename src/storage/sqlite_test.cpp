#include "storage/sqlite.h"

#include <cstdio>

#include <gtest/gtest.h>

namespace dz::storage {
namespace {

TEST(Sqlite, KeepsNumbersTextsAndBlobs) {
  auto database = SqliteDatabase::open(":memory:");
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute("CREATE TABLE t(a INTEGER, b TEXT, c BLOB, d BLOB)"));
  auto insert = database->prepare("INSERT INTO t VALUES(?, ?, ?, ?)");
  ASSERT_TRUE(insert);
  const Bytes blob{0, 1, 2};
  ASSERT_TRUE(insert->bind(1, -5).bind(2, std::string_view("x\0y", 3)).bind(3, blob).bind(4, ByteView{}).run());
  auto select = database->prepare("SELECT a, b, c, d FROM t");
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->integer(0), -5);
  EXPECT_EQ(select->text(1), std::string_view("x\0y", 3));
  EXPECT_EQ(Bytes(select->blob(2).begin(), select->blob(2).end()), blob);
  EXPECT_FALSE(select->is_null(3));
  EXPECT_FALSE(*select->step());
  EXPECT_TRUE(*select->step());  // reset by itself
}

TEST(Sqlite, AStatementThatIsPreparedAgainRemembersNothing) {
  auto database = SqliteDatabase::open(":memory:");
  ASSERT_TRUE(database->execute("CREATE TABLE t(a INTEGER); INSERT INTO t VALUES(1), (2)"));
  constexpr std::string_view kSelect = "SELECT a, ? FROM t ORDER BY a";
  {
    auto first = database->prepare(kSelect);
    ASSERT_TRUE(*first->bind(1, 7).step());
    EXPECT_EQ(first->integer(1), 7);
    auto second = database->prepare(kSelect);  // the first is in use
    ASSERT_TRUE(*second->step());
    EXPECT_EQ(first->integer(1), 7);
  }
  constexpr std::string_view kOne = "SELECT ?";
  ASSERT_TRUE(*database->prepare(kOne)->bind(1, 7).step());
  auto one = database->prepare(kOne);  // the same again
  ASSERT_TRUE(*one->step());
  EXPECT_TRUE(one->is_null(0));
  auto again = database->prepare(kSelect);
  ASSERT_TRUE(*again->step());
  EXPECT_EQ(again->integer(0), 1);
  EXPECT_TRUE(again->is_null(1));
  again->reset();
  // A table that changed meanwhile, and a statement that outlives the connection.
  ASSERT_TRUE(database->execute("DROP TABLE t; CREATE TABLE t(b TEXT, a INTEGER); INSERT INTO t VALUES('x', 3)"));
  ASSERT_TRUE(*again->step());
  EXPECT_EQ(again->integer(0), 3);
  again->reset();
  *database = *SqliteDatabase::open(":memory:");
  EXPECT_FALSE(database->prepare(kSelect));
}

TEST(Sqlite, AFailedTransactionLeavesNothing) {
  auto database = SqliteDatabase::open(":memory:");
  ASSERT_TRUE(database->execute("CREATE TABLE t(a INTEGER PRIMARY KEY)"));
  const auto result = in_transaction(*database, [&]() -> Result<void> {
    DZ_TRY(database->execute("INSERT INTO t VALUES(1)"));
    return refused("no");
  });
  EXPECT_FALSE(result);
  auto count = database->prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(*count->step());
  EXPECT_EQ(count->integer(0), 0);
}

TEST(Sqlite, SaysWhatIsWrong) {
  auto database = SqliteDatabase::open("/nonexistent-folder/x.db");
  ASSERT_FALSE(database);
  EXPECT_NE(database.error().message.find("/nonexistent-folder/x.db"), std::string::npos);
  auto memory = SqliteDatabase::open(":memory:");
  EXPECT_FALSE(memory->prepare("SELECT * FROM missing"));
}

TEST(Sqlite, AReaderSeesWhatAWriterCommittedAndMayNotWrite) {
  const auto path = testing::TempDir() + "sqlite_reader_test.db";
  std::remove(path.c_str());
  EXPECT_EQ(SqliteDatabase::open_to_read(path).error().kind, ErrorKind::NotFound);
  auto writer = SqliteDatabase::open(path);
  ASSERT_TRUE(writer->execute("CREATE TABLE t(a INTEGER); INSERT INTO t VALUES(1);"));
  auto reader = SqliteDatabase::open_to_read(path);
  ASSERT_TRUE(reader) << reader.error().message;
  ASSERT_TRUE(reader->execute("BEGIN"));
  const auto count = [&] {
    auto query = reader->prepare("SELECT count(*) FROM t");
    return query && *query->step() ? query->integer(0) : -1;
  };
  EXPECT_EQ(count(), 1);
  ASSERT_TRUE(writer->execute("INSERT INTO t VALUES(2)"));
  EXPECT_EQ(count(), 1);  // one view throughout a transaction
  reader->rollback();
  EXPECT_EQ(count(), 2);
  EXPECT_FALSE(reader->execute("INSERT INTO t VALUES(3)"));
  std::remove(path.c_str());
}

TEST(Sqlite, D17_ASecondWriterIsRefusedAndReadersAreNot) {
  const auto path = testing::TempDir() + "sqlite_lock_test.db";
  std::remove(path.c_str());
  {
    auto first = SqliteDatabase::open(path);
    ASSERT_TRUE(first) << first.error().message;
    auto moved = std::move(*first);  // the lock goes with it
    const auto second = SqliteDatabase::open(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Refused);
    EXPECT_NE(second.error().message.find(path), std::string::npos) << second.error().message;
    EXPECT_NE(second.error().message.find("process "), std::string::npos);
    EXPECT_TRUE(SqliteDatabase::open_to_read(path));
  }
  EXPECT_TRUE(SqliteDatabase::open(path));
  EXPECT_TRUE(SqliteDatabase::open(":memory:"));
  std::remove(path.c_str());
}

TEST(Sqlite, X16_AFullDiskAndAFileForReadingAreSaidInTheirOwnWords) {
  const auto path = testing::TempDir() + "sqlite_full_test.db";
  std::remove(path.c_str());
  auto database = SqliteDatabase::open(path);
  ASSERT_TRUE(database->execute("CREATE TABLE t(a); PRAGMA max_page_count = 3"));
  const auto full = database->execute("INSERT INTO t VALUES(zeroblob(100000))");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::Retry);
  EXPECT_NE(full.error().message.find("free space on the disk"), std::string::npos) << full.error().message;
  auto reader = SqliteDatabase::open_to_read(path);
  const auto written = reader->execute("DELETE FROM t");
  EXPECT_NE(written.error().message.find("let this user write the file"), std::string::npos) << written.error().message;
  std::remove(path.c_str());
}

}  // namespace
}  // namespace dz::storage
