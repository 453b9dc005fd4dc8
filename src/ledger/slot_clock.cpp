#include "ledger/slot_clock.h"

#include <utility>

#include "base/check.h"

namespace dz::ledger {

SlotClock::SlotClock(std::vector<SlotAnchor> anchors) : anchors_(std::move(anchors)) {
  DZ_CHECK(!anchors_.empty());
  for (const auto& anchor : anchors_) DZ_CHECK(anchor.length > Duration::zero());
}

Slot SlotClock::slot_at(Timestamp now) const {
  const auto& last = anchors_.back();
  if (now <= last.time) return last.slot;
  return {last.slot.value + static_cast<std::uint64_t>((now - last.time) / last.length)};
}

Timestamp SlotClock::time_of(Slot slot) const {
  auto anchor = anchors_.rbegin();
  while (slot < anchor->slot && std::next(anchor) != anchors_.rend()) ++anchor;
  const auto slots = static_cast<std::int64_t>(slot.value - anchor->slot.value);
  return anchor->time + slots * anchor->length;
}

void SlotClock::restart_after(Slot last, Timestamp now, Duration length) {
  anchors_.push_back({Slot{last.value + 1}, now, length});
}

}  // namespace dz::ledger
