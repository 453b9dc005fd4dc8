#include "base/keyed_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <unordered_map>

#include "base/pubkey.h"

namespace dz {
namespace {

// Eight bytes that a stranger chose, and others that differ.
Pubkey alike_at_the_begin(std::size_t number) {
  Pubkey key;
  key.bytes.fill(7);
  key.bytes[31] = static_cast<std::uint8_t>(number);
  key.bytes[30] = static_cast<std::uint8_t>(number >> 8U);
  return key;
}

TEST(KeyedHash, KeysThatBeginAlikeDoNotMeetInOnePlace) {
  constexpr std::size_t kKeys = 10'000;
  std::unordered_map<Pubkey, int, KeyedHash> table;
  for (std::size_t i = 0; i < kKeys; ++i) table[alike_at_the_begin(i)] = 1;
  std::size_t fullest = 0;
  for (std::size_t i = 0; i < table.bucket_count(); ++i) fullest = std::max(fullest, table.bucket_size(i));
  EXPECT_EQ(table.size(), kKeys);
  EXPECT_LT(fullest, 20U);
}

TEST(KeyedHash, IsOfAllTheBytes) {
  std::set<std::size_t> hashes;
  const std::string text(32, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto other = text;
    other[i] = 'y';
    hashes.insert(KeyedHash{}(other));
  }
  EXPECT_EQ(hashes.size(), text.size());
  EXPECT_EQ(KeyedHash{}(text), KeyedHash{}(std::string(text)));
  EXPECT_NE(KeyedHash{}("x"), KeyedHash{}(std::string_view("x\0", 2)));
}

// What everybody can compute is not the hash: that with a key of zeros.
TEST(KeyedHash, IsAnotherOneThanWithAKeyThatEverybodyKnows) {
  constexpr std::size_t kWithZeros = 0x1e924b9d737700d7U;  // SipHash-2-4 of nothing
  EXPECT_NE(KeyedHash{}(""), kWithZeros);
}

}  // namespace
}  // namespace dz
