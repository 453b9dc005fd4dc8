// The monitor's settings, from its file and its flags: docs/operating/monitor.md lists every key with its flag and its
// default.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/ledger_view.h"
#include "client/sender.h"
#include "control/change_budget.h"
#include "control/write_mode.h"
#include "evidence/evidence.h"
#include "lake/lake_settings.h"
#include "monitor/quorum_settings.h"
#include "monitor/source_settings.h"
#include "notify/hook.h"
#include "service/connection_limits.h"
#include "service/settings.h"
#include "verdict/policy.h"

namespace dz::monitor {

// Whose rows a token may write: of a contributor's devices or of one device, or QA of the whole fleet, or both.
struct WriteToken {
  std::string secret;
  std::string contributor;  // pubkey or code
  std::string device;       // pubkey or code
  bool fleet_wide = false;  // QA runs, and the results of every device
  bool operator==(const WriteToken&) const = default;
};

// What was asked for, in the file or by flags, in people's words.
struct WriteWishes {
  bool dry_run = false;
  bool write = false;  // on a network that people rely on too; elsewhere health is written unless dry_run
  bool standby = false;
  Duration takeover_after{};  // a standby's; zero: never
  bool operator==(const WriteWishes&) const = default;
};

// Has as many members as there are settings.
struct MonitorSettings {
  // [ledger]
  std::string ledger_url;  // empty: the environment's
  std::string ws_url;      // empty: ledger_url as ws://
  std::string environment = "local";
  std::string serviceability_program;  // empty: the environment's
  std::string telemetry_program;       // empty: the environment's
  Duration ledger_poll = std::chrono::seconds{60};
  Duration max_block_age = client::ViewOptions{}.most_age;  // of the node's newest block; else nothing is written
  client::BudgetPolicy budget;  // `on` follows from the environment: the network of this machine needs none
  std::string keypair;          // of the health authority; not needed unless health is written
  // [listen]
  std::string address = "127.0.0.1";
  std::uint16_t port = 8090;
  std::string ports_file;
  net::BrowserRules browsers;
  std::uint32_t max_body_mib = 32;
  std::uint32_t max_streams = 64;  // of /api/v1/stream
  service::ConnectionSettings connections;
  // [store]
  std::string store_path = "doublezero-monitor.db";
  Duration history = std::chrono::hours{30 * 24};
  // [metrics]
  std::string metrics_records = "not-as-wanted";  // ShownRecords (record_metrics.h)
  std::uint32_t metrics_most_kib = 3072;          // of those
  // [log]
  std::string log_origin;                  // empty: the network and the key name it
  std::vector<std::string> log_witnesses;  // each a verifier key, a space, a URL
  std::vector<std::string> witness_of;     // verifier keys of other monitors' logs, that this one cosigns
  std::string witness_name, witness_keypair;
  // [evidence]
  evidence::EvidenceSettings evidence;
  Duration pass_interval = std::chrono::seconds{5};
  Duration samples_poll = std::chrono::seconds{30};
  Duration gather_writes = std::chrono::seconds{1};
  // top level
  WriteWishes asked;
  std::string shard;  // "2/3"; empty: the whole fleet. evidence.part and evidence.parts follow from it
  control::WriteMode write_mode = control::WriteMode::Write;  // settle_for() takes it from `asked`
  bool allow_foundation_key = false;
  // Files of which others than their owner may know nothing: the settings' own too, if it holds a secret itself.
  std::vector<std::string> secret_files;
  bool allow_readable_secrets = false;    // use them all the same
  bool verbose = false;                   // log at debug
  std::vector<WriteToken> tokens;         // [[token]]
  std::vector<notify::NotifyHook> hooks;  // [[notify]]
  std::string page_url;                   // what hooks are told links to PAGE_URL/r/CODE; empty: it links to nothing
  std::vector<SourceSettings> sources;    // [[source]]; evidence.pulled and evidence.lag follow from them
  TrustSettings trust;                    // [trust]
  QuorumSettings quorum;                  // [quorum]
  lake::LakeSettings lake;                // [history]
  std::string writes_per_minute, fleet_percent_per_hour;  // [limits]; empty: as default_change_limits() has it
  control::ChangeLimits limits;                           // settle_for() takes them from there
  std::string profile;                                    // of the ledger's program; empty: as the ledger says
  const Profile* named_profile = nullptr;                 // that profile, once found: whatever the ledger says
  std::string policy_file;                                // empty: the profile's default policy
  verdict::Policy policy;                                 // what that file says
  std::vector<service::SettingInForce> in_force;          // all of these that are flags and keys, for people

  bool operator==(const MonitorSettings&) const = default;
};

// Which profile the policy is for, once everything else of the settings is known.
using ChooseProfile = std::function<Result<const Profile*>(MonitorSettings&)>;
// The one that the settings name, or the RFC's.
Result<const Profile*> named_profile(MonitorSettings& settings);

// Every setting that is a flag and a key: all but the arrays of tables, which are keys only. `settings` outlives
// `declared`.
void declare_monitor_settings(service::Settings& declared, MonitorSettings& settings);

struct SettingsOptions {
  ChooseProfile choose = named_profile;
  service::GivenFlags flags = {};  // they win over the file; --env takes the file's network away with it
};

// read_file gives the text of a file named in the settings (policy, secret_file), relative names as they are.
// Refused, with file and line: an unknown key, a value of the wrong kind, a contradiction.
Result<MonitorSettings> parse_monitor_settings(std::string_view toml, const std::string& file_name,
                                               const std::function<Result<std::string>(const std::string&)>& read_file,
                                               const SettingsOptions& options = {});

// What follows from the network: on one that people rely on (live), health is written only when told to, and within
// limits. Makes write_mode of what was asked for, here and nowhere else.
Result<void> settle_for(bool live, MonitorSettings& settings);

// A standby that begins to write when the writer is silent (control/takeover.h).
inline bool takes_over(const MonitorSettings& s) {
  return s.write_mode == control::WriteMode::Standby && s.asked.takeover_after > Duration{};
}

// What no settings may ask for: an endpoint without tokens is for this machine only.
Result<void> check_monitor_settings(const MonitorSettings& settings);
// Refused: health is to be written, and there is no key to sign with.
Result<void> check_key_is_there(const MonitorSettings& settings, bool has_key);

}  // namespace dz::monitor
