#include "control/record_changes.h"

#include <algorithm>

namespace dz::control {

void RecordChanges::note(std::span<const Pubkey> records) {
  ++revision_;
  for (const auto& record : records) changes_.emplace_back(revision_, record);
  while (changes_.size() > kKept) {
    known_from_ = changes_.front().first;
    changes_.pop_front();
  }
}

void RecordChanges::note_everything() {
  known_from_ = ++revision_;
  changes_.clear();
}

std::optional<std::vector<Pubkey>> RecordChanges::since(std::uint64_t revision) const {
  if (revision < known_from_ || revision > revision_) return std::nullopt;
  std::vector<Pubkey> changed;
  const auto first = std::partition_point(changes_.begin(), changes_.end(),
                                          [&](const auto& change) { return change.first <= revision; });
  for (auto change = first; change != changes_.end(); ++change) changed.push_back(change->second);
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  return changed;
}

}  // namespace dz::control
