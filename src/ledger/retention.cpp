#include "ledger/retention.h"

#include <algorithm>

namespace dz::ledger {
namespace {

constexpr std::size_t kMostLeaps = 64;

}  // namespace

void LivedSlots::pass(Slot from, Slot to, std::uint64_t most) {
  const auto slots = to.value - from.value;
  if (slots <= most) return;
  const auto before = leaps_.empty() ? 0 : leaps_.back().skipped;
  leaps_.push_back({to, before + slots - most});
  // Without the oldest leap, what came between it and the next looks younger than it is, and stays longer.
  if (leaps_.size() > kMostLeaps) leaps_.erase(leaps_.begin());
}

Slot LivedSlots::older_than(Slot now, std::uint64_t age) const {
  const auto lived = now.value - (leaps_.empty() ? 0 : leaps_.back().skipped);
  if (lived <= age) return {};
  const auto bound = lived - age;
  auto end = now;  // of the stretch between two leaps
  for (auto leap = leaps_.rbegin(); leap != leaps_.rend(); ++leap) {
    if (bound + leap->skipped >= leap->slot.value) return std::min(end, Slot{bound + leap->skipped});
    end = leap->slot;
  }
  return std::min(end, Slot{bound});
}

}  // namespace dz::ledger
