#include "control/reset.h"

namespace dz::control {
namespace {

bool is_ready(Health health) { return health == Health::Healthy || health == Health::ReadyForLinks; }

constexpr verdict::Reset kProvisioning{Health::Pending, verdict::HealthReason::EntersProvisioning};

}  // namespace

std::optional<verdict::Reset> reset_for(const verdict::RecordMemory& before, Status status, DesiredStatus desired,
                                        Health health) {
  if (is_provisioning(status)) {
    if (before.seen && !is_provisioning(before.status)) return kProvisioning;
    const bool own = before.tried_health == health || (before.own_health == health && before.own_written);
    const bool foreign_stands = before.own_health && before.own_health != health;  // it is complained about instead
    return is_ready(health) && !own && !foreign_stands ? std::optional(kProvisioning) : std::nullopt;
  }
  if (!before.seen || status == Status::Activated) return std::nullopt;
  if (before.status == Status::Activated) return verdict::Reset{Health::Impaired, verdict::HealthReason::LeftService};
  if (before.desired_status != DesiredStatus::Activated && desired == DesiredStatus::Activated)
    return verdict::Reset{Health::Impaired, verdict::HealthReason::WantedAgain};
  return std::nullopt;
}

}  // namespace dz::control
