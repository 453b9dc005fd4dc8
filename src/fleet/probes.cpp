#include "fleet/probes.h"

#include <algorithm>

#include "fleet/noise.h"

namespace dz::fleet {
namespace {

bool probes(const Direction& direction, Timestamp at, const std::vector<Fault>& faults) {
  return std::none_of(faults.begin(), faults.end(), [&](const Fault& fault) {
    if (!fault.active(at)) return false;
    if (fault.kind == FaultKind::NoTelemetryAgent) return fault.device == direction.origin;
    return fault.kind == FaultKind::NoProbes && fault.link == direction.link &&
           (fault.device.empty() || fault.device == direction.origin);
  });
}

bool lost(const Direction& direction, Timestamp at, const std::vector<Fault>& faults) {
  return std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
    return fault.kind == FaultKind::ProbeLoss && fault.active(at) && fault.link == direction.link &&
           (fault.device.empty() || fault.device == direction.origin);
  });
}

}  // namespace

std::vector<Direction> probed_directions(const FleetTopology& topology) {
  std::vector<Direction> out;
  for (const TopologyLink& link : topology.links) {
    for (const auto& [origin, target] : {std::pair{link.side_a, link.side_z}, std::pair{link.side_z, link.side_a}}) {
      if (find_device(topology, origin)->has_metrics_publisher) out.push_back({link.code, origin, target});
    }
  }
  return out;
}

std::vector<Sample> samples_between(const Probing& probing, const TimeSpan& span, const std::vector<Fault>& faults) {
  const auto& [link, direction, seed] = probing;
  std::vector<Sample> out;
  const std::uint64_t own = noise(noise(seed, direction.link), direction.origin);
  const std::uint64_t jitter_us = std::max<std::uint64_t>(link.jitter_ns / 1000, 1);
  auto beat = span.from.time_since_epoch() / kProbeInterval;
  if (Timestamp{kProbeInterval * beat} < span.from) ++beat;
  for (; Timestamp{kProbeInterval * beat} < span.to; ++beat) {
    const Timestamp at{kProbeInterval * beat};
    if (!probes(direction, at, faults)) continue;
    const std::uint64_t wobble = noise(own, static_cast<std::uint64_t>(beat)) % jitter_us / 4;
    const auto rtt = static_cast<std::uint32_t>(link.delay_ns / 1000 + wobble);
    out.push_back({at, lost(direction, at, faults) ? 0 : std::max<std::uint32_t>(rtt, 1)});
  }
  return out;
}

}  // namespace dz::fleet
