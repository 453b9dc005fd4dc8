#include "control/maintenance.h"

#include <gtest/gtest.h>

namespace dz::control {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Timestamp kNow{hours{494'000}};

Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}
Maintenance of(std::uint8_t record, Duration from, Duration to, std::uint8_t by = 9) {
  Maintenance m;
  m.window = {key(record), kNow + from, kNow + to, "new optics"};
  m.by = key(by);
  m.id = maintenance_id(statement_of("net", m.window), m.by);
  return m;
}

TEST(Maintenance, TheStatementIsTextThatNamesEverything) {
  const auto m = of(1, hours{0}, hours{1});
  EXPECT_EQ(statement_of("net", m.window), "doublezero maintenance 1\nnetwork net\nrecord " + to_text(key(1)) +
                                               "\nfrom 1778400000\nto 1778403600\nwhy new optics\n");
  EXPECT_EQ(statement_of_end("net", "0123"), "doublezero maintenance end 1\nnetwork net\nid 0123\n");
  EXPECT_EQ(m.id.size(), 16U);
  EXPECT_NE(m.id, of(1, hours{0}, hours{1}, 8).id);
  EXPECT_NE(m.id, of(1, hours{0}, hours{2}).id);
}

TEST(Maintenance, WindowsThatMakeNoSenseAreRefused) {
  const MaintenanceWindow good{key(1), kNow, kNow + hours{1}, "new optics"};
  EXPECT_TRUE(check_window(good, kNow));
  const auto refuses = [&](auto change, Timestamp now = kNow) {
    auto window = good;
    change(window);
    const auto checked = check_window(window, now);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().kind, ErrorKind::Refused);
  };
  refuses([](auto& w) { w.why.clear(); });
  refuses([](auto& w) { w.why = "a\nrecord b"; });
  refuses([](auto& w) { w.why = std::string(kLongestWhy + 1, 'x'); });
  refuses([](auto& w) { w.why = "\xff"; });
  refuses([](auto& w) { w.to = w.from; });
  refuses([](auto& w) { w.to = w.from + kLongestMaintenance + minutes{1}; });
  refuses([](auto&) {}, good.to);
}

TEST(Maintenance, HoldsFromItsBeginningToItsEndForItsRecordAlone) {
  MaintenanceBook book;
  ASSERT_TRUE(book.add(of(1, hours{1}, hours{3}), kNow));
  EXPECT_EQ(book.holding(key(1), kNow), nullptr);
  ASSERT_NE(book.holding(key(1), kNow + hours{1}), nullptr);
  EXPECT_EQ(book.holding(key(2), kNow + hours{1}), nullptr);
  EXPECT_EQ(book.holding(key(1), kNow + hours{3}), nullptr);
  ASSERT_TRUE(book.add(of(1, hours{2}, hours{5}), kNow));
  EXPECT_EQ(book.holding(key(1), kNow + hours{2})->over_at(), kNow + hours{5});
}

TEST(Maintenance, TellsWhenTheNextOneBeginsOrEnds) {
  MaintenanceBook book;
  EXPECT_EQ(book.next_change(kNow), Timestamp::max());
  const auto m = of(1, hours{1}, hours{3});
  ASSERT_TRUE(book.add(m, kNow));
  EXPECT_EQ(book.next_change(kNow), kNow + hours{1});
  EXPECT_EQ(book.next_change(kNow + hours{1}), kNow + hours{3});
  ASSERT_TRUE(book.end(m.id, kNow + hours{2}));
  EXPECT_EQ(book.next_change(kNow + hours{1}), kNow + hours{2});
  EXPECT_EQ(book.next_change(kNow + hours{2}), Timestamp::max());
}

// A statement that is heard once more does not open again what was ended.
TEST(Maintenance, EndsBeforeItsTimeAndStaysEnded) {
  MaintenanceBook book;
  const auto m = of(1, hours{0}, hours{3});
  ASSERT_TRUE(book.add(m, kNow));
  ASSERT_TRUE(book.end(m.id, kNow + hours{1}));
  ASSERT_TRUE(book.add(m, kNow + hours{1}));
  EXPECT_EQ(book.holding(key(1), kNow + hours{1}), nullptr);
  ASSERT_TRUE(book.end(m.id, kNow + hours{2}));
  EXPECT_EQ(book.find(m.id)->over_at(), kNow + hours{1});
  EXPECT_EQ(book.end("nothing", kNow).error().kind, ErrorKind::NotFound);
}

TEST(Maintenance, TheNewestThatAreOverAreKept) {
  MaintenanceBook book;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(book.add(of(1, hours{0}, hours{1 + i}), kNow));
  EXPECT_TRUE(book.forget_over(2, kNow + hours{2}).empty());
  EXPECT_EQ(book.forget_over(2, kNow + hours{4}).size(), 2U);
  EXPECT_EQ(book.all().size(), 3U);
  EXPECT_NE(book.holding(key(1), kNow + hours{4}), nullptr);
}

TEST(Maintenance, OneKeyDoesNotTakeAllPlaces) {
  MaintenanceBook book;
  for (std::size_t i = 0; i < kMostMaintenancesOfOne; ++i) {
    ASSERT_TRUE(book.add(of(1, hours{0}, minutes{60 + static_cast<int>(i)}), kNow));
  }
  EXPECT_FALSE(book.add(of(1, hours{0}, hours{9}), kNow));
  EXPECT_TRUE(book.add(of(1, hours{0}, hours{9}, 8), kNow));
  EXPECT_TRUE(book.add(of(1, hours{3}, hours{9}), kNow + hours{2}));  // some are over
}

}  // namespace
}  // namespace dz::control
