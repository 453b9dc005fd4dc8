#include "monitor/console_files.h"

#include <gtest/gtest.h>

#include <array>

namespace dz::monitor {
namespace {

constexpr std::array kFiles{
    ConsoleFile{"index.html", "text/html; charset=utf-8", "<base href=\"./\" /><script src=\"assets/console.AB.js\">", "t1"},
    ConsoleFile{"assets/console.AB.js", "text/javascript; charset=utf-8", "packed", ""}};

net::HttpRequest request(std::string path, std::string method = "GET", std::string accept = "text/html,*/*") {
  return {std::move(method), std::move(path), "", {{"accept", std::move(accept)}}, "", "127.0.0.1"};
}

std::string header(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(ConsoleFiles, ThePageIsUnderEveryPathThatABrowserMayBeAt) {
  for (const char* path : {"/", "/map", "/r/ams-lon", "/r/a%2Fb"}) {
    const auto page = answer_console(kFiles, request(path));
    ASSERT_TRUE(page) << path;
    EXPECT_EQ(page->status, 200);
    EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  }
}

TEST(ConsoleFiles, ThePageKnowsHowManyStepsUpTheConsoleIs) {
  EXPECT_NE(answer_console(kFiles, request("/map"))->body.find("<base href=\"./\" />"), std::string::npos);
  EXPECT_NE(answer_console(kFiles, request("/r/ams-lon"))->body.find("<base href=\"../\" />"), std::string::npos);
  EXPECT_NE(answer_console(kFiles, request("/r/a/b"))->body.find("<base href=\"../../\" />"), std::string::npos);
}

TEST(ConsoleFiles, WhatTheApiHasAndWhatIsWrittenIsNeverTheConsoles) {
  for (const char* path : {"/metrics", "/healthz", "/ping", "/query", "/write", "/api/v1/assessments",
                           "/api/v1/assessments/ams-lon", "/api/v1/nothing", "/api/v2/write"})
    EXPECT_FALSE(answer_console(kFiles, request(path))) << path;
  EXPECT_FALSE(answer_console(kFiles, request("/", "POST")));
  EXPECT_TRUE(answer_console(kFiles, request("/", "HEAD")));
}

TEST(ConsoleFiles, AProgramThatAsksForAnUnknownPathIsNotGivenAPage) {
  EXPECT_FALSE(answer_console(kFiles, request("/nowhere", "GET", "*/*")));
  EXPECT_FALSE(answer_console(kFiles, request("/nowhere", "GET", "")));
  EXPECT_TRUE(answer_console(kFiles, request("/", "GET", "*/*")));
}

TEST(ConsoleFiles, NothingFromElsewhereAndNoPageAround) {
  for (const char* path : {"/", "/assets/console.AB.js", "/assets/console.OLD.js"}) {
    const auto answer = answer_console(kFiles, request(path));
    const auto policy = header(*answer, "Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';")) << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(header(*answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(*answer, "Referrer-Policy"), "no-referrer");
  }
}

TEST(ConsoleFiles, FilesAreKeptForEverAndThePageIsAskedForAgain) {
  const auto asset = answer_console(kFiles, request("/assets/console.AB.js"));
  EXPECT_TRUE(asset->packed);
  EXPECT_EQ(asset->body, "packed");
  EXPECT_EQ(header(*asset, "Cache-Control"), "public, max-age=31536000, immutable");
  const auto page = answer_console(kFiles, request("/map"));
  EXPECT_FALSE(page->packed);
  EXPECT_EQ(header(*page, "Cache-Control"), "no-cache");

  auto again = request("/map");
  again.headers.emplace_back("if-none-match", header(*page, "ETag"));
  EXPECT_EQ(answer_console(kFiles, again)->status, 304);
  again.path = "/r/ams-lon";  // there the page says another way up
  EXPECT_EQ(answer_console(kFiles, again)->status, 200);
}

TEST(ConsoleFiles, AFileOfAnEarlierBuildIsGoneAndThatIsNotKept) {
  const auto gone = answer_console(kFiles, request("/assets/console.OLD.js"));
  EXPECT_EQ(gone->status, 404);
  EXPECT_EQ(header(*gone, "Cache-Control"), "no-store");
}

TEST(ConsoleFiles, WithoutABundleThePageSaysSoAndWhatMakesOne) {
  const auto page = answer_console({}, request("/"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_NE(page->body.find("built without its console"), std::string::npos);
  EXPECT_NE(page->body.find("./dev build"), std::string::npos);
  EXPECT_EQ(header(*page, "Cache-Control"), "no-store");
}

}  // namespace
}  // namespace dz::monitor
