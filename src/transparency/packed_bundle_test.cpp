#include "transparency/packed_bundle.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/zstd.h"
#include "transparency/tiles.h"

namespace dz::transparency {
namespace {

// Entries of a full bundle, of several lengths, some too short for a word; and the words as a log keeps them.
struct PackedBundle : ::testing::Test {
  PackedBundle() {
    for (std::size_t i = 0; i < kTileWidth; ++i) {
      Bytes entry(i % 7 == 0 ? i % 40 : 60 + i % 3, static_cast<std::uint8_t>(i));
      if (entry.size() >= 44) std::fill_n(entry.begin() + 10, 32, static_cast<std::uint8_t>(i % 5));
      entries.push_back(std::move(entry));
    }
  }
  Bytes pack(std::optional<std::uint32_t> word_at) {
    return *pack_entries(entries, word_at, [&](const Word& word) -> Result<std::uint32_t> {
      const auto found = std::find(words.begin(), words.end(), word);
      if (found == words.end()) words.push_back(word);
      return static_cast<std::uint32_t>(std::find(words.begin(), words.end(), word) - words.begin());
    });
  }
  Result<std::vector<Bytes>> unpack(ByteView packed) const {
    return unpack_entries(packed, [&](std::uint32_t number) -> Result<Word> {
      if (number >= words.size()) return corrupt("no such word");
      return words[number];
    });
  }
  std::vector<Bytes> entries;
  std::vector<Word> words;
};

TEST_F(PackedBundle, ComesBackAsItWas) {
  EXPECT_EQ(*unpack(pack(std::nullopt)), entries);
  EXPECT_TRUE(words.empty());
  EXPECT_EQ(*unpack(pack(10)), entries);
  EXPECT_EQ(words.size(), 5U);
  EXPECT_EQ(*unpack(pack(0)), entries);
}

TEST_F(PackedBundle, OfAnEarlierVersionIsRead) { EXPECT_EQ(*unpack(compress_zstd(encode_bundle(entries))), entries); }

// Its row has a checksum besides: here it is enough that nothing is read beyond its end.
TEST_F(PackedBundle, AnyOtherBytesAreRefusedOrRead) {
  auto packed = pack(10);
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_FALSE(unpack(ByteView(packed).first(size)).has_value()) << size;
  for (std::size_t at = 0; at < packed.size(); ++at) {
    packed[at] ^= 0x11;
    (void)unpack(packed);
    packed[at] ^= 0x11;
  }
  packed[1] = 61;  // the words would stand behind the end of entries
  EXPECT_FALSE(unpack(packed).has_value());
  words.pop_back();
  packed[1] = 10;
  EXPECT_FALSE(unpack(packed).has_value());
}

}  // namespace
}  // namespace dz::transparency
