#include "monitor/monitor.h"

#include <algorithm>

#include "evidence/snapshot.h"
#include "monitor/device_notes.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kGather = std::chrono::milliseconds{50};   // hints of the ledger wait for others this long
constexpr Duration kFollow = std::chrono::milliseconds{200};  // between looks at an open transaction
constexpr Duration kCheckpointEvery = minutes{10};
constexpr std::size_t kCheckpointBytes = 64U << 20;

control::MonitorPlanner::Memories restored(const std::map<Pubkey, StoredMemory>& stored,
                                           std::optional<Timestamp> last_pass) {
  control::MonitorPlanner::Memories memories;
  for (const auto& [key, s] : stored) {
    auto& memory = memories[key];
    memory.evidence_known_at = s.e_known_at ? s.e_known_at : last_pass;
    memory.own_health = s.own_health;
    memory.tried_health = s.tried_health;
    memory.own_written = s.own_written;
    memory.reset = s.reset;
    memory.seen = s.status && s.desired_status;
    memory.status = s.status.value_or(memory.status);
    memory.desired_status = s.desired_status.value_or(memory.desired_status);
  }
  return memories;
}

// Without a key nothing is written.
MonitorSettings with_mode_for(bool has_key, MonitorSettings settings) {
  if (!has_key && settings.write_mode == control::WriteMode::Write) settings.write_mode = control::WriteMode::Observe;
  return settings;
}

history::HistoryStart start_of(const MonitorSettings& settings) {
  return {render_policy(settings.policy), settings.write_mode, snapshot_of(evidence::Evidence(settings.evidence))};
}

// The ledger of this machine charges by the signature and has computing to spare.
client::SenderOptions sender_options(const MonitorSettings& settings) {
  client::SenderOptions options{.budget = settings.budget};
  const auto environment = wire::find_environment(settings.environment);
  options.budget.on = environment && (*environment)->name != "local";
  return options;
}

std::vector<std::string> added_names(const verdict::Policy& policy) {
  std::vector<std::string> names;
  for (const auto& criterion : policy.added) names.push_back(criterion.id);
  return names;
}

}  // namespace

Result<std::unique_ptr<Monitor>> Monitor::open(client::LedgerClient& ledger, storage::SqliteDatabase& database,
                                               const MonitorSettings& settings, wire::ProgramIds ids,
                                               std::optional<wire::Keypair> key, service::LogSink log, Timestamp now) {
  DZ_TRY_ASSIGN(auto archive, MonitorArchive::open(database));
  DZ_TRY_ASSIGN(auto evidence,
                telemetry::DurableEvidence::open(database, settings.evidence, now, added_names(settings.policy)));
  DZ_TRY_ASSIGN(auto stored, archive.memories().load());
  auto memories = restored(stored, evidence.last_pass());
  std::unique_ptr<Monitor> monitor(new Monitor(ledger, settings, ids, std::move(key), std::move(log),
                                               std::make_unique<telemetry::DurableEvidence>(std::move(evidence)),
                                               archive, history::HistoryWriter(database), std::move(memories)));
  monitor->stored_memories_ = std::move(stored);
  DZ_TRY(archive.save_profile(settings.policy.profile->name));
  // Minutes before now are closed from the start: history that is pushed before the first step counts as such.
  DZ_TRY(monitor->evidence_->pass(now));
  return monitor;
}

Monitor::Monitor(client::LedgerClient& ledger, const MonitorSettings& settings, wire::ProgramIds ids,
                 std::optional<wire::Keypair> key, service::LogSink log,
                 std::unique_ptr<telemetry::DurableEvidence> evidence, MonitorArchive archive,
                 history::HistoryWriter history, control::MonitorPlanner::Memories memories)
    : ledger_(ledger),
      settings_(with_mode_for(key.has_value(), settings)),
      ids_(ids),
      key_(std::move(key)),
      log_(std::move(log)),
      evidence_(std::move(evidence)),
      archive_(archive),
      history_(std::move(history)),
      recorder_(start_of(settings_), history_.newest()),
      endpoint_(*evidence_, [this](std::span<const Pubkey> unknown) { return look_again(unknown); }),
      pulled_(settings_.sources, settings_.trust, settings_.policy, *evidence_, log_,
              [this](const Result<void>& done, std::string_view what) { return stored(done, what); }),
      digest_(verdict::policy_digest(settings.policy)),
      windows_(settings.policy),
      policy_(settings.policy),
      budget_(settings.limits),
      mirror_(ledger, {ids, settings.ledger_poll, kGather, settings.named_profile}),
      planner_(std::move(memories)) {
  if (!settings_.policy.profile->guarded) {
    for (const auto& [record, memory] : planner_.memories()) {
      if (memory.tried_health || memory.reset) guard_.may_land(record, memory.tried_health.value_or(Health::Impaired));
    }
  }
  if (settings_.write_mode == control::WriteMode::Write)
    writer_.emplace(ledger_, *key_, ids_, client::Clock{[this] { return now_; }, [](Duration) {}},
                    sender_options(settings_));
}

Timestamp Monitor::step(Timestamp now) {
  ++counters_.passes;
  now_ = now;
  if (writer_) on_outcomes(writer_->collect(), now);
  read_ledger(now);
  read_slots(now);
  if (!next_sample_read_ || now >= *next_sample_read_) read_samples(now);
  stored(evidence_->pass(now), "evidence");
  const auto next_pull = snapshot() ? pulled_.step(*snapshot(), now) : Timestamp::max();
  if (snapshot()) judge(now);
  const auto next_told = notifier_ != nullptr ? tell(now) : Timestamp::max();
  keep_house(now);
  Timestamp next = std::min(
      {mirror_.next_read().value_or(now), *next_sample_read_, now + settings_.pass_interval, next_told, next_pull});
  if (snapshot()) next = std::min(next, plan_.next_look);
  // What may not be sent even then waits for the next pass.
  if (send_again_ && now < *send_again_) next = std::min(next, *send_again_);
  if (writer_ && writer_->open_transactions() > 0) next = std::min(next, now + kFollow);
  return std::max(next, now + std::chrono::milliseconds{1});
}

telemetry::WriteAnswer Monitor::write(const telemetry::WriteRequest& request, Timestamp now) {
  now_ = now;
  return endpoint_.write(request, now);
}

// ---- what is judged and written

control::MonitorInputs Monitor::inputs(Timestamp now) const {
  return {snapshot()->links, snapshot()->devices,  records_revision_, evidence_->in_memory(),
          policy_,           settings_.write_mode, can_write(now),    now,
          &under_way_,       pulled_.held()};
}

// What the pulled stores know of the alarms, and theirs.
void Monitor::add_source_alarms() {
  for (auto& alarm : plan_.alarms) {
    if (alarm.kind == control::AlarmKind::StaleSource) alarm.detail = pulled_.trouble_of(alarm.source);
  }
  for (const auto& [source, found] : pulled_.check().standing()) {
    control::MonitorAlarm alarm;
    alarm.kind = control::AlarmKind::SourcesDisagree;
    alarm.source = source;
    alarm.since = minute_of(found.since);
    alarm.devices = found.devices;
    alarm.detail = disagreement_text(found, *snapshot());
    plan_.alarms.push_back(std::move(alarm));
  }
}

// Of the last pass: this one has not asked for anything yet.
void Monitor::add_budget_alarm() {
  if (budget_.held() == 0) return;
  control::MonitorAlarm alarm;
  alarm.kind = control::AlarmKind::ChangeBudget;
  alarm.detail = budget_.sentence();
  plan_.alarms.push_back(std::move(alarm));
}

// But for the write mode.
bool Monitor::can_write(Timestamp now) const {
  return problem_.empty() && snapshot() && mirror_.last_poll() &&
         now - *mirror_.last_poll() <= 3 * settings_.ledger_poll;
}

// Records whose write may still land, or that are known to be another than they were read.
void Monitor::gather_under_way(Timestamp now) {
  under_way_.clear();
  if (writer_) under_way_ = writer_->under_way();
  if (settings_.policy.profile->guarded) return;
  guard_.step(ledger_, now);
  guard_.add_to(under_way_);
  const auto add_awaited = [&](const auto& records) {
    for (const auto& [key, record] : records) {
      if (mirror_.awaits(key)) under_way_.emplace(key, record.health);
    }
  };
  add_awaited(snapshot()->links);
  add_awaited(snapshot()->devices);
}

void Monitor::judge(Timestamp now) {
  policy_ = windows_.in_force(now);
  gather_under_way(now);
  const bool writable = inputs(now).writable();
  if (writable) look_for_undrains(now);
  plan_ = planner_.plan(inputs(now));
  add_source_alarms();
  add_budget_alarm();
  say_alarms(now);
  keep_history(now);
  // Before anything is sent: a restart must know what was tried.
  const bool remembered = save_memories();
  if (!writable || !remembered) {
    if (!key_ || settings_.write_mode == control::WriteMode::Observe) say_would_write(plan_);
    return;
  }
  if (send_again_ && now < *send_again_) return;
  send_again_.reset();
  auto writes = allowed(writes_of(plan_), now);
  if (!writes.empty()) on_outcomes(writer_->submit(std::move(writes), *snapshot()->profile), now);
}

std::string Monitor::code_of(const Pubkey& key) const {
  if (!snapshot()) return to_text(key);
  return snapshot()->links.contains(key) ? client::code_of(snapshot()->links, key)
                                         : client::code_of(snapshot()->devices, key);
}

// ---- what is kept

bool Monitor::save_memories() {
  const auto memories = planner_.memories();  // a copy of all: once a pass, not once a record
  std::vector<std::pair<Pubkey, StoredMemory>> changed;
  std::vector<Pubkey> gone;
  for (const auto& [key, memory] : memories) {
    StoredMemory form{memory.evidence_known_at == now_ ? std::nullopt : memory.evidence_known_at,
                      memory.own_health,
                      memory.tried_health,
                      memory.seen ? std::optional(memory.status) : std::nullopt,
                      memory.seen ? std::optional(memory.desired_status) : std::nullopt,
                      memory.own_written,
                      memory.reset};
    const auto saved = stored_memories_.find(key);
    if (saved == stored_memories_.end() || saved->second != form) changed.emplace_back(key, form);
  }
  for (const auto& [key, memory] : stored_memories_) {
    if (!memories.contains(key)) gone.push_back(key);
  }
  if (!stored(archive_.memories().save(changed, gone), "memory")) return false;
  for (auto& [key, form] : changed) stored_memories_.insert_or_assign(key, form);
  for (const auto& key : gone) stored_memories_.erase(key);
  return true;
}

// What this pass was planned on, for backtests.
void Monitor::keep_history(Timestamp now) {
  if (snapshot()->profile == nullptr) return;
  const auto pass = recorder_.record(inputs(now), *snapshot()->profile, planner_);
  if (!pass) return;
  if (stored(history_.add(*pass), "history")) {
    evidence_->forget_changes();
  } else {
    recorder_.lost();
  }
}

std::string Monitor::subject_of(const control::MonitorAlarm& alarm) const {
  if (is_of_record(alarm.kind)) return code_of(alarm.key);
  if (alarm.kind == control::AlarmKind::ChangeBudget) return "change-budget";
  return std::string(settings_.policy.source_name(alarm.source));
}

void Monitor::say_alarms(Timestamp now) {
  std::set<std::string> present;
  for (const auto& alarm : plan_.alarms) {
    const bool of_record = is_of_record(alarm.kind);
    const auto source = subject_of(alarm);
    const auto subject = of_record ? to_text(alarm.key) : source;
    const auto id = std::string(to_text(alarm.kind)) + " " + subject;
    present.insert(id);
    if (said_alarms_.contains(id)) continue;
    log_(service::LogLevel::Warn, "alarm",
         {{"alarm", std::string(to_text(alarm.kind))},
          {"subject", subject},
          {"text", render_alarm(alarm, source, now, *policy_.profile)}});
  }
  for (const auto& id : said_alarms_) {
    if (!present.contains(id)) log_(service::LogLevel::Info, "alarm_over", {{"alarm", id}});
  }
  said_alarms_ = std::move(present);
}

// ---- who is told

// After judging, so that the causes it asks for are those of the records it sees.
Timestamp Monitor::tell(Timestamp now) {
  if (snapshot()) {
    if (told_revision_ != records_revision_) {
      const auto cause_of = [this](const notify::NotifyEvent& event, Timestamp since) {
        return health_cause(event, since);
      };
      notifier_->look(*snapshot(), cause_of, now);
      told_revision_ = records_revision_;
    }
    notifier_->alarms(source_alarms(now), now);
  }
  return notifier_->step(now);
}

std::vector<notify::SourceAlarm> Monitor::source_alarms(Timestamp now) const {
  std::vector<notify::SourceAlarm> standing;
  for (const auto& alarm : plan_.alarms) {
    if (is_of_record(alarm.kind)) continue;
    const auto subject = subject_of(alarm);
    standing.push_back({std::string(to_text(alarm.kind)), subject, render_alarm(alarm, subject, now)});
  }
  return standing;
}

// A decision younger than what it changed is the one that changed it.
notify::HealthCause Monitor::health_cause(const notify::NotifyEvent& event, Timestamp since) {
  const auto made_it = [&](const Decision& d) {
    const auto word = [&](Health health) { return spell(*policy_.profile, d.kind, health); };
    return word(d.from) == event.from && word(d.to) == event.to && d.at >= since;
  };
  if (const auto sent = undecided_.find(event.key); sent != undecided_.end() && made_it(sent->second))
    return {sent->second.reason, sent->second.sentence, ""};
  const auto kept = archive_.decisions().find({.key = event.key, .limit = 1});
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
  log_(service::LogLevel::Error, "store_failed", {{"what", std::string(what)}, {"error", done.error().message}});
  return false;
}

Result<verdict::AssessmentReport> Monitor::assessment(const Pubkey& key, verdict::ReportExtras extras) const {
  if (!snapshot()) return fail(ErrorKind::Retry, problem_);
  const auto noted = notes(key);
  extras.notes = noted;
  return planner_.report(inputs(now_), key, extras);
}

std::vector<std::string> Monitor::notes(const Pubkey& key) const {
  if (!snapshot()) return {};
  return notes_of({*snapshot(), evidence_->in_memory(), settings_.sources.empty() ? nullptr : &pulled_.notes(),
                   endpoint_.counters(), former_, now_},
                  key);
}

Result<std::string> Monitor::explain(const Pubkey& key, verdict::PageOptions options) const {
  if (!snapshot()) return fail(ErrorKind::Retry, problem_);
  const auto noted = notes(key);
  options.policy_digest = digest_;
  options.notes = noted;
  return planner_.explain(inputs(now_), key, options);
}

}  // namespace dz::monitor
