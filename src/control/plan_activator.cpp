#include "control/plan_activator.h"

#include <algorithm>

#include "lifecycle/table.h"

namespace dz {

ActivatorPlan plan_activator(const GovernedRecords& records, const Setbacks& setbacks,
                             const std::map<Pubkey, Status>& busy, Timestamp now) {
  ActivatorPlan plan;
  for (const auto& [key, record] : records) {
    const auto to = next_status(record.status, record.desired_status, record.health);
    if (!to || busy.contains(key)) continue;
    const auto setback = setbacks.find(key);
    if (setback != setbacks.end() && setback->second.seen == record && now < setback->second.not_before) {
      const auto ends = setback->second.not_before;
      plan.next_look = plan.next_look ? std::min(*plan.next_look, ends) : ends;
      continue;
    }
    plan.changes.push_back({key, record, *to});
  }
  return plan;
}

Setback next_setback(const Setback* previous, const GovernedRecord& seen, Timestamp now) {
  constexpr Duration kFirst = std::chrono::seconds{1}, kLongest = std::chrono::minutes{5};
  const bool again = previous != nullptr && previous->seen == seen;
  const int failures = again ? previous->failures + 1 : 1;
  const auto wait = std::min<Duration>(kLongest, kFirst * (1 << std::min(failures - 1, 9)));
  return {seen, failures, now + wait};
}

}  // namespace dz
