// A server on real loopback sockets, with its loop on a thread of its own or shared with a WebSocket client, and a peer
// that speaks bytes.
#pragma once

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "net/http_server.h"
#include "net/loop.h"
#include "net/websocket_client.h"

namespace dz::net {

using std::chrono::milliseconds;

inline std::shared_ptr<Connections> limited(ConnectionLimits limits) { return std::make_shared<Connections>(limits); }

inline HttpResponse echo(const HttpRequest& request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = fmt::format("{} {} {} {}", request.method, request.path, request.query_value("a"), request.body);
  return response;
}

// A server whose loop runs on its own thread, as a process of its own would.
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {}, ServerHandlers handlers = {.on_request = echo}) {
    auto server = HttpServer::listen(loop_, std::move(options), std::move(handlers));
    if (!server) ADD_FAILURE() << server.error().message;
    server_ = std::move(*server);
    port_ = server_->port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningServer() {
    loop_.stop();
    thread_.join();
    server_.reset();
  }
  std::string url(std::string_view path = "/") const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  std::uint16_t port() const { return port_; }

 private:
  Loop loop_;
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// Sends bytes as they are and returns all that comes back until the server closes, or `most` bytes of it.
inline std::string talk(std::uint16_t port, std::string_view bytes, std::size_t most = std::string::npos) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::string answer;
  char chunk[4096];
  for (ssize_t n = 0; answer.size() < most && (n = ::recv(fd, chunk, sizeof chunk, 0)) > 0;) {
    answer.append(chunk, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return answer;
}

// Server and clients of WebSocket share one loop: nothing blocks.
struct WebSocketPair {
  Loop loop;
  std::vector<std::string> events;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<WebSocketClient> client;

  void listen(ServerOptions options = {}) {
    ServerHandlers handlers;
    handlers.on_request = echo;
    handlers.on_open = [this](SessionId id) { events.push_back(fmt::format("open {}", id)); };
    handlers.on_message = [this](SessionId id, std::string_view text) {
      if (text == "close") return server->close(id);
      server->send(id, fmt::format("echo {}", text));
    };
    handlers.on_close = [this](SessionId id) { events.push_back(fmt::format("close {}", id)); };
    server = HttpServer::listen(loop, std::move(options), std::move(handlers)).value();
  }
  void connect(const std::vector<std::string>& texts) {
    WebSocketHandlers handlers;
    handlers.on_open = [this, texts] {
      for (const auto& text : texts) client->send(text);
    };
    handlers.on_message = [this](std::string_view text) { events.emplace_back(text); };
    handlers.on_close = [this](const std::string&) { events.emplace_back("client closed"); };
    client =
        WebSocketClient::connect(loop, fmt::format("ws://127.0.0.1:{}/", server->port()), std::move(handlers)).value();
  }
  bool wait_for(const std::function<bool()>& done) {
    for (int i = 0; i < 500 && !done(); ++i) loop.run_for(milliseconds{10});
    return done();
  }
  bool seen(std::string_view event) const { return std::find(events.begin(), events.end(), event) != events.end(); }
};

}  // namespace dz::net
