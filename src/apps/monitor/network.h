// Which network a monitor is on: its ledger, its programs, and the profile that the ledger's program speaks.
#pragma once

#include "client/environments.h"
#include "monitor/monitor_settings.h"

namespace dz::monitor_main {

struct Network {
  std::string url, ws_url;
  wire::ProgramIds ids;
  bool live = false;  // people rely on it: written to only when told to
};
// Refused, with what to do: an unknown environment or program, no URL.
Result<Network> network_of(const monitor::MonitorSettings& settings);

// The settings in that file (empty: none) and in the files that it names. Refused: one that holds a secret and is open
// to others.
Result<monitor::MonitorSettings> read_settings_file(const std::string& file, const monitor::SettingsOptions& options);

// The profile that the settings name; else what the ledger says, which is asked once; else what the store remembers;
// else the RFC's.
Result<const Profile*> choose_profile(monitor::MonitorSettings& settings);

}  // namespace dz::monitor_main
