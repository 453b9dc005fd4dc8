// Random walks: one test a seed.
#include <gtest/gtest.h>

#include "sim/random_walk.h"

namespace dz::sim {
namespace {

class Random : public testing::TestWithParam<int> {};

TEST_P(Random, KeepsTheRulesAndSettles) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  const auto report = random_walk(seed);
  std::printf("%s\n", report.options.c_str());
  for (const auto& problem : report.problems) ADD_FAILURE() << problem;
  if (!report.problems.empty()) std::printf("To see it again: ./dev sim --seed %d\n", GetParam());
}

INSTANTIATE_TEST_SUITE_P(Seed, Random, testing::Range(1, 61));
// A write that landed while the node of its monitor was behind was taken for somebody else's; a process ended while its
// clock was wrong; a source was behind whenever a time came; a link was asked back and drained while nobody read; what
// was met would not have been at the time that was named, for it was not observed; whose rows were the first to come at
// all, and late, made the others silent; a link was drained and asked back while the node answered, and showed the same
// slot for ten minutes; an agent and the monitor were both away, and nobody knows which minutes are without samples;
// counters of which the store lost the errors started again from 0; a link was drained and asked back between two
// reads.
INSTANTIATE_TEST_SUITE_P(Kept, Random,
                         testing::Values(1796157641, 1796200432, 1796200436, 1796202779, 1796203591, 1796218900,
                                         1796253517, 1796267411, 1796268490, 1796282173));

}  // namespace
}  // namespace dz::sim
