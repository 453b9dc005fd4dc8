#include "notify/notifier.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "control/incident.h"

namespace dz::notify {
namespace {

// An incident's next state is told once it has lasted that long.
constexpr Duration kSteady = std::chrono::minutes{2};

NotifyEvent alarm_event(const AlarmMark& mark, Change change, std::string sentence, Timestamp now) {
  NotifyEvent event{.at = now, .change = change, .reason = mark.alarm, .sentence = std::move(sentence)};
  event.alarm = mark.alarm;
  event.subject = mark.subject;
  return event;
}

}  // namespace

Result<std::unique_ptr<Notifier>> Notifier::open(storage::SqliteDatabase& database, NotifierSettings settings,
                                                 OutboxSeams seams, service::LogSink log) {
  DZ_TRY_ASSIGN(auto archive, NotifyArchive::open(database));
  if (settings.hooks.empty()) DZ_TRY(archive.forget_all());
  auto state = archive.load();
  if (!state && state.error().kind != ErrorKind::Retry) {
    log(service::LogLevel::Error, "notify_damaged",
        {{"error", state.error().message}, {"what", "what was told is forgotten; messages on their way are lost"}});
    DZ_TRY(archive.forget_all());
    state = NotifyState{};
  }
  if (!state) return tl::unexpected(state.error());
  for (const auto& what : state->damage) log(service::LogLevel::Error, "notify_damaged", {{"what", what}});
  return std::unique_ptr<Notifier>(
      new Notifier(std::move(settings), {archive, std::move(*state)}, std::move(seams), std::move(log)));
}

Notifier::Notifier(NotifierSettings settings, Kept kept, OutboxSeams seams, service::LogSink log)
    : settings_(std::move(settings)),
      archive_(kept.archive),
      records_(std::move(kept.state.records)),
      alarms_(std::move(kept.state.alarms)),
      incidents_(std::move(kept.state.incidents)),
      records_known_(kept.state.records_known),
      alarms_known_(kept.state.alarms_known),
      incidents_known_(kept.state.incidents_known),
      records_missing_(kept.state.records_missing),
      log_(std::move(log)),
      outbox_(std::make_unique<Outbox>(
          archive_, kept.state,
          OutboxOptions{
              settings_.hooks,
              std::move(seams),
              {.environment = settings_.environment, .policy = settings_.policy, .page_url = settings_.page_url}})) {}

namespace {

// What cannot be recognised is not read, so there is nothing to spell then.
const Profile& profile_of(const client::Snapshot& snapshot) {
  return snapshot.profile != nullptr ? *snapshot.profile : rfc_profile();
}

}  // namespace

void Notifier::look(const client::Snapshot& snapshot, const HealthCauseOf& cause_of, Timestamp now,
                    const std::function<bool(const Pubkey&)>& is_quiet) {
  if (settings_.hooks.empty() || snapshot.slot < newest_) return;
  newest_ = snapshot.slot;
  name_unknown_contributors(snapshot);
  auto marks = marks_of(snapshot, records_, now);
  std::vector<NotifyEvent> events;
  std::optional<RecordMarks> with_missing;
  if (std::exchange(records_missing_, false)) {
    with_missing = records_;
    with_missing->insert(marks.begin(), marks.end());
  }
  if (records_known_) {
    events =
        changes_between(with_missing ? *with_missing : records_, marks, {now, snapshot.slot, profile_of(snapshot)});
  }
  if (is_quiet) std::erase_if(events, [&](const NotifyEvent& event) { return is_quiet(event.key); });
  for (auto& event : events) {
    if (!event.reason.empty()) continue;
    auto cause = cause_of(event, records_.at(event.key).health_since);
    event.reason = std::move(cause.reason);
    event.sentence = std::move(cause.sentence);
    event.signature = std::move(cause.signature);
    event.incident = std::move(cause.incident);
  }
  NotifyWrites writes;
  if (!records_known_) writes.records_known = true;
  for (const auto& [key, mark] : marks) {
    const auto before = records_.find(key);
    if (before == records_.end() || before->second != mark) writes.records.emplace_back(key, &mark);
  }
  for (const auto& [key, _] : records_) {
    if (!marks.contains(key)) writes.records_gone.push_back(key);
  }
  if (records_known_ && writes.records.empty() && writes.records_gone.empty()) return;
  if (!tell(std::move(events), std::move(writes), now)) return;
  records_ = std::move(marks);
  records_known_ = true;
}

// A misspelt name would be a hook that never says anything.
void Notifier::name_unknown_contributors(const client::Snapshot& snapshot) {
  if (std::exchange(contributors_checked_, true)) return;
  for (const auto& hook : settings_.hooks) {
    for (const auto& code : hook.contributors) {
      const bool known = std::any_of(snapshot.contributors.begin(), snapshot.contributors.end(),
                                     [&](const auto& entry) { return client::same_code(entry.second.code, code); });
      if (!known)
        log_(service::LogLevel::Warn, "notify_unknown_contributor", {{"hook", hook.name}, {"contributor", code}});
    }
  }
}

void Notifier::alarms(std::span<const SourceAlarm> standing, Timestamp now) {
  if (settings_.hooks.empty()) return;
  AlarmMarks present;
  std::vector<NotifyEvent> events;
  NotifyWrites writes;
  if (!alarms_known_) writes.alarms_known = true;
  for (const auto& alarm : standing) {
    const AlarmMark mark{alarm.alarm, alarm.subject, alarms_known_};
    const auto id = mark.alarm + " " + mark.subject;
    if (present.contains(id)) continue;
    if (const auto before = alarms_.find(id); before != alarms_.end()) {
      present.insert(*before);
      continue;
    }
    if (mark.told) events.push_back(alarm_event(mark, Change::Alarm, alarm.text, now));
    writes.alarms.emplace_back(id, &present.emplace(id, mark).first->second);
  }
  for (const auto& [id, mark] : alarms_) {
    if (present.contains(id)) continue;
    writes.alarms_gone.push_back(id);
    if (mark.told) events.push_back(alarm_event(mark, Change::AlarmOver, "it is over", now));
  }
  if (alarms_known_ && writes.alarms.empty() && writes.alarms_gone.empty()) return;
  if (!tell(std::move(events), std::move(writes), now)) return;
  alarms_ = std::move(present);
  alarms_known_ = true;
}

NotifyEvent Notifier::incident_event(const StandingIncident& incident, Timestamp now) const {
  NotifyEvent event{.at = now,
                    .change = incident.recovering ? Change::IncidentRecovering : Change::Incident,
                    .reason = incident.kind,
                    .sentence = incident.sentence,
                    .in_service = true,
                    .incident = incident.id,
                    .title = incident.title};
  if (incident.recovering) {
    event.sentence =
        "its cause has gone" +
        (incident.returns_at ? "; healthy again from " + clock_text(*incident.returns_at, now) + " on if it stays clean"
                             : std::string());
  } else {
    event.to_do = incident.to_do;
    event.ends = incident.end;
  }
  std::set<std::string> contributors;
  for (const auto& key : incident.records) {
    const auto mark = records_.find(key);
    if (mark == records_.end()) continue;
    ++event.record_count;
    contributors.insert(mark->second.contributors.begin(), mark->second.contributors.end());
    if (event.records.size() < kNamedRecords) event.records.push_back({mark->second.kind, mark->second.code});
  }
  event.contributors.assign(contributors.begin(), contributors.end());
  return event;
}

void Notifier::incidents(std::span<const StandingIncident> standing, Timestamp now) {
  if (settings_.hooks.empty()) return;
  IncidentMarks present;
  std::vector<NotifyEvent> events;
  NotifyWrites writes;
  if (!incidents_known_) writes.incidents_known = true;
  for (const auto& incident : standing) {
    const auto before = incidents_.find(incident.id);
    if (before == incidents_.end() && !incident.impairs) continue;
    const bool is_new = before == incidents_.end();
    const bool told = is_new ? incidents_known_ : before->second.told;
    const bool changed = is_new || (before->second.event.change == Change::Incident) == incident.recovering;
    // What fails and recovers by turns is not told each time.
    const bool settled = is_new || now - incident.state_since >= kSteady;
    if (!changed || !settled) {
      present.insert(*before);
      continue;
    }
    auto event = incident_event(incident, now);
    if (!is_new && !incident.recovering) event.from = to_text(control::IncidentState::Recovering);
    const auto& mark = present.emplace(incident.id, IncidentMark{told, std::move(event)}).first->second;
    if (told) events.push_back(mark.event);
    writes.incidents.emplace_back(incident.id, &mark);
  }
  for (const auto& [id, mark] : incidents_) {
    if (present.contains(id)) continue;
    writes.incidents_gone.push_back(id);
    if (!mark.told) continue;
    auto& over = events.emplace_back(mark.event);
    over.at = now;
    over.change = Change::IncidentOver;
    over.sentence = "it is over";
    over.to_do.clear();
    over.ends.clear();
  }
  if (incidents_known_ && writes.incidents.empty() && writes.incidents_gone.empty()) return;
  if (!tell(std::move(events), std::move(writes), now)) return;
  incidents_ = std::move(present);
  incidents_known_ = true;
}

// Unique also when a look and an alarm come at the same instant.
void Notifier::number(std::vector<NotifyEvent>& events) {
  for (auto& event : events) {
    if (event.at != numbered_at_) number_ = 0;
    numbered_at_ = event.at;
    event.id = fmt::format("{}-{}", event.at.time_since_epoch().count(), ++number_);
    event.policy = settings_.policy;
  }
}

bool Notifier::tell(std::vector<NotifyEvent> events, NotifyWrites writes, Timestamp now) {
  number(events);
  const auto addressed = outbox_->address(events, settings_.muted, now);
  for (const auto& waiting : addressed.added) writes.waiting.push_back(&waiting);
  writes.waiting_gone = addressed.withdrawn;
  if (const auto done = archive_.write(writes); !done) {
    log_(service::LogLevel::Error, "store_failed", {{"what", "notifications"}, {"error", done.error().message}});
    return false;
  }
  outbox_->add(addressed);
  return true;
}

Timestamp Notifier::step(Timestamp now) {
  const auto next = outbox_->step(now);
  for (const auto& note : outbox_->take_notes()) say(note);
  return next;
}

void Notifier::say(const DeliveryNote& note) {
  using Kind = DeliveryNote::Kind;
  const service::LogFields fields{{"hook", note.hook},
                                  {"message", note.message_id},
                                  {"events", std::to_string(note.events)},
                                  {"failures", std::to_string(note.failures)},
                                  {"reason", note.reason}};
  switch (note.kind) {
    case Kind::Delivered: return log_(service::LogLevel::Info, "notification_delivered", fields);
    case Kind::Failed:  // an outage is said once
      return log_(note.failures == 1 ? service::LogLevel::Warn : service::LogLevel::Debug, "notification_failed",
                  fields);
    case Kind::GivenUp: return log_(service::LogLevel::Error, "notification_given_up", fields);
    case Kind::Dropped: return log_(service::LogLevel::Error, "notifications_dropped", fields);
    case Kind::StoreFailed: return log_(service::LogLevel::Error, "store_failed", fields);
  }
}

}  // namespace dz::notify
