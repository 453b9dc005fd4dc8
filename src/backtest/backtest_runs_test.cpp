// Backtests over real sockets, of a file that a monitor recorded a few minutes in.
#include "backtest/backtest_runs.h"

#include <unistd.h>

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "monitor/monitor.h"
#include "net/server_fixture.h"
#include "testbed/small_network.h"

namespace dz::backtest {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

class Runs : public testing::Test {
 protected:
  Runs() {
    folder = std::filesystem::path(testing::TempDir()) / ("dz_backtest_runs_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    auto database = *storage::SqliteDatabase::open((folder / "monitor.db").string());
    network.add_device("ams", network.alpha);
    const auto quiet = [](service::LogLevel, std::string_view, const service::LogFields&) {};
    monitor::MonitorSettings settings;
    const auto monitor = *monitor::Monitor::open(
        network.client(), database,
        {.settings = settings, .ids = wire::local_program_ids(), .key = network.monitor, .log = quiet}, network.now());
    for (int i = 0; i < 15; ++i) {
      monitor->step(network.now());
      network.advance(minutes{1});
    }
    start();
  }
  ~Runs() override {
    runs.reset();
    std::filesystem::remove_all(folder);
  }
  void start() {
    server = *net::HttpServer::listen(
        loop, {},
        {.on_exchange = [&](const net::HttpRequest& request, const net::Answer& done) { runs->answer(request, done); },
         .on_close = [&](net::SessionId session) { runs->closed(session); }});
    runs.emplace(loop, BacktestRuns::Settings{
                           .recorded = {(folder / "monitor.db").string(), {}},
                           .send = [&](net::SessionId s, std::string text) { server->send(s, std::move(text)); },
                           .close = [&](net::SessionId s) { server->close(s); }});
  }
  static std::string request(const std::string& body) {
    return fmt::format(
        "POST /api/v1/backtests HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
        body.size(), body);
  }
  // What comes until the server closes, or `most` bytes of it.
  std::string ask(const std::string& body, std::size_t most = std::string::npos) {
    std::string said;
    std::thread client([&] {
      said = net::talk(server->port(), request(body), most);
      loop.stop();
    });
    loop.run();
    client.join();
    return said;
  }
  std::string day() const {
    return fmt::format(R"({{"from":"{}","to":"{}","policy":"[allowed]\nbad = 1"}})", to_text(kStart),
                       to_text(kStart + hours{24}));
  }

  const Timestamp kStart{hours{494'000}};
  testbed::SmallNetwork network{kStart};
  std::filesystem::path folder;
  net::Loop loop;
  std::unique_ptr<net::HttpServer> server;
  std::optional<BacktestRuns> runs;
};

TEST_F(Runs, ProgressAndThenTheOutcomeAreToldAndTheAnswerEnds) {
  const auto said = ask(day());
  EXPECT_TRUE(said.starts_with("HTTP/1.1 200")) << said;
  EXPECT_NE(said.find("text/event-stream"), std::string::npos);
  EXPECT_NE(said.find("event: progress\ndata: {\"at\":\""), std::string::npos) << said;
  const auto begin = said.find("event: outcome\ndata: ");
  ASSERT_NE(begin, std::string::npos) << said;
  const auto data = said.substr(begin + 21, said.find('\n', begin + 21) - begin - 21);
  const auto outcome = boost::json::parse(data).as_object();
  EXPECT_EQ(outcome.at("records").to_number<int>(), 1);
  EXPECT_EQ(outcome.at("summary").at("same").to_number<int>(), 1) << data;
}

TEST_F(Runs, WhatCannotBeAskedIs400AndWhatFailsIsTold) {
  EXPECT_TRUE(ask("{}").starts_with("HTTP/1.1 400"));
  const auto said = ask(R"({"from":"2000-01-01T00:00:00Z","to":"2000-01-02T00:00:00Z","policy":""})");
  EXPECT_NE(said.find("event: failed\ndata: {\"error\":\"expected a time between"), std::string::npos) << said;
  std::filesystem::remove(folder / "monitor.db");
  EXPECT_NE(ask(day()).find("found no such file"), std::string::npos);
}

TEST_F(Runs, OneAtATimeAndWhoseClientGoesEnds) {
  const auto opened = [](net::HttpResponse response) { response.opened(7); };
  runs->answer({.method = "POST", .path = "/", .body = day()}, opened);
  // The first ends in a turn of the loop, and the second comes before one.
  net::HttpResponse second;
  runs->answer({.method = "POST", .path = "/", .body = day()},
               [&](net::HttpResponse response) { second = std::move(response); });
  EXPECT_EQ(second.status, 503) << second.body;
  runs->closed(7);
  std::string said;  // once that one has ended
  for (int i = 0; i < 1000 && !said.starts_with("HTTP/1.1 200"); ++i) {
    said = ask(day());
    loop.run_for(milliseconds{1});
  }
  EXPECT_NE(said.find("event: outcome"), std::string::npos) << said;
}

TEST_F(Runs, AClientThatHasGoneBeforeItsAnswerOpensNothing) {
  runs->answer({.method = "POST", .path = "/", .body = day()}, [](const net::HttpResponse&) {});
  EXPECT_NE(ask(day()).find("event: outcome"), std::string::npos);
}

TEST_F(Runs, TheEndOfTheProcessEndsIt) {
  runs->answer({.method = "POST", .path = "/", .body = day()}, [](net::HttpResponse response) { response.opened(7); });
  runs.reset();  // waits for its thread
  loop.run_for(milliseconds{5});
}

}  // namespace
}  // namespace dz::backtest
