// Minutes as bits: a ring of 64-minute words over absolute time, one bit a plane and minute. Writing to a newer minute
// makes room by clearing the words in between; what was never written reads as 0, and so does everything outside.
//
// Words are aligned to multiples of 64 minutes since the epoch, in every ring alike, so one slot number serves several
// rings, and a silent subject's ring need not be touched as time passes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.h"

namespace dz {

using MinuteIndex = std::int32_t;  // whole minutes since the epoch: compact in rings and caches

inline MinuteIndex index_of(Minute m) { return static_cast<MinuteIndex>(m.time_since_epoch().count()); }
inline Minute minute_at(MinuteIndex index) { return Minute{std::chrono::minutes{index}}; }

// 1500 minutes and one word: the words in use are whole, so up to 63 minutes of one of them may be beyond the newest.
inline constexpr int kRingWords = 25;
static_assert((kRingWords - 1) * 64 >= 1500);

inline constexpr std::int32_t word_of(MinuteIndex m) { return m >> 6; }
inline constexpr std::uint64_t bit_of(MinuteIndex m) { return std::uint64_t{1} << (m & 63); }
inline constexpr int slot_of(std::int32_t word) {
  return static_cast<int>(static_cast<std::uint32_t>(word) % kRingWords);
}

template <int Planes>
class BitRing {
 public:
  // The 64 minutes of a word; slot must be slot_of(word).
  std::uint64_t bits(int plane, std::int32_t word, int slot) const {
    return word > newest_ || word <= newest_ - kRingWords ? 0 : words_[slot][plane];
  }
  std::uint64_t bits(int plane, std::int32_t word) const { return bits(plane, word, slot_of(word)); }
  bool test(int plane, MinuteIndex m) const { return (bits(plane, word_of(m)) & bit_of(m)) != 0; }

  // Minutes before the ring are ignored.
  void set(int plane, MinuteIndex m) {
    if (make_room(word_of(m))) words_[slot_of(word_of(m))][plane] |= bit_of(m);
  }
  void clear(int plane, MinuteIndex m) {
    if (make_room(word_of(m))) words_[slot_of(word_of(m))][plane] &= ~bit_of(m);
  }

  // For snapshots: the newest word in use, kNothing in a ring never written; words are then put back with replace().
  static constexpr std::int32_t kNothing = -kRingWords;
  std::int32_t newest() const { return newest_; }
  void replace(std::int32_t newest, int plane, std::int32_t word, std::uint64_t bits) {
    newest_ = newest;
    words_[slot_of(word)][plane] = bits;
  }

  bool operator==(const BitRing&) const = default;

 private:
  bool make_room(std::int32_t word) {
    if (word <= newest_) return word > newest_ - kRingWords;
    for (auto w = std::max(newest_ + 1, word - kRingWords + 1); w <= word; ++w) words_[slot_of(w)].fill(0);
    newest_ = word;
    return true;
  }

  std::array<std::array<std::uint64_t, Planes>, kRingWords> words_{};
  std::int32_t newest_ = kNothing;
};

}  // namespace dz
