// The octets of one interface: when it was in contact, in which minutes they rose, and when they fell.
//
// Utilization is judged on the last reading of each minute. A reading is above the last one (traffic), equal (none), or
// below: a fall. A fall is a replay when a reading within 10 minutes is back at the value before it; what lies between
// is no traffic. Else it is a reset, after which a value above 0 is traffic; that includes a counter that wraps. Until
// that is known the minutes from the fall on show no traffic either. Minutes that show none because of a replay, or of
// a fall that is not decided, say nothing when damped: below_a_fall().
//
// Rows may come late, in any order: the answer is the one of all rows known, whatever their order. Of a closed minute
// only its last reading is kept (readings.h), and the rows around a fall; docs/formats/evidence.md says what difference
// that can make.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "evidence/port_minutes.h"
#include "evidence/readings.h"

namespace dz::evidence {

inline constexpr Duration kReplayTime = std::chrono::minutes{10};  // back within this: a replay
// The last minute in which a row may still decide that a fall at this time was a replay.
inline MinuteIndex decisive_minute(Timestamp fall) { return index_of(minute_of(fall + kReplayTime)); }

// A row below the row before it.
struct OctetFall {
  Timestamp before;         // the row before it
  Timestamp from, at;       // of the row below: in [from, at], where rows between were not kept; else both are its time
  std::uint64_t high = 0;   // of the row before
  std::uint64_t value = 0;  // of the row below
  std::uint64_t peak = 0;   // the greatest after it, within kReplayTime of `from`
  std::uint8_t counter = 0;
  bool operator==(const OctetFall&) const = default;

  bool is_replay() const { return peak >= high; }
  // Of several falls of one minute, or from a value that is lost: a reset at any time in between, whatever comes late.
  static constexpr std::uint64_t kOfMany = UINT64_MAX;  // in `high`
  bool is_of_many() const { return high == kOfMany; }
  // Once the minutes before `closed` are closed: it was a reset.
  bool is_reset(MinuteIndex closed) const { return !is_replay() && closed > decisive_minute(from); }
};

// No hole in it is longer than kMostHole, so it holds a row of every stretch of that length.
struct ContactRun {
  Timestamp first, last;
  bool operator==(const ContactRun&) const = default;
};

class PortOctets {
 public:
  using Rows = std::array<std::vector<Reading>, 2>;  // in-octets, out-octets; in order of time

  // The minute's rows, when it closes; minutes come in order. At least one reading.
  void take_minute(MinuteIndex m, const Rows& rows, PortRing& ring);
  // Rows of minutes that closed before they came.
  // Returns how many pieces of the shelf it looked at.
  std::size_t take_late(const Rows& rows, PortRing& ring, const PortShelf& shelf);
  // The minutes before `closed` are closed: decides falls, and puts on the shelf what is old enough.
  void settle(MinuteIndex closed, PortRing& ring, const PortShelf& shelf);

  // No minute from `closed` on is closed, nor was it ever: what was known of them is forgotten, and what the rows of
  // these minutes decided is judged again. The ring has none of them any more.
  void take_back(MinuteIndex closed, PortRing& ring, const PortShelf& shelf);

  bool heard() const { return heard_; }   // rows came at some time
  void assume_heard() { heard_ = true; }  // of minutes put back from the history
  bool undecided() const { return undecided_from_[0] != kNever || undecided_from_[1] != kNever; }
  // From this minute on the counter is below a fall that is not decided; kNever when there is none.
  static constexpr MinuteIndex kNever = INT32_MAX;
  MinuteIndex undecided_from(std::size_t counter) const { return undecided_from_[counter]; }
  // The minutes of word w in which the counter is below a fall that is not decided, or was a replay.
  std::uint64_t below_a_fall(std::size_t counter, std::int32_t w) const;
  // Whether some minute is.
  bool has_been_below() const { return undecided() || !replays_.empty(); }
  // Of minutes put back from the history: [from, to) are, or are not.
  void put_below_a_fall(std::size_t counter, MinuteIndex from, MinuteIndex to, bool below);

  // Whether a row lies in [at - 5 min, at - 10 s): rows were arriving before that time.
  bool in_contact_before(Timestamp at) const;
  // What is kept of the readings of a closed minute; and the last that is kept of each counter in the hour before it.
  struct Kept {
    std::optional<MinuteReadings> readings;
    std::array<std::optional<Reading>, 2> before;
  };
  Kept kept_of(MinuteIndex m, const PortShelf& shelf) const;
  // By time. What one port may have of them is bounded: kMostFallsAMinute of a counter, and one where there are more
  // than kMostFalls in all. Of more, those that were replays are forgotten, and the others become one.
  std::span<const OctetFall> falls() const { return falls_; }
  static constexpr std::size_t kMostFallsAMinute = 16;
  static constexpr std::size_t kMostFalls = 1024;
  // A number that changes whenever the two answers above may have changed for times before the newest minute.
  std::uint32_t revision() const { return revision_; }

  // What versions before 4 of the snapshot knew of a counter and of contact.
  void begin_from(std::size_t counter, const Reading& reading);
  void begin_contact(const ContactRun& run) { runs_.push_back(run); }

  friend struct PortOctetsBytes;  // snapshot.cpp

 private:
  class Past;
  class Walk;
  struct Replay {
    MinuteIndex from = 0, to = 0;  // the minutes [from, to) are below it
    std::uint8_t counter = 0;
    bool operator==(const Replay&) const = default;
  };
  struct Stretch {
    MinuteIndex first = INT32_MAX, last = -1;
    void add(MinuteIndex m);
  };

  void note_contact(Timestamp at);
  void note_values(std::size_t counter, std::span<const Reading> readings);
  void raise_peaks(std::size_t counter, std::span<const Reading> readings);
  void take_back_peaks(Timestamp end, const Past& past, const PortRing& ring);
  void bound_falls(MinuteIndex from);
  void join_falls(MinuteIndex from, MinuteIndex to, std::size_t most);
  void find_falls(std::size_t counter, std::span<const Reading> late, const Past& past, const PortRing& ring);
  static std::vector<OctetFall> falls_among(std::size_t counter, std::span<const Reading> known,
                                            std::span<const OctetFall> old, const Past& past);
  void count_as_lost(std::size_t counter, MinuteIndex m, PortRing& ring);
  std::vector<MinuteReadings> recent() const;
  void remember(const MinuteReadings& readings);
  void keep_recent(std::span<const MinuteReadings> readings);
  void judge_newest(std::size_t counter, MinuteIndex m, const Reading& reading, PortRing& ring);
  void judge_again(std::size_t counter, Stretch changed, const Past& past, PortRing& ring);
  void judge_undecided(std::size_t counter, const Past& past, PortRing& ring);
  void set_undecided(std::size_t counter, MinuteIndex from, PortRing& ring);
  bool is_below_within(std::size_t counter, MinuteIndex first, MinuteIndex last) const;
  void spill(const PortShelf& shelf);
  void forget_old();

  bool heard_ = false;
  std::uint32_t revision_ = 0;
  MinuteIndex closed_ = 0;       // of the last settle()
  MinuteIndex recent_from_ = 0;  // readings of older minutes are on the shelf
  Bytes recent_;                 // encoded, of recent_from_ on
  ReadingBasis last_recent_;     // of the last of them
  std::vector<ContactRun> runs_;
  std::vector<OctetFall> falls_;
  std::vector<Replay> replays_;
  std::array<OptionalReading, 2> earliest_, newest_;
  std::array<OptionalReading, 2> clean_;  // the newest reading that is not below a fall
  std::array<MinuteIndex, 2> undecided_from_{kNever, kNever};
};

}  // namespace dz::evidence
