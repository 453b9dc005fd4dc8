#include "service/turn.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace dz::service {
namespace {

TEST(Turn, IsOnesAtATime) {
  Turn turn;
  int count = 0;  // guarded by the turn alone
  const auto add = [&] {
    for (int i = 0; i < 1000; ++i) {
      const std::lock_guard held(turn);
      ++count;
    }
  };
  std::thread other(add);
  add();
  other.join();
  EXPECT_EQ(count, 2000);
}

// A pass whose calls out take no time at all still lets a door in: turns go by the order of asking.
TEST(Turn, D14_ADoorThatWaitsGetsInWhileThePassCallsOut) {
  Turn turn;
  std::atomic<bool> entered = false;
  const std::lock_guard pass(turn);
  std::thread door([&] {
    const std::lock_guard held(turn);
    entered = true;
  });
  for (int calls = 0; calls < 1'000'000 && !entered; ++calls) turn.away([] {});
  EXPECT_TRUE(entered);
  turn.away([&] { door.join(); });
}

TEST(Turn, D14_IsFreeDuringACallOutAndTakenAgainAfterIt) {
  Turn turn;
  const std::lock_guard pass(turn);
  const int got = turn.away([&] {
    int entered = 0;
    std::thread door([&] {
      const std::lock_guard held(turn);
      entered = 7;
    });
    door.join();  // it would wait for ever if the turn were held
    return entered;
  });
  EXPECT_EQ(got, 7);
}

}  // namespace
}  // namespace dz::service
