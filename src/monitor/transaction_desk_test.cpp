#include "monitor/transaction_desk.h"

#include <gtest/gtest.h>

#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

using std::chrono::milliseconds;
using testbed::LineFault;

struct TransactionDeskFixture : testing::Test {
  TransactionDeskFixture() {
    parts.pass();
    parts.network.advance(std::chrono::seconds{1});
    parts.pass();
    signature = must(wire::parse_signature(must(parts.memory.statements().find(0))->signature));
    parts.line = [this](std::string_view call) {
      requests += call == "get_transaction" ? 1 : 0;
      return fault;
    };
    desk.on_wanted([this] { ++wanted; });
    desk.on_read([this] { ++read; });
  }
  Timestamp now() { return parts.network.now(); }
  static wire::Signature unknown(std::uint8_t n) {
    wire::Signature signature;
    signature.bytes.fill(n);
    return signature;
  }

  PartsFixture parts;
  wire::Signature signature;
  LineFault fault = LineFault::None;
  TransactionDesk desk;
  int requests = 0, wanted = 0, read = 0;
};

TEST_F(TransactionDeskFixture, WhoAsksNeverAsksTheLedger) {
  desk.ask(signature, now());
  EXPECT_EQ(requests, 0);
  EXPECT_EQ(wanted, 1);
  EXPECT_FALSE(desk.find(signature).transaction);
  EXPECT_EQ(desk.find(signature).trouble, "");
  EXPECT_EQ(desk.next(now()), now());
  desk.step(parts.client, now());
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(read, 1);
  ASSERT_TRUE(desk.find(signature).transaction);
  EXPECT_FALSE(desk.find(signature).transaction->failed);
  EXPECT_EQ(desk.next(now()), Timestamp::max());
}

TEST_F(TransactionDeskFixture, WhatIsThereIsNotReadAgain) {
  desk.ask(signature, now());
  desk.step(parts.client, now());
  parts.network.advance(std::chrono::hours{1});
  desk.ask(signature, now());
  desk.step(parts.client, now());
  EXPECT_EQ(requests, 1);
}

TEST_F(TransactionDeskFixture, WhatIsNotThereIsSaidAndAskedForAgainLater) {
  desk.ask(unknown(1), now());
  desk.step(parts.client, now());
  EXPECT_NE(desk.find(unknown(1)).trouble.find("has no such transaction"), std::string::npos);
  desk.ask(unknown(1), now());
  EXPECT_EQ(desk.next(now()), Timestamp::max());
  parts.network.advance(TransactionDesk::kAgainAfter);
  desk.ask(unknown(1), now());
  desk.step(parts.client, now());
  EXPECT_EQ(requests, 2);
}

TEST_F(TransactionDeskFixture, ALedgerThatDoesNotAnswerIsTroubleAndNoVerdict) {
  fault = LineFault::RequestLost;
  desk.ask(signature, now());
  desk.step(parts.client, now());
  EXPECT_FALSE(desk.find(signature).transaction);
  EXPECT_NE(desk.find(signature).trouble, "");
  fault = LineFault::None;
  parts.network.advance(TransactionDesk::kAgainAfter);
  desk.ask(signature, now());
  desk.step(parts.client, now());
  EXPECT_TRUE(desk.find(signature).transaction);
}

TEST_F(TransactionDeskFixture, ManyQuestionsMakeNoStorm) {
  for (std::uint8_t i = 0; i < 200; ++i) desk.ask(unknown(i), now());
  desk.step(parts.client, now());
  EXPECT_EQ(requests, static_cast<int>(TransactionDesk::kRequestsAStep));
  desk.step(parts.client, now());
  EXPECT_EQ(requests, static_cast<int>(TransactionDesk::kRequestsAStep));  // not before its time
  EXPECT_EQ(desk.next(now()), now() + TransactionDesk::kEvery);
  int steps = 0;
  for (; desk.next(now()) != Timestamp::max(); ++steps) {
    parts.network.advance(TransactionDesk::kEvery);
    desk.step(parts.client, now());
  }
  EXPECT_EQ(requests, static_cast<int>(TransactionDesk::kMostAsked));
  EXPECT_EQ(steps + 1, static_cast<int>(TransactionDesk::kMostAsked / TransactionDesk::kRequestsAStep));
}

TEST_F(TransactionDeskFixture, WhatWasAskedForLongestAgoGoesFirst) {
  desk.ask(signature, now());
  desk.step(parts.client, now());
  for (std::uint8_t i = 0; i < TransactionDesk::kMostKept; ++i) {
    parts.network.advance(TransactionDesk::kEvery);
    if (i + 1 == static_cast<int>(TransactionDesk::kMostKept)) desk.ask(signature, now());
    desk.ask(unknown(i), now());
    desk.step(parts.client, now());
  }
  EXPECT_TRUE(desk.find(signature).transaction);
  EXPECT_EQ(desk.find(unknown(0)).trouble, "");  // forgotten
}

}  // namespace
}  // namespace dz::monitor
