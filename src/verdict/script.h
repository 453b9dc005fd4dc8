// Test support: runs verdict scripts (docs/formats/verdict-scripts.md), text files in which a network engineer
// writes minutes and expects verdicts. One Script is one `case` of a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "verdict/explain.h"
#include "verdict/naive_tally.h"

namespace dz::verdict {

// Offsets in a script count from here: day one, midnight.
inline constexpr Minute kScriptStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

// "24h", "23h59m", "1d0h30s": offsets from the start.
Result<Duration> parse_offset(std::string_view text);
std::string offset_text(Timestamp t);

// Every line that is not as expected, as "file:line: what"; empty when the script holds. Stops a case at a line that
// cannot be read.
std::vector<std::string> run_script(const std::string& text, const std::string& file_name);

}  // namespace dz::verdict
