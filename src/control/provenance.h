// Whether the trail of a record (what the ledger keeps of its transactions) proves what a row of the lifecycle needs,
// on a ledger whose program keeps neither intent nor evidence honest: there a drain by hand leaves desired_status
// activated, and health is forced to ready at creation. Pure: the trail, its newest part or all of it, and the record
// as it is now.
//
// Undrain holds when the trail shows, in this order,
//   1. a write of a drained status, and no other drained status written after it;
//   2. desired_status written from a drained value to activated, and activated ever since (the drained value may have
//      been written before 1, or with it);
//   3. a health that is not ready, written by a health authority;
//   4. a ready health, written by a health authority, and only ready ones since.
// A judgement from before the undrain that lands after it is thus no evidence: nothing not ready came between.
// A drained status that is written anew while the record is drained is a new drain. Only the activator's own step from
// hard-drained to soft-drained on the way back (a staged undrain) is none.
//
// OwnHealth holds when the last write of health was a health authority's and came after the record entered its
// provisioning; what the program gave at creation is nobody's judgement. Device-provisioning to link-provisioning is a
// step within.
//
// Of a trail that is not whole, everything from 1 on has to be there, and what desired_status was before the write of
// 2. For OwnHealth the last write of health is enough: had the record entered provisioning after it, that would be in
// the newer part. Nothing is taken for granted of the missing part; when it could decide, needs_older says so.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "control/governed_record.h"
#include "domain/record_event.h"

namespace dz::control {

enum class Unproven : std::uint8_t {
  TrailNotKnown,         // not read yet, or it does not agree with the record as it was read
  TrailTooShort,         // the ledger does not keep enough of it
  TransactionNotShown,   // the ledger lists a transaction and does not show it; what came after it does not decide
  DrainedByHand,         // nobody asked for its return since it was drained
  AwaitsJudgement,       // its return was asked for, or it entered provisioning, and was not judged since
  HealthNotByAuthority,  // forced by the program, or written by somebody else
  JudgesNotHeard,        // what is stated behind its health is not known yet
  TooFewJudges,          // what is stated behind its health is not held by as many as are asked for
};
std::string_view to_text(Unproven reason);  // "drained by hand"

// The write of health that stands.
struct HealthWrite {
  std::string transaction;                           // its signature
  std::optional<std::array<std::uint8_t, 32>> root;  // over the statements that it makes true; none: it has none
  std::optional<Timestamp> landed_at;                // none: the ledger did not say
  std::optional<Timestamp> changed_at;               // of the write before it, of whatever; none: likewise, or no such
  bool operator==(const HealthWrite&) const = default;
};

struct Proof {
  std::optional<Unproven> missing = Unproven::TrailNotKnown;  // none: proven
  // An older part of the trail may prove it: ask again when it was read. Otherwise the answer is final for this trail.
  bool needs_older = false;
  std::optional<Timestamp> status_since;   // when the status was written last, as far as the trail tells
  std::optional<HealthWrite> health = {};  // of prove_with_health()
  bool proven() const { return !missing; }
};

// Who is believed.
struct Witnesses {
  std::set<Pubkey> health_authorities;
  Pubkey activator;  // whose own steps of a staged undrain are no drains by hand
};

Proof prove(Needs needs, const RecordEvents& trail, const GovernedRecord& record, const Witnesses& witnesses);
// Besides, which write gave the health that the record has, and when the record was written to before that: without
// both nothing is proven.
Proof prove_with_health(Needs needs, const RecordEvents& trail, const GovernedRecord& record,
                        const Witnesses& witnesses);

}  // namespace dz::control
