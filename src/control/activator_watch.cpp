#include "control/activator_watch.h"

namespace dz::control {

void ActivatorWatch::look_at(const Profile& profile, const Pubkey& key, const std::optional<GovernedRecord>& record,
                             Timestamp now) {
  if (const auto due = due_status_.find(key); due != due_status_.end()) {
    if (record && record->status == due->second) acted_at_ = now;
    due_status_.erase(due);
  }
  const auto* row = !record ? nullptr
                            : next_transition(profile.lifecycle(record->kind), record->status, record->desired_status,
                                              record->health);
  if (row == nullptr) {
    due_.erase(key);
    return;
  }
  due_.try_emplace(key, now);
  due_status_.emplace(key, row->to);
}

void ActivatorWatch::look(const Profile& profile, const GovernedRecords& records, Timestamp now) {
  std::erase_if(due_, [&](const auto& entry) { return !records.contains(entry.first); });
  std::erase_if(due_status_, [&](const auto& entry) { return !records.contains(entry.first); });
  for (const auto& [key, record] : records) look_at(profile, key, record, now);
}

}  // namespace dz::control
