#include "evidence/tally.h"

#include <array>

namespace dz::evidence {

std::string_view to_text(MinuteState state) {
  switch (state) {
    case MinuteState::Unobserved: return "unobserved";
    case MinuteState::Good: return "good";
    case MinuteState::Bad: return "bad";
  }
  return "invalid";
}

std::string_view to_text(Source source) {
  switch (source) {
    case Source::Counters: return "counters";
    case Source::ConfigAgent: return "config-agent";
    case Source::Qa: return "qa";
    case Source::LatencySamples: return "latency-samples";
  }
  return "added criterion";
}

std::string_view to_text(Signal signal) {
  switch (signal) {
    case Signal::Data: return "data";
    case Signal::Errors: return "errors";
    case Signal::Utilization: return "utilization";
    case Signal::Reporting: return "reporting";
    case Signal::ConfigAgent: return "config-agent";
    case Signal::TelemetryAgent: return "telemetry-agent";
    case Signal::Probes: return "probes";
    case Signal::Value: return "measure";
    case Signal::Carrier: return "carrier";
    case Signal::Discards: return "discards";
  }
  return "unknown";
}

std::string counters_text(CounterBits counters) {
  constexpr std::array<std::string_view, 10> kNames = {
      "in-errors", "out-errors",          "in-fcs-errors", "in-octets",    "out-octets",
      "loss",      "value out of bounds", "in-discards",   "out-discards", "carrier-transitions"};
  std::string text;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((counters >> i & 1) == 0) continue;
    if (!text.empty()) text += ", ";
    text += kNames[i];
  }
  return text;
}

SignalTally continued(SignalTally tally, Minute to) {
  constexpr std::uint64_t kLastHour = (std::uint64_t{1} << 60) - 1;
  const auto more = (to - tally.to).count();
  tally.to = to;
  tally.good += static_cast<int>(more);
  if (more > 0) tally.bad_since.reset();
  tally.damped_bad = more < 60 ? tally.damped_bad << more & kLastHour : 0;
  return tally;
}

SignalTally all_good(Minute from, Minute to) {
  SignalTally tally;
  tally.from = tally.earliest_from = from;
  tally.to = to;
  tally.good = static_cast<int>((to - from).count());
  tally.first_minute_observed = true;
  return tally;
}

}  // namespace dz::evidence
