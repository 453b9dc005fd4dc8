// What this process uses, under the names that Prometheus' client libraries have for it: process_cpu_seconds_total,
// process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds, process_max_fds, process_threads,
// process_start_time_seconds. What the system does not tell is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace dz::service {

struct ProcessFigures {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0, virtual_bytes = 0, threads = 0;
  Duration started_after_boot{};
};
// The text of /proc/self/stat; a command with spaces and brackets in its name does not mislead it.
std::optional<ProcessFigures> parse_process_stat(std::string_view stat, long ticks_a_second, long page_bytes);

std::string render_process_metrics();

}  // namespace dz::service
