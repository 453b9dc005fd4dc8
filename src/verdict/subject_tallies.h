// The evidence about one link or one device, as a verdict reads it: pointers to tallies that somebody else keeps
// (control/gather.h fills it from the store). Valid for one call. A null tally means that nothing was ever seen.
#pragma once

#include <array>
#include <vector>

#include "domain/records.h"
#include "evidence/tally.h"

namespace dz {

struct SourceView {
  SourceState state;
  Duration delay{};  // minute m is closed at m + 1 min + delay: the source's lateness or lag
};
using Sources = std::array<SourceView, kSourceCount>;
inline const SourceView& view_of(const Sources& sources, Source s) { return sources[static_cast<std::size_t>(s)]; }

struct PortTallies {
  const SignalTally* data = nullptr;
  const SignalTally* errors = nullptr;
  const SignalTally* utilization = nullptr;
};

struct LinkTallies {
  PortTallies a, z;
  const SignalTally* az_probes = nullptr;
  const SignalTally* za_probes = nullptr;
};

// A DIA or CYOA interface of a device, whatever its status.
struct DevicePort {
  const Interface* port = nullptr;
  PortTallies evidence;
};

// A link of a device, whatever its status.
struct DeviceLink {
  const Link* link = nullptr;
  const Interface* port = nullptr;  // this device's end; null when the device record has no such interface
  LinkTallies evidence;
};

struct DeviceTallies {
  const SignalTally* reporting = nullptr;
  const SignalTally* config_agent = nullptr;
  const SignalTally* telemetry_agent = nullptr;
  const QaEvidence* qa = nullptr;
  std::vector<DevicePort> dia, cyoa;
  std::vector<DeviceLink> links;
};

}  // namespace dz
