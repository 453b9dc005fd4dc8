#include "evidence/octets.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;

constexpr Duration kContactTime = 5min;  // octet rows this recent mean the interface was in contact
constexpr Duration kSyncSkew = 10s;      // EOS syncs octets and errors a moment apart
constexpr Duration kMostHole = kContactTime - kSyncSkew;
constexpr MinuteIndex kDecisive = static_cast<MinuteIndex>(kReplayTime / 1min) + 1;
constexpr MinuteIndex kInMemory = kDecisive + 1;  // readings of the last minutes, all that can be undecided
constexpr MinuteIndex kRemembered = (kRingWords - 1) * 64 + kDecisive;  // of falls and contact

MinuteIndex minute_of_reading(const Reading& reading) { return index_of(minute_of(reading.at)); }
PortPlane plane(std::size_t counter) { return kOctetCounters[counter]; }

// A reading to be judged; none: the minute has data, but its reading is not kept.
struct Step {
  MinuteIndex minute = 0;
  std::optional<Reading> reading;
};

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

// Where readings of m stand among those of minutes, or would.
template <typename Readings>
auto place_of(Readings& readings, MinuteIndex m) {
  return std::lower_bound(readings.begin(), readings.end(), m,
                          [](const MinuteReadings& r, MinuteIndex minute) { return r.minute < minute; });
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

// The readings of closed minutes, wherever they lie.
class PortOctets::Past {
 public:
  Past(const PortOctets& octets, const PortShelf& shelf) : shelf_(shelf), recent_(piece_of(octets.recent_from_)) {
    for (const auto& readings : octets.recent()) {
      pieces_[piece_of(readings.minute)].readings.push_back(readings);
    }
  }

  // None is kept: null.
  const MinuteReadings* at(MinuteIndex m) const {
    const auto& readings = piece(piece_of(m)).readings;
    const auto it = place_of(readings, m);
    return it != readings.end() && it->minute == m ? &*it : nullptr;
  }

  // Whether the minute of both had rows between them that were not kept, as far as is known.
  bool left_out_between(std::size_t counter, const Reading& earlier, const Reading& later) const {
    const auto* readings = at(minute_of_reading(later));
    return readings != nullptr && readings->last[counter] && *readings->first[counter] <= earlier &&
           later <= *readings->last[counter];
  }

  void add(std::size_t counter, const Reading& reading) {
    const auto m = minute_of_reading(reading);
    auto& own = piece(piece_of(m));
    auto it = place_of(own.readings, m);
    if (it == own.readings.end() || it->minute != m) it = own.readings.insert(it, MinuteReadings{.minute = m});
    it->add(counter, reading);
    own.changed = true;
  }

  // Puts what changed where it belongs, and returns what belongs in memory.
  std::vector<MinuteReadings> write_back() const {
    std::vector<MinuteReadings> recent;
    for (const auto& [number, own] : pieces_) {
      if (number >= recent_) {
        recent.insert(recent.end(), own.readings.begin(), own.readings.end());
      } else if (own.changed) {
        shelf_.put(number, own.readings);
      }
    }
    return recent;
  }

  // Every minute of the ring with data in [from, to), with what is kept of the counter; minutes that have only rows
  // without it are left out.
  std::vector<Step> steps(std::size_t counter, const PortRing& ring, MinuteIndex from, MinuteIndex to) const {
    std::vector<Step> steps;
    for (auto m = ring.data_from(from); m != PortRing::kNone && m < to; m = ring.data_from(m + 1)) {
      const auto* readings = at(m);
      if (readings == nullptr) {
        steps.push_back({m, std::nullopt});
      } else if (readings->last[counter]) {
        steps.push_back({m, readings->last[counter]});
      }
    }
    return steps;
  }
  // The nearest such minute before m, or from m on.
  std::optional<Step> step_before(std::size_t counter, const PortRing& ring, MinuteIndex m) const {
    for (m = ring.data_before(m); m != PortRing::kNone; m = ring.data_before(m)) {
      if (auto step = steps(counter, ring, m, m + 1); !step.empty()) return step.front();
    }
    return std::nullopt;
  }
  std::optional<Step> step_from(std::size_t counter, const PortRing& ring, MinuteIndex m) const {
    for (m = ring.data_from(m); m != PortRing::kNone; m = ring.data_from(m + 1)) {
      if (auto step = steps(counter, ring, m, m + 1); !step.empty()) return step.front();
    }
    return std::nullopt;
  }

 private:
  struct Piece {
    std::vector<MinuteReadings> readings;
    bool changed = false;
  };
  Piece& piece(std::int32_t number) const {
    const auto [it, fresh] = pieces_.try_emplace(number);
    if (fresh && number < recent_) it->second.readings = shelf_.get(number);
    return it->second;
  }

  const PortShelf& shelf_;
  std::int32_t recent_;
  mutable std::map<std::int32_t, Piece> pieces_;
};

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
      if (!now_.lost || minute <= now_.until) ring.put(plane(counter_), minute, within && !now_.lost);
      now_ = {reading, false, now_.until};
    } else if (reading->value >= now_.clean->value) {
      ring.put(plane(counter_), minute, reading->value > now_.clean->value);
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
      ring.put(plane(counter_), minute, reading->value > 0);
      now_.clean = reading;
      return i + 1;
    }
    below(steps.subspan(i), ring);
    undecided_from = minute;
    return steps.size();
  }

  void below(std::span<const Step> steps, PortRing& ring) {
    for (const auto& step : steps) ring.put(plane(counter_), step.minute, false);
  }

  PortOctets& octets_;
  std::size_t counter_;
  WalkStart now_;
  MinuteIndex closed_;
};

void PortOctets::Stretch::add(MinuteIndex m) {
  first = std::min(first, m);
  last = std::max(last, m);
}

void PortOctets::begin_from(std::size_t counter, const Reading& reading) {
  earliest_[counter] = newest_[counter] = clean_[counter] = reading;
  heard_ = true;
}

void PortOctets::take_minute(MinuteIndex m, const Rows& rows, PortRing& ring) {
  heard_ = true;
  ring.put(kData, m, true);
  MinuteReadings kept{.minute = m};
  for (std::size_t c = 0; c < 2; ++c) {
    for (const auto& reading : rows[c]) {
      note_contact(reading.at);
      note_value(c, reading);
      kept.add(c, reading);
    }
    if (kept.last[c]) judge_newest(c, m, *kept.last[c], ring);
  }
  remember(kept);
}

void PortOctets::take_late(const Rows& rows, PortRing& ring, const PortShelf& shelf) {
  heard_ = true;
  ++revision_;
  Past past(*this, shelf);
  std::array<Stretch, 2> changed;
  for (std::size_t c = 0; c < 2; ++c) {
    if (!rows[c].empty()) find_falls(c, rows[c], past, ring);
  }
  for (std::size_t c = 0; c < 2; ++c) {
    for (const auto& reading : rows[c]) {
      const auto m = minute_of_reading(reading);
      note_contact(reading.at);
      if (past.at(m) == nullptr && ring.test(kData, m)) {
        count_as_lost(c, m, ring);
        continue;
      }
      changed[c].add(m);
      if (!earliest_[c] || reading < *earliest_[c]) {
        if (earliest_[c]) changed[c].add(minute_of_reading(*earliest_[c]));
        earliest_[c] = reading;
      }
      if (!newest_[c] || *newest_[c] < reading) newest_[c] = reading;
      past.add(c, reading);
      ring.put(kData, m, true);
    }
  }
  for (std::size_t c = 0; c < 2; ++c) {
    if (changed[c].last >= 0) judge_again(c, changed[c], past, ring);
  }
  keep_recent(past.write_back());
}

// What else the minute had is not kept any more: whether it, and the next one, show traffic, cannot be told.
void PortOctets::count_as_lost(std::size_t counter, MinuteIndex m, PortRing& ring) {
  ring.put(plane(counter), m, false);
  if (const auto next = ring.data_from(m + 1); next != PortRing::kNone) ring.put(plane(counter), next, false);
}

void PortOctets::settle(MinuteIndex closed, PortRing& ring, const PortShelf& shelf) {
  closed_ = std::max(closed_, closed);
  for (std::size_t c = 0; c < 2; ++c) {
    if (undecided_from_[c] != kNever) judge_undecided(c, ring);
  }
  spill(shelf);
  forget_old();
}

void PortOctets::take_back(MinuteIndex closed, const PortShelf& shelf) {
  ++revision_;
  closed_ = std::min(closed_, closed);
  auto readings = recent();
  const auto in_memory = piece_of(std::max(closed - kInMemory, 0)) * kShelfMinutes;
  for (auto piece = piece_of(recent_from_) - 1; piece >= piece_of(in_memory) && recent_from_ > in_memory; --piece) {
    if (piece > piece_of(closed)) continue;  // of minutes that never were
    const auto older = shelf.get(piece);
    readings.insert(readings.begin(), older.begin(), older.end());
  }
  recent_from_ = std::min(recent_from_, in_memory);
  std::erase_if(readings, [&](const MinuteReadings& r) { return r.minute >= closed; });
  keep_recent(readings);

  const Timestamp end = minute_at(closed);
  std::erase_if(runs_, [&](const ContactRun& run) { return run.first >= end; });
  for (auto& run : runs_) run.last = std::min(run.last, end);
  std::erase_if(falls_, [&](const OctetFall& fall) { return fall.at >= end; });
  std::erase_if(replays_, [&](const Replay& replay) { return replay.to >= closed; });
  for (std::size_t c = 0; c < 2; ++c) {
    if (earliest_[c] && earliest_[c]->at >= end) earliest_[c].reset();
    for (auto* value : {&newest_[c], &clean_[c]}) {
      if (!*value || (*value)->at < end) continue;
      value->reset();
      for (const auto& r : readings) {
        if (r.last[c]) *value = r.last[c];
      }
    }
    if (undecided_from_[c] != kNever && undecided_from_[c] >= closed) undecided_from_[c] = kNever;
    if (!clean_[c]) undecided_from_[c] = kNever;
  }
}

bool PortOctets::in_contact_before(Timestamp at) const {
  const auto begin = at - kContactTime, end = at - kSyncSkew;
  // Rows of a run lie at most end - begin apart: if it began before `end` and did not end before `begin`, it has one
  // between them.
  return std::any_of(runs_.begin(), runs_.end(),
                     [&](const ContactRun& run) { return run.first < end && run.last >= begin; });
}

void PortOctets::note_contact(Timestamp at) {
  auto next = std::lower_bound(runs_.begin(), runs_.end(), at,
                               [](const ContactRun& run, Timestamp t) { return run.last < t; });
  if (next != runs_.end() && next->first <= at) return;
  const bool joins_next = next != runs_.end() && next->first - at <= kMostHole;
  const bool joins_previous = next != runs_.begin() && at - std::prev(next)->last <= kMostHole;
  if (joins_previous && joins_next) {
    std::prev(next)->last = next->last;
    runs_.erase(next);
  } else if (joins_previous) {
    std::prev(next)->last = at;
  } else if (joins_next) {
    next->first = at;
  } else {
    runs_.insert(next, {at, at});
  }
}

void PortOctets::note_value(std::size_t counter, const Reading& reading) {
  auto& newest = newest_[counter];
  if (!earliest_[counter]) earliest_[counter] = reading;
  raise_peaks(counter, reading);
  if (newest && reading.value < newest->value) {
    falls_.push_back({newest->at, reading.at, reading.at, newest->value, reading.value, 0,
                      static_cast<std::uint8_t>(counter)});
    ++revision_;
  }
  newest = reading;
}

void PortOctets::raise_peaks(std::size_t counter, const Reading& reading) {
  for (auto fall = falls_.rbegin(); fall != falls_.rend() && reading.at - fall->at <= kReplayTime; ++fall) {
    if (fall->counter != counter || reading.at <= fall->at || reading.at - fall->from > kReplayTime) continue;
    fall->peak = std::max(fall->peak, reading.value);
    ++revision_;
  }
}

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
  for (const auto& reading : late) raise_peaks(counter, reading);

  const auto [first, last] = std::minmax_element(known.begin(), known.end());
  const auto from = first->at, to = last->at;
  const auto is_old = std::stable_partition(falls_.begin(), falls_.end(), [&](const OctetFall& fall) {
    return fall.counter != counter || fall.at <= from || fall.before > to;
  });
  const std::vector<OctetFall> old(is_old, falls_.end());
  falls_.erase(is_old, falls_.end());
  for (const auto& fall : old) {
    known.push_back({fall.before, fall.high});
    known.push_back({fall.at, fall.value});
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (std::size_t i = 1; i < known.size(); ++i) {
    if (known[i].value < known[i - 1].value) falls_.push_back(fall_at(counter, known, i, old, past));
  }
  std::sort(falls_.begin(), falls_.end(), [](const OctetFall& a, const OctetFall& b) {
    return std::tie(a.at, a.counter, a.value, a.high) < std::tie(b.at, b.counter, b.value, b.high);
  });
}

OctetFall PortOctets::fall_at(std::size_t counter, std::span<const Reading> known, std::size_t i,
                              std::span<const OctetFall> old, const Past& past) {
  const auto& before = known[i - 1];
  const auto& row = known[i];
  OctetFall fall{before.at, row.at, row.at, before.value, row.value, 0, static_cast<std::uint8_t>(counter)};
  const auto was = std::find_if(old.begin(), old.end(), [&](const OctetFall& o) { return o.at == row.at; });
  if (was != old.end()) fall.peak = was->peak;
  const bool as_it_was = was != old.end() && was->before == before.at;
  if (as_it_was) {
    fall.from = was->from;
  } else if (past.left_out_between(counter, before, row)) {
    fall.from = before.at;
  }
  for (auto j = i + 1; j < known.size() && known[j].at - fall.from <= kReplayTime; ++j) {
    if (known[j].at > row.at) fall.peak = std::max(fall.peak, known[j].value);
  }
  return fall;
}

std::vector<MinuteReadings> PortOctets::recent() const {
  auto readings = decode_readings(recent_);
  return readings ? std::move(*readings) : std::vector<MinuteReadings>{};
}

void PortOctets::remember(const MinuteReadings& readings) {
  append_readings(recent_, recent_.empty() ? nullptr : &last_recent_, readings);
  last_recent_ = readings;
}

void PortOctets::keep_recent(std::span<const MinuteReadings> readings) {
  recent_ = encode_readings(readings);
  last_recent_ = readings.empty() ? MinuteReadings{} : readings.back();
}

void PortOctets::judge_newest(std::size_t counter, MinuteIndex m, const Reading& reading, PortRing& ring) {
  if (undecided_from_[counter] != kNever) return;  // settle() looks at it
  auto& clean = clean_[counter];
  if (clean && reading.value < clean->value) return set_undecided(counter, m, ring);
  ring.put(plane(counter), m, reading.value > (clean ? clean->value : earliest_[counter]->value));
  clean = reading;
}

// A fall behind the first minute that changed may be decided otherwise by it.
void PortOctets::judge_again(std::size_t counter, Stretch changed, const Past& past, PortRing& ring) {
  auto first = changed.first - kDecisive;
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& replay : replays_) {
      if (replay.counter != counter || replay.from >= first || replay.to < first) continue;
      first = replay.from;
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

void PortOctets::judge_undecided(std::size_t counter, PortRing& ring) {
  std::vector<Step> steps;
  for (const auto& readings : recent()) {
    if (readings.minute < undecided_from_[counter] || !readings.last[counter]) continue;
    steps.push_back({readings.minute, readings.last[counter]});
  }
  Walk walk(*this, counter, {clean_[counter], false}, closed_);
  walk.run(steps, ring);
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

void PortOctets::spill(const PortShelf& shelf) {
  const auto keep_from = std::min({closed_ - kInMemory, undecided_from_[0], undecided_from_[1]});
  const auto target = piece_of(std::max(keep_from, 0)) * kShelfMinutes;
  if (target <= recent_from_) return;
  const auto readings = recent();
  auto rest = readings.begin();
  while (rest != readings.end() && rest->minute < target) {
    const auto begin = rest;
    rest = std::find_if(begin, readings.end(),
                        [&](const MinuteReadings& r) { return piece_of(r.minute) != piece_of(begin->minute); });
    shelf.put(piece_of(begin->minute), {begin, rest});
  }
  recent_from_ = target;
  keep_recent({rest, readings.end()});
}

void PortOctets::forget_old() {
  const auto oldest = closed_ - kRemembered;
  std::erase_if(runs_, [&](const ContactRun& run) { return index_of(minute_of(run.last)) < oldest; });
  std::erase_if(falls_, [&](const OctetFall& fall) { return index_of(minute_of(fall.at)) < oldest; });
  std::erase_if(replays_, [&](const Replay& replay) { return replay.to < oldest; });
}

}  // namespace dz::evidence
