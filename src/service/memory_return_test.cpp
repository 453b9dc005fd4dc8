#include "service/memory_return.h"

#include <gtest/gtest.h>

namespace dz::service {
namespace {

constexpr std::size_t kMib = 1U << 20;
constexpr std::size_t kMuch = MemoryEbb::kWorthIt;

TEST(MemoryEbb, X14_WhatACrowdLeftBehindGoesBackOnceItHasLeft) {
  MemoryEbb ebb;
  EXPECT_FALSE(ebb.is_due(50 * kMib, 0, 0));
  EXPECT_FALSE(ebb.is_due(300 * kMib, 200 * kMib, kMuch)) << "the crowd is here";
  EXPECT_TRUE(ebb.is_due(300 * kMib, kMuch, 0));
  ebb.given_back(200 * kMib);  // not all was free yet
  for (int i = 1; i < MemoryEbb::kLooksAfterFlood; ++i) EXPECT_TRUE(ebb.is_due(200 * kMib, 0, 0)) << i;
  ebb.given_back(60 * kMib);
  EXPECT_FALSE(ebb.is_due(60 * kMib, 0, 0));
}

TEST(MemoryEbb, X14_WhatWasNoBytesOfConnectionsGoesBackToo) {
  MemoryEbb ebb;
  EXPECT_FALSE(ebb.is_due(50 * kMib, 0, 0));
  EXPECT_FALSE(ebb.is_due(50 * kMib + kMuch - 1, 0, 0));
  EXPECT_TRUE(ebb.is_due(50 * kMib + kMuch, 0, 0));
  ebb.given_back(50 * kMib + kMuch);  // it is in use
  EXPECT_FALSE(ebb.is_due(50 * kMib + kMuch, 0, 0));
}

TEST(MemoryEbb, X14_ASmallCrowdIsNotWorthIt) {
  MemoryEbb ebb;
  EXPECT_FALSE(ebb.is_due(50 * kMib, kMuch - 1, 0));
  EXPECT_FALSE(ebb.is_due(50 * kMib, 0, 0));
}

}  // namespace
}  // namespace dz::service
