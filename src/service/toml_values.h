// Handlers of a TomlReader for the values a daemon's settings are made of. Each refuses what is of the wrong kind or
// out of range, with file and line. The reader and the value outlive the handler.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "verdict/toml_reader.h"

namespace dz::service {

// The rules of a value, as the command line and the file share them. Both ends are included.
Result<Duration> parse_span(const std::string& text, Duration least, Duration most);
std::string number_expected(std::uint64_t least, std::uint64_t most);  // "expected a whole number from 1 to 60"

// A text is valid (base/valid_text.h), on one line; lines may be several.
inline constexpr std::size_t kMostText = 64U << 10;
verdict::TomlReader::Handler toml_lines(const verdict::TomlReader& reader, std::string& value);
verdict::TomlReader::Handler toml_text(const verdict::TomlReader& reader, std::string& value);
verdict::TomlReader::Handler toml_flag(const verdict::TomlReader& reader, bool& value);
// "30s"; both ends included.
verdict::TomlReader::Handler toml_span(const verdict::TomlReader& reader, Duration& value, Duration least,
                                       Duration most);
// ["a", "b"]
verdict::TomlReader::Handler toml_texts(const verdict::TomlReader& reader, std::vector<std::string>& values);
verdict::TomlReader::Handler toml_table(const verdict::TomlReader& reader, std::vector<verdict::TomlReader::Key> keys);

template <typename Number>
verdict::TomlReader::Handler toml_number(const verdict::TomlReader& reader, Number& value, std::int64_t least,
                                         std::int64_t most) {  // least is not negative
  return [&reader, &value, least, most](const toml::node& node, const std::string& key) -> Result<void> {
    const auto found = node.value_exact<std::int64_t>();
    if (!found || *found < least || *found > most) {
      return reader.complain(
          node, key + ": " + number_expected(static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most)));
    }
    value = static_cast<Number>(*found);
    return {};
  };
}

}  // namespace dz::service
