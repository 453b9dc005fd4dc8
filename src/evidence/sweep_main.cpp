// evidence_sweep --seed N --cases M [--memory MINUTES]: made-up ports beside the naive reference, from seed N on, with
// so many minutes of octet readings in memory and the older ones on the shelf. Prints every failure with as few of its
// rows as show it, how many were stricter than the reference somewhere (which is allowed), and last "M cases, F
// failed".
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "evidence/port_history.h"

int main(int argc, char** argv) {
  std::uint64_t seed = 1, cases = 1000, memory = dz::evidence::kMinutesInMemory;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag(argv[i]);
    const auto value = std::strtoull(argv[i + 1], nullptr, 10);
    if (flag == "--seed") {
      seed = value;
    } else if (flag == "--cases") {
      cases = value;
    } else if (flag == "--memory") {
      memory = value;
    } else {
      std::fprintf(stderr, "evidence_sweep: expected --seed N, --cases M and --memory MINUTES, found '%s'\n", argv[i]);
      return 2;
    }
  }
  std::uint64_t failed = 0, stricter = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    dz::evidence::PortHistory history(seed + i);
    history.keep_in_memory(static_cast<dz::evidence::MinuteIndex>(memory));
    const auto outcome = history.run();
    if (!outcome.stricter.empty()) ++stricter;
    if (outcome.wrong.empty()) continue;
    ++failed;
    history.shrink();
    std::printf("FAILED seed %llu: %s\n%s", static_cast<unsigned long long>(seed + i), outcome.wrong.c_str(),
                history.story().c_str());
  }
  std::printf("%llu stricter than the reference\n", static_cast<unsigned long long>(stricter));
  std::printf("%llu cases, %llu failed\n", static_cast<unsigned long long>(cases),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
