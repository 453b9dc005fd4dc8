#include "control/plan_activator.h"

#include <algorithm>

namespace dz::control {
namespace {

const Transition* next_row(const Profile& profile, const GovernedRecord& record) {
  return next_transition(profile.lifecycle(record.kind), record.status, record.desired_status, record.health);
}

void look_again(ActivatorPlan& plan, Timestamp at) {
  plan.next_look = plan.next_look ? std::min(*plan.next_look, at) : at;
}

// What is missing of what the row needs; none: proven.
std::optional<Unproven> unproven(Needs needs, const Proof* proof) {
  if (needs == Needs::Nothing) return std::nullopt;
  return proof != nullptr ? proof->missing : Unproven::TrailNotKnown;
}

bool rests_on_health(const Transition& row) { return row.health != kAnyHealth; }

// What is missing of the judges behind the health that the row rests on. A backing of an earlier write is none.
std::optional<HeldRecord> held_by_judges(const ActivatorView& view, const Pubkey& key, const GovernedRecord& record,
                                         const Proof* proof) {
  if (proof == nullptr || proof->missing)
    return HeldRecord{record, proof == nullptr ? Unproven::TrailNotKnown : *proof->missing};
  const auto found = view.backings->find(key);
  if (found == view.backings->end() || !proof->health || found->second.write != *proof->health)
    return HeldRecord{record, Unproven::JudgesNotHeard};
  const auto& [write, missing, why] = found->second;
  return missing ? std::optional(HeldRecord{record, *missing, why}) : std::nullopt;
}

struct Step {
  Status to = Status::Pending;
  std::optional<Timestamp> not_before;
};

// The row's step, or the one that a staged undrain makes before it.
Step next_step(const Transition& row, const GovernedRecord& record, const Proof* proof, const StagedUndrain& staged) {
  if (!staged.on || record.kind != RecordKind::Link || row.needs != Needs::Undrain) return {row.to, std::nullopt};
  if (record.status == Status::HardDrained) return {Status::SoftDrained, std::nullopt};
  // Since when it is soft-drained is on the ledger: a restart does not make the wait longer.
  if (proof == nullptr || !proof->status_since) return {row.to, std::nullopt};
  return {row.to, *proof->status_since + staged.dwell};
}

}  // namespace

Needs needed_proof(const Profile& profile, const GovernedRecord& record) {
  const auto* row = next_row(profile, record);
  return row == nullptr ? Needs::Nothing : row->needs;
}

bool rests_on_health(const Profile& profile, const GovernedRecord& record) {
  const auto* row = next_row(profile, record);
  return row != nullptr && rests_on_health(*row);
}

ActivatorPlan plan_activator(const ActivatorView& view, Timestamp now) {
  ActivatorPlan plan;
  for (const auto& [key, record] : view.records) {
    const auto* row = next_row(view.profile, record);
    if (row == nullptr || view.busy.contains(key)) continue;
    const auto found = view.proofs.find(key);
    const auto* proof = found == view.proofs.end() ? nullptr : &found->second;
    if (const auto reason = unproven(row->needs, proof)) {
      plan.held.emplace(key, HeldRecord{record, *reason});
      continue;
    }
    if (view.backings != nullptr && rests_on_health(*row)) {
      if (auto held = held_by_judges(view, key, record, proof)) {
        plan.held.emplace(key, std::move(*held));
        continue;
      }
    }
    const auto step = next_step(*row, record, proof, view.staged);
    auto not_before = step.not_before.value_or(now);
    const auto setback = view.setbacks.find(key);
    if (setback != view.setbacks.end() && setback->second.seen == record)
      not_before = std::max(not_before, setback->second.not_before);
    if (now < not_before) {
      look_again(plan, not_before);
    } else {
      plan.changes.push_back({key, record, step.to});
    }
  }
  return plan;
}

Setback next_setback(const Setback* previous, const GovernedRecord& seen, Timestamp now) {
  constexpr Duration kFirst = std::chrono::seconds{1}, kLongest = std::chrono::minutes{5};
  const bool again = previous != nullptr && previous->seen == seen;
  const int failures = again ? previous->failures + 1 : 1;
  const auto wait = std::min<Duration>(kLongest, kFirst * (1 << std::min(failures - 1, 9)));
  return {seen, failures, now + wait};
}

}  // namespace dz::control
