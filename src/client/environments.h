// Which ledger, which programs, which key: flag before environment variable before configuration file before the
// environment's default. The same for the command and for the daemons. Pure; main() reads variables and files.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/config_file.h"
#include "wire/program_ids.h"

namespace dz::client {

// What a command line says of it.
struct LedgerFlags {
  std::optional<std::string> environment, url, websocket_url, program_id, keypair;
  bool operator==(const LedgerFlags&) const = default;
};

struct Setting {
  std::string value;        // empty: not set
  std::string_view origin;  // "flag", "environment variable", "config", "default", "computed"; empty: not set
};

struct LedgerSettings {
  const wire::Environment* environment = nullptr;  // never null once resolved
  Setting rpc_url, websocket_url, keypair, program_id;
  wire::ProgramIds ids;
};

using Variables = std::function<std::optional<std::string>(std::string_view name)>;

// $DOUBLEZERO_CONFIG_FILE, or cli/config.yml in the configuration folder.
std::string config_path(const Variables& variables);
// The folder of everything that is kept between runs: ~/.config/doublezero.
std::string config_folder(const Variables& variables);

// Refused: an unknown environment or program id, or a text that is not a URL. An explicit environment means that
// network: what was stored for another one does not count, but the key does.
Result<LedgerSettings> resolve_ledger(const LedgerFlags& flags, const Variables& variables, const ConfigFile& config);

// Refused when no URL is known: the message says where this network's ledger is and how to name it.
Result<std::string> rpc_url_of(const LedgerSettings& settings);

// Not the network of this machine but one that people rely on: daemons write to it only when told to.
bool is_live(const LedgerSettings& settings);

// The first of these that says something.
class Choice {
 public:
  Choice& offer(const std::optional<std::string>& value, std::string_view origin) {
    if (setting_.value.empty() && value && !value->empty()) setting_ = {*value, origin};
    return *this;
  }
  Setting take() { return std::move(setting_); }

 private:
  Setting setting_;
};

}  // namespace dz::client
