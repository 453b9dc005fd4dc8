#include "monitor/source_settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/shown_url.h"
#include "service/toml_values.h"

namespace dz::monitor {
namespace {

using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;

constexpr std::array<evidence::Source, 3> kPullable{evidence::Source::Counters, evidence::Source::ConfigAgent,
                                                    evidence::Source::Qa};
constexpr Duration kLakeLag = minutes{6};  // ClickHouse is filled every 5 minutes

std::string names_of(const std::vector<evidence::Source>& sources) {
  std::string text;
  for (const auto source : sources) text += (text.empty() ? "" : ", ") + std::string(to_text(source));
  return text;
}

// What the file says, before it is known to make sense.
struct Draft {
  SourceSettings source;
  std::string kind, token_file, password_file;
  Duration overlap, chunk, config_agent_range, lag{-1};
  std::vector<std::string> serves, checks;
  std::uint32_t max_answer_mib = 0;
};

std::vector<verdict::TomlReader::Key> keys_of(const verdict::TomlReader& reader, Draft& d) {
  auto& store = d.source.store;
  auto& limits = d.source.limits;
  const Duration none{}, second = seconds{1}, minute = minutes{1};
  return {{"name", service::toml_text(reader, store.name)},
          {"kind", service::toml_text(reader, d.kind)},
          {"url", service::toml_text(reader, store.url)},
          {"database", service::toml_text(reader, store.database)},
          {"token", service::toml_text(reader, store.token)},
          {"token_file", service::toml_text(reader, d.token_file)},
          {"username", service::toml_text(reader, store.username)},
          {"password", service::toml_text(reader, store.password)},
          {"password_file", service::toml_text(reader, d.password_file)},
          {"ca_file", service::toml_text(reader, d.source.ca_file)},
          {"serves", service::toml_texts(reader, d.serves)},
          {"checks", service::toml_texts(reader, d.checks)},
          {"lag", service::toml_span(reader, d.lag, none, minutes{30})},
          {"overlap", service::toml_span(reader, d.overlap, none, hours{1})},
          {"chunk", service::toml_span(reader, d.chunk, minute, hours{6})},
          {"timeout", service::toml_span(reader, limits.timeout, second, minutes{10})},
          {"retry_least", service::toml_span(reader, limits.retry_least, second, minutes{10})},
          {"retry_most", service::toml_span(reader, limits.retry_most, second, hours{1})},
          {"min_interval", service::toml_span(reader, limits.min_interval, none, minute)},
          {"max_answer_mib", service::toml_number(reader, d.max_answer_mib, 1, 1024)},
          {"error_lookback", service::toml_span(reader, limits.error_lookback, hours{1}, hours{24 * 365})},
          {"counters_table", service::toml_text(reader, store.counters_table)},
          {"getconfig_table", service::toml_text(reader, store.getconfig_table)},
          {"qa_table", service::toml_text(reader, store.qa_table)},
          {"qa_runs_table", service::toml_text(reader, store.qa_runs_table)},
          {"config_agent_query", service::toml_lines(reader, store.config_agent_query)},
          {"device_label", service::toml_text(reader, store.device_label)},
          {"config_agent_range", service::toml_span(reader, d.config_agent_range, seconds{10}, hours{1})}};
}

// The text of a secret's file, without the line's end.
Result<std::string> secret_in(const std::string& file, const ReadTextFile& read_file) {
  DZ_TRY_ASSIGN(auto text, read_file(file));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Result<void> take_secrets(Draft& d, const ReadTextFile& read_file) {
  auto& store = d.source.store;
  if (!store.token.empty() && !d.token_file.empty()) return refused("expected token or token_file, found both");
  if (!store.password.empty() && !d.password_file.empty())
    return refused("expected password or password_file, found both");
  if (!d.token_file.empty()) {
    DZ_TRY_ASSIGN(store.token, secret_in(d.token_file, read_file));
  }
  if (!d.password_file.empty()) {
    DZ_TRY_ASSIGN(store.password, secret_in(d.password_file, read_file));
  }
  if (!store.token.empty() && !store.username.empty()) return refused("expected a token or a username, found both");
  if (!store.password.empty() && store.username.empty()) return refused("expected a username beside the password");
  return {};
}

Result<void> check_url(const telemetry::StoreSettings& store) {
  const bool plain = store.url.starts_with("http://");
  if (!plain && !store.url.starts_with("https://")) return refused("url: expected http:// or https://");
  if (store.url.find_first_of("@?#") != std::string::npos) {
    return refused("url: expected host, port and path only; credentials have keys of their own");
  }
  const bool secret = !store.token.empty() || !store.username.empty();
  if (plain && secret && !is_of_this_machine(store.url)) {
    return refused("url: expected https://, for the credentials would cross the network in clear");
  }
  return {};
}

Result<std::vector<evidence::Source>> take_signals(const std::vector<std::string>& names, telemetry::StoreKind kind,
                                                   std::string_view key) {
  std::vector<evidence::Source> signals;
  for (const auto& name : names) {
    const auto found =
        std::find_if(kPullable.begin(), kPullable.end(), [&](evidence::Source s) { return to_text(s) == name; });
    if (found == kPullable.end()) {
      return refused(fmt::format("{}: expected counters, config-agent or qa, found '{}'", key, name));
    }
    if (!serves(kind, subject_of(*found))) {
      return refused(fmt::format("{}: a {} store has no {}; take it from another source", key, to_text(kind), name));
    }
    if (key == "checks" && *found == evidence::Source::Qa) {
      return refused("checks: expected counters or config-agent; results of QA are not compared");
    }
    signals.push_back(*found);
  }
  return signals;
}

Result<void> take_limits(Draft& d) {
  auto& limits = d.source.limits;
  if (d.lag < Duration{}) d.lag = d.source.store.kind == telemetry::StoreKind::ClickHouse ? kLakeLag : limits.lag;
  limits.lag = d.lag;
  limits.overlap = std::chrono::floor<minutes>(d.overlap);
  limits.chunk = std::chrono::floor<minutes>(d.chunk);
  limits.max_answer = std::size_t{d.max_answer_mib} << 20;
  d.source.store.config_agent_range = std::chrono::floor<seconds>(d.config_agent_range);
  if (limits.overlap >= limits.chunk) {
    return refused(fmt::format("overlap: expected less than chunk ({}), found {}", duration_text(limits.chunk),
                               duration_text(limits.overlap)));
  }
  if (limits.retry_least > limits.retry_most) return refused("retry_least: expected at most retry_most");
  return {};
}

Result<SourceSettings> take_draft(Draft& d, const ReadTextFile& read_file) {
  auto& store = d.source.store;
  if (store.name.empty()) return refused("expected a name");
  const auto kind = telemetry::parse_store_kind(d.kind);
  if (!kind) return refused("kind: expected influxdb, prometheus or clickhouse, found '" + d.kind + "'");
  store.kind = *kind;
  DZ_TRY(take_secrets(d, read_file));
  DZ_TRY(check_url(store));
  if (store.database.empty() && *kind != telemetry::StoreKind::Prometheus) return refused("expected a database");
  DZ_TRY_ASSIGN(d.source.serves, take_signals(d.serves, *kind, "serves"));
  DZ_TRY_ASSIGN(d.source.checks, take_signals(d.checks, *kind, "checks"));
  DZ_TRY(take_limits(d));
  return d.source;
}

// A source beside those before it.
Result<void> check_beside(const SourceSettings& source, const std::vector<SourceSettings>& others) {
  if (find_source(others, source.store.name)) return refused("name: another source is called " + source.store.name);
  for (const auto signal : source.serves) {
    if (const auto* other = server_of(others, signal)) {
      return refused(fmt::format("serves: {} is served by source {} already; let one of them check it instead",
                                 to_text(signal), other->store.name));
    }
    if (std::find(source.checks.begin(), source.checks.end(), signal) != source.checks.end()) {
      return refused(fmt::format("checks: {} is served by this very source", to_text(signal)));
    }
  }
  return {};
}

}  // namespace

verdict::TomlReader::Handler source_tables(const verdict::TomlReader& reader, std::vector<SourceSettings>& sources,
                                           const ReadTextFile& read_file) {
  return [&reader, &sources, &read_file](const toml::node& node, const std::string& key) -> Result<void> {
    const auto* array = node.as_array();
    if (array == nullptr) return reader.complain(node, key + ": expected [[source]] tables");
    for (const auto& entry : *array) {
      Draft d;
      d.overlap = d.source.limits.overlap;
      d.chunk = d.source.limits.chunk;
      d.config_agent_range = d.source.store.config_agent_range;
      d.max_answer_mib = static_cast<std::uint32_t>(d.source.limits.max_answer >> 20);
      DZ_TRY(reader.table(entry, key, keys_of(reader, d)));
      d.source.line = static_cast<int>(entry.source().begin.line);
      const auto name = d.source.store.name.empty() ? key : key + " " + d.source.store.name;
      auto source = take_draft(d, read_file);
      if (source) {
        if (const auto beside = check_beside(*source, sources); !beside) source = tl::unexpected(beside.error());
      }
      if (!source) return reader.complain(entry, name + ": " + source.error().message);
      sources.push_back(std::move(*source));
    }
    return {};
  };
}

void declare_trust(service::Settings& settings, TrustSettings& trust) {
  settings.number({"--trust-devices", "trust.devices"}, trust.devices, {1, 10'000},
                  "Two stores disagree when at least so many devices differ, and");
  settings.number({"--trust-percent", "trust.percent"}, trust.percent, {0, 100},
                  "at least this part of those known to either, in");
  settings.number({"--trust-minutes", "trust.minutes"}, trust.minutes, {1, telemetry::StorePull::kChecked.count()},
                  "at least so many of the last 10 minutes");
}

Result<void> check_sources(const std::vector<SourceSettings>& sources, const verdict::Policy& policy,
                           const std::string& settings_file, const std::string& policy_file) {
  for (const auto& criterion : policy.added) {
    const auto* source = find_source(sources, criterion.source);
    if (source == nullptr) {
      return refused(fmt::format("{}:{}: {}: source: expected the name of a [[source]] of {}, found '{}'", policy_file,
                                 criterion.line, criterion.id, settings_file.empty() ? "the settings" : settings_file,
                                 criterion.source));
    }
  }
  for (const auto& source : sources) {
    if (source.limits.lag + minutes{2} > Duration{policy.max_staleness}) {
      return refused(
          fmt::format("{}:{}: source {}: lag: expected at most 2 minutes less than the policy's "
                      "max_staleness ({}), found {}: its evidence would always be stale",
                      settings_file, source.line, source.store.name, duration_text(policy.max_staleness),
                      duration_text(source.limits.lag)));
    }
    for (const auto signal : source.checks) {
      if (server_of(sources, signal) != nullptr) continue;
      return refused(fmt::format("{}:{}: source {}: checks: expected another source that serves {}, found none",
                                 settings_file, source.line, source.store.name, to_text(signal)));
    }
  }
  return {};
}

void pull_from(const std::vector<SourceSettings>& sources, const verdict::Policy& policy,
               evidence::EvidenceSettings& evidence) {
  for (const auto& source : sources) {
    for (const auto signal : source.serves) {
      evidence.pulled = static_cast<std::uint8_t>(evidence.pulled | 1U << static_cast<unsigned>(signal));
      evidence.lag[static_cast<std::size_t>(signal)] = source.limits.lag;
    }
    for (std::size_t i = 0; i < policy.added.size(); ++i) {
      if (policy.added[i].source != source.store.name) continue;
      evidence.lag[static_cast<std::size_t>(evidence::added_source(i))] = source.limits.lag;
    }
  }
}

telemetry::StoreSubject subject_of(evidence::Source source) {
  if (source == evidence::Source::Counters) return telemetry::StoreSubject::Counters;
  return source == evidence::Source::ConfigAgent ? telemetry::StoreSubject::ConfigAgent : telemetry::StoreSubject::Qa;
}

const SourceSettings* server_of(const std::vector<SourceSettings>& sources, evidence::Source source) {
  for (const auto& s : sources) {
    if (std::find(s.serves.begin(), s.serves.end(), source) != s.serves.end()) return &s;
  }
  return nullptr;
}

const SourceSettings* find_source(const std::vector<SourceSettings>& sources, std::string_view name) {
  const auto found = std::find_if(sources.begin(), sources.end(), [&](const auto& s) { return s.store.name == name; });
  return found == sources.end() ? nullptr : &*found;
}

std::string render_sources(const std::vector<SourceSettings>& sources, const verdict::Policy& policy) {
  std::string out;
  for (const auto& s : sources) {
    const auto& limits = s.limits;
    fmt::format_to(std::back_inserter(out), "# source {}: {} at {}{}{}; lag {}, overlap {}, chunk {}\n", s.store.name,
                   to_text(s.store.kind), s.store.url, s.store.database.empty() ? "" : ", database " + s.store.database,
                   !s.store.token.empty()      ? ", by token"
                   : !s.store.username.empty() ? ", as " + s.store.username
                                               : ", without credentials",
                   duration_text(limits.lag), duration_text(limits.overlap), duration_text(limits.chunk));
    if (!s.checks.empty()) out += "#   checks " + names_of(s.checks) + "\n";
  }
  for (const auto signal : kPullable) {
    const auto* server = server_of(sources, signal);
    fmt::format_to(std::back_inserter(out), "# {}: {}\n", to_text(signal),
                   server != nullptr ? "pulled from " + server->store.name : "pushed to this monitor");
  }
  out += "# latency-samples: read from the ledger\n";
  for (const auto& criterion : policy.added) out += "# " + criterion.id + ": pulled from " + criterion.source + "\n";
  return out;
}

}  // namespace dz::monitor
