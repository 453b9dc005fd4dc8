#include "evidence/counters.h"

#include <algorithm>

namespace dz::evidence {
namespace {

constexpr std::uint8_t kOctets = kInOctets | kOutOctets;
constexpr std::size_t kStageWork = 32, kPieceWork = 300;  // a minute that closes; a piece of older readings
constexpr std::size_t kRoomKept = 256;                    // for rows that wait

MinuteIndex minute_of_entry(const CounterEntry& entry) { return index_of(minute_of(entry.at)); }

// The octets of the entries, each counter's in order, each reading once.
void octets_of(std::span<const CounterEntry> entries, PortOctets::Rows& rows) {
  for (auto& readings : rows) readings.clear();
  for (const auto& entry : entries) {
    for (std::size_t c = 0; c < kOctetCounters.size(); ++c) {
      if (entry.has(kOctetCounters[c])) rows[c].push_back({entry.at, entry.value(kOctetCounters[c])});
    }
  }
  for (auto& readings : rows) {
    if (!std::is_sorted(readings.begin(), readings.end())) std::sort(readings.begin(), readings.end());
    readings.erase(std::unique(readings.begin(), readings.end()), readings.end());
  }
}

}  // namespace

void PortCounters::add(const CounterRow& row, bool late) {
  struct Field {
    CounterBit bit;
    const std::optional<std::uint64_t>& value;
  };
  const std::optional<std::uint64_t> nothing;
  const auto wait = [&](const Field& first, const Field& second) {
    const auto present = static_cast<CounterBits>((first.value ? first.bit : 0) | (second.value ? second.bit : 0));
    if (present == 0) return;
    waiting_.push_back({.at = row.at,
                        .counters = present,
                        .late = late,
                        .values = {first.value.value_or(0), second.value.value_or(0)}});
    if (late) ++late_;
  };
  wait({kInOctets, row.in_octets}, {kOutOctets, row.out_octets});
  wait({kInErrors, row.in_errors}, {kOutErrors, row.out_errors});
  wait({kInFcsErrors, row.in_fcs_errors}, {kInFcsErrors, nothing});
  wait({kInDiscards, row.in_discards}, {kOutDiscards, row.out_discards});
  wait({kCarrierTransitions, row.carrier_transitions}, {kCarrierTransitions, nothing});
}

const ErrorHistory* PortCounters::find_history(PortPlane counter) const {
  if (is_of_errors(counter)) return &errors_[error_index(counter)];
  const auto event = std::find_if(events_.begin(), events_.end(), [&](const auto& e) { return e.counter == counter; });
  return event == events_.end() ? nullptr : &event->values;
}

ErrorHistory& PortCounters::history_of(PortPlane counter) {
  if (auto* known = find_history(counter)) return *known;
  const auto next = std::find_if(events_.begin(), events_.end(), [&](const auto& e) { return e.counter > counter; });
  return events_.insert(next, {counter, {}})->values;
}

bool PortCounters::is_full() const {
  bool full = false;
  each_history(*this, [&](const ErrorHistory& errors) { full = full || errors.is_full(); });
  return full;
}

bool PortCounters::undecided_errors() const {
  bool undecided = false;
  each_history(*this, [&](const ErrorHistory& errors) { undecided = undecided || errors.undecided(); });
  return undecided;
}

std::uint64_t PortCounters::rise(std::span<const PortPlane> counters, MinuteIndex from, MinuteIndex to) const {
  std::uint64_t sum = 0;
  for (const auto counter : counters) {
    if (const auto* history = find_history(counter)) sum += history->rise(from, to);
  }
  return sum;
}

void PortCounters::count_late() {
  const auto late = std::count_if(waiting_.begin(), waiting_.end(), [](const CounterEntry& e) { return e.late; });
  late_ = static_cast<std::uint16_t>(late);
}

// Late rows were known before any of these minutes closed, so they are taken first. Then minute by minute, because what
// came in time is decided when its minute closes, by what was known then.
MinuteIndex PortCounters::settle(MinuteIndex before, MinuteIndex closed, const PortPlace& place, std::size_t& work) {
  auto next = waiting_.begin();
  if (late_ > 0) next = std::stable_partition(next, waiting_.end(), [](const auto& e) { return e.late; });
  if (next != waiting_.begin()) settle_late({waiting_.begin(), next}, before, place, work);
  // Of minutes that had closed, nothing waits but what is late.
  if (before < closed && !std::is_sorted(next, waiting_.end())) std::sort(next, waiting_.end());
  const auto end = before == closed ? next : std::find_if(next, waiting_.end(), [&](const auto& e) {
    return minute_of_entry(e) >= closed;
  });
  auto stage = before;
  while ((next != end || (undecided() && stage < closed)) && work > 0) {
    stage = stage_after(stage, next == end ? closed : minute_of_entry(*next) + 1);
    const auto rows_end = std::find_if(next, end, [&](const auto& e) { return minute_of_entry(e) >= stage; });
    auto done = kStageWork + static_cast<std::size_t>(rows_end - next);
    if (rows_end != next) done += take({next, rows_end}, place);
    next = rows_end;
    octets_.settle(stage, place.ring, place.shelf);
    done += judge_errors(stage, true, place.ring);
    work -= std::min(work, done);
  }
  const bool whole = next == end && (stage == closed || !undecided());
  if (whole) {
    if (stage < closed || stage == before) octets_.settle(closed, place.ring, place.shelf);
    each_history(*this, [&](ErrorHistory& errors) { errors.fold(closed, octets_); });
  }
  waiting_.erase(waiting_.begin(), next);
  late_ = 0;
  if (waiting_.capacity() > kRoomKept && waiting_.size() < kRoomKept / 2) waiting_.shrink_to_fit();
  return whole ? closed : stage;
}

// The next stage at which something may change: a minute with rows closes, or the next minute while all is not decided.
MinuteIndex PortCounters::stage_after(MinuteIndex stage, MinuteIndex with_rows) const {
  return undecided() && stage >= 0 ? std::min(stage + 1, with_rows) : with_rows;
}

void PortCounters::settle_late(std::span<const CounterEntry> late, MinuteIndex before, const PortPlace& place,
                               std::size_t& work) {
  octets_.settle(before, place.ring, place.shelf);
  auto done = kStageWork + late.size();
  std::vector<CounterEntry> rows(late.begin(), late.end());
  std::sort(rows.begin(), rows.end());
  done += take(rows, place);
  done += judge_errors(std::max(before, 0), false, place.ring);
  work -= std::min(work, done);
}

void PortCounters::take_back(MinuteIndex closed, const PortPlace& place) {
  std::erase_if(waiting_, [&](const CounterEntry& entry) { return minute_of_entry(entry) >= closed; });
  count_late();
  octets_.take_back(closed, place.ring, place.shelf);
  each_history(*this, [&](ErrorHistory& errors) { errors.take_back(closed); });
  new_errors_ = true;
}

// Returns what else it did than to look at the rows.
std::size_t PortCounters::take(std::span<const CounterEntry> entries, const PortPlace& place) {
  std::size_t done = 0;
  const auto& octets = place.rows;
  octets_of(entries, place.rows);
  if (!octets[0].empty() || !octets[1].empty()) {
    if (entries.front().late) {
      done += kPieceWork * octets_.take_late(octets, place.ring, place.shelf);
      each_history(*this, [&](ErrorHistory& errors) { errors.assume_rows_at(octets_.falls()); });
    } else {
      octets_.take_minute(minute_of_entry(entries.front()), octets, place.ring);
    }
    done += octets_.falls().size();
  }
  for (const auto& entry : entries) {
    for (const auto counter : kSparseCounters) {
      if (!entry.has(counter)) continue;
      if (history_of(counter).add({entry.at, entry.value(counter)}, entry.late)) new_errors_ = true;
    }
  }
  return done;
}

// Returns how many values it looked at.
std::size_t PortCounters::judge_errors(MinuteIndex closed, bool decide, PortRing& ring) {
  if (!new_errors_ && judged_octets_ == octets_.revision() && !undecided_errors()) return 0;
  new_errors_ = false;
  judged_octets_ = octets_.revision();
  std::size_t values = 0;
  each_history(*this, [&](ErrorHistory& errors) {
    errors.judge(octets_, closed, decide);
    values += errors.size();
  });
  show_findings(kErrorCounters, kStrictOnly, ring);
  show_findings(kDiscardCounters, kDiscardsStrictOnly, ring);
  show_findings(kCarrierCounters, kCarrierStrictOnly, ring);
  return values;
}

// Of counters that are judged together.
void PortCounters::show_findings(std::span<const PortPlane> counters, PortPlane strict_only, PortRing& ring) {
  std::vector<MinuteIndex> minutes;
  for (const auto counter : counters) {
    if (auto* history = find_history(counter)) history->show([&](MinuteIndex m) { minutes.push_back(m); });
  }
  for (const auto m : minutes) {
    auto worst = ErrorFinding::None;
    for (const auto counter : counters) {
      const auto* history = find_history(counter);
      const auto finding = history == nullptr ? ErrorFinding::None : history->finding(m);
      ring.put(counter, m, finding != ErrorFinding::None);
      worst = std::max(worst, finding);
    }
    ring.put(strict_only, m, worst == ErrorFinding::First || worst == ErrorFinding::Undecided);
  }
}

}  // namespace dz::evidence
