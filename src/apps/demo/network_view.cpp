#include "network_view.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "client/snapshot.h"

namespace dz::demo {
namespace {

namespace json = boost::json;

// In a note of the monitor's, before what each judge says (docs/operating/quorum.md).
constexpr std::string_view kJudges = " judges that have to hold it: ";

std::string text_of_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

void read_assessment(const json::object& object, NetworkView& view) {
  const auto record = view.records.find(text_of_member(object, "code"));
  if (record == view.records.end()) return;
  record->second.sentence = text_of_member(object, "sentence");
  if (const auto at = parse_timestamp(text_of_member(object, "healthy_at"))) record->second.healthy_at = *at;
  const auto* notes = object.if_contains("notes");
  for (const json::value& note : notes != nullptr && notes->is_array() ? notes->get_array() : json::array()) {
    const std::string_view text = note.is_string() ? std::string_view(note.get_string()) : "";
    // One that was only not heard yet agrees a moment later as a rule, and is not worth a word.
    const auto judges = text.find(kJudges);
    if (judges != text.npos && text.find(" would write ") != text.npos)
      record->second.dispute = fmt::format("waits for both judges: {}", text.substr(judges + kJudges.size()));
  }
  const auto* findings = object.if_contains("findings");
  if (findings == nullptr || !findings->is_array()) return;
  for (const json::value& item : findings->get_array()) {
    if (!item.is_object()) continue;
    const auto& one = item.get_object();
    record->second.findings.push_back({.id = text_of_member(one, "id"),
                                       .mode = text_of_member(one, "mode"),
                                       .judgement = text_of_member(one, "judgement"),
                                       .detail = text_of_member(one, "detail"),
                                       .earliest = text_of_member(one, "earliest")});
  }
}

// before: what the monitor said last of the record stays.
template <typename Record>
RecordView view_of(RecordKind kind, const Pubkey& key, const Record& record, const NetworkView& before) {
  const auto* known = before.find(record.code);
  RecordView view = known != nullptr && known->key == key ? *known : RecordView{};
  view.key = key;
  view.kind = kind;
  view.status = record.status;
  view.desired = record.desired_status;
  view.health = record.health;
  return view;
}

}  // namespace

const FindingView* RecordView::finding(std::string_view id) const {
  for (const FindingView& one : findings) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

const RecordView* NetworkView::find(const std::string& code) const {
  const auto found = records.find(code);
  return found == records.end() ? nullptr : &found->second;
}

NetworkReader::NetworkReader(client::LedgerClient& ledger, std::string monitor_url)
    : ledger_(ledger),
      monitor_url_(std::move(monitor_url)),
      http_(net::ClientOptions{.connect_timeout = std::chrono::seconds{2}, .timeout = std::chrono::seconds{5}}) {}

Result<void> NetworkReader::refresh(NetworkView& view, Timestamp now, Duration elapsed) {
  DZ_TRY(read_records(view, now, elapsed));
  return read_assessments(view);
}

Result<void> NetworkReader::read_records(NetworkView& view, Timestamp now, Duration elapsed) {
  DZ_TRY_ASSIGN(const client::Snapshot snapshot, fetch_snapshot(ledger_, wire::local_program_ids()));
  NetworkView fresh;
  fresh.at = now;
  for (const auto& [key, link] : snapshot.links) fresh.records[link.code] = view_of(RecordKind::Link, key, link, view);
  for (const auto& [key, device] : snapshot.devices)
    fresh.records[device.code] = view_of(RecordKind::Device, key, device, view);
  fresh.first_activated = std::move(view.first_activated);
  for (const auto& [code, record] : fresh.records) {
    if (record.status == Status::Activated) fresh.first_activated.emplace(code, elapsed);
  }
  view = std::move(fresh);
  return {};
}

Result<void> NetworkReader::read_assessments(NetworkView& view) {
  DZ_TRY_ASSIGN(const auto answer, http_.get(monitor_url_ + "/api/v1/assessments", {}));
  boost::system::error_code error;
  const json::value parsed = json::parse(answer.body, error);
  if (answer.status != 200 || error) {
    return fail(ErrorKind::Retry, fmt::format("the monitor answered HTTP {}", answer.status));
  }
  for (auto& [code, record] : view.records) {
    record.sentence = record.dispute = "";
    record.healthy_at.reset();
    record.findings.clear();
  }
  const json::array* items = parsed.if_array();
  if (parsed.is_object() && parsed.get_object().contains("assessments")) items = parsed.at("assessments").if_array();
  if (items == nullptr) return {};
  for (const json::value& item : *items) {
    if (item.is_object()) read_assessment(item.get_object(), view);
  }
  return {};
}

}  // namespace dz::demo
