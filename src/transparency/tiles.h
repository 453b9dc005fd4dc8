// The tree and its entries as files that never change (C2SP tlog-tiles): tiles of 256 hashes, and bundles of 256
// entries; the last of each kind may be narrower. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transparency/merkle.h"

namespace dz::transparency {

inline constexpr int kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 1U << kTileHeight;
inline constexpr std::size_t kMostEntry = 65'535;  // bytes: what its length can say

// Hash i of a tile is the root over the entries from (index * 256 + i) * 256^level on, 256^level of them.
struct Tile {
  int level = 0;
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;
  bool operator==(const Tile&) const = default;
};

// Below PREFIX/tile/: "0/x001/x234/067.p/12".
std::string tile_path(const Tile& tile);
// "entries/x001/x234/067"
std::string bundle_path(std::uint64_t index, std::uint64_t width);

// What a path below PREFIX/tile/ names: level is none for a bundle of entries.
struct TileName {
  std::optional<int> level;
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;
  bool operator==(const TileName&) const = default;
};
// None: no such path, and no other way to write one either.
std::optional<TileName> parse_tile_path(std::string_view path);

// How many hashes that tile has in a tree of that size; 0: it has no such tile.
std::uint64_t tile_width(int level, std::uint64_t index, std::uint64_t size);

// The hashes of a tile, of which those are given that are wanted.
using ReadTile = std::function<Result<std::vector<Hash>>(const Tile& tile)>;
// Complete subtrees of a tree of `size` entries out of its tiles; each tile is read once as long as the reader lives.
ReadSubtree subtrees_from_tiles(ReadTile read, std::uint64_t size);

Bytes encode_hashes(std::span<const Hash> hashes);
// Corrupt: not so many.
Result<std::vector<Hash>> decode_hashes(ByteView bytes, std::uint64_t width);

// Each entry behind its length, 16 bits, big-endian. An entry is at most kMostEntry bytes.
Bytes encode_bundle(std::span<const Bytes> entries);
// Corrupt: not so many.
Result<std::vector<Bytes>> decode_bundle(ByteView bytes, std::uint64_t width);

}  // namespace dz::transparency
