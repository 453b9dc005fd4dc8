#include "client/rpc_json.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "base/base58.h"

namespace dz::client::rpc {
namespace {

constexpr auto kKey = "7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX";

const char* kAccounts = R"({"context":{"slot":7,"apiVersion":"2.1.0"},"value":[
  {"pubkey":"SysvarC1ock11111111111111111111111111111111","account":{"lamports":5,"data":["AQID","base64"],
   "owner":"7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX","executable":false,"rentEpoch":18446744073709551615,"space":3}},
  {"pubkey":"11111111111111111111111111111111","account":{"lamports":1,"data":["","base64"],
   "owner":"7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX","executable":false,"rentEpoch":0,"space":0}}]})";

TEST(RpcJson, RequestsAreJsonRpc) {
  EXPECT_EQ(render_request(3, "getSlot", {json::value(1)}),
            R"({"jsonrpc":"2.0","id":3,"method":"getSlot","params":[1]})");
}

TEST(RpcJson, AnswersMatchTheirRequest) {
  EXPECT_EQ(parse_answer(R"({"jsonrpc":"2.0","result":5,"id":3})", 3)->result, 5);
  EXPECT_EQ(parse_answer(R"({"jsonrpc":"2.0","result":5,"id":4})", 3).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(parse_answer("<html>", 3).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(parse_answer("{}", 3).error().kind, ErrorKind::Corrupt);
  const auto declined = parse_answer(R"({"jsonrpc":"2.0","error":{"code":-32601,"message":"no"},"id":null})", 3);
  ASSERT_TRUE(declined && declined->error);
  EXPECT_EQ(declined->error->code, -32601);
}

TEST(RpcJson, ErrorsSayWhatTheCallerCanDo) {
  EXPECT_EQ(to_error("x", {-32005, "behind", {}}).kind, ErrorKind::Retry);
  EXPECT_EQ(to_error("x", {-32004, "Block not available for slot 9", {}}).kind, ErrorKind::NotFound);
  EXPECT_EQ(to_error("getSlot", {-32602, "bad", {}}),
            (Error{ErrorKind::Refused, "the ledger declined getSlot: bad (code -32602)"}));
}

TEST(RpcJson, AccountsComeOrderedWithTheirSlot) {
  const auto answer = parse_program_accounts(json::parse(kAccounts));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->slot.value, 7U);
  ASSERT_EQ(answer->accounts.size(), 2U);
  EXPECT_TRUE(answer->accounts[0].key.is_zero());
  EXPECT_EQ(answer->accounts[1].account.data, (Bytes{1, 2, 3}));
  EXPECT_EQ(to_text(answer->accounts[1].account.owner), kKey);
}

TEST(RpcJson, WrongShapesAreNamed) {
  const auto message = [](const char* text) {
    const json::value value = json::parse(text);
    const auto account = parse_account(value);
    return account ? std::string("accepted") : account.error().message;
  };
  EXPECT_EQ(message("{}"), "expected a field 'lamports'");
  EXPECT_EQ(message(R"({"lamports":-1})"), "lamports: expected a whole number, found -1");
  EXPECT_EQ(message(R"({"lamports":1,"owner":5})"), "owner: expected text");
  EXPECT_NE(message(R"({"lamports":1,"owner":"11111111111111111111111111111111","data":["AA","base64"]})").find("data"),
            std::string::npos);
  EXPECT_FALSE(parse_accounts(json::parse(R"({"value":{}})")));
  EXPECT_FALSE(parse_latest_blockhash(json::parse(R"({"context":{"slot":1},"value":{"blockhash":"x"}})")));
}

TEST(RpcJson, MissingAccountsAreNone) {
  const auto account = parse_account_info(json::parse(R"({"value":null})"));
  ASSERT_TRUE(account);
  EXPECT_FALSE(account->has_value());
  const auto accounts = parse_accounts(json::parse(R"({"context":{"slot":4},"value":[null]})"));
  ASSERT_TRUE(accounts);
  EXPECT_EQ(accounts->slot.value, 4U);
  EXPECT_EQ(accounts->accounts.size(), 1U);
}

TEST(RpcJson, StatusesTellLandedFromFailed) {
  const auto statuses = parse_signature_statuses(json::parse(
      R"({"context":{"slot":9},"value":[null,
        {"slot":8,"confirmations":null,"err":null,"status":{"Ok":null},"confirmationStatus":"confirmed"},
        {"slot":8,"confirmations":null,"err":{"InstructionError":[2,{"Custom":8}]},"confirmationStatus":"finalized"}]})"));
  ASSERT_TRUE(statuses) << statuses.error().message;
  EXPECT_FALSE((*statuses)[0]);
  EXPECT_EQ((*statuses)[1]->commitment, Commitment::Confirmed);
  EXPECT_FALSE((*statuses)[1]->error);
  EXPECT_EQ((*statuses)[2]->error->instruction, 2);
  EXPECT_EQ((*statuses)[2]->error->error.custom, 8U);
}

TEST(RpcJson, HistoryTellsFailedFromDone) {
  const std::string signature(64, '1');  // 64 zero bytes
  const auto history = parse_trail(json::parse(
      R"([{"signature":")" + signature + R"(","slot":9,"err":{"SomethingNew":1},"memo":null,"blockTime":1795444553},
          {"signature":")" +
      signature + R"(","slot":8,"err":null,"blockTime":null}])"));
  ASSERT_TRUE(history) << history.error().message;
  ASSERT_EQ(history->size(), 2U);
  EXPECT_TRUE((*history)[0].failed);  // also by an error that has no name here
  EXPECT_EQ((*history)[0].block_time, Timestamp{std::chrono::seconds{1795444553}});
  EXPECT_FALSE((*history)[1].failed);
  EXPECT_FALSE((*history)[1].block_time);
  EXPECT_FALSE(parse_trail(json::parse(R"([{"slot":9}])")));
}

TEST(RpcJson, ATransactionComesAsItWasSent) {
  const auto found = parse_confirmed_transaction(json::parse(
      R"({"slot":5,"blockTime":7,"version":"legacy","transaction":["AQID","base64"],"meta":{"err":null,"fee":5000}})"));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->bytes, (Bytes{1, 2, 3}));
  EXPECT_EQ((*found)->slot.value, 5U);
  EXPECT_FALSE((*found)->failed);
  EXPECT_FALSE((*found)->logs) << "the node kept none";
  const auto with_lines = parse_confirmed_transaction(json::parse(
      R"({"slot":5,"transaction":["AQID","base64"],"meta":{"err":null,"logMessages":["Program x success","Log truncated"]}})"));
  EXPECT_EQ((*with_lines)->logs, (std::vector<std::string>{"Program x success", "Log truncated"}));
  const auto with_loaded = [](const std::string& loaded) {
    return parse_confirmed_transaction(
        json::parse(R"({"slot":5,"version":0,"transaction":["AQID","base64"],"meta":{"err":null,"loadedAddresses":)" +
                    loaded + "}}"));
  };
  const auto looked_up = with_loaded(R"({"writable":["SysvarC1ock11111111111111111111111111111111"],)"
                                     R"("readonly":["11111111111111111111111111111111"]})");
  ASSERT_TRUE(looked_up && *looked_up);
  EXPECT_EQ((*looked_up)->loaded.size(), 2U);
  EXPECT_EQ((*looked_up)->loaded[1], Pubkey{});
  EXPECT_TRUE(with_loaded("null"));
  EXPECT_FALSE(with_loaded(R"({"writable":[1],"readonly":[]})"));
  EXPECT_FALSE(with_loaded(R"({"writable":[]})"));
  const auto none = parse_confirmed_transaction(nullptr);
  EXPECT_TRUE(none && !*none);
  EXPECT_FALSE(parse_confirmed_transaction(json::parse(R"({"slot":5,"transaction":["AQID","base64"]})")));
}

TEST(RpcJson, AFailedPreflightCarriesItsErrorAndLogs) {
  const RpcError error{-32002, "Transaction simulation failed",
                       json::parse(R"({"err":{"InstructionError":[0,{"Custom":7}]},"logs":["Program x invoke [1]"]})")};
  const auto failure = to_send_failure(error);
  ASSERT_TRUE(failure.rejected);
  EXPECT_EQ(failure.rejected->error.custom, 7U);
  EXPECT_EQ(failure.logs, std::vector<std::string>{"Program x invoke [1]"});
  EXPECT_FALSE(to_send_failure({-32003, "Transaction signature verification failure", {}}).rejected);
}

TEST(RpcJson, FiltersBecomeBase58Memcmp) {
  const auto params = program_accounts_params(pubkey_literal(kKey), {{{0, Bytes{3}}}, 349}, {});
  EXPECT_EQ(params[1].at("filters"),
            json::parse(R"([{"memcmp":{"offset":0,"bytes":")" + encode_base58(Bytes{3}) + R"("}},{"dataSize":349}])"));
}

TEST(RpcJson, OfAccountsOnlyTheBytesThatAreNeededAreAskedFor) {
  const auto params = program_accounts_params(pubkey_literal(kKey), {{}, std::nullopt, DataSlice{151, 11}}, {});
  EXPECT_EQ(params[1].at("dataSlice"), json::parse(R"({"offset":151,"length":11})"));
  EXPECT_FALSE(program_accounts_params(pubkey_literal(kKey), {}, {})[1].as_object().contains("dataSlice"));
}

TEST(RpcJson, SubscriptionMessagesAreToldApart) {
  EXPECT_EQ(parse_subscription_message(R"({"jsonrpc":"2.0","result":0,"id":1})", 1)->subscribed, 0U);
  EXPECT_TRUE(parse_subscription_message(R"({"error":{"code":1,"message":"no"},"id":1})", 1)->error);
  const auto other = parse_subscription_message(R"({"method":"slotNotification","params":{}})", 1);
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->notification || other->subscribed || other->error);
  const auto hint = parse_subscription_message(
      R"({"jsonrpc":"2.0","method":"programNotification","params":{"subscription":0,"result":{"context":{"slot":4},
      "value":{"pubkey":"11111111111111111111111111111111","account":{"lamports":1,"data":["AQ==","base64"],
      "owner":"7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX","executable":false}}}}})",
      1);
  ASSERT_TRUE(hint && hint->notification);
  EXPECT_EQ(hint->notification->slot.value, 4U);
  EXPECT_FALSE(parse_subscription_message(R"({"method":"programNotification","params":{}})", 1));
}

// No ledger's clock shows it, and it does not fit among the times that are counted in microseconds.
TEST(RpcJson, ATimeThatNoClockShowsIsRefused) {
  const auto time = [](std::string_view text) { return parse_block_time(boost::json::parse(text)); };
  EXPECT_EQ(time("253402300800").value(), kLastTime);
  for (const auto* text : {"253402300801", "9223372036855", "18446744073709551615"}) {
    const auto refused = time(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().kind, ErrorKind::Corrupt);
    EXPECT_NE(refused.error().message.find("before the year 10000"), std::string::npos) << refused.error().message;
  }
}

}  // namespace
}  // namespace dz::client::rpc
