// What a record is judged over: minutes before the watermark. A policy gives them as a duration or in slots of the
// ledger; how long slots take is told by the ledger's clock (control/slot_windows.h).
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>

namespace dz::verdict {

// Why it is not known how many minutes a window in slots is.
enum class SlotTrouble : std::uint8_t {
  None,
  NotRead,      // the ledger was not asked yet, or does not answer
  YoungLedger,  // it has had fewer slots
  TooLong,      // longer than minutes are kept
};

struct Window {
  std::chrono::minutes length{};
  std::uint64_t slots = 0;  // 0: given as a duration
  SlotTrouble trouble = SlotTrouble::None;

  constexpr Window() = default;
  // Any duration of whole minutes is a window.
  template <typename Rep, typename Period>
  requires std::convertible_to<std::chrono::duration<Rep, Period>, std::chrono::minutes>
  constexpr Window(std::chrono::duration<Rep, Period> span) : length(span) {}  // NOLINT(google-explicit-constructor)

  // Not known: nothing can be met over it, and `length` is a guess.
  constexpr bool known() const { return trouble == SlotTrouble::None; }
  bool operator==(const Window&) const = default;
};

// How long slots are taken to be until the ledger tells: its nominal pace.
inline constexpr std::chrono::milliseconds kNominalSlot{400};
// A window that the ledger has not been asked about; at most as long as minutes are kept.
Window window_in_slots(std::uint64_t slots);

// "24 h", "20 h 34 min (200000 slots)", "200000 slots".
std::string to_text(const Window& window);
// "the ledger has not told how long 200000 slots take": what keeps a window from being known, for people.
std::string trouble_text(const Window& window);
// What has to happen before it is known.
std::string trouble_to_do(const Window& window);

}  // namespace dz::verdict
