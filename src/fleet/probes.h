// What the telemetry agents measure: one round trip time every 10 s for each direction of each link.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "fleet/fault.h"
#include "fleet/time_span.h"
#include "fleet/topology.h"

namespace dz::fleet {

inline constexpr Duration kProbeInterval = std::chrono::seconds{10};
inline constexpr Duration kSubmitInterval = std::chrono::minutes{1};
inline constexpr std::size_t kMostSamplesAWrite = 239;  // what fits into one transaction

// Probes of a link from one side.
struct Direction {
  std::string link, origin, target;  // codes
  bool operator==(const Direction&) const = default;
};

// Both directions of every link; the origins whose samples nobody may write (no metrics publisher) are left out.
std::vector<Direction> probed_directions(const FleetTopology& topology);

struct Sample {
  Timestamp at;
  std::uint32_t rtt_us = 0;  // 0: lost
  bool operator==(const Sample&) const = default;
};

// One agent's probing of one link.
struct Probing {
  const TopologyLink& link;
  const Direction& direction;
  std::uint64_t seed = 1;
};

// Measured within the span, in microseconds around the link's delay; nothing while the agent is away or does not probe.
std::vector<Sample> samples_between(const Probing& probing, const TimeSpan& span, const std::vector<Fault>& faults);

}  // namespace dz::fleet
