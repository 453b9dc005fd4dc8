// The simulation's tests, and its command line: ./dev sim [--seed N [--live]] [--walk NAME] [--record FILE] [--story].
// Without a seed or a walk it runs everything; gtest's own flags work too. --record: the decisions of the run, as a
// file of tests/simulation/recorded.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

#include "walk.h"

namespace {

int run_seed(std::uint64_t seed, bool live, bool story) {
  const auto report = dz::sim::random_walk(seed, live);
  std::printf("%s\n", report.options.c_str());
  if (story || !report.problems.empty()) {
    for (const auto& line : report.story) std::printf("%s\n", line.c_str());
  }
  const auto& c = report.counts;
  std::printf("changes=%d healthy=%d activations=%d drains=%d impaired_in_service=%d deletions=%d promises_kept=%d\n",
              c.changes, c.healthy, c.activations, c.drains, c.impaired_in_service, c.deletions, report.promises_kept);
  for (const auto& [kind, count] : report.faults) {
    std::printf("fault %s=%llu\n", kind.c_str(), static_cast<unsigned long long>(count));
  }
  const auto seconds = std::chrono::duration<double>(report.simulated).count();
  const auto cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  std::printf("simulated=%.0f s in %.2f s of CPU: %.1f hours a CPU second\n", seconds, cpu, seconds / 3600 / cpu);
  std::printf("%zu decisions\n", report.decisions.size());
  dz::sim::record_decisions(report.decisions);
  for (const auto& problem : report.problems) std::printf("PROBLEM %s\n", problem.c_str());
  return report.problems.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::string seed;
  bool story = false, live = false;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--seed" && i + 1 < argc) {
      seed = argv[++i];
    } else if (arg == "--walk" && i + 1 < argc) {
      testing::GTEST_FLAG(filter) = std::string("*Walk*.") + argv[++i];
    } else if (arg == "--record" && i + 1 < argc) {
      dz::sim::record_to = argv[++i];
    } else if (arg == "--live") {
      live = true;
    } else if (arg == "--story") {
      story = true;
    } else {
      std::fprintf(stderr,
                   "simulation: unknown argument '%s'; expected --seed N, --live, --walk NAME, --record FILE, --story "
                   "or gtest's flags\n",
                   argv[i]);
      return 2;
    }
  }
  if (!seed.empty()) return run_seed(std::strtoull(seed.c_str(), nullptr, 10), live, story);
  return RUN_ALL_TESTS();
}
