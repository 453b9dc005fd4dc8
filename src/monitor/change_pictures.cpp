#include "monitor/change_pictures.h"

#include <boost/json.hpp>

#include "monitor/alarm_report.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

// Records and verdicts are both ordered by key.
template <typename Record>
void add_pictures(const client::Records<Record>& records, RecordKind kind,
                  std::span<const control::RecordVerdict> verdicts, std::vector<RecordPicture>& pictures) {
  auto next = records.begin();
  for (const auto& verdict : verdicts) {
    if (verdict.kind != kind) continue;
    while (next != records.end() && next->first < verdict.key) ++next;
    if (next == records.end() || next->first != verdict.key) continue;
    const auto& record = next->second;
    pictures.push_back({kind, verdict.key, record.code, record.status, record.desired_status, record.health,
                        verdict.verdict, verdict.reason, verdict.healthy_at});
  }
}

}  // namespace

std::vector<RecordPicture> picture_records(const client::Snapshot& records,
                                           std::span<const control::RecordVerdict> verdicts) {
  std::vector<RecordPicture> pictures;
  pictures.reserve(verdicts.size());
  add_pictures(records.links, RecordKind::Link, verdicts, pictures);
  add_pictures(records.devices, RecordKind::Device, verdicts, pictures);
  return pictures;
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

}  // namespace dz::monitor
