#include "monitor/announcer.h"

#include <algorithm>

namespace dz::monitor {

using control::AlarmKind;

Announcer::Announcer(AnnouncerParts parts, const verdict::Policy& policy, service::LogSink log)
    : parts_(parts), policy_(policy), log_(std::move(log)) {}

// ---- alarms

void Announcer::raise(std::span<const control::MonitorAlarm> planned, Timestamp now) {
  alarms_.assign(planned.begin(), planned.end());
  std::erase_if(alarms_, [this](const auto& alarm) { return is_of_record(alarm.kind) && is_quiet_(alarm.key); });
  for (auto& alarm : alarms_) fill_in(alarm, now);
  for (auto& alarm : own_alarms()) alarms_.push_back(std::move(alarm));
  say_alarms(now);
}

// What a plan does not know: stores, codes, and the causes of what it found.
void Announcer::fill_in(control::MonitorAlarm& alarm, Timestamp now) const {
  if (alarm.kind == AlarmKind::StaleSource) alarm.detail = parts_.pulled.trouble_of(alarm.source);
  if (!parts_.reader.snapshot()) return;
  const auto& records = *parts_.reader.snapshot();
  const control::CauseWords words{records.links, records.devices, policy_, now};
  if (alarm.kind == AlarmKind::MassSilence) alarm.detail = names_text(alarm.silent, words);
  if (alarm.kind != AlarmKind::ImpairedInService) return;
  alarm.where = interface_of(alarm);
  const auto* incident = parts_.incidents.leading(alarm.key);
  if (incident == nullptr || !incident->gates || alarm.state != control::AlarmState::Failing) return;
  alarm.cause = render_cause(incident->cause, words);
  alarm.to_do = render_to_do(incident->cause, words);
  alarm.end = render_end(incident->cause, words);
}

// "ams-dz001 Switch1/1/1"; empty: no side of a link decides.
std::string Announcer::interface_of(const control::MonitorAlarm& alarm) const {
  const auto& records = *parts_.reader.snapshot();
  const auto link = records.links.find(alarm.key);
  if (link == records.links.end() || alarm.side == verdict::Side::None) return {};
  const bool is_a = alarm.side == verdict::Side::A;
  return client::code_of(records.devices, is_a ? link->second.side_a : link->second.side_z) + " " +
         (is_a ? link->second.side_a_iface : link->second.side_z_iface);
}

std::optional<Timestamp> Announcer::returns_at(const control::Incident& incident) const {
  std::optional<Timestamp> last;
  for (const auto& record : incident.records) {
    const auto* verdict = parts_.book.verdict_of(record);
    if (verdict == nullptr || verdict->verdict == Health::Healthy) continue;
    if (!verdict->condition.returns_at) return std::nullopt;
    last = std::max(last, verdict->condition.returns_at);
  }
  return last;
}

// Of sources that two stores dispute, and of the budget in the last pass: this one has not asked for anything yet.
std::vector<control::MonitorAlarm> Announcer::own_alarms() const {
  std::vector<control::MonitorAlarm> alarms;
  for (const auto& [source, found] : parts_.pulled.check().standing()) {
    auto& alarm = alarms.emplace_back();
    alarm.kind = AlarmKind::SourcesDisagree;
    alarm.source = source;
    alarm.since = minute_of(found.since);
    alarm.devices = found.devices;
    alarm.detail = disagreement_text(found, *parts_.reader.snapshot());
  }
  if (parts_.desk.budget().deferred() > 0) {
    auto& alarm = alarms.emplace_back();
    alarm.kind = AlarmKind::ChangeBudget;
    alarm.detail = parts_.desk.budget().sentence();
  }
  return alarms;
}

std::string Announcer::name_of(const control::MonitorAlarm& alarm) const {
  if (is_of_record(alarm.kind)) return parts_.reader.code_of(alarm.key);
  if (alarm.kind == AlarmKind::ChangeBudget) return "change-budget";
  if (alarm.kind == AlarmKind::ClockNotBelieved) return "clock";
  return std::string(policy_.source_name(alarm.source));
}

void Announcer::say_alarms(Timestamp now) {
  std::map<std::string, control::AlarmState> present;
  for (const auto& alarm : alarms_) {
    const auto name = name_of(alarm);
    const auto lasting_name = is_of_record(alarm.kind) ? to_text(alarm.key) : name;  // a code may change
    const auto id = std::string(to_text(alarm.kind)) + " " + lasting_name;
    present.emplace(id, alarm.state);
    const auto said = said_alarms_.find(id);
    if (said != said_alarms_.end() && said->second == alarm.state) continue;
    const bool recovers = alarm.state == control::AlarmState::Recovering;
    log_(recovers ? service::LogLevel::Info : service::LogLevel::Warn, recovers ? "alarm_recovering" : "alarm",
         {{"alarm", std::string(to_text(alarm.kind))},
          {"subject", lasting_name},
          {"text", render_alarm(alarm, name, now, *policy_.profile)}});
  }
  for (const auto& [id, _] : said_alarms_) {
    if (!present.contains(id)) log_(service::LogLevel::Info, "alarm_over", {{"alarm", id}});
  }
  said_alarms_ = std::move(present);
}

// ---- what would be written

void Announcer::say_would_write(std::span<const control::HealthChange> changes) {
  for (const auto& change : changes) {
    const auto said = said_changes_.find(change.key);
    if (said != said_changes_.end() && said->second == change) continue;
    said_changes_.insert_or_assign(change.key, change);
    log_(service::LogLevel::Info, "would_change_health",
         {{"kind", std::string(to_text(change.kind))},
          {"code", parts_.reader.code_of(change.key)},
          {"from", std::string(spell(*policy_.profile, change.kind, change.from))},
          {"to", std::string(spell(*policy_.profile, change.kind, change.to))},
          {"reason", std::string(to_text(change.reason))}});
  }
}

// ---- webhooks

Timestamp Announcer::tell(const SentenceOf& sentence_of, Timestamp now) {
  if (notifier_ == nullptr) return Timestamp::max();
  if (const auto& records = parts_.reader.snapshot()) {
    if (told_revision_ != parts_.reader.records_revision()) {
      const auto cause = [&](const notify::NotifyEvent& event, Timestamp since) {
        return cause_of(event, since, sentence_of);
      };
      notifier_->look(*records, cause, now, is_quiet_);
      told_revision_ = parts_.reader.records_revision();
    }
    notifier_->alarms(source_alarms(now), now);
    notifier_->incidents(standing_incidents(now), now);
  }
  return notifier_->step(now);
}

std::vector<notify::SourceAlarm> Announcer::source_alarms(Timestamp now) const {
  std::vector<notify::SourceAlarm> standing;
  for (const auto& alarm : alarms_) {
    if (is_of_record(alarm.kind)) continue;
    const auto name = name_of(alarm);
    standing.push_back({std::string(to_text(alarm.kind)), name, render_alarm(alarm, name, now)});
  }
  return standing;
}

// What of all incidents people have to be told: those of records in service. Sources have alarms of their own.
std::vector<notify::StandingIncident> Announcer::standing_incidents(Timestamp now) const {
  const auto& records = *parts_.reader.snapshot();
  const control::CauseWords words{records.links, records.devices, policy_, now};
  std::vector<notify::StandingIncident> standing;
  for (const auto& incident : parts_.incidents.all()) {
    if (incident.cause.kind <= control::CauseKind::SourceSuspect) continue;
    auto& told = standing.emplace_back();
    told.id = incident.id();
    told.recovering = incident.state == control::IncidentState::Recovering;
    // What nobody has seen since the start may be over: it is no news yet, neither for the first time nor again.
    const bool out_of_sight = parts_.incidents.is_out_of_sight(incident);
    told.state_since = out_of_sight ? now : incident.state_since;
    const bool all_quiet = std::all_of(incident.records.begin(), incident.records.end(), is_quiet_);
    told.impairs = incident.impairs && !all_quiet && !out_of_sight;
    told.kind = to_text(incident.cause.kind);
    told.title = render_title(incident.cause, words);
    told.sentence = render_cause(incident.cause, words);
    told.to_do = render_to_do(incident.cause, words);
    told.end = render_end(incident.cause, words);
    told.returns_at = told.recovering ? returns_at(incident) : std::nullopt;
    told.records = incident.records;
  }
  return standing;
}

// A decision younger than what it changed is the one that changed it.
notify::HealthCause Announcer::cause_of(const notify::NotifyEvent& event, Timestamp since,
                                        const SentenceOf& sentence_of) const {
  const auto made_it = [&](const Decision& d) {
    const auto word = [&](Health health) { return spell(*policy_.profile, d.kind, health); };
    return word(d.from) == event.from && word(d.to) == event.to && d.at >= since;
  };
  const auto* behind = parts_.incidents.of(event.key);
  const auto incident = behind != nullptr && behind->gates ? behind->id() : std::string();
  if (const auto* sent = parts_.desk.undecided(event.key); sent != nullptr && made_it(*sent))
    return {sent->reason, sent->sentence, "", incident};
  const auto kept = parts_.memory.decisions().find({.key = event.key, .limit = 1});
  if (kept && !kept->empty() && made_it(kept->front()))
    return {kept->front().reason, kept->front().sentence, kept->front().signature, incident};
  const auto judged = sentence_of(event.key);
  return {"not-by-this-monitor",
          "this monitor has no decision for it" + (judged.empty() ? std::string() : "; it judges: " + judged), "",
          incident};
}

}  // namespace dz::monitor
