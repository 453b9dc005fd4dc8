#include "verdict/condition.h"

#include <algorithm>

namespace dz::verdict {
namespace {

using std::chrono::minutes;

bool is_open_evidence(const Finding& f) { return is_open(f) && is_evidence(f); }
bool is_open_record(const Finding& f) { return is_open(f) && !is_evidence(f); }

// Time alone does not bring it, and it is not failing.
bool is_stuck(const Finding& f) { return is_open_evidence(f) && !is_failing(f) && who_does(f).has_value(); }
bool needs_somebody(const Finding& f) { return is_open(f) && who_does(f).has_value(); }

std::optional<Timestamp> failing_since(const Finding& f) {
  if (f.id == CriterionId::DeviceQa) return f.qa.failing_since;
  // A run that fills the window began before it, nobody knows when.
  const auto& since = f.tally.bad_since;
  return since && *since > f.tally.from ? std::optional<Timestamp>(*since) : std::nullopt;
}

// It was bad, and its newest minute is not known: nobody has seen whether that goes on.
bool is_out_of_sight(const Finding& f) {
  return is_open_evidence(f) && f.judgement == Judgement::NotMet && f.to_do == ToDo::ObservedAgain;
}

// After the last bad minute of all that recover.
std::optional<Timestamp> clean_since(const Assessment& a) {
  std::optional<Timestamp> since;
  for (const auto& f : a.findings()) {
    if (!is_recovering(f)) continue;
    if (f.id == CriterionId::DeviceQa) {
      since = std::max(since, f.qa.last_failure);
    } else if (f.tally.last_bad) {
      since = std::max(since, std::optional<Timestamp>(f.tally.last_bad->minute + minutes{1}));
    }
  }
  return since;
}

std::optional<Condition::HeldBy> held_by(const Assessment& a) {
  if (is_drained(a.status) && a.desired_status != DesiredStatus::Activated)
    return Condition::HeldBy{HeldWhat::Drain, std::nullopt};
  if (const auto* f = leading(a, is_open_record)) return Condition::HeldBy{HeldWhat::Record, f->id};
  return std::nullopt;
}

// The state, and the finding that decides it.
std::pair<ConditionState, const Finding*> decide(const Assessment& a, bool held) {
  using enum ConditionState;
  if (const auto* f = leading(a, is_failing)) return {Failing, f};
  if (a.to == Health::Healthy) return {held ? Held : Good, nullptr};
  if (const auto* f = leading(a, is_stuck)) return {NeedsAction, f};
  if (const auto* f = leading(a, is_out_of_sight)) return {Collecting, f};
  if (const auto* f = leading(a, is_recovering)) return {Recovering, f};
  if (const auto* f = leading(a, is_open_evidence)) return {Collecting, f};
  if (held) return {Held, leading(a, is_open_record)};
  return {Collecting, nullptr};  // the stay rule, or a health that is written before it is judged
}

void put_needs(const Assessment& a, Condition& out) {
  const auto* f = out.criterion ? a.find(*out.criterion) : nullptr;
  if (f == nullptr || !needs_somebody(*f)) f = leading(a, needs_somebody);
  if (f != nullptr) {
    out.needs = who_does(*f);
    out.needs_criterion = f->id;
  } else if (out.held_by) {
    out.needs = Who::Contributor;
  }
}

}  // namespace

std::string_view to_text(ConditionState state) {
  using enum ConditionState;
  switch (state) {
    case Good: return "good";
    case Failing: return "failing";
    case Recovering: return "recovering";
    case Collecting: return "collecting";
    case Held: return "held";
    case NeedsAction: return "needs-action";
  }
  return "invalid";
}

std::string_view to_text(Who who) {
  switch (who) {
    case Who::Contributor: return "contributor";
    case Who::Foundation: return "foundation";
    case Who::Operator: return "operator";
  }
  return "invalid";
}

std::string_view to_text(HeldWhat what) { return what == HeldWhat::Drain ? "drain" : "record"; }

std::optional<Who> who_does(const Finding& f) {
  switch (f.to_do) {
    case ToDo::Nothing:
    case ToDo::CleanMinutes:
    case ToDo::ObservedAgain:
    case ToDo::QaGoesOn:
    case ToDo::LedgerGrows: return std::nullopt;
    // Of an added criterion the operator has written the query.
    case ToDo::FirstHeard: return f.signal == evidence::Signal::Value ? Who::Operator : Who::Contributor;
    case ToDo::Repair:
    case ToDo::DrainLink:
    case ToDo::DesireActivated:
    case ToDo::SetPublicIp:
    case ToDo::AddDzPrefix:
    case ToDo::SetMaxUsersZero:
    case ToDo::HardDrainDevice:
    case ToDo::ActivateDia:
    case ToDo::ActivateLinkPort:
    case ToDo::DrainOrActivateLink: return Who::Contributor;
    case ToDo::QaWithoutFailure: return f.qa.failing_since ? std::optional(Who::Contributor) : std::nullopt;
    case ToDo::QaRuns: return Who::Foundation;
    case ToDo::SourceAnswers:
    case ToDo::LedgerTells: return Who::Operator;
  }
  return std::nullopt;
}

const Finding* leading(const Assessment& a, bool (*counts)(const Finding&)) {
  const Finding* lead = nullptr;
  for (const auto& f : a.findings()) {
    if (!counts(f)) continue;
    const bool longer = lead == nullptr || (lead->earliest && (!f.earliest || *f.earliest > *lead->earliest));
    if (longer) lead = &f;
  }
  return lead;
}

Condition condition_of(const Assessment& a) {
  Condition out;
  out.held_by = held_by(a);
  const auto [state, finding] = decide(a, out.held_by.has_value());
  out.state = state;
  if (finding != nullptr) out.criterion = finding->id;
  switch (state) {
    case ConditionState::Good: return out;
    case ConditionState::Failing: out.since = failing_since(*finding); break;
    case ConditionState::Recovering: out.since = clean_since(a); [[fallthrough]];
    case ConditionState::Collecting: out.returns_at = a.healthy_at; break;
    case ConditionState::Held:
    case ConditionState::NeedsAction: break;
  }
  put_needs(a, out);
  return out;
}

}  // namespace dz::verdict
