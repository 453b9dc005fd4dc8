#include "monitor/callers.h"

#include "monitor/api_fixture.h"

namespace dz::monitor {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

net::HttpRequest from(const std::string& remote, Headers headers) {
  return {"POST", "/api/v1/backtests", "", std::move(headers), "{}", remote};
}

TEST(Callers, AskedHereIsFromThisMachineByItsOwnNameAndNotHandedOn) {
  EXPECT_TRUE(is_asked_here(from("127.0.0.1", {{"host", "127.0.0.1:8090"}})));
  EXPECT_TRUE(is_asked_here(from("::1", {{"host", "localhost"}})));
  EXPECT_FALSE(is_asked_here(from("10.0.0.7", {{"host", "127.0.0.1:8090"}})));
  EXPECT_FALSE(is_asked_here(from("127.0.0.1", {{"host", "noc.example"}})));
  EXPECT_FALSE(is_asked_here(from("127.0.0.1", {})));
  for (const auto* name : {"forwarded", "x-forwarded-for", "x-real-ip", "via"})
    EXPECT_FALSE(is_asked_here(from("127.0.0.1", {{"host", "localhost"}, {name, "10.0.0.7"}}))) << name;
}

TEST(Callers, TheTokenOfARequestIsWhereClientsPutIt) {
  EXPECT_EQ(token_of(from("", {{"authorization", "Token abc"}})), "abc");
  EXPECT_EQ(token_of(from("", {{"authorization", "Bearer abc"}})), "abc");
  EXPECT_EQ(token_of(from("", {{"authorization", "Basic dTphYmM="}})), "abc");
  EXPECT_EQ(token_of(from("", {{"authorization", "Digest abc"}})), "");
}

class CallersOfTheApi : public ApiFixture {
 protected:
  int post(const std::string& path, const std::string& remote, Headers headers) {
    return answer_monitor_request(*monitor, {"POST", path, "", std::move(headers), "{}", remote}, network.now()).status;
  }
};

TEST_F(CallersOfTheApi, ABacktestFromAnotherMachineNeedsAToken) {
  settings.tokens = {{.secret = "abc", .device = "ams"}};
  start();
  const auto ask = [&](const std::string& remote, Headers headers) {
    return post("/api/v1/backtests", remote, std::move(headers));
  };
  EXPECT_EQ(ask("10.0.0.7", {}), 401);
  EXPECT_EQ(ask("10.0.0.7", {{"authorization", "Token wrong"}}), 401);
  EXPECT_EQ(ask("10.0.0.7", {{"authorization", "Token abc"}}), 503);  // it may; nobody makes backtests here
  EXPECT_EQ(ask("127.0.0.1", {}), 503);
  EXPECT_EQ(get("/api/v1/backtests").status, 405);
}

TEST_F(CallersOfTheApi, AWebhookIsTestedFromThisMachineOnly) {
  start();
  EXPECT_EQ(post("/api/v1/webhook-tests/noc", "127.0.0.1", {{"host", "localhost"}}), 404);  // it may; there is none
  EXPECT_EQ(post("/api/v1/webhook-tests/noc", "127.0.0.1", {{"host", "localhost"}, {"x-forwarded-for", "10.0.0.7"}}),
            403);
  EXPECT_EQ(post("/api/v1/webhook-tests/noc", "10.0.0.7", {{"host", "localhost"}}), 403);
}

TEST_F(CallersOfTheApi, EscapesInPathsAreTakenOnceAndWhatIsNoneIsRefused) {
  start();
  const auto code = [&](const std::string& path) { return body(path).at("code").as_string(); };
  EXPECT_EQ(code("/api/v1/assessments/ams%2Dlon"), "ams-lon");
  EXPECT_EQ(code("/%61pi/v1/assessments/%61ms"), "ams");
  EXPECT_EQ(get("/api/v1/assessments/ams%252Dlon").status, 404);
  EXPECT_NE(error("/api/v1/assessments/ams%2", "", 400).find("every % begins an escape"), std::string::npos);
  EXPECT_EQ(get("/api/v1/assessments/%").status, 400);
  EXPECT_EQ(get("/%zz").status, 400);
}

TEST_F(CallersOfTheApi, ThePolicyInForceIsToldInFull) {
  settings.policy.bad_allowed = 2;
  start();
  const auto answer = body("/api/v1/policy");
  const auto read = verdict::parse_policy(answer.at("text").as_string(), "policy");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->bad_allowed, 2);
  EXPECT_EQ(answer.at("digest").as_string(), policy_digest(*read));
}

}  // namespace
}  // namespace dz::monitor
