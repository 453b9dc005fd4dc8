// The tables of the lake and of the controller as ClickHouse 18.16 can have them: the upstream names and columns, but
// DateTime for DateTime64, UInt8 for Bool, and no TTL. Of two rows with one key, the one ingested last counts.
#pragma once

#include <string>
#include <vector>

namespace dz::stores {

// CREATE statements, each for a table that may be there already.
std::vector<std::string> clickhouse_tables(const std::string& database);

// Counter columns of fact_dz_device_interface_counters, in the order of line protocol's fields: "in_octets", ...
const std::vector<std::string>& clickhouse_counter_columns();

}  // namespace dz::stores
