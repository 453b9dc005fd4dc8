// What a monitor remembers of one record between passes. The ledger has everything else. A value: the monitor keeps
// it beside the rings.
#pragma once

#include <optional>

#include "base/time.h"
#include "domain/words.h"

namespace dz {

struct RecordMemory {
  // The present (status, desired_status) and when this process first saw it. Not carried over a restart: a start
  // begins it anew, so that a change missed while down is never mistaken for an old one.
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  std::optional<Timestamp> present_since;

  // The last pass at which E was met or not met; from the first pass on when it never was.
  std::optional<Timestamp> e_known_at;

  // The health this monitor last adopted or saw after writing it, and the one it has tried to write since.
  std::optional<Health> own_health;
  std::optional<Health> tried_health;

  bool operator==(const RecordMemory&) const = default;
};

}  // namespace dz
