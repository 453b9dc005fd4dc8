// Whether a monitor writes health. Every monitor judges all records; the mode says what becomes of its verdicts.
#pragma once

#include <cstdint>

namespace dz::control {

enum class WriteMode : std::uint8_t {
  Observe,  // nobody's health is written; what would be written is shown
  Standby,  // another monitor writes: its health is adopted, and resets are left to it; takeover.h: until when
  Write,
};

}  // namespace dz::control
