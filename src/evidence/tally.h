// What a verdict sees of the evidence: counts over one window of one signal of one subject. Rings (ring.h) produce
// tallies, verdict/ judges them and never sees a ring. Everything here is a plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace dz::evidence {

enum class MinuteState : std::uint8_t { Unobserved, Good, Bad };

std::string_view to_text(MinuteState state);  // "unobserved", "good", "bad"

// Where evidence comes from. Each has one watermark. Behind the named ones stand those of added criteria, one each.
enum class Source : std::uint8_t { Counters, ConfigAgent, Qa, LatencySamples };
inline constexpr std::size_t kNamedSources = 4;
inline constexpr std::size_t kMostAdded = 12;  // added criteria of one policy
inline constexpr std::size_t kSourceCount = kNamedSources + kMostAdded;
constexpr Source added_source(std::size_t criterion) { return static_cast<Source>(kNamedSources + criterion); }
constexpr bool is_added(Source source) { return static_cast<std::size_t>(source) >= kNamedSources; }
constexpr std::size_t added_number(Source source) { return static_cast<std::size_t>(source) - kNamedSources; }
std::string_view to_text(
    Source source);  // "counters", "config-agent", "qa", "latency-samples"; "added criterion" for the others

// Value: what an added criterion is judged by. Its text is "measure", the word of the pages' JSON.
// Carrier and Discards are of interfaces, as Errors is, and no errors: each has criteria of its own.
enum class Signal : std::uint8_t {
  Data,
  Errors,
  Utilization,
  Reporting,
  ConfigAgent,
  TelemetryAgent,
  Probes,
  Value,
  Carrier,
  Discards
};
std::string_view to_text(Signal signal);
constexpr bool is_of_events(Signal signal) { return signal == Signal::Carrier || signal == Signal::Discards; }

// Which counters made a minute bad. A set, because several may rise in one minute.
enum CounterBit : std::uint16_t {
  kInErrors = 1,
  kOutErrors = 2,
  kInFcsErrors = 4,
  kInOctets = 8,
  kOutOctets = 16,
  kLoss = 32,
  kOutOfBounds = 64,  // a value of an added criterion
  kInDiscards = 128,
  kOutDiscards = 256,
  kCarrierTransitions = 512
};
using CounterBits = std::uint16_t;                // a set of them
std::string counters_text(CounterBits counters);  // "in-errors, in-fcs-errors"; "" for none

struct Offence {
  Minute minute;
  CounterBits counters = 0;  // 0 when the minute was silent
  bool operator==(const Offence&) const = default;
};

// The window judged is [from, to), whole minutes, to = the source's watermark.
struct TallyQuery {
  Minute from, to;
  int bad_allowed = 0;
  int unobserved_allowed = 0;
};

struct SignalTally {
  Minute from, to;
  int good = 0, bad = 0, unobserved = 0;  // sum = minutes in the window
  std::optional<Offence> first_bad, last_bad;
  std::optional<Minute> first_unobserved, last_unobserved;
  bool first_minute_observed = false;
  // The smallest s >= from such that, were every minute from `to` on good, a window starting at s would hold at most
  // bad_allowed bad and unobserved_allowed unobserved minutes and begin with an observed one. The criterion can be
  // met at the earliest when the watermark reaches s + window.
  Minute earliest_from;
  // Damped judgement of the last 60 minutes before `to`: bit i = minute (to - 1 - i) is bad. Unobserved is not bad;
  // a counter's first value of unknown size is a baseline here, although it is bad in the strict counts above.
  std::uint64_t damped_bad = 0;
  bool derived = false;      // times were derived from the account, not from when samples were seen
  bool parent_port = false;  // counters of the parent port stand in for a sub-interface without its own
  // The first minute of the run of bad ones that goes on to the end of the window; none when its newest minute is not
  // bad.
  std::optional<Minute> bad_since;
  // Of Carrier and Discards: by how much the counters rose in the window, as far as it is known. 0: it is not, or they
  // did not.
  std::uint64_t rise = 0;

  bool operator==(const SignalTally&) const = default;
};

// Every minute of one signal over [from, from + states.size()), for people: strips and lists are made of it.
struct MinuteSeries {
  Minute from;
  std::vector<MinuteState> states;
  std::vector<CounterBits> counters;  // of a bad minute; 0 when it was silent, or not bad
  Minute to() const { return from + std::chrono::minutes{states.size()}; }
  bool operator==(const MinuteSeries&) const = default;
};

// The tally as it will be at `to`, not before its own, were every minute until then good.
SignalTally continued(SignalTally tally, Minute to);
// Of a window without anything but good minutes.
SignalTally all_good(Minute from, Minute to);

// A source is complete through its watermark. Nothing is judged at or after it.
struct SourceState {
  std::optional<Minute> watermark;      // none: never answered
  std::optional<Minute> suspect_since;  // mass silence: silent minutes of the frozen set are unobserved
  int suspect_devices = 0;              // size of the frozen set
  bool operator==(const SourceState&) const = default;
};

struct QaResult {
  Timestamp at;
  bool success = false;  // any success of the run counts
  bool operator==(const QaResult&) const = default;
};

// QA of one device over [from, to): its results, oldest first, one a timestamp; and when any run took place (other
// devices' results or a metadata row), oldest first.
struct QaEvidence {
  Minute from, to;
  std::vector<QaResult> results;
  std::vector<Timestamp> fleet_runs;
  bool operator==(const QaEvidence&) const = default;
};

}  // namespace dz::evidence
