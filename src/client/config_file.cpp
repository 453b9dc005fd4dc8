#include "client/config_file.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/safe_text.h"
#include "base/shown_url.h"
#include "client/key_file.h"

namespace dz::client {
namespace {

struct Key {
  std::string_view name;
  std::optional<std::string> ConfigFile::*field;
};
constexpr std::array<Key, 8> kKeys = {{{"json_rpc_url", &ConfigFile::json_rpc_url},
                                       {"websocket_url", &ConfigFile::websocket_url},
                                       {"keypair_path", &ConfigFile::keypair_path},
                                       {"program_id", &ConfigFile::program_id},
                                       {"geo_program_id", &ConfigFile::geo_program_id},
                                       {"tenant", &ConfigFile::tenant},
                                       {"monitor_url", &ConfigFile::monitor_url},
                                       {"activator_url", &ConfigFile::activator_url}}};
constexpr std::string_view kLabels = "address_labels";
constexpr std::string_view kExpected =
    "'key: value' with a known key (json_rpc_url, websocket_url, keypair_path, program_id, geo_program_id, tenant, "
    "monitor_url, activator_url, address_labels)";

tl::unexpected<Error> complain(const YAML::Node& node, std::string_view expected) {
  return refused(fmt::format("line {}: expected {}", node.Mark().line + 1, expected));
}

Result<std::optional<std::string>> read_value(const YAML::Node& node) {
  if (node.IsNull()) return std::nullopt;
  if (!node.IsScalar()) return complain(node, "one value");
  return node.Scalar();
}

Result<void> read_labels(const YAML::Node& labels, ConfigFile& config) {
  if (labels.IsNull()) return {};
  if (!labels.IsMap()) return complain(labels, "'ADDRESS: label' lines below address_labels");
  for (const auto& entry : labels) {
    DZ_TRY_ASSIGN(auto address, read_value(entry.first));
    DZ_TRY_ASSIGN(auto label, read_value(entry.second));
    config.address_labels.emplace_back(std::move(address).value_or(""), std::move(label).value_or(""));
  }
  return {};
}

Result<void> read_key(const YAML::Node& key, const YAML::Node& value, ConfigFile& config) {
  const auto name = key.IsScalar() ? key.Scalar() : std::string();
  if (name == kLabels) return read_labels(value, config);
  const auto known = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& k) { return k.name == name; });
  if (known == kKeys.end())
    return complain(key, fmt::format("{}, found '{}'", kExpected, valid_utf8(one_line(name, 60))));
  DZ_TRY_ASSIGN(config.*(known->field), read_value(value));
  return {};
}

Result<ConfigFile> read_document(const YAML::Node& root) {
  ConfigFile config;
  if (root.IsNull()) return config;
  if (!root.IsMap()) return complain(root, kExpected);
  for (const auto& entry : root) DZ_TRY(read_key(entry.first, entry.second, config));
  return config;
}

}  // namespace

Result<ConfigFile> parse_config(std::string_view text) {
  // YAML takes zero bytes for a sign of UTF-16 or UTF-32, and does not write back other bytes as it read them.
  if (valid_utf8(std::string(text)) != text || text.find('\0') != std::string_view::npos) {
    return refused("expected text in UTF-8, found other bytes; save it as UTF-8");
  }
  try {
    return read_document(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    return refused(
        fmt::format("line {}: expected YAML: {}", error.mark.line + 1, valid_utf8(one_line(error.msg, 200))));
  }
}

std::string render_config(const ConfigFile& config) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  for (const auto& key : kKeys) {
    if (const auto& value = config.*(key.field)) {
      out << YAML::Key << std::string(key.name) << YAML::Value << YAML::SingleQuoted << *value;
    }
  }
  if (!config.address_labels.empty()) {
    out << YAML::Key << std::string(kLabels) << YAML::Value << YAML::BeginMap;
    for (const auto& [address, label] : config.address_labels) {
      out << YAML::Key << YAML::SingleQuoted << address << YAML::Value << YAML::SingleQuoted << label;
    }
    out << YAML::EndMap;
  }
  out << YAML::EndMap;
  return std::string(out.c_str(), out.size()) + "\n";
}

Result<ConfigFile> read_config_file(const std::string& path) {
  auto text = read_small_file(path);
  if (!text && text.error().kind == ErrorKind::NotFound) return ConfigFile{};
  if (!text) return with_context("configuration", text.error());
  auto config = parse_config(*text);
  if (!config) return with_context("configuration " + path, config.error());
  return config;
}

bool holds_secret(const ConfigFile& config) {
  const auto secret = [](const std::optional<std::string>& url) {
    return url && dz::holds_secret(*url) && !is_of_this_machine(*url);
  };
  return secret(config.json_rpc_url) || secret(config.websocket_url) || secret(config.monitor_url) ||
         secret(config.activator_url);
}

Result<void> write_config_file(const std::string& path, const ConfigFile& config) {
  const auto again = parse_config(render_config(config));
  if (!again || *again != config) {
    return refused("configuration " + path +
                   ": expected values of UTF-8 without control characters, found one that could not be read again; "
                   "nothing was written");
  }
  return write_file_atomically(path, render_config(config), 0600);
}

}  // namespace dz::client
