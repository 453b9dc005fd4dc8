// Rows in ClickHouse's format RowBinary, from and to SQLite: the values as they are, blobs of any bytes too. An integer
// is Int64, a text or a blob String, and what may be missing is Nullable. Source: ClickHouse's documentation, Formats,
// RowBinary.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "lake/tables.h"
#include "storage/sqlite.h"

namespace dz::lake {

// `store` first, then the table's columns, from the statement's present row. entry: for a column that is of the log and
// empty.
void add_row(std::string& rows, std::string_view store, const Table& table, const storage::SqliteStatement& row,
             ByteView entry = {});

// Takes the first row, without a store, off `rows`, and binds its values to `insert` in the order of the columns.
// Corrupt: it is cut off.
Result<void> take_row(std::string_view& rows, const Table& table, storage::SqliteStatement& insert);

}  // namespace dz::lake
