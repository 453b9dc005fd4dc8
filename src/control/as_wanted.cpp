#include "control/as_wanted.h"

namespace dz::control {

std::string_view to_text(NotAsWanted why) {
  switch (why) {
    case NotAsWanted::UnhealthyInService: return "unhealthy-in-service";
    case NotAsWanted::HealthDisagreement: return "health-disagreement";
    case NotAsWanted::StatusDue: return "status-due";
    case NotAsWanted::HealthDue: return "health-due";
    case NotAsWanted::NotInService: return "not-in-service";
  }
  return {};
}

std::optional<NotAsWanted> not_as_wanted(const Profile& profile, const GovernedRecord& record,
                                         const RecordVerdict& verdict) {
  const auto& [kind, status, desired, health] = record;
  if (status == Status::Activated && health != Health::Healthy) return NotAsWanted::UnhealthyInService;
  if (verdict.disagreement) return NotAsWanted::HealthDisagreement;
  if (next_transition(profile.lifecycle(kind), status, desired, health) != nullptr) return NotAsWanted::StatusDue;
  if (verdict.verdict != health) return NotAsWanted::HealthDue;
  if (desired == DesiredStatus::Activated && status != Status::Activated) return NotAsWanted::NotInService;
  return std::nullopt;
}

}  // namespace dz::control
