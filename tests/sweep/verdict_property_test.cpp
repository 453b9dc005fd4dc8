#include "verdict_property.h"

#include <gtest/gtest.h>

namespace dz::verdict {
namespace {

TEST(VerdictProperty, TheTableIsWhatACountOfMinutesSays) {
  constexpr std::uint64_t kCases = 6000;
  int failed = 0;
  for (std::uint64_t seed = 1; seed <= kCases && failed < 5; ++seed) {
    const auto difference = judge_a_random_case(seed);
    if (difference.empty()) continue;
    ++failed;
    ADD_FAILURE() << "case " << seed << ": " << difference;
  }
}

}  // namespace
}  // namespace dz::verdict
