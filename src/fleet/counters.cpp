#include "fleet/counters.h"

#include <algorithm>

#include "base/check.h"
#include "fleet/noise.h"

namespace dz::fleet {
namespace {

// Before any fleet started; what a port counted since is what it has when the simulation begins.
constexpr Timestamp kBooted = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};

using Interval = std::pair<Timestamp, Timestamp>;

// How much of [from, to) is outside the intervals, which may overlap.
Duration outside(Timestamp from, Timestamp to, std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end());
  Duration left = to - from;
  Timestamp done = from;
  for (const auto& [begin, end] : intervals) {
    const Timestamp a = std::max(begin, done), b = std::min(end, to);
    if (a >= b) continue;
    left -= b - a;
    done = b;
  }
  return left;
}

std::uint64_t bytes_over(std::uint64_t bytes_per_second, Duration time) {
  const auto product = static_cast<unsigned __int128>(bytes_per_second) * static_cast<std::uint64_t>(time.count());
  return static_cast<std::uint64_t>(product / 1'000'000);
}

std::uint64_t& slot(Reading& reading, Counter counter) { return reading[static_cast<std::size_t>(counter)]; }

// What a fault makes rise every period.
struct Rise {
  Counter counter;
  std::uint64_t by;
};
std::optional<Rise> rise_of(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::Errors: return Rise{fault.counter, 1};
    case FaultKind::Flapping: return Rise{Counter::CarrierTransitions, 2};  // down, and up again
    case FaultKind::Congested: return Rise{Counter::OutDiscards, 40};
    default: return std::nullopt;
  }
}

// Frames from octets, and their kinds. Multicast and broadcast step at different frames, so unicast never falls.
void fill_packets(Reading& reading, std::uint64_t frame_bytes) {
  for (const int out : {0, 1}) {
    const auto at = [&](Counter in) -> std::uint64_t& {
      return reading[static_cast<std::size_t>(in) + static_cast<std::size_t>(out)];
    };
    const std::uint64_t packets = at(Counter::InOctets) / frame_bytes;
    at(Counter::InPkts) = packets;
    at(Counter::InMulticastPkts) = packets / 64;
    at(Counter::InBroadcastPkts) = (packets + 32) / 4096;
    at(Counter::InUnicastPkts) = packets - packets / 64 - (packets + 32) / 4096;
  }
}

}  // namespace

SimulatedCounters::SimulatedCounters(std::uint64_t seed, Timestamp start)
    : stretches_{{kBooted, true}, {start, false}} {
  DZ_CHECK(start > kBooted);
  rates_.in_busy = 60'000'000 + noise(seed, 1) % 90'000'000;
  rates_.out_busy = 60'000'000 + noise(seed, 2) % 90'000'000;
  // One TWAMP probe and one reply each way every 10 s, and what keeps a port up.
  rates_.in_quiet = 40 + noise(seed, 3) % 20;
  rates_.out_quiet = 40 + noise(seed, 4) % 20;
  rates_.frame_bytes = 500 + noise(seed, 5) % 600;
  slot(first_, Counter::InDiscards) = noise(seed, 6) % 3;
  slot(first_, Counter::OutDiscards) = noise(seed, 7) % 20;
  slot(first_, Counter::CarrierTransitions) = 1 + noise(seed, 8) % 6;
  // Errors of the day the port was plugged in, on one port in four: a first value above 0 is not an error of today.
  if (noise(seed, 9) % 4 == 0)
    slot(first_, Counter::InErrors) = slot(first_, Counter::InFcsErrors) = 1 + noise(seed, 10) % 9;
}

void SimulatedCounters::set_busy(bool busy, Timestamp at) {
  DZ_CHECK(at >= stretches_.back().from);
  if (stretches_.back().busy != busy) stretches_.push_back({at, busy});
}

Reading SimulatedCounters::since_boot(Timestamp at, const std::vector<const Fault*>& faults) const {
  std::vector<Interval> idle;
  for (const Fault* fault : faults) {
    if (fault->kind == FaultKind::Idle) idle.emplace_back(fault->from, fault->to.value_or(Timestamp::max()));
  }
  Reading reading = first_;
  for (std::size_t i = 0; i < stretches_.size() && stretches_[i].from < at; ++i) {
    const Timestamp end = i + 1 < stretches_.size() ? std::min(stretches_[i + 1].from, at) : at;
    const Duration moving = outside(stretches_[i].from, end, idle);
    slot(reading, Counter::InOctets) += bytes_over(stretches_[i].busy ? rates_.in_busy : rates_.in_quiet, moving);
    slot(reading, Counter::OutOctets) += bytes_over(stretches_[i].busy ? rates_.out_busy : rates_.out_quiet, moving);
  }
  for (const Fault* fault : faults) {
    const auto rise = rise_of(*fault);
    if (!rise || at < fault->from) continue;
    const Timestamp end = fault->to ? std::min(at, *fault->to - Duration{1}) : at;
    const auto times = static_cast<std::uint64_t>((end - fault->from) / fault->period) + 1;
    slot(reading, rise->counter) += times * rise->by;
  }
  return reading;
}

Reading SimulatedCounters::read(Timestamp at, const std::vector<const Fault*>& faults) const {
  std::optional<Timestamp> reset;
  for (const Fault* fault : faults) {
    if (fault->kind == FaultKind::Replay && fault->active(at)) at -= fault->period;
  }
  for (const Fault* fault : faults) {
    if (fault->kind == FaultKind::Reset && fault->from <= at && (!reset || fault->from > *reset)) reset = fault->from;
  }
  Reading reading = since_boot(at, faults);
  if (reset) {
    const Reading before = since_boot(*reset, faults);
    for (std::size_t i = 0; i < kCounterCount; ++i) reading[i] -= before[i];
  }
  fill_packets(reading, rates_.frame_bytes);
  return reading;
}

}  // namespace dz::fleet
