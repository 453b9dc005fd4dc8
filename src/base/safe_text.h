// Text of others made fit to be passed on: in a header, in a line of a log, in JSON. Whatever leaves a daemon and may
// hold bytes that somebody sent goes through here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dz {

// Where the first byte that is no part of a UTF-8 character stands, from `at` on; the text's size when there is none.
std::size_t first_invalid_utf8(std::string_view text, std::size_t at = 0);
inline bool is_utf8(std::string_view text) { return first_invalid_utf8(text) == text.size(); }

// Every byte that is no part of a UTF-8 character becomes U+FFFD; valid text comes back as it was. What JSON means is
// not changed, for its own signs are ASCII.
std::string valid_utf8(std::string text);

// At most `most` bytes, "..." at the end included where something is missing; never cut inside a character.
std::string cut_text(std::string_view text, std::size_t most);

// The same on one line: control characters become spaces, and several spaces one.
std::string one_line(std::string_view text, std::size_t most);

// The same for people and for JSON: what a terminal, a log or a chat would act on instead of showing it stands as
// \u001b. These are control characters, line and paragraph separators, what turns the direction of writing, what is
// not seen at all, and bytes that are no UTF-8 (U+FFFD). Escaped JSON means what it meant before.
std::string escaped(std::string_view text);   // one value: line ends and tabs are escaped too
std::string escaped_lines(std::string text);  // a whole text: its line ends and tabs stay

// The value of an HTTP header: printable ASCII on one line, of at most so many bytes; InfluxDB cuts there too. Another
// character becomes "?".
inline constexpr std::size_t kMostHeaderValue = 1024;
std::string header_value(std::string_view text);

}  // namespace dz
