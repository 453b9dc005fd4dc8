#include "evidence/counters.h"

#include <algorithm>

namespace dz::evidence {
namespace {

constexpr std::uint8_t kOctets = kInOctets | kOutOctets;
constexpr std::size_t kStageWork = 32, kPieceWork = 300;  // a minute that closes; a piece of older readings
constexpr std::size_t kRoomKept = 256;                    // for rows that wait

MinuteIndex minute_of_entry(const CounterEntry& entry) { return index_of(minute_of(entry.at)); }

// The octets of the entries, each counter's in order, each reading once.
PortOctets::Rows octets_of(std::span<const CounterEntry> entries) {
  PortOctets::Rows rows;
  for (const auto& entry : entries) {
    for (std::size_t c = 0; c < kOctetCounters.size(); ++c) {
      if (entry.has(kOctetCounters[c])) rows[c].push_back({entry.at, entry.value(kOctetCounters[c])});
    }
  }
  for (auto& readings : rows) {
    if (!std::is_sorted(readings.begin(), readings.end())) std::sort(readings.begin(), readings.end());
    readings.erase(std::unique(readings.begin(), readings.end()), readings.end());
  }
  return rows;
}

}  // namespace

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
    if (late) ++late_;
  };
  wait({kInOctets, row.in_octets}, {kOutOctets, row.out_octets});
  wait({kInErrors, row.in_errors}, {kOutErrors, row.out_errors});
  wait({kInFcsErrors, row.in_fcs_errors}, {kInFcsErrors, nothing});
}

bool PortCounters::is_full() const {
  return std::any_of(errors_.begin(), errors_.end(), [](const ErrorHistory& errors) { return errors.is_full(); });
}

bool PortCounters::undecided_errors() const {
  return std::any_of(errors_.begin(), errors_.end(), [](const ErrorHistory& errors) { return errors.undecided(); });
}

void PortCounters::count_late() {
  const auto late = std::count_if(waiting_.begin(), waiting_.end(), [](const CounterEntry& e) { return e.late; });
  late_ = static_cast<std::uint16_t>(late);
}

// Late rows were known before any of these minutes closed, so they are taken first. Then minute by minute, because what
// came in time is decided when its minute closes, by what was known then.
MinuteIndex PortCounters::settle(MinuteIndex before, MinuteIndex closed, const PortPlace& place, std::size_t& work) {
  auto next = std::stable_partition(waiting_.begin(), waiting_.end(), [](const auto& e) { return e.late; });
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
    octets_.settle(closed, place.ring, place.shelf);
    for (auto& errors : errors_) errors.fold(closed, octets_);
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

void PortCounters::take_back(MinuteIndex closed, const PortShelf& shelf) {
  std::erase_if(waiting_, [&](const CounterEntry& entry) { return minute_of_entry(entry) >= closed; });
  count_late();
  octets_.take_back(closed, shelf);
  for (auto& errors : errors_) errors.take_back(closed);
  new_errors_ = true;
}

// Returns what else it did than to look at the rows.
std::size_t PortCounters::take(std::span<const CounterEntry> entries, const PortPlace& place) {
  std::size_t done = 0;
  const auto octets = octets_of(entries);
  if (!octets[0].empty() || !octets[1].empty()) {
    if (entries.front().late) {
      done += kPieceWork * octets_.take_late(octets, place.ring, place.shelf);
      for (auto& errors : errors_) errors.assume_rows_at(octets_.falls());
    } else {
      octets_.take_minute(minute_of_entry(entries.front()), octets, place.ring);
    }
    done += octets_.falls().size();
  }
  for (const auto& entry : entries) {
    for (std::size_t c = 0; c < kErrorCounters.size(); ++c) {
      if (!entry.has(kErrorCounters[c])) continue;
      if (errors_[c].add({entry.at, entry.value(kErrorCounters[c])}, entry.late)) new_errors_ = true;
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
  for (auto& errors : errors_) {
    errors.judge(octets_, closed, decide);
    values += errors.size();
  }
  show_errors(ring);
  return values;
}

void PortCounters::show_errors(PortRing& ring) {
  std::vector<MinuteIndex> minutes;
  for (auto& errors : errors_) errors.show([&](MinuteIndex m) { minutes.push_back(m); });
  for (const auto m : minutes) {
    auto worst = ErrorFinding::None;
    for (std::size_t c = 0; c < kErrorCounters.size(); ++c) {
      const auto finding = errors_[c].finding(m);
      ring.put(kErrorCounters[c], m, finding != ErrorFinding::None);
      worst = std::max(worst, finding);
    }
    ring.put(kStrictOnly, m, worst == ErrorFinding::First || worst == ErrorFinding::Undecided);
  }
}

}  // namespace dz::evidence
