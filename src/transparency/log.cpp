#include "transparency/log.h"

#include <algorithm>
#include <memory>
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
    // place: level * 2^48 + index. The last tile of each level grows. Of level 0 only that one is kept: what is in the
    // others are the hashes of a bundle's entries, of which the roots over 16 each are kept, as if of a level 100. An
    // earlier version kept them all.
    "CREATE TABLE IF NOT EXISTS log_tile(place INTEGER PRIMARY KEY, hashes BLOB NOT NULL, sum INTEGER NOT NULL);"
    // 256 entries, packed (packed_bundle.h), and words that many of them have.
    "CREATE TABLE IF NOT EXISTS log_bundle(bundle INTEGER PRIMARY KEY, packed BLOB NOT NULL, sum INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS log_word(number INTEGER PRIMARY KEY, word BLOB NOT NULL UNIQUE, sum INTEGER NOT NULL);"
    // Those of the last bundle, as long as it is not full.
    "CREATE TABLE IF NOT EXISTS log_entry(number INTEGER PRIMARY KEY, entry BLOB NOT NULL, sum INTEGER NOT NULL);";

constexpr int kLevelShift = 48;
constexpr int kGroups = 100, kGroupLevel = 4;
constexpr std::uint64_t kGroup = std::uint64_t{1} << kGroupLevel;

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

// Reads what the enclosed asks for from one view of the database, which is also asked for once: to begin and to end a
// read costs more than most reads.
template <typename Work>
auto in_one_view(storage::SqliteDatabase& database, const Work& work) -> decltype(work()) {
  DZ_TRY(database.execute("SAVEPOINT log_read"));
  auto read = work();
  DZ_TRY(database.execute("RELEASE log_read"));
  return read;
}

// The roots over so many hashes each.
std::vector<Hash> groups_of(std::span<const Hash> leaves) {
  std::vector<Hash> roots;
  for (; !leaves.empty(); leaves = leaves.subspan(kGroup)) roots.push_back(tree_root(leaves.first(kGroup)));
  return roots;
}

Result<void> forget_tile(storage::SqliteDatabase& database, std::int64_t place) {
  DZ_TRY_ASSIGN(auto forget, database.prepare("DELETE FROM log_tile WHERE place = ?"));
  return forget.bind(1, place).run();
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

Result<Log::Added> Log::append(std::span<const Bytes> entries) {
  Added all;
  all.leaves.reserve(entries.size());
  for (const auto& entry : entries) {
    if (entry.size() > kMostEntry) {
      return refused(fmt::format("expected an entry of at most {} bytes, which is what a bundle can say, found {}",
                                 kMostEntry, entry.size()));
    }
    all.leaves.push_back(leaf_hash(entry));
  }
  const auto added = in_savepoint(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(all.first, size());
    DZ_TRY(add_entries(all.first, entries));
    return add_hashes(0, all.first, all.leaves);
  });
  if (!added) return tl::unexpected(added.error());
  return all;
}

Result<void> Log::add_entries(std::uint64_t first, std::span<const Bytes> entries) {
  while (!entries.empty()) {
    const auto missing = kTileWidth - first % kTileWidth;
    const auto some = entries.first(std::min<std::size_t>(entries.size(), missing));
    DZ_TRY(some.size() == missing ? fill_bundle(first / kTileWidth, some) : add_unpacked(first, some));
    first += some.size();
    entries = entries.subspan(some.size());
  }
  return {};
}

Result<void> Log::add_unpacked(std::uint64_t first, std::span<const Bytes> entries) {
  DZ_TRY_ASSIGN(auto add, database_->prepare(storage::insert_sql(kEntries)));
  for (const auto& entry : entries) DZ_TRY(add.bind(1, number(first++)).bind(2, ByteView(entry)).run());
  return {};
}

// With those that it has already.
Result<void> Log::fill_bundle(std::uint64_t bundle, std::span<const Bytes> rest) {
  std::vector<Bytes> begun;
  if (rest.size() < kTileWidth) {
    DZ_TRY_ASSIGN(begun, unpacked_entries(bundle));
    if (begun.size() + rest.size() != kTileWidth) {
      return corrupt(fmt::format("the log of decisions: expected {} entries in its last bundle, found {}",
                                 kTileWidth - rest.size(), begun.size()));
    }
    begun.insert(begun.end(), rest.begin(), rest.end());
    rest = begun;
  }
  std::optional<std::uint32_t> free;
  DZ_TRY_ASSIGN(const auto packed,
                pack_entries(rest, word_at_, [&](const Word& word) { return number_of(word, free); }));
  DZ_TRY_ASSIGN(auto add, database_->prepare(storage::insert_sql(kBundles)));
  DZ_TRY(add.bind(1, number(bundle)).bind(2, ByteView(packed)).run());
  return begun.empty() ? Result<void>() : database_->execute("DELETE FROM log_entry");
}

// `free`: the number of the next word that is new, once it was looked for.
Result<std::uint32_t> Log::number_of(const Word& word, std::optional<std::uint32_t>& free) {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT number FROM log_word WHERE word = ?"));
  query.bind(1, ByteView(word));
  DZ_TRY_ASSIGN(const bool known, query.step());
  const auto found = known ? static_cast<std::uint32_t>(query.integer(0)) : 0;
  query.reset();
  if (known) return found;
  if (!free) {
    DZ_TRY_ASSIGN(const auto last, newest(*database_, kWords));
    free = static_cast<std::uint32_t>(last ? *last + 1 : 0);
  }
  DZ_TRY_ASSIGN(auto add, database_->prepare(storage::insert_sql(kWords)));
  DZ_TRY(add.bind(1, number(*free)).bind(2, ByteView(word)).run());
  return (*free)++;
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
    const bool begun = next % kTileWidth != 0;
    if (begun) {
      DZ_TRY_ASSIGN(const auto stored, stored_tile(level, next / kTileWidth));
      if (stored) tile = *stored;
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
      const bool in_groups = full && level == 0;
      const auto kept = in_groups ? groups_of(tile) : tile;
      const auto place = place_of(in_groups ? kGroups : level, index);
      DZ_TRY(put.bind(1, place).bind(2, ByteView(encode_hashes(kept))).run());
      if (!full) continue;
      if (in_groups && begun && index == first / kTileWidth) DZ_TRY(forget_tile(*database_, place_of(0, index)));
      above.push_back(tree_root(kept));
      tile.clear();
    }
    hashes = std::move(above);
    first /= kTileWidth;
    ++level;
  }
  return {};
}

Result<std::optional<std::vector<Hash>>> Log::stored_tile(int level, std::uint64_t index) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(select_sql(kTiles, "WHERE place = ?")));
  query.bind(1, place_of(level, index));
  DZ_TRY_ASSIGN(const bool found, query.step());
  if (!found) return std::nullopt;
  DZ_TRY_ASSIGN(const auto bytes, intact(query, "tile"));
  DZ_TRY_ASSIGN(auto hashes, decode_hashes(bytes, bytes.size() / sizeof(Hash)));
  query.reset();
  return hashes;
}

// Of so many entries of a bundle, which have the roots that are kept of it. NotFound: nothing is kept of them.
Result<std::vector<Hash>> Log::leaves_of(std::uint64_t bundle, EntryRange range) const {
  DZ_TRY_ASSIGN(const auto groups, stored_tile(kGroups, bundle));
  DZ_TRY_ASSIGN(const auto entries, packed_entries(bundle, range));
  if (!groups || !entries) return not_found(fmt::format("the log of decisions has no tile {}", tile_path({0, bundle})));
  std::vector<Hash> leaves;
  leaves.reserve(entries->size());
  for (const auto& entry : *entries) leaves.push_back(leaf_hash(entry));
  const auto found = groups_of(leaves);
  if (groups->size() != kTileWidth / kGroup ||
      !std::equal(found.begin(), found.end(), groups->begin() + static_cast<std::ptrdiff_t>(range.first / kGroup))) {
    return corrupt(
        fmt::format("the log of decisions: expected in bundle {} the entries that the tree has, found others", bundle));
  }
  return leaves;
}

Result<std::vector<Hash>> Log::whole_tile(int level, std::uint64_t index) const {
  DZ_TRY_ASSIGN(auto stored, stored_tile(level, index));
  if (stored) return std::move(*stored);
  if (level == 0) return leaves_of(index, {});
  return not_found(fmt::format("the log of decisions has no tile {}", tile_path({level, index})));
}

Result<std::vector<Hash>> Log::tile(const Tile& tile) const {
  DZ_TRY_ASSIGN(auto hashes, in_one_view(*database_, [&] { return whole_tile(tile.level, tile.index); }));
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

Result<std::optional<std::vector<Bytes>>> Log::packed_entries(std::uint64_t bundle, EntryRange range) const {
  DZ_TRY_ASSIGN(auto query, database_->prepare(select_sql(kBundles, "WHERE bundle = ?")));
  query.bind(1, number(bundle));
  DZ_TRY_ASSIGN(const bool found, query.step());
  if (!found) return std::nullopt;
  DZ_TRY_ASSIGN(const auto packed, intact(query, "bundle"));
  DZ_TRY_ASSIGN(auto entries, unpack_entries(
                                  packed, [this](std::uint32_t word) { return word_of(word); }, range));
  query.reset();
  return entries;
}

Result<std::vector<Bytes>> Log::entries(std::uint64_t bundle, std::uint64_t width) const {
  DZ_TRY_ASSIGN(auto packed, in_one_view(*database_, [&] { return packed_entries(bundle, {}); }));
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
  const auto bundle = index / kTileWidth, place = index % kTileWidth;
  DZ_TRY_ASSIGN(auto packed, in_one_view(*database_, [&] { return packed_entries(bundle, {place, 1}); }));
  if (packed) return std::move(packed->front());
  DZ_TRY_ASSIGN(auto found, entries(bundle, place + 1));
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

// What one proof asks for within a full bundle: few of its hashes, and again and again the same ones.
struct Log::BundleOfProof {
  std::optional<std::uint64_t> bundle;
  std::optional<std::vector<Hash>> groups;  // none: the tile is kept whole
  std::optional<std::uint64_t> group;
  std::vector<Hash> leaves;  // of the group
};

Result<std::optional<Hash>> Log::subtree_of_bundle(BundleOfProof& known, int level, std::uint64_t index) const {
  const auto first = index << level;
  const auto bundle = first / kTileWidth, group = first % kTileWidth / kGroup;
  if (known.bundle != bundle) {
    known = {};
    DZ_TRY_ASSIGN(known.groups, stored_tile(kGroups, bundle));
    known.bundle = bundle;
  }
  if (!known.groups || known.groups->size() != kTileWidth / kGroup) return std::nullopt;
  if (level >= kGroupLevel)
    return tree_root(std::span(*known.groups).subspan(group, std::size_t{1} << (level - kGroupLevel)));
  if (known.group != group) {
    DZ_TRY_ASSIGN(known.leaves, leaves_of(bundle, {group * kGroup, kGroup}));
    known.group = group;
  }
  return tree_root(std::span(known.leaves).subspan(first % kGroup, std::size_t{1} << level));
}

ReadSubtree Log::subtrees(std::uint64_t size) const {
  const auto known = std::make_shared<BundleOfProof>();
  const auto from_tiles = subtrees_from_tiles([this](const Tile& wanted) { return tile(wanted); }, size);
  return [this, known, from_tiles](int level, std::uint64_t index) -> Result<Hash> {
    if (level < kTileHeight) {
      DZ_TRY_ASSIGN(const auto found, subtree_of_bundle(*known, level, index));
      if (found) return *found;
    }
    return from_tiles(level, index);
  };
}

Result<Hash> Log::root(std::uint64_t size) const {
  return in_one_view(*database_, [&] { return root_of(subtrees(size), size); });
}

Result<TreeHead> Log::head() const {
  DZ_TRY_ASSIGN(const auto entries, size());
  DZ_TRY_ASSIGN(const auto hash, root(entries));
  return TreeHead{entries, hash};
}

Result<Proof> Log::inclusion_proof(std::uint64_t index, std::uint64_t size) const {
  return in_one_view(*database_, [&] { return prove_inclusion(subtrees(size), index, size); });
}

Result<Proof> Log::consistency_proof(std::uint64_t from, std::uint64_t to) const {
  return in_one_view(*database_, [&] { return prove_consistency(subtrees(to), from, to); });
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
