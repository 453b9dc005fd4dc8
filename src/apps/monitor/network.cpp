#include "apps/monitor/network.h"

#include <cstdlib>
#include <filesystem>

#include "client/key_file.h"
#include "client/rpc_client.h"
#include "monitor/monitor_archive.h"
#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::monitor_main {
namespace {

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// Nothing is answered before this is known, so a ledger that does not answer is not waited for long.
constexpr Duration kPatience = std::chrono::seconds{5};
constexpr Duration kPatienceWithMemory = std::chrono::seconds{2};  // when an earlier run remembers

const Profile* profile_of_ledger(const monitor::MonitorSettings& settings, Duration patience) {
  const auto network = network_of(settings);
  if (!network) return nullptr;
  client::RpcClient client(client::http_transport(network->url, {.timeout = patience}), client::system_clock(),
                           client::without_waiting());
  const auto account = client.get_account(wire::program_config_address(network->ids.serviceability).address);
  if (!account || !*account) return nullptr;
  const auto config = wire::decode_program_config((*account)->data);
  return config ? recognise_profile(config->version).value_or(nullptr) : nullptr;
}

const Profile* remembered_profile(const monitor::MonitorSettings& settings) {
  if (!std::filesystem::exists(settings.store_path)) return nullptr;
  auto database = storage::SqliteDatabase::open_to_read(settings.store_path);
  if (!database) return nullptr;
  auto archive = monitor::MonitorArchive::open_to_read(*database);
  if (!archive) return nullptr;
  const auto name = archive->load_profile();
  return name && *name ? find_profile(**name).value_or(nullptr) : nullptr;
}

}  // namespace

Result<monitor::MonitorSettings> read_settings_file(const std::string& file, const monitor::SettingsOptions& options) {
  std::string text;
  if (!file.empty()) {
    DZ_TRY_ASSIGN(text, client::read_small_file(file));
  }
  const auto read_file = [](const std::string& path) { return client::read_small_file(path); };
  DZ_TRY_ASSIGN(auto settings, monitor::parse_monitor_settings(text, file, read_file, options));
  const auto rules = client::secret_rules_of_process(settings.allow_readable_secrets);
  for (const auto& path : settings.secret_files) DZ_TRY(client::check_secret_file(path, rules));
  return settings;
}

Result<Network> network_of(const monitor::MonitorSettings& settings) {
  const client::LedgerFlags flags{.environment = settings.environment,
                                  .url = given(settings.ledger_url),
                                  .websocket_url = given(settings.ws_url),
                                  .program_id = given(settings.serviceability_program),
                                  .keypair = {}};
  DZ_TRY_ASSIGN(const auto ledger, resolve_ledger(flags, variable, {}));
  Network network{.url = {}, .ws_url = ledger.websocket_url.value, .ids = ledger.ids, .live = is_live(ledger)};
  DZ_TRY_ASSIGN(network.url, rpc_url_of(ledger));
  if (!settings.telemetry_program.empty()) {
    DZ_TRY_ASSIGN(network.ids.telemetry, parse_pubkey(settings.telemetry_program));
  }
  return network;
}

Result<const Profile*> choose_profile(monitor::MonitorSettings& settings) {
  if (!settings.profile.empty()) return named_profile(settings);
  const auto* remembered = remembered_profile(settings);
  const auto patience = remembered != nullptr ? kPatienceWithMemory : kPatience;
  if (const auto* profile = profile_of_ledger(settings, patience)) return profile;
  return remembered != nullptr ? remembered : &rfc_profile();
}

}  // namespace dz::monitor_main
