#include "control/finding_minutes.h"

#include <algorithm>

namespace dz::control {
namespace {

constexpr std::array kPortSignals{evidence::Signal::Data, evidence::Signal::Errors, evidence::Signal::Utilization};

// Collects the lines of one assessment's findings.
class Collector {
 public:
  Collector(const evidence::Evidence& evidence, const verdict::AssessmentContext& context, const Explained& explained)
      : evidence_(evidence),
        context_(context),
        record_(explained.record),
        assessment_(explained.assessment),
        span_(explained.span) {}

  // add_lines(finding) calls line() for each of its signals.
  template <typename AddLines>
  std::vector<verdict::FindingMinutes> collect(const AddLines& add_lines) {
    std::vector<verdict::FindingMinutes> all;
    for (std::size_t i = 0; i < assessment_.count; ++i) {
      const auto& f = assessment_.storage[i];
      const auto& c = criterion(f.id);
      if (f.mode == verdict::Mode::Off || c.kind == verdict::CriterionKind::Record ||
          f.judgement == verdict::Judgement::NotApplicable)
        continue;
      const auto& watermark = view_of(context_.sources, c.source).state.watermark;
      const auto window = context_.policy.window_of(f.id, assessment_.window);
      if (!watermark || *watermark - window < Minute{}) continue;
      to_ = span_ ? std::min(span_->to, *watermark) : *watermark;
      from_ = span_ ? span_->from : to_ - window;
      if (from_ >= to_) continue;
      current_ = {i, {}, {}};
      add_lines(f);
      if (!current_.lines.empty() || !current_.results.empty()) all.push_back(std::move(current_));
    }
    return all;
  }

  void line(const verdict::Finding& f, evidence::Signal signal, verdict::Side side, evidence::InterfaceRef ref) {
    add(f, {signal, side, ref.parent_port}, evidence_.series(ref, signal, from_, to_));
  }
  void line(const verdict::Finding& f, evidence::DeviceRef ref) {
    add(f, {f.signal, f.side}, evidence_.series(ref, f.signal, from_, to_));
  }
  void line(const verdict::Finding& f, evidence::DirectionRef ref) {
    add(f, {f.signal, f.side}, evidence_.series(ref, from_, to_));
  }
  void line(const verdict::Finding& f, evidence::AddedRef ref) {
    add(f, {f.signal, f.side, ref.parent_port}, evidence_.series(ref, from_, to_));
  }
  void results(const Pubkey& device) { current_.results = evidence_.qa(device, from_, to_).results; }

 private:
  // Whose minutes a line shows.
  struct Shown {
    evidence::Signal signal;
    verdict::Side side;
    bool parent_port = false;
  };
  void add(const verdict::Finding& f, const Shown& shown, evidence::MinuteSeries series) {
    auto of_line = f;
    of_line.signal = shown.signal;
    of_line.side = shown.side;
    of_line.tally.parent_port = shown.parent_port;
    current_.lines.push_back({shown.signal, render_where(record_, of_line), std::move(series), shown.side});
  }

  const evidence::Evidence& evidence_;
  const verdict::AssessmentContext& context_;
  const verdict::JudgedRecord& record_;
  const verdict::Assessment& assessment_;
  const std::optional<MinuteSpan> span_;
  verdict::FindingMinutes current_;
  Minute from_, to_;
};

}  // namespace

std::vector<verdict::FindingMinutes> finding_minutes(const evidence::Evidence& evidence,
                                                     const verdict::AssessmentContext& context,
                                                     const Explained& explained, const LinkSubjects& subjects) {
  Collector collector(evidence, context, explained);
  return collector.collect([&](const verdict::Finding& f) {
    if (is_added(f.id)) return collector.line(f, subjects.values[added_number(f.id)]);
    if (f.signal == evidence::Signal::Probes)
      return collector.line(f, f.side == verdict::Side::A ? subjects.az : subjects.za);
    collector.line(f, f.signal, f.side, f.side == verdict::Side::A ? subjects.a : subjects.z);
  });
}

std::vector<verdict::FindingMinutes> finding_minutes(const evidence::Evidence& evidence,
                                                     const verdict::AssessmentContext& context,
                                                     const Explained& explained, const DeviceSubjects& subjects) {
  Collector collector(evidence, context, explained);
  return collector.collect([&](const verdict::Finding& f) {
    if (is_added(f.id)) return collector.line(f, subjects.values[added_number(f.id)]);
    if (f.id == verdict::CriterionId::DeviceQa) return collector.results(subjects.key);
    const bool port_of_device = is_of_dia(f.id) || is_of_cyoa(f.id);
    if (!port_of_device && f.id != verdict::CriterionId::DeviceLinkUp) return collector.line(f, subjects.device);
    if (f.candidate < 0) return;
    const auto i = static_cast<std::size_t>(f.candidate);
    if (port_of_device) {
      const auto& port = is_of_dia(f.id) ? subjects.dia[i] : subjects.cyoa[i];
      if (is_of_events(f.signal)) return collector.line(f, f.signal, verdict::Side::None, port.ref);
      for (const auto signal : kPortSignals) collector.line(f, signal, verdict::Side::None, port.ref);
      return;
    }
    for (const auto signal : kPortSignals) collector.line(f, signal, verdict::Side::A, subjects.links[i].subjects.a);
    for (const auto signal : kPortSignals) collector.line(f, signal, verdict::Side::Z, subjects.links[i].subjects.z);
  });
}

}  // namespace dz::control
