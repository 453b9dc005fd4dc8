#include "evidence/evidence.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr std::size_t kMostWaiting = 4096;                  // entries of one interface; a device sends about 45 in 90 s
constexpr std::size_t kMostLate = 256;                      // that wait, of one interface, before they are taken
constexpr Duration kKeepsPlace = std::chrono::minutes{10};  // an interface heard of this lately
constexpr std::size_t kMostRefused = 1000;                  // names that are remembered, a device
constexpr std::ptrdiff_t kMostQaAMinute = 8;                // results of one device; QA runs every few hours

// Of the runs of a minute the first and the last stay: a gap of hours that holds one of them holds one of those two.
void insert_run(std::vector<Timestamp>& runs, Timestamp at) {
  const Timestamp minute{minute_of(at)};
  const auto first = std::lower_bound(runs.begin(), runs.end(), minute);
  const auto end = std::lower_bound(first, runs.end(), minute + std::chrono::minutes{1});
  const auto count = end - first;
  if (count < 2) {
    const auto it = std::lower_bound(first, end, at);
    if (it == end || *it != at) runs.insert(it, at);
  } else if (at < *first) {
    *first = at;
  } else if (at > *std::prev(end)) {
    *std::prev(end) = at;
  }
}

}  // namespace

MinuteIndex minute_after(Timestamp t) { return index_of(minute_of(t + std::chrono::minutes{1} - Duration{1})); }

RowOutcome outcome_of(const EvidenceSettings& settings, Timestamp at, Timestamp now) {
  if (at > now + settings.ahead) return RowOutcome::TooFarAhead;
  if (at < now - kRingLength || at < Timestamp{}) return RowOutcome::TooOld;
  return RowOutcome::Taken;
}

Source source_of(Signal signal) {
  switch (signal) {
    case Signal::Data:
    case Signal::Errors:
    case Signal::Utilization:
    case Signal::Carrier:
    case Signal::Discards:
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
  if (const auto known = devices.index.find(key); known != devices.index.end()) return known->second;
  const auto number = take_place(devices, StoredKind::Device);
  devices.index.emplace(key, number);
  devices.all[number].key = key;
  ++subjects_revision;
  return number;
}

std::uint32_t EvidenceState::port(std::uint32_t device, std::string_view name) {
  const auto number = take_place(ports, StoredKind::Port);
  auto& created = ports.all[number];
  created.device = device;
  created.name = name;
  devices.all[device].interfaces.emplace(interface_key(name), number);
  ++subjects_revision;
  return number;
}

std::uint32_t EvidenceState::direction(const DirectionKey& key) {
  if (const auto known = directions.index.find(key); known != directions.index.end()) return known->second;
  const auto number = take_place(directions, StoredKind::Direction);
  directions.index.emplace(key, number);
  directions.all[number].key = key;
  ++subjects_revision;
  return number;
}

std::uint32_t EvidenceState::value(std::size_t criterion, const AddedSubject& subject) {
  const std::pair key(static_cast<std::uint8_t>(criterion), subject);
  if (const auto known = values.index.find(key); known != values.index.end()) return known->second;
  const auto number = take_place(values, StoredKind::Value);
  values.index.emplace(key, number);
  values.all[number] = {key.first, subject};
  ++subjects_revision;
  return number;
}

void EvidenceState::mark_device(std::uint32_t device, DevicePlane plane, MinuteIndex m) {
  auto& of = source(source_of(plane));
  if (m >= of.watermark) of.heard_from = std::min(of.heard_from, m);
  if (devices.minutes.test(device, plane, m)) return;
  write_down(StoredKind::Device, device);
  devices.minutes.set(device, plane, m);
  for (auto& count : devices.counts[device]) count.forget_from(m);
  if (m >= of.watermark) return;
  devices.changes[device][signal_index(plane)].note(m);
  ++late_revision;
  of.silence_changed.note(m);
}

Evidence::Evidence(EvidenceSettings settings) : state_(std::make_unique<EvidenceState>()) {
  state_->settings = settings;
}
Evidence::Evidence(Evidence&&) noexcept = default;
Evidence& Evidence::operator=(Evidence&&) noexcept = default;
Evidence::~Evidence() = default;

const EvidenceSettings& Evidence::settings() const { return state_->settings; }
std::uint64_t Evidence::subjects_revision() const { return state_->subjects_revision; }
std::uint64_t Evidence::answers_revision() const { return state_->late_revision + state_->coverage_revision; }

Result<InterfaceRef> Evidence::interface_for_rows(const Pubkey& device, std::string_view name, Timestamp now) {
  auto& ports = state_->ports;
  const auto index = state_->device(device);
  auto& full_until = state_->devices.all[index].full_until;
  auto& interfaces = state_->devices.all[index].interfaces;
  const auto key = interface_key(name);
  if (const auto found = interfaces.find(key); found != interfaces.end()) return InterfaceRef{found->second, index};

  const auto most = static_cast<std::size_t>(state_->settings.most_interfaces);
  const bool named = ports.is_named(device, key);
  if (interfaces.size() < most) return InterfaceRef{state_->port(index, name), index};
  const auto no_place = [&] {
    note_refused(device, key);
    return refused(fmt::format(
        "device {} interface '{}': expected at most {} interfaces a device besides those that ledger "
        "records name, and that many sent rows in the last 10 minutes; raise evidence.most_interfaces, or check "
        "the device for interface names that change",
        to_text(device), name.substr(0, 64), most));
  };
  if (named) full_until = {};               // it may take the place of one without a name
  if (now < full_until) return no_place();  // looking at all of them takes long
  auto oldest = interfaces.end();
  std::size_t unnamed = 0;
  for (auto it = interfaces.begin(); it != interfaces.end(); ++it) {
    if (ports.is_named(device, it->first)) continue;
    ++unnamed;
    if (oldest == interfaces.end() || ports.all[it->second].heard < ports.all[oldest->second].heard) oldest = it;
  }
  if (unnamed < most) return InterfaceRef{state_->port(index, name), index};
  const auto heard = oldest == interfaces.end() ? now : ports.all[oldest->second].heard;
  if (!named && now - heard < kKeepsPlace) {
    full_until = heard + kKeepsPlace;
    return no_place();
  }
  if (oldest == interfaces.end()) return InterfaceRef{state_->port(index, name), index};
  return InterfaceRef{give_place(oldest->second, name), index};
}

void Evidence::note_refused(const Pubkey& device, const std::string& key) {
  auto& names = state_->ports.refused[device];
  if (names.contains(key)) return;
  if (names.size() < kMostRefused) {
    names.insert(key);
  } else {
    ++state_->ports.refused_more[device];
  }
}

std::size_t Evidence::interfaces_refused(const Pubkey& device) const {
  const auto& ports = state_->ports;
  const auto names = ports.refused.find(device);
  const auto more = ports.refused_more.find(device);
  return (names == ports.refused.end() ? 0 : names->second.size()) +
         (more == ports.refused_more.end() ? 0 : more->second);
}

// The place of an interface becomes that of another one, without its evidence.
std::uint32_t Evidence::give_place(std::uint32_t port, std::string_view name) {
  auto& ports = state_->ports;
  auto& place = ports.all[port];
  state_->write_down(StoredKind::Port, port);
  state_->finish_port(port);
  auto& interfaces = state_->devices.all[place.device].interfaces;
  interfaces.erase(interface_key(place.name));
  interfaces.emplace(interface_key(name), port);
  if (place.has_late) std::erase(ports.late, port);
  place = PortEvidence{.name = std::string(name), .counters = {}, .heard = {}, .device = place.device};
  ports.minutes.erase(port);
  ports.counts[port] = {};
  ports.event_counts.erase(port);
  ports.changes[port].note(0);
  ++state_->late_revision;
  ++state_->subjects_revision;
  return port;
}

void Evidence::keep_readings_on(ReadingShelf& shelf) {
  state_->ports.shelf = &shelf;
  state_->ports.own_shelf.reset();
}

RowOutcome Evidence::add_counters(InterfaceRef interface, const CounterRow& row, Timestamp now) {
  auto& state = *state_;
  DZ_CHECK(interface.index < state.ports.all.size());
  const auto outcome = outcome_of(state.settings, row.at, now);
  // The last value of a sparse counter before the rings: what later values are compared with. It leaves no minute.
  const bool baseline = outcome == RowOutcome::TooOld && !row.in_octets && !row.out_octets && row.at >= Timestamp{};
  if (outcome != RowOutcome::Taken && !baseline) return outcome;

  const auto minute = index_of(minute_of(row.at));
  auto& port = state.ports.all[interface.index];
  const bool late = minute < state.source(Source::Counters).watermark;
  state.finish_port(interface.index);  // what it was told before belongs to the close under way, this row does not
  if (port.counters.waiting_count() >= kMostWaiting && !late) return RowOutcome::TooMany;
  const bool sparse = row.in_errors || row.out_errors || row.in_fcs_errors || row.in_discards || row.out_discards ||
                      row.carrier_transitions;
  if (sparse && port.counters.is_full()) return RowOutcome::TooMany;
  state.write_down(StoredKind::Port, interface.index);
  if (port.counters.late_count() >= kMostLate) state.settle_late(interface.index);
  if (!baseline) state.mark_device(port.device, kReported, minute);
  port.heard = std::max(port.heard, now);
  port.counters.add(row, late);
  if (late && !port.has_late) {
    port.has_late = true;
    state.ports.late.push_back(interface.index);
  }
  return RowOutcome::Taken;
}

Result<RowOutcome> Evidence::add_counters(const Pubkey& device, std::string_view name, const CounterRow& row,
                                          Timestamp now) {
  InterfaceRef interface;
  DZ_TRY_ASSIGN(interface, interface_for_rows(device, name, now));
  return add_counters(interface, row, now);
}

std::string_view Evidence::reported_name(InterfaceRef interface) const {
  return interface.index == kNoSubject ? std::string_view() : state_->ports.all[interface.index].name;
}

bool Evidence::is_below_a_fall(InterfaceRef ref, Minute minute) const {
  if (ref.index == kNoSubject) return false;
  const auto m = index_of(minute);
  const auto& octets = state_->ports.all[ref.index].counters.octets();
  const auto below = octets.below_a_fall(0, word_of(m)) | octets.below_a_fall(1, word_of(m));
  return (below & bit_of(m)) != 0;
}

std::optional<CounterSeen> Evidence::last_error(InterfaceRef interface, CounterBit counter) const {
  if (interface.index == kNoSubject) return std::nullopt;
  const auto newest = state_->ports.all[interface.index].counters.newest_error(plane_of(counter));
  if (!newest) return std::nullopt;
  return CounterSeen{newest->at, newest->value};
}

RowOutcome Evidence::add_getconfig(const Pubkey& device, Timestamp at, std::uint64_t count, Timestamp now) {
  const auto outcome = outcome_of(state_->settings, at, now);
  if (outcome == RowOutcome::Taken && count > 0) {
    state_->mark_device(state_->device(device), kConfigured, index_of(minute_of(at)));
  }
  return outcome;
}

RowOutcome Evidence::add_qa_result(const Pubkey& device, Timestamp at, bool success, Timestamp now) {
  const auto outcome = add_own_qa_result(device, at, success, now);
  return outcome == RowOutcome::Taken ? add_qa_run(at, now) : outcome;
}

RowOutcome Evidence::add_own_qa_result(const Pubkey& device, Timestamp at, bool success, Timestamp now) {
  const auto outcome = outcome_of(state_->settings, at, now);
  if (outcome != RowOutcome::Taken) return outcome;
  ++state_->late_revision;
  const auto number = state_->device(device);
  auto& results = state_->devices.all[number].qa;
  const auto place = [&](Timestamp time) {
    return std::lower_bound(results.begin(), results.end(), time,
                            [](const QaResult& result, Timestamp t) { return result.at < t; });
  };
  const auto it = place(at);
  state_->write_down(StoredKind::Device, number);
  ++state_->devices.all[number].qa_changes;
  if (it != results.end() && it->at == at) {
    it->success = it->success || success;
    return outcome;
  }
  const Timestamp minute{minute_of(at)};
  if (place(minute + std::chrono::minutes{1}) - place(minute) >= kMostQaAMinute) return RowOutcome::TooMany;
  results.insert(it, QaResult{at, success});
  return outcome;
}

RowOutcome Evidence::add_qa_run(Timestamp at, Timestamp now) {
  const auto outcome = outcome_of(state_->settings, at, now);
  if (outcome == RowOutcome::Taken) insert_run(state_->qa_runs, at);
  ++state_->late_revision;
  return outcome;
}

void Evidence::observe_samples(Timestamp read_at, std::span<const SampleRead> reads) {
  DZ_CHECK(state_->snapshot == nullptr);
  take_samples(*state_, read_at, reads);
}

std::uint32_t Evidence::samples_seen(const Pubkey& account) const {
  const auto it = state_->directions.accounts.find(account);
  return it == state_->directions.accounts.end() ? 0 : it->second.seen;
}

void Evidence::accepting(Timestamp from, Timestamp to) {
  auto& state = *state_;
  if (to <= from) return;
  auto fresh_from = minute_after(from);
  if (state.accepting.from && from <= state.accepting.to && to >= *state.accepting.from) {
    const bool grows_on = from >= *state.accepting.from;
    if (grows_on)
      fresh_from = minute_after(std::max(*state.accepting.from, state.accepting.to - std::chrono::minutes{1}));
    state.accepting.from = std::min(*state.accepting.from, from);
    state.accepting.to = std::max(state.accepting.to, to);
  } else {
    state.accepting.from = from;
    state.accepting.to = to;
  }
  const auto end = index_of(minute_of(state.accepting.to));
  for (const auto source : {Source::Counters, Source::ConfigAgent, Source::Qa}) {
    if (state.settings.pushed(source)) state.cover(source, fresh_from, end);
  }
}

void Evidence::advance(Timestamp now, const Pieces& pieces) {
  auto& state = *state_;
  const auto closed = index_of(minute_of(now - state.settings.lateness));
  for (const auto source : {Source::Counters, Source::ConfigAgent, Source::Qa}) {
    if (state.settings.pushed(source)) close_through(source, closed);
  }
  settle_ports(pieces);
}

bool Evidence::is_ahead_of(Timestamp now) const {
  const auto next = index_of(minute_of(now)) + 1;
  return std::any_of(state_->sources.begin(), state_->sources.end(),
                     [&](const SourceEvidence& source) { return source.watermark > next; });
}

void Evidence::take_back(Timestamp now) {
  settle_ports({});
  auto& state = *state_;
  const auto closed = std::max(index_of(minute_of(now - state.settings.lateness)), 0);
  for (auto& source : state.sources) {
    source.covered.erase_from(closed);
    source.watermark = std::min(source.watermark, closed);
    source.suspected.erase_from(closed);
    for (auto* silence : {&source.silence, &source.silence_as_closed}) {
      if (silence->since >= closed) *silence = {};
    }
    source.changes.note(closed);
  }
  state.devices.minutes.erase_from(closed);
  state.ports.minutes.erase_from(closed);
  state.directions.minutes.erase_from(closed);
  state.values.minutes.erase_from(closed);
  take_back_ports(closed);
  for (auto& direction : state.directions.all) {
    std::erase_if(direction.marks, [&](const SampleMark& mark) { return mark.at > now; });
    direction.derived_until = std::min(direction.derived_until, closed);
  }
  for (auto& device : state.devices.all) {
    device.derived_until = std::min(device.derived_until, closed);
    device.full_until = {};
    std::erase_if(device.qa, [&](const QaResult& result) { return result.at > now; });
  }
  std::erase_if(state.qa_runs, [&](Timestamp at) { return at > now; });
  if (state.first_sample_read && *state.first_sample_read > now) state.first_sample_read = now;
  state.accepting = {};
  state.devices.counts.assign(state.devices.all.size(), {});
  state.directions.counts.assign(state.directions.all.size(), {});
  state.values.counts.assign(state.values.all.size(), {});
  for (auto& changes : state.directions.changes) changes.note(closed);
  for (auto& changes : state.values.changes) changes.note(closed);
  for (auto& device : state.devices.changes) {
    for (auto& changes : device) changes.note(closed);
  }
  ++state.coverage_revision;
}

void Evidence::take_back_ports(MinuteIndex closed) {
  auto& ports = state_->ports;
  for (std::uint32_t i = 0; i < ports.all.size(); ++i) {
    auto& port = ports.all[i];
    PortRing ring(ports.minutes, i);
    const PortShelf shelf(*ports.shelf, state_->devices.all[port.device].key, port.name);
    port.counters.take_back(closed, {ring, shelf, ports.rows});
    port.heard = std::min(port.heard, Timestamp{minute_at(closed)});
    ports.changes[i].note(std::min(closed, ring.changed()));
  }
  ports.counts.assign(ports.all.size(), {});
  ports.event_counts.clear();
  for (auto& [_, names] : ports.named) {  // what is heard since a time to come is heard since now
    for (auto& [name, port] : names) port.heard_since = std::min(port.heard_since, closed + 2);
  }
}

void Evidence::answered(Source source, const AnsweredMinutes& minutes, const Pieces& pieces) {
  DZ_CHECK(source != Source::LatencySamples && !state_->settings.pushed(source));
  const auto [from, to, at] = minutes;
  auto& evidence = state_->source(source);
  if (index_of(to) > evidence.watermark) {
    const auto lag = std::chrono::ceil<std::chrono::minutes>(state_->settings.lag[static_cast<std::size_t>(source)]);
    evidence.note_answer(index_of(minute_of(at)), static_cast<int>(lag.count()));
  }
  state_->cover(source, index_of(from), index_of(to));
  close_through(source, index_of(to));
  settle_ports(pieces);
}

void Evidence::withdraw(Source source, Minute from, Minute to) {
  auto& evidence = state_->source(source);
  const auto end = index_of(to), begin = std::max(index_of(from), end - kRingMinutes);
  for (auto m = std::max(begin, 0); m < end; ++m) evidence.withdrawn.set(0, 0, m);
  evidence.withdrawn_until = std::max(evidence.withdrawn_until, end);
  ++state_->coverage_revision;
}

void Evidence::forget_changes() {
  auto& state = *state_;
  for (auto& changes : state.ports.changes) changes.forget();
  for (auto& changes : state.directions.changes) changes.forget();
  for (auto& changes : state.values.changes) changes.forget();
  for (auto& device : state.devices.changes) {
    for (auto& changes : device) changes.forget();
  }
  for (auto& source : state.sources) source.changes.forget();
}

void Evidence::forget_old_qa(MinuteIndex watermark) {
  const Timestamp oldest = minute_at(watermark) - kRingLength;
  auto& runs = state_->qa_runs;
  runs.erase(runs.begin(), std::lower_bound(runs.begin(), runs.end(), oldest));
  for (auto& device : state_->devices.all) {
    const auto first = std::find_if(device.qa.begin(), device.qa.end(), [&](const auto& r) { return r.at >= oldest; });
    device.qa.erase(device.qa.begin(), first);
  }
}

}  // namespace dz::evidence
