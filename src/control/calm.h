// Which records a pass may leave alone. All of them, but those to which something happened, while no minute closed and
// nothing else that all are judged on changed. And while minutes close, calm links: a link is calm when it is healthy
// on windows without a single bad or unobserved minute; nothing can change its verdict but a minute that is not good,
// an older minute that changes, its record, the policy, or the sources. Leaving a record alone saves time and nothing
// else: the verdict is the one a full pass gives (plan_monitor_test.cpp compares the two).
#pragma once

#include <array>
#include <optional>

#include "control/gather.h"
#include "control/monitor_inputs.h"
#include "verdict/assessment.h"

namespace dz::control {

// What every record of a pass is judged on besides its own evidence.
struct Ground {
  verdict::Policy policy;
  WriteMode mode = WriteMode::Write;
  bool writable = false;
  std::uint32_t disputed_sources = 0;
  std::optional<Timestamp> read_since;               // the ledger
  std::map<evidence::Source, std::string> troubles;  // what is known of sources that do not answer
  struct SourceGround {
    bool fresh = false;  // it answered, at most max_staleness ago
    std::optional<Minute> watermark;
    Minute due;  // through here it would be complete now, if it were in time
  };
  std::array<SourceGround, evidence::kSourceCount> sources;
  std::uint64_t answers_revision = 0;  // of the evidence

  const SourceGround& of(evidence::Source s) const { return sources[static_cast<std::size_t>(s)]; }
};
Ground ground_of(const verdict::AssessmentContext& context, const MonitorInputs& inputs);
// Fresh sources may have moved on; nothing else changed.
bool only_time_passed(const Ground& before, const Ground& now);
// Nor did they, and no closed minute changed: to whom nothing happened, of him nothing is new.
bool no_minute_passed(const Ground& before, const Ground& now);

struct CalmMark {
  bool holds = false;
  std::array<std::uint32_t, 4> rewrites{};  // of a, z, az, za when it was judged
};
// After judging. Links with added criteria are always judged again. Probes do not count while their source does not
// answer.
CalmMark calm_mark(const evidence::Evidence& evidence, const LinkSubjects& link, const verdict::Assessment& judged,
                   const Ground& now);
// The grounds of the last pass and of this one; only_time_passed(before, now) must be true.
struct Grounds {
  const Ground& before;
  const Ground& now;
};
// The mark must have held in the last pass.
bool stays_calm(const evidence::Evidence& evidence, const LinkSubjects& link, const CalmMark& mark,
                const Grounds& grounds);

}  // namespace dz::control
