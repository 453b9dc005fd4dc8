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

constexpr bool is_octets(int counter) { return counter >= 3; }

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
  void first_value(int counter) {
    const bool marked = minutes_.test(port_, kInErrorsRose, minute_) || minutes_.test(port_, kOutErrorsRose, minute_) ||
                        minutes_.test(port_, kInFcsErrorsRose, minute_);
    set(counter, minute_);
    if (!marked) set(kStrictOnly, minute_);
  }

  // The next value of a known counter.
  void next_value(CounterTrack& track, int counter, std::uint64_t value) {
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

  void fall(CounterTrack& track, int counter, std::uint64_t value, Timestamp at) {
    track.fallen = true;
    track.fallen_at = at;
    track.low = value;
    track.marks = 0;
    if (!is_octets(counter) && value > 0) rise_since_fall(track, counter, value, index_of(minute_of(track.at)));
  }

  // Certain in any case when above the high-water mark; else only if the fall was a reset.
  void rise_since_fall(CounterTrack& track, int counter, std::uint64_t value, MinuteIndex m) {
    const auto offset = m - index_of(minute_of(track.fallen_at));
    const auto mark = static_cast<std::uint16_t>(offset >= 0 && offset < 16 ? 1U << offset : 0U);
    if (value > track.high) {
      track.marks = static_cast<std::uint16_t>(track.marks & ~mark);
    } else if (!minutes_.test(port_, counter, m)) {
      track.marks = static_cast<std::uint16_t>(track.marks | mark);
    }
    rise(counter, m);
  }

  // An error counter was reset because the octets were, at most kTogether before or after its last row.
  void reset_with_octets(CounterTrack& track, int counter, std::uint64_t value) {
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
  void undo_fall(CounterTrack& track, int counter) {
    const auto first = index_of(minute_of(track.fallen_at));
    for (int i = 0; i < 16; ++i) {
      if ((track.marks >> i & 1) != 0 && (is_octets(counter) || !late_)) clear(counter, first + i);
    }
    track.high = std::max(track.high, track.low);
    track.fallen = track.with_octets = false;
  }

 private:
  void rise(int counter, MinuteIndex m) {
    set(counter, m);
    if (!is_octets(counter)) clear(kStrictOnly, m);
  }

  void set(int plane, MinuteIndex m) {
    if (minutes_.test(port_, plane, m)) return;
    minutes_.set(port_, plane, m);
    changed_ = std::min(changed_, m);
  }
  void clear(int plane, MinuteIndex m) {
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
  const auto wait = [&](const std::optional<std::uint64_t>& first, std::uint8_t first_bit,
                        const std::optional<std::uint64_t>& second, std::uint8_t second_bit) {
    const auto present = static_cast<std::uint8_t>((first ? first_bit : 0) | (second ? second_bit : 0));
    if (present != 0) waiting_.push_back({row.at, present, late, {first.value_or(0), second.value_or(0)}});
  };
  wait(row.in_octets, kInOctets, row.out_octets, kOutOctets);
  wait(row.in_errors, kInErrors, row.out_errors, kOutErrors);
  wait(row.in_fcs_errors, kInFcsErrors, std::nullopt, 0);
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
  if ((entry.counters & kInErrors) != 0) take_error(0, entry.values[0], entry, mark);
  if ((entry.counters & kOutErrors) != 0) take_error(1, entry.values[1], entry, mark);
  if ((entry.counters & kInFcsErrors) != 0) take_error(2, entry.values[0], entry, mark);
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
  bool fell_now = false, reset = false;
  for (const int counter : {3, 4}) {
    if ((entry.counters >> counter & 1) == 0) continue;
    auto& track = line.tracks[static_cast<std::size_t>(counter)];
    const auto value = entry.values[static_cast<std::size_t>(counter - 3)];
    if (!track.known) {
      track.known = true;
      track.high = value;
      track.at = entry.at;
      continue;
    }
    const bool fallen = track.fallen;
    reset = reset || (fallen && entry.at - track.fallen_at > kReplayTime);
    mark.next_value(track, counter, value);
    fell_now = fell_now || (track.fallen && track.fallen_at == entry.at && (!fallen || reset));
  }

  // Error counters that were reset with the octets share the octets' fate.
  const bool still_fallen = line.tracks[3].fallen || line.tracks[4].fallen;
  if (fell_before && (reset || !still_fallen)) {
    for (int c = 0; c < 3; ++c) {
      auto& track = line.tracks[static_cast<std::size_t>(c)];
      if (!track.with_octets) continue;
      reset ? Marking::confirm_reset(track) : mark.undo_fall(track, c);
    }
    line.octets_fell = false;
  }
  if (!fell_now) return;
  line.octets_fell = true;
  line.octets_fell_at = entry.at;
  for (int c = 0; c < 3; ++c) {
    auto& track = line.tracks[static_cast<std::size_t>(c)];
    if (track.known && track.at <= entry.at && entry.at - track.at <= kTogether) {
      mark.reset_with_octets(track, c, track.fallen ? track.low : track.high);
    }
  }
}

void PortCounters::take_error(int counter, std::uint64_t value, const CounterEntry& entry, Marking& mark) {
  const auto c = static_cast<std::size_t>(counter);
  auto& line = line_for(!line_.tracks[c].known || entry.at >= line_.tracks[c].at);
  auto& track = line.tracks[c];
  if (track.known && entry.at < track.at) track = CounterTrack{};

  const bool octets_just_fell =
      line.octets_fell && entry.at >= line.octets_fell_at && entry.at - line.octets_fell_at <= kTogether;
  if (octets_just_fell && !track.with_octets) {
    track.known = true;
    track.at = entry.at;
    return mark.reset_with_octets(track, counter, value);
  }
  if (track.known) return mark.next_value(track, counter, value);
  track.known = true;
  track.high = value;
  track.at = entry.at;
  const bool in_contact =
      line_.octets.arriving_before(entry.at) || (behind_ && behind_->octets.arriving_before(entry.at));
  if (in_contact && value > 0) mark.first_value(counter);
}

}  // namespace dz::evidence
