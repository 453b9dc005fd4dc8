#include "evidence/window_count.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz::evidence {
namespace {

constexpr MinuteIndex kStart = 29'000'013;

// Three-valued minutes in two planes: 0 bad, 1 unobserved.
struct Words {
  MinuteTable<2>::Row ring;
  SignalWord operator()(std::int32_t w, int slot, std::uint64_t) const {
    const auto& word = ring.word(w, slot);
    return {word[0], word[1] & ~word[0]};
  }
};

bool same(const WindowCount& a, const WindowCount& b) {
  return a.from() == b.from() && a.to() == b.to() && a.bad() == b.bad() && a.unobserved() == b.unobserved() &&
         a.first_bad() == b.first_bad() && a.last_bad() == b.last_bad() &&
         a.first_unobserved() == b.first_unobserved() && a.last_unobserved() == b.last_unobserved() &&
         a.earliest() == b.earliest();
}

// The definition, minute by minute.
void expect_definition(const WindowCount& count, const WindowKey& key, const MinuteTable<2>::Row& ring) {
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
    if (bad <= key.bad_allowed() && unobserved <= key.unobserved_allowed() && !is_unobserved(m)) earliest = m;
  }
  RC_ASSERT(count.bad() == bad);
  RC_ASSERT(count.unobserved() == unobserved);
  RC_ASSERT(count.first_bad() == first_bad);
  RC_ASSERT(count.last_bad() == last_bad);
  RC_ASSERT(count.earliest() == earliest);
}

RC_GTEST_PROP(WindowCount, SteppingEqualsARecountAndTheDefinition, ()) {
  MinuteTable<2> table;
  table.resize(1);
  const int length = *rc::gen::inRange(1, 1441);
  const auto sparse = *rc::gen::element(2, 20, 300);
  WindowKey key{kStart, kStart + length, WindowKey::allow(*rc::gen::inRange(0, 3), *rc::gen::inRange(0, 17)), 0};
  const auto fill = [&](MinuteIndex m) {
    if (*rc::gen::inRange(0, sparse) == 0) table.set(0, *rc::gen::inRange(0, 2), m);
  };
  for (auto m = key.from; m < key.to; ++m) fill(m);
  WindowCount count;
  for (int pass = 0; pass < 12; ++pass) {
    count.update(key, Words{table[0]});
    WindowCount recount;
    recount.recount(key, Words{table[0]});
    RC_ASSERT(same(count, recount));
    expect_definition(count, key, table[0]);
    if (*rc::gen::inRange(0, 4) == 0) {  // a late change inside the window
      const auto m = *rc::gen::inRange(key.from, key.to);
      table.set(0, *rc::gen::inRange(0, 2), m);
      count.forget_from(m);
    }
    for (int steps = *rc::gen::inRange(0, 7); steps > 0; --steps, ++key.from) fill(key.to++);
  }
}

TEST(MinuteTable, ForgetsWhatIsOlderThanItsWordsAndReadsZeroAhead) {
  MinuteTable<1> table;
  table.resize(2);
  table.set(0, 0, kStart);
  EXPECT_TRUE(table.test(0, 0, kStart));
  EXPECT_FALSE(table.test(1, 0, kStart));
  EXPECT_FALSE(table.test(0, 0, kStart + 64));
  table.set(1, 0, kStart + 1920);
  EXPECT_TRUE(table.test(0, 0, kStart));  // 32 hours are kept
  table.set(1, 0, kStart + kRingWords * 64);
  EXPECT_FALSE(table.test(0, 0, kStart));
  table.set(0, 0, kStart);  // older than the ring: ignored
  EXPECT_FALSE(table.test(0, 0, kStart));
  EXPECT_TRUE(table.test(1, 0, kStart + 1920));
}

TEST(MinuteTable, AJumpOfAYearLeavesNothingStale) {
  MinuteTable<1> table;
  table.resize(1);
  for (MinuteIndex m = 0; m < 2000; ++m) table.set(0, 0, kStart + m);
  const auto later = kStart + 525'600;
  table.set(0, 0, later);
  for (MinuteIndex m = later - 1999; m < later; ++m) ASSERT_FALSE(table.test(0, 0, m));
}

TEST(MinuteTable, SubjectsAddedLaterAreSilent) {
  MinuteTable<1> table;
  table.resize(1);
  table.set(0, 0, kStart);
  table.resize(600);
  EXPECT_FALSE(table.test(599, 0, kStart));
  table.set(599, 0, kStart);
  EXPECT_TRUE(table.test(599, 0, kStart));
  EXPECT_FALSE(table.test(598, 0, kStart));
}

}  // namespace
}  // namespace dz::evidence
