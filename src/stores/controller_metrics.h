// What the controller's counters show when Prometheus scrapes them: controller_grpc_getconfig_requests_total, counted
// before the configuration is rendered, and controller_grpc_getconfig_render_errors_total. A device's status is a label
// of the first, so a change of status begins a new series beside the old one; a restart begins all series anew.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"

namespace dz::stores {

struct MetricSample {
  std::string name;
  std::map<std::string, std::string> labels;
  Timestamp at;
  double value = 0;
};

class ControllerMetrics {
 public:
  // `rendered`: calls that got their configuration; `failed`: those whose rendering failed.
  void calls(const Pubkey& device, std::uint64_t rendered, std::uint64_t failed = 0);
  void set_status(const Pubkey& device, std::string status);  // "hard-drained" before that
  void restart();

  // Appends every series as it reads at `at`.
  void scrape(Timestamp at, std::vector<MetricSample>& out) const;

 private:
  struct Device {
    std::string status = "hard-drained";
    std::map<std::string, std::uint64_t> requests;  // by status
    std::uint64_t render_errors = 0;
  };
  std::map<Pubkey, Device> devices_;
};

// A file for promtool's back-fill: families together, each series in order of time, "# EOF" at the end. Names that end
// in "_total" are counters, all others gauges.
std::string render_openmetrics(std::vector<MetricSample> samples);
// The body of a remote write, compressed as its protocol wants it (snappy, without compressing anything).
std::string encode_remote_write(const std::vector<MetricSample>& samples);

}  // namespace dz::stores
