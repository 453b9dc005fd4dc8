#include "quorum/statement_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quorum/opinion_fixture.h"
#include "transparency/merkle.h"

namespace dz::quorum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

class TwoMonitors : public testing::Test {
 protected:
  static std::vector<Bytes> statements_of(std::uint8_t n) { return {{n, 1}, {n, 2}}; }
  static Hash root_of(std::uint8_t n) {
    const auto all = statements_of(n);
    const std::vector<Hash> leaves{transparency::leaf_hash(all[0]), transparency::leaf_hash(all[1])};
    return transparency::tree_root(leaves);
  }
  std::vector<StatementBook::Question> ask(Timestamp now) { return book.ask(wanted, now); }

  StatementBook book{2};
  StatementBook::Wanted wanted{{"tx1", root_of(1)}};
};

TEST_F(TwoMonitors, AreAskedAtOnceAndNoMoreOnceOneGaveThem) {
  const auto asked = ask(kNow);
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_THAT(ask(kNow + seconds{1}), IsEmpty());
  EXPECT_EQ(book.statements("tx1"), nullptr);
  book.heard(asked[1], statements_of(1), kNow);
  ASSERT_NE(book.statements("tx1"), nullptr);
  EXPECT_EQ(*book.statements("tx1"), statements_of(1));
  book.heard(asked[0], {}, kNow);
  EXPECT_THAT(ask(kNow + minutes{60}), IsEmpty());
  EXPECT_EQ(book.next(), Timestamp::max());
}

// Whoever gives them, only those with the root that the ledger has are the transaction's.
TEST_F(TwoMonitors, WhatTheTransactionDoesNotCarryIsNotTaken) {
  const auto asked = ask(kNow);
  book.heard(asked[0], statements_of(2), kNow);
  auto fewer = statements_of(1);
  fewer.pop_back();
  book.heard(asked[1], fewer, kNow);
  EXPECT_EQ(book.statements("tx1"), nullptr);
  ASSERT_THAT(book.reasons("tx1"), SizeIs(2));
  EXPECT_THAT(book.reasons("tx1")[1].second, testing::HasSubstr("does not carry the root of"));
}

TEST_F(TwoMonitors, OneThatHasNothingOfItIsAskedEverMoreRarely) {
  auto now = kNow;
  for (auto asked = ask(now); const auto& one : asked) book.heard(one, {}, now);
  EXPECT_THAT(book.reasons("tx1")[0].second, testing::HasSubstr("states nothing of it"));
  for (const Duration pause : {seconds{1}, seconds{2}, seconds{4}}) {
    EXPECT_THAT(ask(now + pause - Duration{1}), IsEmpty());
    EXPECT_EQ(book.next(), now + pause);
    now += pause;
    for (auto asked = ask(now); const auto& one : asked) book.heard(one, {}, now);
  }
  for (int i = 0; i < 20; ++i) {
    now += minutes{10};
    const auto asked = ask(now);
    ASSERT_THAT(asked, SizeIs(2));
    for (const auto& one : asked) book.heard(one, {}, now);
  }
  EXPECT_EQ(book.next(), now + minutes{10});
  // Of another transaction it is asked at once.
  wanted.emplace("tx2", root_of(2));
  EXPECT_THAT(ask(now), SizeIs(2));
}

TEST_F(TwoMonitors, OneThatDoesNotAnswerIsAskedOneThingNowAndThen) {
  for (std::uint8_t n = 2; n < 30; ++n) wanted.emplace("tx" + std::to_string(n), root_of(n));
  auto now = kNow;
  auto asked = ask(now);
  EXPECT_THAT(asked, SizeIs(2 * StatementBook::kMostAtOnce));
  for (const auto& one : asked) {
    if (one.monitor == 0) book.failed(one, "connection refused", now);
  }
  EXPECT_EQ(book.monitors()[0].failures, 1);
  now = book.monitors()[0].next_ask;
  EXPECT_EQ(now, kNow + seconds{1});
  asked = ask(now);
  EXPECT_EQ(std::count_if(asked.begin(), asked.end(), [](const auto& one) { return one.monitor == 0; }), 1);
  for (const auto& one : asked) {
    if (one.monitor == 0) book.heard(one, {}, now);
  }
  asked = ask(now);
  EXPECT_EQ(std::count_if(asked.begin(), asked.end(), [](const auto& one) { return one.monitor == 0; }),
            static_cast<std::ptrdiff_t>(StatementBook::kMostAtOnce));
}

TEST_F(TwoMonitors, AnAnswerThatNeverComesIsGivenUp) {
  const auto asked = ask(kNow);
  EXPECT_EQ(book.next(), kNow + seconds{15});
  EXPECT_THAT(ask(kNow + seconds{15}), IsEmpty());
  EXPECT_THAT(book.reasons("tx1")[0].second, testing::HasSubstr("no answer within 15 s"));
  EXPECT_THAT(ask(kNow + seconds{16}), SizeIs(2));
  book.heard(asked[0], statements_of(1), kNow + seconds{17});  // late, and right all the same
  EXPECT_NE(book.statements("tx1"), nullptr);
}

TEST_F(TwoMonitors, WhatIsNotWantedIsForgotten) {
  const auto asked = ask(kNow);
  wanted.clear();
  EXPECT_THAT(ask(kNow), IsEmpty());
  book.heard(asked[0], statements_of(1), kNow);
  book.failed(asked[1], "late", kNow);
  EXPECT_EQ(book.statements("tx1"), nullptr);
  EXPECT_THAT(book.reasons("tx1"), IsEmpty());
  EXPECT_EQ(book.next(), Timestamp::max());
}

}  // namespace
}  // namespace dz::quorum
