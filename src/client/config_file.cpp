#include "client/config_file.h"

#include <array>

#include <fmt/format.h>

#include "client/key_file.h"

namespace dz::client {
namespace {

struct Key {
  std::string_view name;
  std::optional<std::string> ConfigFile::*field;
};
constexpr std::array<Key, 7> kKeys = {{{"json_rpc_url", &ConfigFile::json_rpc_url},
                                       {"websocket_url", &ConfigFile::websocket_url},
                                       {"keypair_path", &ConfigFile::keypair_path},
                                       {"program_id", &ConfigFile::program_id},
                                       {"geo_program_id", &ConfigFile::geo_program_id},
                                       {"tenant", &ConfigFile::tenant},
                                       {"monitor_url", &ConfigFile::monitor_url}}};
constexpr std::string_view kLabels = "address_labels";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// A plain, 'single' or "double" quoted scalar; none for null. The quoted forms keep everything but their own escapes.
std::optional<std::string> scalar(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    const char quote = text.front();
    text = text.substr(1, text.size() - 2);
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool escaped = i + 1 < text.size() && (quote == '"' ? text[i] == '\\' : text.substr(i, 2) == "''");
      if (escaped) ++i;
      value += text[i];
    }
    return value;
  }
  text = trimmed(text.substr(0, text.find(" #")));
  if (text.empty() || text == "~" || text == "null") return std::nullopt;
  return std::string(text);
}

std::string in_quotes(std::string_view value) {
  std::string text = "'";
  for (const char c : value) text += c == '\'' ? std::string("''") : std::string(1, c);
  return text + "'";
}

const Key* find_key(std::string_view name) {
  for (const auto& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

// One line into config; false when it is not understood.
bool apply_line(ConfigFile& config, std::string_view line, bool& in_labels) {
  const bool indented = line.front() == ' ' || line.front() == '\t';
  // "key: value": the colon that ends a key is followed by a space or by nothing (a label may hold colons).
  auto colon = line.find(':');
  while (colon != std::string_view::npos && colon + 1 < line.size() && line[colon + 1] != ' ') {
    colon = line.find(':', colon + 1);
  }
  if (colon == std::string_view::npos) return false;
  const auto name = scalar(trimmed(line.substr(0, colon)));
  const auto value = trimmed(line.substr(colon + 1));
  if (!name) return false;
  if (indented) {
    if (!in_labels) return false;
    config.address_labels.emplace_back(*name, scalar(value).value_or(""));
    return true;
  }
  in_labels = *name == kLabels && (value.empty() || value == "{}");
  if (in_labels) return true;
  const auto* key = find_key(*name);
  if (key == nullptr) return false;
  config.*(key->field) = scalar(value);
  return true;
}

}  // namespace

Result<ConfigFile> parse_config(std::string_view text) {
  ConfigFile config;
  bool in_labels = false;
  for (int number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto content = trimmed(line);
    if (content.empty() || content.front() == '#' || content == "---" || content == "{}") continue;
    if (!apply_line(config, line, in_labels)) {
      return refused(
          fmt::format("line {}: expected 'key: value' with a known key (json_rpc_url, websocket_url, "
                      "keypair_path, program_id, geo_program_id, tenant, monitor_url, address_labels), "
                      "found '{}'",
                      number, content));
    }
  }
  return config;
}

std::string render_config(const ConfigFile& config) {
  std::string text;
  for (const auto& key : kKeys) {
    if (const auto& value = config.*(key.field)) text += fmt::format("{}: {}\n", key.name, in_quotes(*value));
  }
  if (!config.address_labels.empty()) text += fmt::format("{}:\n", kLabels);
  for (const auto& [address, label] : config.address_labels) {
    text += fmt::format("  {}: {}\n", in_quotes(address), in_quotes(label));
  }
  return text;
}

Result<ConfigFile> read_config_file(const std::string& path) {
  auto text = read_small_file(path);
  if (!text && text.error().kind == ErrorKind::NotFound) return ConfigFile{};
  if (!text) return with_context("configuration", text.error());
  auto config = parse_config(*text);
  if (!config) return with_context("configuration " + path, config.error());
  return config;
}

Result<void> write_config_file(const std::string& path, const ConfigFile& config) {
  return write_file_atomically(path, render_config(config), 0644);
}

}  // namespace dz::client
