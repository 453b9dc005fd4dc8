// Judging single criteria. Internal to verdict/.
#pragma once

#include "verdict/assessment.h"

namespace dz::verdict {

class Judge {
 public:
  // A signal of a record, and its tally: null when nothing was ever seen.
  struct Part {
    evidence::Signal signal;
    Side side;
    const evidence::SignalTally* tally;
  };

  // stay_minute: the first minute that began after the record's present state was first seen; none when the stay
  // rule does not apply.
  Judge(const AssessmentContext& context, const Window& window, std::optional<Minute> stay_minute);

  // Each fills the finding of one criterion; id and mode are set from the policy.
  void record(CriterionId id, bool holds, ToDo to_do, Finding& out) const;
  void signal(CriterionId id, const Part& part, Finding& out) const;
  void telemetry_agent(const Device& device, const evidence::SignalTally* tally, Finding& out) const;
  void qa(const evidence::QaEvidence* evidence, Finding& out) const;
  void added(std::size_t criterion, const evidence::SignalTally* tally, Finding& out) const;
  // Whether a criterion speaks of records of this type_bit; when not, `out` says so.
  bool applies(CriterionId id, std::uint8_t type, Finding& out) const;
  // device.dia_up, dia.carrier or dia.discards: one activated DIA interface is enough.
  void any_dia(CriterionId id, const DeviceTallies& tallies, Finding& out) const;
  void link_up(const DeviceTallies& tallies, Finding& out) const;
  // device.cyoa_up, cyoa.carrier or cyoa.discards: every CYOA interface is asked.
  void every_cyoa(CriterionId id, const Device& device, const DeviceTallies& tallies, Finding& out) const;

  Candidate link(const LinkTallies& tallies) const;

  // When a pass first sees a watermark of at least `minute` of this source, but not before the next minute closes. None
  // when that pass was due more than a minute ago: the source is late, and the time would move on with the clock.
  std::optional<Timestamp> first_pass_at(Minute minute, evidence::Source source) const;
  bool stale(evidence::Source source) const;

 private:
  // The candidate that a criterion over candidates shows, and what all of them together say.
  struct Choice {
    Candidate candidate;
    int index = -1;
    std::uint64_t damped_bad = 0;       // as in SignalTally
    bool all_clean = false;             // every one of the candidates
    ToDo to_do = ToDo::Nothing;         // before the criterion is met
    std::optional<Timestamp> earliest;  // without the stay rule
  };
  void begin(CriterionId id, Finding& out) const;
  ToDo before_window_is_known() const;
  bool knows_window(CriterionId id) const { return context_.policy.knows_window_of(id, window_); }
  // Of one that is not met.
  void put_to_do(ToDo to_do, std::optional<Timestamp> earliest, Finding& out) const;
  Judgement judge(const evidence::SignalTally* tally, CriterionId id) const;
  // Without the stay rule; none when time alone does not bring it.
  std::optional<Timestamp> earliest(const evidence::SignalTally* tally, CriterionId id) const;
  std::optional<Timestamp> after_stay(Timestamp earliest, evidence::Source source) const;
  bool damped(std::uint64_t bad) const;
  std::optional<Timestamp> enough_until(const evidence::QaEvidence& met) const;
  Candidate candidate(CriterionId id, std::span<const Part> parts) const;
  void show(const Choice& choice, Finding& out) const;

  const AssessmentContext& context_;
  Window window_;
  std::optional<Minute> stay_minute_;
  std::array<bool, evidence::kSourceCount> stale_{};
};

}  // namespace dz::verdict
