#include "storage/row_checks.h"

#include <gtest/gtest.h>

namespace dz::storage {
namespace {

constexpr CheckedTable kTable{"t", "key, number, text, data"};

class RowChecks : public testing::Test {
 protected:
  void SetUp() override {
    run("CREATE TABLE t(key TEXT PRIMARY KEY, number INTEGER, text TEXT, data BLOB, sum INTEGER) WITHOUT ROWID");
    auto insert = *database_.prepare(insert_sql(kTable));
    for (const std::string key : {"a", "b", "c"}) {
      insert.bind(1, key).bind(2, std::int64_t{-7}).bind_null(3).bind(4, as_bytes("xyz"));
      ASSERT_TRUE(insert.run());
    }
  }
  void run(const std::string& sql) {
    const auto done = database_.execute(sql);
    ASSERT_TRUE(done) << done.error().message;
  }
  bool notices(const std::string& damage) {
    run("SAVEPOINT s; " + damage);
    const bool found = !check_rows(database_, kTable);
    run("ROLLBACK TO s; RELEASE s");
    return found;
  }
  SqliteDatabase database_ = *SqliteDatabase::open(":memory:");
};

TEST_F(RowChecks, D18_AChangedColumnIsNoticed) {
  ASSERT_TRUE(check_rows(database_, kTable));
  EXPECT_TRUE(notices("UPDATE t SET key = 'd' WHERE key = 'b'"));
  EXPECT_TRUE(notices("UPDATE t SET number = -6 WHERE key = 'b'"));
  EXPECT_TRUE(notices("UPDATE t SET text = '' WHERE key = 'b'"));     // nothing and an empty text are two
  EXPECT_TRUE(notices("UPDATE t SET data = 'xyz' WHERE key = 'b'"));  // so are a blob and a text
  EXPECT_TRUE(notices("UPDATE t SET data = x'78797b' WHERE key = 'b'"));
  EXPECT_TRUE(notices("UPDATE t SET sum = NULL WHERE key = 'b'"));
  EXPECT_FALSE(notices("SELECT 1"));
}

TEST_F(RowChecks, D18_TheMessageNamesTableAndRow) {
  run("UPDATE t SET number = 1 WHERE key = 'b'");
  const auto checked = check_rows(database_, kTable);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::Corrupt);
  EXPECT_NE(checked.error().message.find("table t, the row with key 'b'"), std::string::npos)
      << checked.error().message;
}

TEST_F(RowChecks, TheTotalTellsOfMissingRowsAndNotOfTheirOrder) {
  const auto total = *check_rows(database_, kTable);
  EXPECT_EQ(*total_of(database_, kTable), total);
  run("DELETE FROM t WHERE key = 'b'");
  EXPECT_NE(*check_rows(database_, kTable), total);
  auto insert = *database_.prepare(insert_sql(kTable));
  ASSERT_TRUE(insert.bind(1, "b").bind(2, std::int64_t{-7}).bind_null(3).bind(4, as_bytes("xyz")).run());
  EXPECT_EQ(*check_rows(database_, kTable), total);
}

TEST_F(RowChecks, SumsCanBeGivenLater) {
  const auto total = *check_rows(database_, kTable);
  run("UPDATE t SET sum = NULL");
  EXPECT_FALSE(check_rows(database_, kTable));
  ASSERT_TRUE(sum_rows(database_, kTable));
  EXPECT_EQ(*check_rows(database_, kTable), total);
}

TEST_F(RowChecks, WholeStructuresPass) { EXPECT_TRUE(check_structure(database_)); }

}  // namespace
}  // namespace dz::storage
