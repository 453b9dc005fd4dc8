// All devices of a topology, moved forward in time. Pure: the owner brings the clock, carries the lines to a monitor
// and the samples to the ledger. The same seed, start, calls and faults give the same bytes.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "fleet/device_model.h"
#include "fleet/fault.h"
#include "fleet/probes.h"
#include "fleet/qa.h"
#include "fleet/topology.h"

namespace dz::fleet {

struct FleetOptions {
  std::uint64_t seed = 1;
  Timestamp start;            // nothing is said of the time before it
  std::string env = "local";  // the tag of QA rows
};

struct NumberedFault {
  std::uint64_t id = 0;
  Fault fault;
};

class Fleet {
 public:
  // `devices` names the ledger's addresses by code; a device without one stays silent.
  Fleet(FleetTopology topology, const std::map<std::string, Pubkey>& devices, FleetOptions options);

  const FleetTopology& topology() const { return topology_; }

  // Refused when it names something that is not there.
  Result<std::uint64_t> add_fault(const Fault& fault);
  // It ends at `at`; one that had not begun never was. Rows a `late` fault still holds leave now. False: no such fault.
  bool end_fault(std::uint64_t id, Timestamp at);
  const std::vector<NumberedFault>& faults() const { return numbered_; }

  // Whether a link carries traffic beside probes, from `at` on (the time of the last lines_until, or later).
  void set_carrying(std::string_view link, bool carrying, Timestamp at);

  // The line-protocol lines that leave the devices before `now` and were not returned yet, in the order they leave.
  // cadence: how often a port is read (~2 s on a switch; coarser to fill in history).
  std::vector<std::string> lines_until(Timestamp now, Duration cadence);

  const std::vector<Direction>& directions() const { return directions_; }
  std::vector<Sample> samples(const Direction& direction, Timestamp from, Timestamp to) const;

 private:
  bool carries_traffic(const std::string& device, std::string_view port) const;

  FleetTopology topology_;
  FleetOptions options_;
  std::vector<DeviceModel> devices_;
  std::vector<QaDevice> qa_devices_;
  std::vector<Direction> directions_;
  std::set<std::string> carrying_;  // links
  std::vector<NumberedFault> numbered_;
  std::vector<Fault> faults_;  // of numbered_, in the same order
  std::uint64_t last_id_ = 0;
  Timestamp said_;          // everything before it was made
  std::vector<Line> held_;  // made and not yet due, in order of `sent`
};

}  // namespace dz::fleet
