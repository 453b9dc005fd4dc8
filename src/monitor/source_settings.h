// [[source]] and [trust] of the monitor's settings: the stores it pulls evidence from, what each serves or checks, and
// when two stores that tell different things are believed no longer. docs/operating/stores.md lists every key.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "service/settings.h"
#include "telemetry/store_pull.h"
#include "telemetry/store_query.h"
#include "verdict/policy.h"
#include "verdict/toml_reader.h"

namespace dz::monitor {

struct SourceSettings {
  telemetry::StoreSettings store;
  telemetry::PullLimits limits;
  std::string ca_file;                   // PEM; empty: the system's certificates
  std::vector<evidence::Source> serves;  // Counters, ConfigAgent, Qa: pulled from it, and no longer pushed
  std::vector<evidence::Source> checks;  // asked too, and compared with the store that serves them
  int line = 0;                          // where it was declared, for complaints
  bool operator==(const SourceSettings&) const = default;
};

// Two stores disagree when at least this many devices, and this part of those known to either, differ in at least this
// many of the last 10 minutes.
struct TrustSettings {
  int devices = 2;
  int percent = 10;
  int minutes = 5;
  bool operator==(const TrustSettings&) const = default;
};

using ReadTextFile = std::function<Result<std::string>(const std::string&)>;

// The handler of [[source]]. Refused, with line: unknown keys, a kind that cannot serve a signal, two sources that
// serve one, credentials that would cross a network in clear, numbers that contradict each other. The reader, the
// sources and read_file outlive the handler.
verdict::TomlReader::Handler source_tables(const verdict::TomlReader& reader, std::vector<SourceSettings>& sources,
                                           const ReadTextFile& read_file);
// [trust]: flags and keys. `trust` outlives `settings`.
void declare_trust(service::Settings& settings, TrustSettings& trust);

// What only shows when settings and policy are put together: added criteria whose source does not exist, a lag that
// makes every verdict stale. Names the line.
Result<void> check_sources(const std::vector<SourceSettings>& sources, const verdict::Policy& policy,
                           const std::string& settings_file, const std::string& policy_file);

// Which sources are pulled, and how far behind the clock, follows from the stores.
void pull_from(const std::vector<SourceSettings>& sources, const verdict::Policy& policy,
               evidence::EvidenceSettings& evidence);

telemetry::StoreSubject subject_of(evidence::Source source);  // of a source that can be pulled
const SourceSettings* server_of(const std::vector<SourceSettings>& sources, evidence::Source source);  // null: pushed
const SourceSettings* find_source(const std::vector<SourceSettings>& sources, std::string_view name);

// For --check-config, without secrets: a line a store, then what is judged by which.
std::string render_sources(const std::vector<SourceSettings>& sources, const verdict::Policy& policy);

}  // namespace dz::monitor
