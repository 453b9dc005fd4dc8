#include "apps/activator/flags.h"

#include <cstdlib>

namespace dz::activator_main {
namespace {

constexpr service::SpanRange kAnySpan{Duration{0}, std::chrono::days{36'500}};
constexpr service::SpanRange kBlockAge{std::chrono::seconds{2}, std::chrono::hours{1}};

void declare_ledger(service::Settings& settings, Flags& f) {
  settings.text({"--env,-e"}, f.environment, "Network: local (default), devnet, testnet, mainnet-beta");
  settings.text({"--url,--ledger-url"}, f.url, "JSON-RPC of the DZ ledger; also DZ_LEDGER_RPC_URL");
  settings.text({"--ws,--ws-url"}, f.websocket_url,
                "WebSocket of the DZ ledger; by default the RPC URL as ws://; also DZ_LEDGER_WS_RPC_URL");
  settings.text({"--program-id"}, f.program_id, "Serviceability program, instead of the environment's");
  settings.text({"--keypair"}, f.keypair, "Key file; also DOUBLEZERO_KEYPAIR. Not needed to observe");
  settings.span({"--poll-interval"}, f.poll_interval, kAnySpan, "Everything is re-read this often");
  settings.span({"--max-block-age"}, f.max_block_age, kBlockAge,
                "Nothing is written while the newest block of the RPC node is older by this machine's clock");
  settings.text({"--state"}, f.state,
                "File that keeps the highest slot seen, so that a restart acts on none before it");
  settings.number({"--unit-price"}, f.unit_price, {}, "Micro-lamports a compute unit, for priority");
  settings.number({"--most-priority-fee"}, f.most_priority_fee, {},
                  "Lamports of priority a transaction, whatever the price");
}

void declare_writing(service::Settings& settings, Flags& f) {
  settings.flag({"--write"}, f.write, "Write status; needed on every network but a local one");
  settings.flag({"--observe,--dry-run"}, f.observe, "Show and log what would be written, write nothing")
      .excludes("--write");
  settings.amount({"--max-writes-per-minute"}, f.writes_per_minute,
                  "N or unlimited; by default 10, unlimited on a local network");
  settings.amount({"--max-fleet-percent-per-hour"}, f.fleet_percent,
                  "Per cent of all records, or unlimited; by default 5, unlimited on a local network");
  settings.flag({"--staged-undrain"}, f.staged, "Bring a hard-drained link back through soft-drained");
  settings.span({"--staged-dwell"}, f.dwell, kAnySpan, "How long it stays soft-drained");
  settings.texts({"--health-authority"}, f.health_authorities,
                 "Key whose health counts as a judgement; may be repeated; by default those that the ledger names");
  settings.flag({client::kAllowReadableSecrets}, f.allow_readable_secrets, client::kAllowReadableSecretsHelp);
  settings.flag({"--allow-foundation-key"}, f.allow_foundation_key, "Accept a key that is also foundation");
}

void declare_serving(service::Settings& settings, Flags& f) {
  settings.text({"--listen"}, f.listen, "Address of /metrics, /status and /healthz");
  settings.number({"--port"}, f.port, {0, 65535}, "Port of /metrics, /status and /healthz; 0 lets the system choose");
  settings.text({"--ports-file"}, f.ports_file, "Write the chosen port here as JSON");
  service::declare_browser_rules(settings, f.browsers);
  service::declare_connections(settings, f.connections, "");
  settings.flag({"--verbose"}, f.verbose, "Log at debug");
}

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

}  // namespace

void declare(service::Settings& settings, Flags& flags) {
  declare_ledger(settings, flags);
  declare_writing(settings, flags);
  declare_serving(settings, flags);
}

Result<client::LedgerSettings> ledger_of(const Flags& flags) {
  return client::resolve_ledger({.environment = given(flags.environment),
                                 .url = given(flags.url),
                                 .websocket_url = given(flags.websocket_url),
                                 .program_id = given(flags.program_id),
                                 .keypair = given(flags.keypair)},
                                variable, {});
}

Result<activator::ActivatorOptions> options_of(const Flags& flags, const client::LedgerSettings& ledger) {
  if (flags.observe && flags.write) return refused("expected either write or observe (dry-run), found both");
  activator::ActivatorOptions options;
  options.ids = ledger.ids;
  options.gather = std::chrono::milliseconds{20};
  options.budget = {.on = is_live(ledger), .price = flags.unit_price, .most_priority = flags.most_priority_fee};
  options.observe = flags.observe || (is_live(ledger) && !flags.write);
  options.allow_foundation_key = flags.allow_foundation_key;
  options.poll_interval = flags.poll_interval;
  options.view.most_age = flags.max_block_age;
  if (!options.observe) options.view.kept = client::slots_in_file(flags.state);
  options.staged = {.on = flags.staged, .dwell = flags.dwell};
  options.limits = control::default_change_limits(!is_live(ledger));
  if (!flags.writes_per_minute.empty()) {
    DZ_TRY_ASSIGN(options.limits.writes_per_minute, control::parse_writes_per_minute(flags.writes_per_minute));
  }
  if (!flags.fleet_percent.empty()) {
    DZ_TRY_ASSIGN(options.limits.fleet_percent_per_hour, control::parse_fleet_percent(flags.fleet_percent));
  }
  for (const auto& text : flags.health_authorities) {
    DZ_TRY_ASSIGN(const auto key, parse_pubkey(text));
    options.health_authorities.insert(key);
  }
  return options;
}

}  // namespace dz::activator_main
