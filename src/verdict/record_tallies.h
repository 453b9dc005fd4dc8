// The evidence about one link or one device, as a verdict reads it: pointers to tallies that somebody else keeps
// (control/gather.h fills it from the rings). Valid for one call. A null tally means that nothing was ever seen.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/records.h"
#include "evidence/tally.h"
#include "verdict/health_table.h"
#include "verdict/to_do.h"

namespace dz::verdict {

struct SourceView {
  evidence::SourceState state;
  Duration delay{};       // minute m is closed at m + 1 min + delay: the source's lateness or lag
  bool disputed = false;  // two stores tell different things of it: it is judged as stale
};
using Sources = std::array<SourceView, evidence::kSourceCount>;
inline const SourceView& view_of(const Sources& sources, evidence::Source s) {
  return sources[static_cast<std::size_t>(s)];
}

struct PortTallies {
  const evidence::SignalTally* data = nullptr;
  const evidence::SignalTally* errors = nullptr;
  const evidence::SignalTally* utilization = nullptr;
  const evidence::SignalTally* carrier = nullptr;
  const evidence::SignalTally* discards = nullptr;
};

// Of added criteria, by number; those of the other kind of record are null.
using AddedTallies = std::array<const evidence::SignalTally*, evidence::kMostAdded>;

struct LinkTallies {
  PortTallies a, z;
  const evidence::SignalTally* az_probes = nullptr;
  const evidence::SignalTally* za_probes = nullptr;
  AddedTallies values{};
};

// A DIA or CYOA interface of a device, whatever its status.
struct DevicePort {
  const Interface* port = nullptr;
  PortTallies tallies;
};

enum class Side : std::uint8_t { None, A, Z };  // of a link
std::string_view to_text(Side side);            // "", "A", "Z"

// An interface or a link with the signals of a criterion taken together: what device.dia_up, link_up, cyoa_up and the
// criteria of carrier and discards choose from.
struct Candidate {
  Judgement judgement = Judgement::Met;
  // The signal that decided: the worst, or of equals the one that takes longest. The tally may be left out.
  evidence::Signal signal = evidence::Signal::Data;
  Side side = Side::None;
  const evidence::SignalTally* tally = nullptr;
  ToDo to_do = ToDo::Nothing;         // of all its signals, what needs most
  std::optional<Timestamp> earliest;  // when time alone brings it; without the stay rule
  std::uint64_t damped_bad = 0;       // as in SignalTally: bad in any signal
  bool clean = false;                 // met, and without a bad or unobserved minute in any signal
};

// A link of a device, whatever its status.
struct DeviceLink {
  const Link* link = nullptr;
  const Interface* port = nullptr;  // this device's end; null when the device record has no such interface
  Candidate up;                     // as judge_link() gives it, over the device's window
};

struct DeviceTallies {
  const evidence::SignalTally* reporting = nullptr;
  const evidence::SignalTally* config_agent = nullptr;
  const evidence::SignalTally* telemetry_agent = nullptr;
  const evidence::QaEvidence* qa = nullptr;
  std::vector<DevicePort> dia, cyoa;
  std::vector<DeviceLink> links;
  AddedTallies values{};
};

}  // namespace dz::verdict
