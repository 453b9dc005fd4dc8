#include "net/browser_guard.h"

#include <gtest/gtest.h>

#include <map>

#include "net/host_name.h"

namespace dz::net {
namespace {

using Headers = BrowserGuard::Headers;

int status_of(const BrowserGuard& guard, const Headers& headers, std::string_view method = "POST",
              std::string_view target = "/write") {
  const auto answer = guard.judge({method, target, headers});
  return answer ? answer->status : 200;
}

std::string why_of(const BrowserGuard& guard, const Headers& headers) {
  const auto answer = guard.judge({"POST", "/", headers});
  return answer ? answer->why : "";
}

std::map<std::string, std::string> by_name(const Headers& headers) { return {headers.begin(), headers.end()}; }

const BrowserGuard kGuard("127.0.0.1", 8090, {});

TEST(BrowserGuard, X5_WithoutOriginAndWithAHostOfThisMachineNothingIsRefused) {
  for (const auto* host : {"localhost", "127.0.0.1", "[::1]", "localhost:8090", "127.0.0.1:8090", "[::1]:8090",
                           "LocalHost:8090", "localhost.", "localhost:9999"}) {
    EXPECT_EQ(status_of(kGuard, {{"host", host}}), 200) << host;
  }
  EXPECT_EQ(status_of(kGuard, {}), 200);
  EXPECT_EQ(status_of(kGuard, {{"host", ""}}), 200);
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost"}, {"sec-fetch-mode", "cors"}}), 200) << "fetch() of Node";
}

TEST(BrowserGuard, X5_AForeignHostIsRefusedForEveryMethod) {
  for (const auto* host : {"evil.example", "evil.example:8090", "localhost.evil.example", "127.0.0.1.evil.example",
                           "localhost@evil.example", "localhost:8090@evil.example", "0.0.0.0:8090", "127.0.0.1:80x",
                           "[::1", "[::2]:8090", "evil.example:localhost", "local host", "localhost:"}) {
    for (const auto* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
      EXPECT_EQ(status_of(kGuard, {{"host", host}}, method), 403) << method << ' ' << host;
    }
  }
}

TEST(BrowserGuard, X5_ASecondHostOrOneInTheTargetCountsToo) {
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost"}, {"host", "evil.example"}}), 403);
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost"}}, "POST", "http://evil.example/write"), 403);
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost"}}, "POST", "http://127.0.0.1:8090/write"), 200);
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost"}}, "GET", "/query?q=http://evil.example"), 200);
}

TEST(BrowserGuard, X5_AForeignOriginIsRefusedAndTheConsolesOwnIsNot) {
  for (const auto* origin : {"http://evil.example", "https://evil.example:8090", "null", "", "http://localhost:3000",
                             "http://127.0.0.1", "file://", "chrome-extension://abc", "http://localhost:8090/path",
                             "http://localhost:8090.evil.example", "http://evil.example:8090@localhost:8090"}) {
    EXPECT_EQ(status_of(kGuard, {{"host", "localhost:8090"}, {"origin", origin}}), 403) << origin;
  }
  for (const auto* origin : {"http://localhost:8090", "http://127.0.0.1:8090", "http://[::1]:8090"}) {
    EXPECT_EQ(status_of(kGuard, {{"host", "127.0.0.1:8090"}, {"origin", origin}}), 200) << origin;
  }
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost:9999"}, {"origin", "http://localhost:9999"}}), 200) << "forwarded";
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost"}, {"origin", "http://localhost"}}), 200);
  EXPECT_EQ(status_of(kGuard, {{"host", "localhost"}, {"origin", "https://localhost"}}), 200) << "TLS before it";
  EXPECT_EQ(
      status_of(kGuard,
                {{"host", "localhost:8090"}, {"origin", "http://localhost:8090"}, {"origin", "http://evil.example"}}),
      403);
}

TEST(BrowserGuard, X5_WhatAForeignPageEmbedsIsRefusedAndALinkIsFollowed) {
  const auto fetched = [](const char* site, const char* mode) {
    return status_of(kGuard, {{"host", "localhost:8090"}, {"sec-fetch-site", site}, {"sec-fetch-mode", mode}}, "GET");
  };
  EXPECT_EQ(fetched("cross-site", "no-cors"), 403);
  EXPECT_EQ(fetched("same-site", "no-cors"), 403);
  EXPECT_EQ(fetched("cross-site", "navigate"), 200);
  EXPECT_EQ(fetched("same-origin", "cors"), 200);
  EXPECT_EQ(fetched("none", "navigate"), 200);
}

TEST(BrowserGuard, X5_TheRefusalSaysWhatWasExpectedAndWhatToDo) {
  EXPECT_EQ(why_of(kGuard, {{"host", "evil\x1b.example"}}),
            "expected a Host that is this server (localhost, 127.0.0.1, [::1]), found 'evil .example': allow another "
            "name with --allow-host NAME");
  EXPECT_EQ(why_of(kGuard, {{"host", "localhost"}, {"origin", "http://evil.example"}}),
            "expected no page of another site, found the Origin 'http://evil.example': allow its pages to ask with "
            "--cors ORIGIN");
}

TEST(BrowserGuard, X5_TheNameOfAReverseProxyIsASetting) {
  const BrowserGuard guard("127.0.0.1", 8090, {{"Monitor.Example.org", "other.example:8443"}, {}});
  EXPECT_EQ(status_of(guard, {{"host", "monitor.example.org"}}), 200);
  EXPECT_EQ(status_of(guard, {{"host", "monitor.example.org:444"}}), 200);
  EXPECT_EQ(status_of(guard, {{"host", "other.example:8443"}}), 200);
  EXPECT_EQ(status_of(guard, {{"host", "other.example"}}), 403);
  EXPECT_EQ(status_of(guard, {{"host", "a.monitor.example.org"}}), 403);
  const auto page = std::pair<std::string, std::string>("origin", "https://monitor.example.org");
  EXPECT_EQ(status_of(guard, {{"host", "monitor.example.org"}, page}), 200);
  EXPECT_EQ(status_of(guard, {{"host", "127.0.0.1:8090"}, page}), 200) << "a proxy that writes its own Host";
  EXPECT_EQ(status_of(guard, {{"host", "127.0.0.1:8090"}, {"origin", "https://evil.example"}}), 403);
}

TEST(BrowserGuard, X5_AnotherAddressOfThisMachineIsGuardedAndKnowsItself) {
  const BrowserGuard guard("127.0.0.2", 8090, {});
  EXPECT_EQ(status_of(guard, {{"host", "127.0.0.2:8090"}, {"origin", "http://127.0.0.2:8090"}}), 200);
  EXPECT_EQ(status_of(guard, {{"host", "evil.example"}}), 403);
  EXPECT_NE(why_of(guard, {{"host", "evil.example"}}).find("127.0.0.2"), std::string::npos);
  for (const auto* address : {"::1", "localhost", "127.9.9.9", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(status_of(BrowserGuard(address, 1, {}), {{"host", "evil.example"}}), 403) << address;
  }
}

TEST(BrowserGuard, X5_BeyondLoopbackNothingIsJudgedUntilHostsAreNamed) {
  const Headers foreign{{"host", "ledger.example.org"}, {"origin", "https://evil.example"}};
  EXPECT_EQ(status_of(BrowserGuard("0.0.0.0", 8899, {}), foreign), 200);
  EXPECT_EQ(status_of(BrowserGuard("10.0.0.5", 8899, {}), foreign), 200);
  EXPECT_EQ(status_of(BrowserGuard("0.0.0.0", 8899, {{"ledger.example.org"}, {}}), foreign), 403);
}

TEST(BrowserGuard, X5_CorsOpensItForTheOriginsThatAreNamed) {
  const BrowserGuard guard("127.0.0.1", 8899, {{}, {"http://localhost:3000", "https://app.example"}});
  const Headers page{{"host", "127.0.0.1:8899"}, {"origin", "http://localhost:3000"}};
  EXPECT_EQ(status_of(guard, page), 200);
  EXPECT_EQ(by_name(guard.answer_headers(page)),
            (std::map<std::string, std::string>{{"Vary", "Origin"},
                                                {"Access-Control-Allow-Origin", "http://localhost:3000"}}));
  const Headers foreign{{"host", "127.0.0.1:8899"}, {"origin", "http://localhost:3001"}};
  EXPECT_EQ(status_of(guard, foreign), 403);
  EXPECT_EQ(by_name(guard.answer_headers(foreign)), (std::map<std::string, std::string>{{"Vary", "Origin"}}));
  EXPECT_EQ(status_of(guard, {{"host", "evil.example"}, {"origin", "http://localhost:3000"}}), 403) << "rebound";
  EXPECT_TRUE(kGuard.answer_headers(page).empty());
}

TEST(BrowserGuard, X5_APreflightIsAnsweredForWhoMayAsk) {
  const BrowserGuard guard("127.0.0.1", 8899, {{}, {"http://localhost:3000"}});
  Headers asks{{"host", "localhost:8899"},
               {"origin", "http://localhost:3000"},
               {"access-control-request-method", "POST"},
               {"access-control-request-headers", "content-type,solana-client"},
               {"access-control-request-private-network", "true"}};
  const auto answer = guard.judge({"OPTIONS", "/", asks});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(by_name(answer->headers),
            (std::map<std::string, std::string>{{"Vary", "Origin"},
                                                {"Access-Control-Allow-Origin", "http://localhost:3000"},
                                                {"Access-Control-Allow-Methods", "GET, HEAD, POST"},
                                                {"Access-Control-Allow-Headers", "content-type,solana-client"},
                                                {"Access-Control-Max-Age", "3600"},
                                                {"Access-Control-Allow-Private-Network", "true"}}));
  EXPECT_EQ(status_of(guard, asks, "POST"), 200) << "only OPTIONS asks first";
  asks[1].second = "http://evil.example";
  EXPECT_EQ(status_of(guard, asks, "OPTIONS"), 403);
  EXPECT_EQ(status_of(guard, {{"host", "localhost"}}, "OPTIONS"), 200) << "no page: the handler answers";
}

TEST(BrowserGuard, X5_AStarOpensItToEveryPage) {
  const BrowserGuard guard("127.0.0.1", 8899, {{}, {"*"}});
  for (const auto* origin : {"http://evil.example", "null"}) {
    const Headers page{{"host", "localhost"}, {"origin", origin}};
    EXPECT_EQ(status_of(guard, page), 200);
    EXPECT_EQ(by_name(guard.answer_headers(page)).at("Access-Control-Allow-Origin"), "*");
  }
  EXPECT_EQ(status_of(guard, {{"host", "evil.example"}, {"origin", "http://evil.example"}}), 403);
}

TEST(BrowserGuard, X5_WhatIsNoHostAndNoOriginIsRefusedWithAnExample) {
  EXPECT_TRUE(check_browser_rules({{"a.example", "a.example:1", "[2001:db8::1]:8443"}, {"*", "http://[::1]:3000"}}));
  for (const auto* host : {"", "http://a.example", "a.example/path", "a b", "*"}) {
    EXPECT_FALSE(check_browser_rules({{host}, {}})) << host;
  }
  for (const auto* origin : {"", "a.example", "http://a.example/", "ftp://a.example", "null", "http://", "**"}) {
    const auto checked = check_browser_rules({{}, {origin}});
    ASSERT_FALSE(checked) << origin;
    EXPECT_NE(checked.error().message.find("http://localhost:3000"), std::string::npos);
  }
}

TEST(HostName, AHostOfThisMachine) {
  for (const auto* host : {"127.0.0.1:8090", "localhost", "LOCALHOST:1", "[::1]:8090"})
    EXPECT_TRUE(names_this_machine(host)) << host;
  for (const auto* host : {"", "noc.example", "127.0.0.1.example", "localhost.example:80", "10.0.0.1"})
    EXPECT_FALSE(names_this_machine(host)) << host;
}

}  // namespace
}  // namespace dz::net
