#include "client/rpc_client.h"

#include <deque>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace dz::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Answers in turn; an empty text is a lost connection, "429 ..." and "503 ..." are HTTP statuses with a Retry-After.
// Notes what was asked and how long was slept; time moves only by sleeping.
struct Wire {
  std::deque<std::string> answers;
  std::vector<std::string> methods;
  std::vector<Duration> pauses;
  std::string last_request;
  Timestamp now{seconds{1'795'000'000}};

  RpcTransport transport() {
    return [this](std::string_view body) -> Result<RpcReply> {
      last_request = body;
      const auto request = boost::json::parse(boost::json::string_view(body.data(), body.size()));
      methods.emplace_back(request.at("method").as_string());
      const auto answer = answers.front();
      answers.pop_front();
      if (answer.empty()) return fail(ErrorKind::Retry, "connection lost");
      if (answer[0] == '4' || answer[0] == '5') {
        RpcReply reply(std::string("busy"));
        reply.status = std::stoi(answer);
        if (answer.size() > 4) reply.headers.emplace_back("retry-after", answer.substr(4));
        return reply;
      }
      return RpcReply(R"({"jsonrpc":"2.0","id":)" + std::to_string(request.at("id").as_int64()) + "," + answer + "}");
    };
  }
  Clock clock() {
    return {[this] { return now; },
            [this](Duration pause) {
              pauses.push_back(pause);
              now += pause;
            }};
  }
  RpcClient client(RetryOptions options = {}) {
    options.jitter = [] { return 1.0; };
    return RpcClient(transport(), clock(), options);
  }
};

TEST(RpcClient, ReadsAreTriedAgainOnlyWhenThereWasNoAnswer) {
  Wire wire{.answers = {"", "", R"("result":12)"}};
  auto client = wire.client();
  EXPECT_EQ(client.get_slot()->value, 12U);
  EXPECT_EQ(wire.methods.size(), 3U);
  EXPECT_EQ(wire.pauses, (std::vector<Duration>{milliseconds{500}, seconds{1}}));

  Wire declined{.answers = {R"("error":{"code":-32602,"message":"bad"})"}};
  auto other = declined.client();
  EXPECT_EQ(other.get_slot().error().kind, ErrorKind::Refused);
}

TEST(RpcClient, ReadsGiveUpAfterTheLastAttempt) {
  Wire wire{.answers = {"", "", "", ""}};
  auto client = wire.client();
  EXPECT_EQ(client.get_balance(Pubkey{}).error(), (Error{ErrorKind::Retry, "connection lost"}));
  EXPECT_TRUE(wire.answers.empty());
}

TEST(RpcClient, TooManyRequestsWaitAsLongAsTheServerSays) {
  Wire wire{.answers = {"429 7", R"("result":12)"}};
  auto client = wire.client();
  EXPECT_EQ(client.get_slot()->value, 12U);
  EXPECT_EQ(wire.pauses, std::vector<Duration>{seconds{7}});
}

TEST(RpcClient, ADateInRetryAfterIsObeyedToo) {
  Wire wire{.answers = {"429 Wed, 18 Nov 2026 11:06:51 GMT", R"("result":12)"}};
  wire.now = *parse_timestamp("2026-11-18T11:06:40Z");
  auto client = wire.client();
  EXPECT_TRUE(client.get_slot());
  EXPECT_EQ(wire.pauses, std::vector<Duration>{seconds{11}});
}

TEST(RpcClient, EveryRequestOfTheProcessWaits) {
  Wire wire{.answers = {"429 20", R"("result":12)"}};
  auto client = wire.client(without_waiting());
  EXPECT_EQ(client.get_slot().error().kind, ErrorKind::Retry);
  // Nobody asks meanwhile, whatever for, sends included.
  const auto early = client.get_balance(Pubkey{});
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().message,
            "getBalance was not sent: the ledger is left alone for 20 s, because it asked for fewer requests");
  const auto key = wire::Keypair::generate();
  const wire::Instruction nothing{Pubkey{}, {{key.pubkey(), true, true}}, {}};
  EXPECT_FALSE(client.send_transaction(*sign_transaction({&nothing, 1}, key, {}, wire::Blockhash{}), {}));
  EXPECT_EQ(wire.methods.size(), 1U);
  EXPECT_TRUE(wire.pauses.empty());
  wire.now += seconds{20};
  EXPECT_TRUE(client.get_slot());
}

TEST(RpcClient, ALimitToldInTheBodyCountsToo) {
  Wire wire{.answers = {R"("error":{"code":-32429,"message":"rate limited"})", R"("result":12)"}};
  auto client = wire.client();
  EXPECT_TRUE(client.get_slot());
  EXPECT_EQ(wire.pauses.size(), 1U);
}

TEST(RpcClient, ErrorsOfTheServerBackOff) {
  Wire wire{.answers = {"503", "502", "503 9", R"("result":12)"}};
  auto client = wire.client();
  EXPECT_TRUE(client.get_slot());
  EXPECT_EQ(wire.pauses, (std::vector<Duration>{milliseconds{500}, seconds{1}, seconds{9}}));
}

TEST(RpcClient, OtherStatusesAreRefusals) {
  Wire wire{.answers = {"404"}};
  auto client = wire.client();
  EXPECT_EQ(client.get_slot().error().kind, ErrorKind::Refused);
}

constexpr auto kNoAccounts = [](int slot) {
  return R"("result":{"context":{"slot":)" + std::to_string(slot) + R"(},"value":[]})";
};

TEST(RpcClient, AnAnswerOlderThanWhatWasActedUponIsNotGivenOut) {
  Wire wire{.answers = {kNoAccounts(99), kNoAccounts(100)}};
  auto client = wire.client();
  client.require_slot(Slot{100});
  client.require_slot(Slot{50});  // never back
  const auto answer = client.get_program_accounts(Pubkey{}, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->slot.value, 100U);
  EXPECT_EQ(wire.methods.size(), 2U);
  EXPECT_NE(wire.last_request.find(R"("minContextSlot":100)"), std::string::npos) << wire.last_request;

  Wire behind{.answers = {kNoAccounts(99)}};
  auto hasty = behind.client(without_waiting());
  hasty.require_slot(Slot{100});
  EXPECT_EQ(hasty.get_program_accounts(Pubkey{}, {}).error().kind, ErrorKind::Retry);
}

TEST(RpcClient, AHistoryIsAskedForUpToWhatWasActedUpon) {
  Wire wire{.answers = {R"("result":[])", R"("result":[])"}};
  auto client = wire.client();
  ASSERT_TRUE(client.get_signatures_for_address(Pubkey{}, {}));
  EXPECT_EQ(wire.last_request.find("minContextSlot"), std::string::npos) << wire.last_request;
  client.require_slot(Slot{100});
  ASSERT_TRUE(client.get_signatures_for_address(Pubkey{}, {}));
  EXPECT_NE(wire.last_request.find(R"("minContextSlot":100)"), std::string::npos) << wire.last_request;
}

TEST(RpcClient, ANodeThatHasNotSeenTheSlotIsAskedAgain) {
  Wire wire{.answers = {R"("error":{"code":-32016,"message":"Minimum context slot has not been reached"})",
                        kNoAccounts(100)}};
  auto client = wire.client();
  client.require_slot(Slot{100});
  EXPECT_TRUE(client.get_program_accounts(Pubkey{}, {}));
  EXPECT_EQ(wire.pauses.size(), 1U);
}

TEST(RpcClient, SendsOnce) {
  Wire wire{.answers = {""}};
  auto client = wire.client();
  const auto key = wire::Keypair::generate();
  const wire::Instruction nothing{Pubkey{}, {{key.pubkey(), true, true}}, {}};
  const auto transaction = sign_transaction({&nothing, 1}, key, {}, wire::Blockhash{});
  ASSERT_TRUE(transaction);
  const auto sent = client.send_transaction(*transaction, {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().error.kind, ErrorKind::Retry);
  EXPECT_FALSE(sent.error().rejected);
  EXPECT_EQ(wire.methods, std::vector<std::string>{"sendTransaction"});
}

TEST(RpcClient, ASlotWithoutABlockHasNoTime) {
  Wire wire{
      .answers = {R"("error":{"code":-32004,"message":"Block not available for slot 9"})", R"("result":1795444553)"}};
  auto client = wire.client();
  const auto none = client.get_block_time(Slot{9});
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
  EXPECT_EQ(client.get_block_time(Slot{10})->value(), Timestamp{std::chrono::seconds{1795444553}});
}

TEST(RpcClient, ADecodingErrorNamesTheMethod) {
  Wire wire{.answers = {R"("result":"x")"}};
  auto client = wire.client();
  const auto slot = client.get_slot();
  ASSERT_FALSE(slot);
  EXPECT_EQ(slot.error().kind, ErrorKind::Corrupt);
  EXPECT_NE(slot.error().message.find("getSlot"), std::string::npos);
}

TEST(RpcClient, ACountThatDoesNotMatchIsCorrupt) {
  Wire wire{.answers = {R"("result":{"context":{"slot":1},"value":[null]})"}};
  auto client = wire.client();
  const Pubkey keys[2] = {};
  EXPECT_EQ(client.get_multiple_accounts(keys).error().kind, ErrorKind::Corrupt);
}

}  // namespace
}  // namespace dz::client
