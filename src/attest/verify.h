// Whether a bundle shows what it is said to show, step by step: signature, memo, instruction, account, policy, place in
// the log, minutes, judgement. The first step that does not hold is the last one, and says what differs. Pure; what
// each step proves and what it does not: docs/operating/trust.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attest/bundle.h"
#include "attest/statement.h"
#include "base/pubkey.h"
#include "transparency/note.h"

namespace dz::attest {

// What the verifier knows from elsewhere. What is left out is taken from the bundle, which then says only that it
// agrees with itself.
struct Expected {
  std::optional<Pubkey> monitor;                 // who may write health
  std::optional<Hash> genesis;                   // of the ledger
  std::optional<Pubkey> program;                 // serviceability
  std::vector<transparency::NoteKey> witnesses;  // each must have cosigned
};

struct VerifyStep {
  std::string_view part;  // "transaction", "memo", ...
  bool holds = false;
  std::string says;  // for people: what was found, or what differs
};

struct Verification {
  std::vector<VerifyStep> steps;
  std::optional<Statement> decision;  // none: it was not read
  bool holds() const { return !steps.empty() && steps.back().holds; }
};

// What the ledger says of the transaction: the step before those of a bundle, for who can ask it.
struct Landed {
  Slot slot;
  bool failed = false;
  std::optional<Timestamp> at;  // none: it did not say when
};
VerifyStep landed_step(const Landed& landed);

Verification verify(const Bundle& bundle, const Expected& expected = {});
// Only what a monitor recorded itself: whether account, minutes and policy are those of the statement, and lead to it
// once more. Transaction and log are not looked at.
Verification replay(const Bundle& bundle);
// Of a file; a text that is no bundle fails in the part that it is damaged in.
Verification verify_text(std::string_view text, const Expected& expected = {});

}  // namespace dz::attest
