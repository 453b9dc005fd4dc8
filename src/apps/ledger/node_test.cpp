// The ledger over real sockets, on a loop of its own thread as in the program.
#include "node.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <thread>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "ledger/ledger_archive.h"
#include "net/async_client.h"
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
  Result<std::vector<std::int64_t>> places_in(Slot) override { return std::vector<std::int64_t>{}; }
  Result<Slot> first_whole_slot() override { return Slot{0}; }
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

// An archive with a thousand transactions of everybody, which reads them until there is no memory for one more.
class ThrowingArchive final : public ledger::LedgerArchive {
 public:
  static constexpr std::int64_t kEach = 1000;              // places of one address
  using Read = std::function<void(std::int64_t address)>;  // may throw

  explicit ThrowingArchive(Read read) : read_(std::move(read)) {}
  Result<std::optional<ledger::Snapshot>> load() override { return std::nullopt; }
  Result<void> create(const ledger::Snapshot&) override { return {}; }
  Result<void> commit(const ledger::Batch&) override { return {}; }
  Result<std::optional<ledger::TransactionRecord>> find(const wire::Signature&) override { return std::nullopt; }
  Result<std::vector<std::int64_t>> places_of(const Pubkey& address, const Range& range) override {
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < range.limit; ++i) places.push_back(address.bytes[31] * kEach);
    return places;
  }
  Result<std::vector<std::int64_t>> places_in(Slot) override { return std::vector<std::int64_t>{}; }
  Result<Slot> first_whole_slot() override { return Slot{0}; }
  Result<std::optional<ledger::TransactionRecord>> record_at(std::int64_t place) override {
    read_(place / kEach);
    return ledger::TransactionRecord{};
  }

 private:
  Read read_;
};

std::string histories_of(std::uint8_t number) {
  Pubkey address;
  address.bytes[31] = number;
  std::string batch = "[";
  for (int i = 0; i < 100; ++i) {  // each another question, so that none is answered with what is kept
    batch +=
        fmt::format(R"({}{{"jsonrpc":"2.0","id":1,"method":"getSignaturesForAddress","params":["{}",{{"limit":{}}}]}})",
                    i == 0 ? "" : ",", to_text(address), 1000 - i);
  }
  return batch + "]";
}

struct FragileNode {
  explicit FragileNode(ThrowingArchive::Read read)
      : ledger(ledger::Ledger::open(std::make_unique<ThrowingArchive>(std::move(read)), {}, net::system_now()).value()),
        node(loop, *ledger, [](service::LogLevel, std::string_view, const service::LogFields&) {}) {
    EXPECT_TRUE(node.listen({"127.0.0.1", 0, 0}).has_value());
  }

  net::Loop loop;
  std::unique_ptr<ledger::Ledger> ledger;
  LedgerNode node;
};

// Four are made at once. The fifth comes when they are long, gets in line, and then they throw.
TEST(LedgerNode, X13_LongAnswersThatThrowMakeWayForThoseInLine) {
  std::array<std::size_t, 5> reads{};
  std::size_t since_the_last = 0;  // reads of the others since the last one's own
  bool is_in_line = false;
  std::function<void()> ask_the_last;
  FragileNode f([&](std::int64_t address) {
    ++reads.at(static_cast<std::size_t>(address));
    since_the_last = address == 4 ? 0 : since_the_last + 1;
    const bool all_are_long = *std::min_element(reads.begin(), reads.begin() + 4) > 5000;
    if (all_are_long && ask_the_last) std::exchange(ask_the_last, nullptr)();
    is_in_line = is_in_line || (reads[4] > 1000 && since_the_last > 60'000);
    if (is_in_line && address != 4) throw std::bad_alloc();
  });
  std::size_t thrown = 0;
  f.loop.on_exception([&](std::string_view) { ++thrown; });
  net::AsyncClient client(f.loop);
  std::optional<Result<net::ClientResponse>> last;
  const auto ask = [&](std::uint8_t number, std::function<void(Result<net::ClientResponse>)> done) {
    net::ClientRequest request{.method = "POST", .url = fmt::format("http://127.0.0.1:{}/", f.node.rpc_port())};
    request.body = histories_of(number);
    request.timeout = std::chrono::seconds{30};
    client.send(std::move(request), std::move(done));
  };
  ask_the_last = [&] {
    f.loop.post([&] { ask(4, [&](Result<net::ClientResponse> answer) { last = std::move(answer); }); });
  };
  for (std::uint8_t i = 0; i < 4; ++i) ask(i, [](const Result<net::ClientResponse>&) {});
  for (int i = 0; i < 10'000 && !last; ++i) f.loop.run_for(std::chrono::milliseconds{10});
  ASSERT_TRUE(last.has_value());
  ASSERT_TRUE(last->has_value()) << last->error().message;
  EXPECT_EQ((*last)->status, 200);
  EXPECT_TRUE(is_in_line);
  EXPECT_EQ(thrown, 4U);
}

TEST(LedgerNode, X9_ASessionWhoseAnswerThrowsIsClosedAndNotLeftPaused) {
  std::size_t reads = 0;
  FragileNode f([&](std::int64_t) {
    if (++reads > 20'000) throw std::bad_alloc();  // long after the message was handed on, in a slice of the loop's own
  });
  bool closed = false;
  net::WebSocketHandlers handlers;
  handlers.on_close = [&](const std::string&) { closed = true; };
  const auto url = fmt::format("ws://127.0.0.1:{}/", f.node.rpc_port());
  const auto client = net::WebSocketClient::connect(f.loop, url, std::move(handlers)).value();
  client->send(histories_of(1));
  bool other_answered = false;
  net::WebSocketHandlers others;
  others.on_message = [&](std::string_view) { other_answered = true; };
  const auto other = net::WebSocketClient::connect(f.loop, url, std::move(others)).value();
  other->send(R"({"jsonrpc":"2.0","id":1,"method":"getSlot"})");
  for (int i = 0; i < 500 && !(closed && other_answered); ++i) f.loop.run_for(std::chrono::milliseconds{10});
  EXPECT_TRUE(closed);
  EXPECT_TRUE(other_answered);
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
