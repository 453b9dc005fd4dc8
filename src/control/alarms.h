// What a monitor raises when people have to look: the kinds, what is known of each, and the sentence for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "domain/profile.h"
#include "evidence/tally.h"
#include "verdict/record_tallies.h"

namespace dz::control {

enum class AlarmKind : std::uint8_t {
  MassSilence,         // many devices of one source fell silent together: suspect the source
  StaleSource,         // a source stopped answering
  HealthDisagreement,  // somebody else wrote a health that this monitor would change; it stops writing the record
  ImpairedInService,   // an activated record is impaired: people have to look
  SourcesDisagree,     // two stores tell different things of one source; raised by who compares them
  ChangeBudget,        // more is to be written than is allowed; raised by who counts
  ClockNotBelieved,    // no minute closes and nothing is judged; raised by who watches the clock
};
std::string_view to_text(AlarmKind kind);  // "mass-silence", ...
// Whether the alarm is about a record, not about a source.
bool is_of_record(AlarmKind kind);

enum class AlarmState : std::uint8_t {
  Failing,     // what it is about goes on
  Recovering,  // it has ended, and has not been clean for long enough yet
};
std::string_view to_text(AlarmState state);  // "failing", "recovering"

struct MonitorAlarm {
  AlarmKind kind = AlarmKind::MassSilence;
  AlarmState state = AlarmState::Failing;
  // Since when it is in that state: failing since the first bad minute of the present run, or since the source was
  // suspected or answered last; recovering since the first clean minute. None: nobody knows, or it never was otherwise.
  std::optional<Timestamp> since;
  // MassSilence, StaleSource, SourcesDisagree
  evidence::Source source = evidence::Source::Counters;
  int devices = 0;             // MassSilence: those that sent before. SourcesDisagree: those that differ
  std::vector<Pubkey> silent;  // MassSilence: those of them that are silent in the newest closed minute
  std::string detail;  // what is known besides: the store's name and what it last said, the names of the silent;
                       // may be empty. ChangeBudget: what was spent, what is deferred. ClockNotBelieved: why
  // HealthDisagreement, ImpairedInService
  Pubkey key;
  RecordKind record = RecordKind::Link;
  Health found = Health::Unknown;  // on the ledger
  Health own = Health::Unknown;    // what this monitor last wrote or adopted
  Health verdict = Health::Unknown;
  // ImpairedInService
  std::string criterion;  // that decides, by name; may be empty
  verdict::Side side = verdict::Side::None;
  std::string where;                    // the interface: "ams-dz001 Switch1/1/1"; empty: none, or not known
  std::optional<Timestamp> returns_at;  // recovering: when it is healthy again, if it stays clean
  bool out_of_sight = false;            // failing: it was, and its newest minute is not known
  // What is behind it, where that is known: as a sentence, what to do, and what has to be seen for it to end.
  std::string cause, to_do, end;
  bool operator==(const MonitorAlarm&) const = default;
};

// One sentence: what was expected, what was found, what to do. name: the code of the record, or the source's name
// (Policy::source_name). The profile says how the ledger's people spell health.
std::string render_alarm(const MonitorAlarm& alarm, std::string_view name, Timestamp now,
                         const Profile& profile = rfc_profile());
// What has to happen for it to end: "more than half of the 9 devices send again".
std::string render_alarm_end(const MonitorAlarm& alarm, std::string_view name, Timestamp now);

}  // namespace dz::control
