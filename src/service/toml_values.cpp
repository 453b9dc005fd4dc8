#include "service/toml_values.h"

#include <limits>

#include <fmt/format.h>

#include "base/valid_text.h"

namespace dz::service {

using Handler = verdict::TomlReader::Handler;

Result<Duration> parse_span(const std::string& text, Duration least, Duration most) {
  DZ_TRY_ASSIGN(const auto span, parse_duration(text));
  if (span < least || span > most) {
    return refused(
        fmt::format("expected between {} and {}, found \"{}\"", duration_text(least), duration_text(most), text));
  }
  return span;
}

std::string number_expected(std::uint64_t least, std::uint64_t most) {
  return most == std::numeric_limits<std::uint64_t>::max()
             ? fmt::format("expected a whole number, at least {}", least)
             : fmt::format("expected a whole number from {} to {}", least, most);
}

namespace {

using CheckBytes = Result<void> (*)(std::string_view what, std::string_view text, std::size_t most);

Result<std::string> read_text(const verdict::TomlReader& reader, const toml::node& node, const std::string& key,
                              CheckBytes check) {
  const auto found = node.value_exact<std::string>();
  if (!found) return reader.complain(node, key + ": expected a text in quotes");
  if (const auto checked = check(key, *found, kMostText); !checked) {
    return reader.complain(node, checked.error().message);
  }
  return *found;
}

Handler text_handler(const verdict::TomlReader& reader, std::string& value, CheckBytes check) {
  return [&reader, &value, check](const toml::node& node, const std::string& key) -> Result<void> {
    DZ_TRY_ASSIGN(value, read_text(reader, node, key, check));
    return {};
  };
}

}  // namespace

Handler toml_text(const verdict::TomlReader& reader, std::string& value) {
  return text_handler(reader, value, check_text);
}

Handler toml_lines(const verdict::TomlReader& reader, std::string& value) {
  return text_handler(reader, value, check_lines);
}

Handler toml_flag(const verdict::TomlReader& reader, bool& value) {
  return [&reader, &value](const toml::node& node, const std::string& key) -> Result<void> {
    const auto found = node.value_exact<bool>();
    if (!found) return reader.complain(node, key + ": expected true or false");
    value = *found;
    return {};
  };
}

Handler toml_span(const verdict::TomlReader& reader, Duration& value, Duration least, Duration most) {
  return [&reader, &value, least, most](const toml::node& node, const std::string& key) -> Result<void> {
    const auto found = node.value_exact<std::string>();
    if (!found) return reader.complain(node, key + ": expected a duration in quotes, such as \"30s\"");
    const auto parsed = parse_span(*found, least, most);
    if (!parsed) return reader.complain(node, key + ": " + parsed.error().message);
    value = *parsed;
    return {};
  };
}

Handler toml_texts(const verdict::TomlReader& reader, std::vector<std::string>& values) {
  return [&reader, &values](const toml::node& node, const std::string& key) -> Result<void> {
    const auto* array = node.as_array();
    if (array == nullptr) return reader.complain(node, key + ": expected a list of texts, such as [\"a\", \"b\"]");
    values.clear();
    for (const auto& entry : *array) {
      std::string text;
      DZ_TRY_ASSIGN(text, read_text(reader, entry, key, check_text));
      values.push_back(std::move(text));
    }
    return {};
  };
}

Handler toml_table(const verdict::TomlReader& reader, std::vector<verdict::TomlReader::Key> keys) {
  return [&reader, keys = std::move(keys)](const toml::node& node, const std::string& key) {
    return reader.table(node, key, keys);
  };
}

}  // namespace dz::service
