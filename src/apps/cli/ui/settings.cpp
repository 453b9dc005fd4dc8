#include "apps/cli/ui/settings.h"

namespace dz::cli {
namespace {

Result<const Profile*> named_profile(const std::optional<std::string>& name) {
  if (!name) return nullptr;
  const auto profile = find_profile(*name);
  return profile ? profile : with_context("--profile", profile.error());
}

}  // namespace

Result<Settings> resolve_settings(const GlobalFlags& flags, const client::Variables& variables,
                                  const client::ConfigFile& config) {
  DZ_TRY_ASSIGN(auto ledger, resolve_ledger(flags, variables, config));
  Settings settings{std::move(ledger), {}, nullptr, flags.no_version_warning, {}};
  DZ_TRY_ASSIGN(settings.profile, named_profile(flags.profile));
  settings.monitor_url = client::Choice()
                             .offer(flags.monitor_url, "flag")
                             .offer(variables("DOUBLEZERO_MONITOR_URL"), "environment variable")
                             .offer(config.monitor_url, "config")
                             .take();
  return settings;
}

}  // namespace dz::cli
