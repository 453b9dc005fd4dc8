// Counts of one signal over one window, remembered so that the next minute costs a step instead of a recount. The
// remembered answer always equals a recount (window_count_test.cpp): writers call forget_from() with each minute they
// change, and `revision` says whether anything outside the ring (coverage, excuses) changed in closed minutes.
#pragma once

#include <bit>
#include <cstdint>

#include "evidence/ring.h"

namespace dz::evidence {

// One signal in the minutes of a word that a mask asks for. Neither bit: good. Never both. Bits outside the mask mean
// nothing.
struct SignalWord {
  std::uint64_t bad = 0, unobserved = 0;
};

struct WindowKey {
  MinuteIndex from = 0, to = 0;  // to - from at most kLongestWindow
  // Bad minutes in the low half, unobserved ones in the high: one number, written and compared at once. As two halves
  // each comparison would wait for the two writes before it.
  std::uint32_t allowances = 0;
  std::uint32_t revision = 0;

  static std::uint32_t allow(int bad, int unobserved) {
    return static_cast<std::uint32_t>(bad) | static_cast<std::uint32_t>(unobserved) << 16;
  }
  int bad_allowed() const { return static_cast<int>(allowances & 0xffff); }
  int unobserved_allowed() const { return static_cast<int>(allowances >> 16); }
};

inline constexpr MinuteIndex kNoMinute = -1;

// x86-64 without -mpopcnt calls a library function for std::popcount; this is a few instructions.
inline constexpr int count_bits(std::uint64_t x) {
  x -= (x >> 1) & 0x5555555555555555U;
  x = (x & 0x3333333333333333U) + ((x >> 2) & 0x3333333333333333U);
  x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0FU;
  return static_cast<int>((x * 0x0101010101010101U) >> 56);
}

// The bits of word w that lie in [from, to).
inline constexpr std::uint64_t mask_of(std::int32_t w, MinuteIndex from, MinuteIndex to) {
  std::uint64_t mask = ~std::uint64_t{0};
  if (w == word_of(from)) mask &= ~std::uint64_t{0} << (from & 63);
  if (w == word_of(to - 1)) mask &= ~std::uint64_t{0} >> (63 - ((to - 1) & 63));
  return mask;
}

// The bits of word w that lie before m.
inline constexpr std::uint64_t minutes_before(MinuteIndex m, std::int32_t w) {
  if (w != word_of(m)) return w < word_of(m) ? ~std::uint64_t{0} : 0;
  return bit_of(m) - 1;
}

class WindowCount {
 public:
  MinuteIndex from() const { return key_.from; }
  MinuteIndex to() const { return key_.to; }
  int bad() const { return bad_.count; }
  int unobserved() const { return unobserved_.count; }
  MinuteIndex first_bad() const { return bad_.first; }  // kNoMinute when there is none
  MinuteIndex last_bad() const { return bad_.last; }
  MinuteIndex first_unobserved() const { return unobserved_.first; }
  MinuteIndex last_unobserved() const { return unobserved_.last; }
  MinuteIndex earliest() const { return earliest_; }  // SignalTally::earliest_from

  // SignalTally::bad_since, a word at a time.
  template <typename Words>
  MinuteIndex bad_since(const Words& words) const {
    if (bad_.last != key_.to - 1) return kNoMinute;
    auto since = key_.to;
    for (auto w = word_of(key_.to - 1); since > key_.from; --w) {
      const auto mask = mask_of(w, key_.from, since);
      const auto good = ~words(w, slot_of(w), mask).bad & mask;
      if (good != 0) return w * 64 + 64 - std::countl_zero(good);
      since = std::max(key_.from, w * 64);
    }
    return since;
  }

  // The remembered counts serve this window as they are, or once they have moved on to it.
  bool continues(const WindowKey& key) const {
    return key_.to != 0 && key.to - key.from == key_.to - key_.from && key.allowances == key_.allowances &&
           key.revision == key_.revision;
  }

  // A minute changed: what was counted of it no longer holds.
  void forget_from(MinuteIndex m) {
    if (m >= key_.to) return;
    key_.from = 0;
    key_.to = 0;
  }

  // words(word, slot, mask) -> SignalWord. The key's window must not be empty.
  template <typename Words>
  void update(const WindowKey& key, const Words& words) {
    const auto steps = key.to - key_.to;
    if (steps < 0 || steps > kMostSteps || !continues(key)) return recount(key, words);
    for (int i = 0; i < steps; ++i) step(words);
  }

  template <typename Words>
  void recount(const WindowKey& key, const Words& words) {
    key_ = key;
    bad_ = {};
    unobserved_ = {};
    const auto first = word_of(key.from), last = word_of(key.to - 1);
    take(words, first, slot_of(first), mask_of(first, key.from, key.to));
    auto slot = slot_of(first);
    for (auto w = first + 1; w < last; ++w) {
      slot = slot + 1 == kRingWords ? 0 : slot + 1;
      take(words, w, slot, ~std::uint64_t{0});
    }
    if (last > first) take(words, last, slot_of(last), mask_of(last, key.from, key.to));
    find_earliest(words);
  }

 private:
  static constexpr int kMostSteps = 4;

  // The minutes of the window that are bad, or that are unobserved.
  struct Marked {
    std::uint16_t count = 0;
    MinuteIndex first = kNoMinute, last = kNoMinute;

    // bits: of word w, and all behind the ones added before.
    void add(std::int32_t w, std::uint64_t bits) {
      if (bits == 0) return;
      count = static_cast<std::uint16_t>(count + count_bits(bits));
      if (first == kNoMinute) first = w * 64 + std::countr_zero(bits);
      last = w * 64 + 63 - std::countl_zero(bits);
    }
  };

  template <typename Words>
  void take(const Words& words, std::int32_t w, int slot, std::uint64_t mask) {
    const SignalWord now = words(w, slot, mask);
    if (((now.bad | now.unobserved) & mask) == 0) return;
    bad_.add(w, now.bad & mask);
    unobserved_.add(w, now.unobserved & mask);
  }

  // The window moves on by one minute.
  template <typename Words>
  void step(const Words& words) {
    const auto leaving = key_.from;
    const auto entering = key_.to;
    ++key_.from;
    ++key_.to;
    if (bad_.first == leaving) drop_first(words, &SignalWord::bad, bad_);
    if (unobserved_.first == leaving) drop_first(words, &SignalWord::unobserved, unobserved_);
    const auto w = word_of(entering);
    const auto bit = bit_of(entering);
    const SignalWord now = words(w, slot_of(w), bit);
    if (((now.bad | now.unobserved) & bit) != 0) {
      bad_.add(w, now.bad & bit);
      unobserved_.add(w, now.unobserved & bit);
      find_earliest(words);
    } else if (earliest_ == leaving) {
      earliest_ = first_observed(words, key_.from);
    }
  }

  // The first of the marked minutes has left the window.
  template <typename Words>
  void drop_first(const Words& words, std::uint64_t SignalWord::*kind, Marked& marked) const {
    --marked.count;
    if (marked.count == 0) {
      marked = {};
    } else {
      marked.first = next(words, kind);
    }
  }

  // The first minute of the window that has the bit; there must be one.
  template <typename Words>
  MinuteIndex next(const Words& words, std::uint64_t SignalWord::*kind) const {
    for (auto w = word_of(key_.from);; ++w) {
      const auto mask = mask_of(w, key_.from, key_.to);
      const auto bits = words(w, slot_of(w), mask).*kind & mask;
      if (bits != 0) return w * 64 + std::countr_zero(bits);
    }
  }

  template <typename Words>
  void find_earliest(const Words& words) {
    earliest_ = key_.from;
    if (bad_.count > key_.bad_allowed()) earliest_ = after(words, &SignalWord::bad, key_.bad_allowed());
    if (unobserved_.count > key_.unobserved_allowed()) {
      earliest_ = std::max(earliest_, after(words, &SignalWord::unobserved, key_.unobserved_allowed()));
    }
    if (unobserved_.count > 0) earliest_ = first_observed(words, earliest_);
  }

  // The first minute after which at most `allowed` of the kind remain; there must be more than that in the window.
  template <typename Words>
  MinuteIndex after(const Words& words, std::uint64_t SignalWord::*kind, int allowed) const {
    for (auto w = word_of(key_.to - 1);; --w) {
      const auto mask = mask_of(w, key_.from, key_.to);
      auto bits = words(w, slot_of(w), mask).*kind & mask;
      const int here = count_bits(bits);
      if (here <= allowed) {
        allowed -= here;
        continue;
      }
      for (; allowed > 0; --allowed) bits &= ~(std::uint64_t{1} << (63 - std::countl_zero(bits)));
      return w * 64 + 64 - std::countl_zero(bits);
    }
  }

  // The first observed minute from m on; `to` when the window holds none.
  template <typename Words>
  MinuteIndex first_observed(const Words& words, MinuteIndex m) const {
    while (m < key_.to) {
      const auto w = word_of(m);
      const auto mask = mask_of(w, m, key_.to);
      const auto observed = ~words(w, slot_of(w), mask).unobserved & mask;
      if (observed != 0) return w * 64 + std::countr_zero(observed);
      m = (w + 1) * 64;
    }
    return key_.to;
  }

  WindowKey key_;
  Marked bad_, unobserved_;
  MinuteIndex earliest_ = 0;
};

}  // namespace dz::evidence
