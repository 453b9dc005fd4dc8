#include "client/rpc_client.h"

#include <deque>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace dz {
namespace {

// Answers in turn; an empty text is a lost connection. Notes what was asked and how long was slept.
struct Wire {
  std::deque<std::string> answers;
  std::vector<std::string> methods;
  std::vector<Duration> pauses;

  RpcTransport transport() {
    return [this](std::string_view body) -> Result<std::string> {
      const auto request = boost::json::parse(boost::json::string_view(body.data(), body.size()));
      methods.emplace_back(request.at("method").as_string());
      const auto answer = answers.front();
      answers.pop_front();
      if (answer.empty()) return fail(ErrorKind::Retry, "connection lost");
      return R"({"jsonrpc":"2.0","id":)" + std::to_string(request.at("id").as_int64()) + "," + answer + "}";
    };
  }
  Clock clock() {
    return {[] { return Timestamp{}; }, [this](Duration pause) { pauses.push_back(pause); }};
  }
};

TEST(RpcClient, ReadsAreTriedAgainOnlyWhenThereWasNoAnswer) {
  Wire wire{{"", "", R"("result":12)"}, {}, {}};
  RpcClient client(wire.transport(), wire.clock());
  EXPECT_EQ(client.get_slot()->value, 12U);
  EXPECT_EQ(wire.methods.size(), 3U);
  EXPECT_EQ(wire.pauses, (std::vector<Duration>{std::chrono::milliseconds{500}, std::chrono::seconds{1}}));

  Wire declined{{R"("error":{"code":-32602,"message":"bad"})"}, {}, {}};
  RpcClient other(declined.transport(), declined.clock());
  EXPECT_EQ(other.get_slot().error().kind, ErrorKind::Refused);
}

TEST(RpcClient, ReadsGiveUpAfterTheLastAttempt) {
  Wire wire{{"", "", "", ""}, {}, {}};
  RpcClient client(wire.transport(), wire.clock());
  EXPECT_EQ(client.get_balance(Pubkey{}).error(), (Error{ErrorKind::Retry, "connection lost"}));
  EXPECT_TRUE(wire.answers.empty());
}

TEST(RpcClient, SendsOnce) {
  Wire wire{{""}, {}, {}};
  RpcClient client(wire.transport(), wire.clock());
  const auto key = Keypair::generate();
  const Instruction nothing{Pubkey{}, {{key.pubkey(), true, true}}, {}};
  const auto transaction = sign_transaction({&nothing, 1}, key, {}, Blockhash{});
  ASSERT_TRUE(transaction);
  const auto sent = client.send_transaction(*transaction, {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().error.kind, ErrorKind::Retry);
  EXPECT_FALSE(sent.error().rejected);
  EXPECT_EQ(wire.methods, std::vector<std::string>{"sendTransaction"});
}

TEST(RpcClient, ASlotWithoutABlockHasNoTime) {
  Wire wire{
      {R"("error":{"code":-32004,"message":"Block not available for slot 9"})", R"("result":1795444553)"}, {}, {}};
  RpcClient client(wire.transport(), wire.clock());
  const auto none = client.get_block_time(Slot{9});
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
  EXPECT_EQ(client.get_block_time(Slot{10})->value(), Timestamp{std::chrono::seconds{1795444553}});
}

TEST(RpcClient, ADecodingErrorNamesTheMethod) {
  Wire wire{{R"("result":"x")"}, {}, {}};
  RpcClient client(wire.transport(), wire.clock());
  const auto slot = client.get_slot();
  ASSERT_FALSE(slot);
  EXPECT_EQ(slot.error().kind, ErrorKind::Corrupt);
  EXPECT_NE(slot.error().message.find("getSlot"), std::string::npos);
}

TEST(RpcClient, ACountThatDoesNotMatchIsCorrupt) {
  Wire wire{{R"("result":{"value":[null]})"}, {}, {}};
  RpcClient client(wire.transport(), wire.clock());
  const Pubkey keys[2] = {};
  EXPECT_EQ(client.get_multiple_accounts(keys).error().kind, ErrorKind::Corrupt);
}

}  // namespace
}  // namespace dz
