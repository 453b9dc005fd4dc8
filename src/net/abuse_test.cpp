// What peers do who mean harm, or do not care: each test stands for a kind.
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "net/descriptors.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/server_fixture.h"

namespace dz::net {
namespace {

using std::chrono::seconds;

// A socket that says what the test says. The loop it is on is the server's.
class Peer {
 public:
  Peer(std::uint16_t port, std::string_view bytes, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    say(bytes);
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // What fits now; the rest is lost.
  std::size_t say(std::string_view bytes) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  // What is here now.
  std::string heard() {
    std::string all;
    char chunk[4096];
    for (ssize_t n = 0; (n = ::recv(fd_, chunk, sizeof chunk, MSG_DONTWAIT)) > 0;) {
      all.append(chunk, static_cast<std::size_t>(n));
    }
    return all;
  }
  bool is_closed() {
    heard();
    char byte = 0;
    const ssize_t n = ::recv(fd_, &byte, 1, MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN);
  }

 private:
  int fd_;
};

constexpr std::string_view kUpgrade =
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const std::string kPost = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

// A masked WebSocket frame; its mask is zero.
std::string frame(unsigned char first, std::string_view payload) {
  std::string out(1, static_cast<char>(first));
  if (payload.size() < 126) {
    out += static_cast<char>(0x80U | payload.size());
  } else {
    out += static_cast<char>(0x80U | 126U);
    out += static_cast<char>(payload.size() >> 8U);
    out += static_cast<char>(payload.size() & 0xFFU);
  }
  return out + std::string(4, '\0') + std::string(payload);
}
std::string text(std::string_view payload) { return frame(0x81, payload); }

// A server on the test's own loop.
struct Served {
  explicit Served(ConnectionLimits limits = {}, ServerHandlers handlers = {}) : connections(limited(limits)) {
    if (!handlers.on_request && !handlers.on_exchange) handlers.on_request = echo;
    if (!handlers.on_message) {
      handlers.on_message = [this](SessionId id, std::string_view words) {
        ++messages;
        server->send(id, std::string(answer_size, 'x') + std::string(words));
      };
    }
    handlers.on_open = [this](SessionId id) { opened.push_back(id); };
    handlers.on_close = [this](SessionId id) { closed.push_back(id); };
    handlers.on_failure = [this](std::string_view what) { failures.emplace_back(what); };
    server = HttpServer::listen(loop, {.connections = connections}, std::move(handlers)).value();
  }
  bool wait_for(const std::function<bool()>& done) {
    const auto begin = steady_now();
    while (!done() && steady_now() - begin < seconds{10}) loop.run_for(milliseconds{5});
    return done();
  }
  std::uint64_t turned_away(TurnedAway why) const { return connections->turned_away(why); }
  std::string answer_to(std::string_view bytes) {
    Peer peer(server->port(), bytes);
    std::string all;
    wait_for([&] {
      all += peer.heard();
      return peer.is_closed();
    });
    return all;
  }

  Loop loop;
  std::shared_ptr<Connections> connections;
  std::unique_ptr<HttpServer> server;
  std::size_t answer_size = 0;
  int messages = 0;
  std::vector<SessionId> opened, closed;
  std::vector<std::string> failures;
};

// Its answers are bounded by not asking it for more, until it has had its time.
TEST(Abuse, X1_AWebSocketThatReadsNoAnswersIsAskedNoMoreAndThenClosed) {
  Served served({.unread = 1U << 20, .deadline = milliseconds{300}});
  served.answer_size = 160'000;
  Peer peer(served.server->port(), kUpgrade, 4096);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  for (int i = 0; i < 60; ++i) peer.say(text("x"));
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1; }));
  EXPECT_LT(served.messages, 10);
  EXPECT_LT(served.connections->take_peak(), 700'000U);
  EXPECT_EQ(served.connections->bytes(), 0U);
  EXPECT_EQ(served.turned_away(TurnedAway::TooSlow), 1U);
}

TEST(Abuse, X1_AWebSocketThatReadsGetsEveryAnswer) {
  Served served({.unread = 1U << 20});
  served.answer_size = 160'000;
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  for (int i = 0; i < 60; ++i) peer.say(text("x"));
  std::size_t heard = 0;
  EXPECT_TRUE(served.wait_for([&] {
    heard += peer.heard().size();
    return heard >= 60U * 160'000U;
  }));
  EXPECT_EQ(served.messages, 60);
  EXPECT_TRUE(served.closed.empty());
}

TEST(Abuse, X1_WhatOneIsToldAndDoesNotReadEndsIt) {
  Served served({.unread = 100'000});
  Peer peer(served.server->port(), kUpgrade, 4096);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  for (int i = 0; i < 100; ++i) served.server->send(1, std::string(10'000, 'x'));
  EXPECT_LE(served.connections->take_peak(), 100'000U);
  EXPECT_TRUE(served.closed.empty()) << "told later: the handler may be in the middle of something";
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1; }));
  EXPECT_EQ(served.turned_away(TurnedAway::Unread), 1U);
}

TEST(Abuse, X1_AllTogetherHoldNoMoreThanTheLimit) {
  ServerHandlers big;
  big.on_request = [](const HttpRequest&) { return HttpResponse{200, "text/plain", std::string(3'000'000, 'x'), {}}; };
  Served served({.buffers = 20'000'000}, std::move(big));
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 30; ++i) {
    peers.push_back(std::make_unique<Peer>(served.server->port(), "GET / HTTP/1.1\r\n\r\n", 4096));
  }
  EXPECT_TRUE(served.wait_for([&] { return served.turned_away(TurnedAway::NoRoom) > 0; }));
  EXPECT_LE(served.connections->take_peak(), 20'000'000U);
  const auto refused = served.answer_to("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused.substr(0, 200);
  EXPECT_NE(refused.find("Retry-After: 1\r\n"), std::string::npos);
  // A second later those are stuck, and one of them makes room.
  const auto begin = steady_now();
  served.wait_for([&] { return steady_now() - begin > Connections::kGrace; });
  EXPECT_TRUE(served.answer_to("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200 "));
  EXPECT_GT(served.turned_away(TurnedAway::GaveWay), 0U);
}

TEST(Abuse, X4_IdleConnectionsGiveWayToNewOnes) {
  Served served({.connections = 20});
  std::vector<std::unique_ptr<Peer>> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(std::make_unique<Peer>(served.server->port(), i % 2 == 0 ? "" : "POST / HTTP/1.1\r\nConte"));
    served.loop.run_for(milliseconds{1});
    EXPECT_LE(served.connections->open(), 20U);
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(served.answer_to("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  }
  EXPECT_TRUE(idle.front()->is_closed());
  EXPECT_FALSE(idle.back()->is_closed());
}

TEST(Abuse, X4_AnIdleWebSocketGivesWayAndItsOwnerIsTold) {
  Served served({.connections = 1});
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  EXPECT_TRUE(served.answer_to("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1 && served.server->connections() == 0; }));
}

// Answers, and closes when it is told to: after the answers that wait.
ServerHandlers closing_handlers(Served*& served) {
  ServerHandlers handlers;
  handlers.on_message = [&served](SessionId id, std::string_view words) {
    if (words == "close") return served->server->close(id);
    served->server->send(id, std::string(words));
    served->server->send(id, "and " + std::string(words));
  };
  return handlers;
}

// Two goodbyes then wait for each other in the library, each holding what the other one needs.
TEST(Abuse, AWebSocketWhosePeerBreaksTheRulesWhileItIsClosedIsGone) {
  Served* now = nullptr;
  Served served({.deadline = milliseconds{200}}, closing_handlers(now));
  now = &served;
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  peer.say(text("first") + text("close") + frame(0x89, "ping") + frame(0x32, "reserved bits"));
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1 && served.server->connections() == 0; }));
  EXPECT_NE(peer.heard().find("and first"), std::string::npos);
  EXPECT_TRUE(peer.is_closed());
}

TEST(Abuse, AWebSocketThatIsClosedIsGoneWhateverItsPeerSays) {
  const std::vector<std::string> pieces{text("words"),
                                        text("close"),
                                        frame(0x89, "ping"),
                                        frame(0x8a, "pong"),
                                        frame(0x88, std::string("\x03\xe8", 2)),
                                        frame(0x32, "reserved bits"),
                                        frame(0x81, "\xff not a text"),
                                        frame(0x01, "the begin of a text"),
                                        std::string("\x81\x01x", 3),  // without a mask
                                        frame(0x89, std::string(200, 'p')),
                                        frame(0x82, std::string(70'000, 'x')),
                                        text("close").substr(0, 4)};
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Served* now = nullptr;
    Served served({.deadline = milliseconds{20}}, closing_handlers(now));
    now = &served;
    auto peer = std::make_unique<Peer>(served.server->port(), kUpgrade);
    ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
    std::string said;
    for (auto n = random() % 6; n > 0; --n) {
      said += pieces[random() % pieces.size()];
      if (random() % 3 != 0) continue;
      peer->say(std::exchange(said, {}));
      served.loop.run_for(milliseconds{1});
    }
    peer->say(said);
    if (random() % 2 == 0) served.server->close(served.opened.front());
    if (random() % 2 == 0) served.loop.run_for(milliseconds{1});
    if (random() % 3 == 0) {
      peer.reset();
    } else {
      served.server->close(served.opened.front());
    }
    ASSERT_TRUE(served.wait_for([&] { return served.server->connections() == 0; }));
    EXPECT_EQ(served.closed.size(), 1U);
    EXPECT_EQ(served.connections->open(), 0U);
    EXPECT_EQ(served.connections->bytes(), 0U);
  }
}

TEST(Abuse, X4_ServersOfOneProcessShareTheLimit) {
  Loop loop;
  const auto both = limited({.connections = 3});
  const auto a = HttpServer::listen(loop, {.connections = both}, {.on_request = echo}).value();
  const auto b = HttpServer::listen(loop, {.connections = both}, {.on_request = echo}).value();
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 6; ++i) {
    peers.push_back(std::make_unique<Peer>((i % 2 == 0 ? a : b)->port(), ""));
    for (int turn = 0; turn < 5; ++turn) loop.run_for(milliseconds{1});
  }
  EXPECT_EQ(both->open(), 3U);
  EXPECT_EQ(both->turned_away(TurnedAway::GaveWay), 3U);
}

TEST(Abuse, X4_TheSystemsLimitOfOpenFilesIsPartOfOurs) {
  EXPECT_EQ(connections_by_descriptors(16), 16U);
  EXPECT_LT(connections_by_descriptors(std::size_t{1} << 40U), std::size_t{1} << 40U);
}

TEST(Abuse, X9_AHeaderOfAnyLengthAndBytesIsAnAnswer) {
  ServerHandlers careless;
  careless.on_request = [](const HttpRequest& request) {
    return HttpResponse{400, request.body, "no", {{"X-Error", "expected rows, found " + request.body}}};
  };
  Served served({}, std::move(careless));
  const auto answer_to = [&](const std::string& body) {
    return served.answer_to(
        fmt::format("POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
  };
  const auto answer = answer_to(std::string(65'480, 'x'));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer.substr(0, 200);
  EXPECT_LT(answer.size(), 4096U);
  EXPECT_EQ(answer_to("a\rSet-Cookie: b\nX: y").find("\nX: y"), std::string::npos);
  EXPECT_EQ(answer_to("a\rb").find("a\rb"), std::string::npos);
  EXPECT_TRUE(served.failures.empty());
}

TEST(Abuse, X9_AHandlerThatThrowsIsAnswered500AndTheNextOneIsServed) {
  ServerHandlers throwing;
  throwing.on_request = [](const HttpRequest& request) {
    if (request.path == "/bug") (void)std::stoi("no number");
    if (request.path == "/memory") std::vector<char>().reserve(std::size_t{1} << 62U);
    return echo(request);
  };
  throwing.on_message = [](SessionId, std::string_view words) { (void)std::stoi(std::string(words)); };
  Served served({}, std::move(throwing));
  EXPECT_TRUE(served.answer_to("GET /bug HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 500 "));
  EXPECT_TRUE(served.answer_to("GET /memory HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(served.answer_to("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(served.failures, (std::vector<std::string>{"stoi", "out of memory"}));
  EXPECT_EQ(served.turned_away(TurnedAway::Failed), 1U);
  EXPECT_EQ(served.turned_away(TurnedAway::OutOfMemory), 1U);
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  peer.say(text("no number"));
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1; }));
  EXPECT_TRUE(served.wait_for([&] { return peer.is_closed(); }));
}

TEST(Abuse, X9_AnAnswerThatIsGivenAndThenThrownAwayCountsOnce) {
  ServerHandlers throwing;
  throwing.on_exchange = [](const HttpRequest& request, const Answer& answer) {
    if (request.path == "/first") answer({200, "text/plain", "given", {}});
    (void)std::stoi("no number");
  };
  Served served({}, std::move(throwing));
  const auto given = served.answer_to("GET /first HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(given.starts_with("HTTP/1.1 200 ") && given.ends_with("given")) << given;
  EXPECT_TRUE(served.answer_to("GET /never HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 500 "));
}

TEST(Abuse, X9_WhatATimerOrPostedWorkThrowsEndsNeitherTheLoopNorTheTimer) {
  Loop loop;
  std::vector<std::string> told;
  int calls = 0;
  loop.on_exception([&](std::string_view what) { told.emplace_back(what); });
  loop.post([] { (void)std::stoi("posted"); });
  loop.every(milliseconds{1}, [&] {
    if (++calls == 3) loop.stop();
    (void)std::stoi("timer");
  });
  loop.after(seconds{10}, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(told, std::vector<std::string>(4, "stoi"));
}

TEST(Abuse, X10_AMessageInTooManyPiecesEndsTheSession) {
  Served served({.fragments = 8});
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  peer.say(frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c"));
  EXPECT_TRUE(served.wait_for([&] { return served.messages == 1; }));
  peer.say(frame(0x01, ""));
  for (int i = 0; i < 8; ++i) peer.say(frame(0x00, ""));
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1; }));
  EXPECT_EQ(served.turned_away(TurnedAway::Fragments), 1U);
}

TEST(Abuse, X10_PingsWithoutEndEndTheSession) {
  Served served({.fragments = 8});
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  for (int i = 0; i < 9; ++i) peer.say(frame(0x89, "are you there"));
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1; }));
}

TEST(Abuse, X10_AMessageHasADeadline) {
  Served served({.fragments = 100'000'000, .deadline = milliseconds{60}});
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  const auto begin = steady_now();
  served.wait_for([&] { return steady_now() - begin > milliseconds{150}; });
  EXPECT_TRUE(served.closed.empty()) << "silence is no message";
  peer.say(frame(0x01, "x"));
  EXPECT_TRUE(served.wait_for([&] {
    peer.say(frame(0x00, "x"));
    return served.closed.size() == 1;
  }));
  EXPECT_EQ(served.turned_away(TurnedAway::TooSlow), 1U);
}

TEST(Abuse, X10_PiecesOfMessagesCountAmongWhatAllHold) {
  Served served({.buffers = 10'000});
  Peer peer(served.server->port(), kUpgrade);
  ASSERT_TRUE(served.wait_for([&] { return served.opened.size() == 1; }));
  for (int i = 0; i < 5; ++i) peer.say(frame(i == 0 ? 0x01 : 0x00, std::string(3000, 'x')));
  EXPECT_TRUE(served.wait_for([&] { return served.closed.size() == 1; }));
  EXPECT_EQ(served.turned_away(TurnedAway::NoRoom), 1U);
}

// Sends the pieces for as long as they are taken, and returns how many bytes were.
std::size_t pour(Served& served, Peer& peer, const std::string& piece) {
  std::size_t poured = 0;
  served.wait_for([&] {
    poured += peer.say(piece);
    return served.turned_away(TurnedAway::TooLong) > 0 || poured > 10'000'000;
  });
  return poured;
}

TEST(Abuse, X12_ChunkExtensionsAndTrailersHaveAnEnd) {
  for (const auto& [begin, piece] : std::vector<std::pair<std::string, std::string>>{
           {"1;", std::string(10'000, 'x')},                   // one extension without end
           {"", "1;" + std::string(5000, 'x') + "\r\nx\r\n"},  // one after the other
           {"0\r\n", "X-Trailer: " + std::string(5000, 'x') + "\r\n"},
           {"0\r\nX-Trailer: ", std::string(10'000, 'x')}}) {
    Served served;
    Peer peer(served.server->port(), kPost + begin);
    EXPECT_LT(pour(served, peer, piece), 5'000'000U) << begin << piece.substr(0, 20);
    std::string answer;
    served.wait_for([&] { return !(answer += peer.heard()).empty(); });
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 431 ")) << begin << piece.substr(0, 20) << answer;
  }
}

TEST(Abuse, X12_HeaderBytesHaveAnEnd) {
  Served served;
  Peer peer(served.server->port(), "GET / HTTP/1.1\r\n");
  EXPECT_LT(pour(served, peer, "X: " + std::string(1000, 'x') + "\r\n"), 5'000'000U);
}

TEST(Abuse, X12_ABodyHasADeadlineHoweverItDrips) {
  Served served({.deadline = milliseconds{80}});
  Peer peer(served.server->port(), kPost);
  EXPECT_TRUE(served.wait_for([&] {
    peer.say("1\r\nx\r\n");
    return served.turned_away(TurnedAway::TooSlow) == 1;
  }));
  EXPECT_TRUE(served.wait_for([&] { return served.server->connections() == 0; }));
}

TEST(Abuse, X12_SmallChunksAreABody) {
  Served served;
  std::string body;
  for (int i = 0; i < 10'000; ++i) body += "1\r\nx\r\n";
  const auto answer = served.answer_to("POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                       body + "0\r\n\r\n");
  EXPECT_TRUE(answer.ends_with(std::string(10'000, 'x'))) << answer.substr(0, 300);
}

TEST(Abuse, X12_WhatIsPromisedCountsBeforeItComes) {
  Served served({.buffers = 1000});
  EXPECT_TRUE(served.answer_to("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 503 "));
}

TEST(Abuse, X14_WhoWaitsHoldsNothing) {
  Served served;
  Peer peer(served.server->port(),
            fmt::format("POST / HTTP/1.1\r\nContent-Length: 500000\r\n\r\n{}", std::string(500'000, 'x')));
  std::size_t heard = 0;
  EXPECT_TRUE(served.wait_for([&] { return (heard += peer.heard().size()) > 500'000; }));
  EXPECT_TRUE(served.wait_for([&] { return served.connections->bytes() == 0; }));
  EXPECT_GE(served.connections->take_peak(), 500'000U);
  EXPECT_EQ(served.connections->open(), 1U);
}

TEST(Abuse, X17_WhatTwoReadersCouldReadInTwoWaysIsRefused) {
  Served served;
  const auto status_of = [&](std::string_view fields) {
    const auto answer =
        served.answer_to(fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\n{}\r\n\r\n0\r\n\r\n", fields));
    return answer.size() > 12 ? answer.substr(9, 3) : answer;
  };
  for (const char* fields :
       {"Transfer-Encoding: gzip\r\nContent-Length: 5", "Content-Length: 5\r\nTransfer-Encoding: xchunked",
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5, 5", "Content-Length: +5", "Content-Length : 5",
        "Transfer-Encoding : chunked", "Content-Length: 5\r\nContent-Length: 6", "Content-Length:5\nX: y",
        "Transfer-Encoding:\x0b"
        "chunked",
        "X: a\rTransfer-Encoding: chunked", "Host: y"}) {
    EXPECT_EQ(status_of(fields), "400") << fields;
  }
  for (const char* fields : {"Transfer-Encoding: gzip", "Transfer-Encoding: chunked, identity",
                             "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"}) {
    EXPECT_TRUE(status_of(fields) == "501" || status_of(fields) == "400") << fields;
  }
}

TEST(Abuse, X17_ATrailerIsNoHeader) {
  Served served({}, {.on_request = [](const HttpRequest& request) {
                  return HttpResponse{200, "text/plain", "key=" + std::string(request.header("authorization")), {}};
                }});
  const auto answer = served.answer_to(
      "POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
      "Authorization: Bearer x\r\nContent-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nkey=")) << answer;
}

TEST(Abuse, X17_NothingFollowsARequestForWebSocketBeforeItsAnswer) {
  Served served;
  EXPECT_TRUE(served.answer_to(std::string(kUpgrade) + text("early")).starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(served.opened.empty());
}

}  // namespace
}  // namespace dz::net
