// The values of one error counter (or of discards, or of carrier transitions), of as long as the rings reach back, and
// in which minutes they say that it rose.
//
// Error counters are sent when they change, so there are few values. Judged are all that are known, in order of time:
//   first   the first value that is known, above 0, while octet rows were arriving: a change of unknown size
//   rise    above the last value, or above 0 after a reset; the same value again is none
//   fall    below it: a replay when it is back within 10 minutes (nothing), else a reset. A reset of the octets within
//           5 s of a row reset the counter before that row. Until it is known which, a value above 0 is undecided.
// A value that came in time is decided once: when its minute closes, or when it becomes known what its fall was. Rows
// that come later can make it worse and never better.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "evidence/octets.h"

namespace dz::evidence {

// In the order of how bad it is.
enum class ErrorFinding : std::uint8_t { None, First, Undecided, Rise };

struct ErrorValue {
  Reading reading;
  bool late = false;      // its minute had closed before it came
  bool decided = false;   // that is, `kept` is final
  bool folded = false;    // rows with the same value were left out between this one and the next
  bool began = false;     // the counter began anew before it, with the octets, or perhaps did
  bool anew = false;      // and so did one before it in its minute that was left out
  bool baseline = false;  // the last of values that are older than the rings: compared with, not judged
  ErrorFinding kept = ErrorFinding::None;   // as it was decided
  ErrorFinding now = ErrorFinding::None;    // as all that is known says
  ErrorFinding shown = ErrorFinding::None;  // in the ring
  ErrorFinding worst() const { return std::max(kept, now); }
  bool operator==(const ErrorValue&) const = default;
};

class ErrorHistory {
 public:
  // False: known already, and nothing changed.
  bool add(const Reading& reading, bool late);
  // The octets fell at a time that was not known before, where rows were left out: one of them may have been reset too.
  void assume_rows_at(std::span<const OctetFall> falls);
  // Judges all values, the minutes before `closed` being closed. decide: and decides those whose time has come.
  void judge(const PortOctets& octets, MinuteIndex closed, bool decide);
  void take_back(MinuteIndex closed);  // no row of a minute from there on was known
  // Whether time alone may change a finding.
  bool undecided() const { return undecided_; }

  // Calls use(minute) for every minute whose findings are not those that were shown, which then they are.
  template <typename Use>
  void show(const Use& use);
  // The worst finding of a minute.
  ErrorFinding finding(MinuteIndex m) const;

  bool empty() const { return values_.empty(); }
  std::size_t size() const { return values_.size(); }
  // No more rows are to be taken; one that rises all the time has about 4,200. Time makes room again, by fold().
  static constexpr std::size_t kMostValues = 8192;
  bool is_full() const { return values_.size() >= kMostValues; }
  std::optional<Reading> newest() const;
  // By how much it rose in the minutes [from, to), as far as it is known: first values and undecided ones aside.
  std::uint64_t rise(MinuteIndex from, MinuteIndex to) const;
  // The values of a minute that are known still, in order of time; and the last one before it.
  struct Kept {
    std::vector<Reading> values;
    std::optional<Reading> before;
    bool folded = false;  // rows with the same value were left out among them
  };
  Kept kept_of(MinuteIndex m) const;
  // Leaves out what no row can be compared with any more, and, when there are many values, those that say nothing.
  void fold(MinuteIndex closed, const PortOctets& octets);

  friend struct ErrorHistoryBytes;  // snapshot.cpp

 private:
  class Judge;
  void unfold(std::size_t i);
  void assume(std::size_t i, const Reading& reading);
  void leave_out(MinuteIndex before);
  template <typename GoesOut>
  void leave_out_if(MinuteIndex before, const GoesOut& goes_out);

  std::vector<ErrorValue> values_;  // in order of time
  std::uint32_t folded_size_ = 0;   // after values were left out
  bool undecided_ = false;
};

template <typename Use>
void ErrorHistory::show(const Use& use) {
  for (auto& value : values_) {
    if (value.shown == value.worst()) continue;
    value.shown = value.worst();
    use(index_of(minute_of(value.reading.at)));
  }
}

}  // namespace dz::evidence
