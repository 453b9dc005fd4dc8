// Time is an argument: nothing below apps/ reads a clock except where a header says so. All times are UTC since the
// Unix epoch.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dz {

using Duration = std::chrono::microseconds;
using Timestamp = std::chrono::sys_time<Duration>;           // an instant
using Minute = std::chrono::sys_time<std::chrono::minutes>;  // the whole minute [m, m + 1 min)

// The end of the year 9999. What comes from outside and says a later time is refused: no clock shows it.
inline constexpr Timestamp kLastTime{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}};

inline Minute minute_of(Timestamp t) { return std::chrono::floor<std::chrono::minutes>(t); }

// A ledger slot. Slots count up from 0; their length is the ledger's (400 ms by default).
struct Slot {
  std::uint64_t value = 0;
  auto operator<=>(const Slot&) const = default;
};

// "2026-11-23T14:35:53Z"; a fraction (".123456") only when there is one. Minutes print with seconds ":00".
std::string to_text(Timestamp t);
// RFC 3339 with 'Z'. Refused otherwise.
Result<Timestamp> parse_timestamp(std::string_view text);

// For people: "09:13", "tomorrow 09:13", or "2026-11-25 09:13" in UTC, seen from now.
std::string clock_text(Timestamp t, Timestamp now);
// For people: "23 h 58 min", "4 min 10 s", "0 s".
std::string duration_text(Duration d);
// "24h", "90s", "15m", "2d", "500ms": one whole number and one unit. Refused otherwise.
Result<Duration> parse_duration(std::string_view text);

}  // namespace dz
