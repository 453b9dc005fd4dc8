// Where two judges differ about one record: what their monitors answer at /api/v1/minutes, side by side. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dz::demo {

// Minutes in a row that one has otherwise than the other.
struct MinutesApart {
  std::string criteria, source, where;  // as the API spells them; with commas between criteria
  Minute from, to;                      // [from, to)
  std::string first, second;            // "good", "bad", "unobserved"
  bool operator==(const MinutesApart&) const = default;
};

// Compared are the minutes that both judge by, criterion by criterion in the order of the first; criteria that differ
// alike are told together. Corrupt: no such answer.
Result<std::vector<MinutesApart>> compare_minutes(std::string_view first, std::string_view second);

// "6 minutes of counters, 20:57 to 21:02: oslo has good, rome has bad, at A (fra-dz001) Switch1/11/1: link.a.data,
// link.a.errors". What matters most comes first, for a terminal may cut the rest.
std::string render_apart(const MinutesApart& apart, std::string_view first, std::string_view second);

}  // namespace dz::demo
