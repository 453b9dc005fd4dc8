#include "lake/lake_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/shown_url.h"

namespace dz::lake {
namespace {

using std::chrono::hours;

// A name that stands in statements as it is.
Result<void> check_identifier(std::string_view key, std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), plain)) return {};
  return refused(
      fmt::format("history.{}: expected letters, digits and '_', at most 64, found '{}'", key, name.substr(0, 80)));
}

Result<void> check_url(const LakeSettings& lake) {
  const bool plain = lake.url.starts_with("http://");
  if (!plain && !lake.url.starts_with("https://")) {
    return refused("history.url: expected http:// or https:// and the address of ClickHouse's HTTP interface, found '" +
                   shown_url(lake.url) + "'");
  }
  if (lake.url.find_first_of("@?#") != std::string::npos)
    return refused("history.url: expected host, port and path only; credentials have keys of their own");
  if (plain && !lake.username.empty() && !is_of_this_machine(lake.url))
    return refused("history.url: expected https://, for the password would cross the network in clear");
  return {};
}

}  // namespace

void declare_lake(service::Settings& settings, LakeSettings& lake) {
  settings.word({"--history-kind", "history.kind"}, lake.kind, {"sqlite", "clickhouse"},
                "Where minutes, decisions and statements are kept: this monitor's file, or ClickHouse too");
  settings.text({"--history-url", "history.url"}, lake.url, "ClickHouse's HTTP interface");
  settings.text({"--history-database", "history.database"}, lake.database, "Its database, made when missing");
  settings.text({"--history-username", "history.username"}, lake.username, "Who writes and reads there");
  settings.text({"--history-password-file", "history.password_file"}, lake.password_file, "File with the password");
  settings.text({"--history-cluster", "history.cluster"}, lake.cluster,
                "Name of a ClickHouse cluster to spread the rows over");
  settings.flag({"--history-replicated", "history.replicated"}, lake.replicated,
                "Replicated tables, by the servers' macros {shard} and {replica}");
  settings.span({"--history-keep", "history.keep"}, lake.keep, {Duration{}, hours{24 * 3650}},
                "How long ClickHouse keeps them; 0s: for ever");
  settings.span({"--history-hold", "history.hold"}, lake.hold, {hours{25}, hours{24 * 3650}},
                "How long this monitor's file keeps what is not in ClickHouse yet");
}

Result<void> complete_lake(LakeSettings& lake,
                           const std::function<Result<std::string>(const std::string&)>& read_secret) {
  if (!lake.on()) return {};
  while (lake.url.ends_with('/')) lake.url.pop_back();
  DZ_TRY(check_url(lake));
  DZ_TRY(check_identifier("database", lake.database));
  if (!lake.cluster.empty()) DZ_TRY(check_identifier("cluster", lake.cluster));
  if (lake.replicated && lake.cluster.empty())
    return refused("history.replicated: expected history.cluster beside it, found none");
  if (!lake.password_file.empty()) {
    if (lake.username.empty()) return refused("history.password_file: expected history.username beside it");
    DZ_TRY_ASSIGN(lake.password, read_secret(lake.password_file));
    while (lake.password.ends_with('\n') || lake.password.ends_with('\r')) lake.password.pop_back();
  }
  return {};
}

}  // namespace dz::lake
