// Whether what a statement says is held by k judges, for one who has only the statement and the judges' keys: the
// activator before it acts on a healthy record. It believes nobody who writes health: a stolen health key makes
// statements, and not the signatures of judges.
#pragma once

#include "quorum/agreement.h"

namespace dz::quorum {

inline constexpr std::size_t kMostOpinions = 64;  // of one statement

inline constexpr Duration kLongestWay = std::chrono::minutes{5};  // from the judgement to the ledger

// What a statement says, when it was judged, and the opinions that it carries; what the ledger tells of its
// transaction.
struct Claim {
  Matter matter;
  Timestamp judged_at;
  std::span<const SignedOpinion> opinions;
  std::optional<Timestamp> landed_at;   // none: the ledger does not tell
  std::optional<Timestamp> changed_at;  // of what was written to the record before it; none: nothing, or not told
};

// How many judges held it. Refused: fewer than k known judges held just this within two minutes of the judgement, over minutes that end about
// together; the message says how many did, and why the others do not count. Or the statement is an old one, written
// once more: judged before the record changed, or long before it landed.
Result<std::size_t> check_claim(const Claim& claim, const Rules& rules);

}  // namespace dz::quorum
