// What a monitor raises when people have to look: the kinds, what is known of each, and the sentence for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/pubkey.h"
#include "base/time.h"
#include "domain/profile.h"
#include "evidence/tally.h"

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

struct MonitorAlarm {
  AlarmKind kind = AlarmKind::MassSilence;
  // MassSilence, StaleSource, SourcesDisagree
  evidence::Source source = evidence::Source::Counters;
  std::optional<Minute> since;  // StaleSource: the watermark; none when it never answered
  int devices = 0;              // MassSilence: size of the frozen set
  std::string detail;           // what is known besides: the store's name and what it last said; may be empty
                                // ChangeBudget: what was spent, what is deferred. ClockNotBelieved: why
  // HealthDisagreement, ImpairedInService
  Pubkey key;
  RecordKind record = RecordKind::Link;
  Health found = Health::Unknown;  // on the ledger
  Health own = Health::Unknown;    // what this monitor last wrote or adopted
  Health verdict = Health::Unknown;
  bool operator==(const MonitorAlarm&) const = default;
};

// One sentence: what was expected, what was found, what to do. name: the code of the record, or the source's name
// (Policy::source_name). The profile says how the ledger's people spell health.
std::string render_alarm(const MonitorAlarm& alarm, std::string_view name, Timestamp now,
                         const Profile& profile = rfc_profile());

}  // namespace dz::control
