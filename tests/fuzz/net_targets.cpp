// Bytes on sockets, over the loopback: to the server, to its WebSocket, and to the client of one. Whatever is sent, the
// connection ends when the peer ends it, what was answered is HTTP, and the next peer is served.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/base64.h"
#include "base/check.h"
#include "input.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/websocket_client.h"
#include "targets.h"

namespace dz::fuzz {
namespace {

constexpr Duration kTurn = std::chrono::milliseconds{1};
constexpr int kMostTurns = 20'000;  // far more than a slow machine needs

sockaddr_in loopback(std::uint16_t port, std::uint32_t host = 0) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return address;
}

// A socket that never blocks.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {
    DZ_CHECK(fd_ >= 0);
    DZ_CHECK(::fcntl(fd_, F_SETFL, O_NONBLOCK) == 0);
  }
  // Each from another loopback address: the ports of one would be used up within a minute, for the kernel keeps that of
  // a connection for so long after its end.
  static Socket connected_to(std::uint16_t port) {
    static std::uint32_t connections = 0;
    const auto address = loopback(port), own = loopback(0, ++connections % 60'000);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    DZ_CHECK(fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
    DZ_CHECK(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return Socket(fd);
  }
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // As much as is taken at once; true when that was all, or nobody listens any more.
  bool send(std::string_view& bytes) const {
    const auto sent = bytes.empty() ? 0 : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
    return bytes.empty();
  }
  void end() const { ::shutdown(fd_, SHUT_WR); }
  // Adds what is there to `all`; true when nothing more can come.
  bool receive(std::string& all) const {
    char chunk[65536];
    for (;;) {
      const auto got = ::recv(fd_, chunk, sizeof chunk, 0);
      if (got == 0) return true;
      if (got < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
      all.append(chunk, static_cast<std::size_t>(got));
    }
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// A server whose handlers put what they hear into everything that they say.
class EchoServer {
 public:
  EchoServer() {
    net::ServerHandlers handlers;
    handlers.on_request = [](const net::HttpRequest& request) {
      net::HttpResponse response;
      response.body = request.path + request.query + request.query_value("a") + request.body;
      for (const auto& [name, value] : request.headers) response.headers.emplace_back("X-" + name, value);
      response.headers.emplace_back(request.query_value("name"), request.query_value("value"));
      response.content_type = request.header("content-type");
      return response;
    };
    handlers.on_open = [this](net::SessionId) { ++open_; };
    handlers.on_message = [this](net::SessionId id, std::string_view text) {
      if (text == "close") return server_->close(id);
      server_->send(id, std::string(text));
      if (text.size() > 3) server_->send(id, std::string(text.substr(1)));  // which may begin within a character
    };
    handlers.on_close = [this](net::SessionId) { --open_; };
    net::ServerOptions options;
    // Whatever is sent, it has ended well before kMostTurns.
    options.connections =
        std::make_shared<net::Connections>(net::ConnectionLimits{.deadline = std::chrono::seconds{2}});
    options.max_body = 65'536;
    options.max_message = 16'384;
    auto listening = net::HttpServer::listen(loop_, options, std::move(handlers));
    DZ_CHECK(listening.has_value());
    server_ = std::move(*listening);
  }

  // All that is answered to these bytes, once nothing more can come and the connection is gone. `then` is sent when
  // the end of a head has come back.
  std::string answer_to(std::string_view bytes, std::string_view then = {}) {
    const auto socket = Socket::connected_to(server_->port());
    std::string all;
    bool sent = false, ended = false, first = true;
    for (int turn = 0; turn < kMostTurns && (!ended || server_->connections() > 0); ++turn) {
      if (first && socket.send(bytes)) first = false;
      const bool answered = then.empty() || all.find("\r\n\r\n") != std::string::npos;
      if (!first && !sent && answered && socket.send(then)) {
        sent = true;
        socket.end();
      }
      loop_.run_for(kTurn);
      ended = socket.receive(all) || ended;
    }
    DZ_CHECK(ended && server_->connections() == 0 && open_ == 0);
    return all;
  }

 private:
  net::Loop loop_;
  std::unique_ptr<net::HttpServer> server_;
  int open_ = 0;
};

EchoServer& server() {
  static EchoServer one;
  return one;
}

void check_http(std::string_view answer) {
  if (answer.empty()) return;
  DZ_CHECK(answer.starts_with("HTTP/1.1 "));
  const auto head = answer.substr(0, answer.find("\r\n\r\n"));
  DZ_CHECK(head.size() < answer.size());
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\r') DZ_CHECK(i + 1 < head.size() && head[i + 1] == '\n');
    if (head[i] == '\n') DZ_CHECK(i > 0 && head[i - 1] == '\r');
    DZ_CHECK(head[i] == '\r' || head[i] == '\n' || (head[i] >= ' ' && head[i] <= '~'));
  }
}

void check_served() {
  const auto answer = server().answer_to("GET /next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  DZ_CHECK(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("/next"));
}

// RFC 6455, 4.2.2.
std::string accept_key(std::string_view key) {
  const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  DZ_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  return encode_base64(ByteView(digest).first(size));
}

std::string upgrade_answer(std::string_view request) {
  constexpr std::string_view kName = "Sec-WebSocket-Key: ";
  const auto at = request.find(kName);
  if (at == std::string_view::npos) return {};
  const auto key = request.substr(at + kName.size(), request.find("\r\n", at) - at - kName.size());
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
      "{}\r\n\r\n",
      accept_key(key));
}

// Accepts one connection after the other.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    DZ_CHECK(::bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    DZ_CHECK(::listen(socket_.fd(), 8) == 0);
    DZ_CHECK(::getsockname(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  std::uint16_t port() const { return port_; }
  int accept() const { return ::accept(socket_.fd(), nullptr, nullptr); }

 private:
  Socket socket_;
  std::uint16_t port_ = 0;
};

// The server's side of one connection: the client's request is answered, then come these bytes, then the end.
void serve(const Socket& socket, bool upgrade, std::string_view bytes, net::Loop& loop, const bool& closed) {
  std::string heard;
  bool answered = !upgrade, sent = false;
  std::string head;
  std::string_view rest_of_head;
  for (int turn = 0; turn < kMostTurns && !closed; ++turn) {
    (void)socket.receive(heard);
    if (!answered && heard.find("\r\n\r\n") != std::string::npos) {
      answered = true;
      head = upgrade_answer(heard);
      rest_of_head = head;
    }
    if (answered && !sent && socket.send(rest_of_head) && socket.send(bytes)) {
      sent = true;
      socket.end();
    }
    loop.run_for(kTurn);
  }
  DZ_CHECK(closed);
}

}  // namespace

int http_target(ByteView bytes) {
  check_http(server().answer_to(as_text(bytes)));
  check_served();
  return 0;
}

// Frames, after the handshake.
int websocket_target(ByteView bytes) {
  static constexpr std::string_view kUpgrade =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const auto answer = server().answer_to(kUpgrade, as_text(bytes));
  DZ_CHECK(answer.empty() || answer.starts_with("HTTP/1.1 101 "));
  check_served();
  return 0;
}

// The first character: frames after a good answer to the handshake, or the answer itself.
int websocket_answers_target(ByteView bytes) {
  static const Listener listener;
  static net::Loop loop;
  Input input(bytes);
  const bool upgrade = input.choice(2) == 0;
  bool closed = false;
  net::WebSocketHandlers handlers;
  handlers.on_message = [&](std::string_view) { DZ_CHECK(!closed); };
  handlers.on_close = [&](const std::string& reason) {
    DZ_CHECK(!closed && can_be_told(reason));
    closed = true;
  };
  const auto client = net::WebSocketClient::connect(loop, fmt::format("ws://127.0.0.1:{}/secret", listener.port()),
                                                    std::move(handlers));
  DZ_CHECK(client.has_value());
  (*client)->send("hello");
  int fd = -1;
  for (int turn = 0; turn < kMostTurns && fd < 0; ++turn) {
    loop.run_for(kTurn);
    fd = listener.accept();
  }
  serve(Socket(fd), upgrade, as_text(input.rest()), loop, closed);
  return 0;
}

}  // namespace dz::fuzz
