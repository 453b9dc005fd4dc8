// The property of the verdict table for longer than tests run it: verdict_sweep --seed N --cases M.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "verdict_property.h"

int main(int argc, char** argv) {
  unsigned long long seed = 1, cases = 1000;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--cases") cases = std::strtoull(argv[i + 1], nullptr, 10);
  }
  unsigned long long failed = 0;
  for (auto one = seed; one < seed + cases; ++one) {
    const auto difference = dz::verdict::judge_a_random_case(one);
    if (difference.empty()) continue;
    ++failed;
    std::printf("FAILED --seed %llu --cases 1: %s\n", one, difference.c_str());
  }
  std::printf("%llu cases, %llu failed\n", cases, failed);
  return failed == 0 ? 0 : 1;
}
