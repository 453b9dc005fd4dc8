#include "backtest/backtest_ask.h"

#include <gtest/gtest.h>

namespace dz::backtest {
namespace {

using std::chrono::hours;

const Timestamp kNow{hours{494'000}};

std::string refusal(std::string_view body) {
  const auto ask = parse_ask(body, rfc_profile(), kNow);
  return ask ? "" : ask.error().message;
}

TEST(BacktestAsk, TimesMayBeAgoAndTheEndIsNow) {
  const auto* body = R"({"from":"7d","policy":"window = \"12h\"\nrecovery_window = \"12h\"","record":"ams-lon"})";
  const auto ask = parse_ask(body, rfc_profile(), kNow);
  ASSERT_TRUE(ask) << ask.error().message;
  EXPECT_EQ(ask->request.from, kNow - hours{24 * 7});
  EXPECT_EQ(ask->request.to, kNow);
  EXPECT_EQ(ask->request.policy.window, hours{12});
  EXPECT_EQ(ask->request.most_decisions, kMostAskedDecisions);
  EXPECT_EQ(ask->record, "ams-lon");
}

TEST(BacktestAsk, WhatItCannotBeIsSaid) {
  for (const auto* body : {"", "[]", "{", R"({"from":"1h"})", R"({"policy":""})", R"({"from":1,"policy":""})",
                           R"({"from":"1h","policy":"","colour":"red"})", R"({"from":"soon","policy":""})",
                           R"({"from":"1h","to":"2h","policy":""})", R"({"from":"99999999d","policy":""})"})
    EXPECT_TRUE(refusal(body).find("expected") != std::string::npos) << body << ": " << refusal(body);
  EXPECT_NE(refusal(R"({"from":"1h","policy":"windw = 3"})").find("windw"), std::string::npos);
  EXPECT_NE(refusal(R"({"from":"1h","policy":"profile = \"v0.34\""})"), "");
}

TEST(BacktestAsk, AMonthAndTheBodyAreTheMost) {
  EXPECT_EQ(refusal(R"({"from":"744h","policy":""})"), "");
  EXPECT_NE(refusal(R"({"from":"745h","policy":""})").find("at most"), std::string::npos);
  std::string body = R"({"from":"1h","policy":"# )";
  body += std::string(kLargestAsk - body.size() - 2, 'x') + "\"}";
  EXPECT_EQ(refusal(body), "");
  EXPECT_NE(refusal(body + " ").find("at most 262144 bytes"), std::string::npos);
}

}  // namespace
}  // namespace dz::backtest
