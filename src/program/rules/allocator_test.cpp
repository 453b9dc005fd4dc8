#include "program/rules/allocator.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace dz::program {
namespace {

NetworkV4 net(const char* text) { return *parse_network(text); }

TEST(AddressPool, FirstLinkGetsTheFirstPairAndLoopbacksMakePairsSkip) {
  auto pool = make_pool(net("172.16.0.0/16"));
  EXPECT_EQ(pool.bitmap.size(), 8192U);
  EXPECT_EQ(to_text(*allocate_network(pool, 2)), "172.16.0.0/31");
  EXPECT_EQ(to_text(*allocate_network(pool, 1)), "172.16.0.2/32");
  EXPECT_EQ(to_text(*allocate_network(pool, 2)), "172.16.0.4/31");
  EXPECT_EQ(to_text(*allocate_network(pool, 1)), "172.16.0.3/32");
  EXPECT_EQ(allocated_count(pool), 6U);
}

TEST(AddressPool, KeepsTheHostBitsOfItsBlock) {
  auto pool = make_pool(net("10.0.0.8/29"));
  EXPECT_EQ(to_text(*allocate_network(pool, 1)), "10.0.0.8/32");
}

TEST(AddressPool, DoesNotWrapAround) {
  auto pool = make_pool(net("10.0.0.0/24"));
  pool.first_free_index = 3;
  EXPECT_EQ(to_text(*allocate_network(pool, 64)), "10.0.0.192/26");
  EXPECT_EQ(pool.first_free_index, 0U);  // the last word was used
  pool.first_free_index = 3;
  EXPECT_EQ(allocate_network(pool, 1), std::nullopt);
}

TEST(AddressPool, EndsAtItsBlockNotAtItsWord) {
  auto pool = make_pool(net("195.219.121.96/29"));
  EXPECT_EQ(pool.bitmap.size(), 8U);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(allocate_network(pool, 1)) << i;
  EXPECT_EQ(allocate_network(pool, 1), std::nullopt);
}

TEST(AddressPool, RefusesRunsItCannotHold) {
  auto pool = make_pool(net("10.0.0.0/31"));
  EXPECT_EQ(allocate_network(pool, 4), std::nullopt);
  EXPECT_EQ(allocate_network(pool, 3), std::nullopt);
  EXPECT_EQ(allocate_network(pool, 128), std::nullopt);
  EXPECT_EQ(allocate_id(pool), std::nullopt);
}

TEST(AddressPool, SpecificNetworksMustBeInsideAlignedAndFree) {
  auto pool = make_pool(net("10.0.0.0/24"));
  EXPECT_TRUE(allocate(pool, net("10.0.0.4/31")));
  EXPECT_EQ(pool.first_free_index, 0U);
  EXPECT_FALSE(allocate(pool, net("10.0.0.4/31")));  // taken
  EXPECT_FALSE(allocate(pool, net("10.0.0.4/30")));  // partly taken
  EXPECT_FALSE(allocate(pool, net("10.0.0.7/31")));  // unaligned
  EXPECT_FALSE(allocate(pool, net("10.0.1.0/31")));  // outside
  EXPECT_FALSE(allocate(pool, net("9.255.255.254/31")));
  EXPECT_FALSE(allocate(pool, net("10.0.0.0/23")));
  EXPECT_FALSE(allocate(pool, std::uint16_t{3}));
  EXPECT_FALSE(release(pool, net("10.0.0.4/30")));  // not wholly allocated
  EXPECT_TRUE(release(pool, net("10.0.0.4/31")));
  EXPECT_EQ(allocated_count(pool), 0U);
}

TEST(NumberPool, StartsAtItsRangeAndEndsBeforeItsEnd) {
  auto pool = make_pool(ResourceExtension::IdPool{500, 502});
  EXPECT_EQ(allocate_id(pool), 500);
  EXPECT_EQ(allocate_id(pool), 501);
  EXPECT_EQ(allocate_id(pool), std::nullopt);
  EXPECT_TRUE(release(pool, std::uint16_t{500}));
  EXPECT_FALSE(release(pool, std::uint16_t{500}));
  EXPECT_FALSE(release(pool, std::uint16_t{499}));
  EXPECT_FALSE(release(pool, std::uint16_t{502}));
  EXPECT_EQ(allocate_id(pool), 500);
}

TEST(NumberPool, FirstLinkGetsNumberZero) {
  auto pool = make_pool(ResourceExtension::IdPool{0, 65535});
  EXPECT_EQ(pool.bitmap.size(), 8192U);
  EXPECT_EQ(allocate_id(pool), 0);
  for (int i = 1; i < 64; ++i) EXPECT_EQ(allocate_id(pool), i);
  EXPECT_EQ(pool.first_free_index, 0U);  // a word that fills up sends the search back to the start
  EXPECT_EQ(allocate_id(pool), 64);
  EXPECT_EQ(pool.first_free_index, 1U);
}

TEST(Pool, AWrongBitmapIsNeverReadBeyondItsEnd) {
  auto pool = make_pool(net("10.0.0.0/24"));
  pool.bitmap.resize(8);
  EXPECT_EQ(to_text(*allocate_network(pool, 64)), "10.0.0.0/26");
  EXPECT_EQ(allocate_network(pool, 1), std::nullopt);
  EXPECT_FALSE(allocate(pool, net("10.0.0.128/31")));
  pool.first_free_index = ~std::uint64_t{0};
  EXPECT_EQ(allocate_network(pool, 1), std::nullopt);
}

RC_GTEST_PROP(Pool, NeverHandsOutAnAddressTwiceAndTakesAllBack, ()) {
  auto pool = make_pool(net("10.0.0.0/24"));
  std::vector<NetworkV4> held;
  for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100))) {
    if (step < 70 || held.empty()) {
      const auto got = allocate_network(pool, 1U << (step % 4));
      if (got) held.push_back(*got);
    } else {
      const auto i = static_cast<std::size_t>(step) % held.size();
      RC_ASSERT(release(pool, held[i]));
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
    }
    std::size_t addresses = 0;
    for (const auto& network : held) {
      RC_ASSERT(is_allocated(pool, network));
      addresses += std::size_t{1} << (32 - network.prefix);
    }
    RC_ASSERT(allocated_count(pool) == addresses);
  }
}

}  // namespace
}  // namespace dz::program
