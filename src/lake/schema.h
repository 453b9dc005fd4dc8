// The statements that make a lake's tables, for one server or for each server of a cluster. Rows are put into the place
// of others with the same key, so sending rows again changes nothing: ReplacingMergeTree, by month where rows have a
// time. In a cluster each table has its rows in TABLE_here, and TABLE is Distributed over all servers: rows of a store
// stay together by the hour.
#pragma once

#include <string>
#include <vector>

#include "lake/lake_settings.h"

namespace dz::lake {

// Where "through which row was everything sent" stands: store, stream, through.
inline constexpr std::string_view kSentTable = "history_sent";

// "18.16.1" and the like. Versions before 19.6 have no TTL of rows: then nothing is said of it, and rows stay.
bool knows_ttl(std::string_view server_version);

// All begin with CREATE ... IF NOT EXISTS, and may be said again.
std::vector<std::string> schema_statements(const LakeSettings& lake, bool with_ttl);

}  // namespace dz::lake
