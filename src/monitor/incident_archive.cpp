#include "monitor/incident_archive.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/safe_text.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema =
    "CREATE TABLE IF NOT EXISTS incident(subject TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;";

json::array keys_json(const std::vector<Pubkey>& keys) {
  json::array list;
  for (std::size_t i = 0; i < std::min(keys.size(), kKeptRecords); ++i) list.push_back(json::string(to_text(keys[i])));
  return list;
}

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }

json::object to_json(const control::Incident& i) {
  const auto& c = i.cause;
  return {{"kind", to_text(c.kind)},
          {"source", static_cast<int>(c.source)},
          {"device", to_text(c.device)},
          {"link", to_text(c.link)},
          {"port", c.port},
          {"sub_interface", c.sub_interface},
          {"fault", to_text(c.fault)},
          {"counters", c.counters},
          {"by", c.by.count()},
          {"detail", c.detail},
          {"silent", keys_json(c.silent)},
          {"active", c.active},
          {"config_silent", c.config_silent},
          {"telemetry_silent", c.telemetry_silent},
          {"cause_since", c.since ? json::value(micros(*c.since)) : json::value(nullptr)},
          {"state", to_text(i.state)},
          {"since", micros(i.since)},
          {"state_since", micros(i.state_since)},
          {"gates", i.gates},
          {"impairs", i.impairs},
          {"records", keys_json(i.records)}};
}

// Reads the members of one body; the first that is missing or of another kind makes all of it unreadable.
class Body {
 public:
  explicit Body(const json::object& object) : object_(object) {}
  bool is_good() const { return good_; }

  std::string text(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value != nullptr && value->is_string()) return std::string(value->as_string());
    good_ = false;
    return {};
  }
  std::int64_t number(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value != nullptr && value->is_int64()) return value->as_int64();
    good_ = false;
    return 0;
  }
  bool flag(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value != nullptr && value->is_bool()) return value->as_bool();
    good_ = false;
    return false;
  }
  Timestamp time(std::string_view name) { return Timestamp{Duration{number(name)}}; }
  std::optional<Timestamp> time_if_any(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value != nullptr && value->is_null()) return std::nullopt;
    return time(name);
  }
  Pubkey key(std::string_view name) { return parsed(text(name)); }
  std::vector<Pubkey> keys(std::string_view name) {
    std::vector<Pubkey> keys;
    const auto* value = object_.if_contains(name);
    if (value == nullptr || !value->is_array()) {
      good_ = false;
      return keys;
    }
    for (const auto& entry : value->as_array()) {
      keys.push_back(parsed(entry.is_string() ? std::string(entry.as_string()) : std::string()));
    }
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  control::CauseKind kind(std::string_view name) {
    const auto kind = control::parse_cause_kind(text(name));
    if (!kind) good_ = false;
    return kind.value_or(control::CauseKind::DeviceSilent);
  }

 private:
  Pubkey parsed(const std::string& text) {
    const auto key = parse_pubkey(text);
    if (!key) good_ = false;
    return key.value_or(Pubkey{});
  }

  const json::object& object_;
  bool good_ = true;
};

std::optional<control::Incident> parse_incident(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return std::nullopt;
  Body body(value.as_object());
  control::Incident i;
  auto& c = i.cause;
  c.kind = body.kind("kind");
  const auto source = body.number("source");
  // Those of added criteria are numbered by the policy of then.
  if (source < 0 || source >= static_cast<std::int64_t>(evidence::kNamedSources)) return std::nullopt;
  c.source = static_cast<evidence::Source>(source);
  c.device = body.key("device");
  c.link = body.key("link");
  c.port = body.text("port");
  c.sub_interface = body.text("sub_interface");
  c.fault = body.kind("fault");
  c.counters = static_cast<evidence::CounterBits>(body.number("counters"));
  c.by = Duration{body.number("by")};
  c.detail = body.text("detail");
  c.silent = body.keys("silent");
  c.active = static_cast<int>(body.number("active"));
  c.config_silent = body.flag("config_silent");
  c.telemetry_silent = body.flag("telemetry_silent");
  c.since = body.time_if_any("cause_since");
  i.state = body.text("state") == "failing" ? control::IncidentState::Failing : control::IncidentState::Recovering;
  i.since = body.time("since");
  i.state_since = body.time("state_since");
  i.gates = body.flag("gates");
  i.impairs = body.flag("impairs");
  i.records = body.keys("records");
  i.subject = subject_of(c);
  return body.is_good() ? std::optional(std::move(i)) : std::nullopt;
}

}  // namespace

Result<IncidentArchive> IncidentArchive::open(storage::SqliteDatabase& database) {
  DZ_TRY(database.execute(std::string(kSchema)));
  return IncidentArchive(database);
}

Result<std::vector<control::Incident>> IncidentArchive::load(std::vector<std::string>& damage) {
  std::vector<control::Incident> incidents;
  std::vector<std::string> unreadable;
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT subject, body FROM incident"));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) break;
    auto incident = parse_incident(query.text(1));
    if (incident && incident->subject == query.text(0)) {
      incidents.push_back(std::move(*incident));
    } else {
      unreadable.emplace_back(query.text(0));
      damage.push_back("an incident cannot be read (" + escaped(std::string(query.text(0))) +
                       "); it begins anew if its cause still stands");
    }
  }
  DZ_TRY(save({}, unreadable));
  return incidents;
}

Result<void> IncidentArchive::save(const std::vector<const control::Incident*>& changed,
                                   const std::vector<std::string>& over) {
  if (changed.empty() && over.empty()) return {};
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto save, database_->prepare("INSERT OR REPLACE INTO incident VALUES(?,?)"));
    for (const auto* incident : changed) {
      save.bind(1, incident->subject).bind(2, valid_utf8(json::serialize(to_json(*incident))));
      DZ_TRY(save.run());
    }
    DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM incident WHERE subject = ?"));
    for (const auto& subject : over) DZ_TRY(forget.bind(1, subject).run());
    return {};
  });
}

}  // namespace dz::monitor
