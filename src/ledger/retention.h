// How old a transaction is. Slots come from the clock, and a clock can leap; so an age is counted in the slots that the
// ledger lived, and a leap adds nothing to it. Nor does a time in which the ledger did not run.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"

namespace dz::ledger {

// From this slot on, so many slots in all were never lived.
struct SlotLeap {
  Slot slot;
  std::uint64_t skipped = 0;
  bool operator==(const SlotLeap&) const = default;
};

class LivedSlots {
 public:
  LivedSlots() = default;
  explicit LivedSlots(std::vector<SlotLeap> leaps) : leaps_(std::move(leaps)) {}

  // The ledger went on from slot `from` to slot `to`. What goes beyond `most` at once is a leap.
  void pass(Slot from, Slot to, std::uint64_t most);
  // Slots before it are more than `age` lived slots old at `now`.
  Slot older_than(Slot now, std::uint64_t age) const;
  const std::vector<SlotLeap>& leaps() const { return leaps_; }  // oldest first, few

 private:
  std::vector<SlotLeap> leaps_;
};

}  // namespace dz::ledger
