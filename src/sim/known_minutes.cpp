#include "sim/known_minutes.h"

#include <algorithm>
#include <deque>

namespace dz::sim {
namespace {

constexpr Duration kLateness = std::chrono::seconds{30};
constexpr std::size_t kActive = 10;         // who sent in so many minutes before falls silent
constexpr MinuteNumber kMargin = 60;        // of minutes that are kept before a window
constexpr int kSampleSlack = 4;             // a submit interval, a read, the watermark's distance, and the spacing
constexpr int kDisorderSlack = 100'000;     // minutes: nothing is certain
constexpr MinuteNumber kSamplesBehind = 1;  // minutes of them that are not judged yet

}  // namespace

std::string_view to_text(PortSignal signal) {
  constexpr std::array<std::string_view, kPortSignals.size()> kNames{"data", "errors", "utilization", "carrier",
                                                                     "discards"};
  return kNames[static_cast<std::size_t>(signal)];
}

bool Known::failed_last() const {
  auto m = to - 1;
  while (m > from && unseen.contains(m)) --m;
  return bad.contains(m);
}

bool Known::may_fail() const {
  if (slack >= length()) return true;
  return std::any_of(bad.begin(), bad.end(), [&](MinuteNumber m) { return m >= to - 1 - slack; });
}

bool Known::may_be_clean() const {
  if (slack >= length()) return true;
  for (auto m = to - 1 - slack; m < to; ++m) {
    if (!bad.contains(m)) return true;
  }
  return false;
}

bool Known::may_be_last(MinuteNumber m) const {
  if (slack == 0) return !bad.empty() && *bad.rbegin() == m;
  if (slack >= length()) return true;
  const auto near = [&](MinuteNumber bad_one) { return std::abs(bad_one - m) <= slack; };
  const bool at_edge = m < from + slack;  // where what it is near to may have left the window
  if (!at_edge && std::none_of(bad.begin(), bad.end(), near)) return false;
  int run = 0;
  for (auto later = m + slack; later < to; ++later) {
    run = bad.contains(later) ? run + 1 : 0;
    if (run > slack) return false;
  }
  return true;
}

bool Known::is_met() const {
  return bad.empty() && static_cast<int>(unseen.size()) <= unseen_allowed && !unseen.contains(from);
}

MinuteNumber Known::clean_from() const {
  auto m = bad.empty() ? from : *bad.rbegin() + 1;
  while (unseen.contains(m) || std::distance(unseen.lower_bound(m), unseen.end()) > unseen_allowed) ++m;
  return m;
}

std::optional<MinuteNumber> Known::run_begin() const {
  if (!fails()) return std::nullopt;
  auto m = to - 1;
  while (m > from && bad.contains(m - 1)) --m;
  return m;
}

int Known::runs() const {
  int count = 0;
  for (const auto m : bad) count += bad.contains(m - 1) ? 0 : 1;
  return count;
}

KnownMinutes::KnownMinutes(World& world, Timestamp at, std::set<std::size_t> disordered)
    : world_(world),
      at_(at),
      disordered_(std::move(disordered)),
      from_(number_of(at - kLateness) - world.options().window.count()),
      to_(number_of(at - kLateness)) {
  std::vector<const Lane*> reporting, config;
  for (const auto& device : world_.truth().devices) {
    reporting.push_back(&device.reporting);
    config.push_back(&device.config);
  }
  suspect(0, reporting);
  suspect(1, config);
}

// With fewer than four devices all of them have to be silent. That set is frozen until more than half of it sends. In
// minutes that nobody could be heard in nothing is decided.
void KnownMinutes::suspect(std::size_t source, const std::vector<const Lane*>& lanes) {
  auto& excused = excused_[source];
  excused.resize(lanes.size());
  std::optional<MinuteNumber> since;
  std::deque<MinuteNumber> before;  // the last that were covered
  for (auto m = from_ - kMargin; m < to_; ++m) {
    if (!covered(m)) continue;
    const auto silent = [&](const Lane* lane) { return !lane->delivered.has(m); };
    const auto was_active = [&](const Lane* lane) {
      return std::any_of(before.begin(), before.end(), [&](MinuteNumber b) { return lane->delivered.has(b); });
    };
    const auto count = static_cast<std::size_t>(std::count_if(lanes.begin(), lanes.end(), silent));
    if (!since && count == lanes.size() && std::all_of(lanes.begin(), lanes.end(), was_active)) since = m;
    if (since && (lanes.size() - count) * 2 > lanes.size()) since.reset();
    for (std::size_t i = 0; since && i < lanes.size(); ++i) {
      if (silent(lanes[i])) excused[i].insert(m);
    }
    before.push_back(m);
    if (before.size() > kActive) before.pop_front();
  }
  if (!since) return;
  suspicions_[source] = {*since, {}};
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (!before.empty() && excused[i].contains(before.back())) suspicions_[source]->silent.insert(i);
  }
}

// Minutes in a row that were not covered.
MinuteNumber KnownMinutes::longest_gap() const {
  MinuteNumber longest = 0, gap = 0;
  for (auto m = from_; m < to_; ++m) {
    gap = covered(m) ? 0 : gap + 1;
    longest = std::max(longest, gap);
  }
  return longest;
}

Known KnownMinutes::empty() const {
  Known known{from_, to_, {}, {}};
  known.unseen_allowed = world_.options().live ? 5 : 15;
  return known;
}

// Carrier transitions come first of the event counters, then discards in and out.
void KnownMinutes::add_events(const PortTruth& truth, PortSignal signal, Known& known) const {
  for (std::size_t i = 0; i < kEventCounters; ++i) {
    if ((signal == PortSignal::Carrier) != (i == 0)) continue;
    for (const auto& [m, by] : truth.event_rises(i, at_)) {
      if (m < from_ || m >= to_) continue;
      known.bad.insert(m);
      known.rise += by;
      auto& counters = known.counters[m];
      counters += (counters.empty() ? "" : ", ") + std::string(kEventNames[i]);
    }
  }
}

// Errors and events are bad where they rose, data where nothing came, traffic where nothing came or nothing moved.
Known KnownMinutes::port(std::size_t device, std::size_t port, PortSignal signal) const {
  const auto key = std::tuple(device, port, signal);
  if (const auto found = ports_.find(key); found != ports_.end()) return found->second;
  const auto& truth = world_.truth().devices[device].ports[port];
  auto known = empty();
  if (disordered_.contains(device)) known.slack = kDisorderSlack;
  if (signal == PortSignal::Errors) {
    for (const auto m : truth.rises(at_)) {
      if (m >= from_ && m < to_) known.bad.insert(m);
    }
  }
  const bool is_of_events = signal == PortSignal::Carrier || signal == PortSignal::Discards;
  if (is_of_events) add_events(truth, signal, known);
  const bool is_of_rises = is_of_events || signal == PortSignal::Errors;
  for (auto m = from_; m < to_; ++m) {
    const bool dark = !truth.lane().delivered.has(m);
    const bool excused = dark && (!covered(m) || excused_[0][device].contains(m));
    if (excused || (dark && is_of_rises)) {
      if (!known.bad.contains(m)) known.unseen.insert(m);
    } else if (dark || (signal == PortSignal::Utilization && truth.still(m))) {
      if (!is_of_rises) known.bad.insert(m);
    }
  }
  return ports_.emplace(key, known).first->second;
}

Known KnownMinutes::of_lane(const Lane& lane, const std::vector<std::set<MinuteNumber>>& excused,
                            std::size_t device) const {
  auto known = empty();
  if (disordered_.contains(device)) known.slack = kDisorderSlack;
  for (auto m = from_; m < to_; ++m) {
    if (lane.delivered.has(m)) continue;
    (!covered(m) || excused[device].contains(m) ? known.unseen : known.bad).insert(m);
  }
  return known;
}

Known KnownMinutes::reporting(std::size_t device) const {
  return of_lane(world_.truth().devices[device].reporting, excused_[0], device);
}

Known KnownMinutes::config_agent(std::size_t device) const {
  return of_lane(world_.truth().devices[device].config, excused_[1], device);
}

Known KnownMinutes::of_samples(std::size_t device, bool lost_are_bad) const {
  auto known = empty();
  known.slack = kSampleSlack + static_cast<int>(longest_gap());  // what was written meanwhile is read at once
  known.from -= kSamplesBehind;
  known.to -= kSamplesBehind;
  for (auto m = known.from; m < known.to; ++m) {
    const bool lost = lost_are_bad && world_.lost_probes(device).has(m);
    if (!world_.sampled(device).has(m) || lost) known.bad.insert(m);
  }
  return known;
}

Known KnownMinutes::telemetry_agent(std::size_t device) const { return of_samples(device, false); }
Known KnownMinutes::probes(std::size_t origin) const { return of_samples(origin, true); }

bool KnownMinutes::is_up(std::size_t device, std::size_t port) const {
  constexpr std::array kAll{PortSignal::Data, PortSignal::Errors, PortSignal::Utilization};
  return std::all_of(kAll.begin(), kAll.end(),
                     [&](PortSignal signal) { return this->port(device, port, signal).is_met(); });
}

bool KnownMinutes::is_up(const LinkSpec& link) const {
  return is_up(link.device_a, link.port_a) && is_up(link.device_z, link.port_z);
}

KnownMinutes::Qa KnownMinutes::qa(std::size_t device) const {
  Qa qa;
  std::map<Timestamp, bool> results;  // any success of a run counts
  for (const auto& run : world_.truth().devices[device].qa) {
    if (run.at >= begin_of(from_) && run.at < begin_of(to_)) results[run.at] |= run.success;
  }
  auto last_success = begin_of(from_);
  for (const auto& [at, success] : results) {
    if (!success) {
      ++qa.failures;
      qa.last_failure = at;
      if (!qa.failing_since) qa.failing_since = at;
      continue;
    }
    ++qa.successes;
    qa.failing_since.reset();
    qa.longest_gap = std::max(qa.longest_gap, at - last_success);
    last_success = at;
  }
  qa.longest_gap = std::max(qa.longest_gap, begin_of(to_) - last_success);
  return qa;
}

}  // namespace dz::sim
