#include "transparency/merkle.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dz::transparency {
namespace {

using Leaves = std::vector<Hash>;

// RFC 6962, section 2.1, word by word: slow, and as plain as it can be.
namespace rfc {

std::size_t split(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

Hash mth(std::span<const Hash> d) {
  if (d.empty()) return empty_root();
  if (d.size() == 1) return d[0];
  const std::size_t k = split(d.size());
  return node_hash(mth(d.first(k)), mth(d.subspan(k)));
}

Proof path(std::size_t m, std::span<const Hash> d) {
  if (d.size() == 1) return {};
  const std::size_t k = split(d.size());
  Proof proof = m < k ? path(m, d.first(k)) : path(m - k, d.subspan(k));
  proof.push_back(m < k ? mth(d.subspan(k)) : mth(d.first(k)));
  return proof;
}

Proof subproof(std::size_t m, std::span<const Hash> d, bool known) {
  if (m == d.size()) return known ? Proof{} : Proof{mth(d)};
  const std::size_t k = split(d.size());
  Proof proof = m <= k ? subproof(m, d.first(k), known) : subproof(m - k, d.subspan(k), false);
  proof.push_back(m <= k ? mth(d.subspan(k)) : mth(d.first(k)));
  return proof;
}

}  // namespace rfc

Leaves some_leaves(std::size_t count) {
  Leaves leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
  return leaves;
}

// The roots of complete subtrees of these leaves, each computed once. Out of them is a test's mistake, or the code's.
ReadSubtree subtrees_of(const Leaves& leaves) {
  auto known = std::make_shared<std::map<std::pair<int, std::uint64_t>, Hash>>();
  return [&leaves, known](int level, std::uint64_t index) -> Result<Hash> {
    const std::uint64_t begin = index << level, size = std::uint64_t{1} << level;
    if (begin + size > leaves.size()) return not_found("a subtree beyond the leaves");
    auto [at, missing] = known->try_emplace({level, index});
    if (missing) at->second = rfc::mth(std::span(leaves).subspan(begin, size));
    return at->second;
  };
}

std::string hex(const Hash& hash) {
  std::string text;
  for (const std::uint8_t byte : hash) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

// The vectors that Certificate Transparency's implementations have in common.
TEST(Merkle, RootsOfTheCommonVectors) {
  const std::vector<Bytes> entries = {
      {},
      {0x00},
      {0x10},
      {0x20, 0x21},
      {0x30, 0x31},
      {0x40, 0x41, 0x42, 0x43},
      {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
      {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f}};
  Leaves leaves;
  for (const Bytes& entry : entries) leaves.push_back(leaf_hash(entry));
  EXPECT_EQ(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(leaves[0]), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(hex(tree_root(std::span(leaves).first(2))),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
  EXPECT_EQ(hex(tree_root(std::span(leaves).first(7))),
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
  EXPECT_EQ(hex(tree_root(leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Merkle, RootsAreThoseOfTheRfcForEverySize) {
  const Leaves leaves = some_leaves(600);
  const ReadSubtree read = subtrees_of(leaves);
  Frontier frontier;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const Hash expected = rfc::mth(std::span(leaves).first(size));
    ASSERT_EQ(frontier.root(), expected) << size;
    ASSERT_EQ(frontier.size(), size);
    ASSERT_EQ(root_of(read, size), expected) << size;
    if (size < leaves.size()) frontier.append(leaves[size]);
  }
}

TEST(Merkle, InclusionProofsAreThoseOfTheRfcAndHold) {
  const Leaves leaves = some_leaves(70);
  const ReadSubtree read = subtrees_of(leaves);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const auto tree = std::span(leaves).first(size);
    const TreeHead head{size, rfc::mth(tree)};
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = prove_inclusion(read, index, size);
      ASSERT_TRUE(proof) << proof.error().message;
      ASSERT_EQ(*proof, rfc::path(index, tree)) << index << " of " << size;
      ASSERT_TRUE(check_inclusion(leaves[index], index, head, *proof)) << index << " of " << size;
    }
  }
}

TEST(Merkle, ConsistencyProofsAreThoseOfTheRfcAndHold) {
  const Leaves leaves = some_leaves(70);
  const ReadSubtree read = subtrees_of(leaves);
  for (std::size_t to = 1; to <= leaves.size(); ++to) {
    const auto newer = std::span(leaves).first(to);
    for (std::size_t from = 1; from <= to; ++from) {
      const auto proof = prove_consistency(read, from, to);
      ASSERT_TRUE(proof) << proof.error().message;
      ASSERT_EQ(*proof, rfc::subproof(from, newer, true)) << from << " to " << to;
      ASSERT_TRUE(check_consistency({from, rfc::mth(newer.first(from))}, {to, rfc::mth(newer)}, *proof))
          << from << " to " << to;
    }
  }
}

RC_GTEST_PROP(Merkle, ProofsOfLargerTreesAreThoseOfTheRfc, ()) {
  static const Leaves leaves = some_leaves(5000);
  static const ReadSubtree read = subtrees_of(leaves);
  const auto size = *rc::gen::inRange<std::size_t>(1, leaves.size() + 1);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const auto tree = std::span(leaves).first(size);
  const TreeHead head = {size, rfc::mth(tree)};
  const auto inclusion = prove_inclusion(read, index, size);
  RC_ASSERT(inclusion.has_value());
  RC_ASSERT(*inclusion == rfc::path(index, tree));
  RC_ASSERT(check_inclusion(leaves[index], index, head, *inclusion).has_value());
  const auto from = index + 1;
  const auto consistency = prove_consistency(read, from, size);
  RC_ASSERT(consistency.has_value());
  RC_ASSERT(*consistency == rfc::subproof(from, tree, true));
  RC_ASSERT(check_consistency({from, rfc::mth(tree.first(from))}, head, *consistency).has_value());
}

// What an attacker may send in place of a proof: one bit of a hash, a hash less, a hash more, another place or size.
RC_GTEST_PROP(Merkle, NothingElseHoldsAsAProof, ()) {
  static const Leaves leaves = some_leaves(300);
  static const ReadSubtree read = subtrees_of(leaves);
  const auto size = *rc::gen::inRange<std::size_t>(2, leaves.size() + 1);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const TreeHead head{size, *root_of(read, size)};
  Proof proof = *prove_inclusion(read, index, size);
  const auto other = *rc::gen::inRange<std::size_t>(0, size);
  if (other != index) RC_ASSERT(!check_inclusion(leaves[index], other, head, proof));
  const auto bit = *rc::gen::inRange<std::size_t>(0, proof.size() * 256);
  proof[bit / 256][bit % 256 / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  RC_ASSERT(!check_inclusion(leaves[index], index, head, proof));
  proof[bit / 256][bit % 256 / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  RC_ASSERT(!check_inclusion(leaves[index], index, head, std::span(proof).first(proof.size() - 1)));
  proof.push_back(leaves[0]);
  RC_ASSERT(!check_inclusion(leaves[index], index, head, proof));
}

RC_GTEST_PROP(Merkle, NothingElseHoldsAsAConsistencyProof, ()) {
  static const Leaves leaves = some_leaves(300);
  static const ReadSubtree read = subtrees_of(leaves);
  const auto to = *rc::gen::inRange<std::size_t>(2, leaves.size() + 1);
  const auto from = *rc::gen::inRange<std::size_t>(1, to);
  const TreeHead older{from, *root_of(read, from)}, newer{to, *root_of(read, to)};
  Proof proof = *prove_consistency(read, from, to);
  RC_ASSERT(check_consistency(older, newer, proof).has_value());
  RC_ASSERT(!check_consistency({from, newer.root}, newer, proof));
  RC_ASSERT(!check_consistency(older, {to, older.root}, proof));
  RC_ASSERT(!check_consistency(newer, older, proof));
  const auto bit = *rc::gen::inRange<std::size_t>(0, proof.size() * 256);
  proof[bit / 256][bit % 256 / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  RC_ASSERT(!check_consistency(older, newer, proof));
  proof[bit / 256][bit % 256 / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  RC_ASSERT(!check_consistency(older, newer, std::span(proof).first(proof.size() - 1)));
  proof.push_back(leaves[0]);
  RC_ASSERT(!check_consistency(older, newer, proof));
}

TEST(Merkle, AForkIsNotConsistent) {
  const Leaves leaves = some_leaves(9);
  Leaves forked = leaves;
  forked[3] = leaf_hash(as_bytes("another"));
  const ReadSubtree read = subtrees_of(forked);
  const TreeHead newer{9, tree_root(forked)};
  for (std::size_t from = 1; from <= 8; ++from) {
    const TreeHead older{from, tree_root(std::span(leaves).first(from))};
    const Proof proof = *prove_consistency(read, from, 9);
    EXPECT_EQ(check_consistency(older, newer, proof).has_value(), from <= 3) << from;
  }
  EXPECT_FALSE(check_consistency({9, tree_root(leaves)}, newer, {}));
}

// Whatever a stranger sends about a tree that does begin with the older one.
RC_GTEST_PROP(Merkle, NothingShowsThatAnHonestLogContradictsItself, ()) {
  static const Leaves leaves = some_leaves(300);
  static const ReadSubtree read = subtrees_of(leaves);
  const auto to = *rc::gen::inRange<std::size_t>(1, leaves.size() + 1);
  const auto from = *rc::gen::inRange<std::size_t>(0, to + 1);
  const TreeHead older{from, from == 0 ? empty_root() : *root_of(read, from)}, newer{to, *root_of(read, to)};
  Proof proof = from == 0 ? Proof{} : *prove_beginning(read, from, to);
  RC_ASSERT(!contradict(older, newer, proof));
  if (!proof.empty()) {
    const auto bit = *rc::gen::inRange<std::size_t>(0, proof.size() * 256);
    proof[bit / 256][bit % 256 / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    RC_ASSERT(!contradict(older, newer, proof));
    RC_ASSERT(!contradict(older, newer, std::span(proof).first(proof.size() - 1)));
  }
  proof.push_back(newer.root);
  RC_ASSERT(!contradict(older, newer, proof));
  RC_ASSERT(!contradict(newer, {from, older.root}, proof));
}

TEST(Merkle, AForkIsProvenWhereverItParted) {
  const Leaves leaves = some_leaves(40);
  for (std::size_t parting = 0; parting < leaves.size(); ++parting) {
    Leaves forked = leaves;
    forked[parting] = leaf_hash(as_bytes("another"));
    const ReadSubtree read = subtrees_of(forked);
    for (std::size_t to = 1; to <= forked.size(); ++to) {
      const TreeHead newer{to, tree_root(std::span(forked).first(to))};
      for (std::size_t from = 1; from <= to; ++from) {
        const TreeHead older{from, tree_root(std::span(leaves).first(from))};
        ASSERT_EQ(contradict(older, newer, *prove_beginning(read, from, to)), from > parting) << from << " to " << to;
      }
    }
  }
}

TEST(Merkle, WhatIsOutsideOfTheTreeIsRefused) {
  const Leaves leaves = some_leaves(4);
  const ReadSubtree read = subtrees_of(leaves);
  EXPECT_EQ(prove_inclusion(read, 4, 4).error().kind, ErrorKind::Refused);
  EXPECT_EQ(prove_inclusion(read, 0, 0).error().kind, ErrorKind::Refused);
  EXPECT_EQ(prove_consistency(read, 4, 3).error().kind, ErrorKind::Refused);
  EXPECT_EQ(prove_inclusion(read, 0, 8).error().kind, ErrorKind::NotFound);  // what the reader says is passed on
  EXPECT_FALSE(check_inclusion(leaves[0], 4, {4, tree_root(leaves)}, {}));
  EXPECT_TRUE(check_consistency({0, empty_root()}, {4, tree_root(leaves)}, {}));
  EXPECT_FALSE(check_consistency({0, empty_root()}, {4, tree_root(leaves)}, leaves));
}

}  // namespace
}  // namespace dz::transparency
