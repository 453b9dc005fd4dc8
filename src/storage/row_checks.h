// Whether a database is what was written: its structure by SQLite's own check, its content by checksums. A checked
// table has a column `sum` with row_sum of the table's name and its other columns, and its owner may keep the total of
// all sums, which also tells of rows that are missing or too many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/sqlite.h"

namespace dz::storage {

struct CheckedTable {
  std::string_view name;
  std::string_view columns;  // "key, data": all but `sum`, in the order in which they count; the first names a row
};

// "row_sum('accounts', key, data)": the checksum of a row as it stands.
std::string sum_sql(const CheckedTable& table);
// "sum IS row_sum(...)": whether a row is what was written, as a column of a query.
std::string intact_sql(const CheckedTable& table);
// "INSERT INTO accounts(key, data, sum) VALUES(?1, ?2, row_sum('accounts', ?1, ?2))". verb: "INSERT OR REPLACE".
std::string insert_sql(const CheckedTable& table, std::string_view verb = "INSERT");

// The total of all rows' sums modulo 2^64. Corrupt: a row is not what was written; the message names table and row.
Result<std::uint64_t> check_rows(SqliteDatabase& database, const CheckedTable& table);
// The same total of a table whose rows have no sum of their own.
Result<std::uint64_t> total_of(SqliteDatabase& database, const CheckedTable& table);
// Gives every row its sum: for a table that just got the column.
Result<void> sum_rows(SqliteDatabase& database, const CheckedTable& table);

// Whether the table has such a column.
Result<bool> has_column(SqliteDatabase& database, std::string_view table, std::string_view column);
// Gives a table of an older version its column `sum`, filled, unless it has one.
Result<void> add_sums(SqliteDatabase& database, const CheckedTable& table);

// Corrupt: pages, tables and indexes contradict each other.
Result<void> check_structure(SqliteDatabase& database);

}  // namespace dz::storage
