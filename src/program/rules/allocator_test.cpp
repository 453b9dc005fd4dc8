#include "program/rules/allocator.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <bit>

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

TEST(AddressPool, IsAlwaysSearchedFromItsBeginning) {
  auto pool = make_pool(net("10.0.0.0/24"));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(allocate_network(pool, 64));
  EXPECT_TRUE(release(pool, net("10.0.0.192/26")));
  EXPECT_EQ(to_text(*allocate_network(pool, 1)), "10.0.0.192/32");
  EXPECT_TRUE(release(pool, net("10.0.0.0/26")));
  EXPECT_EQ(to_text(*allocate_network(pool, 1)), "10.0.0.0/32");
  EXPECT_EQ(pool.first_free_index, 0U);
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
  for (int i = 1; i < 66; ++i) EXPECT_EQ(allocate_id(pool), i);
  EXPECT_EQ(pool.first_free_index, 0U);
}

// As upstream answers: 3, not the first of the word where 100 was.
TEST(NumberPool, WhatWasGivenBackDoesNotDrawTheSearchToIt) {
  auto pool = make_pool(ResourceExtension::IdPool{0, 65535});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(allocate_id(pool), i);
  EXPECT_TRUE(allocate(pool, std::uint16_t{100}));
  EXPECT_TRUE(release(pool, std::uint16_t{100}));
  EXPECT_EQ(allocate_id(pool), 3);
}

TEST(Pool, AWrongBitmapIsNeverReadBeyondItsEnd) {
  auto pool = make_pool(net("10.0.0.0/24"));
  pool.bitmap.resize(8);
  EXPECT_EQ(to_text(*allocate_network(pool, 64)), "10.0.0.0/26");
  EXPECT_EQ(allocate_network(pool, 1), std::nullopt);
  EXPECT_FALSE(allocate(pool, net("10.0.0.128/31")));
  pool.first_free_index = ~std::uint64_t{0};  // whatever the account says
  EXPECT_EQ(allocate_network(pool, 1), std::nullopt);
  EXPECT_TRUE(release(pool, net("10.0.0.5/32")));
  EXPECT_EQ(to_text(*allocate_network(pool, 1)), "10.0.0.5/32");
}

// The pool as plain bits, with the rules of docs/formats/program.md 4 and no word arithmetic: the lowest aligned run of
// a block that is wholly free and does not cross a 64-bit boundary.
class NaivePool {
 public:
  explicit NaivePool(std::size_t size) : bits_(size) {}
  std::optional<std::size_t> allocate(std::size_t count) {
    for (std::size_t first = 0; first + count <= bits_.size(); first += count) {
      if (set(first, count, true)) return first;
    }
    return std::nullopt;
  }
  // True when all of the run was the other way.
  bool set(std::size_t first, std::size_t count, bool value) {
    if (first % count != 0 || first + count > bits_.size()) return false;
    for (auto i = first; i < first + count; ++i) {
      if (bits_[i] == value) return false;
    }
    for (auto i = first; i < first + count; ++i) bits_[i] = value;
    return true;
  }
  Bytes bitmap() const {
    Bytes bytes((bits_.size() + 63) / 64 * 8);
    for (std::size_t i = 0; i < bits_.size(); ++i) {
      if (bits_[i]) bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | 1U << (i % 8));
    }
    return bytes;
  }

 private:
  std::vector<bool> bits_;
};

std::size_t below(std::size_t limit) { return *rc::gen::inRange<std::size_t>(0, limit); }

// Any history of taking, taking exactly one and giving back: every answer and every byte as the plain bits have it.
RC_GTEST_PROP(Pool, AddressesAreThoseOfThePlainBits, ()) {
  const auto block = net("10.1.0.0/23");  // eight words
  auto pool = make_pool(block);
  NaivePool naive(512);
  for (int step = 0; step < 600; ++step) {
    const auto kind = below(8);
    const std::size_t count = std::size_t{1} << (kind == 0 ? below(7) : below(2));
    const auto first = below(kind % 2 == 0 ? 512 : 80) / count * count;
    const NetworkV4 network{ipv4_from(block.address.number() + static_cast<std::uint32_t>(first)),
                            static_cast<std::uint8_t>(32 - std::countr_zero(count))};
    if (kind < 4) {
      const auto got = allocate_network(pool, static_cast<std::uint32_t>(count));
      const auto expected = naive.allocate(count);
      RC_ASSERT(got.has_value() == expected.has_value());
      if (got) RC_ASSERT(got->address.number() - block.address.number() == *expected);
    } else if (kind < 5) {
      RC_ASSERT(allocate(pool, network) == naive.set(first, count, true));
    } else {
      RC_ASSERT(release(pool, network) == naive.set(first, count, false));
    }
    RC_ASSERT(pool.bitmap == naive.bitmap());
    RC_ASSERT(pool.first_free_index == 0U);
  }
}

RC_GTEST_PROP(Pool, NumbersAreThoseOfThePlainBits, ()) {
  constexpr std::uint16_t kStart = 500, kSize = 300;
  auto pool = make_pool(ResourceExtension::IdPool{kStart, kStart + kSize});
  NaivePool naive(kSize);
  for (int step = 0; step < 900; ++step) {
    const auto kind = below(8);
    const auto i = below(kSize);
    const auto id = static_cast<std::uint16_t>(kStart + i);
    if (kind < 4) {
      const auto got = allocate_id(pool);
      const auto expected = naive.allocate(1);
      RC_ASSERT(got.has_value() == expected.has_value());
      if (got) RC_ASSERT(*got - kStart == static_cast<int>(*expected));
    } else if (kind < 5) {
      RC_ASSERT(allocate(pool, id) == naive.set(i, 1, true));
    } else {
      RC_ASSERT(release(pool, id) == naive.set(i, 1, false));
    }
    RC_ASSERT(pool.bitmap == naive.bitmap());
    RC_ASSERT(pool.first_free_index == 0U);
  }
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
