// A body of line protocol as rows for the evidence store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/row_batch.h"

namespace dz {

struct ParsedLines {
  RowBatch batch;
  std::vector<std::string> complaints;  // of lines that cannot be read, the first few, in InfluxDB's words
  std::size_t unreadable = 0;           // lines that cannot be read
  std::size_t ignored = 0;              // good rows of measurements or fields that are not evidence
};

// now: the time of lines without one. Refused: a precision that does not exist.
Result<ParsedLines> parse_lines(std::string_view body, std::string_view precision, Timestamp now);

}  // namespace dz
