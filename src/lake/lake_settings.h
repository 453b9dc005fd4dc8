// [history] of the monitor's settings: where the history goes that grows for ever. docs/operating/history.md lists
// every key.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "service/settings.h"

namespace dz::lake {

struct LakeSettings {
  std::string kind = "sqlite";  // the monitor's own file alone, or "clickhouse" too
  std::string url;              // of ClickHouse's HTTP interface
  std::string database = "doublezero";
  std::string username, password_file;
  std::string cluster;      // of ClickHouse; empty: one server
  bool replicated = false;  // tables of ReplicatedReplacingMergeTree, with the servers' macros {shard} and {replica}
  Duration keep{};          // rows go from there after that; zero: never
  // How long the monitor's file keeps what is not there yet.
  Duration hold = std::chrono::hours{90 * 24};

  std::string password;  // out of password_file
  bool on() const { return kind == "clickhouse"; }
  bool operator==(const LakeSettings&) const = default;
};

void declare_lake(service::Settings& settings, LakeSettings& lake);
// Refused: a URL that is none, credentials that would cross a network in clear, a name that is none. Reads the
// password.
Result<void> complete_lake(LakeSettings& lake,
                           const std::function<Result<std::string>(const std::string&)>& read_secret);

}  // namespace dz::lake
