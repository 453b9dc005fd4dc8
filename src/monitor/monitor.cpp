#include "monitor/monitor.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>

#include "evidence/snapshot.h"
#include "monitor/change_pictures.h"

namespace dz::monitor {
namespace {

history::HistoryStart start_of(const MonitorSettings& settings) {
  return {render_policy(settings.policy), settings.write_mode, snapshot_of(evidence::Evidence(settings.evidence))};
}

std::vector<std::string> added_names(const verdict::Policy& policy) {
  std::vector<std::string> names;
  for (const auto& criterion : policy.added) names.push_back(criterion.id);
  return names;
}

template <typename Record>
control::GovernedRecord governed(RecordKind kind, const Record& r) {
  return {kind, r.status, r.desired_status, r.health};
}

control::GovernedRecords governed_records(const client::Snapshot& records, const control::Ownership& ownership) {
  control::GovernedRecords all;
  const auto add = [&](RecordKind kind, const auto& of_kind) {
    for (const auto& [key, r] : of_kind) {
      if (ownership.owns(key)) all[key] = governed(kind, r);
    }
  };
  add(RecordKind::Link, records.links);
  add(RecordKind::Device, records.devices);
  return all;
}

// None: there is no such link or device.
std::optional<control::GovernedRecord> governed_record(const client::Snapshot& records, const Pubkey& key) {
  if (const auto link = records.links.find(key); link != records.links.end())
    return governed(RecordKind::Link, link->second);
  if (const auto device = records.devices.find(key); device != records.devices.end())
    return governed(RecordKind::Device, device->second);
  return std::nullopt;
}

struct WhileTrue {
  explicit WhileTrue(bool& told) : flag(told) { flag = true; }
  ~WhileTrue() { flag = false; }
  WhileTrue(const WhileTrue&) = delete;
  WhileTrue& operator=(const WhileTrue&) = delete;
  bool& flag;
};

}  // namespace

Result<std::unique_ptr<Monitor>> Monitor::open(client::LedgerClient& ledger, storage::SqliteDatabase& database,
                                               MonitorOptions options, Timestamp now) {
  auto& settings = options.settings;
  if (!options.key && settings.write_mode == control::WriteMode::Write)
    settings.write_mode = control::WriteMode::Observe;
  if (!options.judge_key) options.judge_key = options.key;
  const auto judge = options.judge_key ? std::optional(options.judge_key->pubkey()) : std::nullopt;
  DZ_TRY_ASSIGN(auto rules, rules_of(settings.quorum, judge));
  const auto log = options.log;
  auto writes = std::make_unique<FileWrites>(log);
  DZ_TRY_ASSIGN(auto memory, MonitorMemory::open(database, {start_of(settings), settings.history}, *writes));
  DZ_TRY_ASSIGN(auto evidence,
                telemetry::DurableEvidence::open(database, settings.evidence, now, added_names(settings.policy)));
  DZ_TRY_ASSIGN(auto maintenance, MaintenanceDesk::open(database, options.damage));
  DZ_TRY_ASSIGN(auto incidents, IncidentDesk::open(database, *writes, now));
  DZ_TRY_ASSIGN(auto log_desk, LogDesk::open({database, *writes, log}, settings, options.key));
  Kept kept{std::move(writes),    std::make_unique<telemetry::DurableEvidence>(std::move(evidence)),
            std::move(memory),    std::move(maintenance),
            std::move(incidents), std::move(options.damage),
            database.log_sync(),  std::make_unique<LogDesk>(std::move(log_desk))};
  std::unique_ptr<Monitor> monitor(new Monitor(ledger, std::move(options), std::move(rules), std::move(kept), now));
  // Minutes before now are closed from the start, so that older rows which are pushed before the first step are taken
  // as late ones; not when somebody else has to say first that the clock is right.
  monitor->look_at_clock(now);
  monitor->last_decision_ = monitor->kept_.memory.decisions().newest_id().value_or(0);
  if (monitor->clock_.is_right()) monitor->kept_.writes->kept(monitor->kept_.evidence->pass(now), "evidence");
  monitor->kept_.evidence->on_pause([away = monitor->away_] { away([] {}); });  // from the first step on
  for (const auto& what : monitor->damage()) log(service::LogLevel::Error, "store_damaged", {{"what", what}});
  return monitor;
}

void Monitor::connect_lake(const lake::LakeWriter& writer, lake::LakeShelf& shelf) {
  lake_ = &writer;
  elsewhere_.emplace(kept_.memory.database(), shelf);
  kept_.memory.keep_until_elsewhere([&writer] { return writer.state().through; }, settings_.lake.hold);
}

Monitor::Monitor(client::LedgerClient& ledger, MonitorOptions options, quorum::Rules rules, Kept kept, Timestamp now)
    : settings_(std::move(options.settings)),
      ownership_(control::shard_of(settings_.evidence)),
      mode_(settings_.write_mode),
      log_(options.log),
      key_(options.key ? std::optional(options.key->pubkey()) : std::nullopt),
      times_(std::move(options.times)),
      version_(std::move(options.version)),
      started_(now),
      policy_digest_(verdict::policy_digest(settings_.policy)),
      shows_plans_(!options.key || settings_.write_mode == control::WriteMode::Observe),
      kept_(std::move(kept)),
      steady_(std::move(options.steady)),
      away_(std::move(options.away)),
      clock_({}, kept_.evidence->last_pass()),
      reader_({ledger, *kept_.evidence, *kept_.writes, options.log, kept_.memory.slots()}, settings_, options.ids,
              options.key ? std::optional(options.key->pubkey()) : std::nullopt),
      pushed_(*kept_.evidence, reader_, settings_.tokens),
      pulled_(settings_, *kept_.evidence, *kept_.writes, options.log),
      book_(kept_.memory.restored(kept_.evidence->last_pass())),
      quorum_(settings_.quorum,
              {std::move(rules), std::move(options.judge_key), options.ids.serviceability, &settings_.policy},
              options.log),
      desk_({ledger, reader_, book_, kept_.memory, options.log, [this] { return is_on_disk(); },
             [this](const Pubkey& key) { return quorum_.stated(key); }},
            settings_, {options.ids, std::move(options.key)}),
      ledger_(ledger),
      announcer_({reader_, pulled_, desk_, kept_.memory, book_, kept_.incidents.book()}, settings_.policy, options.log),
      policy_(settings_.policy),
      restored_facts_(kept_.incidents.book().all(), now + control::kSettling),
      run_(std::to_string(now.time_since_epoch().count())),
      changes_(run_, *settings_.policy.profile) {
  if (takes_over(settings_)) takeover_.emplace(settings_.asked.takeover_after);
  announcer_.stay_quiet_about([this](const Pubkey& key) { return maintenance_of(key) != nullptr; });
  pushed_.on_rows([this](const Pubkey& device, Timestamp newest) { clock_.saw_row(device, newest); });
  reader_.on_change([this](const client::MirrorUpdate& update) {
    desk_.follow(update);
    histories_.follow(update);
    if (!reader_.snapshot()) return;
    const auto& records = *reader_.snapshot();
    pushed_.follow(update, records);
    const bool other_names = names_.follow(records, reader_.changes());
    names_kept_ = names_kept_ && !other_names;
  });
}

// Rows may be written while the ledger is asked. What comes after that is as of the newest of them: evidence is never
// older than the time it is judged at.
Timestamp Monitor::step(Timestamp begin) {
  const WhileTrue under_way(in_pass_);
  ++passes_;
  const auto next = make_pass(begin);
  tell_changes(now_);
  return next;
}

// Records and incidents are looked at when something that they are told with has changed.
void Monitor::tell_changes(Timestamp now) {
  if (reader_.snapshot() && judged_ > 0) tell_records(now);
  changes_.look_at_alarms(picture_alarms(*this), now);
  changes_.look_at_sources(picture_sources(policy_, kept_.evidence->in_memory()), now);
  if (const auto made = with_statements(kept_.memory.decisions().after(last_decision_, ChangeFeed::kMostAtOnce + 1));
      made && !made->empty()) {
    last_decision_ = made->back().id;
    changes_.tell_decisions(picture_decisions(*made, *policy_.profile));
  }
}

Result<std::vector<Decision>> Monitor::with_statements(Result<std::vector<Decision>> decisions) {
  if (!decisions) return decisions;
  for (auto& decision : *decisions) {
    DZ_TRY_ASSIGN(decision.statement, statements().index_of(decision.signature, decision.key));
  }
  return decisions;
}

void Monitor::tell_records(Timestamp now) {
  Pictured present{drains_.revision(), kept_.maintenance.holding(now), clock_.problem()};
  const auto details = [this](const Pubkey& key, boost::json::object& members) { add_details(*this, key, members); };
  const auto some = pictured_ == present ? records_to_tell() : std::nullopt;
  std::vector<RecordPicture> pictures;
  for (const auto& key : some.value_or(std::vector<Pubkey>{})) {
    if (auto picture = picture_record(*this, key)) pictures.push_back(std::move(*picture));
  }
  const bool told = some && pictures.size() == some->size() && changes_.look_at_some(std::move(pictures), now, details);
  if (!told) changes_.look_at_records(picture_records(*this), now, details);
  if (pictured_ != present || told_judged_ != judged_) changes_.look_at_incidents(picture_incidents(*this, now), now);
  pictured_ = std::move(present);
  told_judged_ = judged_;
  told_records_ = reader_.records_revision();
  moved_.clear();
}

// Whose pictures may be others than at the last look: ordered, each once. None: those of most, or it is not known.
std::optional<std::vector<Pubkey>> Monitor::records_to_tell() const {
  constexpr std::size_t kPart = 8;  // of all records: looking at more one by one takes longer
  const auto changed = reader_.changes().since(told_records_);
  if (!changed || (changed->size() + moved_.size()) * kPart > book_.verdicts().size()) return std::nullopt;
  auto keys = moved_;
  const auto& records = *reader_.snapshot();
  for (const auto& key : *changed) {
    const bool is_record = ownership_.owns(key) && (records.links.contains(key) || records.devices.contains(key));
    if (is_record || book_.verdict_of(key) != nullptr) keys.push_back(key);
    if (!is_record && changes_.knows(key)) return std::nullopt;
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Timestamp Monitor::make_pass(Timestamp begin) {
  kept_.writes->begin_pass();
  look_at_clock(begin);
  if (!clock_.is_right()) reader_.ask_for_time(begin);
  hear_of_block(begin);
  if (!clock_.is_right()) return wait_for_clock(begin);
  now_ = begin;
  if (clock_.has_come_right()) {
    kept_.writes->kept(kept_.evidence->clock_came_right(begin), "evidence");
    reader_.forget_times();
  }
  desk_.collect(begin);
  read_ledger(begin);
  const auto now = now_;
  if (!clock_.is_right()) return wait_for_clock(now);
  reader_.step_samples(now);
  if (kept_.writes->kept(kept_.evidence->pass(now), "evidence")) kept_.writes->forget_earlier();
  keep_names(now);
  const auto next_pull = reader_.snapshot() ? pulled_.step(*reader_.snapshot(), now) : Timestamp::max();
  const auto next_asked = quorum_.step(now);
  if (reader_.snapshot()) watch_activator(now);
  if (reader_.snapshot()) judge(now);
  if (reader_.snapshot()) {
    drains_.step(ledger_, {*reader_.snapshot(), reader_.changes(), ownership_}, now);
    histories_.step(ledger_, *reader_.snapshot(), now);
    transactions_.step(ledger_, now);
  }
  const auto next_log = kept_.log_desk->step(now, [this] { return is_on_disk(); });
  const auto next_told = announcer_.tell([this](const Pubkey& key) { return sentence_of(key); }, now);
  kept_.memory.keep_house(*kept_.evidence, now);
  forget_gone(now);
  auto next = std::min({now + settings_.pass_interval, reader_.next(now), pushed_.next_look(now), next_pull, next_told,
                        next_asked, next_log, desk_.next(now), histories_.next(now), transactions_.next(now),
                        kept_.maintenance.next_change(now)});
  if (reader_.snapshot()) next = std::min(next, next_look_);
  return std::max(next, now + std::chrono::milliseconds{1});
}

void Monitor::look_at_clock(Timestamp now) {
  clock_.look(now, steady_ ? std::optional(steady_()) : std::nullopt);
  kept_.incidents.follow_clock(clock_.problem(), book_.verdicts(), now);
}

void Monitor::hear_of_block(Timestamp now) {
  const auto& view = reader_.mirror().view();
  if (view.looked_at() != now || !view.block_age()) return;
  clock_.saw_block(now - *view.block_age());
  kept_.incidents.follow_clock(clock_.problem(), book_.verdicts(), now);
}

// What is written once, until it is: a full disk keeps nobody from starting.
void Monitor::keep_names(Timestamp now) {
  if (!profile_kept_) {
    profile_kept_ = kept_.writes->kept(kept_.memory.save_profile(settings_.policy.profile->name), "profile");
  }
  if (names_kept_ || !reader_.snapshot()) return;
  const auto& records = *reader_.snapshot();
  const auto named = control::interfaces_needed(ownership_, records.links, records.devices);
  names_kept_ = kept_.writes->kept(kept_.evidence->name_interfaces(named, now), "names of interfaces");
}

// Names that no record has any more and that nobody sends.
void Monitor::forget_gone(Timestamp now) {
  constexpr Duration kEvery = std::chrono::hours{1};
  if (!reader_.snapshot() || (last_forgotten_ && now >= *last_forgotten_ && now - *last_forgotten_ < kEvery)) return;
  std::vector<Pubkey> records;
  for (const auto& [key, _] : reader_.snapshot()->devices) records.push_back(key);
  for (const auto& [key, _] : reader_.snapshot()->links) records.push_back(key);
  std::sort(records.begin(), records.end());
  if (kept_.writes->kept(kept_.evidence->forget_gone(records, now), "what is gone")) last_forgotten_ = now;
}

// Nothing is judged by a wrong clock, and no minute closes.
Timestamp Monitor::wait_for_clock(Timestamp now) {
  control::MonitorAlarm alarm;
  alarm.kind = control::AlarmKind::ClockNotBelieved;
  alarm.detail = clock_.problem();
  announcer_.raise(std::span(&alarm, 1), now);
  kept_.incidents.save();
  next_look_ = now;
  return now + std::min<Duration>(settings_.pass_interval, std::chrono::seconds{1});
}

void Monitor::read_ledger(Timestamp now) {
  pushed_.look_for_wanted(now);
  reader_.step(now);
  hear_of_block(now);
  if (pushed_.note_looks(now) && on_looked_) on_looked_();
}

void Monitor::judge(Timestamp now) {
  policy_ = reader_.policy_in_force(now);
  desk_.note_under_way(now);
  facts_ = facts(now);
  restored_facts_.add_to(facts_, settings_.evidence.lateness, now);
  auto judged = inputs(now);
  judged.pause = [this] { away_([] {}); };
  if (judged.writable()) desk_.look_for_undrains(now);
  const auto* profile = reader_.snapshot()->profile;
  const auto looked_at = kept_.evidence->in_memory().answers_revision();
  auto news = profile != nullptr ? kept_.memory.news(judged, *profile) : std::nullopt;
  auto plan = plan_monitor(judged, book_);
  quorum_.judged({judged, book_, reader_});
  const bool due = now >= std::exchange(next_look_, plan.next_look);
  if (profile != nullptr && !news && !plan.is_news && !due) return;
  moved_.insert(moved_.end(), plan.moved.begin(), plan.moved.end());
  // Each of what follows takes long when much has changed at once.
  judged.pause();
  const auto led = kept_.incidents.follow(plan, book_, judged);
  moved_.insert(moved_.end(), led.begin(), led.end());
  announcer_.raise(plan.alarms, now);
  ++judged_;
  judged.pause();
  // What changed in a pause since may not be in the news: it is looked at again.
  const bool recorded = news && kept_.memory.record(std::move(*news), book_);
  if (recorded && looked_at == kept_.evidence->in_memory().answers_revision()) kept_.evidence->forget_changes();
  judged.pause();
  // Before anything is sent: a restart must know what was tried. The desk waits for the disk once what is stated about
  // it is written too.
  const bool remembered = kept_.memory.save(book_, now);
  if (judged.writable()) quorum_.hold(plan.changes, {judged, book_, reader_}, judged.pause);
  watch_writer(now);
  if (judged.writable() && remembered) {
    if (takeover_) std::erase_if(plan.changes, [&](const auto& change) { return takeover_->leaves_alone(change.key); });
    desk_.write(plan, judged);
  } else if (shows_plans_) {
    announcer_.say_would_write(plan.changes);
  }
  judged.pause();
}

// All that was written until now. Rows may be written meanwhile.
bool Monitor::is_on_disk() {
  if (kept_.sync == nullptr) return true;
  Result<void> done;
  away_([&] { done = kept_.sync->wait(); });
  return kept_.writes->kept(done, "disk");
}

void Monitor::watch_activator(Timestamp now) {
  const auto& records = *reader_.snapshot();
  if (records.profile == nullptr || watched_revision_ == reader_.records_revision()) return;
  const auto changed = watched_revision_ ? reader_.changes().since(*watched_revision_) : std::nullopt;
  watched_revision_ = reader_.records_revision();
  if (!changed) return activator_.look(*records.profile, governed_records(records, ownership_), now);
  for (const auto& key : *changed) {
    if (ownership_.owns(key)) activator_.look_at(*records.profile, key, governed_record(records, key), now);
  }
}

// After judging: from the next pass on, the role may be another one.
void Monitor::watch_writer(Timestamp now) {
  if (!takeover_) return;
  const auto governed = governed_records(*reader_.snapshot(), ownership_);
  if (takeover_->writes()) {
    for (const auto& [key, health] : desk_.under_way()) takeover_->wrote(key, health);
  }
  for (const auto& [key, health] : desk_.take_landed()) takeover_->wrote(key, health);
  const bool fresh = reader_.can_write(now) && reader_.mirror().view().problem().empty();
  const bool wrote = takeover_->writes();
  const bool writes =
      takeover_->step({now, book_.verdicts(), governed, fresh, control::program_rules(*policy_.profile).resets_health,
                       control::records_an_hour(settings_.limits, governed.size())});
  if (writes == wrote) return;
  mode_ = writes ? control::WriteMode::Write : control::WriteMode::Standby;
  announcer_.writes(writes);
  if (writes) {
    log_(service::LogLevel::Warn, "took_over", {{"silent", duration_text(takeover_->silent(now))}});
  } else {
    log_(service::LogLevel::Warn, "stepped_back", {{"reason", "somebody else wrote health"}});
  }
}

control::MonitorInputs Monitor::inputs(Timestamp now) const {
  const auto& records = *reader_.snapshot();
  return {records.links,
          records.devices,
          reader_.records_revision(),
          kept_.evidence->in_memory(),
          policy_,
          mode_,
          reader_.can_write(now),
          now,
          &desk_.under_way(),
          pulled_.disputed(),
          &facts_,
          &kept_.incidents.book(),
          &reader_.changes(),
          &desk_.budget().deferred_records(),
          reader_.read_since(),
          {},
          ownership_.shard().is_whole() ? nullptr : &ownership_};
}

control::KnownFacts Monitor::facts(Timestamp now) const {
  auto facts = known_facts(note_inputs(now));
  for (const auto source : policy_.sources()) {
    if (auto trouble = pulled_.trouble_of(source); !trouble.empty())
      facts.of_source.emplace(source, std::move(trouble));
  }
  return facts;
}

std::shared_ptr<telemetry::PushedWrite> Monitor::begin_write(const telemetry::WriteRequest& request, Timestamp now) {
  return pushed_.begin(request, now);
}

std::optional<telemetry::WriteAnswer> Monitor::go_on(const std::shared_ptr<telemetry::PushedWrite>& write,
                                                     Timestamp now) {
  look_at_clock(now);
  if (clock_.is_right()) {
    now_ = now;
  } else {
    pushed_.put_off(*write, clock_.problem());
  }
  return pushed_.go_on(write, now);
}

telemetry::WriteAnswer Monitor::write(const telemetry::WriteRequest& request, Timestamp now) {
  return finish(begin_write(request, now), now);
}

telemetry::WriteAnswer Monitor::finish(const std::shared_ptr<telemetry::PushedWrite>& write, Timestamp now) {
  for (;;) {
    if (auto answer = go_on(write, now)) return std::move(*answer);
  }
}

void Monitor::connect_looks(LookCalls calls) {
  wake_ = calls.wanted;
  histories_.on_wanted(calls.wanted);
  histories_.on_read(calls.done);
  transactions_.on_wanted(calls.wanted);
  transactions_.on_read(calls.done);
  pushed_.on_look_wanted(std::move(calls.wanted));
  on_looked_ = std::move(calls.done);
}

std::vector<std::string> Monitor::damage() const {
  auto damage = kept_.damage;
  for (const auto* part : {&kept_.evidence->damage(), &kept_.memory.damage(), &kept_.incidents.damage()}) {
    damage.insert(damage.end(), part->begin(), part->end());
  }
  if (const auto& log = kept_.log_desk->damage(); !log.empty()) damage.push_back(log);
  return damage;
}

std::string Monitor::file_problem() const {
  auto problem = kept_.writes->problem();
  const auto& rows = kept_.evidence->write_problem();
  if (problem.empty() && !rows.empty()) return "the monitor's file cannot be written (evidence): " + rows;
  return problem.empty() && kept_.sync != nullptr ? kept_.sync->problem() : problem;
}

MonitorCounters Monitor::counters() const {
  const auto& reads = reader_.mirror().counters();
  return {passes_, reads.polls, reads.failures, reader_.sample_counters(), desk_.counters(), kept_.writes->failures()};
}

}  // namespace dz::monitor
