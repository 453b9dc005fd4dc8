#include "monitor/alarm_report.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

namespace dz::monitor {
namespace {

namespace json = boost::json;

json::value time_or_null(const std::optional<Timestamp>& t) {
  return t ? json::value(to_text(*t)) : json::value(nullptr);
}
json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::object cause_json(const control::Cause& cause, const control::CauseWords& words) {
  return {{"kind", to_text(cause.kind)}, {"sentence", render_cause(cause, words)}};
}

// Of a cause that has gone, nothing is said as if it still stood.
json::object past_cause_json(const control::Incident& incident, const control::CauseWords& words) {
  return {{"kind", to_text(incident.cause.kind)},
          {"sentence",
           "over since " + clock_text(incident.state_since, words.now) + ": " + render_title(incident.cause, words)}};
}

// Before the ledger was read, what has no record is told all the same.
const client::Snapshot& records_of(const Monitor& monitor) {
  static const client::Snapshot kNone;
  return monitor.ledger().snapshot() ? *monitor.ledger().snapshot() : kNone;
}

control::CauseWords words_of(const Monitor& monitor, Timestamp now) {
  const auto& records = records_of(monitor);
  return {records.links, records.devices, monitor.policy(), now};
}

template <typename Record>
json::object record_json(std::string_view kind, const Pubkey& key, const Record& record, const Monitor& monitor) {
  const auto of = std::is_same_v<Record, Link> ? RecordKind::Link : RecordKind::Device;
  return {{"kind", kind},
          {"code", record.code},
          {"pubkey", to_text(key)},
          {"status", to_text(record.status)},
          {"health", spell(*monitor.policy().profile, of, record.health)}};
}

json::array records_json(const Monitor& monitor, const control::Incident& incident) {
  const auto& records = records_of(monitor);
  json::array list;
  for (const auto& key : incident.records) {
    if (list.size() == kListedRecords) break;
    json::object entry;
    if (const auto link = records.links.find(key); link != records.links.end()) {
      entry = record_json("link", key, link->second, monitor);
    } else if (const auto device = records.devices.find(key); device != records.devices.end()) {
      entry = record_json("device", key, device->second, monitor);
    } else {
      continue;
    }
    const auto* lead = monitor.incidents().leading(key);
    entry["leads"] = lead != nullptr && lead->subject == incident.subject;
    list.push_back(std::move(entry));
  }
  return list;
}

// Who has to act, of one that is failing.
json::value needs_json(const Monitor& monitor, const control::Incident& incident) {
  if (incident.state != control::IncidentState::Failing) return nullptr;
  const auto& snapshot = records_of(monitor);
  json::object needs{{"who", to_text(who_acts(incident.cause))}};
  if (const auto device = snapshot.devices.find(incident.cause.device); device != snapshot.devices.end())
    needs["contributor"] = client::code_of(snapshot.contributors, device->second.contributor);
  return needs;
}

json::object incident_json(const Monitor& monitor, const control::Incident& incident, Timestamp now) {
  const auto words = words_of(monitor, now);
  const bool failing = incident.state == control::IncidentState::Failing;
  auto out = incident_event(monitor, incident, now);
  out["cause"] = failing ? cause_json(incident.cause, words) : past_cause_json(incident, words);
  out["records"] = records_json(monitor, incident);
  out["ends"] = failing ? render_end(incident.cause, words) : "its records stay clean until they are healthy";
  if (failing) out["needs"].as_object()["what"] = render_to_do(incident.cause, words);
  return out;
}

}  // namespace

json::object alarm_json(const Monitor& monitor, const control::MonitorAlarm& alarm, Timestamp now) {
  const auto name = monitor.announcer().name_of(alarm);
  json::object out{{"alarm", to_text(alarm.kind)},
                   {"state", to_text(alarm.state)},
                   {"since", time_or_null(alarm.since)},
                   {"subject", name},
                   {"text", render_alarm(alarm, name, now, *monitor.policy().profile)},
                   {"ends", render_alarm_end(alarm, name, now)},
                   {"cause", nullptr}};
  if (!is_of_record(alarm.kind)) {
    json::array silent;
    for (const auto& device : alarm.silent) silent.push_back(json::string(monitor.ledger().code_of(device)));
    if (alarm.kind == control::AlarmKind::MassSilence) {
      out["devices"] = alarm.devices;
      out["silent"] = std::move(silent);
    }
    return out;
  }
  out["kind"] = to_text(alarm.record);
  out["code"] = name;
  out["pubkey"] = to_text(alarm.key);
  out["criterion"] = text_or_null(alarm.criterion);
  out["interface"] = text_or_null(alarm.where);
  out["returns_at"] = time_or_null(alarm.returns_at);
  if (const auto* incident = monitor.incidents().leading(alarm.key); incident != nullptr && !alarm.cause.empty())
    out["cause"] = cause_json(incident->cause, words_of(monitor, now));
  return out;
}

json::object incident_event(const Monitor& monitor, const control::Incident& incident, Timestamp now) {
  return {{"id", incident.id()},
          {"state", to_text(incident.state)},
          {"since", to_text(incident.since)},
          {"state_since", to_text(incident.state_since)},
          {"title", render_title(incident.cause, words_of(monitor, now))},
          {"cause_kind", to_text(incident.cause.kind)},
          {"gates", incident.gates},
          {"impairs", incident.impairs},
          {"count", incident.records.size()},
          {"returns_at", time_or_null(monitor.announcer().returns_at(incident))},
          {"needs", needs_json(monitor, incident)}};
}

json::array alarms_json(const Monitor& monitor, Timestamp now) {
  json::array alarms;
  for (const auto& alarm : monitor.announcer().alarms()) alarms.push_back(alarm_json(monitor, alarm, now));
  return alarms;
}

json::array incidents_json(const Monitor& monitor, Timestamp now) {
  json::array incidents;
  for (const auto& incident : monitor.incidents().all()) incidents.push_back(incident_json(monitor, incident, now));
  return incidents;
}

}  // namespace dz::monitor
