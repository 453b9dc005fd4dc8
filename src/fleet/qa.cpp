#include "fleet/qa.h"

#include <algorithm>

#include <fmt/format.h>

#include "fleet/noise.h"

namespace dz::fleet {
namespace {

constexpr Duration kPeriod = std::chrono::hours{1};
constexpr Duration kAgentAway = std::chrono::minutes{5};

bool config_agent_away(const std::string& device, Timestamp at, const std::vector<Fault>& faults) {
  return std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
    return fault.kind == FaultKind::NoConfigAgent && fault.device == device && fault.active(at) &&
           fault.from <= at - kAgentAway;
  });
}

bool fails(const std::string& device, Timestamp at, const std::vector<Fault>& faults) {
  return std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
    return fault.kind == FaultKind::QaFailure && fault.device == device && fault.active(at);
  });
}

void run_lines(const QaPublisher& publisher, Timestamp at, const std::vector<Fault>& faults, std::vector<Line>& out) {
  const auto& [devices, environment, seed] = publisher;
  const auto stamp = std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
  int tested = 0, failed = 0;
  for (const QaDevice& device : devices) {
    if (config_agent_away(device.code, at, faults)) continue;
    const bool failure = fails(device.code, at, faults);
    ++tested;
    failed += failure ? 1 : 0;
    out.push_back({at, fmt::format("device_qa_test_results,device_code={},device_pubkey={},env={} success={} {}",
                                   device.code, to_text(device.pubkey), environment, !failure, stamp)});
  }
  if (tested == 0) return;  // such a run publishes nothing
  const double took = 20.0 * tested + static_cast<double>(noise(seed, static_cast<std::uint64_t>(stamp)) % 600) / 10;
  out.push_back(
      {at, fmt::format("device_qa_test_metadata,env={} devices_tested={}i,devices_success={}i,devices_failed={}i,"
                       "duration_s={:.1f} {}",
                       environment, tested, tested - failed, failed, took, stamp)});
}

}  // namespace

bool tested_by_qa(const TopologyDevice& device) {
  return device.type != DeviceType::Transit && device.code.find("test") == std::string::npos;
}

void qa_lines_between(const QaPublisher& publisher, const TimeSpan& span, const std::vector<Fault>& faults,
                      std::vector<Line>& out) {
  // Every hour at the same minute, seeded.
  const Duration minute = std::chrono::minutes{5 + static_cast<int>(noise(publisher.seed, "qa") % 50)};
  auto hour = (span.from.time_since_epoch() - minute) / kPeriod;
  for (; Timestamp{minute + kPeriod * hour} < span.to; ++hour) {
    const Timestamp at{minute + kPeriod * hour};
    if (at >= span.from) run_lines(publisher, at, faults, out);
  }
}

}  // namespace dz::fleet
