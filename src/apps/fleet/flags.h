// The fleet's flags, each of which is a key of its settings file too: docs/operating/fleet.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "service/settings.h"

namespace dz::fleet_main {

struct Flags {
  std::string network, ledger_url = "http://127.0.0.1:8899", environment = "local", keys;
  std::string monitor_url = "http://127.0.0.1:8090", token, since, fault_script, ports_file;
  Duration cadence = std::chrono::seconds{2}, history_cadence = std::chrono::seconds{20};
  std::vector<std::string> faults;
  std::uint64_t seed = 1;
  net::BrowserRules browsers;
  std::uint16_t control_port = 0;
  bool allow_readable_secrets = false, gzip = false, verbose = false;
};

struct Commands {
  CLI::App *run, *backfill, *check;
};
// Each flag on the commands that know it. `flags` outlives `settings`.
void declare(service::Settings& settings, const Commands& commands, Flags& flags);

}  // namespace dz::fleet_main
