#include "transparency/log.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "storage/row_checks.h"
#include "transparency/packed_bundle.h"

namespace dz::transparency {
namespace {

using storage::CheckedTable;

constexpr CheckedTable kTiles{"log_tile", "place, hashes"};
constexpr CheckedTable kBundles{"log_bundle", "bundle, packed"};
constexpr CheckedTable kWords{"log_word", "number, word"};
constexpr CheckedTable kEntries{"log_entry", "number, entry"};

constexpr std::string_view kSchema =
    // place: level * 2^48 + index. The last tile of each level grows.
    "CREATE TABLE IF NOT EXISTS log_tile(place INTEGER PRIMARY KEY, hashes BLOB NOT NULL, sum INTEGER NOT NULL);"
    // 256 entries, packed (packed_bundle.h), and words that many of them have.
    "CREATE TABLE IF NOT EXISTS log_bundle(bundle INTEGER PRIMARY KEY, packed BLOB NOT NULL, sum INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS log_word(number INTEGER PRIMARY KEY, word BLOB NOT NULL UNIQUE, sum INTEGER NOT NULL);"
    // Those of the last bundle, as long as it is not full.
    "CREATE TABLE IF NOT EXISTS log_entry(number INTEGER PRIMARY KEY, entry BLOB NOT NULL, sum INTEGER NOT NULL);";

constexpr int kLevelShift = 48;

std::int64_t place_of(int level, std::uint64_t index) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(level) << kLevelShift) + index);
}

std::int64_t number(std::uint64_t n) { return static_cast<std::int64_t>(n); }

std::string select_sql(const CheckedTable& table, std::string_view where) {
  return fmt::format("SELECT {}, {} FROM {} {}", table.columns, storage::intact_sql(table), table.name, where);
}

// Of the row that is there to read.
Result<ByteView> intact(const storage::SqliteStatement& row, std::string_view what) {
  if (row.integer(2) != 0) return row.blob(1);
  return corrupt(
      fmt::format("the log of decisions: {} {} is not what was written; restore the file from a backup that "
                  "is as new as the log's checkpoint",
                  what, row.integer(0)));
}

// Commits or rolls back what it encloses alone, also within a transaction.
template <typename Work>
Result<void> in_savepoint(storage::SqliteDatabase& database, const Work& work) {
  DZ_TRY(database.execute("SAVEPOINT log_append"));
  Result<void> done = work();
  if (done) done = database.execute("RELEASE log_append");
  if (!done) (void)database.execute("ROLLBACK TO log_append; RELEASE log_append");
  return done;
}

Result<std::optional<std::uint64_t>> newest(storage::SqliteDatabase& database, const CheckedTable& table) {
  const auto id = table.columns.substr(0, table.columns.find(','));
  DZ_TRY_ASSIGN(auto query, database.prepare(fmt::format("SELECT max({}) FROM {}", id, table.name)));
  DZ_TRY(query.step());
  std::optional<std::uint64_t> found;
  if (!query.is_null(0)) found = static_cast<std::uint64_t>(query.integer(0));
  query.reset();
  return found;
}

}  // namespace

Result<Log> Log::open(storage::SqliteDatabase& database, std::optional<std::uint32_t> word_at) {
  DZ_TRY(database.execute(std::string(kSchema)));
  return Log(database, word_at);
}

Result<std::uint64_t> Log::size() const {
  DZ_TRY_ASSIGN(const auto entry, newest(*database_, kEntries));
  if (entry) return *entry + 1;
  DZ_TRY_ASSIGN(const auto bundle, newest(*database_, kBundles));
  return bundle ? (*bundle + 1) * kTileWidth : 0;
}

Result<std::uint64_t> Log::append(std::span<const Bytes> entries) {
  std::vector<Hash> leaves;
  for (const auto& entry : entries) {
    if (entry.size() > kMostEntry) {
      return refused(fmt::format("expected an entry of at most {} bytes, which is what a bundle can say, found {}",
                                 kMostEntry, entry.size()));
    }
    leaves.push_back(leaf_hash(entry));
  }
  std::uint64_t first = 0;
  const auto added = in_savepoint(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(first, size());
    DZ_TRY(add_entries(first, entries));
    return add_hashes(0, first, std::move(leaves));
  });
  if (!added) return tl::unexpected(added.error());
  return first;
}

Result<void> Log::add_entries(std::uint64_t first, std::span<const Bytes> entries) {
  DZ_TRY_ASSIGN(auto add, database_->prepare(storage::insert_sql(kEntries)));
  for (std::uint64_t next = first; const auto& entry : entries) {
    DZ_TRY(add.bind(1, number(next)).bind(2, ByteView(entry)).run());
    if (++next % kTileWidth == 0) DZ_TRY(pack_bundle(next / kTileWidth - 1));
  }
  return {};
}

Result<void> Log::pack_bundle(std::uint64_t bundle) {
  DZ_TRY_ASSIGN(const auto entries, unpacked_entries(bundle));
  DZ_TRY_ASSIGN(const auto packed,
                pack_entries(entries, word_at_, [this](const Word& word) { return number_of(word); }));
  DZ_TRY_ASSIGN(auto add, database_->prepare(storage::insert_sql(kBundles)));
  DZ_TRY(add.bind(1, number(bundle)).bind(2, ByteView(packed)).run());
  return database_->execute("DELETE FROM log_entry");
}

Result<std::uint32_t> Log::number_of(const Word& word) {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT number FROM log_word WHERE word = ?"));
  query.bind(1, ByteView(word));
  DZ_TRY_ASSIGN(const bool known, query.step());
  auto found = known ? static_cast<std::uint32_t>(query.integer(0)) : 0;
  query.reset();
  if (known) return found;
  DZ_TRY_ASSIGN(const auto last, newest(*database_, kWords));
  found = static_cast<std::uint32_t>(last ? *last + 1 : 0);
  DZ_TRY_ASSIGN(auto add, database_->prepare(storage::insert_sql(kWords)));
  DZ_TRY(add.bind(1, number(found)).bind(2, ByteView(word)).run());
  return found;
}

Result<Word> Log::word_of(std::uint32_t of) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(select_sql(kWords, "WHERE number = ?")));
  query.bind(1, number(of));
  DZ_TRY_ASSIGN(const bool found, query.step());
  if (!found) return corrupt(fmt::format("the log of decisions: expected word {}, found none", of));
  DZ_TRY_ASSIGN(const auto bytes, intact(query, "word"));
  Word word{};
  if (bytes.size() == word.size()) std::copy(bytes.begin(), bytes.end(), word.begin());
  query.reset();
  return word;
}

// Each hash of a level goes into its last tile; one that is full is a hash of the level above.
Result<void> Log::add_hashes(int level, std::uint64_t first, std::vector<Hash> hashes) {
  while (!hashes.empty()) {
    DZ_TRY_ASSIGN(auto put, database_->prepare(storage::insert_sql(kTiles, "INSERT OR REPLACE")));
    std::vector<Hash> above, tile;
    std::uint64_t next = first;
    if (next % kTileWidth != 0) {
      DZ_TRY_ASSIGN(tile, stored_tile(level, next / kTileWidth));
      if (tile.size() != next % kTileWidth) {
        return corrupt(fmt::format("the log of decisions: expected {} hashes in its last tile of level {}, found {}",
                                   next % kTileWidth, level, tile.size()));
      }
    }
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      tile.push_back(hashes[i]);
      const auto index = next++ / kTileWidth;
      const bool full = tile.size() == kTileWidth;
      if (!full && i + 1 < hashes.size()) continue;
      DZ_TRY(put.bind(1, place_of(level, index)).bind(2, ByteView(encode_hashes(tile))).run());
      if (full) above.push_back(tree_root(tile));
      if (full) tile.clear();
    }
    hashes = std::move(above);
    first /= kTileWidth;
    ++level;
  }
  return {};
}

Result<std::vector<Hash>> Log::stored_tile(int level, std::uint64_t index) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(select_sql(kTiles, "WHERE place = ?")));
  query.bind(1, place_of(level, index));
  DZ_TRY_ASSIGN(const bool found, query.step());
  if (!found) return not_found(fmt::format("the log of decisions has no tile {}", tile_path({level, index})));
  DZ_TRY_ASSIGN(const auto bytes, intact(query, "tile"));
  auto hashes = decode_hashes(bytes, bytes.size() / sizeof(Hash));
  query.reset();
  return hashes;
}

Result<std::vector<Hash>> Log::tile(const Tile& tile) const {
  DZ_TRY_ASSIGN(auto hashes, stored_tile(tile.level, tile.index));
  if (hashes.size() < tile.width) {
    return not_found(
        fmt::format("tile {}: the log has {} hashes there, fewer than {}", tile_path(tile), hashes.size(), tile.width));
  }
  hashes.resize(tile.width);
  return hashes;
}

Result<std::vector<Bytes>> Log::unpacked_entries(std::uint64_t bundle) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(select_sql(kEntries, "ORDER BY number")));
  std::vector<Bytes> entries;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return entries;
    if (query.integer(0) != number(bundle * kTileWidth + entries.size())) {
      return corrupt(fmt::format("the log of decisions: expected entry {}, found {}",
                                 bundle * kTileWidth + entries.size(), query.integer(0)));
    }
    DZ_TRY_ASSIGN(const auto bytes, intact(query, "entry"));
    entries.emplace_back(bytes.begin(), bytes.end());
  }
}

Result<std::optional<std::vector<Bytes>>> Log::packed_entries(std::uint64_t bundle) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(select_sql(kBundles, "WHERE bundle = ?")));
  query.bind(1, number(bundle));
  DZ_TRY_ASSIGN(const bool found, query.step());
  if (!found) return std::nullopt;
  DZ_TRY_ASSIGN(const auto packed, intact(query, "bundle"));
  const Bytes copy(packed.begin(), packed.end());
  query.reset();
  DZ_TRY_ASSIGN(auto entries, unpack_entries(copy, [this](std::uint32_t word) { return word_of(word); }));
  return entries;
}

Result<std::vector<Bytes>> Log::entries(std::uint64_t bundle, std::uint64_t width) const {
  DZ_TRY_ASSIGN(auto packed, packed_entries(bundle));
  std::vector<Bytes> entries;
  if (packed) {
    entries = std::move(*packed);
  } else {
    DZ_TRY_ASSIGN(const auto all, size());
    if (bundle == all / kTileWidth) {
      DZ_TRY_ASSIGN(entries, unpacked_entries(bundle));
    }
  }
  if (width == 0 || entries.size() < width) {
    return not_found(
        fmt::format("the log of decisions has {} entries in bundle {}, fewer than {}", entries.size(), bundle, width));
  }
  entries.resize(width);
  return entries;
}

Result<Bytes> Log::entry(std::uint64_t index) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(select_sql(kEntries, "WHERE number = ?")));
  query.bind(1, number(index));
  DZ_TRY_ASSIGN(const bool unpacked, query.step());
  if (unpacked) {
    DZ_TRY_ASSIGN(const auto bytes, intact(query, "entry"));
    Bytes entry(bytes.begin(), bytes.end());
    query.reset();
    return entry;
  }
  DZ_TRY_ASSIGN(auto found, entries(index / kTileWidth, index % kTileWidth + 1));
  return std::move(found.back());
}

Result<Bytes> LogEntries::at(std::uint64_t index) {
  DZ_TRY_ASSIGN(const auto log, Log::open(*database_));
  const auto bundle = index / kTileWidth;
  if (bundle_ != bundle) {
    DZ_TRY_ASSIGN(const auto size, log.size());
    if (size / kTileWidth <= bundle) return log.entry(index);
    bundle_.reset();
    DZ_TRY_ASSIGN(unpacked_, log.entries(bundle, kTileWidth));
    bundle_ = bundle;
  }
  return unpacked_[index % kTileWidth];
}

ReadSubtree Log::subtrees(std::uint64_t size) const {
  return subtrees_from_tiles([this](const Tile& wanted) { return tile(wanted); }, size);
}

Result<Hash> Log::root(std::uint64_t size) const { return root_of(subtrees(size), size); }

Result<TreeHead> Log::head() const {
  DZ_TRY_ASSIGN(const auto entries, size());
  DZ_TRY_ASSIGN(const auto hash, root(entries));
  return TreeHead{entries, hash};
}

Result<Proof> Log::inclusion_proof(std::uint64_t index, std::uint64_t size) const {
  return prove_inclusion(subtrees(size), index, size);
}

Result<Proof> Log::consistency_proof(std::uint64_t from, std::uint64_t to) const {
  return prove_consistency(subtrees(to), from, to);
}

Result<void> Log::check_extends(const TreeHead& earlier) const {
  DZ_TRY_ASSIGN(const auto entries, size());
  if (entries < earlier.size) {
    return corrupt(fmt::format("expected a log of at least {} entries, as its last checkpoint says, found {}",
                               earlier.size, entries));
  }
  DZ_TRY_ASSIGN(const auto found, root(earlier.size));
  if (found == earlier.root) return {};
  return corrupt(
      fmt::format("expected a log whose first {} entries have the root of its last checkpoint, found another "
                  "root: entries were changed",
                  earlier.size));
}

}  // namespace dz::transparency
