// Which ledger, which programs, which key: flag before environment variable before configuration file before the
// environment's default. Pure; main() reads the environment variables and the file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/config_file.h"
#include "domain/profile.h"
#include "wire/program_ids.h"

namespace dz::cli {

// What the command line may say before or after any verb.
struct GlobalFlags {
  std::optional<std::string> environment, url, websocket_url, program_id, keypair, monitor_url, profile;
  bool no_version_warning = false;
  bool trace_calls = false;  // --log-level debug or trace: every call to the ledger on stderr
  bool operator==(const GlobalFlags&) const = default;
};

struct Setting {
  std::string value;        // empty: not set
  std::string_view origin;  // "flag", "environment variable", "config", "default", "computed"; empty: not set
};

struct Settings {
  Setting rpc_url, websocket_url, keypair, program_id, monitor_url;
  ProgramIds ids;
  const Profile* profile = nullptr;  // named; null: as the ledger says
  bool no_version_warning = false;
};

using Variables = std::function<std::optional<std::string>(std::string_view name)>;

// $DOUBLEZERO_CONFIG_FILE, or cli/config.yml in the configuration folder.
std::string config_path(const Variables& variables);
// The folder of everything the CLI keeps: ~/.config/doublezero.
std::string config_folder(const Variables& variables);

// Refused: an unknown environment, profile or program id, or a URL that is none.
Result<Settings> resolve_settings(const GlobalFlags& flags, const Variables& variables, const ConfigFile& config);

}  // namespace dz::cli
