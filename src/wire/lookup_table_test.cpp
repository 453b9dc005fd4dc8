#include "wire/lookup_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz::wire {
namespace {

Pubkey address(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

TEST(LookupTable, BytesAreThoseOfTheNetwork) {
  const LookupTable table{.deactivated_in = 7,
                          .extended_in = 5,
                          .keys_before = 1,
                          .authority = address(9),
                          .keys = {address(1), address(2)}};
  const auto bytes = encode(table);
  ASSERT_EQ(bytes.size(), 56U + 64U);
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[4], 7);
  EXPECT_EQ(bytes[12], 5);
  EXPECT_EQ(bytes[20], 1);
  EXPECT_EQ(bytes[21], 1);
  EXPECT_EQ(bytes[22], 9);
  EXPECT_EQ(bytes[54], 0);
  EXPECT_EQ(bytes[56], 1);
  EXPECT_EQ(*decode_lookup_table(bytes), table);
  const LookupTable frozen{.keys = {address(3)}};
  EXPECT_EQ(*decode_lookup_table(encode(frozen)), frozen);
}

TEST(LookupTable, OtherBytesAreNone) {
  const auto good = encode(LookupTable{.authority = address(9), .keys = {address(1)}});
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(decode_lookup_table(ByteView(good).first(size)).has_value(), size == 56) << size;
  }
  auto other = good;
  other[0] = 0;  // not initialized
  EXPECT_FALSE(decode_lookup_table(other));
  other[0] = 2;
  EXPECT_FALSE(decode_lookup_table(other));
  other = good;
  other[21] = 2;
  EXPECT_FALSE(decode_lookup_table(other));
}

TEST(LookupTable, ServesFor512SlotsAfterItsDeactivation) {
  EXPECT_TRUE(LookupTable{}.is_active(1'000'000));
  const LookupTable table{.deactivated_in = 100};
  EXPECT_TRUE(table.is_active(100));
  EXPECT_TRUE(table.is_active(612));
  EXPECT_FALSE(table.is_active(613));
  EXPECT_FALSE(table.is_active(99));  // no slot of the past: nobody can vouch for it
}

TEST(LookupTable, KeysServeFromTheSlotAfterTheyCame) {
  const LookupTable table{.extended_in = 50, .keys_before = 1, .keys = {address(1), address(2)}};
  EXPECT_EQ(table.usable_keys(50), 1U);
  EXPECT_EQ(table.usable_keys(51), 2U);
  const LookupTable odd{.extended_in = 50, .keys_before = 9, .keys = {address(1)}};
  EXPECT_EQ(odd.usable_keys(50), 1U);
}

RC_GTEST_PROP(LookupTable, AnyBytesAreReadOrRefused, (const Bytes& bytes)) { (void)decode_lookup_table(bytes); }

}  // namespace
}  // namespace dz::wire
