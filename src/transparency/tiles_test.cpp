#include "transparency/tiles.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace dz::transparency {
namespace {

TEST(Tiles, PathsAreThoseOfTheSpecification) {
  EXPECT_EQ(tile_path({0, 1'234'067, 256}), "0/x001/x234/067");
  EXPECT_EQ(tile_path({0, 1'234'067, 12}), "0/x001/x234/067.p/12");
  EXPECT_EQ(tile_path({3, 0, 1}), "3/000.p/1");
  EXPECT_EQ(tile_path({0, 1000, 256}), "0/x001/000");
  EXPECT_EQ(bundle_path(67, 255), "entries/067.p/255");
}

TEST(Tiles, NoOtherPathNamesATile) {
  EXPECT_EQ(parse_tile_path("0/x001/x234/067.p/12"), (TileName{0, 1'234'067, 12}));
  EXPECT_EQ(parse_tile_path("entries/x001/000"), (TileName{std::nullopt, 1000, 256}));
  EXPECT_EQ(parse_tile_path("63/000"), (TileName{63, 0, 256}));
  for (const auto* bad : {"",
                          "0",
                          "0/",
                          "/000",
                          "0/0",
                          "0/00",
                          "0/0000",
                          "0/x000/000",
                          "0/x001",
                          "0/001/000",
                          "0/000.p",
                          "0/000.p/",
                          "0/000.p/0",
                          "0/000.p/256",
                          "0/000.p/01",
                          "0/000.p/1/",
                          "0/000.p/x",
                          "0/x001.p/1",
                          "0/000/",
                          "00/000",
                          "64/000",
                          "-1/000",
                          "0/0a0",
                          "Entries/000",
                          "0/000.p/1.p/1",
                          "0/x001//000",
                          "0/x999/x999/x999/x999/x999/x999/x999/x999/x999/999"}) {
    EXPECT_FALSE(parse_tile_path(bad)) << bad;
  }
}

RC_GTEST_PROP(Tiles, PathsAreReadAsTheyWereMade, (bool entries)) {
  const auto index = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << *rc::gen::inRange(1, 50));
  const auto width = *rc::gen::inRange<std::uint64_t>(1, 257);
  const auto level = *rc::gen::inRange(0, 64);
  const TileName name{entries ? std::nullopt : std::optional(level), index, width};
  RC_ASSERT(parse_tile_path(entries ? bundle_path(index, width) : tile_path({level, index, width})) == name);
}

// The example of the specification.
TEST(Tiles, ATreeOf70000Entries) {
  EXPECT_EQ(tile_width(0, 272, 70'000), 256U);
  EXPECT_EQ(tile_width(0, 273, 70'000), 112U);
  EXPECT_EQ(tile_width(0, 274, 70'000), 0U);
  EXPECT_EQ(tile_width(1, 0, 70'000), 256U);
  EXPECT_EQ(tile_width(1, 1, 70'000), 17U);
  EXPECT_EQ(tile_width(2, 0, 70'000), 1U);
  EXPECT_EQ(tile_width(3, 0, 70'000), 0U);
  EXPECT_EQ(tile_width(8, 0, ~std::uint64_t{0}), 0U);
}

TEST(Tiles, HashesAreReadAsTheyWereWritten) {
  const std::vector<Hash> hashes = {leaf_hash(as_bytes("a")), leaf_hash(as_bytes("b"))};
  const auto bytes = encode_hashes(hashes);
  EXPECT_EQ(bytes.size(), 64U);
  EXPECT_EQ(*decode_hashes(bytes, 2), hashes);
  EXPECT_FALSE(decode_hashes(bytes, 1));
  EXPECT_FALSE(decode_hashes(ByteView(bytes).first(63), 2));
}

TEST(Tiles, BundlesAreReadAsTheyWereWritten) {
  const std::vector<Bytes> entries = {{}, {1}, Bytes(kMostEntry, 7)};
  const auto bytes = encode_bundle(entries);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 5), (Bytes{0, 0, 0, 1, 1}));
  EXPECT_EQ(*decode_bundle(bytes, 3), entries);
  EXPECT_FALSE(decode_bundle(bytes, 2));
  EXPECT_FALSE(decode_bundle(bytes, 4));
  EXPECT_FALSE(decode_bundle(ByteView(bytes).first(bytes.size() - 1), 3));
  EXPECT_FALSE(decode_bundle(ByteView(bytes).first(4), 2));
}

}  // namespace
}  // namespace dz::transparency
