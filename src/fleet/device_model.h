// One simulated device: its port counters as EOS sends them, and its config agent's calls as our line protocol has
// them (docs/formats/line-protocol.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "fleet/counters.h"
#include "fleet/fault.h"
#include "fleet/time_span.h"
#include "fleet/topology.h"

namespace dz::fleet {

// One line of line protocol without its newline, and when it leaves the device.
struct Line {
  Timestamp sent;
  std::string text;
};

class DeviceModel {
 public:
  DeviceModel(const TopologyDevice& device, const Pubkey& pubkey, std::uint64_t seed, Timestamp start);

  const std::string& code() const { return code_; }
  const Pubkey& pubkey() const { return pubkey_; }
  // Traffic on the port of an interface (or only probes and control traffic).
  void set_busy(const std::string& interface, bool busy, Timestamp at);

  // What it says of a span of time, appended to `out`: octets and packets every `cadence` a port; errors, discards
  // and carrier transitions only when they changed since they were last sent (all of them at the first reading);
  // a getconfig success every 5 s, or several in one line when the cadence is coarser. Calls follow one another in
  // time. A line may be sent after the span: see FaultKind::Late.
  void lines_between(const ReadingTimes& times, const std::vector<Fault>& faults, std::vector<Line>& out);

 private:
  struct Port {
    std::string name, key, tags;
    std::uint64_t seed;
    SimulatedCounters counters;
    std::optional<Reading> sent;  // what the collector was told of the sparse counters
  };
  void port_lines(Port& port, const ReadingTimes& times, const std::vector<const Fault*>& faults,
                  std::vector<Line>& out);
  void reading_lines(Port& port, Timestamp at, const std::vector<const Fault*>& faults, std::vector<Line>& out);
  void getconfig_lines(ReadingTimes times, const std::vector<Fault>& faults, std::vector<Line>& out) const;

  std::string code_;
  Pubkey pubkey_;
  std::uint64_t seed_;
  std::vector<Port> ports_;
};

}  // namespace dz::fleet
