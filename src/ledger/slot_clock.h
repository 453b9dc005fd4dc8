// Slots are a function of time: nothing is stored for a slot, and block times, block hashes and epochs of any slot can
// be told at any time, before and after a restart. Every slot has a block.
#pragma once

#include <vector>

#include "base/time.h"

namespace dz::ledger {

inline constexpr std::uint64_t kSlotsPerEpoch = 432'000;
inline constexpr Duration kDefaultSlotLength = std::chrono::milliseconds{400};

// From this slot on, slots follow each other at this length.
struct SlotAnchor {
  Slot slot;
  Timestamp time;
  Duration length = kDefaultSlotLength;
  bool operator==(const SlotAnchor&) const = default;
};

class SlotClock {
 public:
  // At least one anchor; slots and times of the anchors ascend in slot order.
  explicit SlotClock(std::vector<SlotAnchor> anchors);

  Slot slot_at(Timestamp now) const;  // by the last anchor; never below its slot
  Timestamp time_of(Slot slot) const;
  Duration slot_length() const { return anchors_.back().length; }
  const std::vector<SlotAnchor>& anchors() const { return anchors_; }

  // For a clock that was set back, or another slot length: the slots after `last` start anew.
  void restart_after(Slot last, Timestamp now, Duration length);

 private:
  std::vector<SlotAnchor> anchors_;
};

constexpr std::uint64_t epoch_of(Slot slot) { return slot.value / kSlotsPerEpoch; }

}  // namespace dz::ledger
