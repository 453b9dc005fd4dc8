#include "control/calm.h"

#include <algorithm>

namespace dz::control {
namespace {

using evidence::Signal;
using evidence::Source;

// They only ever grow, so as long as the sum is the same all of them are.
std::uint32_t rewrites_of(const evidence::Evidence& evidence, const LinkSubjects& link) {
  return evidence.rewrites(link.a) + evidence.rewrites(link.z) + evidence.rewrites(link.az) +
         evidence.rewrites(link.za);
}

template <typename Use>
void each_port(const DeviceSubjects& device, const Use& use) {
  for (const auto* ports : {&device.dia, &device.cyoa}) {
    for (const auto& port : *ports) use(port);
  }
}

std::uint32_t rewrites_of(const evidence::Evidence& evidence, const DeviceSubjects& device) {
  auto times = evidence.rewrites(device.device);
  each_port(device, [&](const DeviceSubjects::Port& port) { times += evidence.rewrites(port.ref); });
  return times;
}

// It says the same whatever good minutes come. QA has none, and is asked by itself.
bool is_calm(const verdict::Finding& f, const Ground& now) {
  if (!verdict::is_evidence(f) || f.judgement == verdict::Judgement::NotApplicable) return true;
  return now.of(criterion(f.id).source).fresh ? f.clean : f.mode != verdict::Mode::Enforce;
}

// False: what is known of QA may say something else soon.
bool put_qa(const evidence::Evidence& evidence, const DeviceSubjects& device, const verdict::Finding& f,
            const Ground& now, CalmMark& mark) {
  if (f.judgement == verdict::Judgement::NotApplicable) return true;
  const auto& qa = now.of(Source::Qa);
  if (!qa.fresh) return f.mode != verdict::Mode::Enforce;
  const auto newest = evidence.newest_qa_result(device.device);
  if (newest && *newest >= *qa.watermark) return false;  // a minute that is not closed yet has it
  mark.qa_until = f.qa.enough_until;
  mark.without_qa = !newest && !evidence.knows_qa_runs() && f.judgement == verdict::Judgement::Unknown;
  return mark.qa_until || (mark.without_qa && f.mode != verdict::Mode::Enforce);
}

// Between the watermarks of the two passes.
template <typename AllGood>
bool good_since(Source source, const Grounds& grounds, const AllGood& all_good) {
  const auto& ground = grounds.now.of(source);
  return !ground.fresh || all_good(*grounds.before.of(source).watermark, *ground.watermark);
}

}  // namespace

Ground ground_of(const verdict::AssessmentContext& context, const MonitorInputs& inputs) {
  Ground ground;
  ground.policy = context.policy;
  ground.mode = inputs.mode;
  ground.writable = inputs.writable();
  ground.disputed_sources = inputs.disputed_sources;
  ground.read_since = inputs.read_since;
  ground.answers_revision = inputs.evidence.answers_revision();
  if (inputs.facts != nullptr) ground.troubles = inputs.facts->of_source;
  for (std::size_t i = 0; i < evidence::kNamedSources + context.policy.added.size(); ++i) {
    const auto& watermark = context.sources[i].state.watermark;
    const bool fresh = !context.sources[i].disputed && watermark &&
                       context.now - *watermark <= context.policy.max_staleness_of(static_cast<evidence::Source>(i));
    ground.sources[i] = {fresh, watermark, minute_of(context.now - context.sources[i].delay)};
  }
  return ground;
}

bool only_time_passed(const Ground& before, const Ground& now) {
  if (before.policy != now.policy || before.mode != now.mode || before.writable != now.writable ||
      before.disputed_sources != now.disputed_sources || before.read_since != now.read_since ||
      before.troubles != now.troubles) {
    return false;
  }
  return std::equal(before.sources.begin(), before.sources.end(), now.sources.begin(),
                    [](const Ground::SourceGround& a, const Ground::SourceGround& b) {
                      return a.fresh == b.fresh && (a.fresh || a.watermark == b.watermark);
                    });
}

bool no_minute_passed(const Ground& before, const Ground& now) {
  if (before.answers_revision != now.answers_revision) return false;
  return std::equal(before.sources.begin(), before.sources.end(), now.sources.begin(),
                    [](const Ground::SourceGround& a, const Ground::SourceGround& b) {
                      return a.watermark == b.watermark && a.due == b.due;
                    });
}

CalmMark calm_mark(const evidence::Evidence& evidence, const LinkSubjects& link, const verdict::Assessment& judged,
                   const Ground& now) {
  CalmMark mark;
  if (judged.reason != verdict::HealthReason::StaysHealthy || judged.count > verdict::kLinkCriterionCount) return mark;
  mark.holds = std::all_of(judged.findings().begin(), judged.findings().end(),
                           [&](const verdict::Finding& f) { return is_calm(f, now); });
  if (mark.holds) mark.rewrites = rewrites_of(evidence, link);
  return mark;
}

CalmMark calm_mark(const evidence::Evidence& evidence, const DeviceSubjects& device, const verdict::Assessment& judged,
                   const Ground& now) {
  CalmMark mark;
  if (judged.reason != verdict::HealthReason::StaysHealthy || judged.count > verdict::kDeviceCriterionCount)
    return mark;
  const auto finding_is_calm = [&](const verdict::Finding& f) {
    return f.id == verdict::CriterionId::DeviceQa ? put_qa(evidence, device, f, now, mark) : is_calm(f, now);
  };
  const auto link_is_calm = [](const DeviceSubjects::LinkEnd& end) {
    return end.judged != nullptr && end.judged->calm;
  };
  mark.holds = std::all_of(device.links.begin(), device.links.end(), link_is_calm) &&
               std::all_of(judged.findings().begin(), judged.findings().end(), finding_is_calm);
  if (mark.holds) mark.rewrites = rewrites_of(evidence, device);
  return mark;
}

bool stays_calm(const evidence::Evidence& evidence, const LinkSubjects& link, const CalmMark& mark,
                const Grounds& grounds) {
  if (rewrites_of(evidence, link) != mark.rewrites) return false;
  const auto good = [&](Source source, auto ref) {
    return good_since(source, grounds, [&](Minute from, Minute to) { return evidence.all_good(ref, from, to); });
  };
  return good(Source::Counters, link.a) && good(Source::Counters, link.z) && good(Source::LatencySamples, link.az) &&
         good(Source::LatencySamples, link.za);
}

bool stays_calm(const evidence::Evidence& evidence, const DeviceSubjects& device, const CalmMark& mark,
                const Grounds& grounds) {
  if (rewrites_of(evidence, device) != mark.rewrites) return false;
  const auto& qa = grounds.now.of(Source::Qa);
  if (mark.qa_until && qa.fresh && *qa.watermark > *mark.qa_until) return false;
  if (mark.without_qa && evidence.knows_qa_runs()) return false;
  const auto sent = [&](Signal signal) {
    return good_since(source_of(signal), grounds,
                      [&](Minute from, Minute to) { return evidence.all_good(device.device, signal, from, to); });
  };
  if (!sent(Signal::Reporting) || !sent(Signal::ConfigAgent) || !sent(Signal::TelemetryAgent)) return false;
  return good_since(Source::Counters, grounds, [&](Minute from, Minute to) {
    bool good = true;
    each_port(device, [&](const DeviceSubjects::Port& port) { good = good && evidence.all_good(port.ref, from, to); });
    return good;
  });
}

}  // namespace dz::control
