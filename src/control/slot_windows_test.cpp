#include "control/slot_windows.h"

#include <gtest/gtest.h>

#include "evidence/evidence.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

verdict::Policy live_policy() { return verdict::default_policy(v034_profile()); }

TEST(SlotWindows, AreUnknownUntilTheLedgerTells) {
  SlotWindows windows(live_policy());
  EXPECT_EQ(windows.wanted(), (std::set<std::uint64_t>{5'000, 200'000}));
  EXPECT_EQ(windows.in_force(kNow).window.trouble, verdict::SlotTrouble::NotRead);
  EXPECT_EQ(windows.in_force(kNow).recovery_window.trouble, verdict::SlotTrouble::NotRead);
}

TEST(SlotWindows, AreRoundedUpToWholeMinutes) {
  SlotWindows windows(live_policy());
  windows.tell(200'000, kNow - 20h - 33min - 1s, kNow);
  windows.tell(5'000, kNow - 31min, kNow);
  const auto policy = windows.in_force(kNow);
  EXPECT_EQ(policy.window.length, 20h + 34min);
  EXPECT_EQ(policy.recovery_window.length, 31min);
  EXPECT_TRUE(policy.window.known());
  EXPECT_EQ(policy.window.slots, 200'000U);
  EXPECT_EQ(policy_digest(policy), policy_digest(live_policy()));  // the policy is the same, whatever slots take
}

TEST(SlotWindows, JitterDoesNotMoveThemAndLongerIsInForceAtOnce) {
  SlotWindows windows(live_policy());
  const auto after = [&](Duration length) {
    windows.tell(5'000, kNow - length, kNow);
    return windows.in_force(kNow).recovery_window.length;
  };
  EXPECT_EQ(after(40min), 40min);
  EXPECT_EQ(after(40min + 1s), 41min);
  EXPECT_EQ(after(40min), 41min);
  EXPECT_EQ(after(39min), 41min);
  EXPECT_EQ(after(38min), 38min);
  EXPECT_EQ(after(39min), 39min);
}

TEST(SlotWindows, AYoungLedgerAndOneThatStoppedAnsweringAreSaid) {
  SlotWindows windows(live_policy());
  windows.tell(200'000, std::nullopt, kNow);
  windows.tell(5'000, kNow - 31min, kNow);
  EXPECT_EQ(windows.in_force(kNow).window.trouble, verdict::SlotTrouble::YoungLedger);
  EXPECT_TRUE(windows.in_force(kNow + SlotWindows::kGoodFor).recovery_window.known());
  EXPECT_EQ(windows.in_force(kNow + SlotWindows::kGoodFor + 1s).recovery_window.trouble, verdict::SlotTrouble::NotRead);
}

TEST(SlotWindows, LongerThanTheRingsIsUnknown) {
  SlotWindows windows(live_policy());
  windows.tell(200'000, kNow - evidence::kLongestWindow, kNow);
  EXPECT_TRUE(windows.in_force(kNow).window.known());
  windows.tell(200'000, kNow - evidence::kLongestWindow - 1s, kNow);
  const auto window = windows.in_force(kNow).window;
  EXPECT_EQ(window.trouble, verdict::SlotTrouble::TooLong);
  EXPECT_EQ(window.length, evidence::kLongestWindow);
}

// Fast slots must not make a window that damping does not fit in, or that needs nothing to be seen.
TEST(SlotWindows, AreAsLongAsTheOtherNumbersNeed) {
  SlotWindows windows(live_policy());
  windows.tell(200'000, kNow - 10min, kNow);
  windows.tell(5'000, kNow - 1min, kNow);
  const auto policy = windows.in_force(kNow);
  EXPECT_EQ(policy.recovery_window.length, 30min);
  EXPECT_EQ(policy.window.length, 30min);
  EXPECT_GE(policy.recovery_window.length, minutes{policy.damping_long.of});
}

TEST(SlotWindows, DurationsStayAsTheyAre) {
  SlotWindows windows(verdict::Policy{});
  EXPECT_TRUE(windows.wanted().empty());
  EXPECT_EQ(windows.in_force(kNow), verdict::Policy{});
}

}  // namespace
}  // namespace dz::control
