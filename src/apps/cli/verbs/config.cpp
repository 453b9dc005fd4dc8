#include <filesystem>

#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "base/shown_url.h"
#include "client/ledger_url.h"

namespace dz::cli {
namespace {

struct SetArgs {
  std::optional<std::string> geo_program_id, tenant;
  bool no_tenant = false;
};
void declare_set(Options& options, SetArgs& args) {
  // --env, --url, --ws, --keypair, --program-id, --monitor-url and --activator-url are the global flags; here they are
  // stored.
  options.text("--geo-program-id", args.geo_program_id, "geolocation program, kept for other tools");
  options.text("--tenant", args.tenant, "default tenant, kept for other tools");
  options.flag("--no-tenant", args.no_tenant, "forget the default tenant");
}

std::string line(const client::Setting& setting) {
  if (setting.value.empty()) return "(not set)";
  const bool plain = setting.origin == "config";
  return plain ? setting.value : fmt::format("{} ({})", setting.value, setting.origin);
}
client::Setting without_secrets(client::Setting url) {
  if (!url.value.empty()) url.value = shown_url(url.value);
  return url;
}
std::string line(const std::optional<std::string>& value) { return value.value_or("(not set)"); }

std::string keypair_line(const client::Setting& keypair) {
  return keypair.value.starts_with('[') ? "a key (environment variable)" : line(keypair);
}

void show_as_json(Context& context, const Settings& settings, const client::ConfigFile& config) {
  const auto shown = [](const client::Setting& setting) {
    return setting.value.empty() ? boost::json::value(nullptr) : boost::json::value(setting.value);
  };
  const auto kept = [](const std::optional<std::string>& value) {
    return value ? boost::json::value(*value) : boost::json::value(nullptr);
  };
  boost::json::object origins;
  const std::pair<std::string_view, const client::Setting*> all[] = {
      {"json_rpc_url", &settings.rpc_url},    {"websocket_url", &settings.websocket_url},
      {"keypair_path", &settings.keypair},    {"program_id", &settings.program_id},
      {"monitor_url", &settings.monitor_url}, {"activator_url", &settings.activator_url}};
  for (const auto& [name, setting] : all) {
    if (!setting->value.empty()) origins[name] = setting->origin;
  }
  const bool inline_key = settings.keypair.value.starts_with('[');
  context.written = {{"config_file", context.config_path},
                     {"env", settings.environment->name},
                     {"json_rpc_url", shown(without_secrets(settings.rpc_url))},
                     {"websocket_url", shown(without_secrets(settings.websocket_url))},
                     {"keypair_path", inline_key ? boost::json::value(nullptr) : shown(settings.keypair)},
                     {"program_id", shown(settings.program_id)},
                     {"geo_program_id", kept(config.geo_program_id)},
                     {"tenant", kept(config.tenant)},
                     {"monitor_url", shown(without_secrets(settings.monitor_url))},
                     {"activator_url", shown(without_secrets(settings.activator_url))},
                     {"origins", std::move(origins)}};
}

void show(Context& context, const Settings& settings, const client::ConfigFile& config) {
  if (wants_json(context.output)) return show_as_json(context, settings, config);
  print(context, "Config File: {}", context.config_path);
  print(context, "RPC URL: {}", line(without_secrets(settings.rpc_url)));
  print(context, "WebSocket URL: {}", line(without_secrets(settings.websocket_url)));
  print(context, "Keypair Path: {}", keypair_line(settings.keypair));
  print(context, "Program ID: {}", line(settings.program_id));
  print(context, "Geolocation Program ID: {}", line(config.geo_program_id));
  print(context, "Tenant: {}", line(config.tenant));
  print(context, "Monitor URL: {}", line(without_secrets(settings.monitor_url)));
  print(context, "Activator URL: {}", line(without_secrets(settings.activator_url)));
  print(context, "");
}

Result<void> get(Context& context, const NoArgs&) {
  DZ_TRY_ASSIGN(const auto config, client::read_config_file(context.config_path));
  show(context, context.settings, config);
  return {};
}

// --env stores the URL and program id of that environment; --url forgets the WebSocket URL that belonged to another
// one.
Result<void> apply(client::ConfigFile& config, const GlobalFlags& flags, const SetArgs& args) {
  if (flags.environment) {
    DZ_TRY_ASSIGN(const auto* environment, wire::find_environment(*flags.environment));
    config.json_rpc_url =
        environment->rpc_url.empty() ? std::nullopt : std::optional(std::string(environment->rpc_url));
    config.websocket_url = std::nullopt;
    config.program_id = to_text(environment->ids.serviceability);
  }
  if (flags.url) {
    DZ_TRY_ASSIGN(config.json_rpc_url, client::expand_rpc_url(*flags.url));
    config.websocket_url = std::nullopt;
  }
  if (flags.websocket_url) config.websocket_url = flags.websocket_url;
  // Stored absolute: the next command may run in another folder.
  if (flags.keypair) config.keypair_path = std::filesystem::absolute(*flags.keypair).string();
  if (flags.program_id) config.program_id = flags.program_id;
  if (flags.monitor_url) config.monitor_url = flags.monitor_url;
  if (flags.activator_url) config.activator_url = flags.activator_url;
  if (args.geo_program_id) config.geo_program_id = args.geo_program_id;
  if (args.tenant) config.tenant = args.tenant;
  if (args.no_tenant) config.tenant = std::nullopt;
  return {};
}

Result<void> set(Context& context, const SetArgs& args) {
  DZ_TRY_ASSIGN(const auto before, client::read_config_file(context.config_path));
  client::ConfigFile after = before;
  if (const auto done = apply(after, context.flags, args); !done) return wrong_usage(context, done.error().message);
  const auto& f = context.flags;
  const bool asked = f.environment || f.url || f.websocket_url || f.keypair || f.program_id || f.monitor_url ||
                     f.activator_url || args.geo_program_id || args.tenant || args.no_tenant;
  if (!asked) {
    return wrong_usage(
        context,
        "nothing to set: give --env, --url, --ws, --keypair, --program-id, --monitor-url, --activator-url, "
        "--geo-program-id, --tenant or --no-tenant");
  }
  // What is stored has to resolve, so that the next command does not fail on it.
  const auto settings = resolve_settings(
      {}, [](std::string_view) { return std::optional<std::string>(); }, after);
  if (!settings) return wrong_usage(context, settings.error().message);
  DZ_TRY(write_config_file(context.config_path, after));
  Settings shown = *settings;
  if (!after.keypair_path) shown.keypair = context.settings.keypair;
  show(context, shown, after);
  return {};
}

}  // namespace

void add_config(Commands& app) {
  auto noun = app.noun("config", "what this client remembers: ledger, programs, key");
  noun.verb<NoArgs>("get", "show it, and where each value comes from", declare_nothing, get);
  noun.verb<SetArgs>(
      "set", "store --env, --url, --ws, --keypair, --program-id, --monitor-url, --activator-url and the flags below",
      declare_set, set);
}

}  // namespace dz::cli
