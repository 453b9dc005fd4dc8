// Rows there and back, the tables' statements, and the settings. The real servers are in tests/stores/lake_test.cpp.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lake/outbox.h"
#include "lake/row_binary.h"
#include "lake/schema.h"

namespace dz::lake {
namespace {

const Table kTable{
    "t",
    {{"id"}, {"name", ColumnKind::Text}, {"body", ColumnKind::Blob, true}, {"n", ColumnKind::Integer, true}},
    "id",
    "id"};

storage::SqliteDatabase with_table() {
  auto database = *storage::SqliteDatabase::open(":memory:");
  EXPECT_TRUE(database.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL, body BLOB, n INTEGER)"));
  return database;
}

std::string rows_of(storage::SqliteDatabase& database, std::string_view store) {
  auto query = *database.prepare("SELECT id, name, body, n FROM t ORDER BY id");
  std::string rows;
  while (*query.step()) add_row(rows, store, kTable, query);
  return rows;
}

TEST(RowBinary, IsWhatClickHouseDocuments) {
  auto database = with_table();
  ASSERT_TRUE(database.execute("INSERT INTO t VALUES(258, 'ab', x'00FF', NULL), (-1, '', NULL, 3)"));
  using namespace std::string_literals;
  EXPECT_EQ(rows_of(database, "s"),
            "\1s\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\1\0\3\0\0\0\0\0\0\0"
            "\1s\2\1\0\0\0\0\0\0\2ab\0\2\0\xFF\1"s);
}

RC_GTEST_PROP(RowBinary, ComesBackAsItWas,
              (const std::string& text, const Bytes& blob, std::int64_t number, bool missing)) {
  auto from = with_table(), to = with_table();
  auto put = *from.prepare("INSERT INTO t VALUES(?, ?, ?, ?)");
  put.bind(1, number).bind(2, text);
  missing ? put.bind_null(3).bind_null(4) : put.bind(3, ByteView(blob.empty() ? Bytes{0} : blob)).bind(4, number);
  RC_ASSERT(put.run().has_value());
  const auto rows = rows_of(from, "");
  auto insert = *to.prepare("INSERT INTO t VALUES(?, ?, ?, ?)");
  std::string_view rest(rows);
  rest.remove_prefix(1);  // the store, of no letters
  RC_ASSERT(take_row(rest, kTable, insert).has_value());
  RC_ASSERT(insert.run().has_value());
  RC_ASSERT(rest.empty());
  RC_ASSERT(rows_of(to, "") == rows);
  for (std::size_t cut = 1; cut < rows.size(); ++cut) {
    std::string_view part = std::string_view(rows).substr(1, cut - 1);
    auto bound = *to.prepare("SELECT ?, ?, ?, ?");
    RC_ASSERT(!take_row(part, kTable, bound).has_value());
  }
}

TEST(Schema, OneServerHasItsTablesAndAClusterSpreadsThem) {
  LakeSettings one;
  one.keep = std::chrono::hours{48};
  const auto statements = schema_statements(one, true);
  EXPECT_EQ(statements[0], "CREATE DATABASE IF NOT EXISTS `doublezero`");
  EXPECT_EQ(statements[2],
            "CREATE TABLE IF NOT EXISTS `doublezero`.`history_pass` (`store` String, `at` Int64, `previous` "
            "Nullable(Int64), `whole` Int64, `could_write` Int64, `watermarks` String, `windows` String, `sum` "
            "Nullable(Int64)) ENGINE = ReplacingMergeTree() PARTITION BY toYYYYMM(toDate(toDateTime(intDiv(`at`, "
            "1000000)))) ORDER BY (`store`, `at`) TTL toDate(toDateTime(intDiv(`at`, 1000000))) + toIntervalDay(2)");
  for (const auto& statement : schema_statements(one, false)) EXPECT_EQ(statement.find("TTL"), std::string::npos);

  LakeSettings many = one;
  many.cluster = "lake";
  many.replicated = true;
  const auto spread = schema_statements(many, false);
  EXPECT_EQ(spread[1],
            "CREATE TABLE IF NOT EXISTS `doublezero`.`history_subject_here` (`store` String, `id` Int64, `subject` "
            "String, `sum` Int64) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/doublezero/"
            "history_subject_here', '{replica}') ORDER BY (`store`, `id`)");
  EXPECT_EQ(spread[2],
            "CREATE TABLE IF NOT EXISTS `doublezero`.`history_subject` (`store` String, `id` Int64, `subject` String, "
            "`sum` Int64) ENGINE = Distributed(lake, doublezero, history_subject_here, cityHash64(`store`, `id`))");
}

TEST(Schema, RowsEndByThemselvesOnlyWhereTheServerKnowsHow) {
  EXPECT_FALSE(knows_ttl("18.16.1"));
  EXPECT_FALSE(knows_ttl("19.5.3.8"));
  EXPECT_TRUE(knows_ttl("19.6.2"));
  EXPECT_TRUE(knows_ttl("24.8.4.13"));
  EXPECT_FALSE(knows_ttl("nonsense"));
}

TEST(LakeSettings, AreRefusedWithWhatWasExpected) {
  const auto complain = [](LakeSettings lake) {
    lake.kind = "clickhouse";
    if (lake.url.empty()) lake.url = "http://127.0.0.1:8123";
    const auto secret = [](const std::string&) { return Result<std::string>("word\n"); };
    const auto done = complete_lake(lake, secret);
    return done ? lake.password : done.error().message;
  };
  EXPECT_EQ(complain({.username = "m", .password_file = "f"}), "word");
  EXPECT_EQ(complain({.url = "https://lake.example:8443/", .username = "m"}), "");
  EXPECT_NE(complain({.url = "lake.example"}).find("expected http:// or https://"), std::string::npos);
  EXPECT_NE(complain({.url = "http://lake.example", .username = "m"}).find("would cross the network in clear"),
            std::string::npos);
  EXPECT_NE(complain({.url = "https://u:p@lake.example"}).find("credentials have keys of their own"),
            std::string::npos);
  EXPECT_NE(complain({.database = "a`b"}).find("history.database: expected letters"), std::string::npos);
  EXPECT_NE(complain({.cluster = "a b"}).find("history.cluster: expected letters"), std::string::npos);
  EXPECT_NE(complain({.replicated = true}).find("expected history.cluster beside it"), std::string::npos);
  EXPECT_NE(complain({.password_file = "f"}).find("expected history.username beside it"), std::string::npos);
}

TEST(Outbox, AStoreIsNamedOnceAndAFileThatWasNeverSentHasNoName) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  EXPECT_EQ(*stored_id(database), std::nullopt);
  const auto id = *store_id(database);
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(*store_id(database), id);
  EXPECT_EQ(*stored_id(database), id);
}

}  // namespace
}  // namespace dz::lake
