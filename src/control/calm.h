// Which links a pass may leave alone. A link is calm when it is healthy on windows without a single bad or unobserved
// minute; nothing can change its verdict but a minute that is not good, an older minute that changes, its record, the
// policy, or the sources. Leaving it alone saves time and nothing else: the verdict is the one a full pass gives
// (plan_monitor_test.cpp compares the two).
#pragma once

#include <array>
#include <optional>

#include "control/gather.h"
#include "verdict/assessment.h"

namespace dz::control {

// What every record of a pass is judged on besides its own evidence.
struct Ground {
  verdict::Policy policy;
  bool writable = false;
  struct SourceGround {
    bool fresh = false;  // it answered, at most max_staleness ago
    std::optional<Minute> watermark;
  };
  std::array<SourceGround, evidence::kSourceCount> sources;

  const SourceGround& of(evidence::Source s) const { return sources[static_cast<std::size_t>(s)]; }
};
Ground ground_of(const verdict::AssessmentContext& context, bool writable);
// Fresh sources may have moved on; nothing else changed.
bool only_time_passed(const Ground& before, const Ground& now);

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
