#include "control/activator_watch.h"

#include <utility>

namespace dz::control {

void ActivatorWatch::look(const Profile& profile, const GovernedRecords& records, Timestamp now) {
  const auto before = std::exchange(due_, {});
  for (const auto& [key, to] : due_status_) {
    const auto record = records.find(key);
    if (record != records.end() && record->second.status == to) acted_at_ = now;
  }
  due_status_.clear();
  for (const auto& [key, record] : records) {
    const auto* row =
        next_transition(profile.lifecycle(record.kind), record.status, record.desired_status, record.health);
    if (row == nullptr) continue;
    const auto since = before.find(key);
    due_.emplace(key, since == before.end() ? now : since->second);
    due_status_.emplace(key, row->to);
  }
}

}  // namespace dz::control
