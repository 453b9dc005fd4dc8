// One criterion judged: what was found, how far it is from met, and what would have to happen. Plain data without
// text; explain.h makes the sentences.
#pragma once

#include <optional>
#include <string_view>

#include "verdict/criterion.h"
#include "verdict/record_tallies.h"

namespace dz::verdict {

struct QaCounts {
  int successes = 0, failures = 0;
  std::optional<Timestamp> last_failure;
  std::optional<Timestamp> last_success;
  std::optional<Timestamp> failing_since;  // the first of the failures that nothing has passed after
  Duration longest_gap{};
  bool missed_run = false;  // a run took place in a gap that is too long
  // Met: the last watermark at which it is, if no more results come.
  std::optional<Timestamp> enough_until;
  bool operator==(const QaCounts&) const = default;
};

struct Finding {
  CriterionId id{};
  std::string_view name;         // of the criterion; the policy keeps it
  std::string_view source_name;  // of evidence: where it comes from
  Mode mode = Mode::Enforce;
  Stage stage = Stage::ReadyForLinks;
  Judgement judgement = Judgement::Unknown;
  bool gates = false;      // enforced, and read by the row of the health table that applies
  bool not_asked = false;  // of the record, and asked on the way into service only
  bool stale = false;      // the watermark is older than max_staleness, or there is none
  bool no_window = false;  // it is not known over which minutes to judge: Assessment::window says why
  bool damped_failure = false;
  bool clean =
      false;  // met, and without a bad or unobserved minute: of all candidates, where there are some; not of QA
  ToDo to_do = ToDo::Nothing;

  // Evidence criteria over minutes: the tally that decided, and of which signal and side. For criteria over
  // candidates: that of the candidate nearest to met (of CYOA interfaces: farthest from it).
  evidence::Signal signal = evidence::Signal::Data;
  Side side = Side::None;
  bool has_tally = false;
  evidence::SignalTally tally;
  // First pass at which it would be met were every minute from now on good; set when to_do is CleanMinutes, for then
  // the time stands still. Over candidates: of the one that is first, and not before it.
  std::optional<Timestamp> earliest;

  // Criteria over candidates: index into DeviceTallies::dia, links or cyoa; -1 when there is none.
  int candidate = -1;
  int candidates = 0, candidates_met = 0;

  QaCounts qa;  // device.qa

  bool operator==(const Finding&) const = default;
};

inline bool is_evidence(const Finding& f) { return criterion(f.id).kind == CriterionKind::Evidence; }
// It gates, and is not met.
inline bool is_open(const Finding& f) {
  return f.gates && f.judgement != Judgement::Met && f.judgement != Judgement::NotApplicable;
}

// Bad in the newest closed minute, or the last QA failed.
bool is_failing(const Finding& finding);
// It was bad, and is not any more.
bool is_recovering(const Finding& finding);

}  // namespace dz::verdict
