// Memos on the ledger: executed, logged and shown as nodes do.
#include <gtest/gtest.h>

#include "ledger/ledger_fixture.h"
#include "wire/instructions/solana.h"

namespace dz::ledger {
namespace {

namespace json = boost::json;

TEST(Memo, IsLoggedAndShownWithTheTransaction) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto transaction = signed_by(f.alice, {wire::memo("hello"), wire::memo("dzd1:x")}, f.bank().latest_blockhash().hash);
  const auto sent = f.rpc("sendTransaction", "[\"" + base64_of(transaction) + R"(",{"encoding":"base64"}])");
  ASSERT_TRUE(sent.as_object().contains("result")) << json::serialize(sent);
  f.pass(std::chrono::seconds{2});
  const auto signature = std::string(sent.at("result").as_string());
  const auto shown =
      f.rpc("getTransaction", "[\"" + signature + R"(",{"encoding":"jsonParsed","commitment":"confirmed"}])").at("result");
  const auto logs = json::serialize(shown.at("meta").at("logMessages"));
  EXPECT_NE(logs.find(R"(Program log: Memo (len 5): \"hello\")"), std::string::npos) << logs;
  EXPECT_NE(logs.find("Program MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr success"), std::string::npos);
  const auto& first = shown.at("transaction").at("message").at("instructions").at(0);
  EXPECT_EQ(first.at("program"), "spl-memo");
  EXPECT_EQ(first.at("parsed"), "hello");
  const auto history = f.rpc("getSignaturesForAddress", "[\"" + to_text(f.alice.pubkey()) + "\"]").at("result");
  EXPECT_EQ(history.at(0).at("memo"), "[5] hello; [6] dzd1:x");
  EXPECT_TRUE(history.at(1).at("memo").is_null());  // what it was funded by
}

TEST(Memo, OfBytesThatAreNoTextIsRefused) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto transaction = signed_by(f.alice, {wire::memo("\xff")}, f.bank().latest_blockhash().hash);
  const auto sent = f.rpc("sendTransaction", "[\"" + base64_of(transaction) + R"(",{"encoding":"base64"}])");
  EXPECT_NE(json::serialize(sent).find("Invalid UTF-8, from byte 0"), std::string::npos) << json::serialize(sent);
}

TEST(Memo, TheProgramIsAnAccount) {
  LedgerFixture f;
  const auto* account = f.bank().find(wire::memo_program_id());
  ASSERT_NE(account, nullptr);
  EXPECT_TRUE(account->executable);
}

}  // namespace
}  // namespace dz::ledger
