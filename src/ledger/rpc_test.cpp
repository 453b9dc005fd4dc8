#include "ledger/rpc.h"

#include <gtest/gtest.h>

#include <random>

#include <fmt/format.h>

#include "base/base58.h"
#include "base/zstd.h"
#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

int error_code(const json::value& answer) {
  const auto* error = answer.as_object().if_contains("error");
  return error == nullptr ? 0 : static_cast<int>(error->at("code").as_int64());
}

TEST(JsonRpc, EchoesIdsAsTheyCame) {
  LedgerFixture f;
  const auto id_of = [&](const std::string& id) {
    const auto answer = json::parse(handle_rpc(R"({"jsonrpc":"2.0","method":"getHealth","id":)" + id + "}", *f.ledger));
    EXPECT_EQ(answer.at("result"), "ok");
    return json::serialize(answer.at("id"));
  };
  for (const char* id : {"1", "\"1\"", "\"b2c4-uuid\"", "null", "-7", "18446744073709551615", "\"\""}) {
    EXPECT_EQ(id_of(id), id);
  }
}

TEST(JsonRpc, AnswersMalformedTextsWithErrors) {
  LedgerFixture f;
  const auto code = [&](const std::string& text) { return error_code(json::parse(handle_rpc(text, *f.ledger))); };
  for (const char* text : {"", "{", "nonsense", "{\"jsonrpc\":\"2.0\",}", "\xff\xfe", "[1,", "\"\xc3\x28\""}) {
    EXPECT_EQ(code(text), kParseError) << text;
  }
  EXPECT_EQ(code(std::string(200, '[') + std::string(200, ']')), kParseError);  // too deep
  for (const char* text : {"1", "null", "\"x\"", "{}", "[]", R"({"jsonrpc":"1.0","id":1,"method":"getHealth"})",
                           R"({"jsonrpc":"2.0","id":1})", R"({"jsonrpc":"2.0","id":1,"method":7})",
                           R"({"jsonrpc":"2.0","id":{},"method":"getHealth"})"}) {
    EXPECT_EQ(code(text), kInvalidRequest) << text;
  }
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"getFortune"})"), kMethodNotFound);
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"getSlot","params":{}})"), kInvalidParams);
}

// A number that JSON cannot say again is not repeated: neither an id, alone or in a batch, nor anything else.
TEST(JsonRpc, X17_AnAnswerIsJsonWhateverTheNumbersOfTheRequestAre) {
  LedgerFixture f;
  for (const char* number : {"1e999", "-1e999", "1E400"}) {
    const std::string request = R"({"jsonrpc":"2.0","id":)" + std::string(number) + R"(,"method":"getHealth"})";
    for (const auto& text :
         {request, "[" + request + "]",
          R"({"jsonrpc":"2.0","id":1,"method":"getBalance","params":[)" + std::string(number) + "]}"}) {
      const auto answer = handle_rpc(text, *f.ledger);
      boost::system::error_code error;
      json::parse(answer, error);
      EXPECT_FALSE(error) << answer;
      EXPECT_EQ(answer.find("1e99999"), std::string::npos) << answer;
      EXPECT_NE(answer.find("error"), std::string::npos) << answer;
    }
  }
  EXPECT_NE(handle_rpc(R"({"jsonrpc":"2.0","id":1.5e300,"method":"getHealth"})", *f.ledger).find("ok"),
            std::string::npos);
}

TEST(JsonRpc, AnswersBatchesInOrderAndNotificationsWithNothing) {
  LedgerFixture f;
  const auto answer = json::parse(handle_rpc(
      R"([{"jsonrpc":"2.0","id":"a","method":"getHealth"},{"jsonrpc":"2.0","method":"ping"},7,
          {"jsonrpc":"2.0","id":2,"method":"getSlot"}])",
      *f.ledger));
  ASSERT_EQ(answer.as_array().size(), 3U);
  EXPECT_EQ(answer.as_array()[0].at("id"), "a");
  EXPECT_EQ(error_code(answer.as_array()[1]), kInvalidRequest);
  EXPECT_EQ(answer.as_array()[2].at("id"), 2);
  EXPECT_EQ(handle_rpc(R"({"jsonrpc":"2.0","method":"ping"})", *f.ledger), "");
  EXPECT_EQ(handle_rpc(R"([{"jsonrpc":"2.0","method":"ping"}])", *f.ledger), "");
  std::string many = "[";
  for (int i = 0; i < 101; ++i) many += R"({"jsonrpc":"2.0","id":1,"method":"getHealth"},)";
  many.back() = ']';
  EXPECT_EQ(error_code(json::parse(handle_rpc(many, *f.ledger))), kInvalidRequest);
}

TEST(JsonRpc, WrongParametersAreNamed) {
  LedgerFixture f;
  for (const auto& [method, params] : std::vector<std::pair<std::string, std::string>>{
           {"getBalance", "[]"},
           {"getBalance", "[7]"},
           {"getBalance", R"(["short"])"},
           {"getBalance", R"(["0OIl"])"},
           {"getBalance", in_quotes(std::string(5000, '1'))},
           {"getAccountInfo", R"(["11111111111111111111111111111111",7])"},
           {"getAccountInfo", R"(["11111111111111111111111111111111",{"encoding":"base63"}])"},
           {"getAccountInfo", R"(["11111111111111111111111111111111",{"commitment":"soon"}])"},
           {"getAccountInfo", R"(["11111111111111111111111111111111",{"dataSlice":{"offset":-1,"length":1}}])"},
           {"getMultipleAccounts", R"(["11111111111111111111111111111111"])"},
           {"getProgramAccounts", R"(["11111111111111111111111111111111",{"filters":[{"memcmp":{"offset":0}}]}])"},
           {"getProgramAccounts", R"(["11111111111111111111111111111111",{"filters":[7]}])"},
           {"getProgramAccounts", R"(["11111111111111111111111111111111",{"filters":[{"x":1}]}])"},
           {"getProgramAccounts", R"(["11111111111111111111111111111111",{"filters":[{"memcmp":{"bytes":[256]}}]}])"},
           {"sendTransaction", "[]"},
           {"sendTransaction", R"(["!!"])"},
           {"sendTransaction", R"(["AAAA",{"encoding":"base64"}])"},
           {"getSignatureStatuses", R"([["x"]])"},
           {"getSignaturesForAddress", R"(["11111111111111111111111111111111",{"limit":1001}])"},
           {"getBlockTime", R"(["1"])"},
           {"getMinimumBalanceForRentExemption", "[18446744073709551615]"},
           {"requestAirdrop", R"(["11111111111111111111111111111111",1.5])"},
           {"getFeeForMessage", R"([""])"}}) {
    EXPECT_EQ(error_code(f.rpc(method, params[0] == '[' ? params : "[" + params + "]")), kInvalidParams)
        << method << params;
  }
}

TEST(JsonRpc, AccountsHaveSolanasShape) {
  LedgerFixture f;
  f.fund(f.alice.pubkey(), kSol);
  const auto answer =
      f.rpc("getAccountInfo", "[" + in_quotes(to_text(f.alice.pubkey())) + R"(,{"encoding":"base64"}])");
  EXPECT_EQ(json::serialize(answer.at("result").at("value")),
            R"({"lamports":1000000000,"data":["","base64"],"owner":"11111111111111111111111111111111",)"
            R"("executable":false,"rentEpoch":18446744073709551615,"space":0})");
  EXPECT_EQ(answer.at("result").at("context").at("slot"), 0U);
  EXPECT_TRUE(
      f.rpc("getAccountInfo", "[" + in_quotes(to_text(f.bob.pubkey())) + "]").at("result").at("value").is_null());
  EXPECT_EQ(f.rpc("getBalance", "[" + in_quotes(to_text(f.bob.pubkey())) + ",null]").at("result").at("value"), 0U);
}

TEST(JsonRpc, AccountDataComesInTheEncodingAskedFor) {
  LedgerFixture f;
  const std::string program = in_quotes("ComputeBudget111111111111111111111111111111");
  const auto data = [&](const std::string& config) {
    return json::serialize(f.rpc("getAccountInfo", "[" + program + config + "]").at("result").at("value").at("data"));
  };
  const auto name = as_bytes("compute_budget_program");
  EXPECT_EQ(data(""), in_quotes(encode_base58(name)));
  EXPECT_EQ(data(R"(,{"encoding":"binary"})"), in_quotes(encode_base58(name)));
  EXPECT_EQ(data(R"(,{"encoding":"base58"})"), "[" + in_quotes(encode_base58(name)) + R"(,"base58"])");
  EXPECT_EQ(data(R"(,{"encoding":"base64"})"), "[" + in_quotes(encode_base64(name)) + R"(,"base64"])");
  EXPECT_EQ(data(R"(,{"encoding":"jsonParsed"})"), "[" + in_quotes(encode_base64(name)) + R"(,"base64"])");
  const auto zstd = json::parse(data(R"(,{"encoding":"base64+zstd","dataSlice":{"offset":8,"length":6}})"));
  EXPECT_EQ(zstd.at(1), "base64+zstd");
  const auto frame = decode_base64(std::string_view(zstd.at(0).as_string()));
  EXPECT_EQ(as_text(decompress_zstd(*frame, 100).value()), "budget");
}

// The programs' own accounts have their names as data: enough to try the filters on.
TEST(JsonRpc, ProgramAccountsAreFilteredAndSliced) {
  LedgerFixture f;
  const auto ask = [&](const std::string& config) {
    return f.rpc("getProgramAccounts", R"(["NativeLoader1111111111111111111111111111111",)" + config + "]")
        .at("result");
  };
  const auto count = [&](const std::string& filters) {
    return ask(R"({"filters":)" + filters + "}").as_array().size();
  };
  const std::string base58 = encode_base58(as_bytes("doublezero"));
  const std::string base64 = encode_base64(as_bytes("doublezero"));
  EXPECT_EQ(count("null"), 5U);
  EXPECT_EQ(count("[]"), 5U);
  EXPECT_EQ(count(R"([{"memcmp":{"offset":0,"bytes":")" + base58 + R"("}}])"), 2U);
  EXPECT_EQ(count(R"([{"memcmp":{"offset":0,"bytes":")" + base64 + R"(","encoding":"base64"}}])"), 2U);
  EXPECT_EQ(count(R"([{"memcmp":{"offset":1,"bytes":[111,117],"encoding":"bytes"}}])"), 2U);
  EXPECT_EQ(count(R"([{"memcmp":{"offset":1,"bytes":[111]}},{"dataSize":20}])"), 1U);
  EXPECT_EQ(count(R"([{"dataSize":21}])"), 0U);
  EXPECT_EQ(count(R"([{"memcmp":{"offset":18446744073709551615,"bytes":[1]}}])"), 0U);
  EXPECT_EQ(count(R"([{"memcmp":{"offset":20,"bytes":[]}}])"), 4U);
  const auto sliced =
      ask(R"({"encoding":"base64","dataSlice":{"offset":6,"length":4},"filters":[{"dataSize":20}]})").as_array();
  EXPECT_EQ(sliced[0].at("account").at("data").as_array()[0], json::value(encode_base64(as_bytes("zero"))));
  EXPECT_EQ(sliced[0].at("account").at("space"), 20U);
  EXPECT_EQ(ask(R"({"dataSlice":{"offset":99,"length":4}})").as_array()[0].at("account").at("data"), "");
  EXPECT_EQ(ask(R"({"withContext":true})").at("value").as_array().size(), 5U);
}

TEST(JsonRpc, SendsTransactionsInBothEncodings) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto first = f.transfer(f.alice, f.bob.pubkey(), kSol);
  EXPECT_EQ(f.rpc("sendTransaction", "[" + in_quotes(base64_of(first)) + R"(,{"encoding":"base64"}])").at("result"),
            json::value(to_text(first.signatures[0])));
  const auto second = f.transfer(f.alice, f.bob.pubkey(), 2 * kSol);
  EXPECT_EQ(f.rpc("sendTransaction", "[" + in_quotes(encode_base58(encode(second))) + "]").at("result"),
            json::value(to_text(second.signatures[0])));
  EXPECT_EQ(f.balance(f.bob.pubkey()), 3 * kSol);
}

TEST(JsonRpc, APreflightFailureHasTheShapeThatClientsRead) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto transaction = f.transfer(f.alice, f.bob.pubkey(), 11 * kSol);
  const auto answer = f.rpc("sendTransaction", "[" + in_quotes(base64_of(transaction)) + R"(,{"encoding":"base64"}])");
  const auto& error = answer.at("error");
  EXPECT_EQ(error.at("code"), -32002);
  EXPECT_EQ(error.at("message"),
            "Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1");
  auto data = error.at("data").as_object();
  EXPECT_EQ(json::serialize(data["err"]), R"({"InstructionError":[0,{"Custom":1}]})");
  EXPECT_EQ(data["logs"].as_array().size(), 3U);
  EXPECT_EQ(data["unitsConsumed"], 150U);
  for (const char* name : {"accounts", "returnData", "innerInstructions", "replacementBlockhash"}) {
    EXPECT_TRUE(data.at(name).is_null()) << name;
  }
}

TEST(JsonRpc, RefusesWithTheErrorsOfSolana) {
  LedgerFixture f;
  const auto send = [&](const wire::Transaction& transaction) {
    return f.rpc("sendTransaction", "[" + in_quotes(base64_of(transaction)) + R"(,{"encoding":"base64"}])").at("error");
  };
  const auto err = [&](const wire::Transaction& t) { return json::serialize(send(t).at("data").at("err")); };
  EXPECT_EQ(err(f.transfer(f.alice, f.bob.pubkey(), 1)), R"("AccountNotFound")");
  f.fund(f.alice.pubkey());
  const auto old = f.transfer(f.alice, f.bob.pubkey(), kSol);
  EXPECT_TRUE(f.ledger->submit(old, true).accepted);
  EXPECT_EQ(err(old), R"("AlreadyProcessed")");
  auto forged = f.transfer(f.alice, f.bob.pubkey(), 2 * kSol);
  forged.signatures[0].bytes[0] ^= 1;
  EXPECT_EQ(send(forged).at("code"), -32003);
  auto stale = f.transfer(f.alice, f.bob.pubkey(), 3 * kSol);
  f.pass(seconds{100});
  EXPECT_EQ(err(stale), R"("BlockhashNotFound")");
  EXPECT_EQ(send(stale).at("message"), "Transaction simulation failed: Blockhash not found");
}

TEST(JsonRpc, StatusesTellProcessedFromFinalized) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto sent = f.transfer(f.alice, f.bob.pubkey(), 100 * kSol);
  const std::string list = "[[" + in_quotes(to_text(sent.signatures[0])) + "]]";
  EXPECT_TRUE(f.rpc("getSignatureStatuses", list).at("result").at("value").as_array()[0].is_null());
  EXPECT_EQ(
      f.rpc("sendTransaction", "[" + in_quotes(base64_of(sent)) + R"(,{"encoding":"base64","skipPreflight":true}])")
          .at("result"),
      json::value(to_text(sent.signatures[0])));
  EXPECT_EQ(json::serialize(f.rpc("getSignatureStatuses", list).at("result").at("value").as_array()[0]),
            R"({"slot":0,"confirmations":0,"err":{"InstructionError":[0,{"Custom":1}]},)"
            R"("status":{"Err":{"InstructionError":[0,{"Custom":1}]}},"confirmationStatus":"processed"})");
  ASSERT_TRUE(f.ledger->commit());
  const auto status = f.rpc("getSignatureStatuses", list).at("result").at("value").as_array()[0];
  EXPECT_EQ(status.at("confirmationStatus"), "finalized");
  EXPECT_TRUE(status.at("confirmations").is_null());
}

TEST(JsonRpc, ConfirmedReadsSeeOnlyWhatIsDurable) {
  LedgerFixture f;
  ASSERT_TRUE(f.ledger->airdrop(f.alice.pubkey(), kSol));
  const std::string key = in_quotes(to_text(f.alice.pubkey()));
  f.rpc("getBalance", "[" + key + R"(,{"commitment":"processed"}])");
  EXPECT_TRUE(f.ledger->has_pending());
  f.rpc("getBalance", "[" + key + R"(,{"commitment":"confirmed"}])");
  EXPECT_FALSE(f.ledger->has_pending());
}

TEST(JsonRpc, FindsTransactionsAgain) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  std::vector<std::string> sent;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    const auto transaction = f.transfer(f.alice, f.bob.pubkey(), i * kSol);
    f.ledger->submit(transaction, false);
    sent.push_back(to_text(transaction.signatures[0]));
    f.pass(milliseconds{400});
  }
  const auto found = f.rpc("getTransaction", "[" + in_quotes(sent[1]) + R"(,"base64"])").at("result");
  EXPECT_EQ(found.at("slot"), 1U);
  EXPECT_FALSE(found.as_object().contains("version"));
  EXPECT_EQ(found.at("transaction").as_array()[1], "base64");
  EXPECT_EQ(found.at("meta").at("fee"), 5000U);
  EXPECT_EQ(json::serialize(found.at("meta").at("status")), R"({"Ok":null})");
  EXPECT_EQ(found.at("meta").at("postBalances").as_array()[1], 3 * kSol);
  const auto json_form = f.rpc("getTransaction", "[" + in_quotes(sent[1]) + "]").at("result").at("transaction");
  EXPECT_EQ(json_form.at("message").at("accountKeys").as_array()[0], json::value(to_text(f.alice.pubkey())));
  EXPECT_EQ(json_form.at("message").at("instructions").as_array()[0].at("programIdIndex"), 2U);
  const auto parsed = f.rpc("getTransaction", "[" + in_quotes(sent[1]) + R"(,{"encoding":"jsonParsed"}])")
                          .at("result")
                          .at("transaction")
                          .at("message");
  EXPECT_EQ(json::serialize(parsed.at("accountKeys").at(1)),
            R"({"pubkey":")" + to_text(f.bob.pubkey()) + R"(","signer":false,"source":"transaction","writable":true})");
  EXPECT_EQ(parsed.at("instructions").at(0).at("programId"), json::value(to_text(wire::kSystemProgramId)));
  EXPECT_EQ(parsed.at("instructions").at(0).at("accounts").at(1), json::value(to_text(f.bob.pubkey())));

  const auto history = [&](const std::string& config) {
    std::vector<std::string> out;
    const auto answer = f.rpc("getSignaturesForAddress", "[" + in_quotes(to_text(f.bob.pubkey())) + "," + config + "]");
    for (const auto& entry : answer.at("result").as_array()) out.emplace_back(entry.at("signature").as_string());
    return out;
  };
  EXPECT_EQ(history("null"), (std::vector<std::string>{sent[3], sent[2], sent[1], sent[0]}));
  EXPECT_EQ(history(R"({"limit":2})"), (std::vector<std::string>{sent[3], sent[2]}));
  EXPECT_EQ(history(R"({"before":")" + sent[2] + R"("})"), (std::vector<std::string>{sent[1], sent[0]}));
  EXPECT_EQ(history(R"({"until":")" + sent[1] + R"("})"), (std::vector<std::string>{sent[3], sent[2]}));
}

TEST(JsonRpc, TellsTheTimeOfOldSlots) {
  LedgerFixture f;
  f.pass(seconds{100'000});
  const std::uint64_t slot = f.bank().slot().value;
  EXPECT_EQ(slot, 250'000U);
  EXPECT_EQ(f.rpc("getBlockTime", fmt::format("[{}]", slot - 200'000)).at("result").as_int64(),
            start_time().time_since_epoch() / seconds{1} + 20'000);
  const auto future = f.rpc("getBlockTime", fmt::format("[{}]", slot + 1));
  EXPECT_EQ(error_code(future), kBlockNotAvailable);
  EXPECT_EQ(future.at("error").at("message"), "Block not available for slot 250001");
  EXPECT_EQ(json::serialize(f.rpc("getEpochInfo", "[]").at("result")),
            R"({"absoluteSlot":250000,"blockHeight":250000,"epoch":0,"slotIndex":250000,"slotsInEpoch":432000,)"
            R"("transactionCount":0})");
}

TEST(JsonRpc, MinContextSlot) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const std::string sent = in_quotes(base64_of(f.transfer(f.alice, f.bob.pubkey(), kSol)));
  const std::string options = R"(,{"encoding":"base64","minContextSlot":5)";
  EXPECT_EQ(error_code(f.rpc("sendTransaction", "[" + sent + options + "}]")), kMinContextSlot);
  EXPECT_EQ(f.balance(f.bob.pubkey()), 0U);
  EXPECT_EQ(error_code(f.rpc("sendTransaction", "[" + sent + options + R"(,"skipPreflight":true}])")), 0);
  const auto answer = f.rpc("getSlot", R"([{"minContextSlot":5}])");
  EXPECT_EQ(error_code(answer), kMinContextSlot);
  EXPECT_EQ(json::serialize(answer.at("error").at("data")), R"({"contextSlot":0})");
}

TEST(JsonRpc, SimulatesWithoutChange) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  auto transaction = f.transfer(f.alice, f.bob.pubkey(), kSol);
  transaction.signatures[0] = {};
  transaction.message.recent_blockhash = {};
  const auto simulate = [&](const std::string& config) {
    return f.rpc("simulateTransaction",
                 "[" + in_quotes(base64_of(transaction)) + R"(,{"encoding":"base64")" + config + "}]");
  };
  EXPECT_EQ(simulate("").at("result").at("value").at("err"), "BlockhashNotFound");
  const auto value =
      simulate(R"(,"replaceRecentBlockhash":true,"accounts":{"addresses":[")" + to_text(f.bob.pubkey()) + R"("]})")
          .at("result")
          .at("value");
  EXPECT_TRUE(value.at("err").is_null());
  EXPECT_EQ(value.at("accounts").as_array()[0].at("lamports"), kSol);
  EXPECT_EQ(value.at("replacementBlockhash").at("blockhash"), json::value(to_text(f.bank().latest_blockhash().hash)));
  EXPECT_EQ(simulate(R"(,"sigVerify":true)").at("result").at("value").at("err"), "SignatureFailure");
  EXPECT_EQ(error_code(simulate(R"(,"sigVerify":true,"replaceRecentBlockhash":true)")), kInvalidParams);
  EXPECT_EQ(f.balance(f.bob.pubkey()), 0U);
}

// Every request that clients send, mutilated: whatever comes, the answer is JSON-RPC, and lamports are conserved.
TEST(JsonRpc, SurvivesMutatedRequests) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const std::string a = to_text(f.alice.pubkey());
  const auto transaction = f.transfer(f.alice, f.bob.pubkey(), kSol);
  const std::string signature = to_text(transaction.signatures[0]);
  const auto call = [](const std::string& method, const std::string& params) {
    return R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
  };
  const std::vector<std::string> seeds = {
      call("sendTransaction", R"([")" + base64_of(transaction) + R"(",{"encoding":"base64","skipPreflight":true}])"),
      call("simulateTransaction", R"([")" + base64_of(transaction) + R"(",{"encoding":"base64","sigVerify":true}])"),
      call("getProgramAccounts",
           R"([")" + a + R"(",{"filters":[{"memcmp":{"offset":0,"bytes":"6"}},{"dataSize":4}]}])"),
      call("getAccountInfo", R"([")" + a + R"(",{"encoding":"base64","dataSlice":{"offset":0,"length":4}}])"),
      call("getMultipleAccounts", R"([[")" + a + R"(",")" + a + R"("],{"commitment":"confirmed"}])"),
      call("getSignatureStatuses", R"([[")" + signature + R"("],{"searchTransactionHistory":true}])"),
      call("getTransaction", R"([")" + signature + R"(",{"encoding":"json","maxSupportedTransactionVersion":0}])"),
      call("getSignaturesForAddress", R"([")" + a + R"(",{"limit":10,"before":")" + signature + R"("}])"),
      call("requestAirdrop", R"([")" + a + R"(",1000000])"),
      "[" + call("getBlockTime", "[0]") + "," + call("getEpochInfo", "[{}]") + "]"};
  std::mt19937 random(20261123);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const std::string_view alphabet = "{}[]\",:0123456789.-eE\\u null true false base64 \xff\x01";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0: text.erase(at, 1 + below(8)); break;
        case 1: text.insert(at, 1, alphabet[below(alphabet.size())]); break;
        case 2: text[at] = static_cast<char>(random()); break;
        default: text.insert(at, text.substr(below(text.size()), below(40)));
      }
    }
    const std::string answer = handle_rpc(text, *f.ledger);
    if (answer.empty()) continue;
    boost::system::error_code error;
    const auto value = json::parse(answer, error);
    ASSERT_FALSE(error) << text;
    const auto* object = value.if_object();
    ASSERT_TRUE(value.is_array() || (object != nullptr && (object->contains("result") || object->contains("error"))))
        << text;
  }
  ASSERT_TRUE(f.ledger->commit());
  std::uint64_t total = 0;
  for (const auto& key : f.bank().owned_by(wire::kSystemProgramId)) total += f.balance(key);
  EXPECT_EQ(total, LedgerOptions{}.faucet_lamports - 5000 * f.bank().transaction_count());
}

// ---- X13: long answers in pieces

// A ledger with many accounts of the system program, asked for all of them.
struct ManyAccountsTest : testing::Test {
  ManyAccountsTest() {
    for (int i = 0; i < 2'000; ++i) (void)f.ledger->airdrop(account(i), kSol);
  }
  static Pubkey account(int i) {
    Pubkey key;
    key.bytes[0] = 1;
    key.bytes[30] = static_cast<std::uint8_t>(i >> 8);
    key.bytes[31] = static_cast<std::uint8_t>(i);
    return key;
  }
  static std::string request(const std::string& id, const std::string& more = "") {
    return R"({"jsonrpc":"2.0","id":)" + id +
           R"(,"method":"getProgramAccounts","params":["11111111111111111111111111111111",{"encoding":"base64")" +
           more + "}]}";
  }
  static std::string batch(int members) {
    std::string text = "[" + request("0");
    for (int i = 1; i < members; ++i) text += "," + request(std::to_string(i));
    return text + "]";
  }
  MethodHandler handler() {
    return [this](std::string_view method, const json::array& params) { return cache.call(*f.ledger, method, params); };
  }

  LedgerFixture f;
  ResultCache cache;
};

TEST_F(ManyAccountsTest, X13_ALongAnswerIsMadeInPiecesAndIsTheSame) {
  for (const auto& text : {request("1"), request("1", R"(,"withContext":true)"), batch(3)}) {
    RpcAnswer answer(text, [this](std::string_view method, const json::array& params) {
      return call_method(*f.ledger, method, params);
    });
    std::size_t pieces = 1;
    for (auto before = answer.size(); !answer.go_on(); ++pieces) {
      EXPECT_LE(answer.size() - before, 64U << 10);
      before = answer.size();
    }
    EXPECT_GT(pieces, 10U);
    EXPECT_EQ(answer.take(), handle_rpc(text, *f.ledger));
  }
  const auto all = json::parse(handle_rpc(request("1", R"(,"withContext":true)"), *f.ledger)).at("result");
  EXPECT_GE(all.at("value").as_array().size(), 2'000U);
  EXPECT_EQ(all.at("context").at("slot"), f.bank().slot().value);
}

TEST_F(ManyAccountsTest, X13_ALongAnswerShowsTheMomentInWhichItBegan) {
  RpcAnswer answer(request("1"), handler());
  const auto before = handle_rpc(request("1"), *f.ledger);
  (void)answer.go_on();
  (void)f.ledger->airdrop(account(1'999), kSol);
  while (!answer.go_on()) {
  }
  EXPECT_EQ(answer.take(), before);
  EXPECT_NE(handle_rpc(request("1"), *f.ledger), before);
}

TEST_F(ManyAccountsTest, X13_WhatManyAskIsMadeOnceWhileNothingChanges) {
  const auto pieces = [&] {
    RpcAnswer answer(request("1"), handler());
    std::size_t count = 1;
    while (!answer.go_on()) ++count;
    return std::pair{count, answer.take()};
  };
  const auto first = pieces(), second = pieces();
  EXPECT_GT(first.first, 10U);
  EXPECT_LE(second.first, 3U);
  EXPECT_EQ(first.second, second.second);
  (void)f.ledger->airdrop(account(0), kSol);
  const auto third = pieces();
  EXPECT_GT(third.first, 10U);
  EXPECT_NE(third.second, first.second);
  f.pass(seconds{1});
  EXPECT_GT(pieces().first, 10U);  // another slot
}

TEST_F(ManyAccountsTest, X13_AnAnswerOfAnEarlierMomentIsNotKept) {
  RpcAnswer early(request("1"), handler());
  (void)early.go_on();
  (void)f.ledger->airdrop(account(1'999), kSol);
  RpcAnswer other(request("1", R"(,"withContext":true)"), handler());
  (void)other.go_on();
  while (!early.go_on()) {
  }
  RpcAnswer late(request("1"), handler());
  while (!late.go_on()) {
  }
  EXPECT_NE(late.take(), early.take());
}

TEST_F(ManyAccountsTest, X13_TheAnswersToABatchAreBoundedInAll) {
  auto text = batch(99);
  text.back() = ',';
  text += R"({"jsonrpc":"2.0","id":99,"method":"requestAirdrop","params":[")" + to_text(f.bob.pubkey()) +
          R"(",1000000000]}])";
  RpcAnswer answer(text, handler());
  while (!answer.go_on()) EXPECT_LE(answer.size(), kMostAnswerBytes + (5U << 20));
  EXPECT_LE(answer.size(), kMostAnswerBytes + (1U << 20));
  const auto answers = json::parse(answer.take()).as_array();
  ASSERT_EQ(answers.size(), 100U);
  EXPECT_EQ(error_code(answers[0]), 0);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(answers[i].at("id"), i);
  EXPECT_EQ(error_code(answers[98]), kInvalidRequest);
  EXPECT_EQ(error_code(answers[99]), kInvalidRequest);
  EXPECT_EQ(f.balance(f.bob.pubkey()), 0U);  // it was not carried out
}

TEST_F(ManyAccountsTest, X13_ManyNamedAccountsAreALongResultToo) {
  std::string keys;
  for (int i = 0; i < 100; ++i) keys += (i > 0 ? "," : "") + in_quotes(to_text(account(40 * i)));
  const auto value = f.rpc("getMultipleAccounts", "[[" + keys + "]]").at("result").at("value").as_array();
  ASSERT_EQ(value.size(), 100U);
  EXPECT_EQ(value[0].at("lamports"), kSol);
  EXPECT_TRUE(value[99].is_null());
}

}  // namespace
}  // namespace dz::ledger
