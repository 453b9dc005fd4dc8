// The tree of RFC 6962 (section 2.1): one root for a list of entries, short proofs that an entry is in the list
// (inclusion) and that a longer list only went on from a shorter one (consistency). Pure.
//
// A complete subtree has 2^level leaves and starts at a multiple of that. Whoever keeps the roots of those can build
// every root and proof: they are asked for one by one (ReadSubtree), about as many as a proof has hashes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace dz::transparency {

using Hash = std::array<std::uint8_t, 32>;
using Proof = std::vector<Hash>;

// A tree of so many leaves with this root: what a checkpoint states.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root{};
  bool operator==(const TreeHead&) const = default;
};

// SHA-256 of 0x00 and the entry.
Hash leaf_hash(ByteView entry);
// SHA-256 of 0x01, left and right.
Hash node_hash(const Hash& left, const Hash& right);
// Of no leaves: SHA-256 of nothing.
Hash empty_root();
// MTH of these leaf hashes.
Hash tree_root(std::span<const Hash> leaves);

// The roots of the complete subtrees that a list of leaves falls into, largest first: enough to go on and to say the
// root, in the space of a proof.
class Frontier {
 public:
  // O(1) on average, O(log n) at most.
  void append(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  Hash root() const;
  const std::vector<Hash>& peaks() const { return peaks_; }
  // As it was with these peaks. Corrupt: a list of so many leaves has another number of them.
  static Result<Frontier> restore(std::uint64_t size, std::vector<Hash> peaks);

 private:
  std::vector<Hash> peaks_;
  std::uint64_t size_ = 0;
};

// The root of the complete subtree over the leaves [index << level, (index + 1) << level).
using ReadSubtree = std::function<Result<Hash>(int level, std::uint64_t index)>;

// Of the first `size` leaves.
Result<Hash> root_of(const ReadSubtree& read, std::uint64_t size);
// That leaf `index` is among the first `size`, RFC 6962 section 2.1.1. Refused: index is not below size.
Result<Proof> prove_inclusion(const ReadSubtree& read, std::uint64_t index, std::uint64_t size);
// That the tree of `to` leaves begins with that of `from`, section 2.1.2; empty where from is 0 or to itself. Refused:
// from is more than to.
Result<Proof> prove_consistency(const ReadSubtree& read, std::uint64_t from, std::uint64_t to);

// Refused: the proof does not show that the leaf has this place in the tree.
Result<void> check_inclusion(const Hash& leaf, std::uint64_t index, const TreeHead& tree, std::span<const Hash> proof);
// Refused: the proof does not show that `to` begins with `from`. Of an empty tree nothing has to be shown.
Result<void> check_consistency(const TreeHead& from, const TreeHead& to, std::span<const Hash> proof);

// What shows where the tree of `to` leaves begins, from 1 to `to`: the consistency proof, and before it the root of the
// first `from` leaves where the RFC leaves that out because whoever checks has it (`from` is a power of two).
Result<Proof> prove_beginning(const ReadSubtree& read, std::uint64_t from, std::uint64_t to);
// Whether no log can honestly have signed both: two roots of one size, or a beginning of `to`, proven as above, that is
// another tree than `from`. Nobody can make such a proof where `to` does begin with `from`; that a proof is wrong shows
// nothing.
bool contradict(const TreeHead& from, const TreeHead& to, std::span<const Hash> beginning);

}  // namespace dz::transparency
