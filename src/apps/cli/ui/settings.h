// What a command runs with, from flags, environment variables and the config file: the choice of a ledger
// (client/environments.h), and what the CLI adds to it: a monitor, an activator, a profile, warnings.
#pragma once

#include <optional>
#include <string>

#include "client/environments.h"
#include "client/secret_file.h"
#include "domain/profile.h"

namespace dz::cli {

// What the command line may say before or after any verb.
struct GlobalFlags : client::LedgerFlags {
  std::optional<std::string> monitor_url, activator_url, profile;
  bool no_version_warning = false;
  bool allow_readable_secrets = false;
  bool trace_calls = false;  // --log-level debug or trace: every call to the ledger on stderr
  bool operator==(const GlobalFlags&) const = default;
};

struct Settings : client::LedgerSettings {
  client::Setting monitor_url, activator_url;
  const Profile* profile = nullptr;  // named; null: as the ledger says
  bool no_version_warning = false;
  client::SecretRules secrets = {};  // of the key file
};

// Refused: an unknown environment, profile or program id, or a URL that is none.
Result<Settings> resolve_settings(const GlobalFlags& flags, const client::Variables& variables,
                                  const client::ConfigFile& config);

}  // namespace dz::cli
