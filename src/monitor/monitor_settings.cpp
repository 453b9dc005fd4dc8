#include "monitor/monitor_settings.h"

#include <fmt/format.h>

#include "base/shown_url.h"
#include "client/secret_file.h"
#include "control/shard.h"
#include "notify/notify_settings.h"
#include "service/settings.h"
#include "service/toml_values.h"
#include "transparency/witness_messages.h"

namespace dz::monitor {
namespace {

using Handler = verdict::TomlReader::Handler;
using ReadFile = std::function<Result<std::string>(const std::string&)>;

Result<WriteToken> read_token(const verdict::TomlReader& reader, const toml::node& node, const std::string& key,
                              const ReadFile& read_file) {
  WriteToken token;
  std::string secret_file;
  DZ_TRY(reader.table(node, key,
                      {{"secret", service::toml_text(reader, token.secret)},
                       {"secret_file", service::toml_text(reader, secret_file)},
                       {"contributor", service::toml_text(reader, token.contributor)},
                       {"device", service::toml_text(reader, token.device)},
                       {"fleet_wide", service::toml_flag(reader, token.fleet_wide)}}));
  if (token.secret.empty() == secret_file.empty())
    return reader.complain(node, key + ": expected either secret or secret_file");
  const bool both = !token.contributor.empty() && !token.device.empty();
  if (both || (token.contributor.empty() && token.device.empty() && !token.fleet_wide)) {
    return reader.complain(node, key +
                                     ": expected either contributor or device, whose rows this token may write, or "
                                     "fleet_wide = true for QA runs and their results");
  }
  if (!secret_file.empty()) {
    auto found = read_file(secret_file);
    if (!found) return reader.complain(node, key + ": " + found.error().message);
    while (!found->empty() && (found->back() == '\n' || found->back() == '\r')) found->pop_back();
    token.secret = *found;
  }
  if (token.secret.size() < 16) return reader.complain(node, key + ": expected a secret of at least 16 characters");
  return token;
}

Handler tokens(const verdict::TomlReader& reader, std::vector<WriteToken>& list, const ReadFile& read_file) {
  return [&reader, &list, &read_file](const toml::node& node, const std::string& key) -> Result<void> {
    const auto* array = node.as_array();
    if (array == nullptr) return reader.complain(node, key + ": expected [[token]] tables");
    for (const auto& entry : *array) {
      DZ_TRY_ASSIGN(auto token, read_token(reader, entry, key, read_file));
      list.push_back(std::move(token));
    }
    return {};
  };
}

using service::NumberRange, service::Settings, service::SpanRange;
using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
constexpr SpanRange kToTenMinutes{seconds{1}, minutes{10}};
constexpr SpanRange kToOneMinute{seconds{1}, minutes{1}};

void declare_ledger(Settings& settings, MonitorSettings& s) {
  constexpr NumberRange kLamports{0, 1'000'000'000};
  settings.text({"--env", "ledger.env"}, s.environment, "mainnet-beta, testnet, devnet or local");
  settings
      .text({"--ledger-url,--url", "ledger.url"}, s.ledger_url,
            "JSON-RPC of the DZ ledger; by default the environment's")
      .variable("DZ_LEDGER_RPC_URL");
  settings.text({"--ws-url,--ws", "ledger.ws_url"}, s.ws_url,
                "WebSocket of the DZ ledger; by default the URL as ws://");
  settings.text({"--program-id", "ledger.serviceability_program"}, s.serviceability_program,
                "Serviceability program, instead of the environment's");
  settings.text({"--telemetry-program-id", "ledger.telemetry_program"}, s.telemetry_program,
                "Telemetry program, instead of the environment's");
  settings.span({"--poll-interval", "ledger.poll"}, s.ledger_poll, kToTenMinutes, "All records are read this often");
  settings.span({"--max-block-age", "ledger.max_block_age"}, s.max_block_age, {seconds{2}, hours{1}},
                "Nothing is written while the newest block of the RPC node is older by this machine's clock");
  settings.number({"--unit-price", "ledger.unit_price"}, s.budget.price, kLamports,
                  "Micro-lamports a compute unit, for priority");
  settings.number({"--most-priority-fee", "ledger.most_priority_fee"}, s.budget.most_priority, kLamports,
                  "Lamports of priority a transaction, whatever the price");
  settings.text({"--profile", "profile"}, s.profile, "rfc or v0.34, whatever the ledger says of its program");
}

void declare_writing(Settings& settings, MonitorSettings& s) {
  settings.text({"--keypair", "keypair"}, s.keypair, "Key file of the health authority").variable("DOUBLEZERO_KEYPAIR");
  settings.text({"--policy", "policy"}, s.policy_file, "Policy file: windows, allowances, modes");
  settings.flag({"--observe,--dry-run", "dry_run"}, s.asked.dry_run,
                "Judge and log, write no health; the default but on a local ledger");
  settings.flag({"--write", "write"}, s.asked.write, "Write health, on a network that people rely on too");
  settings.flag({"--standby", "standby"}, s.asked.standby,
                "Judge and adopt what another monitor writes; write nothing");
  settings.span({"--takeover-after", "takeover_after"}, s.asked.takeover_after, {Duration{}, hours{24}},
                "A standby begins to write when something was due for so long and nobody wrote; 0s: never");
  settings.text({"--shard", "shard"}, s.shard,
                "Part of a fleet that several monitors share, such as 2/3; by default all of it");
  settings.flag({client::kAllowReadableSecrets, "allow_readable_secrets"}, s.allow_readable_secrets,
                client::kAllowReadableSecretsHelp);
  settings.flag({"--allow-foundation-key", "allow_foundation_key"}, s.allow_foundation_key,
                "Accept a key that is also foundation");
  settings.amount({"--max-writes-per-minute", "limits.writes_per_minute"}, s.writes_per_minute,
                  "N or unlimited; by default 10, unlimited on a local ledger");
  settings.amount({"--max-fleet-percent-per-hour", "limits.fleet_percent_per_hour"}, s.fleet_percent_per_hour,
                  "Per cent of all records, or unlimited; by default 5, unlimited on a local ledger");
}

void declare_serving(Settings& settings, MonitorSettings& s) {
  settings.text({"--listen", "listen.address"}, s.address, "Address of evidence in, /metrics, /healthz and /api/v1");
  settings.number({"--port", "listen.port"}, s.port, {0, 65535}, "Port; 0 lets the system choose");
  settings.text({"--ports-file", "listen.ports_file"}, s.ports_file, "Write the chosen port here as JSON");
  service::declare_browser_rules(settings, s.browsers, "listen");
  settings.number({"--max-body-mib", "listen.max_body_mib"}, s.max_body_mib, {1, 1024},
                  "Larger writes are refused, in MiB");
  settings.number({"--max-streams", "listen.max_streams"}, s.max_streams, {0, 10'000},
                  "Open at once of /api/v1/stream; more are answered 503");
  service::declare_connections(settings, s.connections, "listen.");
  settings.text({"--store", "store.path"}, s.store_path, "The monitor's SQLite file");
  settings.span({"--history", "store.history"}, s.history, {hours{25}, hours{24 * 3650}},
                "How long decisions and the history for backtests are kept");
  settings.text({"--page-url", "page_url"}, s.page_url,
                "Messages to webhooks link to this address, then /r/ and a code");
  settings.word({"--metrics-records", "metrics.records"}, s.metrics_records, {"none", "not-as-wanted", "all"},
                "Which links and devices have series of their own on /metrics");
  settings.number({"--metrics-most-kib", "metrics.most_kib"}, s.metrics_most_kib, {1, 1 << 20},
                  "Room on /metrics for links and devices that are not as wanted");
  settings.flag({"--verbose", "verbose"}, s.verbose, "Log at debug");
}

void declare_log(Settings& settings, MonitorSettings& s) {
  settings.text({"--log-origin", "log.origin"}, s.log_origin,
                "Name of the log of decisions; by default doublezero/NETWORK/KEY");
  settings.texts({"--log-witness", "log.witnesses"}, s.log_witnesses,
                 "Who cosigns the log of decisions: verifier key, a space, URL; may be repeated");
  settings.texts({"--log-witness-of", "log.witness_of"}, s.witness_of,
                 "Verifier key of another monitor's log that this one cosigns; may be repeated");
  settings.text({"--log-witness-name", "log.witness_name"}, s.witness_name,
                "Name of this monitor as a witness; it goes with its key for good");
  settings.text({"--log-witness-keypair", "log.witness_keypair"}, s.witness_keypair,
                "Key file that cosigns, and signs nothing else");
}

void declare_evidence(Settings& settings, MonitorSettings& s) {
  auto& evidence = s.evidence;
  settings.span({"--lateness", "evidence.lateness"}, evidence.lateness, kToTenMinutes,
                "A pushed minute closes this long after its end");
  settings.span({"--ahead", "evidence.ahead"}, evidence.ahead, kToTenMinutes,
                "Rows further ahead of the clock are refused");
  settings.span({"--samples-lag", "evidence.samples_lag"}, evidence.samples_lag, {minutes{1}, minutes{10}},
                "A read of latency samples is complete through itself less this");
  settings.span({"--submit-interval", "evidence.submit_interval"}, evidence.submit_interval, kToTenMinutes,
                "How often telemetry agents submit");
  settings.number({"--most-interfaces", "evidence.most_interfaces"}, evidence.most_interfaces, {64, 65536},
                  "Rings a device, those of interfaces that ledger records name aside");
  settings.span({"--gather-writes", "evidence.gather_writes"}, s.gather_writes, {Duration{}, seconds{2}},
                "Writes of devices that send at leisure are made safe on disk together, this often");
  settings.span({"--pass-interval", "evidence.pass_interval"}, s.pass_interval, kToOneMinute,
                "A pass at least this often");
  settings.span({"--samples-poll", "evidence.samples_poll"}, s.samples_poll, kToOneMinute,
                "Latency samples are read this often");
  declare_trust(settings, s.trust);
}

// A url that leads elsewhere and says more than where; of a webhook the path is its address, unless Slack made it.
bool is_secret(std::string_view url, bool by_its_path) {
  return !is_of_this_machine(url) && (by_its_path ? holds_secret(url) : url.find_first_of("@?") != url.npos);
}

// The file has a secret in it, not just the name of a file that has.
bool writes_a_secret(std::string_view toml, const MonitorSettings& s) {
  const auto writes = [&](std::string_view text) { return !text.empty() && toml.find(text) != toml.npos; };
  for (const auto& token : s.tokens) {
    if (writes(token.secret)) return true;
  }
  for (const auto& source : s.sources) {
    if (writes(source.store.token) || writes(source.store.password)) return true;
  }
  for (const auto& hook : s.hooks) {
    if (writes(hook.bearer)) return true;
    if (is_secret(hook.url, hook.kind == notify::HookKind::Slack) && writes(hook.url)) return true;
  }
  return (is_secret(s.ledger_url, true) && writes(s.ledger_url)) || (is_secret(s.ws_url, true) && writes(s.ws_url));
}

// --env names another network than the file: what the file says of its own network does not count.
void leave_network_of_file(const service::GivenFlags& flags, MonitorSettings& s) {
  const auto named = flags.find("ledger.env");
  if (named == flags.end() || named->second.back() == s.environment) return;
  s.ledger_url = s.ws_url = s.serviceability_program = s.telemetry_program = "";
}

Result<void> take_shard(MonitorSettings& s) {
  if (s.shard.empty()) return {};
  const auto shard = control::parse_shard(s.shard);
  if (!shard) return with_context("shard", shard.error());
  if (shard->is_whole()) return {};
  s.evidence.part = shard->part;
  s.evidence.parts = shard->parts;
  return {};
}

// What comes of itself only so long after its minute would always be stale, whatever answers. (check_sources() looks at
// the stores.)
Result<void> check_lags(const MonitorSettings& s, const std::string& file_name) {
  const auto longest = s.policy.max_staleness;
  const auto check = [&](std::string_view key, Duration lag) -> Result<void> {
    if (lag + minutes{1} <= Duration{longest}) return {};
    return refused(
        fmt::format("{}: {}: expected at most a minute less than the policy's max_staleness ({}), found {}: its "
                    "evidence would always be stale",
                    file_name.empty() ? "the settings" : file_name, key, duration_text(longest), duration_text(lag)));
  };
  DZ_TRY(check("evidence.samples_lag", s.evidence.samples_lag));
  const bool pushed = s.evidence.pushed(evidence::Source::Counters) || s.evidence.pushed(evidence::Source::ConfigAgent);
  return pushed ? check("evidence.lateness", s.evidence.lateness) : Result<void>{};
}

}  // namespace

void declare_monitor_settings(Settings& settings, MonitorSettings& s) {
  declare_ledger(settings, s);
  declare_writing(settings, s);
  declare_serving(settings, s);
  declare_log(settings, s);
  declare_evidence(settings, s);
  declare_quorum(settings, s.quorum);
  declare_lake(settings, s.lake);
}

Result<MonitorSettings> parse_monitor_settings(std::string_view toml, const std::string& file_name,
                                               const ReadFile& read_file, const SettingsOptions& options) {
  MonitorSettings settings;
  Settings declared;
  declare_monitor_settings(declared, settings);
  const ReadFile read_secret = [&](const std::string& path) {
    auto text = read_file(path);
    if (text && !is_of_this_machine(*text)) settings.secret_files.push_back(path);
    return text;
  };
  declared.key_only("source", [&](const auto& reader) { return source_tables(reader, settings.sources, read_secret); });
  declared.key_only("token", [&](const auto& reader) { return tokens(reader, settings.tokens, read_secret); });
  declared.key_only("notify",
                    [&](const auto& reader) { return notify::notify_hooks(reader, settings.hooks, read_secret); });
  declared.key_only("quorum.peers", [&](const auto& reader) { return quorum_peers(reader, settings.quorum.peers); });
  DZ_TRY(declared.read_text(toml, file_name));
  if (writes_a_secret(toml, settings)) settings.secret_files.push_back(file_name);
  leave_network_of_file(options.flags, settings);
  DZ_TRY(declared.apply(options.flags));
  DZ_TRY(complete_lake(settings.lake, read_secret));
  DZ_TRY_ASSIGN(const auto* profile, options.choose(settings));
  settings.policy = verdict::default_policy(*profile);
  const auto& policy_file = settings.policy_file;
  if (!policy_file.empty()) {
    DZ_TRY_ASSIGN(const auto policy, read_file(policy_file));
    DZ_TRY_ASSIGN(settings.policy, verdict::parse_policy(policy, policy_file, profile));
  }
  DZ_TRY(check_sources(settings.sources, settings.policy, file_name, policy_file));
  pull_from(settings.sources, settings.policy, settings.evidence);
  DZ_TRY(take_shard(settings));
  DZ_TRY(check_lags(settings, file_name));
  Settings now;
  auto as_is = settings;
  declare_monitor_settings(now, as_is);
  settings.in_force = declared.in_force(now, options.flags);
  return settings;
}

Result<const Profile*> named_profile(MonitorSettings& settings) {
  if (settings.profile.empty()) return &rfc_profile();
  DZ_TRY_ASSIGN(settings.named_profile, find_profile(settings.profile));
  return settings.named_profile;
}

Result<void> settle_for(bool live, MonitorSettings& s) {
  if (live && !s.asked.write) s.asked.dry_run = true;
  s.write_mode = s.asked.standby   ? control::WriteMode::Standby
                 : s.asked.dry_run ? control::WriteMode::Observe
                                   : control::WriteMode::Write;
  s.limits = control::default_change_limits(!live);
  if (!s.writes_per_minute.empty()) {
    auto limit = control::parse_writes_per_minute(s.writes_per_minute);
    if (!limit) return with_context("limits.writes_per_minute", std::move(limit).error());
    s.limits.writes_per_minute = *limit;
  }
  if (!s.fleet_percent_per_hour.empty()) {
    auto limit = control::parse_fleet_percent(s.fleet_percent_per_hour);
    if (!limit) return with_context("limits.fleet_percent_per_hour", std::move(limit).error());
    s.limits.fleet_percent_per_hour = *limit;
  }
  return {};
}

namespace {

Result<void> check_witness(const MonitorSettings& s) {
  if (s.witness_of.empty()) return {};
  DZ_TRY(transparency::parse_log_keys(s.witness_of));
  if (auto named = transparency::check_key_name(s.witness_name); !named)
    return with_context("log.witness_name", named.error());
  if (s.witness_keypair.empty())
    return refused("expected log.witness_keypair beside it, with a key that signs nothing else, found none");
  if (s.witness_keypair == s.keypair || s.witness_keypair == s.quorum.keypair)
    return refused("expected a key in log.witness_keypair that signs nothing else, found one that signs more");
  if (s.store_path.empty() || s.store_path == ":memory:")
    return refused("expected a file in store.path, for a witness must never forget, found none");
  return {};
}

}  // namespace

Result<void> check_monitor_settings(const MonitorSettings& s) {
  if (s.tokens.empty() && !net::is_loopback_address(s.address)) {
    return refused("listen.address is " + s.address +
                   " and there is no [[token]]: anybody who reaches it could write evidence; expected tokens, or an "
                   "address of this machine such as 127.0.0.1");
  }
  if (!s.page_url.empty() && !s.page_url.starts_with("https://") && !s.page_url.starts_with("http://")) {
    return refused("page_url is \"" + s.page_url +
                   "\": expected the address under which people reach this monitor, which begins with https:// or "
                   "http://");
  }
  if (!s.log_origin.empty()) {
    if (auto named = transparency::check_key_name(s.log_origin); !named)
      return with_context("log.origin", named.error());
  }
  for (const auto& witness : s.log_witnesses) {
    const auto address = transparency::parse_witness_address(witness);
    if (!address) return with_context("log.witnesses", address.error());
  }
  if (auto right = check_witness(s); !right) return with_context("log.witness_of", right.error());
  DZ_TRY(check_quorum(s.quorum));
  DZ_TRY(service::check_listen_address(s.address));
  DZ_TRY(net::check_browser_rules(s.browsers));
  DZ_TRY(service::check_connections(s.connections, std::size_t{s.max_body_mib} << 20));
  // A writer that starts again judges nothing healthy for 150 s. A local ledger is to try things on.
  const bool is_local = s.environment == "local";
  const Duration least = is_local ? Duration{std::chrono::seconds{1}} : Duration{minutes{3}};
  const auto after = s.asked.takeover_after;
  if (after > Duration{} && !s.asked.standby) return refused("takeover_after: expected standby = true beside it");
  if (after > Duration{} && after < least) {
    return refused(
        fmt::format("takeover_after: expected at least {}, found {}: a writer that only starts again is not silent",
                    duration_text(least), duration_text(after)));
  }
  if (s.asked.write && s.asked.dry_run) return refused("expected either write or observe (dry_run), found both");
  return {};
}

Result<void> check_key_is_there(const MonitorSettings& s, bool has_key) {
  if (has_key || (s.write_mode != control::WriteMode::Write && !takes_over(s))) return {};
  return refused("no keypair: expected the key file of the health authority, or --dry-run, or --standby");
}

}  // namespace dz::monitor
