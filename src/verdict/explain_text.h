// What the texts of an explanation are put together with. Internal to verdict/.
#pragma once

#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "verdict/explain.h"

namespace dz::verdict {

using Text = fmt::memory_buffer;

template <typename... Args>
void put(Text& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

inline std::string to_string(const Text& text) { return {text.data(), text.size()}; }

inline const char* plural(int n) { return n == 1 ? "" : "s"; }

// "at 11:43", "tomorrow 11:43", "on 2026-11-25 09:13".
std::string when(Timestamp t, Timestamp now);

void put_finding(Text& out, const JudgedRecord& record, const Finding& finding, const Assessment& assessment);
void put_to_do(Text& out, const JudgedRecord& record, const Finding& finding, const Assessment& assessment);
// What to do, and the command for it; {} is the record.
void put_command(Text& out, const JudgedRecord& record, std::string_view what, std::string_view command);

}  // namespace dz::verdict
