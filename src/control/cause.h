// Why a record fails: the cause behind what its criteria show, where it is known. A wrong clock, a device that fell
// silent and a port with errors are causes; the minutes without rows of every link at that device are their symptoms.
// Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/monitor_inputs.h"
#include "verdict/condition.h"

namespace dz::control {

// What explains more comes first: of several causes of one record the first leads.
enum class CauseKind : std::uint8_t {
  ClockNotBelieved,  // of this machine
  SourceStale,       // a source does not answer
  SourcesDisagree,   // two stores tell different things of one source
  SourceSuspect,     // a mass silence
  ClockAhead,        // a device's: its rows are not taken
  PubkeyChanged,     // a device was created anew, and its rows come under the old pubkey
  RowsLate,          // a device's clock is behind, or what carries its rows is slow
  TimesBack,         // a device's rows are stamped before earlier ones: its clock was set back
  DeviceSilent,
  ConfigAgentMissing,
  TelemetryAgentSilent,
  QaFailing,
  ParentPort,  // what stands in for sub-interfaces without counters of their own is at fault
  PortSilent,
  PortFlaps,  // its carrier comes and goes
  PortErrors,
  CountersFell,  // were reset, or old readings are replayed
  PortIdle,
  PortDiscards,
  ProbesLost,
  NoProbes,
};
std::string_view to_text(CauseKind kind);  // "clock-ahead"
std::optional<CauseKind> parse_cause_kind(std::string_view word);

struct Cause {
  CauseKind kind = CauseKind::DeviceSilent;
  evidence::Source source = evidence::Source::Counters;  // of sources
  Pubkey device;                                         // all but those of sources; of probes, their origin
  Pubkey link;                                           // of probes
  std::string port;                                      // of ports, the one that sends the counters; empty: all
  std::string sub_interface;                             // ParentPort: for which it stands in; empty: several
  CauseKind fault = CauseKind::PortErrors;               // ParentPort: what is wrong with it
  evidence::CounterBits counters = 0;                    // CounterBit set: that rose, or did not rise
  Duration by{};                                         // ClockAhead, RowsLate, TimesBack
  std::string detail;             // PubkeyChanged: the old one. Of sources: what else is known. Else empty
  std::vector<Pubkey> silent;     // SourceSuspect
  int active = 0;                 // SourceSuspect: devices that sent before
  bool config_silent = false;     // DeviceSilent: its config agent is silent too
  bool telemetry_silent = false;  // and its telemetry agent
  // The first bad minute of the present run, or when the source last answered; none: longer than is known.
  std::optional<Timestamp> since;

  bool operator==(const Cause&) const = default;
};

// What is at fault, whatever is wrong with it: causes of one subject follow each other, and are one incident. Lasting:
// made of pubkeys, not of codes.
std::string subject_of(const Cause& cause);

// What a cause is told with. All outlive it.
struct CauseWords {
  const std::map<Pubkey, Link>& links;
  const std::map<Pubkey, Device>& devices;
  const verdict::Policy& policy;
  Timestamp now;

  std::string code_of(const Pubkey& record) const;  // the pubkey of what is no record any more
};

// "the clock of ams-dz001 is 9 min ahead: its rows are not taken".
std::string render_cause(const Cause& cause, const CauseWords& words);
// Without a tense, for what is over too: "clock of ams-dz001 ahead".
std::string render_title(const Cause& cause, const CauseWords& words);
// "set the clock of ams-dz001: it is 9 min ahead".
std::string render_to_do(const Cause& cause, const CauseWords& words);
// What has to be seen for it to be over: "rows of ams-dz001 carry the right time".
std::string render_end(const Cause& cause, const CauseWords& words);
verdict::Who who_acts(const Cause& cause);

// "ams-dz001, fra-dz001 and 4 more".
std::string names_text(const std::vector<Pubkey>& records, const CauseWords& words, std::size_t most = 5);

}  // namespace dz::control
