#include "notify/event.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "domain/profile.h"

namespace dz::notify {
namespace {

namespace json = boost::json;

template <typename Record>
RecordMark mark_of(const Record& record, RecordKind kind, const RecordMark* before, Timestamp now) {
  const bool same = before != nullptr && before->health == record.health;
  return {
      kind, record.code, {}, record.status, record.desired_status, record.health, same ? before->health_since : now};
}

NotifyEvent event_of(const Pubkey& key, const RecordMark& mark, Change change, const Look& look) {
  NotifyEvent event{.at = look.at, .change = change, .kind = mark.kind, .key = key, .code = mark.code};
  event.contributors = mark.contributors;
  event.status = to_text(mark.status);
  event.desired_status = to_text(mark.desired_status);
  event.health = spell(look.profile, mark.kind, mark.health);
  event.slot = look.slot;
  return event;
}

void because(NotifyEvent& event, std::string reason, std::string sentence) {
  event.reason = std::move(reason);
  event.sentence = std::move(sentence);
}

// The rule of the lifecycle that led there, where one did.
void explain_status(NotifyEvent& event, const RecordMark& before, const RecordMark& after, const Look& look) {
  // With the health before and after, for leaving service changes it in the same instruction.
  for (const auto health : {before.health, after.health}) {
    const auto* row = next_transition(look.profile.lifecycle(after.kind), before.status, after.desired_status, health);
    if (row == nullptr || row->to != after.status) continue;
    const bool by_health = !row->health.contains(Health::Unknown);
    const auto because_of = by_health ? fmt::format(" and health is {}", spell(look.profile, after.kind, health)) : "";
    return because(event, "lifecycle",
                   fmt::format("desired status is {}{}", to_text(after.desired_status), because_of));
  }
  const bool accepted = look.program.accepts_into_drained
                            ? after.status == Status::HardDrained
                            : after.status == Status::Activated || after.status == Status::Provisioning;
  if (before.status == Status::Requested && accepted) {
    return because(event, "accepted", "side Z accepted the link");
  }
  because(event, "override",
          fmt::format("written by hand: with desired status {} nothing leads from {} to {} by itself",
                      to_text(after.desired_status), to_text(before.status), to_text(after.status)));
}

// What the program does to health by itself, so that no record comes back into service on an old judgement.
void explain_health(NotifyEvent& event, const RecordMark& before, const RecordMark& after, const Look& look) {
  if (!look.program.resets_health || after.health != Health::Impaired) return;
  if (before.status == Status::Activated && after.status != Status::Activated) {
    return because(event, "left-service", "it left service: the ledger sets health impaired until it is judged again");
  }
  const bool wanted_again =
      before.desired_status != DesiredStatus::Activated && after.desired_status == DesiredStatus::Activated;
  if (wanted_again && before.health == Health::Healthy && after.status != Status::Activated) {
    because(event, "wanted-again",
            "it is wanted back in service: the ledger sets health impaired until it is judged again");
  }
}

void add_changes(const Pubkey& key, const RecordMark& before, const RecordMark& after, const Look& look,
                 std::vector<NotifyEvent>& events) {
  const auto add = [&](Change change, std::string_view from, std::string_view to) -> NotifyEvent& {
    auto& event = events.emplace_back(event_of(key, after, change, look));
    event.from = from;
    event.to = to;
    event.in_service = before.status == Status::Activated || after.status == Status::Activated;
    return event;
  };
  if (before.desired_status != after.desired_status) {
    auto& event = add(Change::DesiredStatus, to_text(before.desired_status), to_text(after.desired_status));
    because(event, "wanted",
            fmt::format("the contributor or the foundation wants it {}", to_text(after.desired_status)));
  }
  if (before.status != after.status) {
    explain_status(add(Change::Status, to_text(before.status), to_text(after.status)), before, after, look);
  }
  if (before.health != after.health) {
    const auto word = [&](Health health) { return spell(look.profile, after.kind, health); };
    explain_health(add(Change::Health, word(before.health), word(after.health)), before, after, look);
  }
}

json::value word_or_null(const std::string& word) { return word.empty() ? json::value(nullptr) : json::value(word); }

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::optional<Change> change_of(std::string_view word) {
  for (const auto c : {Change::Status, Change::DesiredStatus, Change::Health, Change::Alarm, Change::AlarmOver,
                       Change::Incident, Change::IncidentRecovering, Change::IncidentOver}) {
    if (to_text(c) == word) return c;
  }
  return std::nullopt;
}

std::vector<std::string> texts_at(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* list = object.if_contains(name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const auto& text : list->as_array()) {
    if (text.is_string()) texts.emplace_back(text.as_string());
  }
  return texts;
}

void read_incident_fields(const json::object& object, NotifyEvent& event) {
  event.from = text_at(object, "from");
  event.title = text_at(object, "title");
  event.to_do = text_at(object, "to_do");
  event.ends = text_at(object, "ends");
  event.contributors = texts_at(object, "contributors");
  if (const auto* count = object.if_contains("count"); count != nullptr && count->is_number())
    event.record_count = count->to_number<std::size_t>();
  const auto* list = object.if_contains("records");
  if (list == nullptr || !list->is_array()) return;
  for (const auto& entry : list->as_array()) {
    if (!entry.is_object()) continue;
    const auto kind = text_at(entry.as_object(), "kind") == "device" ? RecordKind::Device : RecordKind::Link;
    event.records.push_back({kind, text_at(entry.as_object(), "code")});
  }
}

json::array records_json(const std::vector<NamedRecord>& records) {
  json::array list;
  for (const auto& record : records)
    list.push_back(json::object{{"kind", to_text(record.kind)}, {"code", record.code}});
  return list;
}

Result<void> read_record_fields(const json::object& object, NotifyEvent& event) {
  event.kind = text_at(object, "kind") == "device" ? RecordKind::Device : RecordKind::Link;
  DZ_TRY_ASSIGN(event.key, parse_pubkey(text_at(object, "pubkey")));
  event.code = text_at(object, "code");
  event.contributors = texts_at(object, "contributors");
  event.from = text_at(object, "from");
  event.to = text_at(object, "to");
  event.status = text_at(object, "status");
  event.desired_status = text_at(object, "desired_status");
  event.health = text_at(object, "health");
  if (const auto* flag = object.if_contains("in_service"); flag != nullptr && flag->is_bool())
    event.in_service = flag->as_bool();
  if (const auto* slot = object.if_contains("slot"); slot != nullptr && slot->is_number())
    event.slot = {slot->to_number<std::uint64_t>()};
  event.signature = text_at(object, "signature");
  return {};
}

}  // namespace

RecordMarks marks_of(const client::Snapshot& snapshot, const RecordMarks& before, Timestamp now) {
  RecordMarks marks;
  const auto before_of = [&](const Pubkey& key) {
    const auto found = before.find(key);
    return found == before.end() ? nullptr : &found->second;
  };
  for (const auto& [key, link] : snapshot.links) {
    auto& mark = marks[key] = mark_of(link, RecordKind::Link, before_of(key), now);
    mark.contributors.push_back(client::code_of(snapshot.contributors, link.contributor));
    const auto z = snapshot.devices.find(link.side_z);
    if (z != snapshot.devices.end() && z->second.contributor != link.contributor)
      mark.contributors.push_back(client::code_of(snapshot.contributors, z->second.contributor));
  }
  for (const auto& [key, device] : snapshot.devices) {
    auto& mark = marks[key] = mark_of(device, RecordKind::Device, before_of(key), now);
    mark.contributors.push_back(client::code_of(snapshot.contributors, device.contributor));
  }
  for (const auto& [key, account] : snapshot.undecodable) {
    if (const auto* mark = before_of(key)) marks.emplace(key, *mark);
  }
  return marks;
}

std::string_view to_text(Change change) {
  switch (change) {
    case Change::Status: return "status";
    case Change::DesiredStatus: return "desired_status";
    case Change::Health: return "health";
    case Change::Alarm: return "alarm";
    case Change::AlarmOver: return "alarm_over";
    case Change::Incident: return "incident";
    case Change::IncidentRecovering: return "incident_recovering";
    case Change::IncidentOver: return "incident_over";
  }
  return "invalid";
}

std::vector<NotifyEvent> changes_between(const RecordMarks& before, const RecordMarks& after, const Look& look) {
  std::vector<NotifyEvent> events;
  auto old = before.begin();
  const auto take_gone = [&] {
    auto& event = events.emplace_back(event_of(old->first, old->second, Change::Status, look));
    event.from = to_text(old->second.status);
    event.in_service = old->second.status == Status::Activated;
    because(event, "deleted", "the record was deleted");
    ++old;
  };
  for (const auto& [key, mark] : after) {
    while (old != before.end() && old->first < key) take_gone();
    if (old != before.end() && old->first == key) {
      add_changes(key, old->second, mark, look, events);
      ++old;
      continue;
    }
    auto& event = events.emplace_back(event_of(key, mark, Change::Status, look));
    event.to = to_text(mark.status);
    event.in_service = mark.status == Status::Activated;
    because(event, "created", "the record is new");
  }
  while (old != before.end()) take_gone();
  return events;
}

bool is_wanted(const NotifyHook& hook, const NotifyEvent& event) {
  if (is_alarm(event.change)) return hook.alarms;
  if (!hook.all && !event.in_service) return false;
  const auto is_of = [&](RecordKind kind) { return kind == RecordKind::Link ? hook.links : hook.devices; };
  const bool wanted = is_incident(event.change) ? std::any_of(event.records.begin(), event.records.end(),
                                                              [&](const NamedRecord& r) { return is_of(r.kind); })
                                                : is_of(event.kind);
  if (!wanted) return false;
  if (hook.contributors.empty()) return true;
  return std::any_of(hook.contributors.begin(), hook.contributors.end(), [&](const std::string& code) {
    return std::any_of(event.contributors.begin(), event.contributors.end(),
                       [&](const std::string& owner) { return client::same_code(code, owner); });
  });
}

json::object to_json(const NotifyEvent& e) {
  json::object out{{"id", e.id}, {"at", dz::to_text(e.at)}, {"event", to_text(e.change)}};
  if (is_alarm(e.change)) {
    out["alarm"] = e.alarm;
    out["subject"] = e.subject;
  } else if (is_incident(e.change)) {
    out["incident"] = e.incident;
    out["from"] = word_or_null(e.from);
    out["title"] = e.title;
    out["contributors"] = json::array(e.contributors.begin(), e.contributors.end());
    out["records"] = records_json(e.records);
    out["count"] = e.record_count;
    out["in_service"] = e.in_service;
    out["to_do"] = e.to_do;
    out["ends"] = e.ends;
  } else {
    out["kind"] = to_text(e.kind);
    out["pubkey"] = to_text(e.key);
    out["code"] = e.code;
    out["contributors"] = json::array(e.contributors.begin(), e.contributors.end());
    out["from"] = word_or_null(e.from);
    out["to"] = word_or_null(e.to);
    out["status"] = e.status;
    out["desired_status"] = e.desired_status;
    out["health"] = e.health;
    out["in_service"] = e.in_service;
    out["slot"] = e.slot.value;
    out["signature"] = word_or_null(e.signature);
    if (!e.incident.empty()) out["incident"] = e.incident;
  }
  out["reason"] = e.reason;
  out["sentence"] = e.sentence;
  out["policy"] = e.policy;
  return out;
}

Result<NotifyEvent> parse_notify_event(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return corrupt("a kept notification: expected a JSON object");
  const auto& object = value.as_object();
  NotifyEvent event{.id = text_at(object, "id"), .reason = text_at(object, "reason")};
  event.sentence = text_at(object, "sentence");
  event.policy = text_at(object, "policy");
  DZ_TRY_ASSIGN(event.at, parse_timestamp(text_at(object, "at")));
  const auto change = change_of(text_at(object, "event"));
  if (!change) return corrupt("a kept notification: expected a known event, found '" + text_at(object, "event") + "'");
  event.change = *change;
  event.incident = text_at(object, "incident");
  if (is_incident(event.change)) {
    read_incident_fields(object, event);
    if (const auto* flag = object.if_contains("in_service"); flag != nullptr && flag->is_bool())
      event.in_service = flag->as_bool();
    return event;
  }
  if (!is_alarm(event.change)) {
    DZ_TRY(read_record_fields(object, event));
    return event;
  }
  event.alarm = text_at(object, "alarm");
  event.subject = text_at(object, "subject");
  return event;
}

}  // namespace dz::notify
