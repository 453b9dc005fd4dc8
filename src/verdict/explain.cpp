#include "verdict/explain.h"

#include <bit>

#include "verdict/explain_text.h"

namespace dz::verdict {
namespace {

using enum CriterionId;

std::string_view word_of(const JudgedRecord& record, const Assessment& a, Health health) {
  return spell(*a.profile, record.kind(), health);
}

// The finding to name first: the one that the condition rests on.
const Finding* lead_of(const Assessment& a) {
  const auto condition = condition_of(a);
  const auto* lead = condition.criterion ? a.find(*condition.criterion) : nullptr;
  return lead != nullptr ? lead : leading(a, is_open);
}

bool is_damped(const Finding& f) { return f.gates && f.damped_failure; }
bool is_bad(const Finding& f) { return f.gates && f.judgement == Judgement::NotMet; }

void put_lead(Text& out, const JudgedRecord& record, const Assessment& a, const Finding& lead) {
  put(out, "{}: ", lead.name);
  put_finding(out, record, lead, a);
}

void put_others(Text& out, const Assessment& a, const Finding& lead) {
  bool first = true;
  for (const auto& f : a.findings()) {
    if (!is_open(f) || &f == &lead) continue;
    put(out, "{}{}", first ? "; also " : ", ", f.name);
    first = false;
  }
}

void put_outlook(Text& out, const JudgedRecord& record, const Assessment& a, const Finding* lead) {
  if (a.healthy_at) {
    put(out, "; {} {} if it stays clean", word_of(record, a, Health::Healthy), when(*a.healthy_at, a.at));
  } else if (lead != nullptr && lead->to_do != ToDo::CleanMinutes) {
    put(out, "; ");
    put_to_do(out, record, *lead, a);
  }
}

void put_held(Text& out, const JudgedRecord& record, const Assessment& a, std::string_view verb) {
  const auto* lead = lead_of(a);
  put(out, "{}", verb);
  if (lead != nullptr) {
    put(out, " by ");
    put_lead(out, record, a, *lead);
    put_others(out, a, *lead);
  }
  put_outlook(out, record, a, lead);
}

// "held by a drain", "recovering: clean since 11:43, returns tomorrow 11:43".
void put_condition(Text& out, const Assessment& a, const Condition& c, const DrainedBy* drained_by) {
  const auto name = [&](const std::optional<CriterionId>& id) { return id ? a.find(*id)->name : std::string_view(); };
  const auto by = c.criterion ? fmt::format(" ({})", name(c.criterion)) : std::string();
  switch (c.state) {
    case ConditionState::Good: put(out, "good"); break;
    case ConditionState::Failing:
      put(out, "failing");
      if (c.since) put(out, " since {}", clock_text(*c.since, a.at));
      put(out, "{}", by);
      break;
    case ConditionState::Recovering:
      put(out, "recovering{}", by);
      if (c.since) put(out, ": clean since {}", clock_text(*c.since, a.at));
      if (c.returns_at) put(out, ", returns {}", when(*c.returns_at, a.at));
      break;
    case ConditionState::Collecting:
      // No criterion is open, and the minutes that have to pass have: a health has to be written first.
      put(out, "{}{}", by.empty() && a.stayed ? "waiting for its health to be written" : "collecting evidence", by);
      if (c.returns_at) put(out, ": complete {}", when(*c.returns_at, a.at));
      break;
    case ConditionState::Held: put(out, "held"); break;
    case ConditionState::NeedsAction: put(out, "needs the {}{}", to_text(*c.needs), by); break;
  }
  if (!c.held_by) return;
  put(out, "{} by ", c.state == ConditionState::Held ? "" : "; also held");
  if (c.held_by->what == HeldWhat::Drain) {
    put(out, "a drain that is wanted ({})", to_text(a.desired_status));
    if (drained_by != nullptr) put(out, ", of {}", to_text(*drained_by, a.at));
  } else {
    put(out, "{}", name(c.held_by->criterion));
  }
}

void put_damped(Text& out, const JudgedRecord& record, const Assessment& a) {
  const auto* lead = leading(a, is_damped);
  put(out, "impaired");
  if (lead == nullptr) return;
  put(out, " by ");
  put_lead(out, record, a, *lead);
  if (lead->id != DeviceQa && lead->has_tally) {
    const int recent = std::popcount(lead->tally.damped_bad);
    put(out, "; {} bad minute{} in the last hour", recent, plural(recent));
  }
  put_outlook(out, record, a, lead);
}

void put_hold(Text& out, const JudgedRecord& record, const Assessment& a) {
  put(out, "stays {} without evidence", word_of(record, a, a.to));
  if (const auto* lead = lead_of(a)) {
    put(out, ": ");
    put_lead(out, record, a, *lead);
  }
  if (a.hold_until) put(out, "; impaired {} unless evidence returns", when(*a.hold_until, a.at));
}

void put_sentence(Text& out, const JudgedRecord& record, const Assessment& a) {
  switch (a.reason) {
    case HealthReason::FirstSight:
      put_held(out, record, a, lead_of(a) == nullptr ? "first seen" : "first seen; held");
      break;
    case HealthReason::PendingEvidence:
    case HealthReason::PendingRecord:
    case HealthReason::ImpairedEvidence: put_held(out, record, a, "held"); break;
    case HealthReason::PendingStay:
    case HealthReason::ImpairedStay:
      put(out, "every criterion is met; a whole minute has to pass since the record last changed");
      put_outlook(out, record, a, nullptr);
      break;
    case HealthReason::BecameHealthy:
    case HealthReason::StaysHealthy:
      put(out, "{}: every criterion is met over {}", word_of(record, a, a.to), to_text(a.window));
      break;
    case HealthReason::Recovered:
      put(out, "{} again: every criterion is met over {}", word_of(record, a, a.to), to_text(a.window));
      break;
    case HealthReason::DampedFailure: put_damped(out, record, a); break;
    case HealthReason::ToleratedFailure: {
      put(out, "stays {}, with too few bad minutes to impair: ", word_of(record, a, a.to));
      if (const auto* lead = leading(a, is_bad)) put_lead(out, record, a, *lead);
      break;
    }
    case HealthReason::HeldWithoutEvidence: put_hold(out, record, a); break;
    case HealthReason::BadEvidence: put_held(out, record, a, "impaired"); break;
    case HealthReason::HoldExpired: put_held(out, record, a, "impaired after too long without evidence"); break;
    case HealthReason::BecameReadyForLinks: put_held(out, record, a, "ready for links; held"); break;
    case HealthReason::AwaitsLinks: put_held(out, record, a, "stays ready for links; held"); break;
    case HealthReason::LeftService: put(out, "it left service: health is impaired until it is judged again"); break;
    case HealthReason::WantedAgain:
      put(out, "it is wanted back in service: health is impaired until it is judged again");
      break;
    case HealthReason::EntersProvisioning:
      put(out, "it is provisioned: its health was not judged by this monitor, and is pending until it is");
      break;
  }
}

}  // namespace

std::string render_sentence(const JudgedRecord& record, const Assessment& assessment) {
  Text out;
  put_sentence(out, record, assessment);
  return to_string(out);
}

std::string render_needs(const JudgedRecord& record, const Assessment& a, const Condition& condition) {
  Text out;
  if (!condition.needs) return {};
  if (const auto* f = condition.needs_criterion ? a.find(*condition.needs_criterion) : nullptr) {
    put_to_do(out, record, *f, a);
  } else {
    put_command(out, record, "ask for it", "undrain --pubkey {}");
  }
  return to_string(out);
}

std::string to_text(const DrainedBy& by, Timestamp now) {
  const auto key = dz::to_text(by.signer);
  const auto who = by.role.empty() ? fmt::format("key {}", key) : fmt::format("{} (key {})", by.role, key);
  return by.at ? fmt::format("{} {}", who, when(*by.at, now)) : who;
}

std::string render_condition(const Assessment& a, const DrainedBy* drained_by) {
  Text out;
  put_condition(out, a, condition_of(a), drained_by);
  return to_string(out);
}

}  // namespace dz::verdict
