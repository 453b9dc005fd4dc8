#include "monitor/monitor_settings.h"

#include "notify/notify_settings.h"
#include "service/toml_values.h"

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
                       {"device", service::toml_text(reader, token.device)}}));
  if (token.secret.empty() == secret_file.empty())
    return reader.complain(node, key + ": expected either secret or secret_file");
  if (token.contributor.empty() == token.device.empty()) {
    return reader.complain(node, key + ": expected either contributor or device, whose rows this token may write");
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

Result<void> read_settings(const verdict::TomlReader& reader, const toml::table& root, MonitorSettings& s,
                           std::string& policy_file, const ReadFile& read_file) {
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  const Duration second = seconds{1}, ten_minutes = minutes{10};
  return reader.table(
      root, "",
      {{"keypair", service::toml_text(reader, s.keypair)},
       {"policy", service::toml_text(reader, policy_file)},
       {"dry_run", service::toml_flag(reader, s.asked.dry_run)},
       {"write", service::toml_flag(reader, s.asked.write)},
       {"profile", service::toml_text(reader, s.profile)},
       {"limits", service::toml_table(
                      reader, {{"writes_per_minute", service::toml_text(reader, s.writes_per_minute)},
                               {"fleet_percent_per_hour", service::toml_text(reader, s.fleet_percent_per_hour)}})},
       {"standby", service::toml_flag(reader, s.asked.standby)},
       {"allow_foundation_key", service::toml_flag(reader, s.allow_foundation_key)},
       {"ledger",
        service::toml_table(
            reader, {{"url", service::toml_text(reader, s.ledger_url)},
                     {"ws_url", service::toml_text(reader, s.ws_url)},
                     {"env", service::toml_text(reader, s.environment)},
                     {"serviceability_program", service::toml_text(reader, s.serviceability_program)},
                     {"telemetry_program", service::toml_text(reader, s.telemetry_program)},
                     {"poll", service::toml_span(reader, s.ledger_poll, second, ten_minutes)},
                     {"unit_price", service::toml_number(reader, s.budget.price, 0, 1'000'000'000)},
                     {"most_priority_fee", service::toml_number(reader, s.budget.most_priority, 0, 1'000'000'000)}})},
       {"listen",
        service::toml_table(reader, {{"address", service::toml_text(reader, s.address)},
                                     {"port", service::toml_number(reader, s.port, 0, 65535)},
                                     {"ports_file", service::toml_text(reader, s.ports_file)},
                                     {"max_body_mib", service::toml_number(reader, s.max_body_mib, 1, 1024)}})},
       {"store",
        service::toml_table(reader, {{"path", service::toml_text(reader, s.store_path)},
                                     {"history", service::toml_span(reader, s.history, hours{25}, hours{24 * 3650})}})},
       {"evidence",
        service::toml_table(
            reader, {{"lateness", service::toml_span(reader, s.evidence.lateness, second, ten_minutes)},
                     {"ahead", service::toml_span(reader, s.evidence.ahead, second, ten_minutes)},
                     {"samples_lag", service::toml_span(reader, s.evidence.samples_lag, minutes{1}, ten_minutes)},
                     {"submit_interval", service::toml_span(reader, s.evidence.submit_interval, second, ten_minutes)},
                     {"pass_interval", service::toml_span(reader, s.pass_interval, second, minutes{1})},
                     {"samples_poll", service::toml_span(reader, s.samples_poll, second, minutes{1})}})},
       {"source", source_tables(reader, s.sources, read_file)},
       {"trust", trust_table(reader, s.trust)},
       {"token", tokens(reader, s.tokens, read_file)},
       {"notify", notify_hooks(reader, s.hooks, read_file)}});
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

}  // namespace

Result<MonitorSettings> parse_monitor_settings(std::string_view toml, const std::string& file_name,
                                               const ReadFile& read_file, const ChooseProfile& choose) {
  const verdict::TomlReader reader(file_name);
  DZ_TRY_ASSIGN(const auto root, reader.parse(toml));
  MonitorSettings settings;
  std::string policy_file;
  DZ_TRY(read_settings(reader, root, settings, policy_file, read_file));
  DZ_TRY_ASSIGN(const auto* profile, choose(settings));
  settings.policy = verdict::default_policy(*profile);
  if (!policy_file.empty()) {
    DZ_TRY_ASSIGN(const auto policy, read_file(policy_file));
    DZ_TRY_ASSIGN(settings.policy, verdict::parse_policy(policy, policy_file, profile));
  }
  DZ_TRY(check_sources(settings.sources, settings.policy, file_name, policy_file));
  pull_from(settings.sources, settings.policy, settings.evidence);
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

Result<void> check_monitor_settings(const MonitorSettings& s) {
  if (s.tokens.empty() && !is_loopback(s.address)) {
    return refused("listen.address is " + s.address +
                   " and there is no [[token]]: anybody who reaches it could write evidence; expected tokens, or an "
                   "address of this machine such as 127.0.0.1");
  }
  if (s.asked.write && s.asked.dry_run) return refused("expected either write or observe (dry_run), found both");
  if (s.keypair.empty() && s.write_mode == control::WriteMode::Write) {
    return refused("no keypair: expected the key file of the health authority, or --dry-run, or --standby");
  }
  return {};
}

}  // namespace dz::monitor
