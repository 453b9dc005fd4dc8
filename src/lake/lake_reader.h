// A span of a monitor's history out of a lake, put into a database of its own with the tables of a monitor's file:
// whatever reads such a file (backtest.h, past_minutes.h) reads it as it is, and by the checksums of the rows it is
// what was written.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "lake/lake_client.h"
#include "lake/tables.h"
#include "storage/sqlite.h"

namespace dz::lake {

// First and last pass that the lake has of a store, all between them sent; none: it has none.
Result<std::optional<std::pair<Timestamp, Timestamp>>> lake_bounds(LakeClient& client, const LakeSettings& settings,
                                                                   std::string_view store);

// from, to: passes and decisions; everything since the last whole pass before `from` comes along. `into` has the tables
// already and is empty. progress: called with the time up to which everything was read; its error ends the reading.
// NotFound: the lake has nothing of that time.
Result<void> read_lake(LakeClient& client, const LakeSettings& settings, std::string_view store, Timestamp from,
                       Timestamp to, storage::SqliteDatabase& into,
                       const std::function<Result<void>(Timestamp)>& progress);

// Rows of one table by such a condition, likewise: "`id` = 7 ORDER BY `id` DESC LIMIT 1".
Result<void> read_rows(LakeClient& client, const LakeSettings& settings, std::string_view store, const Table& table,
                       std::string_view where, storage::SqliteDatabase& into);

}  // namespace dz::lake
