#include "storage/checksum.h"

#include <gtest/gtest.h>

namespace dz::storage {
namespace {

TEST(Checksum, IsTheFirstEightBytesOfBlake2b) {
  // What files hold must stay readable: `printf abc | b2sum -l 128` begins cf 4a b7 91: the lowest bytes of the number.
  EXPECT_EQ(checksum_text(checksum_of("abc")), "2b8d2bc691b74acf");
  EXPECT_EQ(checksum_of("abc"), Checksum().add("a").add("bc").value());
}

TEST(Checksum, EveryBitCounts) {
  const Bytes bytes(100, 7);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_NE(checksum_of(damaged), checksum_of(bytes)) << bit;
  }
}

TEST(Checksum, MayBeAskedOnTheWay) {
  Checksum sum;
  sum.add("a");
  EXPECT_EQ(sum.value(), checksum_of("a"));
  EXPECT_EQ(sum.add(std::uint64_t{5}).value(), Checksum().add("a").add(std::uint64_t{5}).value());
  EXPECT_NE(sum.value(), checksum_of("a"));
}

}  // namespace
}  // namespace dz::storage
