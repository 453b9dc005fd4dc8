// What a monitor remembers of one record between passes. The ledger has everything else. A value: the monitor keeps
// it beside the rings.
#pragma once

#include <optional>

#include "base/time.h"
#include "domain/words.h"
#include "verdict/health_table.h"

namespace dz::verdict {

// A health that is written before anything is judged (control/reset.h).
struct Reset {
  Health to = Health::Impaired;
  HealthReason reason = HealthReason::LeftService;
  bool operator==(const Reset&) const = default;
};

struct RecordMemory {
  // The present (status, desired_status) and when this process first saw it. When is not carried over a restart: a
  // start begins it anew, so that a change missed while down is never mistaken for an old one.
  bool seen = false;  // ever
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  std::optional<Timestamp> present_since;

  // The last pass at which the evidence judgement was met or not met; the first pass when it never was.
  std::optional<Timestamp> evidence_known_at;

  // The health this monitor last adopted or saw after writing it, and the one it has tried to write since.
  std::optional<Health> own_health;
  std::optional<Health> tried_health;

  // Where the ledger's program does not guard. own_written: own_health was written by this monitor, not adopted.
  bool own_written = false;
  std::optional<Reset> reset;  // due, or sent and not known to have landed
  bool reset_sent = false;     // sent since the last event that asked for it; not carried over a restart

  bool operator==(const RecordMemory&) const = default;
};

}  // namespace dz::verdict
