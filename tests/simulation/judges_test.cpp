// Several judges, some of them faulty (sim/judges_world.h): nothing unsafe while fewer than k are, and what is good
// comes into service while k are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/judges_world.h"

namespace dz::sim {
namespace {

using testing::IsEmpty;

struct Shape {
  int judges;
  std::uint32_t k;
  int faulty;
};
// f < k and n - f >= k: safe, and it goes on. The last two: safe, and nothing is promised of going on.
constexpr Shape kShapes[]{{3, 2, 1}, {4, 2, 1}, {4, 3, 1}, {5, 3, 2}, {7, 4, 3},
                          {2, 2, 0}, {1, 1, 0}, {3, 3, 2}, {2, 2, 1}};

TEST(Judges, NothingUnsafeAndProgressWithFaultyOnes) {
  int raised = 0, activated = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto& shape = kShapes[seed % std::size(kShapes)];
    JudgesWorld world({.seed = seed, .judges = shape.judges, .k = shape.k, .faulty = shape.faulty});
    world.run();
    ASSERT_THAT(world.wrong(), IsEmpty());
    raised += world.raised();
    activated += world.activated();
  }
  EXPECT_GT(raised, 60);
  EXPECT_GT(activated, 60);
}

TEST(Judges, AStolenHealthKeyBringsNothingIntoService) {
  int stopped = 0;
  for (std::uint64_t seed = 1001; seed <= 1050; ++seed) {
    const auto& shape = kShapes[seed % std::size(kShapes)];
    JudgesWorld world({.seed = seed, .judges = shape.judges, .k = shape.k, .faulty = shape.faulty, .stolen_key = true});
    world.run();
    stopped += world.stopped();
    for (const auto& wrong : world.wrong()) {
      // It can keep a link from being judged; it can not bring one into service.
      EXPECT_THAT(wrong, testing::Not(testing::HasSubstr("came into service"))) << wrong;
    }
  }
  EXPECT_GT(stopped, 50);
}

// The checker sees what it is there for: k faulty ones bring a bad link into service.
TEST(Judges, TheCheckerSeesWhatKFaultyOnesDo) {
  int seen = 0;
  for (std::uint64_t seed = 2001; seed <= 2010; ++seed) {
    JudgesWorld world({.seed = seed, .judges = 3, .k = 2, .faulty = 2, .stolen_key = true, .past_promise = true});
    world.run();
    for (const auto& wrong : world.wrong())
      seen += wrong.find("came into service that was not good") != wrong.npos ? 1 : 0;
  }
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace dz::sim
