#include "control/explain_record.h"

#include "control/finding_minutes.h"
#include "control/incident.h"
#include "control/outlook.h"

namespace dz::control {
namespace {

// Judges records one at a time and hands each to use(record, assessment, sources, minutes), where minutes() reads the
// minutes behind the findings. What they refer to is valid during that call.
class Explainer {
 public:
  explicit Explainer(const MonitorInputs& inputs)
      : inputs_(inputs),
        sources_(gather_sources(inputs.evidence, inputs.disputed_sources)),
        context_{inputs.policy, sources_, inputs.now},
        gatherer_(inputs.evidence, context_),
        outlook_(inputs.evidence, context_) {}

  template <typename Use>
  Result<void> explain(const Pubkey& key, const verdict::RecordMemory& memory, const Use& use) {
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
    tell(verdict::JudgedRecord{link, &inputs_.devices}, subjects, use);
  }

  template <typename Use>
  void explain_device(const std::pair<const Pubkey, Device>& keyed, const verdict::RecordMemory& memory,
                      const Use& use) {
    const auto& [key, device] = keyed;
    std::vector<KeyedLink> links;
    for (const auto& [link_key, link] : inputs_.links) {
      if (link.side_a == key || link.side_z == key) links.push_back({link_key, &link});
    }
    const auto subjects = resolve_device(inputs_.evidence, inputs_.policy, {key, device}, links);
    const auto& tallies = gatherer_.device(subjects, window_for(inputs_.policy, device.health, device.status));
    assess_device({device, tallies, memory}, context_, assessment_);
    assessment_.healthy_at = outlook_.healthy_at(device, subjects, memory, assessment_);
    tell(verdict::JudgedRecord{device, tallies, &inputs_.devices}, subjects, use);
  }

  template <typename Subjects, typename Use>
  void tell(const verdict::JudgedRecord& record, const Subjects& subjects, const Use& use) const {
    use(record, assessment_, sources_, [&] {
      return finding_minutes(inputs_.evidence, context_, {record, assessment_}, subjects);
    });
  }

  const MonitorInputs& inputs_;
  const verdict::Sources sources_;
  const verdict::AssessmentContext context_;
  TallyGatherer gatherer_;
  Outlook outlook_;
  verdict::Assessment assessment_;
};

}  // namespace

Result<verdict::AssessmentReport> report_record(const MonitorInputs& inputs, const RecordBook& book, const Pubkey& key,
                                                const verdict::ReportExtras& extras) {
  verdict::AssessmentReport report;
  const auto cause = cause_report(inputs, key);
  const auto tell = [&](const auto& record, const auto& assessment, const auto& sources, const auto& minutes) {
    report = report_assessment(record, assessment, sources, extras.drained_by, cause ? &*cause : nullptr);
    const bool wants_minutes = extras.strips || extras.minutes;
    add_minutes(assessment, wants_minutes ? minutes() : std::vector<verdict::FindingMinutes>{}, extras, report);
  };
  DZ_TRY(Explainer(inputs).explain(key, book.memory_of(key), tell));
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
  DZ_TRY(Explainer(inputs).explain(key, book.memory_of(key), tell));
  return text;
}

}  // namespace dz::control
