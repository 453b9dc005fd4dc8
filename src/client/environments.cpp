#include "client/environments.h"

#include <fmt/format.h>

#include "client/ledger_url.h"

namespace dz::client {
namespace {

const wire::Environment* environment_of_program(const std::optional<std::string>& program_id) {
  for (const auto& environment : wire::known_environments()) {
    if (program_id && *program_id == to_text(environment.ids.serviceability)) return &environment;
  }
  return nullptr;
}

// --env, else the one whose program the configuration names, else the local ledger.
Result<const wire::Environment*> choose_environment(const LedgerFlags& flags, const ConfigFile& config) {
  if (flags.environment) return wire::find_environment(*flags.environment);
  if (const auto* known = environment_of_program(config.program_id)) return known;
  return wire::find_environment("local");
}

// A pubkey, or the name of an environment.
Result<wire::ProgramIds> program_ids(const std::string& text, const wire::ProgramIds& fallback) {
  if (const auto environment = wire::find_environment(text)) return (*environment)->ids;
  auto key = parse_pubkey(text);
  if (!key) return with_context("--program-id", key.error());
  if (const auto* known = environment_of_program(text)) return known->ids;
  return wire::ProgramIds{*key, fallback.telemetry};
}

// Where the ledgers of the live networks are; the rest of their URLs is given to those who may use them.
std::string_view host_of_ledger(const wire::Environment& environment) {
  return environment.name == "mainnet-beta" ? "doublezero-mainnet-beta.rpcpool.com" : "doublezerolocalnet.rpcpool.com";
}

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

Result<void> choose_websocket(LedgerSettings& settings, const LedgerFlags& flags, const Variables& variables,
                              const std::optional<std::string>& configured) {
  const auto& default_url = settings.environment->ws_url;
  settings.websocket_url =
      Choice()
          .offer(flags.websocket_url, "flag")
          .offer(flags.url ? std::nullopt : variables("DZ_LEDGER_WS_RPC_URL"), "environment variable")
          .offer(settings.rpc_url.origin == "config" ? configured : std::nullopt, "config")
          .offer(settings.rpc_url.origin == "default" ? text_of(default_url) : std::nullopt, "default")
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

Result<LedgerSettings> resolve_ledger(const LedgerFlags& flags, const Variables& variables, const ConfigFile& config) {
  LedgerSettings settings;
  DZ_TRY_ASSIGN(settings.environment, choose_environment(flags, config));
  const auto& environment = *settings.environment;
  const ConfigFile stored = flags.environment ? ConfigFile{} : config;
  settings.rpc_url = Choice()
                         .offer(flags.url, "flag")
                         .offer(variables("DZ_LEDGER_RPC_URL"), "environment variable")
                         .offer(stored.json_rpc_url, "config")
                         .offer(text_of(environment.rpc_url), "default")
                         .take();
  if (!settings.rpc_url.value.empty()) {
    DZ_TRY_ASSIGN(settings.rpc_url.value, expand_rpc_url(settings.rpc_url.value));
  }
  DZ_TRY(choose_websocket(settings, flags, variables, stored.websocket_url));
  settings.program_id = Choice()
                            .offer(flags.program_id, "flag")
                            .offer(stored.program_id, "config")
                            .offer(to_text(environment.ids.serviceability), "default")
                            .take();
  DZ_TRY_ASSIGN(settings.ids, program_ids(settings.program_id.value, environment.ids));
  settings.program_id.value = to_text(settings.ids.serviceability);
  settings.keypair = Choice()
                         .offer(flags.keypair, "flag")
                         .offer(variables("DOUBLEZERO_KEYPAIR"), "environment variable")
                         .offer(config.keypair_path, "config")
                         .offer(config_folder(variables) + "/id.json", "default")
                         .take();
  return settings;
}

Result<std::string> rpc_url_of(const LedgerSettings& settings) {
  if (!settings.rpc_url.value.empty()) return settings.rpc_url.value;
  const auto& environment = *settings.environment;
  return refused(
      fmt::format("the ledger of {} is at https://{}/ and a path that its operators give out: name the whole URL with "
                  "--url, DZ_LEDGER_RPC_URL or 'doublezero config set --url URL'",
                  environment.name, host_of_ledger(environment)));
}

bool is_live(const LedgerSettings& settings) {
  const auto* local = &wire::known_environments().front();
  const auto* by_program = environment_of_program(to_text(settings.ids.serviceability));
  return settings.environment != local || (by_program != nullptr && by_program != local);
}

}  // namespace dz::client
