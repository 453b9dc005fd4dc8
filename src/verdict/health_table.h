// The health table: what a record's health becomes, from its present health and what the evidence says. The only
// place where health is decided; everything not in a row stays as it is.
//
//   health    | status not activated                             | status activated
//   unknown   | pending                                          | pending
//   pending   | evidence and record met: healthy (stay rule)     | evidence met: healthy; damped: impaired
//             | links' evidence and record met:                  |
//             |   ready-for-links (stay rule)                    |
//   ready-    | evidence and record met: healthy (stay rule)     | as pending
//   for-links | links' evidence not met, or unknown beyond       |
//             |   max_hold: impaired                             |
//   healthy   | evidence not met, or unknown beyond max_hold:    | damped: impaired
//             |   impaired                                       |
//   impaired  | evidence met: healthy (stay rule)                | evidence met: healthy
//             | links' evidence and record met:                  |
//             |   ready-for-links (stay rule)                    |
//
// "evidence" and "record" are the judgements of all enforced criteria of these kinds together; "links'"
// ones those of the criteria that ready-for-links asks of a device. Links, and devices of a network without stages,
// have no ready-for-links. "damped" is a damped failure: so many bad minutes that traffic has to leave.
#pragma once

#include <cstdint>
#include <string_view>

#include "domain/words.h"

namespace dz::verdict {

// What became of one criterion, or of all enforced criteria of a kind together.
enum class Judgement : std::uint8_t { Met, NotMet, Unknown, NotApplicable };
std::string_view to_text(Judgement judgement);  // "met", "not met", "unknown", "not applicable"

struct HealthInputs {
  Health health = Health::Unknown;
  bool activated = false;
  Judgement evidence_judgement = Judgement::Unknown;  // enforced evidence criteria; never NotApplicable
  Judgement record_judgement = Judgement::Unknown;    // enforced record criteria; never NotApplicable
  bool damped_failure = false;
  bool held_too_long = false;  // the evidence judgement is unknown for longer than max_hold
  bool stayed = false;         // the stay rule: every minute window holds a whole minute of the present state
  bool stages = false;         // a device that is ready for links before it is healthy
  // With stages: the same of the criteria that ready-for-links asks for. In ready-for-links held_too_long speaks of
  // these.
  Judgement links_evidence_judgement = Judgement::Unknown;
  Judgement links_record_judgement = Judgement::Unknown;
};

// Which cell of the table spoke, and why it went that way.
enum class HealthReason : std::uint8_t {
  FirstSight,           // unknown -> pending
  PendingEvidence,      // stays pending: the evidence is not met, or unknown
  PendingRecord,        // stays pending: the evidence is met, the record is not
  PendingStay,          // stays pending: both are met, the stay rule is not
  BecameHealthy,        // pending -> healthy
  DampedFailure,        // activated: pending or healthy -> impaired
  StaysHealthy,         // the evidence is met
  ToleratedFailure,     // activated, stays healthy: the evidence is not met, yet it is no damped failure
  HeldWithoutEvidence,  // stays healthy or ready-for-links: its evidence is unknown (not activated: up to max_hold)
  BadEvidence,          // drained: healthy or ready-for-links -> impaired
  HoldExpired,          // drained: healthy or ready-for-links -> impaired
  ImpairedEvidence,     // stays impaired: the evidence is not met, or unknown
  ImpairedStay,         // stays impaired: the evidence is met, the stay rule is not
  Recovered,            // impaired -> healthy
  BecameReadyForLinks,  // pending or impaired -> ready-for-links
  AwaitsLinks,          // stays ready-for-links: its own evidence is met, that for users or the record is not
  // Not from the table: what a monitor writes before it judges where the ledger's program does not guard
  // (control/reset.h).
  LeftService,         // -> impaired
  WantedAgain,         // -> impaired
  EntersProvisioning,  // -> pending
};
inline constexpr std::size_t kTableReasonCount = 16;
std::string_view to_text(HealthReason reason);  // "first-sight", "pending-evidence", ...

struct HealthOutcome {
  Health health;
  HealthReason reason;
  bool operator==(const HealthOutcome&) const = default;
};

HealthOutcome next_health(const HealthInputs& in);

}  // namespace dz::verdict
