// The monitor's settings file: docs/operating/monitor.md lists every key with its default.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/sender.h"
#include "daemon/source_settings.h"
#include "evidence/store.h"
#include "notify/hook.h"
#include "verdict/policy.h"

namespace dz {

// Whose rows a token may write. Exactly one of the two is set.
struct WriteToken {
  std::string secret;
  std::string contributor;  // pubkey or code
  std::string device;       // pubkey or code
  bool operator==(const WriteToken&) const = default;
};

struct MonitorSettings {
  // [ledger]
  std::string ledger_url = "http://127.0.0.1:8899";
  std::string ws_url;  // empty: ledger_url as ws://
  std::string environment = "local";
  std::string serviceability_program;  // empty: the environment's
  std::string telemetry_program;       // empty: the environment's
  Duration ledger_poll = std::chrono::seconds{60};
  BudgetPolicy budget;  // `on` follows from the environment: the network of this machine needs none
  std::string keypair;  // of the health authority; empty with dry_run or standby
  // [listen]
  std::string address = "127.0.0.1";
  std::uint16_t port = 8090;
  std::string ports_file;
  std::uint32_t max_body_mib = 32;
  // [store]
  std::string store_path = "doublezero-monitor.db";
  Duration history = std::chrono::hours{30 * 24};
  // [evidence]
  EvidenceSettings evidence;
  Duration pass_interval = std::chrono::seconds{5};
  Duration samples_poll = std::chrono::seconds{30};
  // top level
  bool dry_run = false;
  bool standby = false;
  bool allow_foundation_key = false;
  std::vector<WriteToken> tokens;       // [[token]]
  std::vector<NotifyHook> hooks;        // [[notify]]
  std::vector<SourceSettings> sources;  // [[source]]; evidence.pulled and evidence.lag follow from them
  TrustSettings trust;                  // [trust]
  Policy policy;                        // the file named by `policy`, or the default

  bool operator==(const MonitorSettings&) const = default;
};

// read_file gives the text of a file named in the settings (policy, secret_file), relative names as they are.
// Refused, with file and line: an unknown key, a value of the wrong kind, a contradiction.
Result<MonitorSettings> parse_monitor_settings(std::string_view toml, const std::string& file_name,
                                               const std::function<Result<std::string>(const std::string&)>& read_file);

// What no settings may ask for: an endpoint without tokens is for this machine only.
Result<void> check_monitor_settings(const MonitorSettings& settings);

}  // namespace dz
