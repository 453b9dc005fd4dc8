#include "control/outlook.h"

#include <algorithm>

namespace dz::control {
namespace {

using std::chrono::minutes;

// Ahead in time it has landed.
verdict::RecordMemory without_reset(verdict::RecordMemory memory) {
  memory.reset.reset();
  return memory;
}

// What could be healthy at once, and is not, waits for a write: of a reset, or of a health that comes first. When that
// succeeds is not a matter of evidence: it would be said to be healthy now, pass by pass.
std::optional<Timestamp> behind_write(const verdict::Assessment& judged, std::optional<Timestamp> time) {
  const bool waits = judged.to != Health::Healthy && time == judged.at;
  return waits ? std::nullopt : time;
}

}  // namespace

Outlook::Outlook(const evidence::Evidence& evidence, const verdict::AssessmentContext& context)
    : evidence_(evidence), context_(context) {
  Duration longest_delay{};
  for (std::size_t i = 0; i < horizon_.size(); ++i) {
    const auto& source = context.sources[i];
    horizon_[i] = source.state.watermark.value_or(minute_of(context.now) + minutes{1});
    longest_delay = std::max(longest_delay, source.delay);
  }
  last_ = context.now + evidence::kLongestWindow + longest_delay + minutes{5};
}

verdict::Sources Outlook::sources_at(Timestamp time) const {
  auto sources = context_.sources;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    auto& watermark = sources[i].state.watermark;
    watermark = std::max(horizon_[i], minute_of(time - sources[i].delay));
  }
  return sources;
}

// No window that begins at the assessment's own time holds an unobserved minute, so none begins with one, and the same
// row of the table applies. Of several candidates the finding does not show all.
bool Outlook::is_exact(const verdict::Assessment& judged) const {
  if (judged.to != judged.from) return false;
  return std::all_of(judged.findings().begin(), judged.findings().end(), [&](const verdict::Finding& f) {
    if (f.mode != verdict::Mode::Enforce || criterion(f.id).kind == verdict::CriterionKind::Record) return true;
    if (f.candidates > 0) return false;
    if (!f.has_tally || !f.tally.last_unobserved) return true;
    const auto delay = view_of(context_.sources, criterion(f.id).source).delay;
    return *f.tally.last_unobserved < minute_of(*judged.healthy_at - delay) - (f.tally.to - f.tally.from);
  });
}

// What holds then looks back at minutes that are unobserved up to now. While they go on being so, its time would move
// on with them.
bool Outlook::slides(const verdict::Assessment& ahead) const {
  return std::any_of(ahead.findings().begin(), ahead.findings().end(), [&](const verdict::Finding& f) {
    if (!f.gates || f.judgement == verdict::Judgement::Met || !f.has_tally) return false;
    return f.tally.last_unobserved == horizon_[static_cast<std::size_t>(criterion(f.id).source)] - minutes{1};
  });
}

// judge_at(time, health, out) fills `out` with the assessment of that pass.
template <typename JudgeAt>
std::optional<Timestamp> Outlook::search(const verdict::Assessment& judged, const JudgeAt& judge_at) {
  if (judged.to == Health::Healthy || !judged.healthy_at || is_exact(judged)) return judged.healthy_at;
  const auto* next = &judged;
  auto health = judged.from;
  for (auto time = judged.at; time <= last_;) {
    if (!next->healthy_at) return std::nullopt;
    // A health that moves on may be judged over another window, so by another pass at once.
    if (next->to == health) time = *next->healthy_at;
    health = next->to;
    judge_at(time, health, ahead_);
    if (ahead_.to == Health::Healthy) return time;
    if (slides(ahead_)) return std::nullopt;
    next = &ahead_;
  }
  return std::nullopt;
}

std::optional<Timestamp> Outlook::healthy_at(const Link& link, const LinkSubjects& subjects,
                                             const verdict::RecordMemory& memory, const verdict::Assessment& judged) {
  const auto ahead = without_reset(memory);
  const auto found = search(judged, [&](Timestamp time, Health health, verdict::Assessment& out) {
    const auto sources = sources_at(time);
    const verdict::AssessmentContext context{context_.policy, sources, time};
    TallyGatherer gatherer(evidence_, context, &horizon_);
    auto record = link;
    record.health = health;
    assess_link({record, gatherer.link(subjects, window_for(context.policy, health, record.status)), ahead}, context,
                out);
  });
  return behind_write(judged, found);
}

std::optional<Timestamp> Outlook::healthy_at(const Device& device, const DeviceSubjects& subjects,
                                             const verdict::RecordMemory& memory, const verdict::Assessment& judged) {
  const auto ahead = without_reset(memory);
  const auto found = search(judged, [&](Timestamp time, Health health, verdict::Assessment& out) {
    const auto sources = sources_at(time);
    const verdict::AssessmentContext context{context_.policy, sources, time};
    TallyGatherer gatherer(evidence_, context, &horizon_);
    auto record = device;
    record.health = health;
    assess_device({record, gatherer.device(subjects, window_for(context.policy, health, record.status)), ahead},
                  context, out);
  });
  return behind_write(judged, found);
}

}  // namespace dz::control
