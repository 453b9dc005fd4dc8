#include "control/finding_minutes.h"

#include <algorithm>

namespace dz {
namespace {

constexpr std::array kPortSignals{Signal::Data, Signal::Errors, Signal::Utilization};

// Collects the lines of one assessment's findings.
class Collector {
 public:
  Collector(const EvidenceStore& store, const AssessmentContext& context, const Subject& subject,
            const Assessment& assessment)
      : store_(store), context_(context), subject_(subject), assessment_(assessment) {}

  // add_lines(finding) calls line() for each of its signals.
  template <typename AddLines>
  std::vector<FindingMinutes> collect(const AddLines& add_lines) {
    std::vector<FindingMinutes> all;
    for (std::size_t i = 0; i < assessment_.count; ++i) {
      const auto& f = assessment_.storage[i];
      const auto& c = criterion(f.id);
      if (f.mode == Mode::Off || c.kind == CriterionKind::Record || f.judgement == Judgement::NotApplicable) continue;
      const auto& watermark = view_of(context_.sources, c.source).state.watermark;
      const auto window = context_.policy.window_of(f.id, assessment_.window);
      if (!watermark || *watermark - window < Minute{}) continue;
      to_ = *watermark;
      from_ = to_ - window;
      current_ = {i, {}, {}};
      add_lines(f);
      if (!current_.lines.empty() || !current_.results.empty()) all.push_back(std::move(current_));
    }
    return all;
  }

  void line(const Finding& f, Signal signal, Side side, InterfaceRef ref) {
    add(f, signal, side, ref.parent_port, store_.series(ref, signal, from_, to_));
  }
  void line(const Finding& f, DeviceRef ref) {
    add(f, f.signal, f.side, false, store_.series(ref, f.signal, from_, to_));
  }
  void line(const Finding& f, DirectionRef ref) { add(f, f.signal, f.side, false, store_.series(ref, from_, to_)); }
  void line(const Finding& f, MeasureRef ref) {
    add(f, f.signal, f.side, ref.parent_port, store_.series(ref, from_, to_));
  }
  void results(const Pubkey& device) { current_.results = store_.qa(device, from_, to_).results; }

 private:
  void add(const Finding& f, Signal signal, Side side, bool parent_port, MinuteSeries series) {
    auto of_line = f;
    of_line.signal = signal;
    of_line.side = side;
    of_line.tally.parent_port = parent_port;
    current_.lines.push_back({signal, render_where(subject_, of_line), std::move(series)});
  }

  const EvidenceStore& store_;
  const AssessmentContext& context_;
  const Subject& subject_;
  const Assessment& assessment_;
  FindingMinutes current_;
  Minute from_, to_;
};

}  // namespace

std::vector<FindingMinutes> finding_minutes(const EvidenceStore& store, const AssessmentContext& context,
                                            const Subject& subject, const LinkSubjects& subjects,
                                            const Assessment& assessment) {
  Collector collector(store, context, subject, assessment);
  return collector.collect([&](const Finding& f) {
    if (is_added(f.id)) return collector.line(f, subjects.measures[rule_of(f.id)]);
    if (f.signal == Signal::Probes) return collector.line(f, f.side == Side::A ? subjects.az : subjects.za);
    collector.line(f, f.signal, f.side, f.side == Side::A ? subjects.a : subjects.z);
  });
}

std::vector<FindingMinutes> finding_minutes(const EvidenceStore& store, const AssessmentContext& context,
                                            const Subject& subject, const DeviceSubjects& subjects,
                                            const Assessment& assessment) {
  Collector collector(store, context, subject, assessment);
  return collector.collect([&](const Finding& f) {
    if (is_added(f.id)) return collector.line(f, subjects.measures[rule_of(f.id)]);
    if (f.id == CriterionId::DeviceQa) return collector.results(subjects.key);
    const bool port_of_device = f.id == CriterionId::DeviceDiaUp || f.id == CriterionId::DeviceCyoaUp;
    if (!port_of_device && f.id != CriterionId::DeviceLinkUp) return collector.line(f, subjects.device);
    if (f.candidate < 0) return;
    const auto i = static_cast<std::size_t>(f.candidate);
    if (port_of_device) {
      const auto& port = f.id == CriterionId::DeviceDiaUp ? subjects.dia[i] : subjects.cyoa[i];
      for (const auto signal : kPortSignals) collector.line(f, signal, Side::None, port.ref);
      return;
    }
    for (const auto signal : kPortSignals) collector.line(f, signal, Side::A, subjects.links[i].subjects.a);
    for (const auto signal : kPortSignals) collector.line(f, signal, Side::Z, subjects.links[i].subjects.z);
  });
}

}  // namespace dz
