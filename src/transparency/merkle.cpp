#include "transparency/merkle.h"

#include <bit>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/sha256.h"

namespace dz::transparency {
namespace {

constexpr std::array<std::uint8_t, 1> kLeaf = {0};
constexpr std::array<std::uint8_t, 1> kNode = {1};

// Where RFC 6962 splits a list of n > 1 leaves: the largest power of two below n.
std::uint64_t split_of(std::uint64_t n) { return std::bit_floor(n - 1); }

// Leaves [begin, end) of a tree. `begin` is a multiple of a power of two that is no less than what the range is split
// at: so it is for all ranges that come of splitting a tree.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t size() const { return end - begin; }
  Range left() const { return {begin, begin + split_of(size())}; }
  Range right() const { return {begin + split_of(size()), end}; }
};

Result<Hash> root_of_range(const ReadSubtree& read, Range range) {
  std::vector<Hash> complete;  // from the left, each smaller than the one before it
  while (range.size() > 0) {
    const int level = std::bit_width(range.size()) - 1;
    DZ_TRY_ASSIGN(Hash root, read(level, range.begin >> level));
    complete.push_back(root);
    range.begin += std::uint64_t{1} << level;
  }
  Hash root = complete.back();
  for (std::size_t i = complete.size() - 1; i-- > 0;) root = node_hash(complete[i], root);
  return root;
}

tl::unexpected<Error> not_shown(const std::string& what) {
  return refused(what + "; ask for the proof again, and if it stays so keep both as evidence against the log");
}

tl::unexpected<Error> wrong_length(std::string_view kind, std::size_t found) {
  return not_shown("the " + std::string(kind) + " proof has " + std::to_string(found) +
                   " hashes, which no proof between these sizes has");
}

// A walk from a leaf or subtree to the root, by the place it has among its like (index) and the place of the last of
// them. Hashes of a proof are taken from the left or the right as RFC 9162 (2.1.3.2 and 2.1.4.2) says.
struct Climb {
  std::uint64_t index = 0;
  std::uint64_t last = 0;
  bool at_top() const { return last == 0; }
  bool is_right() const { return (index & 1) != 0 || index == last; }
  // Where it is the last of an odd number it has no sibling: up to where it has one.
  void skip_alone() {
    while ((index & 1) == 0 && index != 0) up();
  }
  void up() {
    index >>= 1;
    last >>= 1;
  }
};

struct BothRoots {
  Hash older{}, newer{};
};

// Where a consistency proof leads from the first of its subtrees, 0 < from < to. Refused: with another number of
// hashes.
Result<BothRoots> walk(std::uint64_t from, std::uint64_t to, const Hash& first, std::span<const Hash> rest) {
  Climb climb{from - 1, to - 1};
  while ((climb.index & 1) != 0) climb.up();
  BothRoots roots{first, first};
  for (const Hash& sibling : rest) {
    if (climb.at_top()) return wrong_length("consistency", rest.size());
    if (climb.is_right()) {
      roots.older = node_hash(sibling, roots.older);
      roots.newer = node_hash(sibling, roots.newer);
      climb.skip_alone();
    } else {
      roots.newer = node_hash(roots.newer, sibling);
    }
    climb.up();
  }
  if (!climb.at_top()) return wrong_length("consistency", rest.size());
  return roots;
}

}  // namespace

Hash leaf_hash(ByteView entry) {
  const std::array<ByteView, 2> parts = {ByteView(kLeaf), entry};
  return sha256_of(parts);
}

Hash node_hash(const Hash& left, const Hash& right) {
  const std::array<ByteView, 3> parts = {ByteView(kNode), ByteView(left), ByteView(right)};
  return sha256_of(parts);
}

Hash empty_root() { return sha256(ByteView()); }

Hash tree_root(std::span<const Hash> leaves) {
  Frontier frontier;
  for (const Hash& leaf : leaves) frontier.append(leaf);
  return frontier.root();
}

void Frontier::append(const Hash& leaf) {
  Hash root = leaf;
  for (std::uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    root = node_hash(peaks_.back(), root);
    peaks_.pop_back();
  }
  peaks_.push_back(root);
  ++size_;
}

Hash Frontier::root() const {
  if (peaks_.empty()) return empty_root();
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = node_hash(peaks_[i], root);
  return root;
}

Result<Frontier> Frontier::restore(std::uint64_t size, std::vector<Hash> peaks) {
  const auto expected = static_cast<std::size_t>(std::popcount(size));
  if (peaks.size() != expected) {
    return corrupt("expected " + std::to_string(expected) + " hashes for a tree of " + std::to_string(size) +
                   " entries, found " + std::to_string(peaks.size()));
  }
  Frontier frontier;
  frontier.peaks_ = std::move(peaks);
  frontier.size_ = size;
  return frontier;
}

Result<Hash> root_of(const ReadSubtree& read, std::uint64_t size) {
  if (size == 0) return empty_root();
  return root_of_range(read, {0, size});
}

Result<Proof> prove_inclusion(const ReadSubtree& read, std::uint64_t index, std::uint64_t size) {
  if (index >= size) {
    return refused("entry " + std::to_string(index) + " is not in a tree of " + std::to_string(size) +
                   " entries, which are counted from 0; ask for one that is");
  }
  std::vector<Range> siblings;
  for (Range range{0, size}; range.size() > 1;) {
    const bool in_left = index < range.left().end;
    siblings.push_back(in_left ? range.right() : range.left());
    range = in_left ? range.left() : range.right();
  }
  Proof proof;
  for (auto sibling = siblings.rbegin(); sibling != siblings.rend(); ++sibling) {
    DZ_TRY_ASSIGN(Hash root, root_of_range(read, *sibling));
    proof.push_back(root);
  }
  return proof;
}

Result<Proof> prove_consistency(const ReadSubtree& read, std::uint64_t from, std::uint64_t to) {
  if (from > to) {
    return refused("a tree of " + std::to_string(to) + " entries does not go on from one of " + std::to_string(from) +
                   "; name the smaller one first");
  }
  Proof proof;
  if (from == 0 || from == to) return proof;
  std::vector<Range> siblings;
  Range range{0, to};
  while (range.end != from) {  // until the range is the right edge of the older tree
    const bool in_left = from <= range.left().end;
    siblings.push_back(in_left ? range.right() : range.left());
    range = in_left ? range.left() : range.right();
  }
  if (range.begin != 0) siblings.push_back(range);  // else it is the older tree, whose root the asker has
  for (auto sibling = siblings.rbegin(); sibling != siblings.rend(); ++sibling) {
    DZ_TRY_ASSIGN(Hash root, root_of_range(read, *sibling));
    proof.push_back(root);
  }
  return proof;
}

Result<void> check_inclusion(const Hash& leaf, std::uint64_t index, const TreeHead& tree, std::span<const Hash> proof) {
  if (index >= tree.size) {
    return refused("entry " + std::to_string(index) + " cannot be in a tree of " + std::to_string(tree.size) +
                   " entries; check it against a newer checkpoint");
  }
  Climb climb{index, tree.size - 1};
  Hash root = leaf;
  for (const Hash& sibling : proof) {
    if (climb.at_top()) return wrong_length("inclusion", proof.size());
    if (climb.is_right()) {
      root = node_hash(sibling, root);
      climb.skip_alone();
    } else {
      root = node_hash(root, sibling);
    }
    climb.up();
  }
  if (!climb.at_top()) return wrong_length("inclusion", proof.size());
  if (root != tree.root) return not_shown("the inclusion proof leads to another root than the checkpoint has");
  return {};
}

Result<Proof> prove_beginning(const ReadSubtree& read, std::uint64_t from, std::uint64_t to) {
  DZ_TRY_ASSIGN(auto proof, prove_consistency(read, from, to));
  if (from == to || !std::has_single_bit(from)) return proof;
  DZ_TRY_ASSIGN(const auto root, root_of(read, from));
  proof.insert(proof.begin(), root);
  return proof;
}

bool contradict(const TreeHead& from, const TreeHead& to, std::span<const Hash> beginning) {
  if (from.size == to.size) return from.root != to.root;
  if (from.size == 0 || from.size > to.size || beginning.empty()) return false;
  const auto roots = walk(from.size, to.size, beginning.front(), beginning.subspan(1));
  return roots && roots->newer == to.root && roots->older != from.root;
}

Result<void> check_consistency(const TreeHead& from, const TreeHead& to, std::span<const Hash> proof) {
  if (from.size > to.size) {
    return not_shown("the log went back from " + std::to_string(from.size) + " entries to " + std::to_string(to.size));
  }
  if (from.size == 0 || from.size == to.size) {
    if (!proof.empty()) return wrong_length("consistency", proof.size());
    if (from.size == to.size && from.root != to.root) {
      return not_shown("two trees of " + std::to_string(from.size) + " entries have different roots");
    }
    return {};
  }
  // The older tree is one complete subtree: its root begins the walk, and the proof does not repeat it.
  const bool whole = std::has_single_bit(from.size);
  if (!whole && proof.empty()) return wrong_length("consistency", proof.size());
  DZ_TRY_ASSIGN(const auto roots,
                walk(from.size, to.size, whole ? from.root : proof.front(), proof.subspan(whole ? 0 : 1)));
  const auto& [older, newer] = roots;
  if (older != from.root) return not_shown("the consistency proof does not begin with the older root");
  if (newer != to.root) return not_shown("the consistency proof does not lead to the newer root");
  return {};
}

}  // namespace dz::transparency
