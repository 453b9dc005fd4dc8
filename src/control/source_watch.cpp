#include "control/source_watch.h"

#include <algorithm>

namespace dz::control {
namespace {

Timestamp next_close(Duration delay, Timestamp now) { return minute_of(now - delay) + std::chrono::minutes{1} + delay; }

// From when on a source is stale, if it does not answer again; none when it never answered.
std::optional<Timestamp> stale_from(const MonitorInputs& inputs, const verdict::Sources& sources,
                                    evidence::Source source) {
  const auto& watermark = view_of(sources, source).state.watermark;
  if (!watermark) return std::nullopt;
  return *watermark + inputs.policy.max_staleness_of(source) + Duration{1};
}

}  // namespace

std::vector<MonitorAlarm> source_alarms(const MonitorInputs& inputs, const verdict::Sources& sources) {
  std::vector<MonitorAlarm> alarms;
  for (const auto source : inputs.policy.sources()) {
    const auto& state = view_of(sources, source).state;
    MonitorAlarm alarm;
    alarm.source = source;
    if (state.suspect_since) {
      alarm.kind = AlarmKind::MassSilence;
      alarm.since = state.suspect_since;
      alarm.devices = state.suspect_devices;
      alarm.silent = inputs.evidence.suspected_silent(source);
      alarms.push_back(alarm);
      alarm.silent.clear();
    }
    if (source == evidence::Source::Qa) continue;
    const auto from = stale_from(inputs, sources, source);
    if (from && inputs.now < *from) continue;
    alarm.kind = AlarmKind::StaleSource;
    alarm.since = state.watermark;
    alarm.devices = 0;
    alarms.push_back(alarm);
  }
  return alarms;
}

Timestamp next_look_at_sources(const MonitorInputs& inputs, const verdict::Sources& sources) {
  auto next = inputs.now + std::chrono::minutes{1};
  for (const auto source : inputs.policy.sources()) {
    if (source == evidence::Source::Qa) continue;
    const bool closes_by_clock =
        source != evidence::Source::LatencySamples && inputs.evidence.settings().pushed(source);
    if (closes_by_clock) next = std::min(next, next_close(view_of(sources, source).delay, inputs.now));
    const auto from = stale_from(inputs, sources, source);
    if (from && inputs.now < *from) next = std::min(next, *from);
  }
  return next;
}

}  // namespace dz::control
