// What the CLI remembers between runs: ~/.config/doublezero/cli/config.yml, flat YAML with known keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace dz::client {

struct ConfigFile {
  std::optional<std::string> json_rpc_url;
  std::optional<std::string> websocket_url;  // absent: derived from json_rpc_url
  std::optional<std::string> keypair_path;
  std::optional<std::string> program_id;
  std::optional<std::string> geo_program_id;  // kept for other tools; unused here
  std::optional<std::string> tenant;          // kept for other tools; unused here
  std::optional<std::string> monitor_url;
  std::optional<std::string> activator_url;
  std::vector<std::pair<std::string, std::string>> address_labels;
  bool operator==(const ConfigFile&) const = default;
};

// Refused with the line number: what is not YAML in UTF-8, a key other than those above, a value that is a list or a
// table. `null`, `~` and an empty value mean absent.
Result<ConfigFile> parse_config(std::string_view text);
std::string render_config(const ConfigFile& config);

// A missing file is an empty configuration.
Result<ConfigFile> read_config_file(const std::string& path);
// Readable by the owner alone.
Result<void> write_config_file(const std::string& path, const ConfigFile& config);
// A URL of it says more than scheme, host and port.
bool holds_secret(const ConfigFile& config);

}  // namespace dz::client
