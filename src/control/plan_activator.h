// What the activator does next: pure. Records in, status writes, what is left alone and why, and the next time to look
// out.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "control/governed_record.h"
#include "control/provenance.h"

namespace dz::control {

// What the activator remembers of a record it could not move. A record that changed starts afresh.
struct Setback {
  GovernedRecord seen;
  int failures = 0;
  Timestamp not_before;
};

// Why a record that could move is not moved now.
using Setbacks = std::map<Pubkey, Setback>;

// What the trail of a record proves, for records whose next row needs it. A record that is missing here has a trail
// that is not known yet.
using Proofs = std::map<Pubkey, Proof>;

// What is known of the judges behind a write of health.
struct Backing {
  HealthWrite write;
  std::optional<Unproven> missing = Unproven::JudgesNotHeard;  // none: as many as are asked for hold it
  std::string why;                                             // for people; empty: nothing to say
};
using Backings = std::map<Pubkey, Backing>;

// A link that comes back is first soft-drained for a while and then activated.
struct StagedUndrain {
  bool on = false;
  Duration dwell = std::chrono::minutes{10};
};

struct StatusChange {
  Pubkey key;
  GovernedRecord before;
  Status to = Status::Pending;
  bool operator==(const StatusChange&) const = default;
};

// A record that its lifecycle would move, left alone because what the row needs is not proven.
struct HeldRecord {
  GovernedRecord record;
  Unproven reason = Unproven::TrailNotKnown;
  std::string why = {};  // more of it, where there is more
  bool operator==(const HeldRecord&) const = default;
};

struct ActivatorPlan {
  std::vector<StatusChange> changes;  // ordered by key
  std::map<Pubkey, HeldRecord> held;
  std::optional<Timestamp> next_look;  // the first wait to end; none: when something changes
};

// Everything a plan is made from; what it refers to outlives the call.
struct ActivatorView {
  const Profile& profile;
  const GovernedRecords& records;
  const Proofs& proofs;
  const Setbacks& setbacks;
  const std::map<Pubkey, Status>& busy;  // have a transaction whose outcome is not known yet: they are left alone
  StagedUndrain staged;
  const Backings* backings = nullptr;  // null: health is acted on whatever other judges hold
};

ActivatorPlan plan_activator(const ActivatorView& view, Timestamp now);

// What has to be proven before the record is moved; Nothing also when it is not moved at all.
Needs needed_proof(const Profile& profile, const GovernedRecord& record);
// Whether the record is moved because it is healthy: what moves it at any health is what somebody wants, and rests on
// no judgement.
bool rests_on_health(const Profile& profile, const GovernedRecord& record);

// A ledger that refused a move may refuse it again: wait 1 s, 2 s, 4 s ... 5 min, unless the record changes.
Setback next_setback(const Setback* previous, const GovernedRecord& seen, Timestamp now);

}  // namespace dz::control
