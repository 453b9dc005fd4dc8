#include "apps/activator/flags.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

namespace dz::activator_main {
namespace {

constexpr service::SpanRange kAnySpan{Duration{0}, std::chrono::days{36'500}};
constexpr std::uint64_t kMostJudges = 32;
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
  settings.number({"--require-quorum"}, f.require_quorum, {0, kMostJudges},
                  "Act on a healthy record only with the opinions of so many monitors behind it; 0: of none");
  settings.texts({"--monitor-key"}, f.monitor_keys,
                 "Key that a monitor signs opinions with, or several with commas; may be repeated");
  settings.texts({"--monitor-url"}, f.monitor_urls,
                 "API of a monitor that has the statements, or several with commas; may be repeated");
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

std::vector<std::string> split(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const auto& text : texts) {
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) all.push_back(part);
  }
  return all;
}

}  // namespace

Result<activator::BackingOptions> backing_of(const Flags& flags) {
  activator::BackingOptions backing;
  backing.rules.k = flags.require_quorum;
  const auto keys = split(flags.monitor_keys), urls = split(flags.monitor_urls);
  if (flags.require_quorum == 0) {
    if (keys.empty() && urls.empty()) return backing;
    return refused(
        "--require-quorum: expected how many of the monitors of --monitor-key and --monitor-url have to "
        "hold a health, found none: give it, or leave the others out");
  }
  for (const auto& text : keys) {
    const auto key = parse_pubkey(text);
    if (!key) return with_context("--monitor-key", key.error());
    if (!backing.rules.judges.insert(*key).second)
      return refused("--monitor-key: expected each key once, found " + text + " again");
  }
  for (const auto& text : urls) {
    auto url = service::parse_api_url(text);
    if (!url) return with_context("--monitor-url", url.error());
    if (std::count(backing.monitors.begin(), backing.monitors.end(), *url) != 0)
      return refused("--monitor-url: expected each URL once, found " + text + " again");
    backing.monitors.push_back(std::move(*url));
  }
  if (flags.require_quorum > backing.rules.judges.size()) {
    return refused(
        fmt::format("--require-quorum: expected at most {}, the number of keys of --monitor-key, found {}: "
                    "name more, or ask for fewer",
                    backing.rules.judges.size(), flags.require_quorum));
  }
  if (backing.monitors.empty())
    return refused("--require-quorum: expected --monitor-url URL of at least one monitor, found none");
  if (backing.monitors.size() > kMostJudges)
    return refused(fmt::format("--monitor-url: expected at most {}, found {}", kMostJudges, backing.monitors.size()));
  return backing;
}

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
  DZ_TRY_ASSIGN(options.backing, backing_of(flags));
  // Opinions are about one network: it has to be known which, also where no slot is kept.
  if (options.backing.on() && options.observe) options.view.kept = client::no_slots();
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
