// Cumulative counters of one interface into minutes. Rows wait until their minute closes and are then taken in order
// of time, so the order of arrival does not matter; the last values live here, outside the ring, and so outlast it.
//
// A counter above its last value rose, in the minute that shows it. Below: if it is back at its high-water mark within
// 10 minutes it was a replay (neither error nor traffic), else a reset (a non-zero error value is errors since the
// reset). Until that is known it is treated as a reset, and the marks this made are taken back if it was a replay.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"
#include "evidence/evidence.h"
#include "evidence/ring.h"

namespace dz::evidence {

// The first five planes carry the bit numbers of CounterBit (tally.h).
enum PortPlane : int {
  kInErrorsRose,
  kOutErrorsRose,
  kInFcsErrorsRose,
  kInOctetsRose,
  kOutOctetsRose,
  kData,
  kStrictOnly
};
inline constexpr int kPortPlanes = 7;
// kStrictOnly: every error of this minute is a first value of unknown size: bad when strict, a baseline when damped.
using PortMinutes = MinuteTable<kPortPlanes>;

inline constexpr int kCounters = 5;
inline constexpr std::array kErrorCounters{kInErrorsRose, kOutErrorsRose, kInFcsErrorsRose};
inline constexpr std::array kOctetCounters{kInOctetsRose, kOutOctetsRose};
constexpr bool is_octets(PortPlane counter) { return counter == kInOctetsRose || counter == kOutOctetsRose; }
constexpr std::uint8_t bit_of_counter(PortPlane counter) { return static_cast<std::uint8_t>(1U << counter); }
constexpr PortPlane plane_of(CounterBit counter) {
  return static_cast<PortPlane>(std::countr_zero(static_cast<std::uint8_t>(counter)));
}
static_assert(bit_of_counter(kOutOctetsRose) == kOutOctets && plane_of(kInFcsErrors) == kInFcsErrorsRose);

// Part of a row. A row with octets and errors is two entries, so that the common one stays small.
struct CounterEntry {
  Timestamp at;
  std::uint8_t counters = 0;  // CounterBit set: which of values[] are there
  bool late = false;          // its minute had closed before it arrived
  // in-octets, out-octets when either is in `counters`; else in-errors, out-errors or, alone in [0], in-fcs-errors.
  std::array<std::uint64_t, 2> values{};

  bool has(PortPlane counter) const { return (counters & bit_of_counter(counter)) != 0; }
  std::uint64_t value(PortPlane counter) const {
    return values[counter == kOutOctetsRose || counter == kOutErrorsRose ? 1 : 0];
  }
  auto operator<=>(const CounterEntry&) const = default;
};

// What is remembered of one counter.
struct CounterTrack {
  bool known = false;
  bool fallen = false;       // below its high-water mark, replay or reset undecided
  bool with_octets = false;  // fallen because the octets reset beside it: decided when theirs is
  std::uint16_t marks = 0;   // bit i: minute_of(fallen_at) + i is marked only because of the fall
  std::uint64_t high = 0;    // the last certain value
  std::uint64_t low = 0;     // the last value since the fall
  Timestamp at;              // of the last row
  Timestamp fallen_at;

  // The first value that is known.
  void begin(std::uint64_t value, Timestamp when) {
    known = true;
    high = value;
    at = when;
  }
  bool operator==(const CounterTrack&) const = default;
};

// When octet rows arrived, as far as the first-contact rule asks. A run has no hole above 10 s.
struct OctetRuns {
  bool any = false;
  Timestamp before_run;  // the last row before the present run; the epoch when there is none
  Timestamp run_start, last;

  void add(Timestamp at);
  // Whether a row arrived in [at - 5 min, at - 10 s).
  bool arriving_before(Timestamp at) const;
  bool operator==(const OctetRuns&) const = default;
};

// The counters along one line of time. A port has the line of rows that came in order, and a second one when rows
// older than those are filled in behind them.
struct CounterLine {
  std::array<CounterTrack, kCounters> tracks;
  OctetRuns octets;
  bool octets_fell = false;
  Timestamp octets_fell_at;

  CounterTrack& track(PortPlane counter) { return tracks[static_cast<std::size_t>(counter)]; }
  const CounterTrack& track(PortPlane counter) const { return tracks[static_cast<std::size_t>(counter)]; }
  // An octet counter is below its high-water mark, replay or reset undecided.
  bool octets_are_down() const { return track(kInOctetsRose).fallen || track(kOutOctetsRose).fallen; }
  bool operator==(const CounterLine&) const = default;
};

class PortCounters {
 public:
  // late: the row's minute had closed before it arrived.
  void add(const CounterRow& row, bool late);
  std::size_t waiting_count() const { return waiting_.size(); }

  // Takes the waiting entries of minutes before `closed`, oldest first, into the port's minutes. Returns the first
  // minute that changed, kNoChange when none did.
  static constexpr MinuteIndex kNoChange = INT32_MAX;
  MinuteIndex settle(MinuteIndex closed, PortMinutes& minutes, std::uint32_t port);

  // Octet rows were taken at some time: the interface has counters of its own.
  bool has_octets() const { return line_.octets.any; }
  void assume_octets() { line_.octets.any = true; }  // of minutes put back from the history

  // What is remembered of a counter along the line of rows that came in order.
  const CounterTrack& track(PortPlane counter) const { return line_.track(counter); }

  friend struct PortCountersBytes;  // snapshot.cpp

 private:
  class Marking;
  void take(const CounterEntry& entry, Marking& mark);
  void take_octets(const CounterEntry& entry, Marking& mark);
  // What the octet values of an entry showed: a fall that begins with it, or that an earlier fall was a reset.
  struct OctetFall {
    bool fell = false;
    bool reset = false;
  };
  static OctetFall take_octet_values(CounterLine& line, const CounterEntry& entry, Marking& mark);
  static void confirm_errors(CounterLine& line);
  static void undo_errors(CounterLine& line, Marking& mark);
  static void reset_errors(CounterLine& line, Timestamp fell_at, Marking& mark);
  void take_error(PortPlane counter, const CounterEntry& entry, Marking& mark);
  CounterLine& line_for(bool in_order);

  std::vector<CounterEntry> waiting_;
  CounterLine line_;
  std::unique_ptr<CounterLine> behind_;  // rows older than line_'s; forgotten and begun anew when they jump back
};

}  // namespace dz::evidence
