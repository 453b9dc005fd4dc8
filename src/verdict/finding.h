// One criterion judged: what was found, how far it is from met, and what would have to happen. Plain data without
// text; explain.h makes the sentences.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "verdict/criterion.h"
#include "verdict/record_tallies.h"

namespace dz::verdict {

// What has to happen before an unmet criterion can be met.
enum class ToDo : std::uint8_t {
  Nothing,        // it is met, or does not apply
  CleanMinutes,   // minutes without offence, up to Finding::earliest
  SourceAnswers,  // the source has to answer again
  DrainLink,      // record criteria: the contributor has to change the record
  DesireActivated,
  SetPublicIp,
  AddDzPrefix,
  SetMaxUsersZero,
  HardDrainDevice,
  ActivateDia,  // also device.dia_up without any candidate
  ActivateLinkPort,
  DrainOrActivateLink,  // device.link_up without any candidate
  QaWithoutFailure,     // the last failure has to leave the window
  QaRuns,               // more successes, or no gap so long
  LedgerTells,          // how long its slots take: until then the window is not known
};

struct QaCounts {
  int successes = 0, failures = 0;
  std::optional<Timestamp> last_failure;
  Duration longest_gap{};
  bool missed_run = false;  // a run took place in a gap that is too long
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
  bool stale = false;      // the watermark is older than max_staleness, or there is none
  bool no_window = false;  // it is not known over which minutes to judge: Assessment::window says why
  bool damped_failure = false;
  ToDo to_do = ToDo::Nothing;

  // Evidence criteria over minutes: the tally that decided, and of which signal and side. For criteria over
  // candidates: that of the candidate nearest to met (device.cyoa_up: farthest from it).
  evidence::Signal signal = evidence::Signal::Data;
  Side side = Side::None;
  bool has_tally = false;
  evidence::SignalTally tally;
  // First pass at which it would be met were every minute from now on good; set when it is not met, unless to_do
  // says what else has to happen. Over candidates: of the one that is first, and not before it.
  std::optional<Timestamp> earliest;

  // Criteria over candidates: index into DeviceTallies::dia, links or cyoa; -1 when there is none.
  int candidate = -1;
  int candidates = 0, candidates_met = 0;

  QaCounts qa;  // device.qa

  bool operator==(const Finding&) const = default;
};

}  // namespace dz::verdict
