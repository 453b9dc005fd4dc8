#include "evidence/evidence.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr std::size_t kMostWaiting = 4096;  // entries of one interface; a device sends about 45 in 90 s

RowOutcome outcome_of(const EvidenceSettings& settings, Timestamp at, Timestamp now) {
  if (at > now + settings.ahead) return RowOutcome::TooFarAhead;
  if (at < now - kRingLength || at < Timestamp{}) return RowOutcome::TooOld;
  return RowOutcome::Taken;
}

void insert_once(std::vector<Timestamp>& times, Timestamp at) {
  const auto it = std::lower_bound(times.begin(), times.end(), at);
  if (it == times.end() || *it != at) times.insert(it, at);
}

void settle(EvidenceState& state, std::uint32_t port, MinuteIndex closed) {
  state.ports[port].has_late = false;
  const auto changed = state.ports[port].counters.settle(closed, state.port_minutes, port);
  for (auto& count : state.port_counts[port]) count.forget_from(changed);
  if (changed >= state.source(Source::Counters).watermark) return;
  ++state.port_rewrites[port];
  state.changed.ports[port] = std::min(state.changed.ports[port], changed);
}

// The first whole minute that begins at or after t.
MinuteIndex minute_after(Timestamp t) { return index_of(minute_of(t + std::chrono::minutes{1} - Duration{1})); }

}  // namespace

Source source_of(Signal signal) {
  switch (signal) {
    case Signal::Data:
    case Signal::Errors:
    case Signal::Utilization:
    case Signal::Reporting: return Source::Counters;
    case Signal::ConfigAgent: return Source::ConfigAgent;
    case Signal::TelemetryAgent:
    case Signal::Probes: return Source::LatencySamples;
    case Signal::Value: break;
  }
  DZ_CHECK(signal != Signal::Value);  // each added criterion has a source of its own
  return Source::Counters;
}

std::uint32_t EvidenceState::device(const Pubkey& key) {
  const auto [it, is_new] = device_index.emplace(key, static_cast<std::uint32_t>(devices.size()));
  if (is_new) {
    devices.emplace_back().key = key;
    make_places();
    ++subjects_revision;
  }
  return it->second;
}

void EvidenceState::make_places() {
  device_minutes.resize(static_cast<std::uint32_t>(devices.size()));
  port_minutes.resize(static_cast<std::uint32_t>(ports.size()));
  direction_minutes.resize(static_cast<std::uint32_t>(directions.size()));
  value_minutes.resize(static_cast<std::uint32_t>(values.size()));
  device_counts.resize(devices.size());
  port_counts.resize(ports.size());
  direction_counts.resize(directions.size());
  value_counts.resize(values.size());
  port_rewrites.resize(ports.size());
  direction_rewrites.resize(directions.size());
  changed.ports.resize(ports.size(), kUnchanged);
  changed.directions.resize(directions.size(), kUnchanged);
  changed.values.resize(values.size(), kUnchanged);
  changed.devices.resize(devices.size(), {kUnchanged, kUnchanged, kUnchanged});
}

void EvidenceState::mark_device(std::uint32_t device, DevicePlane plane, MinuteIndex m) {
  if (device_minutes.test(device, plane, m)) return;
  device_minutes.set(device, plane, m);
  for (auto& count : device_counts[device]) count.forget_from(m);
  if (m >= source(source_of(plane)).watermark) return;
  auto& first = changed.devices[device][static_cast<std::size_t>(plane / 2)];
  first = std::min(first, m);
}

void EvidenceState::cover(Source s, MinuteIndex from, MinuteIndex to) {
  auto& evidence = source(s);
  for (auto m = std::max(from, to - kRingMinutes); m < to; ++m) {
    if (m < 0 || evidence.covered.test(0, 0, m)) continue;
    evidence.covered.set(0, 0, m);
    if (m >= evidence.watermark) continue;
    ++coverage_revision;
    auto& first = changed.covered[static_cast<std::size_t>(s)];
    first = std::min(first, m);
  }
}

MinuteIndex SourceEvidence::covered_back(MinuteIndex m, int count) const {
  auto from = m;
  while (count > 0 && from > m - kRingMinutes) count -= covered.test(0, 0, --from) ? 1 : 0;
  return from;
}

void EvidenceState::close(Source s, MinuteIndex watermark) {
  auto& evidence = source(s);
  if (watermark <= evidence.watermark) return;
  if (s != Source::Qa && !is_added(s)) {
    const auto sent = sent_plane(s);
    for (auto m = std::max(evidence.watermark, watermark - kRingMinutes); m < watermark; ++m) {
      if (!evidence.covered.test(0, 0, m)) continue;
      judge_silence(evidence.silence, device_minutes, sent, evidence.covered_back(m, kSilenceActiveMinutes), m);
    }
  }
  evidence.watermark = watermark;
}

Evidence::Evidence(EvidenceSettings settings) : state_(std::make_unique<EvidenceState>()) {
  state_->settings = settings;
}
Evidence::Evidence(Evidence&&) noexcept = default;
Evidence& Evidence::operator=(Evidence&&) noexcept = default;
Evidence::~Evidence() = default;

const EvidenceSettings& Evidence::settings() const { return state_->settings; }
void Evidence::configure(const EvidenceSettings& settings) { state_->settings = settings; }
std::uint64_t Evidence::subjects_revision() const { return state_->subjects_revision; }

Result<InterfaceRef> Evidence::interface_for_rows(const Pubkey& device, std::string_view name) {
  const auto index = state_->device(device);
  auto& interfaces = state_->devices[index].interfaces;
  auto key = interface_key(name);
  const auto found = interfaces.find(key);
  if (found != interfaces.end()) return InterfaceRef{found->second, index};
  if (interfaces.size() >= kMostInterfaces) {
    return refused(
        fmt::format("device {} interface '{}': expected at most {} interfaces a device, and that many are known; "
                    "check the device for interface names that change",
                    to_text(device), name.substr(0, 64), kMostInterfaces));
  }
  const auto port = static_cast<std::uint32_t>(state_->ports.size());
  interfaces.emplace(std::move(key), port);
  auto& created = state_->ports.emplace_back();
  created.device = index;
  created.name = name;
  state_->make_places();
  ++state_->subjects_revision;
  return InterfaceRef{port, index};
}

RowOutcome Evidence::add_counters(InterfaceRef interface, const CounterRow& row, Timestamp now) {
  auto& state = *state_;
  DZ_CHECK(interface.index < state.ports.size());
  const auto outcome = outcome_of(state.settings, row.at, now);
  // The last value of an error counter before the rings: what later values are compared with. It leaves no minute.
  const bool baseline = outcome == RowOutcome::TooOld && !row.in_octets && !row.out_octets && row.at >= Timestamp{};
  if (outcome != RowOutcome::Taken && !baseline) return outcome;

  const auto minute = index_of(minute_of(row.at));
  auto& port = state.ports[interface.index];
  const bool late = minute < state.source(Source::Counters).watermark;
  if (port.counters.waiting_count() >= kMostWaiting) {
    if (!port.has_late) return RowOutcome::TooMany;
    settle(state, interface.index, state.source(Source::Counters).watermark);
  }
  if (!baseline) state.mark_device(port.device, kReported, minute);
  port.counters.add(row, late);
  if (late && !port.has_late) {
    port.has_late = true;
    state.late_ports.push_back(interface.index);
  }
  return RowOutcome::Taken;
}

Result<RowOutcome> Evidence::add_counters(const Pubkey& device, std::string_view name, const CounterRow& row,
                                          Timestamp now) {
  InterfaceRef interface;
  DZ_TRY_ASSIGN(interface, interface_for_rows(device, name));
  return add_counters(interface, row, now);
}

std::optional<CounterSeen> Evidence::last_error(InterfaceRef interface, CounterBit counter) const {
  if (interface.index == kNoSubject) return std::nullopt;
  const auto& counters = state_->ports[interface.index].counters;
  const int plane = counter == kInErrors ? kInErrorsRose : counter == kOutErrors ? kOutErrorsRose : kInFcsErrorsRose;
  const auto& track = counters.track(plane);
  if (!track.known) return std::nullopt;
  return CounterSeen{track.at, track.fallen ? track.low : track.high};
}

RowOutcome Evidence::add_getconfig(const Pubkey& device, Timestamp at, std::uint64_t count, Timestamp now) {
  const auto outcome = outcome_of(state_->settings, at, now);
  if (outcome == RowOutcome::Taken && count > 0) {
    state_->mark_device(state_->device(device), kConfigured, index_of(minute_of(at)));
  }
  return outcome;
}

RowOutcome Evidence::add_qa_result(const Pubkey& device, Timestamp at, bool success, Timestamp now) {
  const auto outcome = add_qa_run(at, now);
  if (outcome != RowOutcome::Taken) return outcome;
  auto& results = state_->devices[state_->device(device)].qa;
  const auto it = std::lower_bound(results.begin(), results.end(), at,
                                   [](const QaResult& result, Timestamp t) { return result.at < t; });
  if (it != results.end() && it->at == at) {
    it->success = it->success || success;
  } else {
    results.insert(it, QaResult{at, success});
  }
  return outcome;
}

RowOutcome Evidence::add_qa_run(Timestamp at, Timestamp now) {
  const auto outcome = outcome_of(state_->settings, at, now);
  if (outcome == RowOutcome::Taken) insert_once(state_->qa_runs, at);
  return outcome;
}

void Evidence::observe_samples(Timestamp read_at, std::span<const SampleRead> reads) {
  take_samples(*state_, read_at, reads);
}

std::uint32_t Evidence::samples_seen(const Pubkey& account) const {
  const auto it = state_->accounts.find(account);
  return it == state_->accounts.end() ? 0 : it->second.seen;
}

void Evidence::accepting(Timestamp from, Timestamp to) {
  auto& state = *state_;
  if (to <= from) return;
  auto fresh_from = minute_after(from);
  if (state.accepting_from && from <= state.accepting_to && to >= *state.accepting_from) {
    const bool grows_on = from >= *state.accepting_from;
    if (grows_on)
      fresh_from = minute_after(std::max(*state.accepting_from, state.accepting_to - std::chrono::minutes{1}));
    state.accepting_from = std::min(*state.accepting_from, from);
    state.accepting_to = std::max(state.accepting_to, to);
  } else {
    state.accepting_from = from;
    state.accepting_to = to;
  }
  const auto end = index_of(minute_of(state.accepting_to));
  for (const auto source : {Source::Counters, Source::ConfigAgent, Source::Qa}) {
    if (state.settings.pushed(source)) state.cover(source, fresh_from, end);
  }
}

void Evidence::advance(Timestamp now) {
  auto& state = *state_;
  const auto closed = index_of(minute_of(now - state.settings.lateness));
  for (const auto source : {Source::Counters, Source::ConfigAgent, Source::Qa}) {
    if (state.settings.pushed(source)) close_through(source, closed);
  }
}

void Evidence::answered(Source source, Minute from, Minute to) {
  DZ_CHECK(source != Source::LatencySamples && !state_->settings.pushed(source));
  state_->cover(source, index_of(from), index_of(to));
  close_through(source, index_of(to));
}

void Evidence::close_through(Source source, MinuteIndex watermark) {
  auto& state = *state_;
  const auto before = state.source(source).watermark;
  if (source == Source::Counters) {
    for (const auto port : state.late_ports) settle(state, port, std::max(before, watermark));
    state.late_ports.clear();
    if (watermark > before) {
      for (std::uint32_t port = 0; port < state.ports.size(); ++port) {
        if (state.ports[port].counters.waiting_count() > 0) settle(state, port, watermark);
      }
    }
  }
  if (source == Source::Qa && watermark > before) forget_old_qa(watermark);
  state.close(source, watermark);
}

void Evidence::forget_old_qa(MinuteIndex watermark) {
  const Timestamp oldest = minute_at(watermark) - kRingLength;
  auto& runs = state_->qa_runs;
  runs.erase(runs.begin(), std::lower_bound(runs.begin(), runs.end(), oldest));
  for (auto& device : state_->devices) {
    const auto first = std::find_if(device.qa.begin(), device.qa.end(), [&](const auto& r) { return r.at >= oldest; });
    device.qa.erase(device.qa.begin(), first);
  }
}

}  // namespace dz::evidence
