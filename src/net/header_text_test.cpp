#include "net/header_text.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include <fmt/format.h>

#include "net/async_client.h"
#include "net/curl_transfer.h"
#include "net/http_server.h"
#include "net/websocket_client.h"

namespace dz::net {
namespace {

std::string complaint(std::string_view method, std::string_view url,
                      std::vector<std::pair<std::string, std::string>> headers = {}) {
  const auto checked = check_outgoing_head(method, url, headers);
  return checked ? "" : checked.error().message;
}

TEST(HeaderText, X9_NothingFromOutsideBeginsAHeaderOfItsOwn) {
  EXPECT_EQ(complaint("POST", "http://h:1/a?b=%20", {{"Authorization", "Token a b\tc"}, {"X-Note", "\xc3\xa9"}}), "");
  for (const char* bad : {"a\r\nX-Other: 1", "a\nb", "a\rb", "\x01", "\x7f"}) {
    const auto words = complaint("GET", "http://h:1/", {{"Authorization", bad}});
    EXPECT_NE(words.find("Authorization"), std::string::npos) << words;
    EXPECT_EQ(words.find('\n'), std::string::npos);
    EXPECT_NE(complaint("GET", "http://h:1/", {{bad, "x"}}), "");
    EXPECT_NE(complaint(bad, "http://h:1/"), "");
    EXPECT_NE(complaint("GET", std::string("http://h:1/") + bad), "");
  }
  EXPECT_NE(complaint("GET", "http://h:1/a b"), "");
  EXPECT_NE(complaint("GET", "http://h:1/", {{"", "x"}}), "");
}

TEST(HeaderText, WhatIsSaidShowsNoSecret) {
  const auto words = complaint("GET", "http://h:1/secret\npath", {{"Authorization", "secret\n"}}) +
                     complaint("GET", "http://h:1/", {{"Authorization", "secret\n"}});
  EXPECT_EQ(words.find("secret"), std::string::npos) << words;
}

// Each that sends, by its own door.
TEST(HeaderText, X9_NoClientSendsSuchAHeader) {
  const std::vector<std::pair<std::string, std::string>> bad{{"Authorization", "x\r\nX-Other: 1"}};
  const auto got = HttpClient().get("http://127.0.0.1:1/", bad);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Refused);
  Loop loop;
  AsyncClient client(loop);
  std::optional<Result<ClientResponse>> answer;
  ClientRequest request{.url = "http://127.0.0.1:1/"};
  request.headers = bad;
  client.send(request, [&](Result<ClientResponse> r) { answer = std::move(r); });
  EXPECT_FALSE(answer);
  for (int i = 0; i < 100 && !answer; ++i) loop.run_for(std::chrono::milliseconds{10});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::Refused);
  EXPECT_FALSE(WebSocketClient::connect(loop, "ws://127.0.0.1:1/\r\nX-Other: 1", {}));
}

TEST(CalledByCurl, WhatThrowsIsSaidToHaveFailed) {
  bool failed = false;
  EXPECT_EQ(called_by_curl(failed, -1, [] { return 7; }), 7);
  EXPECT_FALSE(failed);
  EXPECT_EQ(called_by_curl(failed, -1, []() -> int { throw std::bad_alloc(); }), -1);
  EXPECT_TRUE(failed);
  called_by_curl(failed, -1, [] { return 7; });
  EXPECT_TRUE(failed);  // it is remembered
}

// A stand-in for what takes an answer, called by libcurl itself: the exception ends the transfer and nothing else.
TEST(CalledByCurl, AnExceptionDoesNotPassThroughLibcurl) {
  ASSERT_TRUE(initialise_curl());
  ServerHandlers handlers;
  handlers.on_request = [](const HttpRequest&) { return HttpResponse{200, "text/plain", "words", {}}; };
  Loop loop;
  const auto server = HttpServer::listen(loop, {}, std::move(handlers)).value();
  std::thread thread([&] { loop.run(); });
  const auto url = fmt::format("http://127.0.0.1:{}/", server->port());
  static bool failed;
  failed = false;
  const auto throwing = [](char*, std::size_t, std::size_t, void*) noexcept {
    return called_by_curl<std::size_t>(failed, 0, []() -> std::size_t { throw std::bad_alloc(); });
  };
  std::size_t (*const take)(char*, std::size_t, std::size_t, void*) noexcept = throwing;
  CURL* const curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  EXPECT_EQ(curl_easy_perform(curl), CURLE_WRITE_ERROR);
  curl_easy_cleanup(curl);
  loop.stop();
  thread.join();
  EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace dz::net
