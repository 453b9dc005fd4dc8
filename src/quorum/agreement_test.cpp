#include "quorum/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "quorum/opinion_fixture.h"

namespace dz::quorum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Three judges of whom two have to agree; this one is judge 1.
class AgreementOfTwo : public testing::Test {
 protected:
  Rules rules{2, {judge(1).pubkey(), judge(2).pubkey(), judge(3).pubkey()}};
  SignedOpinion own = sign(plain_opinion(), judge(1));

  static SignedOpinion of(
      std::uint8_t n, const std::function<void(Opinion&)>& vary = [](Opinion&) {}) {
    auto opinion = plain_opinion();
    vary(opinion);
    return sign(opinion, judge(n));
  }
  Agreement raise(std::vector<SignedOpinion> opinions, Timestamp now = kNow) const {
    return agreement({Health::Pending, Status::HardDrained}, own, opinions, rules, now);
  }
  // What becomes of the one opinion of another judge.
  std::string fate(const SignedOpinion& other, Timestamp now = kNow) const {
    const auto found = raise({other}, now);
    if (found.reached()) return "counts";
    for (const auto& r : found.counted.refused) {
      if (r.opinion == other.opinion) return std::string(to_text(r.why));
    }
    return "lost";
  }
};

TEST_F(AgreementOfTwo, OneAloneRaisesNothing) {
  const auto found = raise({});
  EXPECT_FALSE(found.reached());
  EXPECT_EQ(found.needed, 2U);
  EXPECT_EQ(found.unheard.size(), 2U);
  EXPECT_TRUE(raise({of(2)}).reached());
  EXPECT_TRUE(raise({of(2), of(3)}).reached());
}

TEST_F(AgreementOfTwo, EachDifferenceIsRefusedByItsName) {
  EXPECT_EQ(fate(of(2)), "counts");
  EXPECT_EQ(fate(of(4)), "unknown-judge");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.network.genesis = key_of(9); })), "other-network");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.network.program = key_of(9); })), "other-network");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.record = key_of(9); })), "other-record");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.kind = RecordKind::Device; })), "other-record");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.account[31] ^= 1; })), "other-account");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.policy[0] ^= 1; })), "other-policy");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.health = Health::Impaired; })), "other-health");
  EXPECT_EQ(fate(of(2, [](Opinion& o) { o.health = Health::ReadyForLinks; })), "other-health");
}

TEST_F(AgreementOfTwo, AForgedSignatureIsNone) {
  auto forged = of(2);
  forged.signature = own.signature;
  EXPECT_EQ(fate(forged), "wrong-signature");
  forged = of(3);
  forged.opinion.judge = judge(2).pubkey();
  EXPECT_EQ(fate(forged), "wrong-signature");
}

TEST_F(AgreementOfTwo, AnOpinionCountsForTwoMinutes) {
  const auto made = [](Duration after) { return [after](Opinion& o) { o.made_at = kNow + after; }; };
  EXPECT_EQ(fate(of(2, made(-minutes{1}))), "counts");
  auto old = of(2, [](Opinion& o) {
    o.window_end -= minutes{2};
    o.made_at = kNow - minutes{2};
  });
  EXPECT_EQ(fate(old), "counts");
  EXPECT_EQ(fate(old, kNow + Duration{1}), "too-old");
  EXPECT_EQ(fate(of(2, made(seconds{10}))), "counts");
  EXPECT_EQ(fate(of(2, made(seconds{10} + Duration{1}))), "from-the-future");
}

TEST_F(AgreementOfTwo, WindowsEndAboutTogetherAndAreOver) {
  const auto ends = [](Duration after) {
    return [after](Opinion& o) { o.window_end = minute_of(Timestamp{o.window_end} + after); };
  };
  EXPECT_EQ(fate(of(2, ends(-minutes{10}))), "counts");
  EXPECT_EQ(fate(of(2, ends(-minutes{11}))), "other-window");
  EXPECT_EQ(fate(of(2, ends(minutes{1}))), "counts");
  EXPECT_EQ(fate(of(2, ends(minutes{2}))), "window-not-over");
  own = of(1, ends(-minutes{12}));
  EXPECT_EQ(fate(of(2)), "other-window");
}

TEST_F(AgreementOfTwo, OneJudgeCountsOnceHoweverOftenItSpeaks) {
  rules.k = 3;
  const auto found = raise({of(2), of(2), own});
  EXPECT_FALSE(found.reached());
  EXPECT_EQ(found.counted.agreeing.size(), 2U);
  ASSERT_EQ(found.counted.refused.size(), 1U);
  EXPECT_EQ(found.counted.refused[0].why, Refusal::Twice);
}

TEST_F(AgreementOfTwo, TheNewestWordOfAJudgeStands) {
  const auto earlier = [](Health health) {
    return [health](Opinion& o) {
      o.health = health;
      o.made_at = kNow - seconds{70};
    };
  };
  const auto now_bad = of(2, [](Opinion& o) { o.health = Health::Impaired; });
  for (const auto& both :
       {std::vector{of(2, earlier(Health::Healthy)), now_bad}, std::vector{now_bad, of(2, earlier(Health::Healthy))}}) {
    EXPECT_FALSE(raise(both).reached());
  }
  for (const auto& both :
       {std::vector{of(2, earlier(Health::Impaired)), of(2)}, std::vector{of(2), of(2, earlier(Health::Impaired))}}) {
    EXPECT_TRUE(raise(both).reached());
  }
}

TEST_F(AgreementOfTwo, AJudgeThatSaysTwoThingsAtOnceIsNotBelieved) {
  const auto bad = of(2, [](Opinion& o) { o.health = Health::Impaired; });
  for (const auto& both : {std::vector{of(2), bad}, std::vector{bad, of(2)}}) {
    const auto found = raise(both);
    EXPECT_FALSE(found.reached());
    ASSERT_EQ(found.counted.refused.size(), 2U);
    EXPECT_EQ(found.counted.refused[0].why, Refusal::Equivocates);
    EXPECT_EQ(found.counted.refused[1].why, Refusal::Equivocates);
  }
  // What it says later counts again.
  const auto later = of(2, [](Opinion& o) { o.made_at = kNow + seconds{1}; });
  EXPECT_TRUE(raise({of(2), bad, later}).reached());
}

// Somebody hands on an opinion of this very judge, which says something else by now.
TEST_F(AgreementOfTwo, NobodySpeaksForThisJudge) {
  const auto said_before = of(1, [](Opinion& o) {
    o.health = Health::Impaired;
    o.made_at = kNow + seconds{5};
  });
  EXPECT_TRUE(raise({said_before, of(2)}).reached());
}

TEST(Agreement, HowManyAreNeededFollowsFromTheChange) {
  constexpr std::uint32_t k = 3;
  const auto needed = [](Health from, Health to, Status status) { return opinions_needed(from, to, status, k); };
  using enum Health;
  for (const auto status : {Status::HardDrained, Status::SoftDrained, Status::Activated, Status::DeviceProvisioning}) {
    for (const auto from : {Unknown, Pending, Impaired, ReadyForLinks}) {
      EXPECT_EQ(needed(from, Healthy, status), k);
      if (from != ReadyForLinks) EXPECT_EQ(needed(from, ReadyForLinks, status), k);
    }
    EXPECT_EQ(needed(Unknown, Pending, status), 1U);
  }
  for (const auto from : {Unknown, Pending, Healthy, ReadyForLinks}) {
    EXPECT_EQ(needed(from, Impaired, Status::Activated), k);
    EXPECT_EQ(needed(from, Impaired, Status::SoftDrained), 1U);
    EXPECT_EQ(needed(from, Impaired, Status::HardDrained), 1U);
  }
  EXPECT_EQ(needed(Impaired, Pending, Status::Activated), 1U);
  EXPECT_EQ(needed(Healthy, ReadyForLinks, Status::LinkProvisioning), 1U);
}

TEST(Agreement, KIsOneToTheNumberOfJudges) {
  const std::set<Pubkey> two{judge(1).pubkey(), judge(2).pubkey()};
  EXPECT_TRUE(check_rules({1, two}));
  EXPECT_TRUE(check_rules({2, two}));
  EXPECT_FALSE(check_rules({0, two}));
  EXPECT_FALSE(check_rules({3, two}));
}

}  // namespace
}  // namespace dz::quorum
