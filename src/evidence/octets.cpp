#include "evidence/octets.h"

#include <algorithm>
#include <utility>

#include "evidence/octets_past.h"

namespace dz::evidence {
namespace {

using namespace std::chrono_literals;

constexpr Duration kContactTime = 5min;  // octet rows this recent mean the interface was in contact
constexpr Duration kSyncSkew = 10s;      // EOS syncs octets and errors a moment apart
constexpr Duration kMostHole = kContactTime - kSyncSkew;
static_assert(kMinutesInMemory > kDecisive, "what is undecided is judged in every pass, so it lies in memory");
constexpr MinuteIndex kRemembered = (kRingWords - 1) * 64 + kDecisive;  // of falls and contact

// The falls of a counter in one minute. Of more than `most`, those that were replays are forgotten; and if that is not
// enough the others become one.
void append_falls(std::span<const OctetFall> minute, std::size_t counter, std::size_t most,
                  std::vector<OctetFall>& falls) {
  const auto begin = falls.size();
  for (const auto& fall : minute) {
    if (fall.counter == counter) falls.push_back(fall);
  }
  const auto own = falls.begin() + static_cast<std::ptrdiff_t>(begin);
  if (falls.size() - begin <= most) return;
  falls.erase(std::remove_if(own, falls.end(), [](const OctetFall& fall) { return fall.is_replay(); }), falls.end());
  if (falls.size() - begin <= most) return;
  auto all = falls.back();
  for (auto fall = own; fall != falls.end(); ++fall) {
    all.before = std::min(all.before, fall->before);
    all.from = std::min(all.from, fall->from);
    all.at = std::max(all.at, fall->at);
  }
  all.high = OctetFall::kOfMany;
  all.peak = 0;
  falls.erase(own, falls.end());
  falls.push_back(all);
}

}  // namespace

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
      kept.add(c, reading);
    }
    note_values(c, rows[c]);
    if (kept.last[c]) judge_newest(c, m, *kept.last[c], ring);
  }
  bound_falls(m);
  remember(kept);
}

std::size_t PortOctets::take_late(const Rows& rows, PortRing& ring, const PortShelf& shelf) {
  heard_ = true;
  ++revision_;
  Past past(*this, shelf, &ring);
  std::array<Stretch, 2> changed;
  for (std::size_t c = 0; c < 2; ++c) {
    if (!rows[c].empty()) find_falls(c, rows[c], past, ring);
  }
  bound_falls(0);
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
  return past.pieces();
}

// What else the minute had is not kept any more: whether it, and the next one, show traffic, cannot be told.
void PortOctets::count_as_lost(std::size_t counter, MinuteIndex m, PortRing& ring) {
  ring.put(octet_plane(counter), m, false);
  if (const auto next = ring.data_from(m + 1); next != PortRing::kNone) ring.put(octet_plane(counter), next, false);
}

void PortOctets::settle(MinuteIndex closed, PortRing& ring, const PortShelf& shelf) {
  closed_ = std::max(closed_, closed);
  if (undecided()) {
    const Past past(*this, shelf, &ring);
    for (std::size_t c = 0; c < 2; ++c) {
      if (undecided_from_[c] != kNever) judge_undecided(c, past, ring);
    }
  }
  spill(shelf);
  forget_old();
}

void PortOctets::take_back(MinuteIndex closed, PortRing& ring, const PortShelf& shelf) {
  ++revision_;
  closed_ = std::min(closed_, closed);
  auto readings = recent();
  const auto in_memory = piece_of(std::max(closed - shelf.minutes_in_memory(), 0)) * kShelfMinutes;
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
  const Past past(*this, shelf, &ring);
  take_back_peaks(end, past, ring);
  for (std::size_t c = 0; c < 2; ++c) {
    if (earliest_[c] && earliest_[c]->at >= end) earliest_[c].reset();
    if (newest_[c] && newest_[c]->at >= end) {
      const auto last = past.step_before(c, ring, closed);
      newest_[c].reset();
      // What it was is not kept: whatever comes next counts as below it, and as a reset for good.
      if (last) newest_[c] = last->reading.value_or(Reading{minute_at(last->minute), OctetFall::kOfMany});
    }
    if (clean_[c] && clean_[c]->at >= end) clean_[c].reset();
    Stretch changed;
    changed.add(closed);
    judge_again(c, changed, past, ring);
    if (!clean_[c]) set_undecided(c, kNever, ring);
  }
}

// The greatest after a fall may have been of a row that never was. Of those that were, the first and the last of each
// minute are known: of a fall that is no replay for it a minute is stricter, not better.
void PortOctets::take_back_peaks(Timestamp end, const Past& past, const PortRing& ring) {
  for (auto& fall : falls_) {
    if (fall.is_of_many() || fall.from + kReplayTime < end) continue;
    fall.peak = 0;
    const auto first = index_of(minute_of(fall.at)), last = index_of(minute_of(end));
    for (const auto& step : past.steps(fall.counter, ring, first, last)) {
      if (!step.reading) continue;
      for (const auto& reading : {*past.at(step.minute)->first[fall.counter], *step.reading}) {
        if (reading.at > fall.at && reading.at <= fall.from + kReplayTime)
          fall.peak = std::max(fall.peak, reading.value);
      }
    }
  }
}

PortOctets::Kept PortOctets::kept_of(MinuteIndex m, const PortShelf& shelf) const {
  constexpr MinuteIndex kLookBack = 60;
  const Past past(*this, shelf, nullptr);
  Kept kept;
  if (const auto* readings = past.at(m)) kept.readings = *readings;
  for (std::size_t counter = 0; counter < kept.before.size(); ++counter) {
    for (auto before = m - 1; before >= std::max(m - kLookBack, 0) && !kept.before[counter]; --before) {
      if (const auto* readings = past.at(before)) kept.before[counter] = readings->last[counter];
    }
  }
  return kept;
}

bool PortOctets::in_contact_before(Timestamp at) const {
  const auto begin = at - kContactTime, end = at - kSyncSkew;
  // Rows of a run lie at most end - begin apart: if it began before `end` and did not end before `begin`, it has one
  // between them.
  return std::any_of(runs_.begin(), runs_.end(),
                     [&](const ContactRun& run) { return run.first < end && run.last >= begin; });
}

void PortOctets::note_contact(Timestamp at) {
  auto next =
      std::lower_bound(runs_.begin(), runs_.end(), at, [](const ContactRun& run, Timestamp t) { return run.last < t; });
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

// The readings of a minute that closes.
void PortOctets::note_values(std::size_t counter, std::span<const Reading> readings) {
  auto& newest = newest_[counter];
  for (const auto& reading : readings) {
    if (!earliest_[counter]) earliest_[counter] = reading;
    if (newest && reading.value < newest->value) {
      falls_.push_back(
          {newest->at, reading.at, reading.at, newest->value, reading.value, 0, static_cast<std::uint8_t>(counter)});
      ++revision_;
    }
    newest = reading;
  }
  raise_peaks(counter, readings);
}

void PortOctets::raise_peaks(std::size_t counter, std::span<const Reading> readings) {
  if (falls_.empty() || readings.empty()) return;
  const Greatest greatest(readings);
  // Falls of one minute are in order of the counter first.
  constexpr auto kLongest = kReplayTime + 1min;
  for (auto fall = falls_.rbegin(); fall != falls_.rend() && readings.front().at - fall->at <= kLongest; ++fall) {
    if (fall->counter != counter || fall->is_of_many()) continue;
    const auto value = greatest.within(fall->at, fall->from + kReplayTime);
    if (value <= fall->peak) continue;
    fall->peak = value;
    ++revision_;
  }
}

// Those of the minutes from `from` on are looked at, unless there are too many in all.
void PortOctets::bound_falls(MinuteIndex from) {
  join_falls(from, INT32_MAX, kMostFallsAMinute);
  if (falls_.size() > kMostFalls) join_falls(0, closed_ - kDecisive, 1);
}

// Of the minutes in [from, to), where a counter has more than `most`.
void PortOctets::join_falls(MinuteIndex from, MinuteIndex to, std::size_t most) {
  if (falls_.size() <= most) return;
  const auto minute_of_fall = [](const OctetFall& fall) { return index_of(minute_of(fall.at)); };
  auto first = falls_.end();
  while (first != falls_.begin() && minute_of_fall(*std::prev(first)) >= from) --first;
  std::vector<OctetFall> rest;
  for (auto it = first; it != falls_.end();) {
    const auto m = minute_of_fall(*it);
    const auto end = std::find_if(it, falls_.end(), [&](const OctetFall& fall) { return minute_of_fall(fall) != m; });
    for (std::size_t c = 0; c < kOctetCounters.size(); ++c) {
      append_falls({it, end}, c, m < to ? most : falls_.size(), rest);
    }
    it = end;
  }
  falls_.erase(first, falls_.end());
  falls_.insert(falls_.end(), rest.begin(), rest.end());
}

std::vector<MinuteReadings> PortOctets::recent() const {
  auto readings = decode_readings(recent_);
  return readings ? std::move(*readings) : std::vector<MinuteReadings>{};
}

void PortOctets::remember(const MinuteReadings& readings) {
  append_readings(recent_, last_recent_, readings);
  last_recent_ = basis_of(readings);
}

void PortOctets::keep_recent(std::span<const MinuteReadings> readings) {
  recent_ = encode_readings(readings);
  last_recent_ = readings.empty() ? ReadingBasis{} : basis_of(readings.back());
}

void PortOctets::spill(const PortShelf& shelf) {
  const auto keep_from = std::min({closed_ - shelf.minutes_in_memory(), undecided_from_[0], undecided_from_[1]});
  const auto target = piece_of(std::max(keep_from, 0)) * kShelfMinutes;
  if (target <= recent_from_) return;
  for (auto first = first_minute(recent_); first && *first < target; first = first_minute(recent_)) {
    auto split = split_readings(recent_, (piece_of(*first) + 1) * kShelfMinutes);
    if (split) shelf.put(piece_of(*first), std::move(split->before));
    recent_ = split ? std::move(split->rest) : Bytes{};
  }
  recent_from_ = target;
  if (recent_.empty()) last_recent_ = {};
}

void PortOctets::forget_old() {
  const auto oldest = closed_ - kRemembered;
  std::erase_if(runs_, [&](const ContactRun& run) { return index_of(minute_of(run.last)) < oldest; });
  std::erase_if(falls_, [&](const OctetFall& fall) { return index_of(minute_of(fall.at)) < oldest; });
  std::erase_if(replays_, [&](const Replay& replay) { return replay.to < oldest; });
}

}  // namespace dz::evidence
