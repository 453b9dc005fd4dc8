// The part of a link or device that decides what the activator does with it.
#pragma once

#include <map>

#include "base/pubkey.h"
#include "domain/profile.h"

namespace dz::control {

struct GovernedRecord {
  RecordKind kind = RecordKind::Link;
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  Health health = Health::Unknown;
  bool operator==(const GovernedRecord&) const = default;
};
using GovernedRecords = std::map<Pubkey, GovernedRecord>;

}  // namespace dz::control
