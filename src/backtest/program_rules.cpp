#include "backtest/program_rules.h"

namespace dz::backtest {

using lifecycle::LifecycleState;

std::optional<Status> ProgramRules::next(RecordKind kind, const LifecycleState& state) const {
  const auto* row = next_transition(profile_->lifecycle(kind), state.status, state.desired_status, state.health);
  return row == nullptr ? std::nullopt : std::optional(row->to);
}

bool ProgramRules::by_table(RecordKind kind, const LifecycleState& before, const LifecycleState& after) const {
  for (const auto desired : {before.desired_status, after.desired_status}) {
    for (const auto health : {before.health, after.health}) {
      auto between = before;
      between.desired_status = desired;
      between.health = health;
      if (next(kind, between) == after.status) return true;
    }
  }
  return false;
}

bool ProgramRules::impaired_by_program(const LifecycleState& before, const LifecycleState& after) const {
  if (!guards_ || after.health != Health::Impaired) return false;
  const bool left = before.status == Status::Activated && after.status != Status::Activated;
  const bool asked = before.desired_status != DesiredStatus::Activated &&
                     after.desired_status == DesiredStatus::Activated && after.status != Status::Activated;
  return left || asked;
}

LifecycleState ProgramRules::written(const LifecycleState& before, const lifecycle::LifecycleWrite& write,
                                     const lifecycle::Roles& roles) const {
  if (guards_) {
    if (const auto after = apply_write(before, write, roles)) return *after;
  }
  auto after = before;  // between words that are not in service, as when side Z accepts
  if (write.status) after.status = *write.status;
  if (!guards_ && write.desired_status) after.desired_status = *write.desired_status;
  return after;
}

}  // namespace dz::backtest
