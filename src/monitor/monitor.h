// The monitor: telemetry in, health out. It holds no truth of its own: records are the ledger's, evidence is on disk
// before it counts, and what it remembers of a record is kept with the rings. One step reads what is due, closes
// minutes, plans (control/plan_monitor.h), writes the health that changed, and says when to look again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "client/ledger_client.h"
#include "client/ledger_mirror.h"
#include "control/change_budget.h"
#include "control/plan_monitor.h"
#include "control/slot_windows.h"
#include "history/history_archive.h"
#include "history/history_recorder.h"
#include "monitor/health_writer.h"
#include "monitor/monitor_archive.h"
#include "monitor/monitor_settings.h"
#include "monitor/pulled_sources.h"
#include "monitor/undrain_watch.h"
#include "monitor/write_guard.h"
#include "notify/notifier.h"
#include "service/log.h"
#include "telemetry/durable_evidence.h"
#include "telemetry/push_endpoint.h"
#include "verdict/explain.h"

namespace dz::monitor {

struct MonitorCounters {
  std::uint64_t passes = 0;
  std::uint64_t ledger_reads = 0, ledger_failures = 0;
  std::uint64_t sample_reads = 0, sample_failures = 0;
  std::uint64_t health_changes = 0;   // confirmed on the ledger
  std::uint64_t health_refused = 0;   // by the ledger
  std::uint64_t health_unsent = 0;    // could not be sent; tried again
  std::uint64_t outcome_unknown = 0;  // the record was read again
  std::uint64_t store_failures = 0;   // evidence or memory that could not be written
};

class Monitor {
 public:
  // All references outlive the monitor. key: the health authority's; without it nothing is written,
  // whatever the settings say. `now` is when the
  // endpoint begins to accept. Errors: the store cannot be read.
  static Result<std::unique_ptr<Monitor>> open(client::LedgerClient& ledger, storage::SqliteDatabase& database,
                                               const MonitorSettings& settings, wire::ProgramIds ids,
                                               std::optional<wire::Keypair> key, service::LogSink log, Timestamp now);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // One pass. Returns when to call again at the latest.
  Timestamp step(Timestamp now);

  telemetry::WriteAnswer write(const telemetry::WriteRequest& request, Timestamp now);
  // How the stores of [[source]] are asked; until then they are not.
  void connect_sources(PullSeams seams) { pulled_.connect(std::move(seams)); }

  // Hints that an account changed: the next step reads it again.
  void on_ledger_event(const Pubkey& account) { mirror_.look_at(account); }
  void on_ledger_event(const client::AccountNotification& change) { mirror_.look_at(change); }
  // A hint that anything may have changed (events were missed): the next step reads everything again.
  void on_events_missed() { mirror_.look_at_everything(); }

  // From now on the notifier hears of every look and alarm. It outlives every call of the monitor.
  void announce_to(notify::Notifier& notifier) { notifier_ = &notifier; }

  // What is judged of one record now, for people. NotFound for a key that is no link or device; Retry before the
  // ledger was first read.
  // The notes of extras and options, and the policy's digest, are the monitor's own.
  Result<verdict::AssessmentReport> assessment(const Pubkey& key, verdict::ReportExtras extras = {}) const;
  Result<std::string> explain(const Pubkey& key, verdict::PageOptions options = {}) const;
  // What was noticed about a device or link that explains missing evidence (device_notes.h), in sentences.
  std::vector<std::string> notes(const Pubkey& key) const;
  std::span<const control::RecordVerdict> verdicts() const { return planner_.verdicts(); }
  Result<std::vector<Decision>> decisions(const DecisionQuery& query) { return archive_.decisions().find(query); }

  const notify::Notifier* notifier() const { return notifier_; }  // null: nobody is told
  const MonitorCounters& counters() const { return counters_; }
  const telemetry::PushCounters& push_counters() const { return endpoint_.counters(); }
  const std::optional<client::Snapshot>& snapshot() const { return mirror_.snapshot(); }
  const client::MirrorCounters& mirror_counters() const { return mirror_.counters(); }
  const telemetry::DurableEvidence& evidence() const { return *evidence_; }
  const PulledSources& pulled() const { return pulled_; }
  std::span<const control::MonitorAlarm> alarms() const { return plan_.alarms; }
  // The code of a record, the name of a source.
  std::string subject_of(const control::MonitorAlarm& alarm) const;
  std::optional<Timestamp> last_ledger_read() const { return mirror_.last_poll(); }
  const verdict::Policy& policy() const { return policy_; }  // with the minutes that its windows have now
  control::WriteMode write_mode() const { return settings_.write_mode; }
  const std::string& policy_digest() const { return digest_; }
  // Why no health is written although something may be due; empty when all is well.
  const std::string& problem() const { return problem_; }

 private:
  Monitor(client::LedgerClient& ledger, const MonitorSettings& settings, wire::ProgramIds ids,
          std::optional<wire::Keypair> key, service::LogSink log, std::unique_ptr<telemetry::DurableEvidence> evidence,
          MonitorArchive archive, history::HistoryWriter history, control::MonitorPlanner::Memories memories);

  void read_ledger(Timestamp now);
  void note_devices();
  void add_source_alarms();
  void add_budget_alarm();
  void read_slots(Timestamp now);
  std::optional<Timestamp> block_time_at(std::uint64_t slot);
  void gather_under_way(Timestamp now);
  void look_for_undrains(Timestamp now);
  std::vector<HealthWrite> allowed(std::vector<HealthWrite> writes, Timestamp now);
  void restore_budget(Timestamp now);
  const telemetry::KnownDevices* look_again(std::span<const Pubkey> unknown);
  void take(const client::MirrorUpdate& update);
  void forget_refusals(const client::MirrorUpdate& update);
  void resolve_tokens();
  void read_samples(Timestamp now);
  void judge(Timestamp now);
  control::MonitorInputs inputs(Timestamp now) const;
  bool can_write(Timestamp now) const;
  std::vector<HealthWrite> writes_of(const control::MonitorPlan& plan);
  void say_would_write(const control::MonitorPlan& plan);
  void on_outcomes(const std::vector<HealthWriteOutcome>& outcomes, Timestamp now);
  bool save_memories();
  void say_alarms(Timestamp now);
  Timestamp tell(Timestamp now);
  std::vector<notify::SourceAlarm> source_alarms(Timestamp now) const;
  notify::HealthCause health_cause(const notify::NotifyEvent& event, Timestamp since);
  void keep_history(Timestamp now);
  void keep_house(Timestamp now);
  bool stored(const Result<void>& done, std::string_view what);
  std::string code_of(const Pubkey& key) const;
  control::GovernedRecord governed(const Pubkey& key, RecordKind kind) const;

  client::LedgerClient& ledger_;
  MonitorSettings settings_;
  wire::ProgramIds ids_;
  std::optional<wire::Keypair> key_;
  service::LogSink log_;
  std::unique_ptr<telemetry::DurableEvidence> evidence_;
  MonitorArchive archive_;
  history::HistoryWriter history_;
  history::HistoryRecorder recorder_;
  telemetry::PushEndpoint endpoint_;
  PulledSources pulled_;
  std::map<Pubkey, std::string> former_;  // devices that left the ledger since the start, with their codes
  std::string digest_;
  control::SlotWindows windows_;
  verdict::Policy policy_;  // in force: settings_.policy with its windows in minutes
  control::ChangeBudget budget_;
  WriteGuard guard_;
  UndrainWatch undrains_;
  std::map<Pubkey, Health> under_way_;  // of this pass
  Timestamp now_;                       // of the step: the sender's clock
  std::optional<HealthWriter> writer_;
  notify::Notifier* notifier_ = nullptr;

  client::LedgerMirror mirror_;
  std::uint64_t records_revision_ = 0;
  telemetry::KnownDevices known_;
  std::map<Pubkey, std::string> codes_;  // of known_
  control::MonitorPlanner planner_;
  control::MonitorPlan plan_;                          // of the last pass
  std::map<Pubkey, StoredMemory> stored_memories_;     // as they are on disk
  std::map<Pubkey, Decision> undecided_;               // sent, to be recorded when the ledger has confirmed them
  std::map<Pubkey, HealthWrite> refused_;              // by the ledger: not tried again until the record changes
  std::map<Pubkey, control::HealthChange> announced_;  // dry run: said once
  std::set<std::string> said_alarms_;
  std::uint64_t told_revision_ = 0;  // of the records the notifier has seen
  std::optional<Timestamp> last_look_again_, next_sample_read_, next_slot_read_;
  std::optional<Timestamp> send_again_;  // what could not be sent; nothing is before
  int unsent_ = 0;                       // times in a row
  std::optional<Timestamp> last_checkpoint_, last_forgotten_;
  std::string problem_ = "the ledger has not been read yet";
  MonitorCounters counters_;
};

}  // namespace dz::monitor
