#include "monitor/status_report.h"

#include <algorithm>
#include <filesystem>

#include <boost/json.hpp>

#include "base/shown_url.h"
#include "monitor/opinions_answer.h"
#include "monitor/pulled_report.h"
#include "notify/notify_report.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostNamed = 100;  // devices or records of one list; their number is told beside them

json::value time_or_null(const std::optional<Timestamp>& t) {
  return t ? json::value(to_text(*t)) : json::value(nullptr);
}
json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }
json::value seconds_or_null(const std::optional<Duration>& d) {
  if (!d) return nullptr;
  return std::chrono::duration_cast<std::chrono::seconds>(*d).count();
}
template <typename Number>
json::value number_or_null(const std::optional<Number>& n) {
  return n ? json::value(*n) : json::value(nullptr);
}

std::optional<Duration> age(const std::optional<Timestamp>& then, Timestamp now) {
  return then ? std::optional(now - *then) : std::nullopt;
}

json::object ledger_json(const Monitor& monitor, Timestamp now) {
  const auto& reader = monitor.ledger();
  const auto& mirror = reader.mirror();
  const auto& records = reader.snapshot();
  const auto& genesis = mirror.view().genesis();
  return {{"read_at", time_or_null(mirror.last_poll())},
          {"age_seconds", seconds_or_null(age(mirror.last_poll(), now))},
          {"slot", records ? json::value(records->slot.value) : json::value(nullptr)},
          {"block_age_seconds", seconds_or_null(mirror.view().block_age())},
          {"trouble", text_or_null(reader.trouble(now))},
          {"environment", text_or_null(monitor.settings().environment)},
          {"genesis", genesis ? json::value(to_text(*genesis)) : json::value(nullptr)},
          {"profile", monitor.policy().profile->name},
          {"links", records ? records->links.size() : 0},
          {"devices", records ? records->devices.size() : 0},
          {"unreadable_accounts", records ? records->undecodable.size() : 0}};
}

std::string why_not_writing(const Monitor& monitor, Timestamp now) {
  switch (monitor.write_mode()) {
    case control::WriteMode::Observe: return "it observes: what it would write is shown, and not written";
    case control::WriteMode::Standby: return "it stands by: another monitor writes";
    case control::WriteMode::Write: break;
  }
  if (!monitor.clock_problem().empty()) return monitor.clock_problem();
  if (const auto trouble = monitor.ledger().trouble(now); !trouble.empty()) return trouble;
  if (const auto problem = monitor.file_problem(); !problem.empty()) return problem;
  if (monitor.ledger().can_write(now)) return "";
  return "the ledger's records cannot be acted on";
}

std::string_view mode_text(control::WriteMode mode) {
  switch (mode) {
    case control::WriteMode::Observe: return "observe";
    case control::WriteMode::Standby: return "standby";
    case control::WriteMode::Write: break;
  }
  return "write";
}

template <typename Limit, typename Spent>
json::value left_of(const std::optional<Limit>& limit, Spent spent) {
  if (!limit) return nullptr;
  return *limit > spent ? static_cast<std::uint64_t>(*limit - spent) : std::uint64_t{0};
}

json::object budget_json(const control::ChangeBudget& budget) {
  return {{"writes_a_minute", number_or_null(budget.limits().writes_per_minute)},
          {"left_in_minute", left_of(budget.limits().writes_per_minute, budget.written_in_minute())},
          {"records_an_hour", number_or_null(budget.records_an_hour())},
          {"left_in_hour", left_of(budget.records_an_hour(), budget.records_in_hour())},
          {"deferred", budget.deferred()},
          {"deferred_since", time_or_null(budget.deferred_since())},
          {"opens_at", time_or_null(budget.opens_at())},
          {"reason", budget.reason() ? json::value(to_text(*budget.reason())) : json::value(nullptr)}};
}

json::object writing_json(const Monitor& monitor, Timestamp now) {
  const auto why_not = why_not_writing(monitor, now);
  const auto& shard = monitor.ownership().shard();
  return {{"mode", mode_text(monitor.write_mode())},
          {"shard", shard.is_whole() ? json::value(nullptr) : json::value(control::to_text(shard))},
          {"may_write", why_not.empty()},
          {"why_not", text_or_null(why_not)},
          {"key", monitor.key() ? json::value(to_text(*monitor.key())) : json::value(nullptr)},
          {"writer_silent_seconds", seconds_or_null(monitor.writer_silent(now))},
          {"budget", budget_json(monitor.desk().budget())}};
}

json::object activator_json(const Monitor& monitor) {
  const auto& watch = monitor.activator();
  std::optional<Timestamp> since;
  json::array due;
  for (const auto& [key, at] : watch.due()) {
    since = since ? std::min(*since, at) : at;
    if (due.size() < kMostNamed) due.push_back(json::string(monitor.ledger().code_of(key)));
  }
  return {{"acted_at", time_or_null(watch.acted_at())},
          {"due_count", watch.due().size()},
          {"due_since", time_or_null(since)},
          {"due", std::move(due)}};
}

json::object source_json(const Monitor& monitor, evidence::Source source, const json::array& stores, Timestamp now) {
  const auto& evidence = monitor.evidence().in_memory();
  const auto state = evidence.state(source);
  const auto watermark = state.watermark ? std::optional(Timestamp{*state.watermark}) : std::nullopt;
  const std::string name(monitor.policy().source_name(source));
  json::array silent, of_source;
  const auto devices = state.suspect_since ? evidence.suspected_silent(source) : std::vector<Pubkey>();
  for (const auto& device : devices) {
    if (silent.size() < kMostNamed) silent.push_back(json::string(monitor.ledger().code_of(device)));
  }
  for (const auto& store : stores) {
    if (store.at("subject").as_string() == name || store.at("subject").as_string() == "check of " + name)
      of_source.push_back(store);
  }
  const auto suspect_since = state.suspect_since ? std::optional(Timestamp{*state.suspect_since}) : std::nullopt;
  const bool stale = !watermark || now - *watermark > Duration{monitor.policy().max_staleness_of(source)};
  return {{"source", name},
          {"pushed", monitor.settings().evidence.pushed(source)},
          {"watermark", time_or_null(watermark)},
          {"age_seconds", seconds_or_null(age(watermark, now))},
          {"stale", stale},
          {"trouble", text_or_null(monitor.pulled().trouble_of(source))},
          {"disputed", (monitor.pulled().disputed() & (1U << static_cast<unsigned>(source))) != 0},
          {"suspect_since", time_or_null(suspect_since)},
          {"suspect_devices", state.suspect_devices},
          {"silent_count", devices.size()},
          {"silent", std::move(silent)},
          {"stores", std::move(of_source)}};
}

json::array sources_json(const Monitor& monitor, Timestamp now) {
  const auto stores = stores_json(monitor, now);
  json::array sources;
  for (const auto source : monitor.policy().sources()) sources.push_back(source_json(monitor, source, stores, now));
  return sources;
}

json::value exact_or_null(const std::optional<Duration>& d) {
  return d ? json::value(std::chrono::duration<double>(*d).count()) : json::value(nullptr);
}

json::object times_json(const Histogram& times) {
  const auto count = static_cast<Duration::rep>(times.count());
  return {{"count", times.count()},
          {"mean_seconds", exact_or_null(count == 0 ? std::nullopt : std::optional(times.sum() / count))},
          {"half_within_seconds", exact_or_null(times.within(0.5))},
          {"p99_within_seconds", exact_or_null(times.within(0.99))}};
}

// What it does and waits for, and how long that takes.
json::array work_json(const Monitor& monitor) {
  json::array list;
  const auto add = [&](std::string_view what, json::value of, const Histogram& since_start, json::value lately) {
    list.push_back(json::object{{"what", what},
                                {"of", std::move(of)},
                                {"since_start", times_json(since_start)},
                                {"lately", std::move(lately)}});
  };
  for (const auto& one : monitor.times()) add(one.what, nullptr, one.since_start, times_json(one.lately));
  add("health write", nullptr, monitor.counters().health.write_times, nullptr);
  for (const auto& talk : monitor.pulled().talks())
    add("answer of a store", json::value(talk.source->store.name + ": " + talk.about), talk.pull.state().waits,
        nullptr);
  return list;
}

json::object pushed_json(const Monitor& monitor) {
  const auto& counters = monitor.pushed().counters();
  return {{"requests", counters.requests},
          {"rows", counters.rows},
          {"unauthorised", counters.unauthorised},
          {"lines_unreadable", counters.unreadable_lines},
          {"devices_unknown", counters.unknown_devices.size()},
          {"tokens", monitor.settings().tokens.size()}};
}

// "key = value" of a policy in full, by "table.key"; those of a criterion by its id. Comments are left out.
std::vector<std::pair<std::string, std::string>> policy_values(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> values;
  std::string table;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with('[')) table = line.substr(1, line.find(']') - 1) + ".";
    const auto sign = line.find(" = ");
    if (line.starts_with('#') || line.starts_with('[') || sign == std::string::npos) continue;
    const auto key = line.substr(0, sign);
    const auto value = line.substr(sign + 3, line.find("  # ", sign) - sign - 3);
    if (key == "id") table = value.substr(1, value.size() - 2) + ".";
    values.emplace_back(table + key, value);
  }
  return values;
}

json::array differences(const verdict::Policy& policy) {
  const auto here = policy_values(render_policy(policy));
  const auto usual = policy_values(render_policy(verdict::default_policy(*policy.profile)));
  const auto value_in = [](const auto& values, const std::string& key) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == key; });
    return found == values.end() ? json::value(nullptr) : json::value(found->second);
  };
  json::array list;
  for (const auto& [key, value] : here) {
    const auto otherwise = value_in(usual, key);
    if (otherwise != json::value(value))
      list.push_back(json::object{{"key", key}, {"value", value}, {"default", otherwise}});
  }
  for (const auto& [key, value] : usual) {
    if (value_in(here, key).is_null())
      list.push_back(json::object{{"key", key}, {"value", nullptr}, {"default", value}});
  }
  return list;
}

json::array settings_json(const MonitorSettings& settings) {
  json::array list;
  for (const auto& setting : settings.in_force)
    list.push_back(json::object{{"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}});
  return list;
}

json::value bytes_of(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? json::value(nullptr) : json::value(static_cast<std::uint64_t>(bytes));
}

json::object store_json(const Monitor& monitor) {
  const auto& path = monitor.settings().store_path;
  const auto subjects = monitor.evidence().in_memory().subject_counts();
  const auto damage = monitor.damage();
  return {{"path", path},
          {"bytes", bytes_of(path)},
          {"log_bytes", bytes_of(path + "-wal")},
          {"problem", text_or_null(monitor.file_problem())},
          {"damage", json::array(damage.begin(), damage.end())},
          {"devices", subjects.devices},
          {"interfaces", subjects.interfaces},
          {"directions", subjects.directions}};
}

}  // namespace

json::object status_json(const Monitor& monitor, Timestamp now) {
  const auto* notifier = monitor.announcer().notifier();
  return {{"at", to_text(now)},
          {"version", monitor.version()},
          {"started_at", to_text(monitor.started())},
          {"clock_problem", text_or_null(monitor.clock_problem())},
          {"ledger", ledger_json(monitor, now)},
          {"writing", writing_json(monitor, now)},
          {"activator", activator_json(monitor)},
          {"sources", sources_json(monitor, now)},
          {"work", work_json(monitor)},
          {"pushed", pushed_json(monitor)},
          {"webhooks", notifier == nullptr ? json::array() : hooks_json(*notifier, now)},
          {"judges", judges_json(monitor)},
          {"policy",
           json::object{{"digest", monitor.policy_digest()}, {"differences", differences(monitor.settings().policy)}}},
          {"settings", settings_json(monitor.settings())},
          {"store", store_json(monitor)}};
}

}  // namespace dz::monitor
