#include "apps/cli/ui/settings.h"

#include <fmt/format.h>

#include "base/shown_url.h"

namespace dz::cli {
namespace {

Result<const Profile*> named_profile(const std::optional<std::string>& name) {
  if (!name) return nullptr;
  const auto profile = find_profile(*name);
  return profile ? profile : with_context("--profile", profile.error());
}

// A flag's or a variable's value; a stored one is as if it were not there when a network was named with --env.
client::Setting choose_url(const std::optional<std::string>& flag, const std::optional<std::string>& variable,
                           const std::optional<std::string>& stored) {
  auto setting =
      client::Choice().offer(flag, "flag").offer(variable, "environment variable").offer(stored, "config").take();
  while (setting.value.ends_with('/')) setting.value.pop_back();
  return setting;
}

struct Schemes {
  std::string_view plain, encrypted;
};
Result<void> check_url(std::string_view flag, const client::Setting& setting, const Schemes& schemes) {
  const std::string_view url = setting.value;
  if (url.empty()) return {};
  for (const auto scheme : {schemes.plain, schemes.encrypted}) {
    if (url.starts_with(scheme) && url.size() > scheme.size() && url[scheme.size()] != '/') return {};
  }
  return refused(fmt::format("{} '{}' ({}): expected {}host:port or {}host", flag, shown_url(url), setting.origin,
                             schemes.plain, schemes.encrypted));
}

}  // namespace

Result<Settings> resolve_settings(const GlobalFlags& flags, const client::Variables& variables,
                                  const client::ConfigFile& config) {
  DZ_TRY_ASSIGN(auto ledger, resolve_ledger(flags, variables, config));
  Settings settings{std::move(ledger), {}, {}, nullptr, flags.no_version_warning, {}};
  DZ_TRY_ASSIGN(settings.profile, named_profile(flags.profile));
  const auto stored = flags.environment ? client::ConfigFile{} : config;
  settings.monitor_url = choose_url(flags.monitor_url, variables("DOUBLEZERO_MONITOR_URL"), stored.monitor_url);
  settings.activator_url = choose_url(flags.activator_url, variables("DOUBLEZERO_ACTIVATOR_URL"), stored.activator_url);
  DZ_TRY(check_url("--monitor-url", settings.monitor_url, {"http://", "https://"}));
  DZ_TRY(check_url("--activator-url", settings.activator_url, {"http://", "https://"}));
  DZ_TRY(check_url("--ws", settings.websocket_url, {"ws://", "wss://"}));
  return settings;
}

}  // namespace dz::cli
