// The report of explain.h: an assessment with every enum as its word.
#include "verdict/explain.h"

#include <fmt/format.h>

#include "verdict/page.h"

namespace dz::verdict {
namespace {

MinuteReport minute_report(const evidence::Offence& offence) {
  return {offence.minute, evidence::counters_text(offence.counters)};
}

FindingReport::Minutes minutes_report(const evidence::SignalTally& t) {
  FindingReport::Minutes m;
  m.from = t.from;
  m.to = t.to;
  m.good = t.good;
  m.bad = t.bad;
  m.unobserved = t.unobserved;
  m.first_unobserved = t.first_unobserved;
  m.last_unobserved = t.last_unobserved;
  m.derived = t.derived;
  m.parent_port = t.parent_port;
  if (t.first_bad) m.first_bad = minute_report(*t.first_bad);
  if (t.last_bad) m.last_bad = minute_report(*t.last_bad);
  return m;
}

FindingReport finding_report(const JudgedRecord& record, const Finding& f, const Assessment& a,
                             const Sources& sources) {
  const auto& c = criterion(f.id);
  FindingReport report;
  report.id = f.name;
  report.kind = c.kind == CriterionKind::Record ? "record" : "evidence";
  report.mode = to_text(f.mode);
  report.judgement = to_text(f.judgement);
  if (record.device() != nullptr && a.device_stages) report.stage = to_text(f.stage);
  report.gates = f.gates;
  report.detail = render_finding(record, f, a);
  report.to_do = render_to_do(record, f, a);
  report.earliest = f.earliest;
  if (c.kind == CriterionKind::Record) return report;
  report.source = f.source_name;
  report.watermark = view_of(sources, c.source).state.watermark;
  report.stale = f.stale;
  report.where = render_where(record, f);
  if (f.has_tally) report.minutes = minutes_report(f.tally);
  const bool known = f.tally.rise > 0 || f.tally.bad == 0;
  if (f.has_tally && is_of_events(f.signal) && known) report.minutes->rise = f.tally.rise;
  if (f.id == CriterionId::DeviceQa && f.judgement != Judgement::NotApplicable) report.qa = f.qa;
  report.candidates = f.candidates;
  report.candidates_met = f.candidates_met;
  return report;
}

ConditionReport condition_report(const JudgedRecord& record, const Assessment& a, const DrainedBy* drained_by) {
  const auto condition = condition_of(a);
  const auto name = [&](const std::optional<CriterionId>& id) {
    const auto* f = id ? a.find(*id) : nullptr;
    return f != nullptr ? std::optional(f->name) : std::nullopt;
  };
  ConditionReport report;
  report.state = to_text(condition.state);
  report.since = condition.since;
  report.returns_at = condition.returns_at;
  report.criterion = name(condition.criterion);
  if (const auto& held = condition.held_by) {
    report.held_by = {to_text(held->what), name(held->criterion), std::nullopt};
    if (held->what == HeldWhat::Drain && drained_by != nullptr) report.held_by->by = *drained_by;
    if (condition.state == ConditionState::Held && report.held_by->by) report.since = report.held_by->by->at;
  }
  if (condition.needs) report.needs = {to_text(*condition.needs), render_needs(record, a, condition)};
  return report;
}

}  // namespace

std::string render_led(const CauseReport& cause, std::string_view sentence) {
  return fmt::format("{}{}; {}", cause.sentence, cause.gates ? "" : " (gates nothing)", sentence);
}

std::string render_told(const JudgedRecord& record, const Assessment& a, const Besides& besides) {
  auto sentence = render_sentence(record, a);
  if (besides.cause != nullptr) sentence = render_led(*besides.cause, sentence);
  if (besides.held_back != nullptr) sentence += "; " + besides.held_back->why;
  return sentence;
}

AssessmentReport report_assessment(const JudgedRecord& record, const Assessment& a, const Sources& sources,
                                   const Besides& besides) {
  const auto* cause = besides.cause;
  AssessmentReport report;
  const bool is_link = record.link() != nullptr;
  report.kind = to_text(record.kind());
  report.code = record.code();
  report.status = to_text(is_link ? record.link()->status : record.device()->status);
  report.desired_status = to_text(is_link ? record.link()->desired_status : record.device()->desired_status);
  report.health = spell(*a.profile, record.kind(), a.from);
  report.next_health = spell(*a.profile, record.kind(), a.to);
  report.reason = to_text(a.reason);
  report.evidence = to_text(a.evidence_judgement);
  report.record = to_text(a.record_judgement);
  if (!is_link && a.device_stages) {
    report.links_evidence = to_text(a.links_evidence_judgement);
    report.links_record = to_text(a.links_record_judgement);
  }
  report.damped_failure = a.damped_failure;
  report.window_minutes = static_cast<int>(a.window.length.count());
  report.window_slots = a.window.slots;
  report.window_trouble = trouble_text(a.window);
  report.at = a.at;
  if (a.to != Health::Healthy) report.healthy_at = a.healthy_at;
  report.hold_until = a.hold_until;
  report.condition = condition_report(record, a, besides.drained_by);
  report.sentence = render_told(record, a, besides);
  report.advice = render_advice(record, a, besides);
  report.notes = notes_of(record, a);
  for (const auto& f : a.findings()) {
    if (f.mode != Mode::Off) report.findings.push_back(finding_report(record, f, a, sources));
  }
  if (cause == nullptr) return report;
  if (cause->gates) report.condition.needs = ConditionReport::Needs{to_text(cause->who), cause->to_do};
  report.cause = *cause;
  return report;
}

}  // namespace dz::verdict
