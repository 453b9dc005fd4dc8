// What a name or a text of others must be to be taken. Every door asks here: rows of devices and stores, settings, and
// the instructions of a ledger whose rules are ours. What was taken can then be kept, read again and shown; what others
// kept, or an earlier version, is read as it stands.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace dz {

// Bytes of a name: as many as SNMP allows an interface's.
inline constexpr std::size_t kMostName = 255;

// Refused: empty, longer than kMostName, not UTF-8, or with control characters (U+0000 to U+001F, U+007F to U+009F).
// what: what is named ("interface"). The message says what was expected, what was found and where, and what to do.
Result<void> check_name(std::string_view what, std::string_view name);

// The same of a text, which may be empty, of at most so many bytes.
Result<void> check_text(std::string_view what, std::string_view text, std::size_t most);

// The same of a text of several lines: line feeds, carriage returns and tabs are allowed.
Result<void> check_lines(std::string_view what, std::string_view text, std::size_t most);

}  // namespace dz
