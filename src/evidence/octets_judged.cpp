// How octets are judged: utilization minute by minute, and where rows that came late show a fall.
#include <algorithm>
#include <tuple>

#include "evidence/octets_past.h"

namespace dz::evidence {
namespace {

// Where a walk begins: the last reading before it that is not below a fall. lost: it is not kept.
struct WalkStart {
  std::optional<Reading> clean;
  bool lost = false;
  MinuteIndex until = INT32_MAX;  // after this minute, what came before a reading is as it was
};

bool rises_throughout(const WalkStart& start, std::span<const Step> steps) {
  auto last = start.clean;
  for (const auto& step : steps) {
    if (!step.reading || (last && step.reading->value < last->value)) return false;
    last = step.reading;
  }
  return !start.lost;
}

// The step that is back at `high` in time, after a fall at step i; the number of steps when none is.
std::size_t return_after(std::span<const Step> steps, std::size_t i, std::uint64_t high) {
  const auto last = steps[i].reading->at + kReplayTime;
  for (auto j = i + 1; j < steps.size(); ++j) {
    if (!steps[j].reading) continue;
    if (steps[j].reading->at > last) break;
    if (steps[j].reading->value >= high) return j;
  }
  return steps.size();
}

}  // namespace

// Judges readings in order of time, and remembers where the last one left it.
class PortOctets::Walk {
 public:
  Walk(PortOctets& octets, std::size_t counter, WalkStart start, MinuteIndex closed)
      : octets_(octets), counter_(counter), now_(start), closed_(closed) {}

  void run(std::span<const Step> steps, PortRing& ring) {
    for (std::size_t i = 0; i < steps.size() && undecided_from == kNever;) i = take(steps, i, ring);
  }
  std::optional<Reading> clean() const { return now_.clean; }

  MinuteIndex undecided_from = kNever;

 private:
  std::size_t take(std::span<const Step> steps, std::size_t i, PortRing& ring) {
    const auto [minute, reading] = steps[i];
    if (!reading) {
      now_ = {std::nullopt, true, now_.until};
    } else if (!now_.clean) {
      // First contact: above the first value of the minute. What a reading was before that is not kept, nobody knows.
      const auto& first = octets_.earliest_[counter_];
      const bool within = first && minute_of_reading(*first) == minute && reading->value > first->value;
      if (!now_.lost || minute <= now_.until) ring.put(octet_plane(counter_), minute, within && !now_.lost);
      now_ = {reading, false, now_.until};
    } else if (reading->value >= now_.clean->value) {
      ring.put(octet_plane(counter_), minute, reading->value > now_.clean->value);
      now_.clean = reading;
    } else {
      return take_fall(steps, i, ring);
    }
    return i + 1;
  }

  std::size_t take_fall(std::span<const Step> steps, std::size_t i, PortRing& ring) {
    const auto back = return_after(steps, i, now_.clean->value);
    const auto& [minute, reading] = steps[i];
    if (back < steps.size()) {
      below(steps.subspan(i, back - i), ring);
      octets_.replays_.push_back({minute, steps[back].minute, static_cast<std::uint8_t>(counter_)});
      ring.changed_from(minute);
      return back;
    }
    if (closed_ > decisive_minute(reading->at)) {
      ring.put(octet_plane(counter_), minute, reading->value > 0);
      now_.clean = reading;
      return i + 1;
    }
    below(steps.subspan(i), ring);
    undecided_from = minute;
    return steps.size();
  }

  void below(std::span<const Step> steps, PortRing& ring) {
    for (const auto& step : steps) ring.put(octet_plane(counter_), step.minute, false);
  }

  PortOctets& octets_;
  std::size_t counter_;
  WalkStart now_;
  MinuteIndex closed_;
};

// Rows that come late have rows around them: two neighbours of which the later is lower are a fall. Where both lie in a
// minute of which only the first and the last reading were kept there may have been rows between them.
void PortOctets::find_falls(std::size_t counter, std::span<const Reading> late, const Past& past,
                            const PortRing& ring) {
  std::vector<Reading> known(late.begin(), late.end());
  const auto add_minute = [&](MinuteIndex m) {
    const auto* readings = past.at(m);
    if (readings == nullptr || !readings->last[counter]) return;
    known.push_back(*readings->first[counter]);
    known.push_back(*readings->last[counter]);
  };
  const auto begin = minute_of_reading(late.front()), end = decisive_minute(late.back().at) + 1;
  for (const auto& step : past.steps(counter, ring, begin, end)) add_minute(step.minute);
  if (const auto before = past.step_before(counter, ring, begin)) add_minute(before->minute);
  if (const auto after = past.step_from(counter, ring, end)) add_minute(after->minute);
  // What is known of a value that is lost, until a row comes after it.
  if (newest_[counter] && newest_[counter]->value == OctetFall::kOfMany) known.push_back(*newest_[counter]);
  raise_peaks(counter, late);

  const auto [first, last] = std::minmax_element(known.begin(), known.end());
  const auto from = first->at, to = last->at;
  const auto is_old = std::stable_partition(falls_.begin(), falls_.end(), [&](const OctetFall& fall) {
    return fall.counter != counter || fall.is_of_many() || fall.at <= from || fall.before > to;
  });
  const std::vector<OctetFall> old(is_old, falls_.end());
  falls_.erase(is_old, falls_.end());
  for (const auto& fall : old) {
    known.push_back({fall.before, fall.high});
    known.push_back({fall.at, fall.value});
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const auto fresh = falls_among(counter, known, old, past);
  falls_.insert(falls_.end(), fresh.begin(), fresh.end());
  std::sort(falls_.begin(), falls_.end(), [](const OctetFall& a, const OctetFall& b) {
    return std::tie(a.at, a.counter, a.value, a.high) < std::tie(b.at, b.counter, b.value, b.high);
  });
}

// old: those that were known, in order of time.
std::vector<OctetFall> PortOctets::falls_among(std::size_t counter, std::span<const Reading> known,
                                               std::span<const OctetFall> old, const Past& past) {
  const Greatest greatest(known);
  std::vector<OctetFall> falls;
  for (std::size_t i = 1; i < known.size(); ++i) {
    const auto& before = known[i - 1];
    const auto& row = known[i];
    if (row.value >= before.value) continue;
    OctetFall fall{before.at, row.at, row.at, before.value, row.value, 0, static_cast<std::uint8_t>(counter)};
    const auto was =
        std::lower_bound(old.begin(), old.end(), row.at, [](const OctetFall& o, Timestamp t) { return o.at < t; });
    const bool was_one = was != old.end() && was->at == row.at;
    if (was_one) fall.peak = was->peak;
    if (was_one && was->before == before.at) {
      fall.from = was->from;
    } else if (past.left_out_between(counter, before, row)) {
      fall.from = before.at;
    }
    fall.peak = std::max(fall.peak, greatest.within(row.at, fall.from + kReplayTime));
    falls.push_back(fall);
  }
  return falls;
}

void PortOctets::judge_newest(std::size_t counter, MinuteIndex m, const Reading& reading, PortRing& ring) {
  if (undecided_from_[counter] != kNever) return;  // settle() looks at it
  auto& clean = clean_[counter];
  if (clean && reading.value < clean->value) return set_undecided(counter, m, ring);
  const auto& earliest = *earliest_[counter];
  const bool rose = clean ? reading.value > clean->value
                          : minute_of_reading(earliest) == m && reading.value > earliest.value;  // as the walk says
  ring.put(octet_plane(counter), m, rose);
  clean = reading;
}

// A fall behind the first minute that changed may be decided otherwise by it.
void PortOctets::judge_again(std::size_t counter, Stretch changed, const Past& past, PortRing& ring) {
  auto first = changed.first - kDecisive;
  for (bool moved = true; moved;) {
    moved = false;
    // Each walk adds them in order of time, so the one before comes next.
    for (auto replay = replays_.rbegin(); replay != replays_.rend(); ++replay) {
      if (replay->counter != counter || replay->from >= first || replay->to < first) continue;
      first = replay->from;
      moved = true;
    }
  }
  first = std::min(first, undecided_from_[counter]);
  WalkStart start;
  if (const auto before = past.step_before(counter, ring, first)) {
    start = {before->reading, !before->reading.has_value()};
  } else if (clean_[counter] && minute_of_reading(*clean_[counter]) < first) {
    start.clean = clean_[counter];
  }

  auto steps = past.steps(counter, ring, first, changed.last + 1);
  const auto after = past.step_from(counter, ring, changed.last + 1);
  if (after) start.until = after->minute;
  if (after) steps.push_back(*after);
  if (after && rises_throughout(start, steps) && !is_below_within(counter, first, after->minute)) {
    Walk(*this, counter, start, closed_).run(steps, ring);
    return;
  }
  std::erase_if(replays_, [&](const Replay& replay) {
    if (replay.counter != counter || replay.from < first) return false;
    ring.changed_from(replay.from);
    return true;
  });
  Walk walk(*this, counter, start, closed_);
  walk.run(past.steps(counter, ring, first, INT32_MAX), ring);
  clean_[counter] = walk.clean();
  set_undecided(counter, walk.undecided_from, ring);
}

void PortOctets::judge_undecided(std::size_t counter, const Past& past, PortRing& ring) {
  Walk walk(*this, counter, {clean_[counter], false}, closed_);
  walk.run(past.steps(counter, ring, undecided_from_[counter], INT32_MAX), ring);
  clean_[counter] = walk.clean();
  set_undecided(counter, walk.undecided_from, ring);
}

void PortOctets::set_undecided(std::size_t counter, MinuteIndex from, PortRing& ring) {
  if (undecided_from_[counter] == from) return;
  ring.changed_from(std::min(undecided_from_[counter], from));
  undecided_from_[counter] = from;
}

std::uint64_t PortOctets::below_a_fall(std::size_t counter, std::int32_t w) const {
  const auto first = w * 64, end = first + 64;
  const auto from_on = [&](MinuteIndex m) { return m <= first ? ~std::uint64_t{0} : ~(bit_of(m) - 1); };
  std::uint64_t below = undecided_from_[counter] < end ? from_on(undecided_from_[counter]) : 0;
  for (const auto& replay : replays_) {
    if (replay.counter != counter || replay.from >= end || replay.to <= first) continue;
    below |= from_on(replay.from) & (replay.to >= end ? ~std::uint64_t{0} : ~from_on(replay.to));
  }
  return below;
}

void PortOctets::put_below_a_fall(std::size_t counter, MinuteIndex from, MinuteIndex to, bool below) {
  std::vector<Replay> others;
  for (const auto& replay : replays_) {
    if (replay.counter != counter) {
      others.push_back(replay);
      continue;
    }
    if (replay.from < from) others.push_back({replay.from, std::min(replay.to, from), replay.counter});
    if (replay.to > to) others.push_back({std::max(replay.from, to), replay.to, replay.counter});
  }
  replays_ = std::move(others);
  if (below) replays_.push_back({from, to, static_cast<std::uint8_t>(counter)});
}

bool PortOctets::is_below_within(std::size_t counter, MinuteIndex first, MinuteIndex last) const {
  return undecided_from_[counter] <= last || std::any_of(replays_.begin(), replays_.end(), [&](const Replay& replay) {
           return replay.counter == counter && replay.from <= last && replay.to >= first;
         });
}

}  // namespace dz::evidence
