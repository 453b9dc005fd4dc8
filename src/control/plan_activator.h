// What the activator does next: pure. Records in, status writes and the next time to look out.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "control/governed_record.h"

namespace dz {

// What the activator remembers of a record it could not move. A record that changed starts afresh.
struct Setback {
  GovernedRecord seen;
  int failures = 0;
  Timestamp not_before;
};

// Why a record that could move is not moved now.
using Setbacks = std::map<Pubkey, Setback>;

struct StatusChange {
  Pubkey key;
  GovernedRecord before;
  Status to = Status::Pending;
  bool operator==(const StatusChange&) const = default;
};

struct ActivatorPlan {
  std::vector<StatusChange> changes;   // ordered by key
  std::optional<Timestamp> next_look;  // the first setback to end; none: when something changes
};

// `busy` keys have a transaction whose outcome is not known yet: they are left alone.
ActivatorPlan plan_activator(const GovernedRecords& records, const Setbacks& setbacks,
                             const std::map<Pubkey, Status>& busy, Timestamp now);

// A ledger that refused a move may refuse it again: wait 1 s, 2 s, 4 s ... 5 min, unless the record changes.
Setback next_setback(const Setback* previous, const GovernedRecord& seen, Timestamp now);

}  // namespace dz
