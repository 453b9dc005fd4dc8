// The minutes of an interface in the rings: which planes there are, and one port's, for writing.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "evidence/sparse_minutes.h"
#include "evidence/tally.h"

namespace dz::evidence {

// The planes of counters carry the bit numbers of CounterBit (tally.h).
enum PortPlane : int {
  kInErrorsRose,
  kOutErrorsRose,
  kInFcsErrorsRose,
  kInOctetsRose,
  kOutOctetsRose,
  kData,
  kStrictOnly,
  kInDiscardsRose,
  kOutDiscardsRose,
  kCarrierRose,
  kDiscardsStrictOnly,
  kCarrierStrictOnly
};
inline constexpr int kPortPlanes = 12;
// kStrictOnly: every error of this minute is bad when strict and nothing when damped: a first value of unknown size, or
// part of a fall of which it is not known yet whether it was a reset. The two others say so of discards and carrier.
constexpr bool is_of_errors(int plane) { return plane <= kInFcsErrorsRose || plane == kStrictOnly; }
constexpr bool is_of_events(int plane) { return plane > kStrictOnly; }
constexpr std::uint32_t planes_that(bool (*are)(int plane)) {
  std::uint32_t planes = 0;
  for (int plane = 0; plane < kPortPlanes; ++plane) planes |= are(plane) ? 1U << plane : 0U;
  return planes;
}
enum RareGroup : std::size_t { kErrorMinutes, kEventMinutes };
using PortMinutes = SparseMinutes<kPortPlanes, planes_that(is_of_errors), planes_that(is_of_events)>;

inline constexpr std::array kErrorCounters{kInErrorsRose, kOutErrorsRose, kInFcsErrorsRose};
inline constexpr std::array kDiscardCounters{kInDiscardsRose, kOutDiscardsRose};
inline constexpr std::array kCarrierCounters{kCarrierRose};
// Those that are sent when they change.
inline constexpr std::array kSparseCounters{kInErrorsRose,   kOutErrorsRose,   kInFcsErrorsRose,
                                            kInDiscardsRose, kOutDiscardsRose, kCarrierRose};
inline constexpr std::array kOctetCounters{kInOctetsRose, kOutOctetsRose};
constexpr bool is_octets(PortPlane counter) { return counter == kInOctetsRose || counter == kOutOctetsRose; }
constexpr CounterBits bit_of_counter(PortPlane counter) { return static_cast<CounterBits>(1U << counter); }
constexpr PortPlane plane_of(CounterBit counter) {
  return static_cast<PortPlane>(std::countr_zero(static_cast<CounterBits>(counter)));
}
static_assert(bit_of_counter(kOutOctetsRose) == kOutOctets && plane_of(kInFcsErrors) == kInFcsErrorsRose);
static_assert(bit_of_counter(kInDiscardsRose) == kInDiscards && plane_of(kCarrierTransitions) == kCarrierRose);

// One port's minutes. Remembers the first one that it changed.
class PortRing {
 public:
  static constexpr MinuteIndex kNoChange = INT32_MAX;

  PortRing(PortMinutes& minutes, std::uint32_t port) : minutes_(minutes), port_(port) {}

  bool test(PortPlane plane, MinuteIndex m) const { return minutes_.test(port_, plane, m); }
  void put(PortPlane plane, MinuteIndex m, bool value) {
    if (!value && word_of(m) > minutes_.newest()) return;
    if (minutes_.put(port_, plane, word_of(m), bit_of(m), value ? bit_of(m) : 0)) changed_from(m);
  }
  void changed_from(MinuteIndex m) { changed_ = std::min(changed_, m); }
  MinuteIndex changed() const { return changed_; }

  // The nearest minute with data before m, or from m on; kNone when the rings have none.
  static constexpr MinuteIndex kNone = -1;
  MinuteIndex data_before(MinuteIndex m) const;
  MinuteIndex data_from(MinuteIndex m) const;

 private:
  PortMinutes& minutes_;
  std::uint32_t port_;
  MinuteIndex changed_ = kNoChange;
};

inline MinuteIndex PortRing::data_before(MinuteIndex m) const {
  const auto row = minutes_[port_];
  const auto oldest = minutes_.newest() - kRingWords + 1;
  auto below = m > 0 ? (bit_of(m) - 1) : 0;  // of m's own word: the minutes before m
  for (auto w = std::min(word_of(m), minutes_.newest()); m > 0 && w >= oldest && w >= 0; --w) {
    const auto bits = row.word(w, slot_of(w))[kData] & (w == word_of(m) ? below : ~std::uint64_t{0});
    if (bits != 0) return w * 64 + 63 - std::countl_zero(bits);
  }
  return kNone;
}

inline MinuteIndex PortRing::data_from(MinuteIndex m) const {
  const auto row = minutes_[port_];
  const auto first = std::max({word_of(std::max(m, 0)), minutes_.newest() - kRingWords + 1, 0});
  for (auto w = first; w <= minutes_.newest(); ++w) {
    const auto bits = row.word(w, slot_of(w))[kData] & (w == word_of(m) ? ~(bit_of(m) - 1) : ~std::uint64_t{0});
    if (bits != 0) return w * 64 + std::countr_zero(bits);
  }
  return kNone;
}

}  // namespace dz::evidence
