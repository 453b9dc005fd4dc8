// What the monitor tells people: alarms in the log, once when each begins and once when it ends; what it would write
// where it does not write; and for webhooks every look at the ledger, with the cause of each change of health.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "control/incident.h"
#include "control/plan_monitor.h"
#include "monitor/health_desk.h"
#include "monitor/ledger_reader.h"
#include "monitor/monitor_memory.h"
#include "monitor/pulled_sources.h"
#include "notify/notifier.h"
#include "service/log.h"

namespace dz::monitor {

// What it tells of. All outlive the announcer.
struct AnnouncerParts {
  const LedgerReader& reader;
  const PulledSources& pulled;
  const HealthDesk& desk;
  MonitorMemory& memory;  // asked for decisions
  const control::RecordBook& book;
  const control::IncidentBook& incidents;
};

class Announcer {
 public:
  // The sentence that the monitor has for a record now; empty when it has none.
  using SentenceOf = std::function<std::string(const Pubkey&)>;

  // policy: for the names of sources and the words of the ledger; it outlives the announcer.
  Announcer(AnnouncerParts parts, const verdict::Policy& policy, service::LogSink log);

  // From now on the notifier hears of every look and alarm. It outlives every call of the announcer.
  void announce_to(notify::Notifier& notifier) { notifier_ = &notifier; }
  // Whether health is written here by now: then everybody is told.
  void writes(bool writes) {
    if (notifier_ != nullptr) notifier_->mute(!writes);
  }
  // As the notifier's.
  Result<void> test_hook(std::string_view hook, Timestamp now) {
    return notifier_ != nullptr ? notifier_->test(hook, now) : not_found("expected a webhook, and there is none");
  }
  const notify::Notifier* notifier() const { return notifier_; }  // null: nobody is told

  // Records that nobody is alarmed by now, because they are being worked on.
  void stay_quiet_about(std::function<bool(const Pubkey&)> is_quiet) { is_quiet_ = std::move(is_quiet); }

  // The alarms of a plan and those that the monitor raises itself stand from now on, in place of those before.
  void raise(std::span<const control::MonitorAlarm> planned, Timestamp now);
  std::span<const control::MonitorAlarm> alarms() const { return alarms_; }
  // What the alarm is about, for people: the code of a record, the name of a source, or "change-budget".
  std::string name_of(const control::MonitorAlarm& alarm) const;

  // When all records of an incident can be healthy again; none where something else has to happen first.
  std::optional<Timestamp> returns_at(const control::Incident& incident) const;

  // Health that is not written here, each change once.
  void say_would_write(std::span<const control::HealthChange> changes);

  // Tells the notifier what was read and which alarms of sources stand. After judging, so that the causes it asks for
  // are those of the records it sees. Returns when to be called again at the latest.
  Timestamp tell(const SentenceOf& sentence_of, Timestamp now);

 private:
  std::vector<control::MonitorAlarm> own_alarms() const;
  void fill_in(control::MonitorAlarm& alarm, Timestamp now) const;
  std::string interface_of(const control::MonitorAlarm& alarm) const;
  void say_alarms(Timestamp now);
  std::vector<notify::StandingIncident> standing_incidents(Timestamp now) const;
  std::vector<notify::SourceAlarm> source_alarms(Timestamp now) const;
  notify::HealthCause cause_of(const notify::NotifyEvent& event, Timestamp since, const SentenceOf& sentence_of) const;

  AnnouncerParts parts_;
  const verdict::Policy& policy_;
  service::LogSink log_;
  notify::Notifier* notifier_ = nullptr;
  std::function<bool(const Pubkey&)> is_quiet_ = [](const Pubkey&) { return false; };
  std::vector<control::MonitorAlarm> alarms_;
  std::map<std::string, control::AlarmState> said_alarms_;
  std::map<Pubkey, control::HealthChange> said_changes_;
  std::uint64_t told_revision_ = 0;  // of the records the notifier has seen
};

}  // namespace dz::monitor
