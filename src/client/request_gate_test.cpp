#include "client/request_gate.h"

#include <gtest/gtest.h>

namespace dz::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kNow{seconds{1'795'000'000}};  // 2026-11-18T10:26:40Z

RequestGate gate(double jitter = 1) {
  return RequestGate([jitter] { return jitter; });
}

TEST(RequestGate, IsOpenUntilSomethingFails) { EXPECT_LE(gate().opens(), kNow); }

TEST(RequestGate, SilenceDoublesThePauseUpToALimit) {
  auto g = gate();
  auto now = kNow;
  for (const auto expected : {milliseconds{500}, milliseconds{1000}, milliseconds{2000}, milliseconds{4000},
                              milliseconds{5000}, milliseconds{5000}}) {
    g.silent(now);
    EXPECT_EQ(g.opens() - now, expected);
    now = g.opens();
  }
  g.succeeded();
  EXPECT_LE(g.opens(), kNow);
  g.silent(now);
  EXPECT_EQ(g.opens() - now, milliseconds{500});
}

TEST(RequestGate, JitterTakesUpToHalfOfThePauseAway) {
  auto g = gate(0);
  g.silent(kNow);
  EXPECT_EQ(g.opens() - kNow, milliseconds{250});
}

TEST(RequestGate, TheServersWordIsObeyed) {
  auto g = gate();
  g.limited(kNow, seconds{17});
  EXPECT_EQ(g.opens(), kNow + seconds{17});
  EXPECT_EQ(g.reason(), "it asked for fewer requests");
  g.limited(kNow, seconds{3});  // an answer that was under way: never sooner than was asked before
  EXPECT_EQ(g.opens(), kNow + seconds{17});
}

TEST(RequestGate, AWordThatCannotBeMeantIsBounded) {
  auto g = gate();
  g.limited(kNow, std::chrono::hours{5});
  EXPECT_EQ(g.opens(), kNow + minutes{10});
  auto zero = gate();
  zero.limited(kNow, seconds{0});  // "now" is not a pause
  EXPECT_EQ(zero.opens(), kNow + milliseconds{500});
}

TEST(RequestGate, WithoutAWordTheLimitDoublesToAMinute) {
  auto g = gate();
  auto now = kNow;
  for (int i = 0; i < 9; ++i) {
    g.limited(now, std::nullopt);
    now = g.opens();
  }
  g.limited(now, std::nullopt);
  EXPECT_EQ(g.opens() - now, seconds{60});
}

}  // namespace
}  // namespace dz::client
