#include "service/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "service/metrics.h"

namespace dz::service {
namespace {

double seconds_of(const timespec& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9; }

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The process's own folder of /proc, and no other: the units of the package hide the rest.
void add_stat(MetricsPage& page) {
  const auto figures = parse_process_stat(text_of("/proc/self/stat"), sysconf(_SC_CLK_TCK), sysconf(_SC_PAGESIZE));
  if (!figures) return;
  page.counter("cpu_seconds_total", "Processor time used, of the user's and the system's.", figures->cpu_seconds);
  page.gauge("resident_memory_bytes", "Memory in use.", static_cast<double>(figures->resident_bytes));
  page.gauge("virtual_memory_bytes", "Address space in use.", static_cast<double>(figures->virtual_bytes));
  page.gauge("threads", "Threads of the process.", static_cast<double>(figures->threads));
  timespec since_boot{}, now{};
  if (clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0) return;
  const double started = std::chrono::duration<double>(figures->started_after_boot).count();
  page.gauge("start_time_seconds", "Unix time of the start.",
             static_cast<double>(static_cast<std::int64_t>(seconds_of(now) - seconds_of(since_boot) + started)));
}

void add_files(MetricsPage& page) {
  std::error_code error;
  std::uint64_t open = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end; it.increment(error)) {
    ++open;
  }
  if (!error && open > 0) page.gauge("open_fds", "Open files and sockets.", static_cast<double>(open - 1));
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    page.gauge("max_fds", "How many may be open.", static_cast<double>(limit.rlim_cur));
}

}  // namespace

std::optional<ProcessFigures> parse_process_stat(std::string_view stat, long ticks_a_second, long page_bytes) {
  // proc(5): the fields after the command, which stands in brackets, begin with the third.
  constexpr std::size_t kFirst = 3, kUser = 14, kSystem = 15, kThreads = 20, kStart = 22, kVirtual = 23, kResident = 24;
  const auto command_end = stat.rfind(')');
  if (command_end == std::string_view::npos || ticks_a_second <= 0) return std::nullopt;
  stat.remove_prefix(command_end + 1);
  std::array<std::uint64_t, kResident + 1> fields{};
  std::size_t field = kFirst;
  for (; field < fields.size(); ++field) {
    const auto start = stat.find_first_not_of(' ');
    if (start == std::string_view::npos) return std::nullopt;
    stat.remove_prefix(start);
    const auto word = stat.substr(0, stat.find(' '));
    std::from_chars(word.data(), word.data() + word.size(), fields[field]);  // a letter or a minus is none of ours
    stat.remove_prefix(word.size());
  }
  const auto ticks = static_cast<double>(ticks_a_second);
  return ProcessFigures{.cpu_seconds = static_cast<double>(fields[kUser] + fields[kSystem]) / ticks,
                        .resident_bytes = fields[kResident] * static_cast<std::uint64_t>(page_bytes),
                        .virtual_bytes = fields[kVirtual],
                        .threads = fields[kThreads],
                        .started_after_boot = std::chrono::duration_cast<Duration>(
                            std::chrono::duration<double>(static_cast<double>(fields[kStart]) / ticks))};
}

std::string render_process_metrics() {
  MetricsPage page("process_");
  add_stat(page);
  add_files(page);
  return page.render();
}

}  // namespace dz::service
