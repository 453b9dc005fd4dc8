#include "verdict/toml_reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::verdict {

Result<toml::table> TomlReader::parse(std::string_view text) const {
  try {
    return toml::parse(text, file_name_);
  } catch (const toml::parse_error& error) {
    return refused(fmt::format("{}:{}: expected TOML: {}", file_name_, error.source().begin.line, error.description()));
  }
}

tl::unexpected<Error> TomlReader::complain(const toml::node& node, std::string_view what) const {
  return refused(fmt::format("{}:{}: {}", file_name_, node.source().begin.line, what));
}

Result<void> TomlReader::table(const toml::node& node, const std::string& prefix, const std::vector<Key>& keys) const {
  const auto* table = node.as_table();
  if (table == nullptr) return complain(node, fmt::format("{}: expected a table", prefix));
  for (const auto& [name, value] : *table) {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&name = name](const Key& k) { return k.name == name.str(); });
    const auto path = prefix.empty() ? std::string(name.str()) : fmt::format("{}.{}", prefix, name.str());
    if (found == keys.end()) {
      std::string list;
      for (const auto& k : keys) list += (list.empty() ? "" : ", ") + std::string(k.name);
      return complain(value, fmt::format("{}: no such key; expected one of {}", path, list));
    }
    DZ_TRY(found->read(value, path));
  }
  return {};
}

}  // namespace dz::verdict
