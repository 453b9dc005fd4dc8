#include "evidence/counters.h"

#include <algorithm>

namespace dz::evidence {
namespace {

constexpr std::uint8_t kOctets = kInOctets | kOutOctets;

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
  };
  wait({kInOctets, row.in_octets}, {kOutOctets, row.out_octets});
  wait({kInErrors, row.in_errors}, {kOutErrors, row.out_errors});
  wait({kInFcsErrors, row.in_fcs_errors}, {kInFcsErrors, nothing});
}

bool PortCounters::undecided_errors() const {
  return std::any_of(errors_.begin(), errors_.end(), [](const ErrorHistory& errors) { return errors.undecided(); });
}

// Late rows were known before any of these minutes closed, so they are taken first. Then minute by minute, because what
// came in time is decided when its minute closes, by what was known then.
void PortCounters::settle(MinuteIndex before, MinuteIndex closed, PortRing& ring, const PortShelf& shelf) {
  std::sort(waiting_.begin(), waiting_.end());
  const auto late_first = std::stable_partition(waiting_.begin(), waiting_.end(), [](const auto& e) { return e.late; });
  const auto end =
      std::find_if(late_first, waiting_.end(), [&](const auto& e) { return minute_of_entry(e) >= closed; });
  if (late_first != waiting_.begin()) {
    octets_.settle(before, ring, shelf);
    take({waiting_.begin(), late_first}, ring, shelf);
    judge_errors(std::max(before, 0), false, ring);
  }
  auto next = late_first;
  auto stage = before;
  while (next != end || (undecided() && stage < closed)) {
    // The next stage at which something may change: a minute with rows closes, or the next minute while all is not
    // decided.
    const auto with_rows = next == end ? closed : minute_of_entry(*next) + 1;
    stage = undecided() && stage >= 0 ? std::min(stage + 1, with_rows) : with_rows;
    const auto rows_end = std::find_if(next, end, [&](const auto& e) { return minute_of_entry(e) >= stage; });
    if (rows_end != next) take({next, rows_end}, ring, shelf);
    next = rows_end;
    octets_.settle(stage, ring, shelf);
    judge_errors(stage, true, ring);
  }
  octets_.settle(closed, ring, shelf);
  for (auto& errors : errors_) errors.fold(closed, octets_);
  waiting_.erase(waiting_.begin(), end);
}

void PortCounters::take_back(MinuteIndex closed, const PortShelf& shelf) {
  std::erase_if(waiting_, [&](const CounterEntry& entry) { return minute_of_entry(entry) >= closed; });
  octets_.take_back(closed, shelf);
  for (auto& errors : errors_) errors.take_back(closed);
  new_errors_ = true;
}

void PortCounters::take(std::span<const CounterEntry> entries, PortRing& ring, const PortShelf& shelf) {
  const auto octets = octets_of(entries);
  if (!octets[0].empty() || !octets[1].empty()) {
    if (entries.front().late) {
      octets_.take_late(octets, ring, shelf);
      for (auto& errors : errors_) errors.assume_rows_at(octets_.falls());
    } else {
      octets_.take_minute(minute_of_entry(entries.front()), octets, ring);
    }
  }
  for (const auto& entry : entries) {
    for (std::size_t c = 0; c < kErrorCounters.size(); ++c) {
      if (!entry.has(kErrorCounters[c])) continue;
      if (errors_[c].add({entry.at, entry.value(kErrorCounters[c])}, entry.late)) new_errors_ = true;
    }
  }
}

void PortCounters::judge_errors(MinuteIndex closed, bool decide, PortRing& ring) {
  if (!new_errors_ && judged_octets_ == octets_.revision() && !undecided_errors()) return;
  new_errors_ = false;
  judged_octets_ = octets_.revision();
  for (auto& errors : errors_) errors.judge(octets_, closed, decide);
  show_errors(ring);
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
