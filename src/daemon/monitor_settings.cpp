#include "daemon/monitor_settings.h"

#include <fmt/format.h>

#include "verdict/toml_reader.h"

namespace dz {
namespace {

using Handler = TomlReader::Handler;
using ReadFile = std::function<Result<std::string>(const std::string&)>;

Handler text(const TomlReader& reader, std::string& value) {
  return [&reader, &value](const toml::node& node, const std::string& key) -> Result<void> {
    const auto found = node.value_exact<std::string>();
    if (!found) return reader.complain(node, key + ": expected a text in quotes");
    value = *found;
    return {};
  };
}

Handler flag(const TomlReader& reader, bool& value) {
  return [&reader, &value](const toml::node& node, const std::string& key) -> Result<void> {
    const auto found = node.value_exact<bool>();
    if (!found) return reader.complain(node, key + ": expected true or false");
    value = *found;
    return {};
  };
}

template <typename Number>
Handler number(const TomlReader& reader, Number& value, std::int64_t least, std::int64_t most) {
  return [&reader, &value, least, most](const toml::node& node, const std::string& key) -> Result<void> {
    const auto found = node.value_exact<std::int64_t>();
    if (!found || *found < least || *found > most) {
      return reader.complain(node, fmt::format("{}: expected a whole number from {} to {}", key, least, most));
    }
    value = static_cast<Number>(*found);
    return {};
  };
}

Handler span(const TomlReader& reader, Duration& value, Duration least, Duration most) {
  return [&reader, &value, least, most](const toml::node& node, const std::string& key) -> Result<void> {
    const auto found = node.value_exact<std::string>();
    if (!found) return reader.complain(node, key + ": expected a duration in quotes, such as \"30s\"");
    const auto parsed = parse_duration(*found);
    if (!parsed) return reader.complain(node, key + ": " + parsed.error().message);
    if (*parsed < least || *parsed > most) {
      return reader.complain(node, fmt::format("{}: expected between {} and {}, found \"{}\"", key,
                                               duration_text(least), duration_text(most), *found));
    }
    value = *parsed;
    return {};
  };
}

Handler nested(const TomlReader& reader, std::vector<TomlReader::Key> keys) {
  return [&reader, keys = std::move(keys)](const toml::node& node, const std::string& key) {
    return reader.table(node, key, keys);
  };
}

Result<WriteToken> read_token(const TomlReader& reader, const toml::node& node, const std::string& key,
                              const ReadFile& read_file) {
  WriteToken token;
  std::string secret_file;
  DZ_TRY(reader.table(node, key,
                      {{"secret", text(reader, token.secret)},
                       {"secret_file", text(reader, secret_file)},
                       {"contributor", text(reader, token.contributor)},
                       {"device", text(reader, token.device)}}));
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

Handler tokens(const TomlReader& reader, std::vector<WriteToken>& list, const ReadFile& read_file) {
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

Result<void> read_settings(const TomlReader& reader, const toml::table& root, MonitorSettings& s,
                           std::string& policy_file, const ReadFile& read_file) {
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  const Duration second = seconds{1}, ten_minutes = minutes{10};
  return reader.table(
      root, "",
      {{"keypair", text(reader, s.keypair)},
       {"policy", text(reader, policy_file)},
       {"dry_run", flag(reader, s.dry_run)},
       {"standby", flag(reader, s.standby)},
       {"allow_foundation_key", flag(reader, s.allow_foundation_key)},
       {"ledger", nested(reader, {{"url", text(reader, s.ledger_url)},
                                  {"ws_url", text(reader, s.ws_url)},
                                  {"env", text(reader, s.environment)},
                                  {"serviceability_program", text(reader, s.serviceability_program)},
                                  {"telemetry_program", text(reader, s.telemetry_program)},
                                  {"poll", span(reader, s.ledger_poll, second, ten_minutes)}})},
       {"listen", nested(reader, {{"address", text(reader, s.address)},
                                  {"port", number(reader, s.port, 0, 65535)},
                                  {"ports_file", text(reader, s.ports_file)},
                                  {"max_body_mib", number(reader, s.max_body_mib, 1, 1024)}})},
       {"store", nested(reader, {{"path", text(reader, s.store_path)},
                                 {"history", span(reader, s.history, hours{25}, hours{24 * 3650})}})},
       {"evidence", nested(reader, {{"lateness", span(reader, s.evidence.lateness, second, ten_minutes)},
                                    {"ahead", span(reader, s.evidence.ahead, second, ten_minutes)},
                                    {"samples_lag", span(reader, s.evidence.samples_lag, minutes{1}, ten_minutes)},
                                    {"submit_interval", span(reader, s.evidence.submit_interval, second, ten_minutes)},
                                    {"pass_interval", span(reader, s.pass_interval, second, minutes{1})},
                                    {"samples_poll", span(reader, s.samples_poll, second, minutes{1})}})},
       {"token", tokens(reader, s.tokens, read_file)}});
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

}  // namespace

Result<MonitorSettings> parse_monitor_settings(std::string_view toml, const std::string& file_name,
                                               const ReadFile& read_file) {
  const TomlReader reader(file_name);
  DZ_TRY_ASSIGN(const auto root, reader.parse(toml));
  MonitorSettings settings;
  std::string policy_file;
  DZ_TRY(read_settings(reader, root, settings, policy_file, read_file));
  if (!policy_file.empty()) {
    DZ_TRY_ASSIGN(const auto policy, read_file(policy_file));
    DZ_TRY_ASSIGN(settings.policy, parse_policy(policy, policy_file));
  }
  return settings;
}

Result<void> check_monitor_settings(const MonitorSettings& s) {
  if (s.tokens.empty() && !is_loopback(s.address)) {
    return refused("listen.address is " + s.address +
                   " and there is no [[token]]: anybody who reaches it could write evidence; expected tokens, or an "
                   "address of this machine such as 127.0.0.1");
  }
  if (s.keypair.empty() && !s.dry_run && !s.standby) {
    return refused("no keypair: expected the key file of the health authority, or --dry-run, or --standby");
  }
  return {};
}

}  // namespace dz
