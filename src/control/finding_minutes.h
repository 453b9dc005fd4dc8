// The minutes behind the findings of an assessment, for pages and lists: read from the store only when somebody asks.
#pragma once

#include <vector>

#include "control/gather.h"
#include "verdict/page.h"

namespace dz::control {

// One entry a shown evidence criterion, in the order of the findings; over the window that it was judged over. Criteria
// over candidates give all signals of the candidate that their finding names.
std::vector<verdict::FindingMinutes> finding_minutes(const evidence::Evidence& evidence,
                                                     const verdict::AssessmentContext& context,
                                                     const verdict::Subject& subject, const LinkSubjects& subjects,
                                                     const verdict::Assessment& assessment);
std::vector<verdict::FindingMinutes> finding_minutes(const evidence::Evidence& evidence,
                                                     const verdict::AssessmentContext& context,
                                                     const verdict::Subject& subject, const DeviceSubjects& subjects,
                                                     const verdict::Assessment& assessment);

}  // namespace dz::control
