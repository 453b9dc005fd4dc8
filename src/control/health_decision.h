// From a verdict to what is written: what the memory notes of a record before it is judged, and what follows from the
// assessment after.
#pragma once

#include <optional>

#include "control/alarms.h"
#include "control/governed_record.h"
#include "control/monitor_inputs.h"
#include "verdict/assessment.h"
#include "verdict/memory.h"

namespace dz::control {

struct HealthChange {
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  Health from = Health::Unknown, to = Health::Unknown;
  verdict::HealthReason reason = verdict::HealthReason::FirstSight;  // report_record() has the criteria
  bool reset = false;  // written before the record is judged; `from` may be the same
  bool operator==(const HealthChange&) const = default;
};

// A record as this pass read it from the ledger.
struct SeenRecord {
  const Pubkey& key;
  GovernedRecord record;
};

// Before the record is judged: brings the memory up to what the ledger shows now.
void observe(const SeenRecord& seen, const MonitorInputs& inputs, verdict::RecordMemory& memory);

struct Decision {
  std::optional<HealthChange> change;
  std::optional<MonitorAlarm> alarm;
  std::optional<Timestamp> look_again;  // a record is healthy without evidence for so long only
  // Somebody else's health stands against the verdict. None while a write or a reset is pending: it was not asked.
  std::optional<bool> disagreement;
};

// After the record is judged: the change that is planned, unless somebody else's health stands against it. Counts the
// change as tried when inputs.writable().
Decision decide(const SeenRecord& seen, const MonitorInputs& inputs, const verdict::Assessment& assessment,
                verdict::RecordMemory& memory);

}  // namespace dz::control
