// Real loopback sockets, ports chosen by the system, one loop on a second thread where the client blocks.
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "net/async_client.h"
#include "net/gzip.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/server_fixture.h"
#include "net/websocket_client.h"

namespace dz::net {
namespace {

using std::chrono::seconds;

TEST(Loop, RunsTimersInOrderAndForgetsCancelledOnes) {
  Loop loop;
  std::string order;
  loop.after(milliseconds{3}, [&] { order += 'b'; });
  loop.after(milliseconds{1}, [&] { order += 'a'; });
  const auto cancelled = loop.after(milliseconds{2}, [&] { order += 'x'; });
  loop.cancel(cancelled);
  loop.after(milliseconds{5}, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(order, "ab");
}

TEST(Loop, ATimerMayCancelItself) {
  Loop loop;
  int calls = 0;
  std::uint64_t id = 0;
  id = loop.every(milliseconds{1}, [&] {
    if (++calls == 3) loop.cancel(id);
  });
  loop.after(milliseconds{20}, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(calls, 3);
}

TEST(Loop, RunForWaitsForPostedWorkOfAnotherThread) {
  Loop loop;
  bool done = false;
  std::thread other([&] { loop.post([&] { done = true; }); });
  for (int i = 0; i < 100 && !done; ++i) loop.run_for(milliseconds{100});
  other.join();
  EXPECT_TRUE(done);
  loop.run_for(milliseconds{1});  // nothing ready: returns
}

TEST(Gzip, ComesBackAndIsBounded) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(gunzip(gzip(text), text.size()).value(), text);
  EXPECT_EQ(gunzip(gzip("ab") + gzip("cd"), 10).value(), "abcd");
  EXPECT_EQ(gunzip(gzip(""), 0).value(), "");
  EXPECT_EQ(gunzip(gzip(text), text.size() - 1).error().kind, ErrorKind::Refused);
  EXPECT_EQ(gunzip("not gzip", 100).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(gunzip("", 100).error().kind, ErrorKind::Corrupt);
  const std::string whole = gzip("some text that is long enough to be cut");
  EXPECT_EQ(gunzip(whole.substr(0, whole.size() - 6), 100).error().kind, ErrorKind::Corrupt);
}

TEST(HttpServer, AnswersKeptAliveRequests) {
  RunningServer server;
  HttpClient client;
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.post(server.url("/write?b=2&a=x%20y+z"), "body", {{"content-type", "text/plain"}});
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST /write x y z body");
  }
  EXPECT_EQ(client.get(server.url("/g"), {})->body, "GET /g  ");
}

TEST(HttpClient, SendsByAnyMethodAndRefusesWhatIsNone) {
  RunningServer server;
  HttpClient client;
  EXPECT_EQ(client.send("DELETE", server.url("/faults/7"), "", {})->body, "DELETE /faults/7  ");
  EXPECT_EQ(client.send("PUT", server.url("/p"), "body", {})->body, "PUT /p  body");
  EXPECT_EQ(client.get(server.url("/g"), {})->body, "GET /g  ") << "nothing is left of the one before";
  EXPECT_EQ(client.send("NO WORD", server.url(), "", {}).error().kind, ErrorKind::Refused);
}

TEST(HttpServer, InflatesGzipBodies) {
  RunningServer server({.max_body = 1000});
  HttpClient client;
  const auto post = [&](const std::string& body, const std::string& encoding) {
    return client.post(server.url(), body, {{"content-encoding", encoding}});
  };
  EXPECT_EQ(post(gzip("hello"), "gzip")->body, "POST /  hello");
  EXPECT_EQ(post("plain", "identity")->body, "POST /  plain");
  EXPECT_EQ(post("not gzip", "gzip")->status, 400);
  EXPECT_EQ(post(gzip(std::string(1001, 'x')), "gzip")->status, 413);
  EXPECT_EQ(post("x", "br")->status, 415);
}

// A handler that was careless with what a client sent cannot make the answer something else than HTTP.
TEST(HttpServer, D9_WhateverAHandlerSaysTheAnswerIsHttpAndUtf8) {
  RunningServer server(
      {}, {.on_request = [](const HttpRequest& request) {
        HttpResponse response{400, "text/plain\r\nX-Split: 1", "body: " + request.body, {}};
        response.headers = {{"X-Error", request.body}, {"Not a name", "x"}, {"X-Long", std::string(70'000, 'x')}};
        return response;
      }});
  const std::string body = "\x1f\x8b\x08\r\n\r\nX-Made-Up: 1\x01";
  const auto answer = HttpClient().post(server.url(), body, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "body: \x1f\xEF\xBF\xBD\x08\r\n\r\nX-Made-Up: 1\x01");
  std::map<std::string, std::string> headers(answer->headers.begin(), answer->headers.end());
  EXPECT_EQ(headers["x-error"], "? X-Made-Up: 1");
  EXPECT_EQ(headers["x-long"].size(), 1024U);
  EXPECT_EQ(headers.count("x-made-up") + headers.count("x-split") + headers.count("not a name"), 0U);
}

TEST(HttpServer, RefusesAsItsHandlersDoInJson) {
  RunningServer server({.max_body = 10});
  const auto post = [&](const std::string& body, const std::string& encoding) {
    return HttpClient().post(server.url(), body, {{"content-encoding", encoding}})->body;
  };
  EXPECT_EQ(post("x", "br"), R"({"error":"expected content-encoding gzip or none, found br"})");
  EXPECT_NE(post("x", "gzip").find(R"({"error":"expected a whole gzip body)"), std::string::npos);
}

TEST(HttpServer, AnswersALargeBodyWith413EvenWhileItIsStillBeingSent) {
  RunningServer server({.max_body = 1000});
  HttpClient client;
  EXPECT_EQ(client.post(server.url(), std::string(1000, 'x'), {})->status, 200);
  EXPECT_EQ(client.post(server.url(), std::string(1001, 'x'), {})->status, 413);
  const auto answer = client.post(server.url(), std::string(20'000'000, 'x'), {});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 413);
  const std::string chunk = "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n";
  EXPECT_TRUE(talk(server.port(), "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
                  .starts_with("HTTP/1.1 413 "));
}

TEST(HttpServer, AnswersMalformedRequestsWith400AndCloses) {
  RunningServer server;
  for (const char* bytes :
       {"\r\n\r\nnonsense\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_TRUE(talk(server.port(), bytes).starts_with("HTTP/1.1 400 ")) << bytes;
  }
  const std::string long_header = "GET / HTTP/1.1\r\nx: " + std::string(20'000, 'y') + "\r\n\r\n";
  EXPECT_TRUE(talk(server.port(), long_header).starts_with("HTTP/1.1 431 "));
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  RunningServer server;
  const std::string answers =
      talk(server.port(), "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_LT(answers.find("GET /1"), answers.find("GET /2"));
  EXPECT_NE(answers.find("GET /2"), std::string::npos);
}

TEST(HttpServer, SaysContinueToThoseWhoAsk) {
  RunningServer server;
  const std::string answer = talk(server.port(),
                                  "POST /c HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
                                  "Connection: close\r\n\r\nhi");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << answer;
}

TEST(HttpServer, HeadHasNoBody) {
  RunningServer server;
  const std::string answer = talk(server.port(), "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpServer, ClosesARequestThatIsNotWholeByTheDeadline) {
  RunningServer server({.connections = limited({.deadline = milliseconds{30}})});
  EXPECT_EQ(talk(server.port(), "POST / HTTP/1.1\r\nContent-Le"), "");
  EXPECT_EQ(talk(server.port(), "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"), "");
}

TEST(HttpServer, ClosesIdleConnections) {
  RunningServer server({.connections = limited({.idle = milliseconds{20}})});
  EXPECT_EQ(talk(server.port(), ""), "");
}

TEST(HttpServer, NamesTheAddressItCannotHave) {
  Loop loop;
  const auto server = HttpServer::listen(loop, {}, {.on_request = echo});
  ASSERT_TRUE(server.has_value());
  const auto second = HttpServer::listen(loop, {.port = (*server)->port()}, {.on_request = echo});
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find(fmt::format("127.0.0.1:{}", (*server)->port())), std::string::npos);
  EXPECT_FALSE(HttpServer::listen(loop, {.address = "nowhere"}, {.on_request = echo}).has_value());
}

TEST(HttpClient, GivesUpOnTimeAndOnSize) {
  std::promise<void> gave_up;
  RunningServer server({}, {.on_request = [&](const HttpRequest& request) {
                         if (request.path == "/slow") gave_up.get_future().wait();
                         return HttpResponse{200, "text/plain", std::string(2000, 'x'), {}};
                       }});
  EXPECT_EQ(HttpClient({.max_body = 1999}).get(server.url(), {}).error().kind, ErrorKind::Retry);
  EXPECT_EQ(HttpClient({.timeout = milliseconds{20}}).get(server.url("/slow"), {}).error().kind, ErrorKind::Retry);
  gave_up.set_value();
  const auto refused_port = HttpClient().get("http://127.0.0.1:1/", {});
  EXPECT_EQ(refused_port.error().kind, ErrorKind::Retry);
  EXPECT_NE(refused_port.error().message.find("127.0.0.1:1"), std::string::npos);
}

// Answers every connection with bytes, for as long as they are taken; without any it is silent.
class BadServer {
 public:
  BadServer(std::string begin, std::string again) : begin_(std::move(begin)), again_(std::move(again)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    socklen_t length = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~BadServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  std::string url() const { return fmt::format("http://127.0.0.1:{}/", port_); }
  std::future<void> accepted() { return accepted_.get_future(); }

 private:
  void serve() {
    const int connection = ::accept(fd_, nullptr, nullptr);
    if (connection < 0) return;
    accepted_.set_value();
    bool taken = ::send(connection, begin_.data(), begin_.size(), MSG_NOSIGNAL) >= 0;
    while (taken && !again_.empty()) taken = ::send(connection, again_.data(), again_.size(), MSG_NOSIGNAL) > 0;
    char rest[4096];
    while (::recv(connection, rest, sizeof rest, 0) > 0) {
    }
    ::close(connection);
  }

  std::string begin_, again_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::promise<void> accepted_;
  std::thread thread_;
};

TEST(HttpClient, D14_CutsOffHeadersWithoutEnd) {
  BadServer server("HTTP/1.1 200 OK\r\n", "X-Filler: " + std::string(60'000, 'x') + "\r\n");
  HttpClient client;
  const auto answer = client.get(server.url(), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Retry);
  EXPECT_NE(answer.error().message.find("expected headers of at most"), std::string::npos) << answer.error().message;
}

TEST(HttpClient, D14_CutsOffAnAnswerWithoutEnd) {
  BadServer server("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n", std::string(65'536, 'x'));
  HttpClient client({.max_body = 1'000'000});
  EXPECT_NE(client.get(server.url(), {}).error().message.find("at most 1000000 bytes"), std::string::npos);
}

TEST(HttpClient, D14_GivesUpOnAServerThatIsTooSlow) {
  BadServer server("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nabc", "");
  HttpClient client({.timeout = seconds{15}, .patience = seconds{1}});
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = client.get(server.url(), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Retry);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds{10});
}

TEST(HttpClient, D14_IsEndedByAnotherThread) {
  BadServer server("", "");
  std::stop_source stop;
  HttpClient client({.timeout = seconds{100}, .stop = stop.get_token()});
  std::thread other([&] {
    server.accepted().wait();
    stop.request_stop();
  });
  EXPECT_EQ(client.get(server.url(), {}).error().message, "the program is stopping");
  EXPECT_EQ(client.get(server.url(), {}).error().message, "the program is stopping");  // every later one, too
  other.join();
}

TEST(HttpServer, D14_AnAnswerMayComeLater) {
  Answer held;
  Loop* its_loop = nullptr;
  ServerHandlers handlers;
  handlers.on_exchange = [&](const HttpRequest& request, Answer answer) {
    if (request.path == "/held") {
      held = std::move(answer);
      return;
    }
    if (held) its_loop->post([answer = std::exchange(held, {})] { answer({200, "text/plain", "at last", {}}); });
    answer({200, "text/plain", "at once", {}});
  };
  Loop loop;
  its_loop = &loop;
  auto server = HttpServer::listen(loop, {}, std::move(handlers)).value();
  std::thread thread([&] { loop.run(); });
  const auto url = fmt::format("http://127.0.0.1:{}", server->port());
  auto slow = std::async(std::launch::async, [&] { return HttpClient().get(url + "/held", {})->body; });
  while (slow.wait_for(milliseconds{5}) != std::future_status::ready) {
    EXPECT_EQ(HttpClient().get(url + "/", {})->body, "at once");
  }
  EXPECT_EQ(slow.get(), "at last");
  loop.stop();
  thread.join();
}

TEST(HttpServer, D14_AnAnswerThatComesTooLateIsIgnored) {
  Answer held;
  Loop loop;
  auto server = HttpServer::listen(
                    loop, {}, {.on_exchange = [&](const HttpRequest&, Answer answer) { held = std::move(answer); }})
                    .value();
  AsyncClient client(loop);
  client.send({.url = fmt::format("http://127.0.0.1:{}/", server->port())}, [](const Result<ClientResponse>&) {});
  for (int i = 0; i < 500 && !held; ++i) loop.run_for(milliseconds{10});
  ASSERT_TRUE(held);
  server.reset();
  held({});
  loop.run_for(milliseconds{1});
}

TEST(WebSocket, EchoesOnTheHttpPort) {
  WebSocketPair pair;
  pair.listen();
  pair.connect({"1", "2", "3"});
  EXPECT_TRUE(pair.wait_for([&] { return pair.seen("echo 3"); }));
  EXPECT_EQ(pair.events, (std::vector<std::string>{"open 1", "echo 1", "echo 2", "echo 3"}));
  pair.client.reset();
  EXPECT_TRUE(pair.wait_for([&] { return pair.seen("close 1"); }));
  EXPECT_EQ(pair.server->connections(), 0U);
}

TEST(WebSocket, TheServerMayClose) {
  WebSocketPair pair;
  pair.listen();
  pair.connect({"x", "close"});
  EXPECT_TRUE(pair.wait_for([&] { return pair.seen("client closed") && pair.seen("close 1"); }));
  EXPECT_TRUE(pair.seen("echo x"));
}

TEST(WebSocket, TooLongAMessageEndsTheSession) {
  WebSocketPair pair;
  pair.listen({.max_message = 100});
  pair.connect({std::string(101, 'x')});
  EXPECT_TRUE(pair.wait_for([&] { return pair.seen("client closed") && pair.seen("close 1"); }));
}

TEST(WebSocket, ASlowReaderIsDropped) {
  WebSocketPair pair;
  pair.listen({.connections = limited({.unread = 1000})});
  pair.connect({});
  ASSERT_TRUE(pair.wait_for([&] { return pair.seen("open 1"); }));
  for (int i = 0; i < 20; ++i) pair.server->send(1, std::string(100, 'x'));  // within one turn: nobody can read
  EXPECT_TRUE(pair.wait_for([&] { return pair.seen("close 1"); }));
}

TEST(WebSocket, IsRefusedWhereNoneIsSpoken) {
  Loop loop;
  auto server = HttpServer::listen(loop, {}, {.on_request = echo}).value();
  std::string reason;
  auto client = WebSocketClient::connect(loop, fmt::format("ws://127.0.0.1:{}/", server->port()),
                                         {.on_close = [&](std::string why) { reason = std::move(why); }})
                    .value();
  for (int i = 0; i < 500 && reason.empty(); ++i) loop.run_for(milliseconds{10});
  EXPECT_NE(reason, "");
}

TEST(WebSocket, AnUnreachableServerClosesOnce) {
  Loop loop;
  int closed = 0;
  auto client = WebSocketClient::connect(loop, "ws://127.0.0.1:1", {.on_close = [&](const std::string&) { ++closed; }});
  ASSERT_TRUE(client.has_value());
  for (int i = 0; i < 500 && closed == 0; ++i) loop.run_for(milliseconds{10});
  client->reset();
  loop.run_for(milliseconds{1});
  EXPECT_EQ(closed, 1);
}

TEST(WebSocket, AddressesAreChecked) {
  Loop loop;
  EXPECT_EQ(WebSocketClient::connect(loop, "ftp://x/", {}).error().kind, ErrorKind::Refused);
  for (const char* url : {"http://x", "ws://", "ws://:80", "ws://host:port", "ws://host:99999", ""}) {
    EXPECT_EQ(WebSocketClient::connect(loop, url, {}).error().kind, ErrorKind::Refused) << url;
  }
}

TEST(WebSocket, NoHandlerRunsAfterTheServerIsGone) {
  WebSocketPair pair;
  pair.listen();
  pair.connect({"1"});
  ASSERT_TRUE(pair.wait_for([&] { return pair.seen("echo 1"); }));
  pair.server.reset();
  EXPECT_TRUE(pair.wait_for([&] { return pair.seen("client closed"); }));
  EXPECT_FALSE(pair.seen("close 1"));
}

TEST(HttpServer, X5_AForeignPageIsRefusedBeforeItsBodyIsReadAndBeforeAnUpgrade) {
  RunningServer server({.browsers = {{}, {"http://localhost:3000"}}},
                       {.on_request = echo, .on_message = [](SessionId, std::string_view) {}});
  const auto ask = [&](std::string_view more) {
    return talk(server.port(), fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                                           "Connection: close\r\n{}\r\nx",
                                           more));
  };
  EXPECT_TRUE(ask("").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(ask("Origin: http://evil.example\r\n").starts_with("HTTP/1.1 403"));
  const auto opened = ask("Origin: http://localhost:3000\r\n");
  EXPECT_TRUE(opened.starts_with("HTTP/1.1 200"));
  EXPECT_NE(opened.find("Access-Control-Allow-Origin: http://localhost:3000\r\n"), std::string::npos) << opened;
  const auto upgrade = [&](std::string_view more) {
    return talk(server.port(),
                fmt::format("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                            "{}\r\n",
                            more),
                std::string_view("HTTP/1.1 101").size());
  };
  EXPECT_TRUE(upgrade("Host: localhost\r\n").starts_with("HTTP/1.1 101"));
  EXPECT_TRUE(upgrade("Host: localhost\r\nOrigin: http://localhost:3000\r\n").starts_with("HTTP/1.1 101"));
  EXPECT_TRUE(upgrade("Host: localhost\r\nOrigin: http://evil.example\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(upgrade("Host: evil.example\r\n").starts_with("HTTP/1.1 403"));
}

TEST(HttpServer, X8_JsonLeavesWithEscapes) {
  RunningServer server({}, {.on_request = [](const HttpRequest&) {
                         return HttpResponse{200, "application/json", "{\"a\":\"\u202E\x7f\xff\"}\n", {}};
                       }});
  EXPECT_EQ(HttpClient().get(server.url(), {})->body, "{\"a\":\"\\u202e\\u007f\xEF\xBF\xBD\"}\n");
}

TEST(HttpServer, X5_OurOwnClientsAreNoForeignersByAnyAddressOfThisMachine) {
  for (const std::string address : {"127.0.0.1", "::1"}) {
    Loop loop;
    auto server = HttpServer::listen(loop, {.address = address},
                                     {.on_request = echo, .on_message = [](SessionId, std::string_view) {}});
    if (!server) continue;  // no IPv6 here
    bool opened = false;
    const auto host = address == "::1" ? "[::1]" : address;
    const auto client = WebSocketClient::connect(loop, fmt::format("ws://me:secret@{}:{}", host, (*server)->port()),
                                                 {.on_open =
                                                      [&] {
                                                        opened = true;
                                                        loop.stop();
                                                      },
                                                  .on_message = {},
                                                  .on_close = [&](const std::string&) { loop.stop(); }});
    ASSERT_TRUE(client);
    loop.run();
    EXPECT_TRUE(opened) << address;
  }
}

TEST(HttpServer, X5_APreflightHasNoBodyAndAWrongRuleIsNoServer) {
  RunningServer server({.browsers = {{}, {"*"}}});
  const auto answer =
      talk(server.port(),
           "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a.example\r\n"
           "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 204")) << answer;
  EXPECT_NE(answer.find("Access-Control-Allow-Headers: content-type\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
  Loop loop;
  EXPECT_FALSE(HttpServer::listen(loop, {.browsers = {{}, {"a.example"}}}, {.on_request = echo}));
}

}  // namespace
}  // namespace dz::net
