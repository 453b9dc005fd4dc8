// Answers that stay open, and answers that are packed.
#include <poll.h>

#include "net/gzip.h"
#include "net/server_fixture.h"

namespace dz::net {
namespace {

// A client that is looked at while the loop of the server runs on the same thread.
class Caller {
 public:
  Caller(Loop& loop, std::uint16_t port, std::string_view request)
      : loop_(loop), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int small = 4096;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    say(request);
  }
  ~Caller() { hang_up(); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void say(std::string_view bytes) {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void hang_up() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // All that has come, until it holds the text.
  bool hears(std::string_view text) {
    for (int i = 0; i < 500 && heard.find(text) == std::string::npos; ++i) listen();
    return heard.find(text) != std::string::npos;
  }
  bool hears_the_end() {
    for (int i = 0; i < 500 && !ended_; ++i) listen();
    return ended_;
  }
  std::string heard;

 private:
  void listen() {
    loop_.run_for(milliseconds{10});
    char chunk[4096];
    for (ssize_t n = 0; (n = ::recv(fd_, chunk, sizeof chunk, MSG_DONTWAIT)) >= 0;) {
      heard.append(chunk, static_cast<std::size_t>(n));
      if (n == 0) ended_ = true;
      if (n == 0) return;
    }
  }
  Loop& loop_;
  int fd_;
  bool ended_ = false;
};

class HttpStreams : public testing::Test {
 protected:
  void listen(ConnectionLimits limits = {}, bool gzip_answers = false) {
    connections = std::make_shared<Connections>(limits);
    ServerOptions options{.gzip_answers = gzip_answers, .connections = connections};
    server = *HttpServer::listen(loop, options,
                                 {.on_request =
                                      [this](const HttpRequest& request) {
                                        if (request.path == "/text") return HttpResponse{200, "text/plain", text, {}};
                                        if (request.path == "/packed")
                                          return HttpResponse{200, "text/plain", gzip(text), {}, {}, true};
                                        return HttpResponse{200,
                                                            "text/event-stream",
                                                            ": hello\n\n",
                                                            {{"Cache-Control", "no-store"}},
                                                            [this](SessionId id) { opened.push_back(id); }};
                                      },
                                  .on_close = [this](SessionId id) { closed.push_back(id); }});
  }
  std::unique_ptr<Caller> call(std::string_view path = "/stream", std::string_view more = "") {
    return std::make_unique<Caller>(loop, server->port(),
                                    fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, more));
  }
  bool wait_for(const std::function<bool()>& done) {
    for (int i = 0; i < 500 && !done(); ++i) loop.run_for(milliseconds{10});
    return done();
  }

  Loop loop;
  std::shared_ptr<Connections> connections;
  std::unique_ptr<HttpServer> server;
  std::vector<SessionId> opened, closed;
  std::string text;
};

TEST_F(HttpStreams, AnAnswerStaysOpenAndIsAddedTo) {
  listen();
  const auto caller = call();
  ASSERT_TRUE(caller->hears("\r\n\r\n: hello\n\n"));
  EXPECT_TRUE(caller->heard.starts_with("HTTP/1.1 200 OK\r\n")) << caller->heard;
  EXPECT_NE(caller->heard.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(caller->heard.find("Cache-Control: no-store\r\n"), std::string::npos);
  EXPECT_NE(caller->heard.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(caller->heard.find("Content-Length"), std::string::npos);
  ASSERT_EQ(opened.size(), 1U);
  server->send(opened[0], "data: 1\n\n");
  server->send(opened[0], "data: \x1b[2J\n\n");
  EXPECT_TRUE(caller->hears("data: 1\n\ndata: \\u001b[2J\n\n")) << caller->heard;
  EXPECT_EQ(connections->open(), 1U);
  server->close(opened[0]);
  EXPECT_TRUE(caller->hears_the_end());
  EXPECT_TRUE(wait_for([&] { return closed == opened; }));
  EXPECT_EQ(connections->open(), 0U);
}

TEST_F(HttpStreams, WhoGoesAwayIsForgotten) {
  listen();
  const auto caller = call();
  ASSERT_TRUE(caller->hears("hello"));
  caller->hang_up();
  EXPECT_TRUE(wait_for([&] { return closed == opened; }));
  EXPECT_EQ(connections->open(), 0U);
  server->send(opened[0], "nobody");
}

TEST_F(HttpStreams, WhoSaysMoreInTheMiddleIsDropped) {
  listen();
  const auto caller = call();
  ASSERT_TRUE(caller->hears("hello"));
  caller->say("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(wait_for([&] { return closed == opened && !closed.empty(); }));
}

TEST_F(HttpStreams, X10_WhoDoesNotReadIsCutOffAndNothingIsBufferedWithoutBound) {
  listen({.unread = 100'000});
  const auto caller = call();
  ASSERT_TRUE(caller->hears("hello"));
  for (int i = 0; i < 2'000 && closed.empty(); ++i) {
    server->send(opened[0], std::string(10'000, 'x'));
    EXPECT_LE(connections->bytes(), 120'000U);
    if (i % 5 == 0) loop.run_for(milliseconds{1});
  }
  EXPECT_EQ(closed, opened);
  EXPECT_EQ(connections->turned_away(TurnedAway::Unread), 1U);
  EXPECT_EQ(connections->bytes(), 0U);
}

TEST_F(HttpStreams, AWriteThatIsNotReadBeforeTheDeadlineEndsTheStream) {
  listen({.deadline = milliseconds{200}});
  const auto caller = call();
  ASSERT_TRUE(caller->hears("hello"));
  server->send(opened[0], std::string(8U << 20, 'x'));
  EXPECT_TRUE(wait_for([&] { return closed == opened; }));
  EXPECT_EQ(connections->turned_away(TurnedAway::TooSlow), 1U);
}

TEST_F(HttpStreams, AStreamWithoutNewsOutlivesTheDeadline) {
  listen({.deadline = milliseconds{50}, .idle = milliseconds{50}});
  const auto caller = call();
  ASSERT_TRUE(caller->hears("hello"));
  for (int i = 0; i < 20; ++i) loop.run_for(milliseconds{10});
  server->send(opened[0], "data: late\n\n");
  EXPECT_TRUE(caller->hears("data: late\n\n"));
}

TEST_F(HttpStreams, AnAnswerIsPackedForWhoTakesIt) {
  listen({}, true);
  for (int i = 0; i < 50'000; ++i) text += fmt::format("{}\u00e9\u20ac", i);  // characters at the ends of pieces too
  const auto packed = call("/text", "Accept-Encoding: br, gzip;q=0.5\r\nConnection: close\r\n");
  ASSERT_TRUE(packed->hears_the_end());
  const auto& heard = packed->heard;
  EXPECT_NE(heard.find("Content-Encoding: gzip\r\n"), std::string::npos);
  EXPECT_NE(heard.find("Vary: Accept-Encoding\r\n"), std::string::npos);
  EXPECT_EQ(gunzip(heard.substr(heard.find("\r\n\r\n") + 4), text.size()).value(), text);
  const auto plain = call("/text", "Accept-Encoding: gzip;q=0, *\r\nConnection: close\r\n");
  ASSERT_TRUE(plain->hears_the_end());
  EXPECT_EQ(plain->heard.find("Content-Encoding"), std::string::npos);
  EXPECT_NE(plain->heard.find("Vary: Accept-Encoding\r\n"), std::string::npos);
  EXPECT_TRUE(plain->heard.ends_with(text));
}

TEST_F(HttpStreams, ASmallAnswerIsNotPackedAndTheConnectionIsKept) {
  listen({}, true);
  text = "short";
  const auto caller = call("/text", "Accept-Encoding: gzip\r\n");
  ASSERT_TRUE(caller->hears("short"));
  EXPECT_EQ(caller->heard.find("Content-Encoding"), std::string::npos);
  text = std::string(5'000, 'x');
  caller->say("GET /text HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  ASSERT_TRUE(caller->hears("Content-Encoding: gzip"));
  caller->say("GET /text HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(caller->hears(text));
}

TEST_F(HttpStreams, WhatIsPackedAlreadyIsSentSoOrUnpacked) {
  listen({}, true);
  text = std::string(5'000, 'y');
  const auto caller = call("/packed", "Accept-Encoding: gzip\r\n");
  ASSERT_TRUE(caller->hears("Content-Encoding: gzip"));
  ASSERT_TRUE(caller->hears(gzip(text)));
  caller->heard.clear();
  caller->say("GET /packed HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(caller->hears(text));
  EXPECT_EQ(caller->heard.find("Content-Encoding"), std::string::npos);
}

TEST(Gzip, WhoTakesIt) {
  for (const char* takes : {"gzip", "br, gzip", "GZip", "x-gzip", "*", "gzip;q=0.001", "deflate;q=0, gzip ; q=1.0"})
    EXPECT_TRUE(accepts_gzip(takes)) << takes;
  for (const char* not_so :
       {"", "br", "identity", "gzip;q=0", "gzip;q=0.000", "gzip;q=0, *", "*;q=0", "gzipped", ",,;"})
    EXPECT_FALSE(accepts_gzip(not_so)) << not_so;
}

TEST(Gzip, OfPiecesIsThatOfTheWhole) {
  Gzip packing;
  packing.add("one ", false);
  packing.add("", false);
  packing.add("two", true);
  EXPECT_EQ(gunzip(packing.packed(), 100).value(), "one two");
}

}  // namespace
}  // namespace dz::net
