#include "control/cause.h"

#include <array>

#include <fmt/format.h>

#include "domain/interface_name.h"

namespace dz::control {
namespace {

struct KindRow {
  CauseKind kind;
  std::string_view word;
};
constexpr std::array kKinds{
    KindRow{CauseKind::ClockNotBelieved, "clock-not-believed"},
    KindRow{CauseKind::SourceStale, "source-stale"},
    KindRow{CauseKind::SourcesDisagree, "sources-disagree"},
    KindRow{CauseKind::SourceSuspect, "source-suspect"},
    KindRow{CauseKind::ClockAhead, "clock-ahead"},
    KindRow{CauseKind::PubkeyChanged, "pubkey-changed"},
    KindRow{CauseKind::RowsLate, "rows-late"},
    KindRow{CauseKind::TimesBack, "times-back"},
    KindRow{CauseKind::DeviceSilent, "device-silent"},
    KindRow{CauseKind::ConfigAgentMissing, "config-agent-missing"},
    KindRow{CauseKind::TelemetryAgentSilent, "telemetry-agent-silent"},
    KindRow{CauseKind::QaFailing, "qa-failing"},
    KindRow{CauseKind::ParentPort, "parent-port"},
    KindRow{CauseKind::PortSilent, "port-silent"},
    KindRow{CauseKind::PortFlaps, "port-flaps"},
    KindRow{CauseKind::PortErrors, "port-errors"},
    KindRow{CauseKind::CountersFell, "counters-fell"},
    KindRow{CauseKind::PortIdle, "port-idle"},
    KindRow{CauseKind::PortDiscards, "port-discards"},
    KindRow{CauseKind::ProbesLost, "probes-lost"},
    KindRow{CauseKind::NoProbes, "no-probes"},
};

// " since 11:43"; nothing when it is longer than is known.
std::string since_text(const Cause& c, const CauseWords& words) {
  return c.since ? " since " + clock_text(*c.since, words.now) : std::string();
}

std::string_view source_of(const Cause& c, const CauseWords& words) { return words.policy.source_name(c.source); }

// "ams-dz001 Switch1/1/1", "every port of ams-dz001".
std::string port_text(const Cause& c, const CauseWords& words) {
  const auto device = words.code_of(c.device);
  return c.port.empty() ? "every port of " + device : fmt::format("{} {}", device, c.port);
}

// "ams-dz001:fra-dz001 from ams-dz001 to fra-dz001".
std::string direction_text(const Cause& c, const CauseWords& words) {
  const auto link = words.links.find(c.link);
  if (link == words.links.end()) return to_text(c.link);
  const auto& to = link->second.side_a == c.device ? link->second.side_z : link->second.side_a;
  return fmt::format("{} from {} to {}", link->second.code, words.code_of(c.device), words.code_of(to));
}

// What a port does, after its name.
std::string port_fault_text(CauseKind fault, const Cause& c, const CauseWords& words) {
  const auto since = since_text(c, words);
  const auto counters = evidence::counters_text(c.counters);
  const bool lasts = c.since.has_value();
  switch (fault) {
    case CauseKind::PortSilent:
      return fmt::format("{} no counter rows{}, although the device sends others", lasts ? "has sent" : "sends", since);
    case CauseKind::PortFlaps:
      return fmt::format("{} its carrier again and again{}", lasts ? "has lost" : "loses", since);
    case CauseKind::PortDiscards:
      return fmt::format("{} packets{}{}", lasts ? "has discarded" : "discards", since,
                         counters.empty() ? "" : " (" + counters + ")");
    case CauseKind::PortErrors:
      return fmt::format("{} {}{}", lasts ? "has counted" : "counts", counters.empty() ? "errors" : counters, since);
    case CauseKind::CountersFell:
      return fmt::format("{} counters below earlier ones{}: they were reset, or old readings are replayed",
                         lasts ? "has sent" : "sends", since);
    default:
      if (counters.empty()) return fmt::format("{} no traffic{}", lasts ? "has carried" : "carries", since);
      return fmt::format("{} no traffic{}: {} did not rise", lasts ? "has carried" : "carries", since, counters);
  }
}

std::string device_silent_text(const Cause& c, const CauseWords& words) {
  std::string what = "no counter rows";
  if (c.config_silent) what += ", no configuration fetch";
  if (c.telemetry_silent) what += ", no latency samples";
  if (!c.since) return fmt::format("{} sends nothing: {}", words.code_of(c.device), what);
  return fmt::format("{} has been silent{}: {}", words.code_of(c.device), since_text(c, words), what);
}

std::string stale_text(const Cause& c, const CauseWords& words) {
  const auto known = c.detail.empty() ? std::string() : ": " + c.detail;
  if (!c.since) return fmt::format("source {} has never answered{}", source_of(c, words), known);
  return fmt::format("source {} last answered for {}{}", source_of(c, words), clock_text(*c.since, words.now), known);
}

std::string suspect_text(const Cause& c, const CauseWords& words) {
  return fmt::format("{} of {} devices fell silent together{} ({}): source {} is suspected", c.silent.size(), c.active,
                     c.since ? " at " + clock_text(*c.since, words.now) : "", names_text(c.silent, words),
                     source_of(c, words));
}

std::string port_to_do(CauseKind fault, const Cause& c, const CauseWords& words) {
  const auto where = port_text(c, words);
  switch (fault) {
    case CauseKind::PortSilent:
      return fmt::format("let {} send its counters, or name an interface that the device has", where);
    case CauseKind::PortDiscards:
      return fmt::format("take traffic off {}, or give it more room: its queues overflow", where);
    case CauseKind::PortFlaps:
    case CauseKind::PortErrors: return fmt::format("repair {}: its optics, its cable, or its far end", where);
    case CauseKind::CountersFell:
      return fmt::format("nothing if {} was restarted: its next rows decide; otherwise stop what replays old readings",
                         words.code_of(c.device));
    default: return fmt::format("bring traffic back to {}: the port, its cable, or its far end", where);
  }
}

// Without its key on the ledger, starting it would bring nothing.
std::string agent_to_do(const Cause& c, const CauseWords& words) {
  const auto code = words.code_of(c.device);
  const auto device = words.devices.find(c.device);
  if (device == words.devices.end() || device->second.metrics_publisher != Pubkey{})
    return fmt::format("start the telemetry agent of {}", code);
  return fmt::format(
      "name the key of the telemetry agent of {0}: doublezero device update --pubkey {0} "
      "--metrics-publisher <key>",
      code);
}

}  // namespace

std::string_view to_text(CauseKind kind) { return kKinds[static_cast<std::size_t>(kind)].word; }

std::optional<CauseKind> parse_cause_kind(std::string_view word) {
  for (const auto& row : kKinds) {
    if (row.word == word) return row.kind;
  }
  return std::nullopt;
}

std::string subject_of(const Cause& c) {
  switch (c.kind) {
    case CauseKind::ClockNotBelieved: return "monitor clock";
    case CauseKind::SourceStale:
    case CauseKind::SourcesDisagree:
    case CauseKind::SourceSuspect: return fmt::format("source {}", static_cast<int>(c.source));
    case CauseKind::ClockAhead:
    case CauseKind::PubkeyChanged:
    case CauseKind::RowsLate:
    case CauseKind::TimesBack:
    case CauseKind::DeviceSilent: return fmt::format("device {} counters", to_text(c.device));
    case CauseKind::ConfigAgentMissing: return fmt::format("device {} config-agent", to_text(c.device));
    case CauseKind::TelemetryAgentSilent: return fmt::format("device {} telemetry-agent", to_text(c.device));
    case CauseKind::QaFailing: return fmt::format("device {} qa", to_text(c.device));
    case CauseKind::ParentPort:
    case CauseKind::PortSilent:
    case CauseKind::PortFlaps:
    case CauseKind::PortErrors:
    case CauseKind::CountersFell:
    case CauseKind::PortIdle:
    case CauseKind::PortDiscards: return fmt::format("port {} {}", to_text(c.device), interface_key(c.port));
    case CauseKind::ProbesLost:
    case CauseKind::NoProbes: return fmt::format("probes {} {}", to_text(c.link), to_text(c.device));
  }
  return {};
}

std::string CauseWords::code_of(const Pubkey& record) const {
  if (const auto device = devices.find(record); device != devices.end()) return device->second.code;
  if (const auto link = links.find(record); link != links.end()) return link->second.code;
  return to_text(record);
}

std::string names_text(const std::vector<Pubkey>& records, const CauseWords& words, std::size_t most) {
  std::string text;
  // One that is left over takes no more room than its count.
  const auto shown = records.size() <= most + 1 ? records.size() : most;
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + words.code_of(records[i]);
  if (shown < records.size()) text += fmt::format(" and {} more", records.size() - shown);
  return text;
}

std::string render_cause(const Cause& c, const CauseWords& words) {
  const auto since = since_text(c, words);
  const auto device = [&] { return words.code_of(c.device); };
  switch (c.kind) {
    case CauseKind::ClockNotBelieved: return c.detail;
    case CauseKind::SourceStale: return stale_text(c, words);
    case CauseKind::SourcesDisagree:
      return fmt::format("two stores tell different things of source {}{}{}", source_of(c, words),
                         c.detail.empty() ? "" : ": ", c.detail);
    case CauseKind::SourceSuspect: return suspect_text(c, words);
    case CauseKind::ClockAhead:
      return fmt::format("the clock of {} is {} ahead: its rows are not taken", device(), duration_text(c.by));
    case CauseKind::PubkeyChanged:
      return fmt::format("rows of {} come under pubkey {}, which is not on the ledger", device(), c.detail);
    case CauseKind::RowsLate:
      return fmt::format("rows of {} come {} late: its clock is behind, or what sends them is slow", device(),
                         duration_text(c.by));
    case CauseKind::TimesBack:
      return fmt::format(
          "rows of {} went back in time by {}{}: its clock was set back, or it sends old rows after newer ones",
          device(), duration_text(c.by), c.since ? " at " + clock_text(*c.since, words.now) : "");
    case CauseKind::DeviceSilent: return device_silent_text(c, words);
    case CauseKind::ConfigAgentMissing:
      return fmt::format("the config agent of {} {} no configuration{}", device(), c.since ? "has fetched" : "fetches",
                         since);
    case CauseKind::TelemetryAgentSilent:
      return fmt::format("the telemetry agent of {} {} no latency samples{}", device(),
                         c.since ? "has written" : "writes", since);
    case CauseKind::QaFailing: return fmt::format("QA of {} {}{}", device(), c.since ? "has failed" : "fails", since);
    case CauseKind::ParentPort:
      return fmt::format("{}, the parent port of {}, {}", port_text(c, words),
                         c.sub_interface.empty() ? "several interfaces" : c.sub_interface,
                         port_fault_text(c.fault, c, words));
    case CauseKind::PortSilent:
    case CauseKind::PortFlaps:
    case CauseKind::PortErrors:
    case CauseKind::CountersFell:
    case CauseKind::PortIdle:
    case CauseKind::PortDiscards: return fmt::format("{} {}", port_text(c, words), port_fault_text(c.kind, c, words));
    case CauseKind::ProbesLost:
      return fmt::format("probes of {} {} lost{}", direction_text(c, words), c.since ? "have been" : "are", since);
    case CauseKind::NoProbes:
      return fmt::format("probes of {} {} no samples{}", direction_text(c, words), c.since ? "have had" : "have",
                         since);
  }
  return {};
}

std::string render_title(const Cause& c, const CauseWords& words) {
  const auto of_port = [&](CauseKind fault) {
    const auto where = port_text(c, words);
    switch (fault) {
      case CauseKind::PortSilent: return "no rows of " + where;
      case CauseKind::PortFlaps: return "carrier transitions at " + where;
      case CauseKind::PortDiscards: return "discards at " + where;
      case CauseKind::PortErrors:
        return fmt::format("{} at {}", c.counters == 0 ? "errors" : evidence::counters_text(c.counters), where);
      case CauseKind::CountersFell: return "counters of " + where + " below earlier ones";
      default: return "no traffic at " + where;
    }
  };
  switch (c.kind) {
    case CauseKind::ClockNotBelieved: return "clock of the monitor";
    case CauseKind::SourceStale: return fmt::format("source {} without answers", source_of(c, words));
    case CauseKind::SourcesDisagree: return fmt::format("two stores of source {}", source_of(c, words));
    case CauseKind::SourceSuspect: return fmt::format("mass silence of source {}", source_of(c, words));
    case CauseKind::ClockAhead: return fmt::format("clock of {} ahead", words.code_of(c.device));
    case CauseKind::PubkeyChanged: return fmt::format("rows of {} under an old pubkey", words.code_of(c.device));
    case CauseKind::RowsLate: return fmt::format("late rows of {}", words.code_of(c.device));
    case CauseKind::TimesBack: return fmt::format("rows of {} back in time", words.code_of(c.device));
    case CauseKind::DeviceSilent: return fmt::format("silence of {}", words.code_of(c.device));
    case CauseKind::ConfigAgentMissing: return fmt::format("no config agent on {}", words.code_of(c.device));
    case CauseKind::TelemetryAgentSilent: return fmt::format("no telemetry agent on {}", words.code_of(c.device));
    case CauseKind::QaFailing: return fmt::format("failing QA of {}", words.code_of(c.device));
    case CauseKind::ParentPort: return of_port(c.fault);
    case CauseKind::PortSilent:
    case CauseKind::PortFlaps:
    case CauseKind::PortErrors:
    case CauseKind::CountersFell:
    case CauseKind::PortIdle:
    case CauseKind::PortDiscards: return of_port(c.kind);
    case CauseKind::ProbesLost: return "lost probes of " + direction_text(c, words);
    case CauseKind::NoProbes: return "no probes of " + direction_text(c, words);
  }
  return {};
}

std::string render_to_do(const Cause& c, const CauseWords& words) {
  const auto device = [&] { return words.code_of(c.device); };
  switch (c.kind) {
    case CauseKind::ClockNotBelieved: return "set the clock of the monitor's machine: check its time service";
    case CauseKind::SourceStale:
      return fmt::format("bring source {} back: its store, and the way to it", source_of(c, words));
    case CauseKind::SourcesDisagree:
      return fmt::format("see which store of source {} is wrong, and take it out of the settings", source_of(c, words));
    case CauseKind::SourceSuspect:
      return fmt::format("check source {} and what lies between it and the devices", source_of(c, words));
    case CauseKind::ClockAhead:
      return fmt::format("set the clock of {}: it is {} ahead", device(), duration_text(c.by));
    case CauseKind::PubkeyChanged:
      return fmt::format("set the pubkey {} on the switch of {} (tag dzd_pubkey) and on its agents", to_text(c.device),
                         device());
    case CauseKind::RowsLate:
      return fmt::format("set the clock of {}, or speed up what carries its rows: they come {} late", device(),
                         duration_text(c.by));
    case CauseKind::TimesBack:
      return fmt::format("see that the clock of {} is right, and that nothing sends its old rows", device());
    case CauseKind::DeviceSilent:
      return c.since ? fmt::format("bring {} back, or what publishes its counters", device())
                     : fmt::format("set up what publishes the counters of {}", device());
    case CauseKind::ConfigAgentMissing: return fmt::format("start the config agent of {}", device());
    case CauseKind::TelemetryAgentSilent: return agent_to_do(c, words);
    case CauseKind::QaFailing: return fmt::format("repair what QA finds broken at {}", device());
    case CauseKind::ParentPort: return port_to_do(c.fault, c, words);
    case CauseKind::PortSilent:
    case CauseKind::PortFlaps:
    case CauseKind::PortErrors:
    case CauseKind::CountersFell:
    case CauseKind::PortIdle:
    case CauseKind::PortDiscards: return port_to_do(c.kind, c, words);
    case CauseKind::ProbesLost: return "repair the way of the probes of " + direction_text(c, words);
    case CauseKind::NoProbes: return "let the telemetry agent send probes of " + direction_text(c, words);
  }
  return {};
}

std::string render_end(const Cause& c, const CauseWords& words) {
  const auto device = [&] { return words.code_of(c.device); };
  const auto of_port = [&](CauseKind fault) {
    const auto where = port_text(c, words);
    switch (fault) {
      case CauseKind::PortSilent: return fmt::format("{} sends counter rows again", where);
      case CauseKind::PortFlaps: return fmt::format("{} keeps its carrier for a minute", where);
      case CauseKind::PortDiscards: return fmt::format("{} passes a minute without discards", where);
      case CauseKind::PortErrors: return fmt::format("{} passes a minute without errors", where);
      case CauseKind::CountersFell:
        return fmt::format("the counters of {} are known to have been reset, or rise above the earlier ones", where);
      default: return fmt::format("{} carries traffic in and out for a minute", where);
    }
  };
  switch (c.kind) {
    case CauseKind::ClockNotBelieved: return "the ledger's blocks or the devices' rows agree with the clock";
    case CauseKind::SourceStale: return fmt::format("source {} answers again", source_of(c, words));
    case CauseKind::SourcesDisagree: return fmt::format("both stores of source {} agree", source_of(c, words));
    case CauseKind::SourceSuspect: return fmt::format("more than half of the {} devices send again", c.active);
    case CauseKind::ClockAhead: return fmt::format("{} sends rows of the right time", device());
    case CauseKind::PubkeyChanged: return fmt::format("rows of {} come under its own pubkey", device());
    case CauseKind::RowsLate: return fmt::format("rows of {} come in time", device());
    case CauseKind::TimesBack: return fmt::format("rows of {} are newer than all before", device());
    case CauseKind::DeviceSilent: return fmt::format("{} sends counter rows again", device());
    case CauseKind::ConfigAgentMissing: return fmt::format("the config agent of {} fetches a configuration", device());
    case CauseKind::TelemetryAgentSilent:
      return fmt::format("the telemetry agent of {} writes latency samples", device());
    case CauseKind::QaFailing: return fmt::format("QA of {} passes", device());
    case CauseKind::ParentPort: return of_port(c.fault);
    case CauseKind::PortSilent:
    case CauseKind::PortFlaps:
    case CauseKind::PortErrors:
    case CauseKind::CountersFell:
    case CauseKind::PortIdle:
    case CauseKind::PortDiscards: return of_port(c.kind);
    case CauseKind::ProbesLost: return fmt::format("no probe of {} is lost for a minute", direction_text(c, words));
    case CauseKind::NoProbes: return fmt::format("probes of {} have samples", direction_text(c, words));
  }
  return {};
}

verdict::Who who_acts(const Cause& c) {
  return c.kind <= CauseKind::SourceSuspect ? verdict::Who::Operator : verdict::Who::Contributor;
}

}  // namespace dz::control
