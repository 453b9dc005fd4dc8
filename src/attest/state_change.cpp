#include "attest/state_change.h"

#include <algorithm>

#include "attest/stated_criterion.h"
#include "domain/interface_name.h"
#include "evidence/minute_readings.h"

namespace dz::attest {
namespace {

using evidence::MinuteState;
using evidence::Signal;
using verdict::Finding;
using verdict::Side;

constexpr std::array kPortSignals{Signal::Data, Signal::Errors, Signal::Utilization};
constexpr evidence::CounterBits kErrorBits = evidence::kInErrors | evidence::kOutErrors | evidence::kInFcsErrors |
                                             evidence::kInDiscards | evidence::kOutDiscards |
                                             evidence::kCarrierTransitions;

// Makes the leaves of one record's findings.
class LeafMaker {
 public:
  LeafMaker(const control::JudgedNow& judged, const control::MonitorInputs& inputs)
      : judged_(judged), policy_(inputs.policy), evidence_(inputs.evidence) {}

  std::vector<Bytes> make() {
    for (const auto& f : judged_.assessment.findings()) {
      if (begin(f)) judged_.link != nullptr ? of_link(f) : of_device(f);
    }
    return std::move(leaves_);
  }

 private:
  // Whether the finding rests on minutes, and which.
  bool begin(const Finding& f) {
    const auto& c = criterion(f.id);
    if (f.mode == verdict::Mode::Off || c.kind == verdict::CriterionKind::Record) return false;
    if (f.judgement == verdict::Judgement::NotApplicable) return false;
    const auto& watermark = view_of(judged_.sources, c.source).state.watermark;
    const auto window = policy_.window_of(f.id, judged_.assessment.window);
    if (!watermark || *watermark - window < Minute{}) return false;
    query_ = {*watermark - window, *watermark, policy_.bad_allowed_of(f.id), policy_.unobserved_allowed_of(f.id)};
    return true;
  }

  void of_link(const Finding& f) {
    const auto& link = *judged_.record.link();
    const auto& subjects = *judged_.link;
    const bool a = f.side == Side::A;
    if (is_added(f.id)) return value(f, subjects.values);
    if (f.signal == Signal::Probes) {
      const auto leaf = begun(f, Signal::Probes, evidence::probes_subject(judged_.key, a ? link.side_a : link.side_z));
      return add(leaf, a ? subjects.az : subjects.za);
    }
    port(begun(f, f.signal, side_of(link, a)), a ? subjects.a : subjects.z);
  }

  void of_device(const Finding& f) {
    using enum evidence::SubjectKind;
    const auto& subjects = *judged_.device;
    if (is_added(f.id)) return value(f, subjects.values);
    if (f.id == verdict::CriterionId::DeviceQa) return qa(f);
    if (is_of_dia(f.id) || is_of_cyoa(f.id)) return candidate_port(f, is_of_dia(f.id) ? subjects.dia : subjects.cyoa);
    if (f.id == verdict::CriterionId::DeviceLinkUp) return candidate_link(f);
    const auto kind = f.signal == Signal::Reporting     ? Reporting
                      : f.signal == Signal::ConfigAgent ? ConfigAgent
                                                        : TelemetryAgent;
    add(begun(f, f.signal, evidence::device_subject(kind, judged_.key)), subjects.device, f.signal);
  }

  void candidate_port(const Finding& f, const std::vector<control::DeviceSubjects::Port>& ports) {
    if (f.candidate < 0) return;
    const auto& chosen = ports[static_cast<std::size_t>(f.candidate)];
    const auto of = [&](Signal s) {
      port(begun(f, s, evidence::interface_subject(judged_.key, chosen.port->name)), chosen.ref);
    };
    if (is_of_events(f.signal)) return of(f.signal);
    for (const auto signal : kPortSignals) of(signal);
  }

  void candidate_link(const Finding& f) {
    if (f.candidate < 0) return;
    const auto& end = judged_.device->links[static_cast<std::size_t>(f.candidate)];
    for (const bool a : {true, false}) {
      for (const auto signal : kPortSignals) {
        auto leaf = begun(f, signal, side_of(*end.link, a));
        leaf.link = end.key;
        port(std::move(leaf), a ? end.subjects.a : end.subjects.z);
      }
    }
  }

  static evidence::Subject side_of(const Link& link, bool a) {
    return evidence::interface_subject(a ? link.side_a : link.side_z, a ? link.side_a_iface : link.side_z_iface);
  }

  // An added criterion: of the record itself, or of an interface of its side.
  void value(const Finding& f, const std::vector<evidence::AddedRef>& refs) {
    const auto number = added_number(f.id);
    const auto& added = policy_.added[number];
    const bool side_a = added.subject == verdict::AddedKind::SideA;
    const bool of_side = side_a || added.subject == verdict::AddedKind::SideZ;
    auto subject = evidence::added_subject(added.id, judged_.key, {});
    if (of_side) {
      const auto& link = *judged_.record.link();
      subject = evidence::added_subject(added.id, side_a ? link.side_a : link.side_z,
                                        interface_key(side_a ? link.side_a_iface : link.side_z_iface));
    }
    add(begun(f, Signal::Value, std::move(subject)), refs[number]);
  }

  void qa(const Finding& f) {
    auto leaf = begun(f, std::nullopt, evidence::device_subject(evidence::SubjectKind::Reporting, judged_.key));
    auto found = evidence_.qa(judged_.key, query_.from, query_.to);
    leaf.results = std::move(found.results);
    leaf.runs = std::move(found.fleet_runs);
    leaves_.push_back(encode(leaf));
  }

  MinutesLeaf begun(const Finding& f, std::optional<Signal> signal, evidence::Subject subject) const {
    MinutesLeaf leaf;
    leaf.criterion = f.name;
    leaf.signal = signal;
    leaf.subject = std::move(subject);
    leaf.from = query_.from;
    leaf.to = query_.to;
    return leaf;
  }

  void port(MinutesLeaf leaf, evidence::InterfaceRef ref) {
    const auto signal = *leaf.signal;
    const auto tally = evidence_.tally(ref, signal, query_);
    fill(leaf, evidence_.series(ref, signal, leaf.from, leaf.to), tally);
    if (tally.first_bad) add_values(leaf, ref, *tally.first_bad);
    if (tally.last_bad && tally.last_bad->minute != tally.first_bad->minute) add_values(leaf, ref, *tally.last_bad);
    leaves_.push_back(encode(leaf));
  }
  template <typename Ref, typename... Signals>
  void add(MinutesLeaf leaf, Ref ref, Signals... signal) {
    fill(leaf, evidence_.series(ref, signal..., leaf.from, leaf.to), evidence_.tally(ref, signal..., query_));
    leaves_.push_back(encode(leaf));
  }

  static void fill(MinutesLeaf& leaf, evidence::MinuteSeries series, const evidence::SignalTally& tally) {
    for (std::size_t i = 0; i < series.states.size(); ++i) {
      if (series.counters[i] != 0) leaf.offences.push_back({leaf.from + std::chrono::minutes{i}, series.counters[i]});
    }
    leaf.states = std::move(series.states);
    leaf.damped_bad = tally.damped_bad;
    leaf.rise = tally.rise;
    leaf.derived = tally.derived;
    leaf.parent_port = tally.parent_port;
  }

  void add_values(MinutesLeaf& leaf, evidence::InterfaceRef ref, const evidence::Offence& offence) const {
    if ((offence.counters & kErrorBits) == 0 || ref.index == evidence::kNoSubject) return;
    for (const auto& readings : readings_of(evidence_, ref, offence.minute).counters) {
      if ((offence.counters & readings.counter & kErrorBits) == 0 || readings.readings.empty()) continue;
      const auto before = readings.before ? std::optional(readings.before->value) : std::nullopt;
      leaf.values.push_back({offence.minute, readings.counter, before, readings.readings.back().value});
    }
  }

  const control::JudgedNow& judged_;
  const verdict::Policy& policy_;
  const evidence::Evidence& evidence_;
  evidence::TallyQuery query_{};
  std::vector<Bytes> leaves_;
};

std::vector<SourceStatement> sources_of(const control::JudgedNow& judged, const control::MonitorInputs& inputs) {
  std::vector<SourceStatement> all;
  for (const auto source : inputs.policy.sources()) {
    const auto& view = view_of(judged.sources, source);
    all.push_back({lasting_name(inputs.evidence, source), view.state.watermark, view.state.suspect_since, view.disputed,
                   view.delay});
  }
  return all;
}

}  // namespace

std::vector<Bytes> leaves_of(const control::JudgedNow& judged, const control::MonitorInputs& inputs) {
  return LeafMaker(judged, inputs).make();
}

Stated state_change(const control::HealthChange& change, const control::JudgedNow& judged,
                    const control::MonitorInputs& inputs, const StatedBy& by, const JudgedAccount& account) {
  const auto& a = judged.assessment;
  Stated stated;
  auto& s = stated.statement;
  s.genesis = by.genesis;
  s.program = by.program;
  s.monitor = by.monitor;
  s.policy = by.policy;
  s.kind = change.kind;
  s.record = change.key;
  s.account = account.hash;
  s.slot = account.slot;
  s.status = a.status;
  s.desired_status = a.desired_status;
  s.from = change.from;
  s.to = change.to;
  s.reason = change.reason;
  s.reset = change.reset;
  s.at = inputs.now;
  s.present_since = judged.memory.present_since;
  s.evidence_known_at = judged.memory.evidence_known_at;
  s.window_minutes = static_cast<std::uint32_t>(a.window.length.count());
  s.window_slots = a.window.slots;
  s.window_known = a.window.known();
  if (!change.reset) {
    s.sources = sources_of(judged, inputs);
    for (const auto& f : a.findings()) {
      const auto& watermark = view_of(judged.sources, criterion(f.id).source).state.watermark;
      s.criteria.push_back(stated_criterion(f, watermark, inputs.policy, a.window));
    }
    stated.leaves = leaves_of(judged, inputs);
  }
  s.minutes = minutes_root(stated.leaves);
  return stated;
}

}  // namespace dz::attest
