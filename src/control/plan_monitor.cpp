#include "control/plan_monitor.h"

#include <algorithm>
#include <utility>

#include "control/outlook.h"
#include "control/pauses.h"
#include "control/source_watch.h"

namespace dz::control {
namespace {

// As Pauses counts it.
constexpr std::size_t kJudgeWork = 60, kLookWork = 2;

// One pass over the records: what it judges them on, and the plan that it fills.
class Pass {
 public:
  // All outlive the pass.
  Pass(const MonitorInputs& inputs, const verdict::Sources& sources, RecordBook& book, MonitorPlan& plan)
      : inputs_(inputs),
        context_{inputs.policy, sources, inputs.now},
        gatherer_(inputs.evidence, context_),
        outlook_(inputs.evidence, context_),
        book_(book),
        ground_(ground_of(context_, inputs)),
        causes_(inputs),
        pauses_(inputs.pause),
        plan_(plan) {
    const auto* last = book.last_ground();
    if (last != nullptr && only_time_passed(*last, ground_)) last_ground_ = last;
  }

  // Links first: a device reads the links at its ends as they were just judged. What comes in a pause is looked at in
  // the next pass, which finds another number of answers_revision().
  void look_at_records() {
    mark_those_due();
    const auto marked = book_.take_marked();
    const bool all = last_ground_ == nullptr || !no_minute_passed(*last_ground_, ground_);
    const auto unsaved = book_.unsaved();
    plan_.is_news = all || !marked.empty() || !unsaved || !unsaved->empty();
    if (!all) {
      for (const auto place : marked) look_at(place);
      return;
    }
    for (std::size_t place = 0; place < book_.size(); ++place) {
      pauses_.before(kLookWork);
      if (!stays_calm(place)) look_at(place);
    }
  }

  // What was said before stands for those that were not judged.
  void finish() {
    for (const auto& [place, decision] : book_.decisions()) {
      if (decision.change) plan_.changes.push_back(*decision.change);
      if (decision.alarm) plan_.alarms.push_back(*decision.alarm);
      if (decision.look_again) plan_.next_look = std::min(plan_.next_look, *decision.look_again);
    }
    auto ground = causes_.ground_of(book_.symptoms());
    if (book_.causes() == nullptr || last_ground_ == nullptr || ground != book_.cause_ground()) {
      auto causes = causes_.find(book_.symptoms(), ground);
      book_.put_causes(std::move(causes), std::move(ground));
      plan_.is_news = true;
    }
    plan_.causes = *book_.causes();
    book_.end_pass(std::move(ground_), inputs_.now);
  }

 private:
  // Those whose time has come, and those that something is on its way to.
  void mark_those_due() {
    std::vector<std::size_t> due;
    for (const auto& [place, decision] : book_.decisions()) {
      if (decision.look_again && *decision.look_again <= inputs_.now) due.push_back(place);
    }
    for (const auto place : due) book_.mark(place);
    if (inputs_.under_way == nullptr) return;
    for (const auto& [key, _] : *inputs_.under_way) book_.mark(key);
  }

  // It was calm, and nothing but time has passed since: its verdict is the one of the last pass.
  bool stays_calm(std::size_t place) const {
    return book_.is_link(place) ? stays_calm(book_.link_at(place)) : stays_calm(book_.device_at(place));
  }
  template <typename Entry>
  bool stays_calm(const Entry& entry) const {
    return entry.calm.holds && last_ground_ != nullptr &&
           control::stays_calm(inputs_.evidence, entry.subjects, entry.calm, {*last_ground_, ground_});
  }

  void look_at(std::size_t place) {
    pauses_.before(kJudgeWork);
    if (book_.is_link(place)) {
      look_at(book_.link_at(place), place);
    } else {
      look_at(book_.device_at(place), place);
    }
  }

  void look_at(RecordBook::LinkEntry& entry, std::size_t place) {
    const auto& link = *entry.link;
    const SeenRecord seen{book_.verdict_at(place).key,
                          {RecordKind::Link, link.status, link.desired_status, link.health}};
    const auto before = begin(seen, entry);

    const auto window = window_for(inputs_.policy, link.health, link.status);
    const auto& tallies = gatherer_.link(entry.subjects, window);

    assess_link({link, tallies, entry.memory}, context_, assessment_);
    assessment_.healthy_at = outlook_.healthy_at(link, entry.subjects, entry.memory, assessment_);

    conclude(seen, place, before, entry, causes_.symptoms_of(seen.key, link, entry.subjects, assessment_));
    remember_candidate(entry, tallies, window);
    remember_calm(entry, book_.verdict_at(place));
    entry.judged.calm = entry.calm.holds;
    if (last_ground_ != nullptr) book_.disturb_ends(place);  // else all are judged
  }

  void look_at(RecordBook::DeviceEntry& entry, std::size_t place) {
    const auto& device = *entry.device;
    const SeenRecord seen{book_.verdict_at(place).key,
                          {RecordKind::Device, device.status, device.desired_status, device.health}};
    const auto before = begin(seen, entry);

    const auto& tallies = gatherer_.device(entry.subjects, window_for(inputs_.policy, device.health, device.status));

    assess_device({device, tallies, entry.memory}, context_, assessment_);
    assessment_.healthy_at = outlook_.healthy_at(device, entry.subjects, entry.memory, assessment_);

    conclude(seen, place, before, entry, causes_.symptoms_of(seen.key, entry.subjects, assessment_));
    remember_calm(entry, book_.verdict_at(place));
  }

  // Returns the memory as it was.
  template <typename Entry>
  verdict::RecordMemory begin(const SeenRecord& seen, Entry& entry) const {
    if (entry.evidence_known) entry.memory.evidence_known_at = book_.last_pass();
    const auto before = entry.memory;
    observe(seen, inputs_, entry.memory);
    return before;
  }

  bool evidence_known() const { return assessment_.evidence_behind_health() != verdict::Judgement::Unknown; }

  // Decides what follows from the assessment, and notes both.
  template <typename Entry>
  void conclude(const SeenRecord& seen, std::size_t place, verdict::RecordMemory before, Entry& entry,
                RecordSymptoms symptoms) {
    if (inputs_.is_held_back(seen.key)) assessment_.healthy_at.reset();
    const auto& a = assessment_;
    auto& verdict = book_.verdict_at(place);
    const auto verdict_before = verdict;
    verdict.health = a.from;
    verdict.verdict = a.to;
    verdict.reason = a.reason;
    verdict.evidence_judgement = a.evidence_judgement;
    verdict.record_judgement = a.record_judgement;
    verdict.healthy_at = a.to == Health::Healthy ? std::nullopt : a.healthy_at;
    verdict.condition = condition_of(a);
    for (std::size_t i = 0; i < a.count; ++i) verdict.judgements[i] = a.storage[i].judgement;

    auto decision = decide(seen, inputs_, a, entry.memory);
    verdict.disagreement = decision.disagreement.value_or(verdict.disagreement);
    const bool was_known = std::exchange(entry.evidence_known, evidence_known());
    // While evidence is known, the time at which it was moves on with the passes and is not kept.
    if (was_known && entry.evidence_known) before.evidence_known_at = entry.memory.evidence_known_at;
    const bool settled = !decision.change && !entry.memory.reset && a.to == a.from && !inputs_.is_under_way(seen.key);
    if (!settled) book_.mark(place);
    if (verdict != verdict_before || book_.last_ground() == nullptr) plan_.moved.push_back(seen.key);
    book_.put(place,
              {std::move(decision), std::move(symptoms), was_known != entry.evidence_known || before != entry.memory});
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

  template <typename Entry>
  void remember_calm(Entry& entry, const RecordVerdict& verdict) const {
    const bool unsettled = verdict.disagreement || inputs_.is_under_way(verdict.key);
    entry.calm = unsettled ? CalmMark{} : calm_mark(inputs_.evidence, entry.subjects, assessment_, ground_);
  }

  const MonitorInputs& inputs_;
  const verdict::AssessmentContext context_;
  TallyGatherer gatherer_;
  Outlook outlook_;
  RecordBook& book_;
  Ground ground_;
  CauseFinder causes_;
  const Ground* last_ground_ = nullptr;  // null: more than time has passed since the last pass
  verdict::Assessment assessment_;
  Pauses pauses_;
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
  pass.look_at_records();
  pass.finish();
  return plan;
}

}  // namespace dz::control
