// A statement judged once more by the code that judges for the monitor (verdict/), from nothing but its account, its
// minutes and its policy: whoever has these finds what the monitor found, or where it did not. Pure.
//
// What rests on other accounts or other minutes than these is taken as stated, and docs/operating/trust.md lists it: of
// several candidates those that did not decide, and whether a device has a link whose port is up.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attest/minutes.h"
#include "attest/statement.h"
#include "verdict/assessment.h"

namespace dz::attest {

// What a statement rests on, once the hashes in it are known to be theirs.
struct Grounds {
  ByteView account;
  std::span<const MinutesLeaf> minutes;
  const verdict::Policy& policy;  // outlives the assessment
};

// What the judging code finds. Refused: minutes that do not belong to the account, the policy or the watermarks stated.
Result<verdict::Assessment> rejudge(const Statement& statement, const Grounds& grounds);

// The statement with everything in it that was found as it was found, and what is taken as stated: the same bytes,
// where the monitor judged the same.
Statement restated(const Statement& statement, const verdict::Policy& policy, const verdict::Assessment& found);

// The first thing that the statement says differently, as "link.a.errors: expected ..., the statement says ..."; empty:
// they agree, in every byte.
std::string first_difference(const Statement& statement, const verdict::Policy& policy,
                             const verdict::Assessment& found);

}  // namespace dz::attest
