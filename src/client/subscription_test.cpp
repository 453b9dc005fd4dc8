#include "client/subscription.h"

#include <gtest/gtest.h>

#include "net/http_server.h"
#include "wire/program_ids.h"

namespace dz::client {
namespace {

using std::chrono::milliseconds;

constexpr auto kNotification =
    R"({"jsonrpc":"2.0","method":"programNotification","params":{"subscription":7,"result":{"context":{"slot":4},"value":{
    "pubkey":"11111111111111111111111111111111","account":{"lamports":1,"data":["AQ==","base64"],
    "owner":"7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX","executable":false}}}}})";

// A ledger's WebSocket that answers as the test says; both ends run on one loop.
struct Subscription : testing::Test {
  net::Loop loop;
  std::string answer = R"({"jsonrpc":"2.0","result":7,"id":1})";
  std::vector<std::string> requests;
  net::SessionId session = 0;
  std::unique_ptr<net::HttpServer> server = *net::HttpServer::listen(loop, {}, handlers());

  int connected = 0;
  std::vector<std::string> disconnected;
  std::vector<AccountNotification> accounts;

  net::ServerHandlers handlers() {
    net::ServerHandlers calls;
    calls.on_request = [](const net::HttpRequest&) { return net::HttpResponse{}; };
    calls.on_message = [this](net::SessionId id, std::string_view text) {
      session = id;
      requests.emplace_back(text);
      server->send(id, answer);
    };
    return calls;
  }
  std::unique_ptr<ProgramSubscription> subscribe(const std::string& url) {
    SubscriptionHandlers calls;
    calls.on_account = [this](const AccountNotification& n) { accounts.push_back(n); };
    calls.on_connected = [this] { ++connected; };
    calls.on_disconnected = [this](const std::string& reason) { disconnected.push_back(reason); };
    SubscriptionOptions options;
    options.first_pause = milliseconds{1};
    options.longest_pause = milliseconds{4};
    return std::make_unique<ProgramSubscription>(
        loop, SubscriptionTarget{url, wire::local_program_ids().serviceability}, calls, options);
  }
  std::string url() const { return "ws://127.0.0.1:" + std::to_string(server->port()); }
  void run_until(const std::function<bool()>& done) {
    for (int i = 0; i < 500 && !done(); ++i) loop.run_for(milliseconds{20});
    EXPECT_TRUE(done());
  }
};

TEST_F(Subscription, DeliversNotifications) {
  const auto subscription = subscribe(url());
  run_until([&] { return connected == 1; });
  EXPECT_NE(requests.at(0).find("programSubscribe"), std::string::npos);
  server->send(session, kNotification);
  run_until([&] { return !accounts.empty(); });
  EXPECT_EQ(accounts[0].slot.value, 4U);
  EXPECT_EQ(accounts[0].account.data, Bytes{1});
}

TEST_F(Subscription, ComesBackAfterALoss) {
  const auto subscription = subscribe(url());
  run_until([&] { return connected == 1; });
  server->close(session);
  run_until([&] { return connected == 2; });
  EXPECT_EQ(disconnected.size(), 1U);
  EXPECT_EQ(requests.size(), 2U);
}

TEST_F(Subscription, GarbageIsALoss) {
  const auto subscription = subscribe(url());
  run_until([&] { return connected == 1; });
  server->send(session, "not JSON");
  run_until([&] { return connected == 2; });
  EXPECT_TRUE(accounts.empty());
}

TEST_F(Subscription, ADeclinedSubscriptionIsTriedAgain) {
  answer = R"({"jsonrpc":"2.0","error":{"code":-32601,"message":"not yet"},"id":1})";
  const auto subscription = subscribe(url());
  run_until([&] { return disconnected.size() >= 2; });
  EXPECT_NE(disconnected[0].find("not yet"), std::string::npos);
  answer = R"({"jsonrpc":"2.0","result":7,"id":1})";
  run_until([&] { return connected == 1; });
}

TEST_F(Subscription, NothingListeningIsALossNotACrash) {
  const auto address = url();
  server.reset();
  const auto subscription = subscribe(address);
  run_until([&] { return disconnected.size() >= 3; });
  EXPECT_EQ(connected, 0);
}

TEST_F(Subscription, AWrongAddressIsReportedOnTheLoop) {
  const auto subscription = subscribe("ftp://127.0.0.1");
  EXPECT_TRUE(disconnected.empty());
  run_until([&] { return !disconnected.empty(); });
}

TEST_F(Subscription, MayEndInsideItsOwnHandler) {
  std::unique_ptr<ProgramSubscription> subscription;
  SubscriptionHandlers calls;
  calls.on_connected = [&] {
    ++connected;
    subscription.reset();
  };
  subscription = std::make_unique<ProgramSubscription>(
      loop, SubscriptionTarget{url(), wire::local_program_ids().serviceability}, calls);
  run_until([&] { return connected == 1; });
  server->send(session, kNotification);
  for (int i = 0; i < 5; ++i) loop.run_for(milliseconds{1});
  EXPECT_TRUE(accounts.empty());
}

}  // namespace
}  // namespace dz::client
