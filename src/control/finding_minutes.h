// The minutes behind the findings of an assessment, for pages and lists: read from the store only when somebody asks.
#pragma once

#include <vector>

#include "control/gather.h"
#include "verdict/page.h"

namespace dz {

// One entry a shown evidence criterion, in the order of the findings; over the window that it was judged over. Criteria
// over candidates give all signals of the candidate that their finding names.
std::vector<FindingMinutes> finding_minutes(const EvidenceStore& store, const AssessmentContext& context,
                                            const Subject& subject, const LinkSubjects& subjects,
                                            const Assessment& assessment);
std::vector<FindingMinutes> finding_minutes(const EvidenceStore& store, const AssessmentContext& context,
                                            const Subject& subject, const DeviceSubjects& subjects,
                                            const Assessment& assessment);

}  // namespace dz
