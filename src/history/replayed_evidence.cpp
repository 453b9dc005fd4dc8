#include "history/replayed_evidence.h"

#include <algorithm>

namespace dz::history {
namespace {

Minute ring_start(Minute watermark) { return std::max(Minute{}, watermark - evidence::kRingLength); }
std::size_t place_of(evidence::Source source) { return static_cast<std::size_t>(source); }

}  // namespace

void ReplayedEvidence::use_added_of(const verdict::Policy& policy) {
  std::vector<std::string> names;
  for (const auto& criterion : policy.added) names.push_back(criterion.id);
  evidence_.set_added(names);
  for (const auto& [subject, index] : run_index_) {
    if (subject.criterion.empty()) continue;
    open_[index].ref = evidence_.subject(subject);
    open_[index].source = source_of(evidence(), subject);
  }
}

void ReplayedEvidence::take(const HistoryPass& pass) {
  if (pass.whole) {
    for (auto& run : open_) run.marks.reset();
  }
  const auto closed = watermarks_of(pass);
  go_on(closed);
  for (const auto& run : pass.runs) take_run(run, closed);
  for (std::size_t i = 0; i < closed.size(); ++i) {
    if (closed[i]) evidence_.close(static_cast<evidence::Source>(i), *closed[i]);
  }
  for (const auto& [device, result] : pass.qa) {
    if (device.is_zero()) {
      evidence_.put_qa_run(result.at);
    } else {
      evidence_.put_qa_result(device, result);
    }
  }
}

// Through where each source is complete now; none: as before.
ReplayedEvidence::Watermarks ReplayedEvidence::watermarks_of(const HistoryPass& pass) const {
  Watermarks closed;
  for (const auto& [name, watermark] : pass.watermarks) {
    if (const auto source = source_named(evidence(), name)) closed[place_of(*source)] = watermark;
  }
  return closed;
}

// The minutes that were closed since the last pass hold what was said last.
void ReplayedEvidence::go_on(const Watermarks& closed) {
  for (const auto& run : open_) {
    if (!run.marks || !run.source) continue;
    const auto& to = closed[place_of(*run.source)];
    if (!to) continue;
    const auto from = evidence().state(*run.source).watermark.value_or(Minute{});
    evidence_.put(run.ref, std::max(from, ring_start(*to)), *to, *run.marks);
  }
}

void ReplayedEvidence::take_run(const HistoryRun& run, const Watermarks& closed) {
  note_coverage(run);
  auto& open = open_run(run.subject);
  if (!run.until) open.marks = run.marks;
  if (!open.source) return;
  const auto watermark = closed[place_of(*open.source)];
  const auto known = evidence().state(*open.source).watermark;
  evidence_.put(open.ref, run.from, run.until.value_or(std::max(watermark, known).value_or(run.from)), run.marks);
}

ReplayedEvidence::OpenRun& ReplayedEvidence::open_run(const evidence::Subject& subject) {
  const auto [known, fresh] = run_index_.try_emplace(subject, open_.size());
  if (fresh) open_.push_back({evidence_.subject(subject), source_of(evidence(), subject), {}});
  return open_[known->second];
}

void ReplayedEvidence::note_coverage(const HistoryRun& run) {
  const bool covers = run.subject == evidence::source_subject("counters") && evidence::is_answered(run.marks);
  if (covers && (!covered_from_ || run.from < *covered_from_)) covered_from_ = run.from;
}

}  // namespace dz::history
