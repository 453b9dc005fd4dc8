#include "service/routes.h"

#include <gtest/gtest.h>

#include <array>

namespace dz::service {
namespace {

struct Log {
  std::string said;
};

constexpr auto kSay = [](Log& log, const net::HttpRequest& request, std::string_view rest) {
  log.said = request.method + " " + request.path + " " + std::string(rest);
  return net::HttpResponse{};
};

constexpr std::array<Route<Log>, 5> kRoutes{{
    {{"GET", "/healthz", "/healthz"}, kSay},
    {{"GET", "/faults", "/faults[/ID]"}, kSay},
    {{"POST", "/faults", ""}, kSay},
    {{"DELETE", "/faults/*", ""}, kSay},
    {{"*", "/ping", "/ping"}, kSay},
}};

struct Asked {
  net::HttpResponse response;
  std::string said;
};

Asked ask(const std::string& method, const std::string& path, OtherMethod other = OtherMethod::NotAllowed) {
  net::HttpRequest request;
  request.method = method;
  request.path = path;
  Log log;
  auto response = answer_by<Log>(kRoutes, log, request, other);
  return {std::move(response), log.said};
}

TEST(Routes, TheRowThatFitsAnswers) {
  EXPECT_EQ(ask("GET", "/healthz").said, "GET /healthz ");
  EXPECT_EQ(ask("POST", "/faults").said, "POST /faults ");
  EXPECT_EQ(ask("DELETE", "/faults/3").said, "DELETE /faults/3 3");
  EXPECT_EQ(ask("DELETE", "/faults/").said, "DELETE /faults/ ");
  EXPECT_EQ(ask("HEAD", "/ping").said, "HEAD /ping ");
}

TEST(Routes, AnotherMethodIsToldThoseThatThePathTakes) {
  const auto asked = ask("PUT", "/faults");
  EXPECT_EQ(asked.response.status, 405);
  EXPECT_EQ(asked.response.body, R"({"error":"expected GET or POST; there is /healthz, /faults[/ID] or /ping"})");
  EXPECT_EQ(asked.response.headers, (std::vector<std::pair<std::string, std::string>>{{"Allow", "GET, POST"}}));
  EXPECT_EQ(asked.said, "");
  EXPECT_EQ(ask("GET", "/faults/3").response.status, 405);
  EXPECT_EQ(ask("POST", "/nowhere").response.status, 405);
}

TEST(Routes, AnUnknownPathIsToldThoseThatThereAre) {
  const auto asked = ask("GET", "/faultz");
  EXPECT_EQ(asked.response.status, 404);
  EXPECT_EQ(asked.response.body, R"({"error":"expected /healthz, /faults[/ID] or /ping"})");
  EXPECT_EQ(ask("GET", "/healthz/").response.status, 404);
}

TEST(Routes, AMethodForEveryPathMakesNoPathKnown) {
  constexpr std::array<Route<Log>, 2> kRpc{
      {{{"POST", "*", "POST / (JSON-RPC)"}, kSay}, {{"GET", "/healthz", "GET /healthz"}, kSay}}};
  const auto ask = [&](const std::string& method, const std::string& path) {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    Log log;
    return answer_by<Log>(kRpc, log, request);
  };
  EXPECT_EQ(ask("POST", "/anything").status, 200);
  EXPECT_EQ(ask("GET", "/").status, 404);
  EXPECT_EQ(ask("GET", "/").body, R"({"error":"expected POST / (JSON-RPC) or GET /healthz"})");
  EXPECT_EQ(ask("PUT", "/").body, R"({"error":"expected POST or GET; there is POST / (JSON-RPC) or GET /healthz"})");
  EXPECT_EQ(ask("PUT", "/healthz").status, 405);
}

TEST(Routes, ATableMayHideWhatAPathTakes) {
  EXPECT_EQ(ask("PUT", "/faults", OtherMethod::NotFound).response.status, 404);
  EXPECT_EQ(ask("PUT", "/nowhere", OtherMethod::NotFound).response.status, 404);
}

}  // namespace
}  // namespace dz::service
