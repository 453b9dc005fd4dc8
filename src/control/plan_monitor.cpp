#include "control/plan_monitor.h"

#include <algorithm>

#include "control/outlook.h"
#include "control/source_watch.h"

namespace dz::control {
namespace {

// One pass over the records: what it judges them on, and the plan that it fills.
class Pass {
 public:
  // All outlive the pass.
  Pass(const MonitorInputs& inputs, const verdict::Sources& sources, const RecordBook& book, MonitorPlan& plan)
      : inputs_(inputs),
        context_{inputs.policy, sources, inputs.now},
        gatherer_(inputs.evidence, context_),
        outlook_(inputs.evidence, context_),
        last_pass_(book.last_pass()),
        ground_(ground_of(context_, inputs.writable())),
        causes_(inputs),
        plan_(plan) {
    const auto* last = book.last_ground();
    if (last != nullptr && only_time_passed(*last, ground_)) last_ground_ = last;
  }

  void look_at(RecordBook::LinkEntry& entry, RecordVerdict& verdict) {
    if (stays_calm(entry)) return;
    const auto& link = *entry.link;
    const SeenRecord seen{verdict.key, {RecordKind::Link, link.status, link.desired_status, link.health}};
    observe(seen, inputs_, entry.memory);

    const auto window = window_for(inputs_.policy, link.health, link.status);
    const auto& tallies = gatherer_.link(entry.subjects, window);

    assess_link({link, tallies, entry.memory}, context_, assessment_);
    assessment_.healthy_at = outlook_.healthy_at(link, entry.subjects, entry.memory, assessment_);

    causes_.note(verdict.key, link, entry.subjects, assessment_);
    conclude(seen, entry.memory, verdict);
    entry.evidence_known = evidence_known();
    remember_candidate(entry, tallies, window);
    remember_calm(entry, verdict);
  }

  void look_at(RecordBook::DeviceEntry& entry, RecordVerdict& verdict) {
    const auto& device = *entry.device;
    const SeenRecord seen{verdict.key, {RecordKind::Device, device.status, device.desired_status, device.health}};
    observe(seen, inputs_, entry.memory);

    const auto& tallies = gatherer_.device(entry.subjects, window_for(inputs_.policy, device.health, device.status));

    assess_device({device, tallies, entry.memory}, context_, assessment_);
    assessment_.healthy_at = outlook_.healthy_at(device, entry.subjects, entry.memory, assessment_);

    causes_.note(verdict.key, device, entry.subjects, assessment_);
    conclude(seen, entry.memory, verdict);
    entry.evidence_known = evidence_known();
  }

  std::vector<FoundCause> find_causes() { return causes_.find(); }

  // What the next pass compares with.
  Ground take_ground() { return std::move(ground_); }

 private:
  // A link that was calm, and nothing but time has passed since: its verdict is the one of the last pass.
  bool stays_calm(RecordBook::LinkEntry& entry) const {
    if (!entry.calm.holds) return false;
    if (last_ground_ != nullptr &&
        control::stays_calm(inputs_.evidence, entry.subjects, entry.calm, {*last_ground_, ground_})) {
      return true;
    }
    entry.memory.evidence_known_at = last_pass_;
    return false;
  }

  bool evidence_known() const { return assessment_.evidence_behind_health() != verdict::Judgement::Unknown; }

  // Decides what follows from the assessment, and notes both.
  void conclude(const SeenRecord& seen, verdict::RecordMemory& memory, RecordVerdict& verdict) {
    const auto& a = assessment_;
    verdict.health = a.from;
    verdict.verdict = a.to;
    verdict.reason = a.reason;
    verdict.evidence_judgement = a.evidence_judgement;
    verdict.record_judgement = a.record_judgement;
    verdict.healthy_at = a.to == Health::Healthy ? std::nullopt : a.healthy_at;
    verdict.condition = condition_of(a);
    for (std::size_t i = 0; i < a.count; ++i) verdict.judgements[i] = a.storage[i].judgement;

    const auto decision = decide(seen, inputs_, a, memory);
    if (decision.change) plan_.changes.push_back(*decision.change);
    if (decision.alarm) plan_.alarms.push_back(*decision.alarm);
    if (decision.look_again) plan_.next_look = std::min(plan_.next_look, *decision.look_again);
    verdict.disagreement = decision.disagreement.value_or(verdict.disagreement);
    ++plan_.assessed;
  }

  // Spares the devices at its ends judging the link again.
  void remember_candidate(RecordBook::LinkEntry& entry, const verdict::LinkTallies& tallies,
                          const verdict::Window& window) const {
    entry.judged = {};
    if (!inputs_.policy.links_judged_as_candidates()) return;
    entry.judged = {judge_link(tallies, window, context_), window};
    entry.judged.up.tally = nullptr;  // it does not outlive this pass
  }

  void remember_calm(RecordBook::LinkEntry& entry, const RecordVerdict& verdict) const {
    const bool unsettled = verdict.disagreement || inputs_.is_under_way(verdict.key);
    entry.calm = unsettled ? CalmMark{} : calm_mark(inputs_.evidence, entry.subjects, assessment_, ground_);
  }

  const MonitorInputs& inputs_;
  const verdict::AssessmentContext context_;
  TallyGatherer gatherer_;
  Outlook outlook_;
  Timestamp last_pass_;
  Ground ground_;
  CauseFinder causes_;
  const Ground* last_ground_ = nullptr;  // null: more than time has passed since the last pass
  verdict::Assessment assessment_;
  MonitorPlan& plan_;
};

}  // namespace

MonitorPlan plan_monitor(const MonitorInputs& inputs, RecordBook& book) {
  MonitorPlan plan;
  const auto sources = gather_sources(inputs.evidence, inputs.disputed_sources);
  plan.alarms = source_alarms(inputs, sources);
  plan.next_look = next_look_at_sources(inputs, sources);

  book.follow(inputs);
  Pass pass(inputs, sources, book, plan);
  // Links first: a device reads the links at its ends as they were just judged.
  for (std::size_t i = 0; i < book.links().size(); ++i) pass.look_at(book.links()[i], book.link_verdict(i));
  for (std::size_t i = 0; i < book.devices().size(); ++i) pass.look_at(book.devices()[i], book.device_verdict(i));
  plan.causes = pass.find_causes();
  book.end_pass(pass.take_ground(), inputs, !plan.changes.empty());
  return plan;
}

}  // namespace dz::control
