// Line protocol into rows of the ClickHouse tables (clickhouse_tables.h), tab-separated.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fleet/fault.h"
#include "wire/line_protocol.h"

namespace dz::stores {

// One insert: its statement's table and columns, and the rows.
struct ClickHouseInsert {
  std::string table, columns, rows;
};

class ClickHouseRows {
 public:
  // Refused: a line that cannot be read. `lines` may be read again after a failed insert.
  Result<std::vector<ClickHouseInsert>> convert(std::string_view lines, Timestamp ingested);

 private:
  // EOS sends octets and the other counters that changed a few milliseconds apart. Time is in whole seconds here, so
  // everything that one interface says within a second is one row, and a row that grows is written again to replace the
  // first.
  struct CounterRow {
    std::int64_t second = 0;
    std::array<std::optional<std::int64_t>, fleet::kCounterCount> values;
  };
  using SeriesKey = std::string;  // "device_pk\thost\tintf\tmodel\tserial"

  void add_counters(const wire::ProtocolLine& line, std::int64_t second);

  std::map<SeriesKey, CounterRow> last_;
  std::map<std::pair<std::int64_t, SeriesKey>, CounterRow> grown_;  // of this call
};

}  // namespace dz::stores
