#include "monitor/assessment_json.h"

#include <boost/json.hpp>

namespace dz::monitor {
namespace {

namespace json = boost::json;

json::value time_or_null(const std::optional<Timestamp>& t) {
  return t ? json::value(to_text(*t)) : json::value(nullptr);
}
json::value minute_or_null(const std::optional<Minute>& m) {
  return m ? json::value(to_text(Timestamp{*m})) : json::value(nullptr);
}

json::value minute_report(const std::optional<verdict::MinuteReport>& minute) {
  if (!minute) return nullptr;
  return json::object{{"at", to_text(Timestamp{minute->at})}, {"counters", minute->counters}};
}

json::object minutes_json(const verdict::FindingReport::Minutes& m) {
  return {{"from", to_text(Timestamp{m.from})},
          {"to", to_text(Timestamp{m.to})},
          {"good", m.good},
          {"bad", m.bad},
          {"unobserved", m.unobserved},
          {"first_bad", minute_report(m.first_bad)},
          {"last_bad", minute_report(m.last_bad)},
          {"first_unobserved", minute_or_null(m.first_unobserved)},
          {"last_unobserved", minute_or_null(m.last_unobserved)},
          {"derived", m.derived},
          {"parent_port", m.parent_port},
          {"rise", m.rise ? json::value(*m.rise) : json::value(nullptr)}};
}

json::object qa_json(const verdict::QaCounts& qa) {
  return {{"successes", qa.successes},
          {"failures", qa.failures},
          {"last_failure", time_or_null(qa.last_failure)},
          {"longest_gap_seconds", std::chrono::floor<std::chrono::seconds>(qa.longest_gap).count()},
          {"missed_run", qa.missed_run}};
}

json::array ranges_json(const std::vector<verdict::FindingReport::Range>& ranges) {
  json::array list;
  for (const auto& r : ranges) {
    list.push_back(json::object{{"from", to_text(Timestamp{r.from})},
                                {"to", to_text(Timestamp{r.to})},
                                {"state", r.state},
                                {"signal", r.signal},
                                {"where", r.where},
                                {"fault", r.fault}});
  }
  return list;
}

json::object finding_json(const verdict::FindingReport& f) {
  json::object out{
      {"id", f.id},       {"kind", f.kind},     {"mode", f.mode},   {"judgement", f.judgement},
      {"gates", f.gates}, {"detail", f.detail}, {"to_do", f.to_do}, {"earliest", time_or_null(f.earliest)}};
  if (f.stage) out["stage"] = *f.stage;
  if (f.kind == "record") return out;
  out["source"] = f.source;
  out["watermark"] = minute_or_null(f.watermark);
  out["stale"] = f.stale;
  if (!f.where.empty()) out["where"] = f.where;
  if (f.minutes) out["minutes"] = minutes_json(*f.minutes);
  if (f.qa) out["qa"] = qa_json(*f.qa);
  if (f.strip) out["strip"] = *f.strip;
  if (f.ranges) out["not_good"] = ranges_json(*f.ranges);
  if (f.candidates > 0) {
    out["candidates"] = f.candidates;
    out["candidates_met"] = f.candidates_met;
  }
  return out;
}

json::value text_or_null(const std::optional<std::string_view>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::object condition_json(const verdict::ConditionReport& c) {
  json::object out{{"state", c.state},
                   {"since", time_or_null(c.since)},
                   {"returns_at", time_or_null(c.returns_at)},
                   {"criterion", text_or_null(c.criterion)},
                   {"held_by", nullptr},
                   {"needs", nullptr}};
  if (c.held_by) {
    json::object held{{"what", c.held_by->what}, {"criterion", text_or_null(c.held_by->criterion)}};
    if (const auto& by = c.held_by->by) {
      held["role"] = by->role.empty() ? json::value(nullptr) : json::value(by->role);
      held["signer"] = to_text(by->signer);
      held["at"] = time_or_null(by->at);
    }
    out["held_by"] = std::move(held);
  }
  if (c.needs) out["needs"] = json::object{{"who", c.needs->who}, {"what", c.needs->what}};
  return out;
}

// Written by this program; anything else shows as no findings.
json::value stored_findings(const std::string& text) {
  boost::system::error_code error;
  auto findings = json::parse(text, error);
  return error ? json::value(json::array{}) : findings;
}

json::value cause_json(const std::optional<verdict::CauseReport>& cause) {
  if (!cause) return nullptr;
  return json::object{{"kind", cause->kind},
                      {"sentence", cause->sentence},
                      {"since", time_or_null(cause->since)},
                      {"ends", cause->end},
                      {"gates", cause->gates}};
}

}  // namespace

void add_condition(const verdict::AssessmentReport& report, json::object& members) {
  members["condition"] = condition_json(report.condition);
  members["cause"] = cause_json(report.cause);
}

json::array findings_json(const verdict::AssessmentReport& report) {
  json::array findings;
  for (const auto& finding : report.findings) findings.push_back(finding_json(finding));
  return findings;
}

json::object to_json(const verdict::AssessmentReport& r) {
  json::object out{{"kind", r.kind},
                   {"code", r.code},
                   {"status", r.status},
                   {"desired_status", r.desired_status},
                   {"health", r.health},
                   {"next_health", r.next_health},
                   {"reason", r.reason},
                   {"sentence", r.sentence},
                   {"to_do", r.advice},
                   {"notes", json::array(r.notes.begin(), r.notes.end())},
                   {"healthy_at", time_or_null(r.healthy_at)},
                   {"hold_until", time_or_null(r.hold_until)},
                   {"evidence", r.evidence},
                   {"record", r.record},
                   {"damped_failure", r.damped_failure},
                   {"window_minutes", r.window_minutes},
                   {"at", to_text(r.at)},
                   {"findings", findings_json(r)}};
  add_condition(r, out);
  if (r.links_evidence) out["links_evidence"] = *r.links_evidence;
  if (r.links_record) out["links_record"] = *r.links_record;
  if (r.window_slots > 0) out["window_slots"] = r.window_slots;
  if (!r.window_trouble.empty()) out["window_trouble"] = r.window_trouble;
  if (r.axis) {
    out["strip"] = json::object{{"from", to_text(Timestamp{r.axis->from})},
                                {"to", to_text(Timestamp{r.axis->to})},
                                {"minutes_a_cell", r.axis->minutes_a_cell}};
  }
  return out;
}

json::object to_json(const Decision& d, const Profile& profile) {
  auto out = brief_json(d, profile);
  out["findings"] = stored_findings(d.findings_json);
  return out;
}

json::object brief_json(const Decision& d, const Profile& profile) {
  return {{"id", d.id},
          {"at", to_text(d.at)},
          {"slot", d.slot.value},
          {"kind", to_text(d.kind)},
          {"pubkey", to_text(d.key)},
          {"code", d.code},
          {"from", spell(profile, d.kind, d.from)},
          {"to", spell(profile, d.kind, d.to)},
          {"reason", d.reason},
          {"sentence", d.sentence},
          {"signature", d.signature},
          {"policy", d.policy_digest},
          {"statement", d.statement ? json::value(*d.statement) : json::value()}};
}

}  // namespace dz::monitor
