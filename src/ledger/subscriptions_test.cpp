#include "ledger/subscriptions.h"

#include <gtest/gtest.h>

#include "ledger/ledger_fixture.h"
#include "wire/addresses.h"
#include "wire/instructions/global.h"

namespace dz::ledger {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

struct Listeners : LedgerFixture {
  std::vector<std::pair<std::uint64_t, json::value>> sent;
  Subscriptions subscriptions{*ledger, [this](std::uint64_t session, const std::string& text) {
                                sent.emplace_back(session, json::parse(text));
                              }};

  json::value ask(std::uint64_t session, const std::string& method, const std::string& params) {
    const std::size_t before = sent.size();
    subscriptions.receive(session, R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}");
    return sent.at(before).second;
  }
  std::vector<json::value> notifications(std::uint64_t session) const {
    std::vector<json::value> out;
    for (const auto& [to, message] : sent) {
      if (to == session && message.as_object().contains("method")) out.push_back(message);
    }
    return out;
  }
  std::string alice_text() const { return "\"" + to_text(alice.pubkey()) + "\""; }
};

const std::string kProcessed = R"(,{"commitment":"processed"}])";

TEST(Subscriptions, ProcessedIsToldAtOnceAndConfirmedWhenDurable) {
  Listeners l;
  l.ask(1, "accountSubscribe", "[" + l.alice_text() + kProcessed);
  l.ask(2, "accountSubscribe", "[" + l.alice_text() + R"(,{"commitment":"confirmed"}])");
  l.ask(3, "accountSubscribe", "[" + l.alice_text() + "]");
  ASSERT_TRUE(l.ledger->airdrop(l.alice.pubkey(), kSol));
  EXPECT_EQ(l.notifications(1).size(), 1U);
  EXPECT_EQ(l.notifications(2).size(), 0U);
  ASSERT_TRUE(l.ledger->commit());
  EXPECT_EQ(l.notifications(1).size(), 1U);
  ASSERT_EQ(l.notifications(2).size(), 1U);
  EXPECT_EQ(l.notifications(3).size(), 1U);
  const auto message = l.notifications(2)[0];
  EXPECT_EQ(message.at("method"), "accountNotification");
  EXPECT_EQ(message.at("params").at("subscription"), 2U);
  EXPECT_EQ(message.at("params").at("result").at("value").at("lamports"), kSol);
  EXPECT_EQ(message.at("params").at("result").at("context").at("slot"), 0U);
}

TEST(Subscriptions, ASignatureIsToldOnceAlsoWhenItLandedBefore) {
  Listeners l;
  const auto signature = l.ledger->airdrop(l.alice.pubkey(), kSol);
  const std::string params = "[\"" + to_text(*signature) + "\"";
  l.ask(1, "signatureSubscribe", params + kProcessed);
  l.ask(2, "signatureSubscribe", params + "]");
  ASSERT_EQ(l.notifications(1).size(), 1U);
  EXPECT_EQ(json::serialize(l.notifications(1)[0].at("params").at("result").at("value")), R"({"err":null})");
  EXPECT_TRUE(l.sent[0].second.as_object().contains("result"));  // the subscription's number came first
  EXPECT_EQ(l.notifications(2).size(), 0U);
  ASSERT_TRUE(l.ledger->commit());
  EXPECT_EQ(l.notifications(2).size(), 1U);
  EXPECT_EQ(l.subscriptions.count(), 0U);
}

TEST(Subscriptions, SlotsAndLogs) {
  Listeners l;
  l.ask(1, "slotSubscribe", "[]");
  l.ask(2, "logsSubscribe", R"(["all",{"commitment":"processed"}])");
  l.ask(3, "logsSubscribe", R"([{"mentions":[)" + l.alice_text() + "]}" + kProcessed);
  l.ask(4, "logsSubscribe", R"([{"mentions":[")" + to_text(l.bob.pubkey()) + R"("]})" + kProcessed);
  l.pass(milliseconds{400});
  ASSERT_EQ(l.notifications(1).size(), 1U);
  EXPECT_EQ(json::serialize(l.notifications(1)[0].at("params").at("result")), R"({"slot":1,"parent":0,"root":0})");
  ASSERT_TRUE(l.ledger->airdrop(l.alice.pubkey(), kSol));
  EXPECT_EQ(l.notifications(2).size(), 1U);
  ASSERT_EQ(l.notifications(3).size(), 1U);
  EXPECT_EQ(l.notifications(4).size(), 0U);
  EXPECT_EQ(l.notifications(3)[0].at("params").at("result").at("value").at("logs").as_array().size(), 4U);
}

TEST(Subscriptions, ProgramsWithoutDataOfTheirOwnSayNothing) {
  Listeners l;
  l.ask(1, "programSubscribe", R"(["11111111111111111111111111111111")" + kProcessed);
  ASSERT_TRUE(l.ledger->airdrop(l.alice.pubkey(), kSol));  // a wallet has no data
  EXPECT_EQ(l.notifications(1).size(), 0U);
}

TEST(Subscriptions, ProgramsTellTheirAccountsThatMatch) {
  Listeners l;
  l.fund(l.alice.pubkey());
  const std::string program = to_text(l.bank().program_ids().serviceability);
  const auto subscribe = [&](std::uint64_t session, const std::string& filters) {
    l.ask(session, "programSubscribe",
          R"([")" + program + R"(",{"commitment":"processed","filters":)" + filters + "}]");
  };
  subscribe(1, "[]");
  subscribe(2, R"([{"memcmp":{"offset":0,"bytes":[1]}}])");  // GlobalState
  subscribe(3, R"([{"memcmp":{"offset":0,"bytes":[6]}}])");  // Link
  const wire::Sender sender{l.bank().program_ids().serviceability, l.alice.pubkey()};
  const auto transaction = signed_by(l.alice, {init_global_state(sender)}, l.bank().latest_blockhash().hash);
  const auto submission = l.ledger->submit(transaction, true);
  ASSERT_TRUE(submission.accepted) << boost::json::serialize(to_json(*submission.execution.error));
  EXPECT_EQ(submission.execution.logs.front(), "Program " + program + " invoke [1]");
  EXPECT_EQ(submission.execution.logs.back(), "Program " + program + " success");
  EXPECT_EQ(l.notifications(1).size(), 2U);  // ProgramConfig and GlobalState; the payer is no account of the program
  ASSERT_EQ(l.notifications(2).size(), 1U);
  EXPECT_EQ(l.notifications(3).size(), 0U);
  const auto value = l.notifications(2)[0].at("params").at("result").at("value");
  EXPECT_EQ(value.at("account").at("owner"), json::value(program));
  EXPECT_EQ(value.at("pubkey"), json::value(to_text(wire::global_state_address(sender.program).address)));
}

TEST(Subscriptions, EndByUnsubscribingAndWithTheSession) {
  Listeners l;
  const auto id = l.ask(1, "accountSubscribe", "[" + l.alice_text() + kProcessed).at("result");
  EXPECT_TRUE(l.ask(2, "accountUnsubscribe", "[" + json::serialize(id) + "]").as_object().contains("error"));
  EXPECT_EQ(l.ask(1, "accountUnsubscribe", "[" + json::serialize(id) + "]").at("result"), true);
  l.ask(1, "accountSubscribe", "[" + l.alice_text() + kProcessed);
  l.ask(2, "slotSubscribe", "[]");
  l.subscriptions.drop(1);
  EXPECT_EQ(l.subscriptions.count(), 1U);
}

TEST(Subscriptions, WrongOnesAreRefusedAndOtherMethodsAnswered) {
  Listeners l;
  for (const auto& [method, params] :
       std::vector<std::pair<std::string, std::string>>{{"accountSubscribe", "[]"},
                                                        {"programSubscribe", R"(["x"])"},
                                                        {"logsSubscribe", R"(["some"])"},
                                                        {"logsSubscribe", R"([{"mentions":[]}])"},
                                                        {"voteSubscribe", "[]"},
                                                        {"slotUnsubscribe", "[99]"}}) {
    EXPECT_TRUE(l.ask(1, method, params).as_object().contains("error")) << method;
  }
  EXPECT_EQ(l.ask(1, "getHealth", "[]").at("result"), "ok");
  const std::size_t before = l.sent.size();
  l.subscriptions.receive(1, R"({"jsonrpc":"2.0","method":"ping"})");
  EXPECT_EQ(l.sent.size(), before);
}

TEST(Subscriptions, X3_AConnectionHasALimitAndSoHaveAllTogether) {
  Listeners l;
  Subscriptions few(
      *l.ledger,
      [&](std::uint64_t session, const std::string& text) { l.sent.emplace_back(session, json::parse(text)); },
      {.of_session = 2, .all = 3});
  const auto subscribe = [&](std::uint64_t session) {
    few.receive(session, R"({"jsonrpc":"2.0","id":1,"method":"slotSubscribe"})");
    return l.sent.back().second.as_object().contains("result");
  };
  EXPECT_TRUE(subscribe(1));
  EXPECT_TRUE(subscribe(1));
  EXPECT_FALSE(subscribe(1));
  EXPECT_TRUE(subscribe(2));
  EXPECT_FALSE(subscribe(3));
  EXPECT_EQ(few.refused(), 2U);
  few.drop(1);
  EXPECT_TRUE(subscribe(3));
  EXPECT_EQ(few.count(), 2U);
}

// Steps, not seconds, grow with the number: a quadratic way takes minutes here.
// Two hundred connections of this machine took all there were, and whoever came after got none.
TEST(Subscriptions, X3_WhoComesLateGetsSomeWhateverOthersHold) {
  LedgerFixture f;
  std::size_t answered = 0, refused = 0;
  Subscriptions subscriptions(*f.ledger,
                              [&](std::uint64_t, const std::string& text) {
                                ++(text.find("\"error\"") != std::string::npos ? refused : answered);
                              },
                              {.of_session = 50, .all = 200, .each = 10, .sessions = 12});
  const auto subscribe = [&](std::uint64_t session, int times) {
    answered = refused = 0;
    for (int i = 0; i < times; ++i) {
      subscriptions.receive(session, R"({"jsonrpc":"2.0","id":1,"method":"slotSubscribe","params":[]})");
    }
    return answered;
  };
  EXPECT_EQ(subscribe(1, 60), 50U);
  EXPECT_EQ(subscribe(2, 60), 50U);
  EXPECT_EQ(subscribe(3, 60), 10U);  // what is not kept for others is used up: 80 beyond 10 each
  EXPECT_EQ(subscriptions.beyond(), 80U);
  for (std::uint64_t session = 4; session <= 12; ++session) EXPECT_EQ(subscribe(session, 60), 10U) << session;
  EXPECT_EQ(subscriptions.count(), 200U);
  subscriptions.drop(1);
  EXPECT_EQ(subscriptions.beyond(), 40U);
  EXPECT_EQ(subscribe(3, 60), 40U);
  EXPECT_EQ(subscribe(13, 60), 10U);
  for (std::uint64_t session = 2; session <= 13; ++session) subscriptions.drop(session);
  EXPECT_EQ(subscriptions.beyond(), 0U);
  EXPECT_EQ(subscriptions.count(), 0U);
}

TEST(Subscriptions, WhatIsKeptForEachIsNeverMoreThanThereIs) {
  const SubscriptionLimits few{.of_session = 5, .all = 8, .each = 10, .sessions = 4};
  EXPECT_EQ(few.kept_for_each(), 2U);
  EXPECT_EQ(few.most_beyond(), 0U);
  const SubscriptionLimits none{.of_session = 5, .all = 8, .each = 10, .sessions = 100};
  EXPECT_EQ(none.kept_for_each(), 0U);
  EXPECT_EQ(none.most_beyond(), 8U);
}

TEST(Subscriptions, X3_AHundredThousandCostWhatTheyAre) {
  Listeners l;
  std::size_t heard = 0;
  Subscriptions many(*l.ledger, [&](std::uint64_t, const std::string&) { ++heard; });
  const std::vector<std::string> messages = {
      R"({"jsonrpc":"2.0","method":"slotSubscribe"})",
      R"({"jsonrpc":"2.0","method":"accountSubscribe","params":[)" + l.alice_text() + kProcessed + "}",
      R"({"jsonrpc":"2.0","method":"logsSubscribe","params":[{"mentions":[)" + l.alice_text() + "]}" + kProcessed + "}",
      R"({"jsonrpc":"2.0","method":"programSubscribe","params":["11111111111111111111111111111111")" + kProcessed +
          "}"};
  for (std::size_t i = 0; i < 100'000; ++i) many.receive(i % 100, messages[i % messages.size()]);
  EXPECT_EQ(many.count(), 100'000U);
  EXPECT_EQ(heard, 0U);
  const auto tell_all = [&] {
    while (many.is_somebody_waiting()) many.tell_more();
  };
  for (int i = 0; i < 10; ++i) {
    l.pass(milliseconds{400});
    tell_all();
  }
  EXPECT_EQ(heard, 10U * 25'000U);
  heard = 0;
  ASSERT_TRUE(l.ledger->airdrop(l.alice.pubkey(), kSol));
  tell_all();
  EXPECT_EQ(heard, 50'000U);  // her account, and the logs that mention her
  for (std::size_t session = 0; session < 100; ++session) many.drop(session);
  EXPECT_EQ(many.count(), 0U);
  heard = 0;
  l.pass(milliseconds{400});
  EXPECT_EQ(heard, 0U);
}

TEST(Subscriptions, X3_OfACrowdTheFirstAreToldAtOnceAndTheRestInTurns) {
  Listeners l;
  const auto most = Subscriptions::kMostAtOnce;
  for (std::size_t i = 0; i < 2 * most + 10; ++i) l.ask(i % 5, "slotSubscribe", "[]");
  l.sent.clear();
  l.pass(milliseconds{400});
  EXPECT_EQ(l.sent.size(), most);
  l.subscriptions.drop(4);  // and is told no more
  l.ask(3, "slotUnsubscribe", "[" + std::to_string(2 * most + 4) + "]");
  l.sent.clear();
  l.subscriptions.tell_more();
  EXPECT_TRUE(l.subscriptions.is_somebody_waiting());
  l.subscriptions.tell_more();
  EXPECT_FALSE(l.subscriptions.is_somebody_waiting());
  EXPECT_EQ(l.notifications(4).size(), 0U);
  EXPECT_EQ(l.notifications(3).size(), (most + 10) / 5 - 1);
  EXPECT_EQ(l.sent.size(), (most + 10) / 5 * 4 - 1);
  l.sent.clear();
  l.pass(milliseconds{400});
  EXPECT_EQ(l.sent.size(), most) << "each slot anew";
  l.pass(milliseconds{400});
  EXPECT_EQ(l.sent.size(), most) << "no slot while some still hear of an earlier one";
}

TEST(Subscriptions, X3_EveryKindIsForgottenWhenItEnds) {
  Listeners l;
  const std::string program = R"(["11111111111111111111111111111111")" + kProcessed;
  const std::string signature = "[\"" + std::string(64, '1') + "\"" + kProcessed;
  const std::string mentions = "[{\"mentions\":[" + l.alice_text() + "]}" + kProcessed;
  for (const auto& [what, params] :
       std::vector<std::pair<std::string, std::string>>{{"account", "[" + l.alice_text() + kProcessed},
                                                        {"program", program},
                                                        {"signature", signature},
                                                        {"logs", mentions},
                                                        {"logs", R"(["all")" + kProcessed},
                                                        {"slot", "[]"}}) {
    const auto id = l.ask(1, what + "Subscribe", params).at("result");
    EXPECT_EQ(l.ask(1, what + "Unsubscribe", "[" + json::serialize(id) + "]").at("result"), true) << what;
  }
  EXPECT_EQ(l.subscriptions.count(), 0U);
  ASSERT_TRUE(l.ledger->airdrop(l.alice.pubkey(), kSol));
  l.pass(milliseconds{400});
  EXPECT_TRUE(l.notifications(1).empty());
}

TEST(Subscriptions, X3_OneRenderingServesAllWhoWantTheSame) {
  Listeners l;
  l.ask(1, "accountSubscribe", "[" + l.alice_text() + R"(,{"commitment":"processed","encoding":"base64"}])");
  l.ask(2, "accountSubscribe", "[" + l.alice_text() + R"(,{"commitment":"processed","encoding":"base58"}])");
  l.ask(3, "accountSubscribe", "[" + l.alice_text() + R"(,{"commitment":"processed","encoding":"base64"}])");
  ASSERT_TRUE(l.ledger->airdrop(l.alice.pubkey(), kSol));
  const auto data = [&](std::uint64_t session) {
    return json::serialize(l.notifications(session).at(0).at("params").at("result").at("value").at("data"));
  };
  EXPECT_EQ(data(1), R"(["","base64"])");
  EXPECT_EQ(data(2), R"(["","base58"])");
  EXPECT_EQ(data(3), data(1));
}

TEST(Subscriptions, X13_AMessageWhoseSessionIsGoneIsNotAnsweredAndSubscribesToNothing) {
  Listeners l;
  const std::string subscribe = R"({"jsonrpc":"2.0","id":1,"method":"slotSubscribe","params":[]})";
  const auto message = l.subscriptions.begin(1, "[" + subscribe + "," + subscribe + "]");
  EXPECT_FALSE(l.subscriptions.go_on(*message));
  EXPECT_EQ(l.subscriptions.count(), 1U);
  l.subscriptions.drop(1);
  EXPECT_TRUE(l.subscriptions.go_on(*message));
  EXPECT_EQ(l.subscriptions.count(), 0U);
  EXPECT_TRUE(l.sent.empty());
}

}  // namespace
}  // namespace dz::ledger
