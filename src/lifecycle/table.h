// The RFC's lifecycle of links and devices, as the program that guards it applies it. Its rows, and those of other
// profiles, are data of the profile (domain/profile_rfc.cpp); docs/state-machine.md shows them.
#pragma once

#include <optional>
#include <string>

#include "domain/profile.h"

namespace dz::lifecycle {

// Of the RFC's table. Nothing when the record stays as it is.
inline std::optional<Status> next_status(Status status, DesiredStatus desired, Health health) {
  const auto* row = next_transition(rfc_profile().link_lifecycle, status, desired, health);
  return row == nullptr ? std::nullopt : std::optional(row->to);
}

// The record can be deleted: it is out of service, or was never in it.
inline const WordSet<Status> kDeletable = rfc_profile().link_deletable;
// The record was never in service: either side may delete it.
inline constexpr WordSet<Status> kNeverInService{Status::Requested, Status::Pending, Status::Rejected};
// The states between which people and the activator move a record.
inline constexpr WordSet<Status> kInService{Status::Activated, Status::SoftDrained, Status::HardDrained};

// docs/state-machine.md, whole.
std::string render_state_machine();

}  // namespace dz::lifecycle
