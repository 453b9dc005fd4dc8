#include "activator/activator_api.h"

#include <gtest/gtest.h>

#include "testbed/small_network.h"

namespace dz::activator {
namespace {

using std::chrono::seconds;

struct ActivatorApi : testing::Test {
  testbed::SmallNetwork network{Timestamp{std::chrono::hours{494'000}}};
  Activator activator{network.client(),
                      network.activator,
                      {.ids = wire::local_program_ids()},
                      [](service::LogLevel, std::string_view, const service::LogFields&) {}};

  net::HttpResponse ask(const std::string& method, const std::string& path) {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    return answer_activator_request({activator, seconds{60}, "1.2.3", network.now()}, request);
  }
};

TEST_F(ActivatorApi, TellsItsHealth) {
  EXPECT_EQ(ask("GET", "/healthz").status, 503);
  activator.step(network.now());
  EXPECT_EQ(ask("GET", "/healthz").status, 200);
  network.advance(seconds{181});
  const auto stale = ask("GET", "/healthz");
  EXPECT_EQ(stale.status, 503);
  EXPECT_NE(stale.body.find("has not been read for 3 min 1 s: expected every 1 min, and at most 3 min apart"),
            std::string::npos)
      << stale.body;
}

TEST_F(ActivatorApi, D15_HowOldIsTooOldFollowsThePollInterval) {
  activator.step(network.now());
  const auto status = [&](Duration poll, Duration age) {
    return answer_activator_request({activator, poll, "1", network.now() + age}, {.method = "GET", .path = "/healthz"})
        .status;
  };
  EXPECT_EQ(status(std::chrono::minutes{5}, std::chrono::minutes{15}), 200);
  EXPECT_EQ(status(std::chrono::minutes{5}, std::chrono::minutes{15} + seconds{1}), 503);
  EXPECT_EQ(status(seconds{1}, seconds{30}), 200) << "a poll takes its time, however often it is wished for";
  EXPECT_EQ(status(seconds{1}, seconds{31}), 503);
}

TEST_F(ActivatorApi, ServesMetricsAndStatus) {
  EXPECT_NE(ask("GET", "/metrics").body.find("version=\"1.2.3\""), std::string::npos);
  EXPECT_NE(ask("GET", "/status").body.find("\"mode\":\"write\""), std::string::npos);
}

TEST_F(ActivatorApi, SaysWhatItHasInstead) {
  EXPECT_EQ(ask("GET", "/nowhere").body, R"({"error":"expected /metrics, /status or /healthz"})");
  EXPECT_EQ(ask("GET", "/nowhere").status, 404);
  EXPECT_EQ(ask("POST", "/status").body, R"({"error":"expected GET; there is /metrics, /status or /healthz"})");
  EXPECT_EQ(ask("POST", "/status").status, 405);
}

}  // namespace
}  // namespace dz::activator
