// What changed between two looks at the ledger, as events for people: one event a change. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "client/program_duties.h"
#include "client/snapshot.h"
#include "control/plan_activator.h"
#include "notify/hook.h"

namespace dz::notify {

// What was last told of a link or device.
struct RecordMark {
  RecordKind kind = RecordKind::Link;
  std::string code;
  std::vector<std::string> contributors;  // codes: the record's own, then that of side Z when it differs
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  Health health = Health::Unknown;
  Timestamp health_since;  // the look that first showed this health
  bool operator==(const RecordMark&) const = default;
};
using RecordMarks = std::map<Pubkey, RecordMark>;

// Every record of a snapshot. What cannot be decoded now keeps its mark from before: it is not gone.
RecordMarks marks_of(const client::Snapshot& snapshot, const RecordMarks& before, Timestamp now);

enum class Change : std::uint8_t {
  Status,
  DesiredStatus,
  Health,
  Alarm,
  AlarmOver,
  Incident,            // it fails, for the first time or again
  IncidentRecovering,  // its cause has gone
  IncidentOver
};
std::string_view to_text(Change change);  // "status", "desired_status", "health", "alarm", "incident_over", ...
inline bool is_alarm(Change c) { return c == Change::Alarm || c == Change::AlarmOver; }
inline bool is_incident(Change c) { return c >= Change::Incident; }

// A link or device, for a list of them.
struct NamedRecord {
  RecordKind kind = RecordKind::Link;
  std::string code;
  bool operator==(const NamedRecord&) const = default;
};
inline constexpr std::size_t kNamedRecords = 20;  // of one incident

struct NotifyEvent {
  std::string id;  // the same in every message that has it
  Timestamp at;    // when it was seen
  Change change = Change::Status;
  std::string reason;    // one word; docs/formats/notifications.md lists them
  std::string sentence;  // for people
  std::string policy;    // digest of the policy in force

  // Of a record.
  RecordKind kind = RecordKind::Link;
  Pubkey key;
  std::string code;
  std::vector<std::string> contributors;
  std::string from, to;                        // empty: the record is new; the record is gone
  std::string status, desired_status, health;  // after the change; of a record that is gone, the last
  bool in_service = false;                     // its status is activated before the change, after it, or both
  Slot slot;                                   // of the read that showed it
  std::string signature;                       // of this monitor's own write, when it is known

  // Of an alarm: which, and of which source.
  std::string alarm, subject;

  // Of an incident, and of a change of health that is of one: which. The same for as long as it lasts.
  std::string incident;
  // Of an incident besides: what is at fault, what to do, what has to be seen for it to end; and its records, at most
  // kNamedRecords of them. `reason` is the kind of the cause, `sentence` the cause; `contributors` are its records',
  // `from` is "recovering" where it fails again.
  std::string title, to_do, ends;
  std::vector<NamedRecord> records;
  std::size_t record_count = 0;

  bool operator==(const NotifyEvent&) const = default;
};

// A look at the ledger: the one that showed the changes.
struct Look {
  Timestamp at;
  Slot slot;
  const Profile& profile = rfc_profile();  // how health is spelled, along which rows status moves
  client::ProgramDuties program{profile};  // what the ledger changes by itself
};

// Ordered by key; of one record desired_status, status, health. A record that is new or gone is one event, of its
// status. `id` and `policy` are left empty, and `reason` where the ledger's rules do not tell it: a change of health
// that somebody judged. Health is spelled as the profile does.
std::vector<NotifyEvent> changes_between(const RecordMarks& before, const RecordMarks& after, const Look& look);

// Whether the hook asked to hear of it.
bool is_wanted(const NotifyHook& hook, const NotifyEvent& event);

// As in a JSON message, and as it is kept. Corrupt: not such an object.
boost::json::object to_json(const NotifyEvent& event);
Result<NotifyEvent> parse_notify_event(std::string_view json);

}  // namespace dz::notify
