#include "daemon/monitor.h"

#include <algorithm>

#include <boost/json.hpp>

#include "daemon/assessment_json.h"
#include "daemon/device_notes.h"
#include "evidence/snapshot.h"
#include "net/retry_after.h"

namespace dz {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kRetry = seconds{2};  // of what could not be sent
constexpr Duration kLongestRetry = minutes{2};
constexpr Duration kGather = std::chrono::milliseconds{50};   // hints of the ledger wait for others this long
constexpr Duration kFollow = std::chrono::milliseconds{200};  // between looks at an open transaction
constexpr Duration kCheckpointEvery = minutes{10};
constexpr std::size_t kCheckpointBytes = 64U << 20;

MonitorPlanner::Memories restored(const std::map<Pubkey, StoredMemory>& stored, std::optional<Timestamp> last_pass) {
  MonitorPlanner::Memories memories;
  for (const auto& [key, s] : stored) {
    auto& memory = memories[key];
    memory.e_known_at = s.e_known_at ? s.e_known_at : last_pass;
    memory.own_health = s.own_health;
    memory.tried_health = s.tried_health;
  }
  return memories;
}

HistoryStart start_of(const MonitorSettings& settings) {
  return {render_policy(settings.policy), !settings.dry_run && !settings.standby,
          snapshot_of(EvidenceStore(settings.evidence))};
}

// The ledger of this machine charges by the signature and has computing to spare.
SenderOptions sender_options(const MonitorSettings& settings) {
  SenderOptions options{.budget = settings.budget};
  const auto environment = find_environment(settings.environment);
  options.budget.on = environment && (*environment)->name != "local";
  return options;
}

std::vector<std::string> rule_names(const Policy& policy) {
  std::vector<std::string> names;
  for (const auto& rule : policy.rules) names.push_back(rule.id);
  return names;
}

}  // namespace

Result<std::unique_ptr<Monitor>> Monitor::open(LedgerClient& ledger, SqliteDatabase& database,
                                               const MonitorSettings& settings, ProgramIds ids,
                                               std::optional<Keypair> key, LogSink log, Timestamp now) {
  DZ_TRY_ASSIGN(auto archive, MonitorArchive::open(database));
  DZ_TRY_ASSIGN(auto evidence, DurableEvidence::open(database, settings.evidence, now, rule_names(settings.policy)));
  DZ_TRY_ASSIGN(auto stored, archive.load_memories());
  auto memories = restored(stored, evidence.last_pass());
  std::unique_ptr<Monitor> monitor(new Monitor(ledger, settings, ids, std::move(key), std::move(log),
                                               std::make_unique<DurableEvidence>(std::move(evidence)), archive,
                                               HistoryWriter(database), std::move(memories)));
  monitor->stored_memories_ = std::move(stored);
  // Minutes before now are closed from the start: history that is pushed before the first step counts as such.
  DZ_TRY(monitor->evidence_->pass(now));
  return monitor;
}

Monitor::Monitor(LedgerClient& ledger, const MonitorSettings& settings, ProgramIds ids, std::optional<Keypair> key,
                 LogSink log, std::unique_ptr<DurableEvidence> evidence, MonitorArchive archive, HistoryWriter history,
                 MonitorPlanner::Memories memories)
    : ledger_(ledger),
      settings_(settings),
      ids_(ids),
      key_(std::move(key)),
      log_(std::move(log)),
      evidence_(std::move(evidence)),
      archive_(archive),
      history_(std::move(history)),
      recorder_(start_of(settings), history_.newest()),
      endpoint_(*evidence_, [this](std::span<const Pubkey> unknown) { return look_again(unknown); }),
      pulled_(settings_.sources, settings_.trust, settings_.policy, *evidence_, log_,
              [this](const Result<void>& done, std::string_view what) { return stored(done, what); }),
      digest_(dz::policy_digest(settings.policy)),
      mirror_(ledger, {ids, settings.ledger_poll, kGather}),
      planner_(std::move(memories)) {
  if (key_)
    writer_.emplace(ledger_, *key_, ids_, Clock{[this] { return now_; }, [](Duration) {}}, sender_options(settings_));
}

Timestamp Monitor::step(Timestamp now) {
  ++counters_.passes;
  now_ = now;
  if (writer_) on_outcomes(writer_->collect(), now);
  read_ledger(now);
  if (!next_sample_read_ || now >= *next_sample_read_) read_samples(now);
  stored(evidence_->pass(now), "evidence");
  const auto next_pull = snapshot() ? pulled_.step(*snapshot(), now) : Timestamp::max();
  if (snapshot()) judge(now);
  const auto next_told = notifier_ != nullptr ? tell(now) : Timestamp::max();
  keep_house(now);
  Timestamp next = std::min(
      {mirror_.next_read().value_or(now), *next_sample_read_, now + settings_.pass_interval, next_told, next_pull});
  if (snapshot()) next = std::min(next, plan_.next_look);
  if (send_again_) next = std::min(next, *send_again_);
  if (writer_ && writer_->open_transactions() > 0) next = std::min(next, now + kFollow);
  return std::max(next, now + std::chrono::milliseconds{1});
}

WriteAnswer Monitor::write(const WriteRequest& request, Timestamp now) {
  now_ = now;
  return endpoint_.write(request, now);
}

// ---- what is judged and written

MonitorInputs Monitor::inputs(Timestamp now) const {
  return {snapshot()->links,
          snapshot()->devices,
          records_revision_,
          evidence_->store(),
          settings_.policy,
          may_write(now),
          now,
          writer_ ? &writer_->under_way() : nullptr,
          pulled_.held()};
}

// What the pulled stores know of the alarms, and theirs.
void Monitor::add_source_alarms() {
  for (auto& alarm : plan_.alarms) {
    if (alarm.kind == AlarmKind::StaleSource) alarm.detail = pulled_.trouble_of(alarm.source);
  }
  for (const auto& [source, found] : pulled_.check().standing()) {
    MonitorAlarm alarm;
    alarm.kind = AlarmKind::SourcesDisagree;
    alarm.source = source;
    alarm.since = minute_of(found.since);
    alarm.devices = found.devices;
    alarm.detail = disagreement_text(found, *snapshot());
    plan_.alarms.push_back(std::move(alarm));
  }
}

bool Monitor::could_write(Timestamp now) const {
  return problem_.empty() && snapshot() && mirror_.last_poll() &&
         now - *mirror_.last_poll() <= 3 * settings_.ledger_poll;
}

bool Monitor::may_write(Timestamp now) const {
  return writer_ && !settings_.dry_run && !settings_.standby && could_write(now);
}

void Monitor::judge(Timestamp now) {
  plan_ = planner_.plan(inputs(now));
  add_source_alarms();
  say_alarms(now);
  keep_history(now);
  // Before anything is sent: a restart must know what was tried.
  const bool remembered = save_memories();
  if (!may_write(now) || !remembered) {
    if (!writer_ || settings_.dry_run) say_would_write(plan_);
    return;
  }
  if (send_again_ && now < *send_again_) return;
  send_again_.reset();
  auto writes = writes_of(plan_);
  if (!writes.empty()) on_outcomes(writer_->submit(std::move(writes), *snapshot()->profile), now);
}

GovernedRecord Monitor::governed(const Pubkey& key, RecordKind kind) const {
  if (kind == RecordKind::Link) {
    const auto& link = snapshot()->links.at(key);
    return {kind, link.status, link.desired_status, link.health};
  }
  const auto& device = snapshot()->devices.at(key);
  return {kind, device.status, device.desired_status, device.health};
}

std::string Monitor::code_of(const Pubkey& key) const {
  if (!snapshot()) return to_text(key);
  return snapshot()->links.contains(key) ? dz::code_of(snapshot()->links, key) : dz::code_of(snapshot()->devices, key);
}

std::vector<HealthWrite> Monitor::writes_of(const MonitorPlan& plan) {
  std::vector<HealthWrite> writes;
  for (const auto& change : plan.changes) {
    HealthWrite write{change.key, governed(change.key, change.kind), change.to};
    if (mirror_.awaits(change.key)) continue;  // the record is read again before it is written again
    if (const auto refused = refused_.find(change.key); refused != refused_.end() && refused->second == write) continue;
    const auto report = planner_.report(inputs(now_), change.key);
    Decision decision{.at = now_,
                      .key = change.key,
                      .kind = change.kind,
                      .code = code_of(change.key),
                      .from = change.from,
                      .to = change.to};
    decision.reason = to_text(change.reason);
    decision.policy_digest = digest_;
    if (report) {
      decision.sentence = report->sentence;
      decision.findings_json = boost::json::serialize(findings_json(*report));
    }
    undecided_.insert_or_assign(change.key, std::move(decision));
    writes.push_back(std::move(write));
  }
  return writes;
}

void Monitor::say_would_write(const MonitorPlan& plan) {
  for (const auto& change : plan.changes) {
    if (const auto said = announced_.find(change.key); said != announced_.end() && said->second == change) continue;
    announced_.insert_or_assign(change.key, change);
    log_(LogLevel::Info, "would_change_health",
         {{"kind", std::string(to_text(change.kind))},
          {"code", code_of(change.key)},
          {"from", std::string(to_text(change.from))},
          {"to", std::string(to_text(change.to))},
          {"reason", std::string(to_text(change.reason))}});
  }
}

void Monitor::on_outcomes(const std::vector<HealthWriteOutcome>& outcomes, Timestamp now) {
  using Kind = HealthWriteOutcome::Kind;
  const auto is_unsent = [](const HealthWriteOutcome& outcome) { return outcome.kind == Kind::NotSent; };
  if (!outcomes.empty()) unsent_ = std::any_of(outcomes.begin(), outcomes.end(), is_unsent) ? unsent_ + 1 : 0;
  std::vector<Decision> decided;
  for (const auto& outcome : outcomes) {
    const auto& write = outcome.write;
    mirror_.look_at(write.key, outcome.slot);  // the record is read again before it is judged again
    const LogFields fields{{"kind", std::string(to_text(write.judged.kind))},
                           {"pubkey", to_text(write.key)},
                           {"code", code_of(write.key)},
                           {"from", std::string(to_text(write.judged.health))},
                           {"to", std::string(to_text(write.to))}};
    const auto say = [&](LogLevel level, std::string_view event, std::string_view name, const std::string& value) {
      auto all = fields;
      all.emplace_back(name, value);
      log_(level, event, all);
    };
    if (outcome.kind == Kind::Landed) {
      ++counters_.health_changes;
      refused_.erase(write.key);
      auto decision = undecided_.extract(write.key);
      if (!decision.empty()) {
        decision.mapped().slot = outcome.slot;
        decision.mapped().signature = to_text(outcome.signature);
        say(LogLevel::Info, "health_changed", "because", decision.mapped().sentence);
        decided.push_back(std::move(decision.mapped()));
      }
    } else if (outcome.kind == Kind::Refused) {
      ++counters_.health_refused;
      refused_.insert_or_assign(write.key, write);
      say(LogLevel::Warn, "health_refused", "reason", outcome.reason);
    } else if (outcome.kind == Kind::Unknown) {
      ++counters_.outcome_unknown;
      say(LogLevel::Warn, "outcome_unknown", "reason", outcome.reason);
    } else {
      ++counters_.health_unsent;
      send_again_ = now + net::backoff(unsent_, kRetry, kLongestRetry, 0);
      say(LogLevel::Warn, "health_not_sent", "reason", outcome.reason);
    }
  }
  stored(archive_.add_decisions(decided), "decisions");
}

// ---- what is kept

bool Monitor::save_memories() {
  std::vector<std::pair<Pubkey, StoredMemory>> changed;
  std::vector<Pubkey> gone;
  for (const auto& [key, memory] : planner_.memories()) {
    StoredMemory form{memory.e_known_at == now_ ? std::nullopt : memory.e_known_at, memory.own_health,
                      memory.tried_health};
    const auto saved = stored_memories_.find(key);
    if (saved == stored_memories_.end() || saved->second != form) changed.emplace_back(key, form);
  }
  for (const auto& [key, memory] : stored_memories_) {
    if (!planner_.memories().contains(key)) gone.push_back(key);
  }
  if (!stored(archive_.save_memories(changed, gone), "memory")) return false;
  for (auto& [key, form] : changed) stored_memories_.insert_or_assign(key, form);
  for (const auto& key : gone) stored_memories_.erase(key);
  return true;
}

// What this pass was planned on, for backtests.
void Monitor::keep_history(Timestamp now) {
  if (snapshot()->profile == nullptr) return;
  const auto pass = recorder_.record(inputs(now), *snapshot()->profile, could_write(now), planner_);
  if (!pass) return;
  if (stored(history_.add(*pass), "history")) {
    forget_changes(evidence_->store());
  } else {
    recorder_.lost();
  }
}

void Monitor::say_alarms(Timestamp now) {
  std::set<std::string> present;
  for (const auto& alarm : plan_.alarms) {
    const bool of_record = is_of_record(alarm.kind);
    const auto source = settings_.policy.source_name(alarm.source);
    const auto subject = of_record ? to_text(alarm.key) : std::string(source);
    const auto id = std::string(to_text(alarm.kind)) + " " + subject;
    present.insert(id);
    if (said_alarms_.contains(id)) continue;
    log_(LogLevel::Warn, "alarm",
         {{"alarm", std::string(to_text(alarm.kind))},
          {"subject", subject},
          {"text", render_alarm(alarm, of_record ? code_of(alarm.key) : source, now)}});
  }
  for (const auto& id : said_alarms_) {
    if (!present.contains(id)) log_(LogLevel::Info, "alarm_over", {{"alarm", id}});
  }
  said_alarms_ = std::move(present);
}

// ---- who is told

// After judging, so that the causes it asks for are those of the records it sees.
Timestamp Monitor::tell(Timestamp now) {
  if (snapshot()) {
    if (told_revision_ != records_revision_) {
      const auto cause_of = [this](const NotifyEvent& event, Timestamp since) { return health_cause(event, since); };
      notifier_->look(*snapshot(), cause_of, now);
      told_revision_ = records_revision_;
    }
    notifier_->alarms(source_alarms(now), now);
  }
  return notifier_->step(now);
}

std::vector<SourceAlarm> Monitor::source_alarms(Timestamp now) const {
  std::vector<SourceAlarm> standing;
  for (const auto& alarm : plan_.alarms) {
    if (is_of_record(alarm.kind)) continue;
    const auto source = settings_.policy.source_name(alarm.source);
    standing.push_back({std::string(to_text(alarm.kind)), std::string(source), render_alarm(alarm, source, now)});
  }
  return standing;
}

// A decision younger than what it changed is the one that changed it.
HealthCause Monitor::health_cause(const NotifyEvent& event, Timestamp since) {
  const auto made_it = [&](const Decision& d) {
    return to_text(d.from) == event.from && to_text(d.to) == event.to && d.at >= since;
  };
  if (const auto sent = undecided_.find(event.key); sent != undecided_.end() && made_it(sent->second))
    return {sent->second.reason, sent->second.sentence, ""};
  const auto kept = archive_.decisions({.key = event.key, .limit = 1});
  if (kept && !kept->empty() && made_it(kept->front()))
    return {kept->front().reason, kept->front().sentence, kept->front().signature};
  const auto report = planner_.report(inputs(now_), event.key);
  return {"not-by-this-monitor",
          "this monitor has no decision for it" + (report ? "; it judges: " + report->sentence : std::string()), ""};
}

void Monitor::keep_house(Timestamp now) {
  if (!last_checkpoint_) last_checkpoint_ = now;
  if (now - *last_checkpoint_ >= kCheckpointEvery || evidence_->journal_bytes() >= kCheckpointBytes) {
    stored(evidence_->checkpoint(), "checkpoint");
    last_checkpoint_ = now;
  }
  if (!last_forgotten_ || now - *last_forgotten_ >= std::chrono::hours{1}) {
    stored(archive_.forget_before(now - settings_.history), "decisions");
    stored(history_.forget_before(now - settings_.history), "history");
    last_forgotten_ = now;
  }
}

bool Monitor::stored(const Result<void>& done, std::string_view what) {
  if (done) return true;
  ++counters_.store_failures;
  log_(LogLevel::Error, "store_failed", {{"what", std::string(what)}, {"error", done.error().message}});
  return false;
}

Result<AssessmentReport> Monitor::assessment(const Pubkey& key, ReportExtras extras) const {
  if (!snapshot()) return fail(ErrorKind::Retry, problem_);
  const auto noted = notes(key);
  extras.notes = noted;
  return planner_.report(inputs(now_), key, extras);
}

std::vector<std::string> Monitor::notes(const Pubkey& key) const {
  if (!snapshot()) return {};
  return notes_of({*snapshot(), evidence_->store(), settings_.sources.empty() ? nullptr : &pulled_.notes(),
                   endpoint_.counters(), former_, now_},
                  key);
}

Result<std::string> Monitor::explain(const Pubkey& key, PageOptions options) const {
  if (!snapshot()) return fail(ErrorKind::Retry, problem_);
  const auto noted = notes(key);
  options.policy_digest = digest_;
  options.notes = noted;
  return planner_.explain(inputs(now_), key, options);
}

}  // namespace dz
