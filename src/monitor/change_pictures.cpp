#include "monitor/change_pictures.h"

#include <boost/json.hpp>

#include "monitor/alarm_report.h"
#include "monitor/assessment_json.h"
#include "monitor/record_members.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

template <typename Record>
RecordPicture picture_of(const Monitor& monitor, const control::RecordVerdict& verdict, const Record& record) {
  RecordPicture picture{verdict.kind,  verdict.key,     record.code,    record.status,      record.desired_status,
                        record.health, verdict.verdict, verdict.reason, verdict.healthy_at, verdict.condition};
  if (const auto* incident = monitor.cause_of(verdict.key)) picture.incident = incident->id();
  if (const auto* maintenance = monitor.maintenance_of(verdict.key)) picture.maintenance = maintenance->id;
  if (const auto* by = monitor.drained_by(verdict.key)) picture.drained_by = by->signer;
  return picture;
}

// Records and verdicts are both ordered by key.
template <typename Record>
void add_pictures(const Monitor& monitor, const client::Records<Record>& records, RecordKind kind,
                  std::vector<RecordPicture>& pictures) {
  auto next = records.begin();
  for (const auto& verdict : monitor.verdicts()) {
    if (verdict.kind != kind) continue;
    while (next != records.end() && next->first < verdict.key) ++next;
    if (next == records.end() || next->first != verdict.key) continue;
    pictures.push_back(picture_of(monitor, verdict, next->second));
  }
}

}  // namespace

std::vector<RecordPicture> picture_records(const Monitor& monitor) {
  std::vector<RecordPicture> pictures;
  pictures.reserve(monitor.verdicts().size());
  const auto& records = *monitor.ledger().snapshot();
  add_pictures(monitor, records.links, RecordKind::Link, pictures);
  add_pictures(monitor, records.devices, RecordKind::Device, pictures);
  return pictures;
}

std::optional<RecordPicture> picture_record(const Monitor& monitor, const Pubkey& key) {
  const auto* verdict = monitor.verdict_of(key);
  if (verdict == nullptr) return std::nullopt;
  const auto& records = *monitor.ledger().snapshot();
  if (verdict->kind == RecordKind::Link) {
    const auto link = records.links.find(key);
    return link == records.links.end() ? std::nullopt : std::optional(picture_of(monitor, *verdict, link->second));
  }
  const auto device = records.devices.find(key);
  return device == records.devices.end() ? std::nullopt : std::optional(picture_of(monitor, *verdict, device->second));
}

void add_details(const Monitor& monitor, const Pubkey& key, json::object& members) {
  if (const auto report = monitor.assessment(key)) add_condition(*report, members);
  members["maintenance"] = maintenance_json(monitor, key);
}

// An alarm changes when what it says of its subject does.
std::vector<NamedPicture> picture_alarms(const Monitor& monitor) {
  std::vector<NamedPicture> pictures;
  for (const auto& alarm : monitor.announcer().alarms()) {
    const auto subject = is_of_record(alarm.kind) ? to_text(alarm.key) : monitor.announcer().name_of(alarm);
    pictures.push_back(
        {std::string(to_text(alarm.kind)) + " " + subject, members_text(alarm_facts_json(monitor, alarm))});
  }
  return pictures;
}

// As the list has them, without the sentences, which speak of the time, and without the records: their number is told.
std::vector<NamedPicture> picture_incidents(const Monitor& monitor, Timestamp now) {
  std::vector<NamedPicture> pictures;
  for (const auto& incident : monitor.incidents().all()) {
    std::size_t records = 0;
    for (const auto& key : incident.records) records = records * 31 + std::hash<Pubkey>()(key);
    pictures.push_back({incident.id(), members_text(incident_event(monitor, incident, now)), records});
  }
  return pictures;
}

std::vector<NamedPicture> picture_sources(const verdict::Policy& policy, const evidence::Evidence& evidence) {
  std::vector<NamedPicture> pictures;
  for (const auto source : policy.sources()) {
    const std::string name(policy.source_name(source));
    const auto state = evidence.state(source);
    const auto watermark = state.watermark ? json::value(to_text(Timestamp{*state.watermark})) : json::value(nullptr);
    pictures.push_back(
        {name,
         members_text({{"source", name}, {"watermark", watermark}, {"suspect", state.suspect_since.has_value()}})});
  }
  return pictures;
}

std::vector<std::string> picture_decisions(const std::vector<Decision>& decisions, const Profile& profile) {
  std::vector<std::string> members;
  for (const auto& decision : decisions) members.push_back(members_text(brief_json(decision, profile)));
  return members;
}

}  // namespace dz::monitor
