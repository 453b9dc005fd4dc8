// What can be wrong with a device, declared as one line of text:
//   errors device=ams-dz001 interface=Switch1/1/1 counter=in-errors every=10s at=-3h for=2m
// docs/operating/fleet.md lists the kinds and their keys.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fleet/topology.h"

namespace dz::fleet {

// In the order of EOS rows; from InErrors on they are sent only when they change.
enum class Counter : std::uint8_t {
  InOctets,
  OutOctets,
  InPkts,
  OutPkts,
  InUnicastPkts,
  OutUnicastPkts,
  InMulticastPkts,
  OutMulticastPkts,
  InBroadcastPkts,
  OutBroadcastPkts,
  InErrors,
  OutErrors,
  InFcsErrors,
  InDiscards,
  OutDiscards,
  CarrierTransitions  // a row of its own
};
inline constexpr std::size_t kCounterCount = 16;
inline constexpr Counter kFirstSparse = Counter::InErrors;
std::string_view to_text(Counter counter);  // "in-fcs-errors", the field's name

enum class FaultKind : std::uint8_t {
  Errors,            // `counter` of the port rises by one every `period`
  Silence,           // no counter rows
  Idle,              // octets and packets stand still
  Reset,             // the counters start again from 0 at `from`
  Replay,            // readings are those of `period` before
  NoConfigAgent,     // no getconfig
  NoTelemetryAgent,  // no latency samples from the device
  QaFailure,         // QA of the device fails
  ProbeLoss,         // samples are 0
  NoProbes,          // no samples
  Late,              // counter rows arrive `period` late; without period: when the fault is over
  WrongClock,        // counter rows carry a time `period` ahead (or behind)
  Flapping,          // the carrier of the port goes and comes back every `period`
  Congested,         // the port's queues overflow every `period`: it discards packets
};
std::string_view to_text(FaultKind kind);  // "no-config-agent"

struct Fault {
  FaultKind kind = FaultKind::Silence;
  std::string device;     // of all kinds but ProbeLoss and NoProbes, where it names the origin (empty: both)
  std::string interface;  // the counters' kinds; empty: every port. A sub-interface stands for its parent port
  std::string link;       // ProbeLoss and NoProbes
  Counter counter = Counter::InErrors;  // of Errors
  Duration period{0};
  Timestamp from;
  std::optional<Timestamp> to;  // half-open; none: until it is ended

  bool operator==(const Fault&) const = default;
  bool active(Timestamp at) const { return at >= from && (!to || at < *to); }
};

// "KIND key=value ...": device, interface, link, from (the origin of probes), counter, every, age, delay, offset, at
// ("-3h", "+90s", "now" (default), or RFC 3339), for. Refused: an unknown kind or key, a key the kind does not take, a
// missing or malformed one.
Result<Fault> parse_fault(std::string_view text, Timestamp now);
// One a line; '#' begins a comment. A refusal names the line.
Result<std::vector<Fault>> parse_fault_script(std::string_view text, Timestamp now);
// Refused when the topology has no such device, port or link.
Result<void> check_fault(const Fault& fault, const FleetTopology& topology);
// In the form parse_fault reads, times in RFC 3339.
std::string to_text(const Fault& fault);

}  // namespace dz::fleet
