// What the notifier keeps in the monitor's SQLite file: what it last told of every record and alarm, and what is not
// delivered yet. Format: docs/formats/monitor-archive.md.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "notify/event.h"
#include "storage/sqlite.h"

namespace dz::notify {

// An event that a hook has yet to hear of.
struct WaitingEvent {
  std::int64_t id = 0;
  std::string hook;
  NotifyEvent event;
};

// A message as it is sent, again and again until it is taken.
struct HookMessage {
  std::int64_t id = 0;
  std::string hook;
  std::string message_id;
  Timestamp made_at;
  std::int64_t events = 0;
  std::string body;
};

struct AlarmMark {
  std::string alarm, subject;
  bool told = false;  // false: it stood when notifications began, so nobody is told of its end either
  bool operator==(const AlarmMark&) const = default;
};
using AlarmMarks = std::map<std::string, AlarmMark>;  // by "mass-silence counters"

// What was told last of an incident that is not over.
struct IncidentMark {
  bool told = false;  // as of an alarm
  NotifyEvent event;  // Incident or IncidentRecovering
  bool operator==(const IncidentMark&) const = default;
};
using IncidentMarks = std::map<std::string, IncidentMark>;  // by its id

struct NotifyState {
  bool records_known = false, alarms_known = false,
       incidents_known = false;  // false: the next look is the first, and tells nothing
  RecordMarks records;
  bool records_missing = false;  // what was told of some record cannot be read: the next look tells of no new record
  AlarmMarks alarms;
  IncidentMarks incidents;
  std::deque<WaitingEvent> waiting;  // oldest first
  std::deque<HookMessage> messages;  // oldest first
  std::vector<std::string> damage;   // what could not be read and was set aside, in sentences
};

// One change of the state: all of it or nothing.
struct NotifyWrites {
  std::optional<bool> records_known, alarms_known, incidents_known;
  std::vector<std::pair<Pubkey, const RecordMark*>> records;
  std::vector<Pubkey> records_gone;
  std::vector<std::pair<std::string, const AlarmMark*>> alarms;
  std::vector<std::string> alarms_gone;
  std::vector<std::pair<std::string, const IncidentMark*>> incidents;
  std::vector<std::string> incidents_gone;
  std::vector<const WaitingEvent*> waiting;
  std::vector<std::int64_t> waiting_gone;
  std::optional<const HookMessage*> message;
  std::optional<std::int64_t> message_gone;
};

class NotifyArchive {
 public:
  // Makes the tables when missing. The database outlives the archive.
  static Result<NotifyArchive> open(storage::SqliteDatabase& database);

  // What cannot be read is left out: a record of which nothing is known any more is told of when it changes next, and
  // an event that waited is kept in notify_set_aside, the newest hundred, for people to look at.
  Result<NotifyState> load();
  // On disk when it returns.
  Result<void> write(const NotifyWrites& writes);
  // Everything, as if there had never been a hook.
  Result<void> forget_all();

 private:
  explicit NotifyArchive(storage::SqliteDatabase& database) : database_(&database) {}
  Result<void> load_records(NotifyState& state);
  Result<void> load_incidents(NotifyState& state);
  Result<void> load_waiting(NotifyState& state);
  Result<void> set_aside(std::int64_t event);
  storage::SqliteDatabase* database_;
};

}  // namespace dz::notify
