// The minutes of an interface in the rings: which planes there are, and one port's, for writing.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "evidence/ring.h"
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

// Minutes of what hardly any interface has within 32 h: only those that do have a row. It is made with the first bit,
// and given up when the last one has left the ring.
template <int Planes>
class RareMinutes {
  using Table = MinuteTable<Planes, 64>;

 public:
  static constexpr std::size_t kBytes = kRingWords * sizeof(typename Table::Word);  // of one that has some

  void resize(std::uint32_t subjects) { rows_.resize(subjects, kNoRow); }
  typename Table::Row operator[](std::uint32_t subject) const {
    return rows_[subject] == kNoRow ? typename Table::Row() : table_[rows_[subject]];
  }
  bool has(std::uint32_t subject) const { return rows_[subject] != kNoRow; }
  void put(std::uint32_t subject, int plane, std::int32_t w, std::uint64_t mask, std::uint64_t bits) {
    if (rows_[subject] == kNoRow && (bits & mask) == 0) return;
    table_.put(row_of(subject), plane, w, mask, bits);
  }
  void erase(std::uint32_t subject) {
    if (rows_[subject] == kNoRow) return;
    table_.erase(rows_[subject]);
    give_up(subject);
  }
  void erase_from(MinuteIndex m) { table_.erase_from(m); }
  void make_room(std::int32_t w) {
    table_.make_room(w);
    for (std::uint32_t subject = 0; subject < rows_.size(); ++subject) {
      if (rows_[subject] != kNoRow && table_.is_empty(rows_[subject])) give_up(subject);
    }
  }
  void restart(std::int32_t newest) { table_.restart(newest); }

 private:
  static constexpr std::uint32_t kNoRow = UINT32_MAX;

  std::uint32_t row_of(std::uint32_t subject) {
    auto& row = rows_[subject];
    if (row != kNoRow) return row;
    if (spare_.empty()) {
      row = table_.size();
      table_.resize(row + 1);
    } else {
      row = spare_.back();
      spare_.pop_back();
    }
    return row;
  }
  void give_up(std::uint32_t subject) { spare_.push_back(std::exchange(rows_[subject], kNoRow)); }

  Table table_;
  std::vector<std::uint32_t> rows_;   // in table_, by subject
  std::vector<std::uint32_t> spare_;  // rows that are empty
};

// The minutes of all interfaces: octets and data of each, and of errors and events (discards, carrier transitions) what
// there is. All tables end at the same minute, so that what has left one has left the others.
class PortMinutes {
  using Seen = MinuteTable<3>;  // octets rose, data
  using Errors = RareMinutes<4>;
  using Events = RareMinutes<5>;
  template <int Planes>
  using RareRow = typename MinuteTable<Planes, 64>::Row;
  template <int Planes>
  using RareWord = typename MinuteTable<Planes, 64>::Word;

 public:
  static constexpr int kPlanes = kPortPlanes;
  // What each interface takes, and what one with errors or events takes beside.
  static constexpr std::size_t kBytes = kRingWords * sizeof(Seen::Word) + 2 * sizeof(std::uint32_t);
  static constexpr std::size_t kBytesOfErrors = Errors::kBytes;
  static constexpr std::size_t kBytesOfEvents = Events::kBytes;

  // 64 minutes of every plane.
  class Word {
   public:
    std::uint64_t operator[](std::size_t plane) const {
      const auto p = static_cast<int>(plane);
      if (is_of_events(p)) return (*events_)[event_plane(p)];
      return is_of_errors(p) ? (*errors_)[error_plane(p)] : (*seen_)[seen_plane(p)];
    }

   private:
    friend class PortMinutes;
    Word(const Seen::Word& seen, const RareWord<4>& errors, const RareWord<5>& events)
        : seen_(&seen), errors_(&errors), events_(&events) {}
    const Seen::Word* seen_;
    const RareWord<4>* errors_;
    const RareWord<5>* events_;
  };

  // As MinuteTable::Row.
  class Row {
   public:
    Row() = default;
    Word word(std::int32_t w, int slot) const {
      return {seen_.word(w, slot), errors_.word(w, slot), events_.word(w, slot)};
    }
    bool test(int plane, MinuteIndex m) const {
      if (is_of_events(plane)) return events_.test(static_cast<int>(event_plane(plane)), m);
      return is_of_errors(plane) ? errors_.test(static_cast<int>(error_plane(plane)), m)
                                 : seen_.test(static_cast<int>(seen_plane(plane)), m);
    }

   private:
    friend class PortMinutes;
    Seen::Row seen_;
    RareRow<4> errors_;
    RareRow<5> events_;
  };

  std::uint32_t size() const { return seen_.size(); }
  void resize(std::uint32_t subjects) {
    seen_.resize(subjects);
    errors_.resize(subjects);
    events_.resize(subjects);
  }

  Row operator[](std::uint32_t subject) const {
    Row row;
    row.seen_ = seen_[subject];
    row.errors_ = errors_[subject];
    row.events_ = events_[subject];
    return row;
  }
  bool test(std::uint32_t subject, int plane, MinuteIndex m) const { return (*this)[subject].test(plane, m); }
  bool has_events(std::uint32_t subject) const { return events_.has(subject); }

  // As MinuteTable's.
  void set(std::uint32_t subject, int plane, MinuteIndex m) { put(subject, plane, word_of(m), bit_of(m), bit_of(m)); }
  void clear(std::uint32_t subject, int plane, MinuteIndex m) { put(subject, plane, word_of(m), bit_of(m), 0); }
  void put(std::uint32_t subject, int plane, std::int32_t w, std::uint64_t mask, std::uint64_t bits) {
    if (w > seen_.newest()) make_room(w);
    if (is_of_events(plane)) return events_.put(subject, static_cast<int>(event_plane(plane)), w, mask, bits);
    if (is_of_errors(plane)) return errors_.put(subject, static_cast<int>(error_plane(plane)), w, mask, bits);
    seen_.put(subject, static_cast<int>(seen_plane(plane)), w, mask, bits);
  }
  void erase(std::uint32_t subject) {
    seen_.erase(subject);
    errors_.erase(subject);
    events_.erase(subject);
  }
  void erase_from(MinuteIndex m) {
    seen_.erase_from(m);
    errors_.erase_from(m);
    events_.erase_from(m);
  }

  // For snapshots, as MinuteTable's.
  static constexpr std::int32_t kNothing = Seen::kNothing;
  std::int32_t newest() const { return seen_.newest(); }
  void restart(std::int32_t newest) {
    seen_.restart(newest);
    errors_.restart(newest);
    events_.restart(newest);
  }

 private:
  static constexpr std::size_t seen_plane(int plane) { return static_cast<std::size_t>(plane - kInOctetsRose); }
  static constexpr std::size_t error_plane(int plane) {
    return static_cast<std::size_t>(plane == kStrictOnly ? kInFcsErrorsRose + 1 : plane);
  }
  static constexpr std::size_t event_plane(int plane) { return static_cast<std::size_t>(plane - kInDiscardsRose); }

  void make_room(std::int32_t w) {
    seen_.make_room(w);
    errors_.make_room(w);
    events_.make_room(w);
  }

  Seen seen_;
  Errors errors_;
  Events events_;
};

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
    if (minutes_.test(port_, plane, m) == value) return;
    if (value) {
      minutes_.set(port_, plane, m);
    } else {
      minutes_.clear(port_, plane, m);
    }
    changed_from(m);
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
