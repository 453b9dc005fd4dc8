// The ledger over real sockets, on a loop of its own thread as in the program.
#include "node.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "ledger/ledger_archive.h"
#include "net/http_client.h"
#include "net/websocket_client.h"

namespace dz::ledger_main {
namespace {

namespace json = boost::json;

class RunningNode : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = ledger::Ledger::open(ledger::make_memory_archive(), {}, net::system_now());
    ASSERT_TRUE(opened.has_value());
    ledger_ = std::move(*opened);
    node_ = std::make_unique<LedgerNode>(loop_, *ledger_,
                                         [](service::LogLevel, std::string_view, const service::LogFields&) {});
    ASSERT_TRUE(node_->listen({"127.0.0.1", 0, 0}).has_value());
    rpc_ = node_->rpc_port();
    ws_ = node_->ws_port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  void TearDown() override {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

  net::ClientResponse get(std::string_view path) { return client_.get(url(path), {}).value(); }
  json::value call(std::string_view method, std::string_view params) {
    const auto body = fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{}}})", method, params);
    return json::parse(client_.post(url("/"), body, {}).value().body);
  }
  std::string url(std::string_view path) const { return fmt::format("http://127.0.0.1:{}{}", rpc_, path); }

  net::Loop loop_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<LedgerNode> node_;
  std::uint16_t rpc_ = 0, ws_ = 0;
  std::thread thread_;
  net::HttpClient client_;
};

constexpr std::string_view kWallet = "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM";

TEST_F(RunningNode, AnswersJsonRpcHealthAndMetrics) {
  EXPECT_EQ(call("getHealth", "[]").at("result"), "ok");
  EXPECT_EQ(get("/health").body, "ok");
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_NE(get("/metrics").body.find("doublezero_ledger_requests_total{transport=\"http\"} 1"), std::string::npos);
  EXPECT_EQ(get("/").status, 404);
  EXPECT_EQ(client_.post(url("/"), "nonsense", {})->status, 200);  // the error is in the JSON
  EXPECT_EQ(client_.post(url("/"), std::string(1U << 20, ' '), {})->status, 413);
}

TEST_F(RunningNode, BecomesDurableWithoutBeingAsked) {
  const auto signature = call("requestAirdrop", fmt::format(R"(["{}",1000000000])", kWallet)).at("result").as_string();
  const auto status = [&] {
    return call("getSignatureStatuses", fmt::format(R"([["{}"]])", std::string_view(signature)))
        .at("result")
        .at("value")
        .as_array()[0]
        .at("confirmationStatus");
  };
  for (int i = 0; i < 1000 && status() != "finalized"; ++i) {
  }
  EXPECT_EQ(status(), "finalized");
}

TEST_F(RunningNode, NotifiesOnBothPortsAtBothCommitments) {
  net::Loop loop;
  std::vector<std::unique_ptr<net::WebSocketClient>> clients;
  int subscribed = 0, notified = 0;
  for (const std::uint16_t port : {rpc_, ws_}) {
    for (const char* commitment : {"processed", "confirmed"}) {
      net::WebSocketHandlers handlers;
      handlers.on_message = [&](std::string_view text) {
        const auto message = json::parse({text.data(), text.size()}).as_object();
        ++(message.contains("result") ? subscribed : notified);
      };
      clients.push_back(
          net::WebSocketClient::connect(loop, fmt::format("ws://127.0.0.1:{}/", port), std::move(handlers)).value());
      clients.back()->send(
          fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"accountSubscribe","params":["{}",{{"commitment":"{}"}}]}})",
                      kWallet, commitment));
    }
  }
  for (int i = 0; i < 500 && subscribed < 4; ++i) loop.run_for(std::chrono::milliseconds{10});
  ASSERT_EQ(subscribed, 4);
  call("requestAirdrop", fmt::format(R"(["{}",1000000000])", kWallet));
  for (int i = 0; i < 500 && notified < 4; ++i) loop.run_for(std::chrono::milliseconds{10});
  EXPECT_EQ(notified, 4);
}

// An archive that cannot write, for a while or for good.
class FullArchive final : public ledger::LedgerArchive {
 public:
  Result<std::optional<ledger::Snapshot>> load() override { return std::nullopt; }
  Result<void> create(const ledger::Snapshot&) override { return {}; }
  Result<void> commit(const ledger::Batch&) override {
    if (full_) return fail(*full_, "the disk is full");
    return {};
  }
  Result<std::optional<ledger::TransactionRecord>> find(const wire::Signature&) override { return std::nullopt; }
  Result<std::vector<std::int64_t>> places_of(const Pubkey&, const Range&) override {
    return std::vector<std::int64_t>{};
  }
  Result<std::optional<ledger::TransactionRecord>> record_at(std::int64_t) override { return std::nullopt; }

  explicit FullArchive(const std::optional<ErrorKind>& full) : full_(full) {}

 private:
  const std::optional<ErrorKind>& full_;
};

std::string airdrop_to(std::string_view wallet) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"requestAirdrop","params":["{}",1000000000]}})", wallet);
}

TEST(LedgerNode, X16_AFullDiskIsSaidAndRecoveredFrom) {
  net::Loop loop;
  std::optional<ErrorKind> full = ErrorKind::Retry;
  auto ledger = ledger::Ledger::open(std::make_unique<FullArchive>(full), {}, net::system_now()).value();
  std::vector<std::string> said;
  LedgerNode node(loop, *ledger, [&](service::LogLevel, std::string_view event, const service::LogFields&) {
    said.emplace_back(event);
  });
  ASSERT_TRUE(node.listen({"127.0.0.1", 0, 0}).has_value());
  const auto url = fmt::format("http://127.0.0.1:{}/", node.rpc_port());
  std::vector<std::string> answers;
  const auto ask = [&](const std::string& path, const std::string& body) {
    std::atomic<bool> done = false;
    std::thread client([&] {
      const auto got = body.empty() ? net::HttpClient().get(url + path, {}) : net::HttpClient().post(url, body, {});
      answers.push_back(got ? fmt::format("{} {}", got->status, got->body) : got.error().message);
      done = true;
    });
    while (!done) loop.run_for(std::chrono::milliseconds{10});
    client.join();
    return answers.back();
  };
  ask("", airdrop_to(kWallet));
  while (!ledger->failure()) loop.run_for(std::chrono::milliseconds{10});
  EXPECT_NE(ask("", airdrop_to(kWallet)).find("-32005"), std::string::npos) << answers.back();
  const auto health = ask("healthz", "");
  EXPECT_NE(health.find("503"), std::string::npos) << health;
  EXPECT_NE(health.find("cannot be written: the disk is full"), std::string::npos) << health;
  EXPECT_NE(ask("metrics", "").find("doublezero_ledger_writable 0"), std::string::npos);
  full.reset();
  while (ledger->failure()) loop.run_for(std::chrono::milliseconds{10});
  EXPECT_FALSE(ledger->has_pending());
  EXPECT_NE(ask("healthz", "").find("200"), std::string::npos);
  EXPECT_NE(ask("metrics", "").find("doublezero_ledger_writable 1"), std::string::npos);
  EXPECT_EQ(std::count(said.begin(), said.end(), "write_failed"), 1);
  EXPECT_EQ(std::count(said.begin(), said.end(), "writes_again"), 1);
}

TEST(LedgerNode, ALedgerThatTryingAgainWouldNotHelpStopsAndConfirmsNothing) {
  net::Loop loop;
  const std::optional<ErrorKind> full = ErrorKind::Refused;
  auto ledger = ledger::Ledger::open(std::make_unique<FullArchive>(full), {}, net::system_now()).value();
  LedgerNode node(loop, *ledger, [](service::LogLevel, std::string_view, const service::LogFields&) {});
  ASSERT_TRUE(node.listen({"127.0.0.1", 0, 0}).has_value());
  std::string answer;
  std::thread client([&, port = node.rpc_port()] {
    const auto got = net::HttpClient().post(fmt::format("http://127.0.0.1:{}/", port), airdrop_to(kWallet), {});
    if (got) answer = got->body;
  });
  loop.run();  // ends by itself
  client.join();
  EXPECT_EQ(ledger->failure()->message, "the disk is full");
  EXPECT_FALSE(ledger->commit());
}

}  // namespace
}  // namespace dz::ledger_main
