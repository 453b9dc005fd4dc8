// The minutes behind the findings of an assessment, for pages and lists: read from the rings only when somebody asks.
#pragma once

#include <optional>
#include <vector>

#include "control/gather.h"
#include "verdict/page.h"

namespace dz::control {

struct MinuteSpan {
  Minute from, to;  // [from, to), at most kLongestWindow
};

// The record that is explained, and what was found about it.
struct Explained {
  const verdict::JudgedRecord& record;
  const verdict::Assessment& assessment;
  // Instead of the window that each finding was judged over: these minutes, as far as its source is complete.
  std::optional<MinuteSpan> span = {};
};

// One entry for each shown evidence criterion, in the order of the findings; over the window that it was judged over.
// Criteria over candidates give all signals of the candidate that their finding names.
std::vector<verdict::FindingMinutes> finding_minutes(const evidence::Evidence& evidence,
                                                     const verdict::AssessmentContext& context,
                                                     const Explained& explained, const LinkSubjects& subjects);
std::vector<verdict::FindingMinutes> finding_minutes(const evidence::Evidence& evidence,
                                                     const verdict::AssessmentContext& context,
                                                     const Explained& explained, const DeviceSubjects& subjects);

}  // namespace dz::control
