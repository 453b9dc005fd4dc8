#include "backtest/backtest.h"

#include <algorithm>

#include <fmt/format.h>

#include "backtest/backtest_places.h"
#include "control/explain_record.h"
#include "control/plan_monitor.h"
#include "control/shard.h"
#include "control/slot_windows.h"
#include "evidence/snapshot.h"
#include "history/history_archive.h"
#include "history/replayed_evidence.h"
#include "monitor/monitor_archive.h"

namespace dz::backtest {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr hours kAtLeastBefore{3};    // passes before `from`: how long evidence was unknown, who disagreed
constexpr seconds kRunning{90};       // a monitor that runs records at least one pass in each minute
constexpr milliseconds kAsGood{500};  // a look that is due this shortly before a pass is left out: the pass looks
constexpr minutes kGap{10};

// Keeps what a monitor keeps, and beside it what the recorded monitor did; hence its members.
class Replay {
 public:
  Replay(const BacktestRequest& request, std::vector<monitor::Decision> decisions)
      : request_(request),
        rules_(*request.policy.profile),
        records_(RecordedDecisions(std::move(decisions))),
        windows_(request.policy) {}

  Result<void> pass(const history::HistoryPass& pass);
  // Looks that were due before `until`, while the monitor was running.
  void look_until(Timestamp until);
  // One more look at what was known so far, so that the planner knows until when evidence was known.
  void look_at_previous(Timestamp at);
  std::size_t decided() const { return outcome_.decided.size(); }
  // decisions: the recorded ones, from some time before `from` on.
  BacktestOutcome outcome(const std::vector<monitor::Decision>& decisions, std::vector<std::string> notes) &&;

 private:
  Result<void> start(const history::HistoryPass& pass);
  void look(Timestamp at);
  void note_added(std::vector<std::string>& notes) const;
  control::MonitorInputs inputs(Timestamp at) const;
  void take_windows(Timestamp at);

  const BacktestRequest& request_;
  ProgramRules rules_;
  BacktestRecords records_;
  std::optional<history::ReplayedEvidence> evidence_;
  std::optional<control::RecordBook> book_;
  control::Ownership ownership_{control::Shard{}};  // of the monitor that recorded
  verdict::Policy in_force_;
  control::SlotWindows windows_;                        // of the policy that is judged by
  std::map<std::uint64_t, std::chrono::minutes> told_;  // recorded, by slots
  verdict::Policy judged_by_;                           // with its windows in minutes
  bool other_writes_ = false, could_write_ = false, begun_ = false;
  std::optional<Timestamp> last_pass_, next_look_;
  Timestamp last_look_;
  BacktestOutcome outcome_;
};

control::MonitorInputs Replay::inputs(Timestamp at) const {
  control::MonitorInputs inputs{records_.links(),
                                records_.devices(),
                                records_.revision(),
                                evidence_->evidence(),
                                judged_by_,
                                control::WriteMode::Write,
                                could_write_ && (begun_ || !other_writes_),
                                at};
  inputs.ownership = &ownership_;
  return inputs;
}

// What was recorded of windows in slots, and what follows for those of the policy under test.
void Replay::take_windows(Timestamp at) {
  for (const auto slots : windows_.wanted()) {
    if (told_.empty()) break;
    const auto& [recorded, length] = *told_.rbegin();  // the longest is the most exact
    const auto exact = told_.find(slots);
    const Duration scaled = Duration(length) * static_cast<std::int64_t>(slots) / static_cast<std::int64_t>(recorded);
    windows_.tell(slots, at - (exact != told_.end() ? Duration(exact->second) : scaled), at);
  }
  judged_by_ = windows_.in_force(at);
}

// A process began: it remembers of each record what the one before it knew, or what the pass says it wrote.
Result<void> Replay::start(const history::HistoryPass& pass) {
  DZ_TRY_ASSIGN(in_force_, verdict::parse_policy(pass.start->policy, "recorded policy"));
  DZ_TRY_ASSIGN(auto empty, evidence::restore_evidence(pass.start->evidence));
  ownership_ = control::Ownership(control::shard_of(empty.settings()));
  other_writes_ = pass.start->mode != control::WriteMode::Write;
  auto digest = policy_digest(in_force_);
  if (pass.at < request_.from) outcome_.in_force.clear();
  if (outcome_.in_force.empty() || outcome_.in_force.back().digest != digest) {
    outcome_.in_force.push_back({pass.at, std::move(digest)});
  }
  control::RecordBook::Memories memories;
  if (book_) {
    memories = book_->memories();
  } else {
    for (const auto& record : pass.records) memories[record.key].own_health = record.own_health;
  }
  book_.emplace(std::move(memories));
  if (evidence_) {
    evidence_->configure(empty.settings());
  } else {
    evidence_.emplace(std::move(empty));
  }
  windows_ = control::SlotWindows(begun_ ? request_.policy : in_force_);
  evidence_->use_added_of(windows_.asked());
  return {};
}

Result<void> Replay::pass(const history::HistoryPass& pass) {
  if (pass.start) DZ_TRY(start(pass));
  if (!book_) return corrupt("monitor store, history: expected a start of the monitor first, found none");
  if (begun_ && last_pass_ && pass.at - *last_pass_ > kGap) {
    outcome_.notes.push_back(fmt::format("nothing was recorded from {} to {}: no monitor was running",
                                         to_text(minute_of(*last_pass_)), to_text(minute_of(pass.at))));
  }
  if (!begun_ && pass.at >= request_.from) {
    begun_ = true;
    records_.begin();
    windows_ = control::SlotWindows(request_.policy);
    evidence_->use_added_of(request_.policy);
  }
  could_write_ = pass.could_write;
  evidence_->take(pass);
  for (const auto& record : pass.records) DZ_TRY(records_.take(pass.at, record, other_writes_));
  for (const auto& [slots, length] : pass.windows) told_[slots] = length;
  last_pass_ = pass.at;
  look(pass.at);
  return {};
}

void Replay::look(Timestamp at) {
  take_windows(at);
  const auto now = inputs(at);
  const auto plan = plan_monitor(now, *book_);
  next_look_ = plan.next_look;
  last_look_ = at;
  ++outcome_.passes;
  if (!begun_) return;
  if (could_write_) {
    for (const auto& change : plan.changes) {
      BacktestDecision decision{at, change.key, change.kind, records_.code_of(change.key), change.from, change.to};
      decision.reason = to_text(change.reason);
      if (const auto report = report_record(now, *book_, change.key)) decision.sentence = report->sentence;
      outcome_.decided.push_back(std::move(decision));
    }
    for (const auto& change : plan.changes) {
      records_.set_health(change.key, change.to);
      if (rules_.only_confirmed_counts()) book_->landed(change.key, change.to, change.reset);
    }
  }
  records_.move(at);
}

void Replay::look_until(Timestamp until) {
  if (!book_ || !last_pass_) return;
  for (;;) {
    auto next = *next_look_;
    if (const auto move = records_.next_move()) next = std::min(next, *move);
    next = std::max(next, last_look_ + milliseconds{1});
    if (next + kAsGood >= until || next - *last_pass_ > kRunning) return;
    look(next);
  }
}

void Replay::look_at_previous(Timestamp at) {
  if (!book_ || at <= last_look_) return;
  look_until(at);
  look(at);
}

// What was recorded of an added criterion is whether its values were within bounds, not the values.
void Replay::note_added(std::vector<std::string>& notes) const {
  for (std::size_t i = 0; i < request_.policy.added.size(); ++i) {
    const auto& criterion = request_.policy.added[i];
    if (!evidence_->evidence().state(evidence::added_source(i)).watermark) {
      notes.push_back(fmt::format("{} was not asked for then: its minutes are unobserved", criterion.id));
      continue;
    }
    const auto recorded = std::find_if(in_force_.added.begin(), in_force_.added.end(),
                                       [&](const verdict::AddedCriterion& r) { return r.id == criterion.id; });
    if (recorded == in_force_.added.end() || *recorded == criterion) continue;
    notes.push_back(fmt::format("{} was asked for or bounded in another way then: its minutes are good or bad by that",
                                criterion.id));
  }
}

// Each step goes to the record's last decision before it.
void add_steps(std::vector<BacktestDecision>& decisions, const std::vector<StatusStep>& steps) {
  for (const auto& step : steps) {
    BacktestDecision* cause = nullptr;
    for (auto& decision : decisions) {
      if (decision.at > step.at) break;
      if (decision.key == step.key) cause = &decision;
    }
    if (cause != nullptr) cause->followed.push_back(step);
  }
}

BacktestOutcome Replay::outcome(const std::vector<monitor::Decision>& decisions, std::vector<std::string> notes) && {
  auto& out = outcome_;
  out.from = request_.from;
  out.to = request_.to;
  out.policy_digest = policy_digest(request_.policy);
  out.profile = request_.policy.profile;
  out.records = records_.links().size() + records_.devices().size();
  const auto window = longest_window(request_.policy);
  const auto covered_from = evidence_ ? evidence_->covered_from() : std::nullopt;
  if (!covered_from || *covered_from > request_.from - window) {
    notes.push_back(
        fmt::format("the policy looks back {}, and minutes are recorded from {} on: those before are "
                    "unobserved",
                    duration_text(window), to_text(covered_from.value_or(minute_of(request_.from)))));
  }
  note_added(notes);
  out.notes.insert(out.notes.begin(), notes.begin(), notes.end());
  const auto add = [&](const monitor::Decision& d) {
    if (d.at < request_.from || d.at >= request_.to) return;
    out.recorded.push_back({d.at, d.key, d.kind, d.code, d.from, d.to, d.reason, d.sentence, {}});
  };
  std::for_each(decisions.begin(), decisions.end(), add);
  std::for_each(records_.others_decisions().begin(), records_.others_decisions().end(), add);
  std::stable_sort(out.recorded.begin(), out.recorded.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  add_steps(out.decided, records_.steps());
  add_steps(out.recorded, records_.recorded_steps());
  out.elsewhere = places_elsewhere(out, records_);
  return std::move(outcome_);
}

// As much of the request as was recorded; what was left out goes to the notes.
Result<BacktestRequest> within_bounds(storage::SqliteDatabase& database, BacktestRequest request,
                                      std::vector<std::string>& notes) {
  DZ_TRY_ASSIGN(const auto bounds, history::history_bounds(database));
  if (!bounds) return not_found("expected recorded passes in the store, found none; let the monitor run on it first");
  const auto [first, last] = *bounds;
  if (request.from > last || request.to <= first) {
    return not_found(fmt::format("expected a time between {} and {}, for which the store has passes, found {} to {}",
                                 to_text(first), to_text(last), to_text(request.from), to_text(request.to)));
  }
  if (request.from < first) {
    notes.push_back(fmt::format("passes are recorded from {} on: the backtest begins there", to_text(first)));
    request.from = first;
  }
  if (request.to > last + kGap) {
    notes.push_back(fmt::format("passes are recorded until {}: the backtest ends there", to_text(last)));
  }
  request.to = std::min(request.to, last + Duration{1});
  return request;
}

tl::unexpected<Error> too_many_decisions(const BacktestRequest& request) {
  return fail(ErrorKind::TooMuch,
              fmt::format("expected at most {} decisions, found more: ask for a shorter time", request.most_decisions));
}

Result<BacktestOutcome> replay_history(storage::SqliteDatabase& database, const BacktestRequest& asked,
                                       const std::function<Result<void>(Timestamp)>& progress) {
  DZ_TRY_ASSIGN(auto archive, monitor::MonitorArchive::open_to_read(database));
  std::vector<std::string> notes;
  DZ_TRY_ASSIGN(const auto request, within_bounds(database, asked, notes));
  const auto before = std::max<Duration>(kAtLeastBefore, request.policy.max_hold);
  DZ_TRY_ASSIGN(const auto first, history::whole_pass_before(database, request.from - before));
  DZ_TRY_ASSIGN(auto decisions, archive.decisions().between(first - kGap, request.to));
  Replay replay(request, decisions);
  DZ_TRY_ASSIGN(auto reader, history::HistoryReader::open(database, first, request.to));
  for (;;) {
    DZ_TRY_ASSIGN(const auto pass, reader.next());
    if (!pass || pass->at >= request.to) break;
    if (pass->previous) replay.look_at_previous(*pass->previous);
    replay.look_until(pass->at);
    DZ_TRY(replay.pass(*pass));
    DZ_TRY(progress(pass->at));
    if (replay.decided() > request.most_decisions) return too_many_decisions(request);
  }
  replay.look_until(request.to);
  return std::move(replay).outcome(decisions, std::move(notes));
}

}  // namespace

Result<BacktestOutcome> run_backtest(storage::SqliteDatabase& database, const BacktestRequest& request,
                                     const std::function<Result<void>(Timestamp)>& progress) {
  DZ_TRY(database.execute("BEGIN"));  // one view, whatever a monitor writes meanwhile
  auto outcome = replay_history(database, request, progress);
  database.rollback();
  return outcome;
}

}  // namespace dz::backtest
