#include "control/alarms.h"

#include <fmt/format.h>

namespace dz::control {

std::string_view to_text(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::MassSilence: return "mass-silence";
    case AlarmKind::StaleSource: return "stale-source";
    case AlarmKind::HealthDisagreement: return "health-disagreement";
    case AlarmKind::ImpairedInService: return "impaired-in-service";
    case AlarmKind::SourcesDisagree: return "sources-disagree";
    case AlarmKind::ChangeBudget: return "change-budget";
    case AlarmKind::ClockNotBelieved: return "clock-not-believed";
  }
  return "invalid";
}

bool is_of_record(AlarmKind kind) {
  return kind == AlarmKind::HealthDisagreement || kind == AlarmKind::ImpairedInService;
}

std::string render_alarm(const MonitorAlarm& a, std::string_view name, Timestamp now, const Profile& profile) {
  switch (a.kind) {
    case AlarmKind::MassSilence:
      return fmt::format(
          "{} devices of source {} fell silent together at {}: the source is suspected, and their silent "
          "minutes count as unobserved until more than half of them send again; check the source",
          a.devices, name, clock_text(*a.since, now));
    case AlarmKind::StaleSource:
      if (!a.since) {
        return fmt::format("source {} has never answered: nothing that needs it can be met{}{}", name,
                           a.detail.empty() ? "" : "; ", a.detail);
      }
      return fmt::format("source {} last answered for {}: what it shows as met counts as unknown; check the source{}{}",
                         name, clock_text(*a.since, now), a.detail.empty() ? "" : ": ", a.detail);
    case AlarmKind::HealthDisagreement:
      return fmt::format(
          "{} {}: expected health {} as this monitor left it, found {}, which the evidence would make {}; "
          "nothing is written to it until they agree: find out who else writes health",
          to_text(a.record), name, spell(profile, a.record, a.own), spell(profile, a.record, a.found),
          spell(profile, a.record, a.verdict));
    case AlarmKind::ImpairedInService:
      return fmt::format("{} {} is in service and impaired: repair it, or drain it", to_text(a.record), name);
    case AlarmKind::SourcesDisagree:
      return fmt::format(
          "two stores tell different things of source {}: {}; what it shows as met counts as unknown "
          "until they agree: find out which is wrong",
          name, a.detail);
    case AlarmKind::ChangeBudget:
      return fmt::format("health is held back: {}; see what changed at once, and raise the limits if it is right",
                         a.detail);
    case AlarmKind::ClockNotBelieved: return a.detail;
  }
  return {};
}

}  // namespace dz::control
