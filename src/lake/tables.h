// The tables of a monitor's file that go to a lake: their columns, by what a row is found again, and in which order
// they are sent. The columns and checksums are those of docs/formats/monitor-store.md, so what comes back from a lake
// is judged by the same checksums as what never left.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dz::lake {

enum class ColumnKind : std::uint8_t { Integer, Text, Blob };

struct Column {
  std::string_view name;
  ColumnKind kind = ColumnKind::Integer;
  bool nullable = false;
  bool of_log = false;  // where it is empty it is the entry of the log of decisions with the row's number
};

struct Table {
  std::string_view name;
  std::vector<Column> columns;
  std::string_view key;   // columns that name a row, and the order of rows
  std::string_view cut;   // the column, or rowid, by which a stream advances
  bool has_time = false;  // `at`, microseconds since 1970: rows go when they are old
};

// What advances together: the rows of all its tables up to some value of the first table's `cut`.
struct Stream {
  std::string_view name;
  std::vector<Table> tables;  // the first one says what there is; it is sent last
  // An SQL condition on rows of the first table that may not go yet end the stream before them; empty: all may go.
  std::string_view not_yet;
};

// In the order in which they are sent: what others refer to comes first.
const std::vector<Stream>& streams();
const Table& table_named(std::string_view name);

// "at, previous, whole", each in the quotes that both SQLite and ClickHouse read.
std::string column_list(const Table& table);

}  // namespace dz::lake
