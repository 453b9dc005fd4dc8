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

std::string_view to_text(AlarmState state) { return state == AlarmState::Failing ? "failing" : "recovering"; }

namespace {

std::string silence_text(const MonitorAlarm& a, std::string_view name, Timestamp now) {
  return fmt::format(
      "{} of {} devices of source {} fell silent together at {}{}: the source is suspected, and silent minutes count "
      "as "
      "unobserved until more than half of the {} send again; check the source",
      a.silent.size(), a.devices, name, clock_text(*a.since, now), a.detail.empty() ? "" : " (" + a.detail + ")",
      a.devices);
}

std::string impaired_text(const MonitorAlarm& a, std::string_view name, Timestamp now) {
  const auto where = a.where.empty() ? std::string() : " at " + a.where;
  if (a.state == AlarmState::Recovering) {
    return fmt::format("{} {} is in service and recovering{}{}{}", to_text(a.record), name, where,
                       a.since ? ": clean since " + clock_text(*a.since, now) : "",
                       a.returns_at
                           ? fmt::format(", healthy again from {} on if it stays clean", clock_text(*a.returns_at, now))
                           : "");
  }
  const auto since = a.since ? " since " + clock_text(*a.since, now) : "";
  if (!a.cause.empty()) {
    return fmt::format("{} {} is in service and impaired: {}; {}, or drain it", to_text(a.record), name, a.cause,
                       a.to_do);
  }
  return fmt::format("{} {} is in service and impaired{}{}{}: {}, or drain it", to_text(a.record), name,
                     a.criterion.empty() ? "" : " by " + a.criterion, where, since,
                     a.out_of_sight ? "wait until it is observed again" : "repair it");
}

}  // namespace

std::string render_alarm(const MonitorAlarm& a, std::string_view name, Timestamp now, const Profile& profile) {
  switch (a.kind) {
    case AlarmKind::MassSilence: return silence_text(a, name, now);
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
    case AlarmKind::ImpairedInService: return impaired_text(a, name, now);
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

std::string render_alarm_end(const MonitorAlarm& a, std::string_view name, Timestamp now) {
  switch (a.kind) {
    case AlarmKind::MassSilence: return fmt::format("more than half of the {} devices send again", a.devices);
    case AlarmKind::StaleSource: return fmt::format("source {} answers again", name);
    case AlarmKind::HealthDisagreement: return "whoever else writes health and the evidence agree";
    case AlarmKind::ImpairedInService:
      if (a.state == AlarmState::Failing) return a.end.empty() ? "its window is clean again" : a.end;
      return a.returns_at ? fmt::format("it stays clean until {}", clock_text(*a.returns_at, now))
                          : "its window is clean again";
    case AlarmKind::SourcesDisagree: return fmt::format("both stores of source {} agree", name);
    case AlarmKind::ChangeBudget: return "what is deferred could be written within the limits";
    case AlarmKind::ClockNotBelieved: return "the ledger's blocks or the devices' rows agree with the clock";
  }
  return {};
}

}  // namespace dz::control
