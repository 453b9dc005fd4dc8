// Cumulative counters of one interface into minutes. Rows wait until their minute closes; rows of minutes that had
// closed before they came are late, and are taken at the next settle(). What the minutes are is a function of the set
// of rows known, each late or not, and of the minutes that are closed: neither the order in which rows came nor how
// often each did matters. Octets and errors have a file each that says how they are judged: octets.h, error_history.h;
// discards and carrier transitions are sent, and judged, as errors are.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/time.h"
#include "evidence/error_history.h"
#include "evidence/evidence.h"
#include "evidence/octets.h"
#include "evidence/port_minutes.h"

namespace dz::evidence {

// Part of a row. A row with octets and errors is two entries, so that the common one stays small.
struct CounterEntry {
  Timestamp at;
  CounterBits counters = 0;  // which of values[] are there
  bool late = false;         // its minute had closed before it arrived
  // What comes in and what goes out of octets, errors or discards; or, alone in [0], in-fcs-errors or
  // carrier-transitions.
  std::array<std::uint64_t, 2> values{};

  bool has(PortPlane counter) const { return (counters & bit_of_counter(counter)) != 0; }
  std::uint64_t value(PortPlane counter) const {
    return values[counter == kOutOctetsRose || counter == kOutErrorsRose || counter == kOutDiscardsRose ? 1 : 0];
  }
  auto operator<=>(const CounterEntry&) const = default;
};

// Where a port's minutes are, and its older readings. rows: whatever is in it; its memory is used again for the next.
struct PortPlace {
  PortRing& ring;
  const PortShelf& shelf;
  PortOctets::Rows& rows;
};

class PortCounters {
 public:
  // late: the row's minute had closed before it arrived.
  void add(const CounterRow& row, bool late);
  std::size_t waiting_count() const { return waiting_.size(); }
  std::size_t late_count() const { return late_; }  // of those
  // One of the sparse counters has as many values as it may have.
  bool is_full() const;
  // Something waits, or time alone may change a minute.
  bool needs_settling() const { return !waiting_.empty() || undecided() || is_full(); }

  // The minutes [before, closed) close now, those before them had closed. Takes the waiting rows of these. What it does
  // is taken off `work` (about 0.1 us each); once nothing is left of that it stops, and returns the minute from which
  // on it is to be called again, before any other row is added. Else it returns `closed`.
  MinuteIndex settle(MinuteIndex before, MinuteIndex closed, const PortPlace& place, std::size_t& work);

  // No minute from `closed` on is closed, nor was it ever: what rows said of these minutes is forgotten.
  void take_back(MinuteIndex closed, const PortPlace& place);

  const PortOctets& octets() const { return octets_; }
  PortOctets& octets() { return octets_; }
  // The newest value of a sparse counter, rows of open minutes aside.
  std::optional<Reading> newest_error(PortPlane counter) const {
    const auto* history = find_history(counter);
    return history == nullptr ? std::nullopt : history->newest();
  }
  // By how much the counters rose in [from, to), as far as it is known.
  std::uint64_t rise(std::span<const PortPlane> counters, MinuteIndex from, MinuteIndex to) const;

  const ErrorHistory& errors(PortPlane counter) const { return errors_[error_index(counter)]; }

  friend struct PortCountersBytes;  // snapshot.cpp

 private:
  struct EventHistory {
    PortPlane counter = kCarrierRose;
    ErrorHistory values;
  };

  static constexpr std::size_t error_index(PortPlane counter) {
    return static_cast<std::size_t>(counter) - static_cast<std::size_t>(kInErrorsRose);
  }
  // Calls use(history) for each that there is.
  template <typename Self, typename Use>
  static void each_history(Self& self, const Use& use) {
    for (auto& errors : self.errors_) use(errors);
    for (auto& event : self.events_) use(event.values);
  }
  const ErrorHistory* find_history(PortPlane counter) const;  // null: it was never heard of
  ErrorHistory* find_history(PortPlane counter) {
    return const_cast<ErrorHistory*>(std::as_const(*this).find_history(counter));
  }
  ErrorHistory& history_of(PortPlane counter);
  bool undecided_errors() const;
  bool undecided() const { return octets_.undecided() || undecided_errors(); }
  void count_late();
  void settle_late(std::span<const CounterEntry> late, MinuteIndex before, const PortPlace& place, std::size_t& work);
  MinuteIndex stage_after(MinuteIndex stage, MinuteIndex with_rows) const;
  std::size_t take(std::span<const CounterEntry> entries, const PortPlace& place);
  std::size_t judge_errors(MinuteIndex closed, bool decide, PortRing& ring);
  void show_findings(std::span<const PortPlane> counters, PortPlane strict_only, PortRing& ring);

  std::vector<CounterEntry> waiting_;
  PortOctets octets_;
  std::array<ErrorHistory, kErrorCounters.size()> errors_;
  std::vector<EventHistory> events_;  // of discards and carrier transitions, those that were heard of; by counter
  std::uint32_t judged_octets_ = 0;   // revision of the octets that the errors were judged with
  bool new_errors_ = false;           // since then
  std::uint16_t late_ = 0;            // of the waiting
};

}  // namespace dz::evidence
