// The client and the servers it talks to share one loop: if anything blocked, nothing would be answered.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include "net/async_client.h"
#include "net/http_server.h"

namespace dz::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

HttpResponse echo(const HttpRequest& request) {
  HttpResponse response{.status = request.path == "/missing" ? 404 : 200, .content_type = "text/plain"};
  response.body = fmt::format("{} {} {} {}", request.method, request.path, request.header("x-word"), request.body);
  response.headers.emplace_back("Retry-After", "7");
  return response;
}

// Listens and answers nothing by itself: what a connection gets is what a test sends.
class RawServer {
 public:
  RawServer() {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    socklen_t length = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  ~RawServer() { ::close(fd_); }
  std::string url() const { return fmt::format("http://127.0.0.1:{}/secret-path?key=secret", port_); }
  std::uint16_t port() const { return port_; }
  void answer_and_close(std::string_view bytes) const {
    const int connection = ::accept(fd_, nullptr, nullptr);
    char request[4096];
    EXPECT_GT(::recv(connection, request, sizeof request, 0), 0);
    EXPECT_EQ(::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    ::close(connection);
  }

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

struct AsyncClientTest : testing::Test {
  Loop loop;
  std::unique_ptr<HttpServer> server = HttpServer::listen(loop, {}, {.on_request = echo}).value();
  std::optional<AsyncClient> client{std::in_place, loop};
  std::vector<Result<ClientResponse>> answers;

  std::string url(std::string_view path) const { return fmt::format("http://127.0.0.1:{}{}", server->port(), path); }
  RequestId send(ClientRequest request) {
    return client->send(std::move(request), [this](Result<ClientResponse> r) { answers.push_back(std::move(r)); });
  }
  bool wait_for(std::size_t count) {
    for (int i = 0; i < 1000 && answers.size() < count; ++i) loop.run_for(milliseconds{10});
    return answers.size() == count;
  }
};

TEST_F(AsyncClientTest, SendsMethodHeadersAndBody) {
  send({.method = "POST", .url = url("/a"), .headers = {{"X-Word", "w"}}, .body = "some text"});
  EXPECT_TRUE(answers.empty()) << "called back from within send()";
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(answers[0]->status, 200);
  EXPECT_EQ(answers[0]->body, "POST /a w some text");
  send({.method = "PUT", .url = url("/b"), .body = std::string(3'000'000, 'x')});
  send({.url = url("/missing"), .body = "is not sent"});
  ASSERT_TRUE(wait_for(3));
  std::size_t largest = 0;
  for (const auto& answer : answers) largest = std::max(largest, answer->body.size());
  EXPECT_EQ(largest, 3'000'000 + std::string("PUT /b  ").size());
  EXPECT_EQ(client->in_flight(), 0U);
}

TEST_F(AsyncClientTest, AnyStatusIsAnAnswerWithItsHeaders) {
  send({.url = url("/missing")});
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(answers[0]->status, 404);
  const std::pair<std::string, std::string> expected{"retry-after", "7"};
  EXPECT_NE(std::find(answers[0]->headers.begin(), answers[0]->headers.end(), expected), answers[0]->headers.end());
}

TEST_F(AsyncClientTest, ManyAtOnceAndConnectionsAreUsedAgain) {
  for (int i = 0; i < 20; ++i) send({.url = url("/many")});
  EXPECT_EQ(client->in_flight(), 20U);
  ASSERT_TRUE(wait_for(20));
  const auto open = server->connections();
  EXPECT_LE(open, 20U);
  for (int i = 0; i < 5; ++i) {
    send({.url = url("/again")});
    ASSERT_TRUE(wait_for(static_cast<std::size_t>(21 + i)));
  }
  EXPECT_LE(server->connections(), open);
}

TEST_F(AsyncClientTest, ASlowAnswerTimesOutWhileOthersGoOn) {
  const RawServer silent;
  send({.url = silent.url(), .timeout = milliseconds{50}});
  send({.url = url("/quick")});
  ASSERT_TRUE(wait_for(2));
  EXPECT_TRUE(answers[0].has_value());
  ASSERT_FALSE(answers[1].has_value());
  EXPECT_EQ(answers[1].error().kind, ErrorKind::Retry);
  EXPECT_NE(answers[1].error().message.find("timed out"), std::string::npos) << answers[1].error().message;
}

TEST_F(AsyncClientTest, AnAnswerCutOffIsNone) {
  const RawServer raw;
  send({.url = raw.url()});
  for (int i = 0; i < 20; ++i) loop.run_for(milliseconds{5});  // connects and sends
  raw.answer_and_close("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
  ASSERT_TRUE(wait_for(1));
  ASSERT_FALSE(answers[0].has_value());
  EXPECT_EQ(answers[0].error().kind, ErrorKind::Retry);
}

TEST_F(AsyncClientTest, ATooLongAnswerIsRefused) {
  send({.method = "POST", .url = url("/long"), .body = std::string(2000, 'x'), .max_body = 1000});
  ASSERT_TRUE(wait_for(1));
  ASSERT_FALSE(answers[0].has_value());
  EXPECT_EQ(answers[0].error().kind, ErrorKind::Refused);
  EXPECT_NE(answers[0].error().message.find("at most 1000 bytes"), std::string::npos);
}

TEST_F(AsyncClientTest, FailuresNameTheServerAndNoSecret) {
  send({.url = "http://user:secret@127.0.0.1:1/secret-path?key=secret"});
  send({.url = "gopher://127.0.0.1:1/secret"});
  send({.url = "http://"});
  ASSERT_TRUE(wait_for(3));
  for (const auto& answer : answers) {
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().kind, ErrorKind::Retry);
    EXPECT_EQ(answer.error().message.find("secret"), std::string::npos) << answer.error().message;
  }
}

TEST_F(AsyncClientTest, WhatIsNoTlsDoesNotVerify) {
  send({.url = fmt::format("https://127.0.0.1:{}/", server->port())});
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(answers[0].error().kind, ErrorKind::Retry);
  send({.url = fmt::format("https://127.0.0.1:{}/", server->port()), .ca_file = "/nowhere/ca.pem"});
  ASSERT_TRUE(wait_for(2));
  EXPECT_NE(answers[1].error().message.find("/nowhere/ca.pem"), std::string::npos) << answers[1].error().message;
}

TEST_F(AsyncClientTest, ACancelledRequestIsNotHeardOfAgain) {
  const RawServer silent;
  const auto id = send({.url = silent.url()});
  loop.run_for(milliseconds{20});
  client->cancel(id);
  client->cancel(id);
  client->cancel(9999);
  EXPECT_EQ(client->in_flight(), 0U);
  send({.url = url("/next")});
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(answers[0]->status, 200);
}

TEST_F(AsyncClientTest, NoCallbackRunsAfterTheClientIsGone) {
  const RawServer silent;
  send({.url = silent.url()});
  send({.url = url("/lost")});
  loop.run_for(milliseconds{5});
  const auto before = answers.size();
  client.reset();
  for (int i = 0; i < 10; ++i) loop.run_for(milliseconds{5});
  EXPECT_EQ(answers.size(), before);
}

TEST_F(AsyncClientTest, ACallbackMaySendAndMayDestroyTheClient) {
  client->send({.url = url("/first")}, [this](const Result<ClientResponse>&) {
    client->send({.url = url("/second")}, [this](Result<ClientResponse> r) {
      answers.push_back(std::move(r));
      client.reset();
    });
  });
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(answers[0]->body, "GET /second  ");
  EXPECT_FALSE(client.has_value());
  loop.run_for(milliseconds{5});
}

}  // namespace
}  // namespace dz::net
