#include "evidence/counters.h"

#include <algorithm>
#include <tuple>

#include "evidence/tally.h"

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;

constexpr Duration kReplayTime = 10min;  // back at the high-water mark within this: a replay
constexpr Duration kTogether = 5s;       // an error row this close to an octet reset was reset too
constexpr Duration kContactTime = 5min;  // octet rows this recent mean the interface was in contact
constexpr Duration kSyncSkew = 10s;      // EOS syncs octets and errors a moment apart
constexpr std::uint8_t kOctets = kInOctets | kOutOctets;
constexpr int kMarkedMinutes = 16;  // bits of CounterTrack::marks
static_assert(kReplayTime < std::chrono::minutes{kMarkedMinutes});

// Time decides; at one time octets come before errors, and the rest only makes the order the same everywhere.
bool comes_before(const CounterEntry& a, const CounterEntry& b) {
  const auto key = [](const CounterEntry& e) {
    return std::tuple(e.at, (e.counters & kOctets) == 0, e.counters, e.values, e.late);
  };
  if (a.at != b.at) return a.at < b.at;
  return key(a) < key(b);
}

}  // namespace

// Writes what one entry says into the ring.
class PortCounters::Marking {
 public:
  Marking(PortMinutes& minutes, std::uint32_t port, MinuteIndex& changed, const CounterEntry& entry)
      : minutes_(minutes),
        port_(port),
        changed_(changed),
        at_(entry.at),
        minute_(index_of(minute_of(entry.at))),
        late_(entry.late) {}

  void data() { set(kData, minute_); }

  // A first value of unknown size.
  void first_value(PortPlane counter) {
    const bool marked = std::any_of(kErrorCounters.begin(), kErrorCounters.end(),
                                    [&](PortPlane error) { return minutes_.test(port_, error, minute_); });
    set(counter, minute_);
    if (!marked) set(kStrictOnly, minute_);
  }

  // The next value of a known counter.
  void next_value(CounterTrack& track, PortPlane counter, std::uint64_t value) {
    confirm_old_fall(track);
    track.at = at_;
    if (!track.fallen) {
      if (value > track.high) rise(counter, minute_);
      if (value < track.high) return fall(track, counter, value, at_);
      track.high = value;
      return;
    }
    if (!track.with_octets && value >= track.high) {
      undo_fall(track, counter);
      if (value > track.high) rise(counter, minute_);
      track.high = value;
      return;
    }
    const bool errors_since_reset = !is_octets(counter) && value < track.low && value > 0;
    if (value > track.low || errors_since_reset) rise_since_fall(track, counter, value, minute_);
    track.low = value;
  }

  void fall(CounterTrack& track, PortPlane counter, std::uint64_t value, Timestamp at) {
    track.fallen = true;
    track.fallen_at = at;
    track.low = value;
    track.marks = 0;
    if (!is_octets(counter) && value > 0) rise_since_fall(track, counter, value, index_of(minute_of(track.at)));
  }

  // Certain in any case when above the high-water mark; else only if the fall was a reset.
  void rise_since_fall(CounterTrack& track, PortPlane counter, std::uint64_t value, MinuteIndex m) {
    const auto offset = m - index_of(minute_of(track.fallen_at));
    const auto mark = static_cast<std::uint16_t>(offset >= 0 && offset < kMarkedMinutes ? 1U << offset : 0U);
    if (value > track.high) {
      track.marks = static_cast<std::uint16_t>(track.marks & ~mark);
    } else if (!minutes_.test(port_, counter, m)) {
      track.marks = static_cast<std::uint16_t>(track.marks | mark);
    }
    rise(counter, m);
  }

  // An error counter was reset because the octets were, at most kTogether before or after its last row.
  void reset_with_octets(CounterTrack& track, PortPlane counter, std::uint64_t value) {
    confirm_old_fall(track);
    if (!track.fallen) {
      fall(track, counter, value, track.at);
    } else if (value > 0) {
      rise_since_fall(track, counter, value, index_of(minute_of(track.at)));
    }
    track.low = value;
    track.with_octets = true;
  }

  void confirm_old_fall(CounterTrack& track) const {
    if (track.fallen && at_ - track.fallen_at > kReplayTime) confirm_reset(track);
  }

  static void confirm_reset(CounterTrack& track) {
    track.high = track.low;
    track.fallen = track.with_octets = false;
  }

  // It was a replay. A late row takes no error back.
  void undo_fall(CounterTrack& track, PortPlane counter) {
    const auto first = index_of(minute_of(track.fallen_at));
    for (int i = 0; i < kMarkedMinutes; ++i) {
      if ((track.marks >> i & 1) != 0 && (is_octets(counter) || !late_)) clear(counter, first + i);
    }
    track.high = std::max(track.high, track.low);
    track.fallen = track.with_octets = false;
  }

 private:
  void rise(PortPlane counter, MinuteIndex m) {
    set(counter, m);
    if (!is_octets(counter)) clear(kStrictOnly, m);
  }

  void set(PortPlane plane, MinuteIndex m) {
    if (minutes_.test(port_, plane, m)) return;
    minutes_.set(port_, plane, m);
    changed_ = std::min(changed_, m);
  }
  void clear(PortPlane plane, MinuteIndex m) {
    if (!minutes_.test(port_, plane, m)) return;
    minutes_.clear(port_, plane, m);
    changed_ = std::min(changed_, m);
  }

  PortMinutes& minutes_;
  std::uint32_t port_;
  MinuteIndex& changed_;
  Timestamp at_;
  MinuteIndex minute_;
  bool late_;
};

void OctetRuns::add(Timestamp at) {
  if (!any || at - last > kSyncSkew) {
    before_run = any ? last : Timestamp{};
    run_start = at;
  }
  any = true;
  last = at;
}

bool OctetRuns::arriving_before(Timestamp at) const {
  if (!any) return false;
  const auto begin = at - kContactTime, end = at - kSyncSkew;
  // Within a run no hole is longer than kSyncSkew, so if it began before `end`, a row lies just before `end` or is
  // `last`.
  if (run_start < end) return last >= begin;
  return before_run >= begin && before_run < end;
}

void PortCounters::add(const CounterRow& row, bool late) {
  struct Field {
    CounterBit bit;
    const std::optional<std::uint64_t>& value;
  };
  const std::optional<std::uint64_t> nothing;
  const auto wait = [&](const Field& first, const Field& second) {
    const auto present = static_cast<std::uint8_t>((first.value ? first.bit : 0) | (second.value ? second.bit : 0));
    if (present == 0) return;
    waiting_.push_back({.at = row.at,
                        .counters = present,
                        .late = late,
                        .values = {first.value.value_or(0), second.value.value_or(0)}});
  };
  wait({kInOctets, row.in_octets}, {kOutOctets, row.out_octets});
  wait({kInErrors, row.in_errors}, {kOutErrors, row.out_errors});
  wait({kInFcsErrors, row.in_fcs_errors}, {kInFcsErrors, nothing});
}

MinuteIndex PortCounters::settle(MinuteIndex closed, PortMinutes& minutes, std::uint32_t port) {
  if (waiting_.empty()) return kNoChange;
  if (!std::is_sorted(waiting_.begin(), waiting_.end(), comes_before)) {
    std::sort(waiting_.begin(), waiting_.end(), comes_before);
  }
  const auto end = std::find_if(waiting_.begin(), waiting_.end(),
                                [&](const CounterEntry& e) { return index_of(minute_of(e.at)) >= closed; });
  if (end == waiting_.begin()) return kNoChange;
  MinuteIndex changed = kNoChange;
  for (auto it = waiting_.begin(); it != end; ++it) {
    Marking mark(minutes, port, changed, *it);
    take(*it, mark);
  }
  waiting_.erase(waiting_.begin(), end);
  return changed;
}

void PortCounters::take(const CounterEntry& entry, Marking& mark) {
  if ((entry.counters & kOctets) != 0) return take_octets(entry, mark);
  for (const auto counter : kErrorCounters) {
    if (entry.has(counter)) take_error(counter, entry, mark);
  }
}

CounterLine& PortCounters::line_for(bool in_order) {
  if (in_order) return line_;
  if (!behind_) behind_ = std::make_unique<CounterLine>();
  return *behind_;
}

void PortCounters::take_octets(const CounterEntry& entry, Marking& mark) {
  auto& line = line_for(!line_.octets.any || entry.at >= line_.octets.last);
  if (line.octets.any && entry.at < line.octets.last) line = CounterLine{};
  line.octets.add(entry.at);
  mark.data();

  const bool fell_before = line.octets_fell;
  const auto [fell_now, reset] = take_octet_values(line, entry, mark);
  if (fell_before && reset) {
    confirm_errors(line);
  } else if (fell_before && !line.octets_are_down()) {
    undo_errors(line, mark);
  }
  if (fell_now) {
    line.octets_fell = true;
    line.octets_fell_at = entry.at;
    reset_errors(line, entry.at, mark);
  }
}

PortCounters::OctetFall PortCounters::take_octet_values(CounterLine& line, const CounterEntry& entry, Marking& mark) {
  OctetFall result;
  for (const auto counter : kOctetCounters) {
    if (!entry.has(counter)) continue;
    auto& track = line.track(counter);
    const auto value = entry.value(counter);
    if (!track.known) {
      track.begin(value, entry.at);
      continue;
    }
    const bool was_fallen = track.fallen;
    if (was_fallen && entry.at - track.fallen_at > kReplayTime) result.reset = true;
    mark.next_value(track, counter, value);
    const bool falls_here = track.fallen && track.fallen_at == entry.at;
    if (falls_here && (!was_fallen || result.reset)) result.fell = true;
  }
  return result;
}

// The octets were reset: so were the error counters that fell with them.
void PortCounters::confirm_errors(CounterLine& line) {
  for (const auto counter : kErrorCounters) {
    auto& track = line.track(counter);
    if (track.with_octets) Marking::confirm_reset(track);
  }
  line.octets_fell = false;
}

// The octets' fall was a replay: so was that of the error counters that fell with them.
void PortCounters::undo_errors(CounterLine& line, Marking& mark) {
  for (const auto counter : kErrorCounters) {
    auto& track = line.track(counter);
    if (track.with_octets) mark.undo_fall(track, counter);
  }
  line.octets_fell = false;
}

// Error counters whose last row lies just before a fall of the octets fell with them.
void PortCounters::reset_errors(CounterLine& line, Timestamp fell_at, Marking& mark) {
  for (const auto counter : kErrorCounters) {
    auto& track = line.track(counter);
    if (!track.known || track.at > fell_at || fell_at - track.at > kTogether) continue;
    mark.reset_with_octets(track, counter, track.fallen ? track.low : track.high);
  }
}

void PortCounters::take_error(PortPlane counter, const CounterEntry& entry, Marking& mark) {
  const auto value = entry.value(counter);
  const auto& in_order = line_.track(counter);
  auto& line = line_for(!in_order.known || entry.at >= in_order.at);
  auto& track = line.track(counter);
  if (track.known && entry.at < track.at) track = CounterTrack{};

  const bool octets_just_fell =
      line.octets_fell && entry.at >= line.octets_fell_at && entry.at - line.octets_fell_at <= kTogether;
  if (octets_just_fell && !track.with_octets) {
    track.known = true;
    track.at = entry.at;
    return mark.reset_with_octets(track, counter, value);
  }
  if (track.known) return mark.next_value(track, counter, value);
  track.begin(value, entry.at);
  const bool in_contact =
      line_.octets.arriving_before(entry.at) || (behind_ && behind_->octets.arriving_before(entry.at));
  if (in_contact && value > 0) mark.first_value(counter);
}

}  // namespace dz::evidence
