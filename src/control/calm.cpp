#include "control/calm.h"

#include <algorithm>

namespace dz::control {
namespace {

std::array<std::uint32_t, 4> rewrites_of(const evidence::Evidence& evidence, const LinkSubjects& link) {
  return {evidence.rewrites(link.a), evidence.rewrites(link.z), evidence.rewrites(link.az), evidence.rewrites(link.za)};
}

bool all_good(const verdict::Finding& f) {
  return f.judgement == verdict::Judgement::Met && f.has_tally && f.tally.bad == 0 && f.tally.unobserved == 0;
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
  const auto calm = [&](const verdict::Finding& f) {
    if (criterion(f.id).kind == verdict::CriterionKind::Record) return true;
    return now.of(criterion(f.id).source).fresh ? all_good(f) : f.mode != verdict::Mode::Enforce;
  };
  mark.holds = std::all_of(judged.findings().begin(), judged.findings().end(), calm);
  if (mark.holds) mark.rewrites = rewrites_of(evidence, link);
  return mark;
}

bool stays_calm(const evidence::Evidence& evidence, const LinkSubjects& link, const CalmMark& mark,
                const Grounds& grounds) {
  if (rewrites_of(evidence, link) != mark.rewrites) return false;
  const auto good = [&](evidence::Source source, auto ref) {
    const auto& ground = grounds.now.of(source);
    return !ground.fresh || evidence.all_good(ref, *grounds.before.of(source).watermark, *ground.watermark);
  };
  return good(evidence::Source::Counters, link.a) && good(evidence::Source::Counters, link.z) &&
         good(evidence::Source::LatencySamples, link.az) && good(evidence::Source::LatencySamples, link.za);
}

}  // namespace dz::control
