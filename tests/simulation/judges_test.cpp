// Several judges, some of them faulty (sim/judges_world.h): nothing unsafe while fewer than k are, and what is good
// comes into service while k are not; on a ledger of each profile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/judges_world.h"

namespace dz::sim {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

struct Shape {
  int judges;
  std::uint32_t k;
  int faulty;
};
// f < k and n - f >= k: safe, and it goes on. The last two: safe, and nothing is promised of going on.
constexpr Shape kShapes[]{{3, 2, 1}, {4, 2, 1}, {4, 3, 1}, {5, 3, 2}, {7, 4, 3},
                          {2, 2, 0}, {1, 1, 0}, {3, 3, 2}, {2, 2, 1}};

class Judges : public testing::TestWithParam<const Profile*> {
 protected:
  static bool live() { return GetParam() == &v034_profile(); }
};
INSTANTIATE_TEST_SUITE_P(Ledger, Judges, testing::Values(&rfc_profile(), &v034_profile()),
                         [](const auto& profile) { return profile.param->guarded ? "rfc" : "v034"; });

TEST_P(Judges, NothingUnsafeAndProgressWithFaultyOnes) {
  int raised = 0, activated = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto& shape = kShapes[seed % std::size(kShapes)];
    JudgesWorld world({.seed = seed, .judges = shape.judges, .k = shape.k, .faulty = shape.faulty, .live = live()});
    world.run();
    ASSERT_THAT(world.wrong(), IsEmpty());
    raised += world.raised();
    activated += world.activated();
  }
  EXPECT_GT(raised, 60);
  EXPECT_GT(activated, 60);
}

TEST_P(Judges, AStolenHealthKeyBringsNothingIntoService) {
  int stolen = 0;
  for (std::uint64_t seed = 1001; seed <= 1050; ++seed) {
    const auto& shape = kShapes[seed % std::size(kShapes)];
    JudgesWorld world({.seed = seed,
                       .judges = shape.judges,
                       .k = shape.k,
                       .faulty = shape.faulty,
                       .stolen_key = true,
                       .live = live()});
    world.run();
    ASSERT_THAT(world.wrong(), IsEmpty());
    stolen += world.stolen();
  }
  EXPECT_GT(stolen, 150);
}

// Faulty ones show each of two witnesses another log: a witness comes to hold two checkpoints that the judge signed and
// that contradict each other, and none accuses a judge that told one story.
TEST_P(Judges, AnEquivocatingLogIsFoundByTheWitnesses) {
  std::size_t contradicting = 0, found = 0;
  for (std::uint64_t seed = 5001; seed <= 5050; ++seed) {
    const auto& shape = kShapes[seed % std::size(kShapes)];
    JudgesWorld world({.seed = seed,
                       .judges = shape.judges,
                       .k = shape.k,
                       .faulty = shape.faulty,
                       .only_fault = JudgeFault::Equivocating,
                       .live = live()});
    world.run();
    ASSERT_THAT(world.wrong(), IsEmpty());
    contradicting += world.logs().contradicting().size();
    found += world.logs().found().size();
  }
  EXPECT_GT(contradicting, 40U);
  EXPECT_GE(found, contradicting);  // some are found before both witnesses have cosigned
}

// The checker sees what it is there for: k faulty ones bring a bad link into service.
TEST_P(Judges, TheCheckerSeesWhatKFaultyOnesDo) {
  int seen = 0;
  for (std::uint64_t seed = 2001; seed <= 2010; ++seed) {
    JudgesWorld world({.seed = seed,
                       .judges = 3,
                       .k = 2,
                       .faulty = 2,
                       .stolen_key = true,
                       .only_theft = Theft::Colluding,
                       .past_promise = true,
                       .live = live()});
    world.run();
    for (const auto& wrong : world.wrong())
      seen += wrong.find("came into service that was not good") != wrong.npos ? 1 : 0;
  }
  EXPECT_GT(seen, 0);
}

// Two of five have the same fault: the others bring a good link into service, and the activator follows them alone.
void walk(JudgeFault fault) {
  std::size_t found = 0;
  for (const bool live : {false, true}) {
    for (std::uint64_t seed = 3001; seed <= 3003; ++seed) {
      JudgesWorld world({.seed = seed, .judges = 5, .k = 3, .faulty = 2, .only_fault = fault, .live = live});
      world.run();
      EXPECT_THAT(world.wrong(), IsEmpty());
      EXPECT_GT(world.activated(), 0);
      found += world.logs().found().size();
    }
  }
  EXPECT_EQ(found > 0, fault == JudgeFault::Equivocating);
}
TEST(JudgesWalk, Silent) { walk(JudgeFault::Silent); }
TEST(JudgesWalk, Lying) { walk(JudgeFault::Lying); }
TEST(JudgesWalk, Stale) { walk(JudgeFault::Stale); }
TEST(JudgesWalk, Equivocating) { walk(JudgeFault::Equivocating); }
TEST(JudgesWalk, Forging) { walk(JudgeFault::Forging); }

// Who stole the health key has this behind what it writes: the activator leaves the link alone, and says why; once the
// key is replaced the link is judged and comes into service.
void walk(Theft theft, std::string_view why, bool live) {
  std::set<std::string> held;
  int stolen = 0;
  for (std::uint64_t seed = 4001; seed <= 4003; ++seed) {
    JudgesWorld world(
        {.seed = seed, .judges = 5, .k = 3, .faulty = 2, .stolen_key = true, .only_theft = theft, .live = live});
    world.run();
    EXPECT_THAT(world.wrong(), IsEmpty());
    EXPECT_GT(world.activated(), 0);
    stolen += world.stolen();
    held.insert(world.held().begin(), world.held().end());
  }
  EXPECT_GT(stolen, 3);
  // Where the program guards nothing the activator asks first for an undrain that was judged anew, and seldom gets to
  // the statement of a thief.
  if (!live) EXPECT_THAT(held, Contains(HasSubstr(std::string(why))));
}
void walk(Theft theft, std::string_view why) {
  walk(theft, why, false);
  walk(theft, why, true);
}
TEST(StolenKeyWalk, WithoutAStatement) { walk(Theft::Nothing, "found a transaction that states nothing"); }
TEST(StolenKeyWalk, WithoutOpinions) { walk(Theft::NoOpinions, "found 0 that count"); }
TEST(StolenKeyWalk, WithForgedOnes) { walk(Theft::Forged, "wrong-signature"); }
TEST(StolenKeyWalk, WithOneUnderEveryName) { walk(Theft::Copied, "found 1 that count"); }
TEST(StolenKeyWalk, WithThoseOfAllFaultyJudges) { walk(Theft::Colluding, "found 2 that count"); }
TEST(StolenKeyWalk, WithTrueOnesOfTooFew) { walk(Theft::TooFew, "found 2 that count"); }
TEST(StolenKeyWalk, WithOneManyTimes) { walk(Theft::Doubled, "found 1 that count"); }
TEST(StolenKeyWalk, WithOldOnes) { walk(Theft::Old, "too-old"); }
TEST(StolenKeyWalk, WithOldOnesOfThen) { walk(Theft::Backdated, "expected a statement judged"); }
TEST(StolenKeyWalk, WithAStatementOnceMore) { walk(Theft::Replayed, "expected a statement judged"); }
TEST(StolenKeyWalk, WithThoseOfAnotherRecord) { walk(Theft::OtherRecord, "statement about the record"); }

}  // namespace
}  // namespace dz::sim
