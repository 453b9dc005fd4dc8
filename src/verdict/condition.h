// The condition of a record: what people ask first. Is it failing now, or clean and on its way back, and when does it
// return? Is it held by a person, or does it wait for something that time does not bring? Computed from an assessment;
// docs/operating/monitor.md has its members in the API.
#pragma once

#include <optional>
#include <string_view>

#include "verdict/assessment.h"

namespace dz::verdict {

enum class ConditionState : std::uint8_t {
  Good,         // healthy, or every enforced criterion that its state asks for is met
  Failing,      // an enforced evidence criterion is not met, and bad in the newest closed minute of its source
  Recovering,   // bad minutes stand in a window; its newest closed minute is good
  Collecting,   // a window is not full of observed minutes yet, or the newest of one with bad minutes is not observed
  Held,         // the evidence is met; a person's drain or a record criterion holds it
  NeedsAction,  // somebody has to do something before time can help
};
std::string_view to_text(ConditionState state);  // "good", "needs-action", ...

// Who has to do what is to be done.
enum class Who : std::uint8_t { Contributor, Foundation, Operator };
std::string_view to_text(Who who);                    // "contributor", "foundation", "operator" (of the monitor)
std::optional<Who> who_does(const Finding& finding);  // none: nothing has to be done, but to wait

enum class HeldWhat : std::uint8_t { Drain, Record };
std::string_view to_text(HeldWhat what);  // "drain", "record"

struct Condition {
  ConditionState state = ConditionState::Good;
  // Failing: the first bad minute of the present run; none when it is older than the window. Recovering: the first
  // minute after the last bad one.
  std::optional<Timestamp> since;
  // Recovering and collecting: the first pass that finds it healthy. None where waiting alone does not bring that.
  std::optional<Timestamp> returns_at;
  std::optional<CriterionId> criterion;  // that decides: what needs a hand first, then what takes longest
  // What a person or the record holds it by, in whatever state; the criterion only of a record.
  struct HeldBy {
    HeldWhat what = HeldWhat::Drain;
    std::optional<CriterionId> criterion;
    bool operator==(const HeldBy&) const = default;
  };
  std::optional<HeldBy> held_by;
  // Who has to act, on account of `needs_criterion`; of a drain there is no criterion.
  std::optional<Who> needs;
  std::optional<CriterionId> needs_criterion;

  bool operator==(const Condition&) const = default;
};

Condition condition_of(const Assessment& assessment);

// Of the findings that count, the one that time alone does not bring, or else the one that takes longest; the first of
// equals, null without any.
const Finding* leading(const Assessment& assessment, bool (*counts)(const Finding&));

}  // namespace dz::verdict
