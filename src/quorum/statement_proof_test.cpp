#include "quorum/statement_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "quorum/opinion_fixture.h"

namespace dz::quorum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

class StatementProof : public testing::Test {
 protected:
  Rules rules{2, {judge(1).pubkey(), judge(2).pubkey(), judge(3).pubkey()}};

  static SignedOpinion of(
      std::uint8_t n, const std::function<void(Opinion&)>& vary = [](Opinion&) {}) {
    auto opinion = plain_opinion();
    vary(opinion);
    return sign(opinion, judge(n));
  }
  std::optional<Timestamp> landed, changed;
  std::string refusal(const std::vector<SignedOpinion>& opinions, Timestamp judged_at = kNow) const {
    const auto done = check_claim({matter_of(plain_opinion()), judged_at, opinions, landed, changed}, rules);
    return done ? "" : done.error().message;
  }
};

TEST_F(StatementProof, NeedsSoManyKnownJudges) {
  EXPECT_EQ(refusal({of(1), of(2)}), "");
  EXPECT_EQ(refusal({of(1), of(2), of(9)}), "");
  EXPECT_THAT(refusal({}), HasSubstr("expected the opinions of 2 judges behind the statement, found 0"));
  EXPECT_THAT(refusal({of(1), of(9)}),
              HasSubstr("found 1 that count; judge " + to_text(judge(9).pubkey()) + ": unknown-judge"));
  EXPECT_THAT(refusal({of(1), of(1)}), HasSubstr("twice"));
}

// One who holds the health key alone may write any statement, and the opinions of others about other things behind it.
TEST_F(StatementProof, OpinionsOfAnotherThingAreWorthNothing) {
  EXPECT_THAT(refusal({of(1), of(2, [](Opinion& o) { o.account[0] ^= 1; })}), HasSubstr("other-account"));
  EXPECT_THAT(refusal({of(1), of(2, [](Opinion& o) { o.record = key_of(8); })}), HasSubstr("other-record"));
  EXPECT_THAT(refusal({of(1), of(2, [](Opinion& o) { o.health = Health::Impaired; })}), HasSubstr("other-health"));
  EXPECT_THAT(refusal({of(1), of(2)}, kNow + minutes{2} + Duration{1}), HasSubstr("too-old"));
  EXPECT_THAT(refusal({of(1), of(2)}, kNow - seconds{11}), HasSubstr("from-the-future"));
  auto forged = of(2);
  forged.signature = of(1).signature;
  EXPECT_THAT(refusal({of(1), forged}), HasSubstr("wrong-signature"));
}

TEST_F(StatementProof, TheWindowsOfSoManyEndAboutTogether) {
  const auto earlier = [](int by) { return [by](Opinion& o) { o.window_end -= minutes{by}; }; };
  EXPECT_EQ(refusal({of(1), of(2, earlier(10))}), "");
  EXPECT_THAT(refusal({of(1), of(2, earlier(11))}), HasSubstr("more than 10 min apart"));
  EXPECT_EQ(refusal({of(1), of(2, earlier(11)), of(3, earlier(20))}), "");
}

// Signatures do not grow old: who has the health key may write yesterday's statement once more.
TEST_F(StatementProof, AnOldStatementIsNotTakenAgain) {
  const std::vector both{of(1), of(2)};
  landed = kNow + minutes{5};
  EXPECT_EQ(refusal(both), "");
  landed = kNow + minutes{5} + Duration{1};
  EXPECT_THAT(refusal(both), HasSubstr("at most 5 min before it landed"));
  landed = kNow - seconds{10};
  EXPECT_EQ(refusal(both), "");
  landed = kNow - seconds{10} - Duration{1};
  EXPECT_THAT(refusal(both), HasSubstr("judged before it landed"));
  landed.reset();
  changed = kNow + seconds{10};
  EXPECT_EQ(refusal(both), "");
  changed = kNow + seconds{10} + Duration{1};
  EXPECT_THAT(refusal(both), HasSubstr("judged after the record changed"));
}

TEST_F(StatementProof, AFloodOfOpinionsIsNotRead) {
  const std::vector<SignedOpinion> flood(kMostOpinions + 1, of(1));
  EXPECT_THAT(refusal(flood), HasSubstr("at most 64 opinions"));
}

}  // namespace
}  // namespace dz::quorum
