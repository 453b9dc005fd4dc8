// The monitor: telemetry in, health out. It holds no truth of its own: records are the ledger's, evidence is on disk
// before it counts, and what it remembers of a record is kept beside it. One step reads what is due, closes minutes,
// judges (control/plan_monitor.h), writes the health that changed, and says when to look again. Each of these has an
// object of its own: LedgerReader, PushedRows, PulledSources, HealthDesk, MonitorMemory, Announcer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "client/ledger_client.h"
#include "control/activator_watch.h"
#include "control/clock_watch.h"
#include "control/explain_record.h"
#include "control/plan_monitor.h"
#include "control/restored_facts.h"
#include "control/shard.h"
#include "control/takeover.h"
#include "history/past_minutes.h"
#include "lake/lake_writer.h"
#include "monitor/announcer.h"
#include "monitor/change_feed.h"
#include "monitor/device_notes.h"
#include "monitor/drain_watch.h"
#include "monitor/file_writes.h"
#include "monitor/health_desk.h"
#include "monitor/history_desk.h"
#include "monitor/incident_desk.h"
#include "monitor/ledger_reader.h"
#include "monitor/log_desk.h"
#include "monitor/maintenance_desk.h"
#include "monitor/monitor_memory.h"
#include "monitor/monitor_settings.h"
#include "monitor/past_elsewhere.h"
#include "monitor/pulled_sources.h"
#include "monitor/pushed_rows.h"
#include "monitor/quorum_desk.h"
#include "monitor/record_names.h"
#include "monitor/transaction_desk.h"
#include "notify/notifier.h"
#include "service/log.h"
#include "telemetry/durable_evidence.h"
#include "verdict/explain.h"

namespace dz::monitor {

// How long something took that the monitor does or waits for.
struct TimesOf {
  std::string what;
  Histogram since_start, lately;
};

struct MonitorOptions {
  MonitorSettings settings;
  wire::ProgramIds ids;
  std::optional<wire::Keypair>
      key;  // of the health authority; without it nothing is written, whatever the settings say
  std::optional<wire::Keypair> judge_key = {};  // that opinions are signed with; none: the health authority's
  service::LogSink log;
  std::vector<std::string> damage = {};  // what was found damaged when the file was opened
  // A clock that is never set, to tell a jump of the other one; empty: the other one does not jump.
  std::function<Duration()> steady = {};
  // Makes a call that waits for somebody else, within a pass: meanwhile rows may be written and questions asked. Also
  // made with nothing to wait for, now and then while a pass takes long (telemetry/durable_evidence.h).
  std::function<void(const std::function<void()>& call)> away = [](const std::function<void()>& call) { call(); };
  // What whoever calls it has measured of its passes and its calls, for people; empty: nothing.
  std::function<std::vector<TimesOf>()> times = [] { return std::vector<TimesOf>(); };
  std::string version = DZ_VERSION;  // for people; with the commit, where it is known
};

// About devices that rows name and nobody knows, and about the history of records.
struct LookCalls {
  std::function<void()> wanted;  // from within a write or a question: step() soon
  std::function<void()> done;    // from within step(): the ledger was asked, so there is another answer
};

// What is read of the past of a record.
enum class PastOf : std::uint8_t { Minutes, Drains };

struct RecordPort {
  verdict::Side side = verdict::Side::None;
  Pubkey device;
  std::string interface;
};

struct MonitorCounters {
  std::uint64_t passes = 0;
  std::uint64_t ledger_reads = 0, ledger_failures = 0;
  SampleCounters samples;
  HealthCounters health;
  std::uint64_t file_failures = 0;  // evidence or memory that could not be written
};

// What it does is in step(); its other methods hand questions and hints to the part that they are for.
class Monitor {
 public:
  // Ledger and database outlive the monitor. `now` is when the endpoint begins to accept. Errors: the file cannot be
  // read.
  static Result<std::unique_ptr<Monitor>> open(client::LedgerClient& ledger, storage::SqliteDatabase& database,
                                               MonitorOptions options, Timestamp now);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // One pass. Returns when to call again at the latest.
  Timestamp step(Timestamp now);

  // A write to the endpoint, piece by piece as telemetry/push_endpoint.h says, or all pieces at once; each may come
  // while step() waits for the ledger (service/off_turn_client.h).
  std::shared_ptr<telemetry::PushedWrite> begin_write(const telemetry::WriteRequest& request, Timestamp now);
  std::optional<telemetry::WriteAnswer> go_on(const std::shared_ptr<telemetry::PushedWrite>& write, Timestamp now);
  telemetry::WriteAnswer write(const telemetry::WriteRequest& request, Timestamp now);
  telemetry::WriteAnswer finish(const std::shared_ptr<telemetry::PushedWrite>& write, Timestamp now);
  void connect_looks(LookCalls calls);
  telemetry::WriteAnswer query(const telemetry::StatementRequest& request) { return pushed_.query(request); }
  // As PushEndpoint's.
  bool admits(std::string_view token) { return pushed_.admits(token); }
  // How the stores of [[source]] are asked; until then they are not.
  void connect_sources(PullSeams seams) { pulled_.connect(std::move(seams)); }
  // How the other judges of [quorum] are asked; until then they are not.
  void connect_judges(QuorumSeams seams) { quorum_.connect(std::move(seams)); }
  // From now on the file forgets only what is in the lake, and the metrics tell of it. The writer outlives every call
  // of the monitor. What it has forgotten is read from there, for who asks. The shelf outlives every call of the
  // monitor too.
  void connect_lake(const lake::LakeWriter& writer, lake::LakeShelf& shelf);
  const lake::LakeWriter* lake() const { return lake_; }  // null: there is none
  // From now on the notifier hears of every look and alarm. It outlives every call of the monitor.
  void announce_to(notify::Notifier& notifier) { announcer_.announce_to(notifier); }

  // What this monitor holds as a judge (quorum_desk.h).
  std::vector<quorum::SignedOpinion> opinions(std::span<const Pubkey> named) { return quorum_.opinions(named); }

  // The minutes that it would judge the record by now, as leaves of a statement (attest/minutes.h). NotFound, Retry: as
  // assessment().
  Result<std::vector<Bytes>> minutes_behind(const Pubkey& key) const;

  // Hints that an account changed: the next step reads it again.
  void on_ledger_event(const Pubkey& account) { reader_.mirror().look_at(account); }
  void on_ledger_event(const client::AccountNotification& change) { reader_.mirror().look_at(change); }
  // A hint that anything may have changed (events were missed): the next step reads everything again.
  void on_events_missed() { reader_.mirror().look_at_everything(); }

  // What is judged of one record now, for people. NotFound for a key that is no link or device; Retry before the
  // ledger was first read.
  // The notes of extras and options, and the policy's digest, are the monitor's own. asked: when, for what ended since
  // the last pass; none: as of that.
  Result<verdict::AssessmentReport> assessment(const Pubkey& key, verdict::ReportExtras extras = {},
                                               std::optional<Timestamp> asked = {}) const;
  Result<std::string> explain(const Pubkey& key, verdict::PageOptions options = {},
                              std::optional<Timestamp> asked = {}) const;
  // The minutes of one record as the rings have them; and those of a past span, once all of `past` was read. Errors: as
  // above.
  Result<control::RecordMinutes> minutes(const Pubkey& key) const;
  Result<control::RecordMinutes> minutes(const Pubkey& key, const history::PastMinutes& past) const;
  // of: the present minutes of the record, with the span that is asked for. NotFound: nothing was recorded.
  // from: another copy of the history (past_elsewhere.h), which outlives the result; null: the monitor's own.
  Result<history::PastMinutes> begin_past(const Pubkey& key, const control::RecordMinutes& of, PastOf what,
                                          storage::SqliteDatabase* from = nullptr);
  // Whose counters are judged: both ends of a link; of a device its edge ports.
  std::vector<RecordPort> ports_of(const Pubkey& key) const;
  // What was noticed about a device or link that explains missing evidence (device_notes.h), in sentences.
  std::vector<std::string> notes(const Pubkey& key, std::optional<Timestamp> asked = {}) const;
  std::span<const control::RecordVerdict> verdicts() const { return book_.verdicts(); }
  const control::RecordVerdict* verdict_of(const Pubkey& key) const { return book_.verdict_of(key); }  // null: none
  // Maintenances: who may tell them, and what becomes of it, says maintenance_desk.h. Retry before the ledger was read.
  Result<control::Maintenance> add_maintenance(const control::MaintenanceWindow& window,
                                               const MaintenanceDesk::Signed& by, Timestamp now);
  Result<control::Maintenance> end_maintenance(const std::string& id, const MaintenanceDesk::Signed& by, Timestamp now);
  std::vector<control::Maintenance> maintenances() const { return kept_.maintenance.all(); }
  // That holds for the record when it is asked, or at the last pass; null: none does.
  const control::Maintenance* maintenance_of(const Pubkey& key, std::optional<Timestamp> asked = {}) const;
  // What is behind it, which stands; null: nothing is known.
  const control::Incident* cause_of(const Pubkey& key) const { return kept_.incidents.book().leading(key); }
  const verdict::DrainedBy* drained_by(const Pubkey& key) const { return drains_.find(key); }  // null: not known
  const control::Ownership& ownership() const { return ownership_; }
  // Why this monitor says nothing of the record; empty when it does.
  std::string why_not_here(const Pubkey& key) const {
    return ownership_.owns(key) ? std::string() : control::not_owned(ownership_, key);
  }
  // What is known of a record's transactions; who wants more asks for it, and a pass reads it.
  const HistoryDesk& histories() const { return histories_; }
  void ask_history(const Pubkey& key, std::size_t events, Timestamp now) { histories_.ask(key, events, now); }
  const TransactionDesk& transactions() const { return transactions_; }
  void ask_transaction(const wire::Signature& signature, Timestamp now) { transactions_.ask(signature, now); }
  // Retry: some are being fetched (past_elsewhere.h). The same of grounds: what a statement rests on.
  Result<std::vector<Decision>> decisions(const DecisionQuery& query);
  Result<StatementArchive::Grounds> grounds(std::int64_t statement);
  PastElsewhere* elsewhere() { return elsewhere_ ? &*elsewhere_ : nullptr; }  // null: the file is all there is
  // What is stated about them.
  StatementArchive& statements() { return kept_.memory.statements(); }

  // What the start found damaged in the monitor's file, in sentences.
  std::vector<std::string> damage() const;

  // Why the clock of this machine is not believed; empty when it is.
  const std::string& clock_problem() const { return clock_.problem(); }
  // Why its file cannot be written, as a pass or a write of rows found last; empty when it can.
  std::string file_problem() const;

  // Its parts, to be looked at.
  const LedgerReader& ledger() const { return reader_; }
  const PushedRows& pushed() const { return pushed_; }
  const PulledSources& pulled() const { return pulled_; }
  const HealthDesk& desk() const { return desk_; }
  const QuorumDesk& judges() const { return quorum_; }
  const control::ActivatorWatch& activator() const { return activator_; }
  const Announcer& announcer() const { return announcer_; }
  Result<void> test_webhook(std::string_view hook, Timestamp now) { return announcer_.test_hook(hook, now); }
  const control::IncidentBook& incidents() const { return kept_.incidents.book(); }
  const ChangeFeed& changes() const { return changes_; }
  void on_changes(std::function<void(std::uint64_t last, const std::string& text)> told) {
    changes_.on_news(std::move(told));
  }
  // What is to be on disk before anybody is told of it; null: it is.
  storage::LogSync* log_sync() const { return kept_.sync; }
  const telemetry::DurableEvidence& evidence() const { return *kept_.evidence; }
  LogDesk& log_desk() { return *kept_.log_desk; }  // of the log of decisions
  const LogDesk& log_desk() const { return *kept_.log_desk; }

  const control::KnownFacts& known() const { return facts_; }  // as of the last pass

  const verdict::Policy& policy() const { return policy_; }  // with the minutes that its windows have now
  const std::string& policy_digest() const { return policy_digest_; }
  const MonitorSettings& settings() const { return settings_; }
  control::WriteMode write_mode() const { return mode_; }  // by now
  // How long something has been due that the writer did not write; none: this monitor does not take over.
  std::optional<Duration> writer_silent(Timestamp now) const {
    return takeover_ ? std::optional(takeover_->silent(now)) : std::nullopt;
  }
  MonitorCounters counters() const;
  const std::optional<Pubkey>& key() const { return key_; }  // that signs; none: nothing is written
  std::vector<TimesOf> times() const { return times_(); }
  const std::string& version() const { return version_; }
  Timestamp started() const { return started_; }
  const std::string& run() const { return run_; }  // what tells this run of the monitor from others
  // Another number after each pass and whatever else was told; none while a pass is under way, which may be looked at
  // half done.
  std::optional<std::uint64_t> settled() const { return in_pass_ ? std::nullopt : std::optional(passes_ + told_); }

 private:
  // What is in the monitor's file.
  struct Kept {
    std::unique_ptr<FileWrites> writes;
    std::unique_ptr<telemetry::DurableEvidence> evidence;
    MonitorMemory memory;
    MaintenanceDesk maintenance;
    IncidentDesk incidents;
    std::vector<std::string> damage;   // that the opening of the file found
    storage::LogSync* sync = nullptr;  // of the file; null: every commit is on disk when it is made
    std::unique_ptr<LogDesk> log_desk = nullptr;
  };

  Monitor(client::LedgerClient& ledger, MonitorOptions options, quorum::Rules rules, Kept kept, Timestamp now);

  Timestamp make_pass(Timestamp begin);
  bool is_on_disk();
  void look_at_clock(Timestamp now);
  void hear_of_block(Timestamp now);
  void read_ledger(Timestamp now);
  void keep_names(Timestamp now);
  void forget_gone(Timestamp now);
  Timestamp wait_for_clock(Timestamp now);
  void judge(Timestamp now);
  void watch_activator(Timestamp now);
  void watch_writer(Timestamp now);
  void tell_changes(Timestamp now);
  Result<std::vector<Decision>> with_statements(Result<std::vector<Decision>> decisions);
  void tell_records(Timestamp now);
  std::optional<std::vector<Pubkey>> records_to_tell() const;
  control::MonitorInputs inputs(Timestamp now) const;
  control::KnownFacts facts(Timestamp now) const;
  NoteInputs note_inputs(Timestamp now) const;
  std::vector<std::string> notes_with_sources(const Pubkey& key, std::optional<Timestamp> asked) const;
  std::string sentence_of(const Pubkey& key) const;

  MonitorSettings settings_;
  control::Ownership ownership_;               // which records are this monitor's
  control::WriteMode mode_;                    // settings_.write_mode, until a standby takes over
  std::optional<control::Takeover> takeover_;  // of a standby that may
  service::LogSink log_;
  std::optional<Pubkey> key_;
  std::function<std::vector<TimesOf>()> times_;
  std::string version_;
  Timestamp started_;
  std::string policy_digest_;
  bool shows_plans_;  // health is not written here, and no other monitor is known to write it: what would be is shown
  Kept kept_;
  std::function<Duration()> steady_;
  std::function<void(const std::function<void()>&)> away_;
  control::ClockWatch clock_;
  LedgerReader reader_;
  PushedRows pushed_;
  PulledSources pulled_;
  control::RecordBook book_;
  QuorumDesk quorum_;
  HealthDesk desk_;
  client::LedgerClient& ledger_;
  DrainWatch drains_;
  HistoryDesk histories_;
  TransactionDesk transactions_;
  control::ActivatorWatch activator_;
  std::optional<std::uint64_t> watched_revision_;  // of the records that it has seen
  Announcer announcer_;
  std::function<void()> on_looked_;
  control::KnownFacts facts_;                      // of the last pass
  verdict::Policy policy_;                         // in force: settings_.policy with its windows in minutes
  Timestamp now_;                                  // of the last step or write by a clock that was believed
  bool profile_kept_ = false, names_kept_ = true;  // in the file, as they are now
  RecordNames names_;
  Timestamp next_look_;                      // of the last plan
  std::optional<Timestamp> last_forgotten_;  // subjects that are gone
  std::uint64_t passes_ = 0;
  std::uint64_t told_ = 0;  // maintenances
  bool in_pass_ = false;
  control::RestoredFacts restored_facts_;
  std::string run_;
  ChangeFeed changes_;
  std::function<void()> wake_ = [] {};
  // What the pictures of all records were taken of, besides the records and what was made of them.
  struct Pictured {
    std::uint64_t drains = 0;
    std::vector<std::string> maintenances;
    std::string clock_problem;
    bool operator==(const Pictured&) const = default;
  };
  std::uint64_t judged_ = 0;                          // passes that had news
  std::uint64_t told_judged_ = 0, told_records_ = 0;  // as of the last look: judged_, and the revision of the records
  std::optional<Pictured> pictured_;
  std::vector<Pubkey> moved_;       // records whose verdict, or leading incident, is another since the last look
  std::int64_t last_decision_ = 0;  // that was told
  const lake::LakeWriter* lake_ = nullptr;
  std::optional<PastElsewhere> elsewhere_;
};

}  // namespace dz::monitor
