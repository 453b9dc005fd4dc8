#include "apps/cli/settings.h"

#include <fmt/format.h>

#include "client/ledger_url.h"

namespace dz::cli {
namespace {

// The first of these that says something.
class Choice {
 public:
  Choice& offer(const std::optional<std::string>& value, std::string_view origin) {
    if (setting_.value.empty() && value && !value->empty()) setting_ = {*value, origin};
    return *this;
  }
  Setting take() { return std::move(setting_); }

 private:
  Setting setting_;
};

const Environment* environment_of_program(const std::optional<std::string>& program_id) {
  for (const auto& environment : known_environments()) {
    if (program_id && *program_id == to_text(environment.ids.serviceability)) return &environment;
  }
  return nullptr;
}

// --env, else the one whose program the configuration names, else the local ledger.
Result<const Environment*> choose_environment(const GlobalFlags& flags, const ConfigFile& config) {
  if (flags.environment) return find_environment(*flags.environment);
  if (const auto* known = environment_of_program(config.program_id)) return known;
  return find_environment("local");
}

// A pubkey, or the name of an environment.
Result<ProgramIds> program_ids(const std::string& text, const ProgramIds& fallback) {
  if (const auto environment = find_environment(text)) return (*environment)->ids;
  auto key = parse_pubkey(text);
  if (!key) return with_context("--program-id", key.error());
  if (const auto* known = environment_of_program(text)) return known->ids;
  return ProgramIds{*key, fallback.telemetry};
}

Result<const Profile*> named_profile(const std::optional<std::string>& name) {
  if (!name) return nullptr;
  if (*name == rfc_profile().name) return &rfc_profile();
  return refused(fmt::format("--profile '{}': expected {}", *name, rfc_profile().name));
}

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

Result<void> choose_websocket(Settings& settings, const GlobalFlags& flags, const Variables& variables,
                              const std::optional<std::string>& configured, const Environment& environment) {
  settings.websocket_url =
      Choice()
          .offer(flags.websocket_url, "flag")
          .offer(flags.url ? std::nullopt : variables("DZ_LEDGER_WS_RPC_URL"), "environment variable")
          .offer(settings.rpc_url.origin == "config" ? configured : std::nullopt, "config")
          .offer(settings.rpc_url.origin == "default" ? text_of(environment.ws_url) : std::nullopt, "default")
          .take();
  if (!settings.websocket_url.value.empty() || settings.rpc_url.value.empty()) return {};
  DZ_TRY_ASSIGN(auto derived, websocket_url_of(settings.rpc_url.value));
  settings.websocket_url = {std::move(derived), "computed"};
  return {};
}

}  // namespace

std::string config_folder(const Variables& variables) {
  if (const auto folder = variables("XDG_CONFIG_HOME"); folder && !folder->empty()) return *folder + "/doublezero";
  return variables("HOME").value_or(".") + "/.config/doublezero";
}

std::string config_path(const Variables& variables) {
  if (const auto path = variables("DOUBLEZERO_CONFIG_FILE"); path && !path->empty()) return *path;
  return config_folder(variables) + "/cli/config.yml";
}

Result<Settings> resolve_settings(const GlobalFlags& flags, const Variables& variables, const ConfigFile& config) {
  Settings settings;
  DZ_TRY_ASSIGN(const auto* environment, choose_environment(flags, config));
  DZ_TRY_ASSIGN(settings.profile, named_profile(flags.profile));
  // An explicit --env means that network: what was stored for another one does not count.
  const ConfigFile stored = flags.environment ? ConfigFile{} : config;
  settings.rpc_url = Choice()
                         .offer(flags.url, "flag")
                         .offer(variables("DZ_LEDGER_RPC_URL"), "environment variable")
                         .offer(stored.json_rpc_url, "config")
                         .offer(text_of(environment->rpc_url), "default")
                         .take();
  if (!settings.rpc_url.value.empty()) {
    DZ_TRY_ASSIGN(settings.rpc_url.value, expand_rpc_url(settings.rpc_url.value));
  }
  DZ_TRY(choose_websocket(settings, flags, variables, stored.websocket_url, *environment));
  settings.program_id = Choice()
                            .offer(flags.program_id, "flag")
                            .offer(stored.program_id, "config")
                            .offer(to_text(environment->ids.serviceability), "default")
                            .take();
  DZ_TRY_ASSIGN(settings.ids, program_ids(settings.program_id.value, environment->ids));
  settings.program_id.value = to_text(settings.ids.serviceability);
  settings.keypair = Choice()
                         .offer(flags.keypair, "flag")
                         .offer(variables("DOUBLEZERO_KEYPAIR"), "environment variable")
                         .offer(config.keypair_path, "config")
                         .offer(config_folder(variables) + "/id.json", "default")
                         .take();
  settings.monitor_url = Choice()
                             .offer(flags.monitor_url, "flag")
                             .offer(variables("DOUBLEZERO_MONITOR_URL"), "environment variable")
                             .offer(config.monitor_url, "config")
                             .take();
  settings.no_version_warning = flags.no_version_warning;
  return settings;
}

}  // namespace dz::cli
