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

// Who tests: which devices (see tested_by_qa), and what its rows and its chance depend on.
struct QaPublisher {
  const std::vector<QaDevice>& devices;
  std::string_view environment;
  std::uint64_t seed = 1;
};

// Appends the rows of the runs that ended within the span. A device whose config agent has been away for the last 5
// minutes is skipped.
void qa_lines_between(const QaPublisher& publisher, const TimeSpan& span, const std::vector<Fault>& faults,
                      std::vector<Line>& out);

// QA leaves out transit devices and those with "test" in their code.
bool tested_by_qa(const TopologyDevice& device);

}  // namespace dz::fleet
