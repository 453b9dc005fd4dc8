#include "quorum/peer_book.h"

#include <gtest/gtest.h>

#include "quorum/opinion_fixture.h"

namespace dz::quorum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class TwoPeers : public testing::Test {
 protected:
  Pubkey first = std::min(judge(2).pubkey(), judge(3).pubkey()),
         second = std::max(judge(2).pubkey(), judge(3).pubkey());
  PeerBook book{{first, second}};
  Pubkey record = plain_opinion().record;

  SignedOpinion said(std::uint8_t n, Timestamp at, Health health = Health::Healthy) const {
    auto opinion = plain_opinion();
    opinion.made_at = at;
    opinion.health = health;
    return sign(opinion, judge(n));
  }
  std::size_t asked(Timestamp now, const std::set<Pubkey>& wanted = {}) { return book.ask(wanted, now).size(); }
};

TEST_F(TwoPeers, AreAskedAtOnceAndThenAtASlowPace) {
  EXPECT_EQ(asked(kNow), 2U);
  EXPECT_EQ(asked(kNow + seconds{1}), 0U);
  book.heard(first, {}, kNow + seconds{1});
  book.heard(second, {}, kNow + seconds{1});
  EXPECT_EQ(asked(kNow + seconds{30}), 0U);
  EXPECT_EQ(book.next(), kNow + seconds{31});
  EXPECT_EQ(asked(kNow + seconds{31}), 2U);
}

TEST_F(TwoPeers, AreAskedSoonByNameWhileAChangeWaits) {
  asked(kNow);
  book.heard(first, {}, kNow);
  book.heard(second, {}, kNow);
  EXPECT_EQ(asked(kNow + seconds{1}, {record}), 0U);
  const auto questions = book.ask({record}, kNow + seconds{2});
  ASSERT_EQ(questions.size(), 2U);
  EXPECT_EQ(questions[0].records, std::vector{record});
  // What it said just now is not asked for again.
  book.heard(judge(2).pubkey(), std::vector{said(2, kNow + seconds{2})}, kNow + seconds{2});
  book.heard(judge(3).pubkey(), std::vector{said(3, kNow + seconds{2})}, kNow + seconds{2});
  EXPECT_EQ(asked(kNow + seconds{8}, {record}), 0U);
  EXPECT_EQ(asked(kNow + seconds{13}, {record}), 2U);
}

TEST_F(TwoPeers, OneThatHangsHoldsNobodyUpAndIsAskedLaterEachTime) {
  asked(kNow);
  book.heard(second, {}, kNow);
  EXPECT_EQ(asked(kNow + seconds{14}), 0U);
  EXPECT_EQ(asked(kNow + seconds{15}), 0U);  // given up
  EXPECT_EQ(book.peers().at(first).last_error, "no answer within 15 s");
  EXPECT_EQ(asked(kNow + seconds{17}), 1U);
  book.failed(first, "refused", kNow + seconds{18});
  EXPECT_EQ(asked(kNow + seconds{21}), 0U);
  EXPECT_EQ(asked(kNow + seconds{22}, {record}), 2U);  // the other one for the record, this one after its pause
  for (int i = 0; i < 40; ++i) book.failed(first, "refused", kNow);
  EXPECT_EQ(book.peers().at(first).next_ask, kNow + seconds{60});
  book.heard(first, {}, kNow + seconds{30});
  EXPECT_EQ(book.peers().at(first).failures, 0);
  EXPECT_TRUE(book.peers().at(first).last_error.empty());
}

TEST_F(TwoPeers, OnlyWhatAPeerSaysItselfIsKept) {
  book.heard(judge(2).pubkey(), std::vector{said(3, kNow), said(2, kNow)}, kNow);
  ASSERT_EQ(book.of(record).size(), 1U);
  EXPECT_EQ(book.of(record)[0].opinion.judge, judge(2).pubkey());
  EXPECT_EQ(book.peers().at(judge(2).pubkey()).foreign, 1U);
  book.heard(judge(9).pubkey(), std::vector{said(9, kNow)}, kNow);  // not a peer
  EXPECT_EQ(book.of(record).size(), 1U);
}

TEST_F(TwoPeers, TheNewestStaysAndWhatContradictsIt) {
  const auto peer = judge(2).pubkey();
  book.heard(peer, std::vector{said(2, kNow)}, kNow);
  book.heard(peer, std::vector{said(2, kNow - seconds{5}, Health::Impaired)}, kNow);
  EXPECT_EQ(book.of(record), std::vector{said(2, kNow)});
  book.heard(peer, std::vector{said(2, kNow, Health::Impaired), said(2, kNow, Health::Pending)}, kNow);
  EXPECT_EQ(book.of(record).size(), 2U);
  book.heard(peer, std::vector{said(2, kNow + seconds{1})}, kNow + seconds{1});
  EXPECT_EQ(book.of(record).size(), 1U);
}

TEST_F(TwoPeers, WhatIsOldOrOfTheFutureIsNotKept) {
  const auto peer = judge(2).pubkey();
  book.heard(peer, std::vector{said(2, kNow - minutes{2} - Duration{1})}, kNow);
  book.heard(peer, std::vector{said(2, kNow + seconds{11})}, kNow);
  EXPECT_TRUE(book.of(record).empty());
  book.heard(peer, std::vector{said(2, kNow)}, kNow);
  book.heard(peer, {}, kNow + minutes{3});
  EXPECT_TRUE(book.of(record).empty());
}

TEST_F(TwoPeers, AFloodIsKeptUpToALimit) {
  std::vector<SignedOpinion> flood(kMostHeard + 100, said(2, kNow));
  for (std::size_t i = 0; i < flood.size(); ++i) {
    flood[i].opinion.record.bytes[0] = static_cast<std::uint8_t>(i);
    flood[i].opinion.record.bytes[1] = static_cast<std::uint8_t>(i >> 8);
  }
  book.heard(judge(2).pubkey(), flood, kNow);
  EXPECT_EQ(book.peers().at(judge(2).pubkey()).opinions.size(), kMostHeard);
}

TEST_F(TwoPeers, AQuestionNamesSoManyRecords) {
  std::set<Pubkey> many;
  for (int i = 0; i < 200; ++i) many.insert(key_of(static_cast<std::uint8_t>(i)));
  EXPECT_EQ(book.ask(many, kNow)[0].records.size(), kMostAsked);
}

}  // namespace
}  // namespace dz::quorum
