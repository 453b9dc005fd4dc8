// The syntax of InfluxDB line protocol, one line at a time (docs/formats/line-protocol.md). Refusals are in InfluxDB's
// own words, because people search for them. What the lines mean is row_reader.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dz::wire {

enum class Precision : std::uint8_t { Nanoseconds, Microseconds, Milliseconds, Seconds, Minutes, Hours };
// The `precision` query parameter: "" n ns u us ms s m h. Refused otherwise.
Result<Precision> parse_precision(std::string_view text);

// A line's timestamp as a time. Refused: outside InfluxDB's range (64 bits of nanoseconds).
Result<Timestamp> time_of(std::int64_t value, Precision precision);

enum class FieldKind : std::uint8_t { Integer, Unsigned, Float, Boolean, String };

// Views into the line; keys and values as written, escapes included.
struct LineTag {
  std::string_view key, value;
};
struct LineField {
  std::string_view key;
  std::string_view text;  // without the i or u of a number, without the quotes of a string
  FieldKind kind = FieldKind::Float;
};
struct ProtocolLine {
  std::string_view series;  // measurement and tags
  std::string_view measurement;
  std::vector<LineTag> tags;
  std::vector<LineField> fields;
  std::optional<std::int64_t> timestamp;
};

// One line without its newline; `line` is overwritten, so that its vectors may be used again. Refused: what InfluxDB
// refuses, with its words for why ("missing fields", "invalid number", "unbalanced quotes", ...).
Result<void> parse_line(std::string_view text, ProtocolLine& line);

std::string unescape_key(std::string_view text);  // measurement, tag key, tag value, field key

}  // namespace dz::wire
