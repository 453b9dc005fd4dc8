// Bodies of line protocol as rows for the evidence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/row_batch.h"
#include "wire/row_reader.h"

namespace dz::telemetry {

struct ParsedLines {
  RowBatch batch;
  std::size_t unreadable = 0;       // lines that cannot be read
  std::vector<std::string> errors;  // of the first few of them, in InfluxDB's words
  std::size_t ignored = 0;          // good rows of measurements or fields that are not evidence
  std::size_t consumed = 0;         // bytes of the body that these are the lines of
};

// Remembers the series it has seen, so that the same devices cost less the next time.
class LineParser {
 public:
  // The lines with which the body begins, as many as can be read in some 5 ms. now: the time of lines without one.
  // Refused: a precision that does not exist.
  Result<ParsedLines> parse_piece(std::string_view body, std::string_view precision, Timestamp now);

 private:
  std::uint32_t port_of(const wire::Series& series, RowBatch& batch);

  wire::RowReader reader_;
  std::uint32_t batch_ = 0;  // counts batches: a series' memo is (batch, port) of the one it was last seen in
};

}  // namespace dz::telemetry
