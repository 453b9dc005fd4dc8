#include "control/explain_record.h"

#include <algorithm>
#include <span>

#include "control/incident.h"
#include "control/outlook.h"
#include "control/shard.h"
#include "evidence/minute_marks.h"

namespace dz::control {
namespace {

// Judges records one at a time and hands each to use(record, assessment, sources, minutes), where minutes(span) reads
// the minutes behind the findings. What they refer to is valid during that call.
class Explainer {
 public:
  Explainer(const MonitorInputs& inputs, const RecordBook& book, UseJudged also = {})
      : inputs_(inputs),
        book_(book),
        also_(std::move(also)),
        sources_(gather_sources(inputs.evidence, inputs.disputed_sources)),
        context_{inputs.policy, sources_, inputs.now},
        gatherer_(inputs.evidence, context_),
        outlook_(inputs.evidence, context_) {}

  template <typename Use>
  Result<void> explain(const Pubkey& key, const Use& use) {
    const auto memory = book_.memory_of(key);
    if (!inputs_.owns(key)) return not_found(not_owned(*inputs_.ownership, key));
    if (const auto link = inputs_.links.find(key); link != inputs_.links.end()) {
      explain_link(*link, memory, use);
      return {};
    }
    if (const auto device = inputs_.devices.find(key); device != inputs_.devices.end()) {
      explain_device(*device, memory, use);
      return {};
    }
    return not_found("expected the pubkey of a link or a device, found " + to_text(key) + ", which is neither");
  }

 private:
  template <typename Use>
  void explain_link(const std::pair<const Pubkey, Link>& keyed, const verdict::RecordMemory& memory, const Use& use) {
    const auto& [key, link] = keyed;
    const auto subjects = resolve_link(inputs_.evidence, inputs_.policy, key, link);
    const auto& tallies = gatherer_.link(subjects, window_for(inputs_.policy, link.health, link.status));
    assess_link({link, tallies, memory}, context_, assessment_);
    assessment_.healthy_at = outlook_.healthy_at(link, subjects, memory, assessment_);
    if (inputs_.is_held_back(key)) assessment_.healthy_at.reset();
    const verdict::JudgedRecord record{link, &inputs_.devices};
    if (also_) also_({key, record, assessment_, sources_, memory, &subjects, nullptr});
    tell(record, subjects, use);
  }

  template <typename Use>
  void explain_device(const std::pair<const Pubkey, Device>& keyed, const verdict::RecordMemory& memory,
                      const Use& use) {
    const auto& [key, device] = keyed;
    const auto subjects = resolve_device(inputs_.evidence, inputs_.policy, {key, device}, book_.links_at(inputs_, key));
    const auto& tallies = gatherer_.device(subjects, window_for(inputs_.policy, device.health, device.status));
    assess_device({device, tallies, memory}, context_, assessment_);
    assessment_.healthy_at = outlook_.healthy_at(device, subjects, memory, assessment_);
    if (inputs_.is_held_back(key)) assessment_.healthy_at.reset();
    const verdict::JudgedRecord record{device, tallies, &inputs_.devices};
    if (also_) also_({key, record, assessment_, sources_, memory, nullptr, &subjects});
    tell(record, subjects, use);
  }

  template <typename Subjects, typename Use>
  void tell(const verdict::JudgedRecord& record, const Subjects& subjects, const Use& use) const {
    use(record, assessment_, sources_, [&](const std::optional<MinuteSpan>& span = {}) {
      return finding_minutes(inputs_.evidence, context_, {record, assessment_, span}, subjects);
    });
  }

  const MonitorInputs& inputs_;
  const RecordBook& book_;
  const UseJudged also_;
  const verdict::Sources sources_;
  const verdict::AssessmentContext context_;
  TallyGatherer gatherer_;
  Outlook outlook_;
  verdict::Assessment assessment_;
};

using std::chrono::hours;

// A day and the hour that is under way, or as far back as some window goes.
MinuteSpan whole_span(const verdict::Assessment& assessment, Timestamp now) {
  const auto to = minute_of(now) + std::chrono::minutes{1};
  auto from = to - hours{24};
  for (const auto& f : assessment.findings()) {
    if (f.has_tally) from = std::min(from, f.tally.from);
  }
  return {std::max(Minute{std::chrono::floor<hours>(from)}, to - evidence::kLongestWindow), to};
}

void add_lines(const verdict::Assessment& assessment, std::vector<verdict::FindingMinutes> minutes,
               RecordMinutes& all) {
  for (auto& m : minutes) {
    const auto& f = assessment.findings()[m.finding];
    const std::string name(f.name), source(f.source_name);
    if (m.lines.empty()) all.results.push_back({name, std::move(m.results)});
    for (auto& line : m.lines) {
      RecordMinutes::Line shown{name, std::move(line), source, {}, {}};
      if (f.has_tally) shown.window_from = f.tally.from;
      const bool decides = f.has_tally && f.signal == shown.minutes.signal && f.side == shown.minutes.side;
      if (decides && f.tally.earliest_from > f.tally.from)
        shown.ages_out = f.tally.earliest_from - std::chrono::minutes{1};
      all.lines.push_back(std::move(shown));
    }
  }
}

void add_excused(const evidence::Evidence& evidence, const Pubkey& device, RecordMinutes& all) {
  using enum evidence::SubjectKind;
  for (const auto kind : {Reporting, ConfigAgent, TelemetryAgent}) {
    const auto subject = evidence::device_subject(kind, device);
    const auto ref = evidence::subject_ref(evidence, subject);
    const auto source = *evidence::source_of(evidence, subject);
    const auto to = std::min(all.span.to, evidence.state(source).watermark.value_or(Minute{}));
    if (ref.index == evidence::kNoSubject || to <= all.span.from) continue;
    const auto runs = evidence::marks_of(evidence, ref, all.span.from, to);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!evidence::is_excused(kind, runs[i].marks)) continue;
      const auto end = i + 1 < runs.size() ? runs[i + 1].from : to;
      all.excused.push_back({device, evidence::lasting_name(evidence, source), runs[i].from, end});
    }
  }
}

// The link whose minutes stand for a device's links.
std::optional<Pubkey> candidate_link(std::span<const KeyedLink> links, const verdict::Assessment& assessment) {
  for (const auto& f : assessment.findings()) {
    if (f.id != verdict::CriterionId::DeviceLinkUp || f.candidate < 0) continue;
    if (const auto candidate = static_cast<std::size_t>(f.candidate); candidate < links.size())
      return links[candidate].key;
  }
  return std::nullopt;
}

}  // namespace

Result<RecordMinutes> minutes_of_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                        const std::optional<MinuteSpan>& span) {
  RecordMinutes all;
  const auto tell = [&](const auto& record, const auto& assessment, const auto&, const auto& minutes) {
    all.at = assessment.at;
    all.span = span ? *span : whole_span(assessment, inputs.now);
    add_lines(assessment, minutes(all.span), all);
    if (record.link() == nullptr) {
      all.link = candidate_link(book.links_at(inputs, key), assessment);
      return add_excused(inputs.evidence, key, all);
    }
    add_excused(inputs.evidence, record.link()->side_a, all);
    add_excused(inputs.evidence, record.link()->side_z, all);
  };
  DZ_TRY(Explainer(inputs, book).explain(key, tell));
  return all;
}

Result<verdict::AssessmentReport> report_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                                const verdict::ReportExtras& extras, const UseJudged& also) {
  verdict::AssessmentReport report;
  const auto cause = cause_report(inputs, key);
  const auto tell = [&](const auto& record, const auto& assessment, const auto& sources, const auto& minutes) {
    report = report_assessment(record, assessment, sources,
                               {extras.drained_by, cause ? &*cause : nullptr, extras.held_back});
    const bool wants_minutes = extras.strips || extras.minutes;
    add_minutes(assessment, wants_minutes ? minutes() : std::vector<verdict::FindingMinutes>{}, extras, report);
  };
  DZ_TRY(Explainer(inputs, book, also).explain(key, tell));
  return report;
}

Result<std::string> explain_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                   const verdict::PageOptions& options) {
  std::string text;
  const auto cause = cause_report(inputs, key);
  auto with_cause = options;
  if (cause && options.cause == nullptr) with_cause.cause = &*cause;
  const auto tell = [&](const auto& record, const auto& assessment, const auto& sources, const auto& minutes) {
    text = render_page(record, assessment, {sources, minutes()}, with_cause);
  };
  DZ_TRY(Explainer(inputs, book).explain(key, tell));
  return text;
}

}  // namespace dz::control
