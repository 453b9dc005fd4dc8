// The health table: what a record's health becomes, from its present health and what the evidence says. The only
// place where health is decided; everything not in a row stays as it is.
//
//   health   | status not activated                                     | status activated
//   unknown  | pending                                                  | pending
//   pending  | E met and R met: healthy (stay rule);                    | E met: healthy; D: impaired
//            |   e met and r met: ready-for-links (stay rule)           |
//   ready-   | E met and R met: healthy (stay rule);                    | as pending
//   for-links|   e not met: impaired; e unknown beyond max_hold: impaired |
//   healthy  | E not met: impaired; E unknown beyond max_hold: impaired | D: impaired
//   impaired | E met: healthy (stay rule);                              | E met: healthy
//            |   e met and r met: ready-for-links (stay rule)           |
//
// E and R are all enforced criteria; e and r those of a device that ready-for-links asks for. Links, and devices of a
// network without stages, have no ready-for-links.
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
  Judgement e = Judgement::Unknown;  // enforced evidence criteria; never NotApplicable
  Judgement r = Judgement::Unknown;  // enforced record criteria; never NotApplicable
  bool damped_failure = false;       // D
  bool held_too_long = false;        // E unknown longer than max_hold
  bool stayed = false;               // the stay rule: every minute window holds a whole minute of the present state
  bool stages = false;               // a device that is ready for links before it is healthy
  // With stages: e and r. In ready-for-links held_too_long speaks of e.
  Judgement links_e = Judgement::Unknown, links_r = Judgement::Unknown;
};

// Which cell of the table spoke, and why it went that way.
enum class HealthReason : std::uint8_t {
  FirstSight,           // unknown -> pending
  PendingEvidence,      // stays pending: E is not met, or unknown
  PendingRecord,        // stays pending: E is met, R is not
  PendingStay,          // stays pending: E and R are met, the stay rule is not
  BecameHealthy,        // pending -> healthy
  DampedFailure,        // activated: pending or healthy -> impaired
  StaysHealthy,         // E is met
  ToleratedFailure,     // activated, stays healthy: E is not met, D is not reached
  HeldWithoutEvidence,  // stays healthy or ready-for-links: E, or e, is unknown (not activated: for at most max_hold)
  BadEvidence,          // drained: healthy or ready-for-links -> impaired
  HoldExpired,          // drained: healthy or ready-for-links -> impaired
  ImpairedEvidence,     // stays impaired: E is not met, or unknown
  ImpairedStay,         // stays impaired: E is met, the stay rule is not
  Recovered,            // impaired -> healthy
  BecameReadyForLinks,  // pending or impaired -> ready-for-links
  AwaitsLinks,          // stays ready-for-links: e is met, E or R is not
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
