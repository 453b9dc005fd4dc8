#include "control/slot_windows.h"

#include <algorithm>

#include "evidence/evidence.h"

namespace dz::control {

using std::chrono::minutes;

std::set<std::uint64_t> SlotWindows::wanted() const {
  std::set<std::uint64_t> wanted;
  for (const auto* window : {&asked_.window, &asked_.recovery_window}) {
    if (window->slots > 0) wanted.insert(window->slots);
  }
  return wanted;
}

void SlotWindows::tell(std::uint64_t slots, std::optional<Timestamp> begins, Timestamp now) {
  auto& told = told_[slots];
  told.at = now;
  if (!begins) {
    told.length.reset();
    return;
  }
  const auto fresh = std::max(minutes{1}, std::chrono::ceil<minutes>(now - *begins));
  const bool keeps = told.length && fresh <= *told.length && fresh >= *told.length - kSlack;
  if (!keeps) told.length = fresh;
}

verdict::Window SlotWindows::resolved(const verdict::Window& asked, Timestamp now) const {
  if (asked.slots == 0) return asked;
  auto window = asked;
  const auto told = told_.find(asked.slots);
  if (told == told_.end() || now - told->second.at > kGoodFor) {
    window.trouble = verdict::SlotTrouble::NotRead;
  } else if (!told->second.length) {
    window.trouble = verdict::SlotTrouble::YoungLedger;
  } else {
    window.length = std::max(*told->second.length, least_window(asked_));
    window.trouble =
        window.length > evidence::kLongestWindow ? verdict::SlotTrouble::TooLong : verdict::SlotTrouble::None;
    window.length = std::min(window.length, evidence::kLongestWindow);
  }
  return window;
}

verdict::Policy SlotWindows::in_force(Timestamp now) const {
  auto policy = asked_;
  policy.window = resolved(asked_.window, now);
  policy.recovery_window = resolved(asked_.recovery_window, now);
  // What was just found healthy is not judged over minutes that nobody asked about.
  policy.window.length = std::max(policy.window.length, policy.recovery_window.length);
  return policy;
}

}  // namespace dz::control
