#include "verdict/script_world.h"

#include <algorithm>

#include "verdict/script.h"

namespace dz::verdict {

using std::chrono::minutes;

void ScriptWorld::update_sources(Timestamp now) {
  for (std::size_t i = 0; i < evidence::kSourceCount; ++i) {
    auto watermark = minute_of(now - lateness);
    const auto outage = outages.find(static_cast<evidence::Source>(i));
    if (outage != outages.end() && now >= outage->second.from && now < outage->second.to) {
      watermark = minute_of(outage->second.from - lateness);
    }
    sources_[i] = {{watermark, {}, 0}, lateness};
  }
}

const evidence::SignalTally* ScriptWorld::tally(const std::string& name, evidence::Source source) {
  const auto to = *view_of(sources_, source).state.watermark;
  const auto from = to - window_for(policy, health(), status()).length;
  const auto found = series.find(name);
  const evidence::TallyQuery query{from, to, policy.bad_allowed, policy.unobserved_allowed};
  static const NaiveSeries kGood{kScriptStart, std::vector<NaiveMinute>(kSeriesMinutes)};
  return &(tallies_[name] = naive_tally(found == series.end() ? kGood : found->second, query));
}

PortTallies ScriptWorld::port(const std::string& prefix) {
  return {tally(prefix + ".data", evidence::Source::Counters), tally(prefix + ".errors", evidence::Source::Counters),
          tally(prefix + ".utilization", evidence::Source::Counters),
          tally(prefix + ".carrier", evidence::Source::Counters),
          tally(prefix + ".discards", evidence::Source::Counters)};
}

LinkTallies ScriptWorld::link_evidence(const std::string& prefix) {
  return {port(prefix + "a"), port(prefix + "z"), tally(prefix + "az.probes", evidence::Source::LatencySamples),
          tally(prefix + "za.probes", evidence::Source::LatencySamples)};
}

void ScriptWorld::gather_device(const AssessmentContext& context) {
  const auto window = window_for(policy, device.health, device.status);
  evidence_ = {};
  evidence_.reporting = tally("reporting", evidence::Source::Counters);
  evidence_.config_agent = tally("config-agent", evidence::Source::ConfigAgent);
  evidence_.telemetry_agent = tally("telemetry-agent", evidence::Source::LatencySamples);
  for (const auto& i : device.interfaces) {
    if (i.dia != Dia::None) evidence_.dia.push_back({&i, port("dia." + i.name)});
    if (i.cyoa != Cyoa::None) evidence_.cyoa.push_back({&i, port("cyoa." + i.name)});
  }
  for (const auto& [code, record] : links) {
    evidence_.links.push_back({&record, find_interface(device, record.side_a_iface),
                               judge_link(link_evidence("link." + code + "."), window, context)});
  }
  const auto to = *view_of(sources_, evidence::Source::Qa).state.watermark;
  const auto from = to - policy.window_of(CriterionId::DeviceQa, window);
  qa_in_window_ = {from, to, {}, {}};
  std::copy_if(qa.results.begin(), qa.results.end(), std::back_inserter(qa_in_window_.results),
               [&](const evidence::QaResult& r) { return r.at >= from && r.at < to; });
  std::copy_if(qa.fleet_runs.begin(), qa.fleet_runs.end(), std::back_inserter(qa_in_window_.fleet_runs),
               [&](Timestamp t) { return t >= from && t < to; });
  evidence_.qa = &qa_in_window_;
}

void ScriptWorld::remember_from_start() {
  memory_.status = status();
  memory_.desired_status = desired();
  memory_.present_since = kScriptStart;
}

const Assessment& ScriptWorld::pass(Timestamp now) {
  update_sources(now);
  if (!memory_.present_since || memory_.status != status() || memory_.desired_status != desired()) {
    memory_.status = status();
    memory_.desired_status = desired();
    memory_.present_since = now;
  }
  if (!memory_.evidence_known_at) memory_.evidence_known_at = now;
  const AssessmentContext context{policy, sources_, now};
  if (is_link) {
    assess_link({link, link_evidence(""), memory_}, context, assessment_);
  } else {
    gather_device(context);
    assess_device({device, evidence_, memory_}, context, assessment_);
  }
  if (assessment_.evidence_behind_health() != Judgement::Unknown) memory_.evidence_known_at = now;
  health() = assessment_.to;
  return assessment_;
}

}  // namespace dz::verdict
