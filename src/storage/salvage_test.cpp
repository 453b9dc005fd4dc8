#include "storage/salvage.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace dz::storage {
namespace {

namespace fs = std::filesystem;

class Salvage : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(folder_);
    auto database = *SqliteDatabase::open(path_);
    ASSERT_TRUE(database.execute(
        "CREATE TABLE small(a INTEGER PRIMARY KEY, b TEXT); INSERT INTO small VALUES(1, 'one'), (2, NULL);"
        "CREATE TABLE large(a INTEGER PRIMARY KEY, b BLOB); CREATE INDEX by_b ON large(b);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO large SELECT i, "
        "zeroblob(500) FROM n"));
  }
  void TearDown() override { fs::remove_all(folder_); }
  void put(std::size_t place, const std::string& bytes) {
    std::fstream(path_, std::ios::in | std::ios::out | std::ios::binary).seekp(static_cast<std::streamoff>(place))
        << bytes;
  }
  static std::int64_t number(SqliteDatabase& database, std::string_view sql) {
    auto query = database.prepare(sql);
    return query && *query->step() ? query->integer(0) : -1;
  }
  std::string folder_ = testing::TempDir() + "salvage_test_" + std::to_string(::getpid());
  std::string path_ = folder_ + "/monitor.db";
};

TEST_F(Salvage, AWholeFileIsOpenedAsItIs) {
  auto opened = open_or_salvage(path_);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->damage.empty());
  EXPECT_EQ(number(opened->database, "SELECT count(*) FROM large"), 500);
}

TEST_F(Salvage, D18_WhatCanBeReadOfADamagedFileIsUsed) {
  const auto pages = fs::file_size(path_) / 4096;
  put(pages / 2 * 4096, std::string(4096, '\xff'));
  auto opened = open_or_salvage(path_);
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_EQ(opened->damage.size(), 1U);
  EXPECT_NE(opened->damage[0].find(path_ + ".damaged-1"), std::string::npos) << opened->damage[0];
  EXPECT_TRUE(fs::exists(path_ + ".damaged-1"));
  EXPECT_EQ(number(opened->database, "SELECT count(*) FROM small"), 2);
  EXPECT_GT(number(opened->database, "SELECT count(*) FROM large"), 400);
  EXPECT_EQ(number(opened->database, "SELECT count(*) FROM large WHERE length(b) = 500 AND typeof(b) = 'blob'"),
            number(opened->database, "SELECT count(*) FROM large"));
  EXPECT_EQ(number(opened->database, "SELECT count(*) FROM sqlite_master WHERE name = 'by_b'"), 1);
  EXPECT_FALSE(SqliteDatabase::open(path_));  // it is locked as ever
  EXPECT_FALSE(fs::exists(path_ + ".salvaged"));
}

TEST_F(Salvage, D18_AFileThatIsNoDatabaseAnyMoreIsReplacedByAnEmptyOne) {
  put(0, std::string(100, 'x'));
  auto opened = open_or_salvage(path_);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->damage.size(), 1U);
  EXPECT_EQ(number(opened->database, "SELECT count(*) FROM sqlite_master"), 0);
}

TEST_F(Salvage, D17_AFileThatAnotherProcessHasIsLeftAlone) {
  const auto first = SqliteDatabase::open(path_);
  const auto second = open_or_salvage(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Refused);
  EXPECT_FALSE(fs::exists(path_ + ".damaged-1"));
}

}  // namespace
}  // namespace dz::storage
