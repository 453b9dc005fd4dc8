#include "transparency/tiles.h"

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "transparency/checkpoint.h"

namespace dz::transparency {
namespace {

constexpr int kMostLevel = 63;
constexpr std::string_view kEntries = "entries";

// 1234067 is "x001/x234/067".
std::string index_path(std::uint64_t index, std::uint64_t width) {
  std::string path = fmt::format("{:03}", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) path = fmt::format("x{:03}/", index % 1000) + path;
  if (width < kTileWidth) path += fmt::format(".p/{}", width);
  return path;
}

std::string_view take_element(std::string_view& path) {
  const auto slash = path.find('/');
  const auto element = path.substr(0, slash);
  path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
  return element;
}

// Out of what index_path() makes; whether it made exactly this is asked at the end.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_index(std::string_view path) {
  constexpr std::uint64_t kMostIndex = 1ULL << 55;  // of 2^63 entries
  std::uint64_t index = 0, width = kTileWidth;
  const auto whole = path;
  while (!path.empty()) {
    auto element = take_element(path);
    const bool more = element.starts_with('x');
    if (more) element.remove_prefix(1);
    const bool partial = !more && element.ends_with(".p");
    if (partial) element.remove_suffix(2);
    if (element.size() != 3 || index > kMostIndex / 1000) return std::nullopt;
    for (const char digit : element) {
      if (digit < '0' || digit > '9') return std::nullopt;
      index = index * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    if (more) continue;
    if (partial) width = parse_tree_number(std::exchange(path, {})).value_or(0);
    if (!path.empty() || width == 0 || width > kTileWidth) return std::nullopt;
  }
  if (index_path(index, width) != whole) return std::nullopt;
  return std::pair(index, width);
}

// One tile as a reader has it: all hashes that it has in the tree.
struct TilesOfTree {
  ReadTile read;
  std::uint64_t size = 0;
  std::map<std::pair<int, std::uint64_t>, std::vector<Hash>> known = {};

  Result<const std::vector<Hash>*> tile(int level, std::uint64_t index) {
    const auto found = known.find({level, index});
    if (found != known.end()) return &found->second;
    const Tile wanted{level, index, tile_width(level, index, size)};
    if (wanted.width == 0)
      return not_found(fmt::format("a tree of {} entries has no tile {}", size, tile_path(wanted)));
    DZ_TRY_ASSIGN(auto hashes, read(wanted));
    if (hashes.size() != wanted.width) {
      return corrupt(
          fmt::format("tile {}: expected {} hashes, found {}", tile_path(wanted), wanted.width, hashes.size()));
    }
    return &known.emplace(std::pair(level, index), std::move(hashes)).first->second;
  }
};

}  // namespace

std::string tile_path(const Tile& tile) { return fmt::format("{}/{}", tile.level, index_path(tile.index, tile.width)); }

std::string bundle_path(std::uint64_t index, std::uint64_t width) {
  return fmt::format("{}/{}", kEntries, index_path(index, width));
}

std::optional<TileName> parse_tile_path(std::string_view path) {
  const auto kind = take_element(path);
  TileName name;
  if (kind != kEntries) {
    const auto level = parse_tree_number(kind);
    if (!level || *level > kMostLevel) return std::nullopt;
    name.level = static_cast<int>(*level);
  }
  const auto index = parse_index(path);
  if (!index) return std::nullopt;
  std::tie(name.index, name.width) = *index;
  return name;
}

std::uint64_t tile_width(int level, std::uint64_t index, std::uint64_t size) {
  const int height = level * kTileHeight;
  const std::uint64_t hashes = height > kMostLevel ? 0 : size >> height;  // at this level, in all
  const std::uint64_t before = index * kTileWidth;
  return hashes <= before ? 0 : std::min(hashes - before, kTileWidth);
}

ReadSubtree subtrees_from_tiles(ReadTile read, std::uint64_t size) {
  const auto tiles = std::make_shared<TilesOfTree>(TilesOfTree{std::move(read), size});
  return [tiles](int level, std::uint64_t index) -> Result<Hash> {
    const int within = level % kTileHeight;
    const std::uint64_t first = index << within;  // among the hashes of the tile's level
    DZ_TRY_ASSIGN(const auto* tile, tiles->tile(level / kTileHeight, first / kTileWidth));
    const std::uint64_t at = first % kTileWidth, count = std::uint64_t{1} << within;
    if (at + count > tile->size()) {
      return not_found(
          fmt::format("a tree of {} entries has no complete subtree {} of level {}", tiles->size, index, level));
    }
    return tree_root(std::span(*tile).subspan(at, count));
  };
}

Bytes encode_hashes(std::span<const Hash> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * sizeof(Hash));
  for (const auto& hash : hashes) bytes.insert(bytes.end(), hash.begin(), hash.end());
  return bytes;
}

Result<std::vector<Hash>> decode_hashes(ByteView bytes, std::uint64_t width) {
  if (bytes.size() != width * sizeof(Hash)) {
    return corrupt(fmt::format("expected a tile of {} hashes, {} bytes, found {} bytes", width, width * sizeof(Hash),
                               bytes.size()));
  }
  std::vector<Hash> hashes(width);
  for (std::size_t i = 0; i < width; ++i) {
    const auto hash = bytes.subspan(i * sizeof(Hash), sizeof(Hash));
    std::copy(hash.begin(), hash.end(), hashes[i].begin());
  }
  return hashes;
}

Bytes encode_bundle(std::span<const Bytes> entries) {
  Bytes bytes;
  for (const auto& entry : entries) {
    DZ_CHECK(entry.size() <= kMostEntry);
    bytes.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
    bytes.push_back(static_cast<std::uint8_t>(entry.size()));
    bytes.insert(bytes.end(), entry.begin(), entry.end());
  }
  return bytes;
}

Result<std::vector<Bytes>> decode_bundle(ByteView bytes, std::uint64_t width) {
  std::vector<Bytes> entries;
  while (bytes.size() >= 2) {
    const std::size_t size = std::size_t{bytes[0]} << 8 | bytes[1];
    if (bytes.size() - 2 < size) break;
    const auto entry = bytes.subspan(2, size);
    entries.emplace_back(entry.begin(), entry.end());
    bytes = bytes.subspan(2 + size);
  }
  if (!bytes.empty() || entries.size() != width) {
    return corrupt(fmt::format("expected a bundle of {} entries, found {} and {} bytes that are none", width,
                               entries.size(), bytes.size()));
  }
  return entries;
}

}  // namespace dz::transparency
