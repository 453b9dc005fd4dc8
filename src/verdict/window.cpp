#include "verdict/window.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/time.h"
#include "evidence/evidence.h"

namespace dz::verdict {

Window window_in_slots(std::uint64_t slots) {
  constexpr auto kMost = static_cast<std::uint64_t>(evidence::kLongestWindow / kNominalSlot);
  Window window = std::chrono::ceil<std::chrono::minutes>(std::min(slots, kMost) * kNominalSlot);
  window.slots = slots;
  window.trouble = SlotTrouble::NotRead;
  return window;
}

std::string to_text(const Window& window) {
  if (window.slots == 0) return duration_text(window.length);
  if (!window.known()) return fmt::format("{} slots", window.slots);
  return fmt::format("{} ({} slots)", duration_text(window.length), window.slots);
}

std::string trouble_text(const Window& window) {
  switch (window.trouble) {
    case SlotTrouble::None: return {};
    case SlotTrouble::NotRead: return fmt::format("the ledger has not told how long {} slots take", window.slots);
    case SlotTrouble::YoungLedger: return fmt::format("the ledger is younger than {} slots", window.slots);
    case SlotTrouble::TooLong:
      return fmt::format("{} slots take longer than the {} that minutes are kept", window.slots,
                         duration_text(evidence::kLongestWindow));
  }
  return {};
}

std::string trouble_to_do(const Window& window) {
  switch (window.trouble) {
    case SlotTrouble::None: return {};
    case SlotTrouble::NotRead: return "the ledger has to answer getSlot and getBlockTime";
    case SlotTrouble::YoungLedger: return fmt::format("the ledger has to reach slot {}", window.slots);
    case SlotTrouble::TooLong: return "ask for fewer slots in the policy";
  }
  return {};
}

}  // namespace dz::verdict
