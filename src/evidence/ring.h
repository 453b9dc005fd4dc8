// Minutes as bits, for many subjects at once: a ring of 64-minute words over absolute time, one bit a plane and minute.
// Writing to a newer minute makes room by clearing the words in between, of all subjects; what was never written reads
// as 0, and so does everything outside the ring.
//
// The words of one hour lie together for all subjects of a block, because that is how they are read: a pass looks at
// the newest minute of everybody.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/time.h"

namespace dz::evidence {

using MinuteIndex = std::int32_t;  // whole minutes since the epoch: compact in rings and caches

inline MinuteIndex index_of(Minute m) { return static_cast<MinuteIndex>(m.time_since_epoch().count()); }
inline Minute minute_at(MinuteIndex index) { return Minute{std::chrono::minutes{index}}; }

// 32 hours and one word: the words in use are whole, so up to 63 minutes of one of them may be beyond the newest.
inline constexpr int kRingWords = 31;
static_assert((kRingWords - 1) * 64 >= 32 * 60);

// Words begin at multiples of 64 minutes since the epoch, in every table alike, so one slot number serves several.
inline constexpr std::int32_t word_of(MinuteIndex m) { return m >> 6; }
inline constexpr std::uint64_t bit_of(MinuteIndex m) { return std::uint64_t{1} << (m & 63); }
inline constexpr int slot_of(std::int32_t word) {
  return static_cast<int>(static_cast<std::uint32_t>(word) % kRingWords);
}

template <int Planes, std::uint32_t kBlock = 256>
class MinuteTable {
 public:
  static constexpr int kPlanes = Planes;
  using Word = std::array<std::uint64_t, Planes>;  // 64 minutes of every plane

  // One subject's minutes, for reading. A default one is of a subject that was always silent. Short-lived: it does not
  // see room being made.
  class Row {
   public:
    Row() = default;
    // slot must be slot_of(w).
    const Word& word(std::int32_t w, int slot) const {
      return w > newest_ || w <= newest_ - kRingWords ? kEmpty : first_[static_cast<std::uint32_t>(slot) * kBlock];
    }
    bool test(int plane, MinuteIndex m) const {
      const auto w = word_of(m);
      return (word(w, slot_of(w))[static_cast<std::size_t>(plane)] & bit_of(m)) != 0;
    }

   private:
    friend class MinuteTable;
    static constexpr Word kEmpty{};
    const Word* first_ = nullptr;
    std::int32_t newest_ = kNothing;
  };

  std::uint32_t size() const { return size_; }
  void resize(std::uint32_t subjects) {
    size_ = subjects;
    while (blocks_.size() * kBlock < subjects) blocks_.push_back(std::make_unique<Block>());
  }

  Row operator[](std::uint32_t subject) const {
    Row row;
    row.first_ = &blocks_[subject / kBlock]->words[0][subject % kBlock];
    row.newest_ = newest_;
    return row;
  }
  bool test(std::uint32_t subject, int plane, MinuteIndex m) const { return (*this)[subject].test(plane, m); }

  // Minutes before the ring are ignored.
  void set(std::uint32_t subject, int plane, MinuteIndex m) {
    if (make_room(word_of(m))) at(subject, word_of(m))[static_cast<std::size_t>(plane)] |= bit_of(m);
  }
  void clear(std::uint32_t subject, int plane, MinuteIndex m) {
    if (make_room(word_of(m))) at(subject, word_of(m))[static_cast<std::size_t>(plane)] &= ~bit_of(m);
  }

  // The subject has no minutes any more.
  void erase(std::uint32_t subject) {
    for (auto& words : blocks_[subject / kBlock]->words) words[subject % kBlock] = Word{};
  }

  // Nobody has minutes from m on: there is none newer than the word of m.
  void erase_from(MinuteIndex m) {
    const auto keep = word_of(m);
    for (auto w = std::max(keep + 1, newest_ - kRingWords + 1); w <= newest_; ++w) {
      for (auto& block : blocks_) block->words[static_cast<std::size_t>(slot_of(w))].fill(Word{});
    }
    if (newest_ >= keep && newest_ < keep + kRingWords) {
      for (std::uint32_t subject = 0; subject < size_; ++subject) {
        for (auto& plane : at(subject, keep)) plane &= bit_of(m) - 1;
      }
    }
    newest_ = std::min(newest_, keep);
  }

  // The minutes of word w that the mask has become those of `bits`. False: they were those.
  bool put(std::uint32_t subject, int plane, std::int32_t w, std::uint64_t mask, std::uint64_t bits) {
    if (!make_room(w)) return (bits & mask) != 0;
    auto& word = at(subject, w)[static_cast<std::size_t>(plane)];
    const auto before = std::exchange(word, (word & ~mask) | (bits & mask));
    return word != before;
  }

  // False: the word is before the ring.
  bool make_room(std::int32_t w) {
    if (w <= newest_) return w > newest_ - kRingWords;
    for (auto fresh = std::max(newest_ + 1, w - kRingWords + 1); fresh <= w; ++fresh) {
      for (auto& block : blocks_) block->words[static_cast<std::size_t>(slot_of(fresh))].fill(Word{});
    }
    newest_ = w;
    return true;
  }

  // Whether the subject has no minutes.
  bool is_empty(std::uint32_t subject) const {
    return std::all_of(blocks_[subject / kBlock]->words.begin(), blocks_[subject / kBlock]->words.end(),
                       [&](const auto& words) { return words[subject % kBlock] == Word{}; });
  }

  // For snapshots: the newest word in use, kNothing when never written. restart() empties the table at that word.
  static constexpr std::int32_t kNothing = -25;  // in snapshots, so it stays what it was
  std::int32_t newest() const { return newest_; }
  void restart(std::int32_t newest) { newest_ = newest; }

 private:
  struct Block {
    std::array<std::array<Word, kBlock>, kRingWords> words{};
  };

  Word& at(std::uint32_t subject, std::int32_t w) {
    return blocks_[subject / kBlock]->words[static_cast<std::size_t>(slot_of(w))][subject % kBlock];
  }

  std::vector<std::unique_ptr<Block>> blocks_;
  std::uint32_t size_ = 0;
  std::int32_t newest_ = kNothing;
};

}  // namespace dz::evidence
