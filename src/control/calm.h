// Which records a pass may leave alone. All of them, but those to which something happened, while no minute closed and
// nothing else that all are judged on changed. And while minutes close, calm records: one is calm when it is healthy
// on windows without a single bad or unobserved minute; nothing can change its verdict but a minute that is not good,
// an older minute that changes, its record, the policy, or the sources. A device is calm with all its links: when one
// of them is judged again, so is the device. Of QA it needs results, so it is calm until these are too few or too old.
// Leaving a record alone saves time and nothing else: the verdict is the one a full pass gives
// (calm_test.cpp and standing_verdicts_test.cpp compare the two).
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
  std::uint32_t rewrites = 0;  // of all its subjects together, when it was judged
  // Of a device: it is asked for QA, and what is known is enough up to this watermark. None: nobody's results count.
  std::optional<Timestamp> qa_until;
  bool without_qa = false;  // nothing is known of any QA, and nothing is to be
};
// After judging. Records with added criteria are always judged again. What a source says does not count while it does
// not answer. A device: after its links, in the same pass.
CalmMark calm_mark(const evidence::Evidence& evidence, const LinkSubjects& link, const verdict::Assessment& judged,
                   const Ground& now);
CalmMark calm_mark(const evidence::Evidence& evidence, const DeviceSubjects& device, const verdict::Assessment& judged,
                   const Ground& now);
// The grounds of the last pass and of this one; only_time_passed(before, now) must be true.
struct Grounds {
  const Ground& before;
  const Ground& now;
};
// The mark must have held in the last pass; that of a device falls when one of its links was judged since.
bool stays_calm(const evidence::Evidence& evidence, const LinkSubjects& link, const CalmMark& mark,
                const Grounds& grounds);
bool stays_calm(const evidence::Evidence& evidence, const DeviceSubjects& device, const CalmMark& mark,
                const Grounds& grounds);

}  // namespace dz::control
