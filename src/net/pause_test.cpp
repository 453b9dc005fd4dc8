// A WebSocket that is not read while its last message is worked on.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <fmt/format.h>

#include "net/http_server.h"
#include "net/websocket_client.h"

namespace dz::net {
namespace {

using std::chrono::milliseconds;

struct PausingServer : testing::Test {
  PausingServer() {
    ServerHandlers handlers;
    handlers.on_request = [](const HttpRequest&) { return HttpResponse{}; };
    handlers.on_message = [this](SessionId id, std::string_view text) {
      session = id;
      heard.emplace_back(text);
      if (at_once) server->pause(id);
      if (at_once) server->resume(id);
      if (!at_once) server->pause(id);
    };
    server = HttpServer::listen(loop, {}, std::move(handlers)).value();
    client = WebSocketClient::connect(loop, fmt::format("ws://127.0.0.1:{}/", server->port()), {}).value();
    for (const auto* text : {"a", "b", "c"}) client->send(text);
  }
  // What was heard once nothing more comes.
  std::string all_heard(std::size_t expected) {
    for (int i = 0; i < 500 && heard.size() < expected; ++i) loop.run_for(milliseconds{10});
    for (int i = 0; i < 5; ++i) loop.run_for(milliseconds{10});
    return fmt::format("{}", fmt::join(heard, ""));
  }

  Loop loop;
  bool at_once = false;
  SessionId session = 0;
  std::vector<std::string> heard;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<WebSocketClient> client;
};

TEST_F(PausingServer, X13_NothingIsReadUntilItResumes) {
  EXPECT_EQ(all_heard(1), "a");
  server->resume(session);
  EXPECT_EQ(all_heard(2), "ab");
  server->resume(session);
  server->resume(session);
  EXPECT_EQ(all_heard(3), "abc");
  server->resume(session + 1);  // of nobody
}

TEST_F(PausingServer, X13_ResumedWithinTheMessageItIsReadOnOnce) {
  at_once = true;
  EXPECT_EQ(all_heard(3), "abc");
}

}  // namespace
}  // namespace dz::net
