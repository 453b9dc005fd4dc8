#include "evidence/window_count.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz {
namespace {

constexpr MinuteIndex kStart = 29'000'013;

// Three-valued minutes in two planes: 0 bad, 1 unobserved.
struct Words {
  const BitRing<2>& ring;
  SignalWord operator()(std::int32_t w, int slot) const {
    const auto bad = ring.bits(0, w, slot);
    return {bad, ring.bits(1, w, slot) & ~bad};
  }
};

bool same(const WindowCount& a, const WindowCount& b) {
  return a.from() == b.from() && a.to() == b.to() && a.bad() == b.bad() && a.unobserved() == b.unobserved() &&
         a.first_bad() == b.first_bad() && a.last_bad() == b.last_bad() &&
         a.first_unobserved() == b.first_unobserved() && a.last_unobserved() == b.last_unobserved() &&
         a.earliest() == b.earliest();
}

// The definition, minute by minute.
void expect_definition(const WindowCount& count, const WindowKey& key, const BitRing<2>& ring) {
  const auto is_bad = [&](MinuteIndex m) { return ring.test(0, m); };
  const auto is_unobserved = [&](MinuteIndex m) { return ring.test(1, m) && !ring.test(0, m); };
  int bad = 0, unobserved = 0;
  MinuteIndex first_bad = kNoMinute, last_bad = kNoMinute, earliest = key.to;
  for (auto m = key.to - 1; m >= key.from; --m) {
    bad += is_bad(m);
    unobserved += is_unobserved(m);
    if (is_bad(m)) {
      first_bad = m;
      last_bad = std::max(last_bad, m);
    }
    if (bad <= key.bad_allowed && unobserved <= key.unobserved_allowed && !is_unobserved(m)) earliest = m;
  }
  RC_ASSERT(count.bad() == bad);
  RC_ASSERT(count.unobserved() == unobserved);
  RC_ASSERT(count.first_bad() == first_bad);
  RC_ASSERT(count.last_bad() == last_bad);
  RC_ASSERT(count.earliest() == earliest);
}

RC_GTEST_PROP(WindowCount, SteppingEqualsARecountAndTheDefinition, ()) {
  BitRing<2> ring;
  const int length = *rc::gen::inRange(1, 1441);
  const auto sparse = *rc::gen::element(2, 20, 300);
  WindowKey key{kStart, kStart + length, static_cast<std::uint16_t>(*rc::gen::inRange(0, 3)),
                static_cast<std::uint16_t>(*rc::gen::inRange(0, 17)), 0};
  const auto fill = [&](MinuteIndex m) {
    if (*rc::gen::inRange(0, sparse) == 0) ring.set(*rc::gen::inRange(0, 2), m);
  };
  for (auto m = key.from; m < key.to; ++m) fill(m);
  WindowCount count;
  for (int pass = 0; pass < 12; ++pass) {
    count.update(key, Words{ring});
    WindowCount recount;
    recount.recount(key, Words{ring});
    RC_ASSERT(same(count, recount));
    expect_definition(count, key, ring);
    if (*rc::gen::inRange(0, 4) == 0) {  // a late change inside the window
      const auto m = *rc::gen::inRange(key.from, key.to);
      ring.set(*rc::gen::inRange(0, 2), m);
      count.forget_from(m);
    }
    for (int steps = *rc::gen::inRange(0, 7); steps > 0; --steps, ++key.from) fill(key.to++);
  }
}

TEST(BitRing, ForgetsWhatIsOlderThanItsWordsAndReadsZeroAhead) {
  BitRing<1> ring;
  ring.set(0, kStart);
  EXPECT_TRUE(ring.test(0, kStart));
  EXPECT_FALSE(ring.test(0, kStart + 64));
  ring.set(0, kStart + 1500);
  EXPECT_TRUE(ring.test(0, kStart));  // 1500 minutes are kept
  ring.set(0, kStart + kRingWords * 64);
  EXPECT_FALSE(ring.test(0, kStart));
  ring.set(0, kStart);  // older than the ring: ignored
  EXPECT_FALSE(ring.test(0, kStart));
  EXPECT_TRUE(ring.test(0, kStart + 1500));
}

TEST(BitRing, AJumpOfAYearLeavesNothingStale) {
  BitRing<1> ring;
  for (MinuteIndex m = 0; m < 1600; ++m) ring.set(0, kStart + m);
  const auto later = kStart + 525'600;
  ring.set(0, later);
  for (MinuteIndex m = later - 1599; m < later; ++m) ASSERT_FALSE(ring.test(0, m));
}

}  // namespace
}  // namespace dz
