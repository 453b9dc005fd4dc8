// The counter readings behind a closed minute of an interface, as far as they are kept: of octets the first and the
// last of the minute, of errors every value that differs. For people; nothing is judged by it.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "evidence/evidence.h"
#include "evidence/readings.h"

namespace dz::evidence {

struct CounterReadings {
  CounterBit counter = kInErrors;
  std::optional<Reading> before;  // the last that is kept of an earlier minute; of octets, of the hour before
  std::vector<Reading> readings;  // of the minute, in order of time
  bool left_out = false;          // there may have been more between them
};

// What became of the octet readings of the minute.
enum class ReadingsKept : std::uint8_t {
  Kept,
  NoRows,     // no row came, so there is nothing to keep
  NotKept,    // rows came, and what they said is not there any more
  NotClosed,  // rows of the minute may be waiting
  TooOld,     // before the rings' first minute
};
std::string_view to_text(ReadingsKept kept);  // "kept", "no rows", "not kept", "not closed", "too old"

struct PortReadings {
  ReadingsKept octets = ReadingsKept::NoRows;
  std::array<CounterReadings, 5> counters;  // in the order of CounterBit
};

PortReadings readings_of(const Evidence& evidence, InterfaceRef interface, Minute minute);

}  // namespace dz::evidence
