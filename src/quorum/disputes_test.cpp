#include "quorum/disputes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attest/testing.h"
#include "quorum/opinion_fixture.h"

namespace dz::quorum {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

class AnotherJudge : public testing::Test {
 protected:
  void pass(bool disagrees = true) {
    disputes.begin_pass();
    if (disagrees) {
      disputes.disagree(about, [&] {
        ++made;
        return std::vector<Bytes>{encode(attest::minutes_of_errors())};
      });
    }
    disputes.end_pass();
  }
  static std::vector<Bytes> theirs() {
    auto leaf = attest::minutes_of_errors();
    leaf.states[2] = evidence::MinuteState::Unobserved;
    return {encode(leaf)};
  }

  Disputes disputes;
  Disputes::Question about{judge(2).pubkey(), plain_opinion().record};
  int made = 0;
};

TEST_F(AnotherJudge, IsAskedForItsMinutesAndTheseAreCompared) {
  pass();
  EXPECT_THAT(disputes.ask(kNow), testing::ElementsAre(about));
  EXPECT_THAT(disputes.ask(kNow + seconds{14}), IsEmpty());
  disputes.heard(about, theirs(), kNow + seconds{1});
  EXPECT_EQ(made, 0);
  pass();
  ASSERT_TRUE(disputes.of(about)->differences);
  EXPECT_THAT(disputes.of(about)->differences->minutes, SizeIs(1));
  pass();
  EXPECT_EQ(made, 1);  // its own minutes are made once for each answer
  EXPECT_THAT(disputes.ask(kNow + seconds{30}), IsEmpty());
  EXPECT_EQ(disputes.next(), kNow + seconds{31});
  EXPECT_THAT(disputes.ask(kNow + seconds{31}), SizeIs(1));
}

TEST_F(AnotherJudge, ThatDoesNotAnswerIsAskedAgain) {
  pass();
  (void)disputes.ask(kNow);
  EXPECT_THAT(disputes.ask(kNow + seconds{15}), SizeIs(1));
  disputes.heard(about, fail(ErrorKind::Retry, "connection refused"), kNow + seconds{16});
  EXPECT_EQ(disputes.of(about)->problem, "connection refused");
  EXPECT_THAT(disputes.ask(kNow + seconds{45}), IsEmpty());
  disputes.heard(about, std::vector<Bytes>{{1, 2, 3}}, kNow + seconds{46});
  pass();
  EXPECT_FALSE(disputes.of(about)->differences);
  EXPECT_NE(disputes.of(about)->problem, "");
}

TEST_F(AnotherJudge, ThatAgreesIsForgotten) {
  pass();
  (void)disputes.ask(kNow);
  pass(false);
  EXPECT_EQ(disputes.of(about), nullptr);
  disputes.heard(about, theirs(), kNow);
  EXPECT_EQ(disputes.of(about), nullptr);
  EXPECT_EQ(disputes.next(), Timestamp::max());
}

TEST_F(AnotherJudge, IsOneOfSoMany) {
  disputes.begin_pass();
  for (std::uint8_t n = 0; n < 100; ++n) disputes.disagree({judge(2).pubkey(), key_of(n)}, [] { return theirs(); });
  disputes.end_pass();
  EXPECT_THAT(disputes.ask(kNow), SizeIs(Disputes::kMost));
}

}  // namespace
}  // namespace dz::quorum
