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
  for (std::size_t i = 0; i < kMaxSubscriptions; ++i) l.ask(5, "slotSubscribe", "[]");
  EXPECT_TRUE(l.ask(5, "slotSubscribe", "[]").as_object().contains("error"));
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
