// Tells people's webhooks what changed: takes every look at the ledger and every list of alarms, remembers what it
// told, and leaves delivery to the outbox. Edge-triggered: a change is told once, also over a restart; the very first
// look tells nothing.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "notify/outbox.h"
#include "service/log.h"

namespace dz::notify {

// Why health changed, as far as this monitor knows. sentence: for people. incident: that it is of, if of any.
struct HealthCause {
  std::string reason, sentence, signature, incident;
};
// event: a change of health that no rule of the ledger made; since: when its `from` was first seen.
using HealthCauseOf = std::function<HealthCause(const NotifyEvent& event, Timestamp since)>;

// An alarm that concerns the judge itself: which, of which source, and what to do.
struct SourceAlarm {
  std::string alarm, subject, text;  // "mass-silence", "counters"
};

// An incident that is not over (control/incident.h), in words.
struct StandingIncident {
  std::string id, kind, title, sentence, to_do, end;
  bool recovering = false;
  Timestamp state_since;
  bool impairs = false;  // a record that carries traffic: people have to be told
  std::optional<Timestamp> returns_at;
  std::vector<Pubkey> records;
};

struct NotifierSettings {
  std::vector<NotifyHook> hooks;
  std::string environment;
  std::string policy;    // digest
  std::string page_url;  // messages link to PAGE_URL/r/CODE; empty: they link to nothing
  bool muted = false;    // a standby or a dry run: it keeps track, and tells only hooks with `observer`
};

class Notifier {
 public:
  // The database outlives the notifier. Without hooks it forgets what was told, so that a hook that is added later
  // starts afresh. Errors: the archive cannot be read.
  static Result<std::unique_ptr<Notifier>> open(storage::SqliteDatabase& database, NotifierSettings settings,
                                                OutboxSeams seams, service::LogSink log);

  // What a read of the ledger showed. One that is older than the last is left out.
  // is_quiet: records of which nothing is told, though what they are now is known when that is over; empty: none.
  void look(const client::Snapshot& snapshot, const HealthCauseOf& cause_of, Timestamp now,
            const std::function<bool(const Pubkey&)>& is_quiet = {});
  // Every alarm of a source that stands now.
  void alarms(std::span<const SourceAlarm> standing, Timestamp now);
  // Every incident that is not over. One is told once a record in service is impaired by it; then, that it recovers,
  // and that it is over.
  void incidents(std::span<const StandingIncident> standing, Timestamp now);
  // Who writes health tells everybody; a standby that takes over, or steps back, changes.
  void mute(bool muted) { settings_.muted = muted; }
  // Delivers. Returns when to be called again at the latest.
  Timestamp step(Timestamp now);

  // As the outbox's; the answer is in view().
  Result<void> test(std::string_view hook, Timestamp now) { return outbox_->test(hook, now); }

  std::span<const NotifyHook> hooks() const { return settings_.hooks; }
  HookView view(std::size_t hook, Timestamp now) const { return outbox_->view(hook, now); }

 private:
  // What was kept, opened and read.
  struct Kept {
    NotifyArchive archive;
    NotifyState state;
  };
  Notifier(NotifierSettings settings, Kept kept, OutboxSeams seams, service::LogSink log);

  void name_unknown_contributors(const client::Snapshot& snapshot);
  NotifyEvent incident_event(const StandingIncident& incident, Timestamp now) const;
  void number(std::vector<NotifyEvent>& events);
  // On disk with what else changed, then on their way. False: nothing happened, try at the next look.
  bool tell(std::vector<NotifyEvent> events, NotifyWrites writes, Timestamp now);
  void say(const DeliveryNote& note);

  NotifierSettings settings_;
  NotifyArchive archive_;
  RecordMarks records_;
  AlarmMarks alarms_;
  IncidentMarks incidents_;
  bool records_known_, alarms_known_, incidents_known_;
  bool records_missing_ = false;  // until the next look
  Slot newest_;                   // of the looks of this run
  Timestamp numbered_at_;
  int number_ = 0;
  bool contributors_checked_ = false;
  service::LogSink log_;
  std::unique_ptr<Outbox> outbox_;
};

}  // namespace dz::notify
