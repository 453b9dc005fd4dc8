// The log itself: entries that are only ever added, and the tree over them, in tables of somebody's database, so that
// what an entry speaks of and the entry are one commit. Format: docs/formats/decision-log.md.
//
// It keeps nothing in memory: after a transaction that was rolled back it is what the database says.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "storage/sqlite.h"
#include "transparency/merkle.h"
#include "transparency/packed_bundle.h"
#include "transparency/tiles.h"

namespace dz::transparency {

// A view of the database, which outlives it. Corrupt, from any call: what is on disk is not what was written.
class Log {
 public:
  // Makes the tables when missing. word_at: where what is appended has a word (packed_bundle.h) that recurs; read is
  // everything whatever it is.
  static Result<Log> open(storage::SqliteDatabase& database, std::optional<std::uint32_t> word_at = std::nullopt);

  struct Added {
    std::uint64_t first = 0;   // the index of the first
    std::vector<Hash> leaves;  // leaf_hash() of each
  };
  // All or nothing, within the transaction under way or as one of its own. It is there once that transaction is, and on
  // disk when its commit is. Refused: an entry of more than kMostEntry bytes.
  Result<Added> append(std::span<const Bytes> entries);

  Result<std::uint64_t> size() const;
  // Of the first `size` entries. NotFound: there are not so many.
  Result<Hash> root(std::uint64_t size) const;
  Result<TreeHead> head() const;

  // NotFound: the log has no tile or bundle that is so wide.
  Result<std::vector<Hash>> tile(const Tile& tile) const;
  Result<std::vector<Bytes>> entries(std::uint64_t bundle, std::uint64_t width) const;
  Result<Bytes> entry(std::uint64_t index) const;

  // Refused: no such entry or tree.
  Result<Proof> inclusion_proof(std::uint64_t index, std::uint64_t size) const;
  Result<Proof> consistency_proof(std::uint64_t from, std::uint64_t to) const;

  // Corrupt: it does not begin with that tree; the message says what was found.
  Result<void> check_extends(const TreeHead& earlier) const;

 private:
  Log(storage::SqliteDatabase& database, std::optional<std::uint32_t> word_at)
      : database_(&database), word_at_(word_at) {}
  Result<void> add_entries(std::uint64_t first, std::span<const Bytes> entries);
  Result<void> add_hashes(int level, std::uint64_t first, std::vector<Hash> hashes);
  Result<void> add_unpacked(std::uint64_t first, std::span<const Bytes> entries);
  Result<void> fill_bundle(std::uint64_t bundle, std::span<const Bytes> rest);
  Result<std::uint32_t> number_of(const Word& word, std::optional<std::uint32_t>& free);
  Result<Word> word_of(std::uint32_t number) const;
  Result<std::vector<Bytes>> unpacked_entries(std::uint64_t bundle) const;
  Result<std::optional<std::vector<Bytes>>> packed_entries(std::uint64_t bundle, EntryRange range) const;
  Result<std::optional<std::vector<Hash>>> stored_tile(int level, std::uint64_t index) const;
  Result<std::vector<Hash>> leaves_of(std::uint64_t bundle, EntryRange range) const;
  Result<std::vector<Hash>> whole_tile(int level, std::uint64_t index) const;
  struct BundleOfProof;
  Result<std::optional<Hash>> subtree_of_bundle(BundleOfProof& known, int level, std::uint64_t index) const;
  ReadSubtree subtrees(std::uint64_t size) const;

  storage::SqliteDatabase* database_;
  std::optional<std::uint32_t> word_at_;
};

// For who reads entry after entry: those of the last full bundle that one was taken from are kept, for these are
// unpacked all at once and never change.
class LogEntries {
 public:
  explicit LogEntries(storage::SqliteDatabase& database) : database_(&database) {}
  // NotFound: the log has no such entry.
  Result<Bytes> at(std::uint64_t index);

 private:
  storage::SqliteDatabase* database_;  // outlives this object
  std::optional<std::uint64_t> bundle_;
  std::vector<Bytes> unpacked_;
};

}  // namespace dz::transparency
