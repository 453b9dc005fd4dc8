// Blocks over JSON-RPC.
#include <filesystem>

#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Blocks : public testing::Test {
 protected:
  void SetUp() override {
    f.pass(seconds{4});
    f.fund(f.alice.pubkey(), 100 * kSol);
    f.pass(milliseconds{400});
    for (std::uint64_t i = 1; i <= 2; ++i) {
      sent.push_back(f.transfer(f.alice, f.bob.pubkey(), i * kSol));
      EXPECT_TRUE(f.ledger->submit(sent.back(), true).accepted);
    }
    slot = f.bank().slot().value;
  }
  json::value block(const std::string& config) {
    return f.rpc("getBlock", "[" + std::to_string(slot) + "," + config + "]");
  }
  std::string slots(const std::string& method, const std::string& params) {
    const auto answer = f.rpc(method, params);
    return json::serialize(answer.as_object().contains("result") ? answer.at("result") : answer.at("error"));
  }

  LedgerFixture f;
  std::vector<wire::Transaction> sent;
  std::uint64_t slot = 0;
};

TEST_F(Blocks, TheCurrentSlotHasNoneYet) {
  const auto error = block("null").at("error");
  EXPECT_EQ(error.at("code"), kBlockNotAvailable);
  EXPECT_EQ(error.at("message"), json::value("Block not available for slot " + std::to_string(slot)));
  f.pass(milliseconds{400});
  EXPECT_TRUE(block("null").as_object().contains("result"));
}

TEST_F(Blocks, HasAllTransactionsOfItsSlotInTheirOrder) {
  f.pass(milliseconds{400});
  const auto whole = block(R"({"maxSupportedTransactionVersion":0})").at("result");
  EXPECT_EQ(whole.at("parentSlot"), slot - 1);
  EXPECT_EQ(whole.at("blockHeight"), slot);
  EXPECT_EQ(whole.at("blockhash"), json::value(to_text(sent[0].message.recent_blockhash)));
  EXPECT_EQ(whole.at("previousBlockhash"), json::value(to_text(blockhash_of(f.bank().genesis(), Slot{slot - 1}))));
  EXPECT_EQ(whole.at("blockTime"), f.bank().clock().time_of(Slot{slot}).time_since_epoch() / seconds{1});
  EXPECT_TRUE(whole.at("rewards").as_array().empty());
  ASSERT_EQ(whole.at("transactions").as_array().size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& one = whole.at("transactions").at(i);
    EXPECT_EQ(one.at("transaction").at("signatures").at(0), json::value(to_text(sent[i].signatures[0])));
    EXPECT_EQ(one.at("version"), "legacy");
    EXPECT_EQ(one.at("meta").at("fee"), 5000U);
  }
  slot -= 3;
  EXPECT_TRUE(block("null").at("result").at("transactions").as_array().empty());
}

TEST_F(Blocks, AsMuchAsIsAskedFor) {
  f.pass(milliseconds{400});
  const auto signatures = block(R"({"transactionDetails":"signatures","rewards":false})").at("result");
  EXPECT_EQ(signatures.at("signatures").at(1), json::value(to_text(sent[1].signatures[0])));
  EXPECT_FALSE(signatures.as_object().contains("rewards"));
  EXPECT_FALSE(signatures.as_object().contains("transactions"));
  const auto none = block(R"({"transactionDetails":"none"})").at("result").as_object();
  EXPECT_FALSE(none.contains("signatures") || none.contains("transactions"));
  const auto accounts = block(R"({"transactionDetails":"accounts"})").at("result").at("transactions").at(0);
  EXPECT_EQ(accounts.at("transaction").at("accountKeys").at(1).at("pubkey"), json::value(to_text(f.bob.pubkey())));
  EXPECT_FALSE(accounts.at("meta").as_object().contains("logMessages"));
  EXPECT_FALSE(accounts.as_object().contains("version"));
  const auto packed = block(R"({"encoding":"base64"})").at("result").at("transactions").at(1).at("transaction");
  EXPECT_EQ(packed.at(0), json::value(base64_of(sent[1])));
  EXPECT_EQ(block(R"("base58")").at("result").at("transactions").at(1).at("transaction").at(1), "base58");
  EXPECT_EQ(block(R"({"transactionDetails":"some"})").at("error").at("code"), kInvalidParams);
}

TEST_F(Blocks, OneWithAVersionedTransactionIsForThoseWhoReadIt) {
  auto versioned = f.transfer(f.alice, f.bob.pubkey(), 5 * kSol);
  versioned.message.version = wire::MessageVersion::Zero;
  versioned.signatures[0] = f.alice.sign(encode(versioned.message));
  EXPECT_TRUE(f.ledger->submit(versioned, true).accepted);
  f.pass(milliseconds{400});
  for (const std::string details : {"full", "accounts"}) {
    const std::string config = R"({"transactionDetails":")" + details + "\"";
    EXPECT_EQ(block(config + "}").at("error").at("code"), -32015);
    const auto shown = block(config + R"(,"maxSupportedTransactionVersion":0})").at("result").at("transactions");
    EXPECT_EQ(shown.at(2).at("version"), 0);
  }
  EXPECT_EQ(block(R"({"transactionDetails":"signatures"})").at("result").at("signatures").as_array().size(), 3U);
}

TEST_F(Blocks, ListsSlotsThatAreOver) {
  ASSERT_EQ(slot, 11U);
  EXPECT_EQ(slots("getBlocks", "[8,10]"), "[8,9,10]");
  EXPECT_EQ(slots("getBlocks", "[8]"), "[8,9,10]");
  EXPECT_EQ(slots("getBlocks", "[9,200]"), "[9,10]");
  EXPECT_EQ(slots("getBlocks", R"([9,{"commitment":"confirmed"}])"), "[9,10]");
  EXPECT_EQ(slots("getBlocks", "[9,8]"), "[]");
  EXPECT_EQ(slots("getBlocks", "[300]"), "[]");
  EXPECT_EQ(slots("getBlocksWithLimit", "[3,2]"), "[3,4]");
  EXPECT_EQ(slots("getBlocksWithLimit", "[9,100]"), "[9,10]");
  EXPECT_EQ(slots("getBlocksWithLimit", "[18446744073709551615,5]"), "[]");
  EXPECT_NE(slots("getBlocksWithLimit", "[3,500001]").find("Limit too large; max 500000"), std::string::npos);
  EXPECT_NE(slots("getBlocks", "[0,500001]").find("Slot range too large; max 500000"), std::string::npos);
  f.pass(seconds{400'000});
  EXPECT_EQ(f.rpc("getBlocks", "[11,500010]").at("result").as_array().size(), 500'000U);
}

TEST_F(Blocks, WhatIsOnlyProcessedIsNoHistory) {
  const std::string signature = to_text(sent[0].signatures[0]);
  const std::string alice = to_text(f.alice.pubkey());
  const std::pair<std::string, std::string> calls[] = {{"getBlock", "3"},
                                                       {"getBlocks", "3,4"},
                                                       {"getBlocksWithLimit", "3,4"},
                                                       {"getTransaction", "\"" + signature + "\""},
                                                       {"getSignaturesForAddress", "\"" + alice + "\""}};
  for (const auto& [method, params] : calls) {
    const auto error = f.rpc(method, "[" + params + R"(,{"commitment":"processed"}])").at("error");
    EXPECT_EQ(error.at("code"), kInvalidParams) << method;
    EXPECT_EQ(error.at("message"), "Method does not support commitment below `confirmed`") << method;
  }
}

// A reader that pages through a history would otherwise begin it anew for ever.
TEST_F(Blocks, NothingIsOlderThanWhatIsNotKnown) {
  const std::string bob = "[\"" + to_text(f.bob.pubkey()) + "\",{\"before\":\"";
  const auto of = [&](const wire::Signature& before) {
    return f.rpc("getSignaturesForAddress", bob + to_text(before) + "\"}]").at("result").as_array().size();
  };
  EXPECT_EQ(of(sent[1].signatures[0]), 1U);
  EXPECT_EQ(of(wire::Signature{}), 0U);
}

TEST_F(Blocks, MethodsThatDoNotApplyAreUnknown) {
  for (const auto* method : {"getTokenAccountsByOwner", "getTokenSupply", "getVoteAccounts", "getInflationReward"}) {
    EXPECT_EQ(f.rpc(method, "[]").at("error").at("code"), kMethodNotFound) << method;
  }
}

TEST_F(Blocks, WhatIsForgottenIsSaidToBeGone) {
  const std::string folder = testing::TempDir() + "blocks_test_" + std::to_string(::getpid());
  std::filesystem::create_directory(folder);
  const auto open = [&] {
    f.ledger.reset();
    f.ledger = *Ledger::open(*open_sqlite_archive(folder + "/ledger.db"),
                             LedgerOptions{.history = std::chrono::hours{1}}, f.now);
  };
  open();
  EXPECT_EQ(f.rpc("getFirstAvailableBlock", "[]").at("result"), 0);
  f.fund(f.alice.pubkey());
  f.fund(f.alice.pubkey());
  for (int i = 0; i < 70; ++i) f.pass(std::chrono::minutes{1});
  f.fund(f.alice.pubkey());
  open();  // what is old goes with the next fold
  f.pass(seconds{1});
  const auto first = f.rpc("getFirstAvailableBlock", "[]").at("result").to_number<std::uint64_t>();
  EXPECT_GT(first, 0U);
  const auto error = f.rpc("getBlock", "[0]").at("error");
  EXPECT_EQ(error.at("code"), kBlockCleanedUp);
  EXPECT_EQ(error.at("message"),
            json::value("Block 0 cleaned up, does not exist on node. First available block: " + std::to_string(first)));
  EXPECT_EQ(f.rpc("getBlocksWithLimit", "[0,1]").at("result").at(0), first);
  f.ledger.reset();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dz::ledger
