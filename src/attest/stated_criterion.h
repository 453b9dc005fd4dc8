// What is stated of a criterion that the judging code found, internal to attest/.
#pragma once

#include <optional>

#include "attest/statement.h"
#include "verdict/assessment.h"

namespace dz::attest {

// watermark: of the source of the criterion. window: of the health.
CriterionStatement stated_criterion(const verdict::Finding& finding, const std::optional<Minute>& watermark,
                                    const verdict::Policy& policy, const verdict::Window& window);

}  // namespace dz::attest
