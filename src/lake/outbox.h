// What of a monitor's file is not in the lake yet, in batches. Reads the file beside the monitor, which writes it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lake/tables.h"
#include "storage/sqlite.h"

namespace dz::lake {

// Who a file's rows belong to in a lake: made once, kept in the file. 32 hexadecimal digits.
Result<std::string> store_id(storage::SqliteDatabase& database);
// The same without making it; none: it was not made.
Result<std::optional<std::string>> stored_id(storage::SqliteDatabase& database);

// Of each stream, the last place that was sent; missing: nothing was.
using Sent = std::map<std::string, std::int64_t, std::less<>>;

struct Batch {
  const Stream* stream = nullptr;
  std::int64_t through = 0;          // the place of its last rows
  std::vector<std::string> rows;     // of each table of the stream, RowBinary; empty: none
  std::vector<std::size_t> numbers;  // how many
};

// The next rows of the first stream that has any: whole places, until they are `most_bytes`. None: all is sent.
Result<std::optional<Batch>> next_batch(storage::SqliteDatabase& database, std::string_view store, const Sent& sent,
                                        std::size_t most_bytes);

}  // namespace dz::lake
