#include "control/find_causes.h"

#include <algorithm>
#include <deque>
#include <tuple>
#include <utility>

#include "domain/interface_name.h"

namespace dz::control {
namespace {

using evidence::Signal;
using verdict::CriterionId;
using verdict::Finding;

constexpr std::chrono::minutes kOneMinute{1};
constexpr std::size_t kLookWork = 3, kJoinWork = 20;  // as Pauses counts it

// The newest minute that is judged is a bad one. A criterion that gates nothing says so only of what had been good: it
// may never have been set up.
bool goes_on(const Finding& f) {
  if (f.mode == verdict::Mode::Off || !f.has_tally || f.stale || !f.tally.last_bad) return false;
  if (f.tally.last_bad->minute + kOneMinute != f.tally.to) return false;
  return f.mode == verdict::Mode::Enforce || f.tally.good > 0;
}

// The first bad minute of the run that goes on; none when it fills the window, and of what was never heard in it: that
// may have been made later, and the run may begin where this monitor began to look.
std::optional<Timestamp> since_of(const Finding& f) {
  if (f.to_do == verdict::ToDo::FirstHeard) return std::nullopt;
  const auto& since = f.tally.bad_since;
  return since && *since > f.tally.from ? std::optional<Timestamp>(*since) : std::nullopt;
}

bool is_of_port(CauseKind kind) { return kind >= CauseKind::ParentPort && kind <= CauseKind::PortDiscards; }
// Of a link: what takes its traffic and probes away.
bool stops_a_link(CauseKind kind) {
  return kind == CauseKind::DeviceSilent || (is_of_port(kind) && kind <= CauseKind::PortErrors);
}
bool is_traffic(CauseKind kind) { return kind >= CauseKind::PortIdle; }
// Of a device, or of a port.
bool is_silence(const Cause& c) {
  const auto kind = c.kind == CauseKind::ParentPort ? c.fault : c.kind;
  return kind == CauseKind::DeviceSilent || kind == CauseKind::PortSilent;
}

// Of counters of a port that rose, or did not.
CauseKind kind_of(Signal signal) {
  switch (signal) {
    case Signal::Errors: return CauseKind::PortErrors;
    case Signal::Carrier: return CauseKind::PortFlaps;
    case Signal::Discards: return CauseKind::PortDiscards;
    default: return CauseKind::PortIdle;
  }
}

// Of two things that are said of one subject, what says more.
bool says_more(const Cause& a, const Cause& b) { return std::tuple(a.kind, a.fault) < std::tuple(b.kind, b.fault); }

}  // namespace

// ---- noting

void CauseFinder::add(const Finding& f, Cause cause, RecordSymptoms& shown) {
  if (cause.kind != CauseKind::QaFailing) cause.since = since_of(f);
  shown.symptoms.push_back({std::move(cause), f.mode == verdict::Mode::Enforce});
}

void CauseFinder::note_source(const Finding& f, RecordSymptoms& shown) const {
  if (!f.stale || !is_open(f) || !is_evidence(f)) return;
  const auto source = criterion(f.id).source;
  const bool disputed = (inputs_.disputed_sources >> static_cast<unsigned>(source) & 1) != 0;
  Cause cause{.kind = disputed ? CauseKind::SourcesDisagree : CauseKind::SourceStale, .source = source};
  if (!disputed) cause.since = inputs_.evidence.state(source).watermark;
  if (inputs_.facts != nullptr) {
    const auto known = inputs_.facts->of_source.find(source);
    if (known != inputs_.facts->of_source.end()) cause.detail = known->second;
  }
  shown.symptoms.push_back({std::move(cause), true});
}

void CauseFinder::note_port(const Finding& f, const NamedPort& named, RecordSymptoms& shown) const {
  const auto& [device, port, ref] = named;
  Cause cause{.device = device, .port = f.tally.parent_port ? std::string(parent_port(port)) : port};
  const bool fell = inputs_.evidence.is_below_a_fall(ref, f.tally.last_bad->minute);
  // A minute without rows shows no traffic either.
  if (f.signal == Signal::Data || (f.signal == Signal::Utilization && f.tally.last_bad->counters == 0)) {
    cause.kind = CauseKind::PortSilent;
  } else if (fell) {
    cause.kind = CauseKind::CountersFell;
  } else {
    cause.kind = kind_of(f.signal);
    cause.counters = f.tally.last_bad->counters;
  }
  if (f.tally.parent_port) {
    cause.fault = cause.kind;
    cause.kind = CauseKind::ParentPort;
    cause.sub_interface = port;
  }
  add(f, std::move(cause), shown);
}

void CauseFinder::note_link_end(const Finding& f, const Link& link, const LinkSubjects& subjects,
                                RecordSymptoms& shown) const {
  if (f.side == verdict::Side::A) return note_port(f, {link.side_a, link.side_a_iface, subjects.a}, shown);
  if (f.side == verdict::Side::Z) note_port(f, {link.side_z, link.side_z_iface, subjects.z}, shown);
}

RecordSymptoms CauseFinder::symptoms_of(const Pubkey& key, const Link& link, const LinkSubjects& subjects,
                                        const verdict::Assessment& assessment) const {
  RecordSymptoms shown{key, {}, {}};
  for (const auto& f : assessment.findings()) {
    note_source(f, shown);
    if (!goes_on(f) || is_added(f.id)) continue;
    if (f.signal == Signal::Probes) {
      const bool lost = (f.tally.last_bad->counters & evidence::kLoss) != 0;
      const auto& origin = f.side == verdict::Side::A ? link.side_a : link.side_z;
      add(f, {.kind = lost ? CauseKind::ProbesLost : CauseKind::NoProbes, .device = origin, .link = key}, shown);
    } else {
      note_link_end(f, link, subjects, shown);
    }
  }
  return shown;
}

RecordSymptoms CauseFinder::symptoms_of(const Pubkey& key, const DeviceSubjects& subjects,
                                        const verdict::Assessment& assessment) const {
  RecordSymptoms shown{key, {}, {}};
  const auto itself = [&](const Finding& f, CauseKind kind) {
    add(f, {.kind = kind, .device = key}, shown);
    shown.symptoms.back().of_device = true;
  };
  for (const auto& f : assessment.findings()) {
    note_source(f, shown);
    if (f.id == CriterionId::DeviceQa && f.mode != verdict::Mode::Off && f.qa.failing_since) {
      add(f, {.kind = CauseKind::QaFailing, .device = key, .since = f.qa.failing_since}, shown);
    }
    const auto candidate = static_cast<std::size_t>(std::max(f.candidate, 0));
    if (f.id == CriterionId::DeviceLinkUp && f.candidate >= 0 && is_open(f))
      shown.held_back_by = subjects.links[candidate].key;
    if (!goes_on(f)) continue;
    switch (f.id) {
      case CriterionId::DeviceReporting: itself(f, CauseKind::DeviceSilent); break;
      case CriterionId::DeviceConfigAgent: itself(f, CauseKind::ConfigAgentMissing); break;
      case CriterionId::DeviceTelemetryAgent: itself(f, CauseKind::TelemetryAgentSilent); break;
      case CriterionId::DeviceLinkUp:
        if (f.candidate < 0 || !is_open(f)) break;
        note_link_end(f, *subjects.links[candidate].link, subjects.links[candidate].subjects, shown);
        break;
      case CriterionId::DeviceDiaUp:
      case CriterionId::DeviceDiaCarrier:
      case CriterionId::DeviceDiaDiscards:
      case CriterionId::DeviceCyoaUp:
      case CriterionId::DeviceCyoaCarrier:
      case CriterionId::DeviceCyoaDiscards: {
        if (f.candidate < 0 || f.judgement != verdict::Judgement::NotMet) break;
        const auto& port = (is_of_dia(f.id) ? subjects.dia : subjects.cyoa)[candidate];
        note_port(f, {key, port.port->name, port.ref}, shown);
        break;
      }
      default: break;
    }
  }
  return shown;
}

// ---- finding

// Of a device whose rows went back in time.
std::optional<Cause> CauseFinder::times_back(const CauseGround& ground, const Pubkey& device) {
  const auto back = ground.times_back.find(device);
  if (back == ground.times_back.end()) return std::nullopt;
  return Cause{.kind = CauseKind::TimesBack, .device = device, .by = back->second.by, .since = back->second.at};
}

// What explains a symptom: a port is silent because its device is, and a device because its clock is wrong.
Cause CauseFinder::behind(const Cause& symptom, const CauseGround& ground) const {
  const auto shown = [&](CauseKind kind) -> const Cause* {
    const auto device = of_device_.find(symptom.device);
    if (device == of_device_.end()) return nullptr;
    const auto found = device->second.find(kind);
    return found == device->second.end() ? nullptr : &found->second;
  };
  const auto silent = [&]() -> std::optional<Cause> {
    const auto* cause = shown(CauseKind::DeviceSilent);
    if (cause == nullptr) return std::nullopt;
    auto whole = *cause;
    whole.config_silent = shown(CauseKind::ConfigAgentMissing) != nullptr;
    whole.telemetry_silent = shown(CauseKind::TelemetryAgentSilent) != nullptr;
    return whole;
  };
  if (is_silence(symptom)) {
    if (const auto ahead = ground.clock_ahead.find(symptom.device); ahead != ground.clock_ahead.end())
      return {.kind = CauseKind::ClockAhead, .device = symptom.device, .by = ahead->second, .since = symptom.since};
    if (const auto old = ground.old_pubkey.find(symptom.device); old != ground.old_pubkey.end()) {
      return {.kind = CauseKind::PubkeyChanged,
              .device = symptom.device,
              .detail = to_text(old->second),
              .since = symptom.since};
    }
    if (const auto late = ground.rows_late.find(symptom.device); late != ground.rows_late.end())
      return {.kind = CauseKind::RowsLate, .device = symptom.device, .by = late->second, .since = symptom.since};
    if (const auto back = times_back(ground, symptom.device)) return *back;
    return silent().value_or(symptom);
  }
  // Counters that are read at times that were before are below those that were read then.
  if (symptom.kind == CauseKind::CountersFell ||
      (symptom.kind == CauseKind::ParentPort && symptom.fault == CauseKind::CountersFell)) {
    if (const auto back = times_back(ground, symptom.device)) return *back;
  }
  if (symptom.kind == CauseKind::NoProbes) {
    if (const auto* agent = shown(CauseKind::TelemetryAgentSilent)) return behind(*agent, ground);
  }
  if (symptom.kind == CauseKind::ConfigAgentMissing || symptom.kind == CauseKind::TelemetryAgentSilent) {
    // A wrong clock or a lost pubkey of the counters' publisher explains no agent.
    const auto* cause = shown(CauseKind::DeviceSilent);
    if (cause != nullptr && behind(*cause, ground).kind == CauseKind::DeviceSilent) return *silent();
  }
  return symptom;
}

void CauseFinder::join(Groups& groups, const Cause& cause, const Pubkey& record, bool gates) const {
  auto subject = subject_of(cause);
  auto group = groups.find(subject);
  const bool is_new = group == groups.end();
  if (is_new) group = groups.emplace(std::move(subject), Group{cause, gates, {}}).first;
  auto& known = group->second;
  if (!is_new) {
    // Of another fault of one subject neither the time nor the counters belong to the one that is told.
    const bool same = known.cause.kind == cause.kind && known.cause.fault == cause.fault;
    if (same) {
      if (known.cause.sub_interface != cause.sub_interface) known.cause.sub_interface.clear();
      // From then on all that shows it does: one shows other faults of before too, another has a shorter window.
      known.cause.since = std::max(known.cause.since, cause.since);
      known.cause.counters = static_cast<evidence::CounterBits>(known.cause.counters | cause.counters);
    } else if (says_more(cause, known.cause)) {
      known.cause = cause;
    }
    known.gates = known.gates || gates;
  }
  known.records.insert(record);
}

// What stands before any minute is bad, or while minutes are unobserved because of it.
void CauseFinder::note_known(const CauseGround& ground, Groups& groups) {
  std::deque<Cause> known;  // a source's is that of all devices that it lists
  std::map<Pubkey, std::vector<const Cause*>> of_device;
  for (const auto& suspicion : ground.suspicions) {
    known.push_back({.kind = CauseKind::SourceSuspect,
                     .source = suspicion.source,
                     .silent = suspicion.silent,
                     .active = suspicion.active,
                     .since = suspicion.since});
    for (const auto& device : suspicion.silent) of_device[device].push_back(&known.back());
  }
  const auto note = [&](CauseKind kind, const std::map<Pubkey, Duration>& by_device) {
    for (const auto& [device, by] : by_device) {
      known.push_back({.kind = kind, .device = device, .by = by});
      of_device[device].push_back(&known.back());
    }
  };
  note(CauseKind::ClockAhead, ground.clock_ahead);
  note(CauseKind::RowsLate, ground.rows_late);
  if (of_device.empty()) return;
  const auto enforced = [&](CriterionId id) { return inputs_.policy.mode(id) == verdict::Mode::Enforce; };
  const auto give = [&](const Pubkey& device, const Pubkey& record, bool is_link) {
    pauses_.before(kLookWork);
    const auto found = of_device.find(device);
    if (found == of_device.end() || !inputs_.owns(record)) return;
    for (const auto* cause : found->second) {
      const bool of_agent = cause->kind == CauseKind::SourceSuspect && cause->source == evidence::Source::ConfigAgent;
      if (is_link && of_agent) continue;
      const bool of_samples =
          cause->kind == CauseKind::SourceSuspect && cause->source == evidence::Source::LatencySamples;
      const auto id = is_link ? (of_samples ? CriterionId::LinkAzProbes : CriterionId::LinkAData)
                              : (of_samples ? CriterionId::DeviceTelemetryAgent
                                 : of_agent ? CriterionId::DeviceConfigAgent
                                            : CriterionId::DeviceReporting);
      pauses_.before(kJoinWork);
      join(groups, *cause, record, enforced(id));
    }
  };
  for (const auto& [key, device] : inputs_.devices) give(key, key, false);
  for (const auto& [key, link] : inputs_.links) {
    give(link.side_a, key, true);
    give(link.side_z, key, true);
  }
}

// A device that needs one of its links is held back by what holds back the link.
void CauseFinder::hand_on_to_devices(Groups& groups) const {
  std::map<Pubkey, std::vector<Pubkey>> held_back_by;
  for (const auto& [device, link] : devices_by_link_) held_back_by[link].push_back(device);
  if (held_back_by.empty()) return;
  for (auto& [subject, group] : groups) {
    if (!group.gates) continue;
    std::vector<Pubkey> devices;
    for (const auto& record : group.records) {
      const auto held = held_back_by.find(record);
      if (held != held_back_by.end()) devices.insert(devices.end(), held->second.begin(), held->second.end());
    }
    group.records.insert(devices.begin(), devices.end());
  }
}

// When every port of a device that records name shows the same, it is the device, not its ports.
void CauseFinder::take_ports_together(Groups& groups) {
  const auto fault_of = [](const Cause& c) { return c.kind == CauseKind::ParentPort ? c.fault : c.kind; };
  std::map<Pubkey, std::map<CauseKind, std::vector<std::string>>> alike;
  for (const auto& [subject, group] : groups) {
    if (is_of_port(group.cause.kind)) alike[group.cause.device][fault_of(group.cause)].push_back(subject);
  }
  std::map<Pubkey, std::set<std::string>> named;
  for (const auto& [device, faults] : alike) {
    const bool many = std::any_of(faults.begin(), faults.end(), [](const auto& f) { return f.second.size() > 1; });
    if (many) named[device];
  }
  if (named.empty()) return;
  const auto name = [&](const Pubkey& device, const std::string& port) {
    pauses_.before(kLookWork);
    const auto of = named.find(device);
    if (of == named.end()) return;
    const auto ref = inputs_.evidence.find_interface(device, port);
    of->second.insert(interface_key(ref.parent_port ? parent_port(port) : port));
  };
  for (const auto& [key, link] : inputs_.links) {
    name(link.side_a, link.side_a_iface);
    name(link.side_z, link.side_z_iface);
  }
  for (const auto& [device, _] : named) {
    const auto record = inputs_.devices.find(device);
    if (record == inputs_.devices.end()) continue;
    for (const auto& port : record->second.interfaces) {
      if (port.dia != Dia::None || port.cyoa != Cyoa::None) name(device, port.name);
    }
  }
  for (const auto& [device, ports] : named) {
    for (const auto& [fault, subjects] : alike.at(device)) {
      if (subjects.size() < 2 || subjects.size() != ports.size()) continue;
      auto whole = groups.at(subjects.front()).cause;
      whole.kind = fault;
      whole.port.clear();
      whole.sub_interface.clear();
      for (const auto& subject : subjects) {
        auto group = groups.extract(subject);
        whole.since = group.mapped().cause.since;
        for (const auto& record : group.mapped().records) join(groups, whole, record, group.mapped().gates);
      }
    }
  }
}

std::vector<FoundCause> CauseFinder::ordered(Groups groups) {
  std::vector<FoundCause> found;
  for (auto& [subject, group] : groups) {
    pauses_.before(group.records.size());
    auto& one = found.emplace_back(FoundCause{std::move(group.cause), group.gates, {}});
    for (const auto& record : group.records) one.records.push_back({record});
  }
  std::stable_sort(found.begin(), found.end(), [](const FoundCause& a, const FoundCause& b) {
    return std::tuple(!a.gates, a.cause.kind) < std::tuple(!b.gates, b.cause.kind);
  });
  // A link without one of its ends carries nothing: that its other end shows no traffic is no cause of its own.
  std::set<Pubkey> led, stopped;
  for (auto& one : found) {
    pauses_.before(kLookWork * one.records.size());
    std::erase_if(one.records, [&](const auto& r) { return is_traffic(one.cause.kind) && stopped.contains(r.key); });
    for (auto& record : one.records) {
      record.leads = led.insert(record.key).second;
      if (stops_a_link(one.cause.kind)) stopped.insert(record.key);
    }
  }
  std::erase_if(found, [](const FoundCause& one) { return one.records.empty(); });
  return found;
}

CauseGround CauseFinder::ground_of(const Symptoms& all) const {
  CauseGround ground;
  for (const auto source :
       {evidence::Source::Counters, evidence::Source::ConfigAgent, evidence::Source::LatencySamples}) {
    const auto state = inputs_.evidence.state(source);
    if (!state.suspect_since) continue;
    ground.suspicions.push_back(
        {source, *state.suspect_since, state.suspect_devices, inputs_.evidence.suspected_silent(source)});
  }
  if (inputs_.facts == nullptr) return ground;
  const auto& facts = *inputs_.facts;
  ground.clock_ahead = facts.clock_ahead;
  ground.rows_late = facts.rows_late;
  ground.times_back = facts.times_back;
  ground.old_pubkey = facts.old_pubkey;
  const auto watermark = inputs_.evidence.state(evidence::Source::Counters).watermark;
  if (!facts.heard || !watermark) return ground;
  for (const auto& [_, shown] : all) {
    for (const auto& symptom : shown.symptoms) {
      if (!symptom.of_device || symptom.cause.kind != CauseKind::DeviceSilent) continue;
      const auto heard = facts.heard(shown.record);
      if (heard && *heard >= *watermark) ground.heard_again.insert(shown.record);
    }
  }
  return ground;
}

std::vector<FoundCause> CauseFinder::find(const Symptoms& all, const CauseGround& ground) {
  for (const auto& [_, shown] : all) {
    for (const auto& symptom : shown.symptoms) {
      if (symptom.of_device) of_device_[shown.record][symptom.cause.kind] = symptom.cause;
    }
    if (shown.held_back_by) devices_by_link_.emplace_back(shown.record, *shown.held_back_by);
  }
  Groups groups;
  note_known(ground, groups);
  for (const auto& [_, shown] : all) {
    for (const auto& [cause, gates, of_device] : shown.symptoms) {
      pauses_.before(kJoinWork);
      if (is_silence(cause) && ground.heard_again.contains(cause.device)) continue;
      join(groups, behind(cause, ground), shown.record, gates);
    }
  }
  hand_on_to_devices(groups);
  take_ports_together(groups);
  return ordered(std::move(groups));
}

}  // namespace dz::control
