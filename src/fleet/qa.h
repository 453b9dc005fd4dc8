// QA as its publisher writes it: one run an hour over the whole fleet, one result a device, one metadata row, all with
// the time of the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "fleet/device_model.h"
#include "fleet/fault.h"

namespace dz::fleet {

struct QaDevice {
  std::string code;
  Pubkey pubkey;
};

// The rows of the runs that ended in [from, to). Devices that QA tests: see tested_by_qa. A device whose config agent
// has been away for the last 5 minutes is skipped.
void qa_lines_between(const std::vector<QaDevice>& devices, std::string_view environment, std::uint64_t seed,
                      Timestamp from, Timestamp to, const std::vector<Fault>& faults, std::vector<Line>& out);

// QA leaves out transit devices and those with "test" in their code.
bool tested_by_qa(const TopologyDevice& device);

}  // namespace dz::fleet
