// /api/v1/status: how the monitor itself is.
#include "monitor/status_report.h"

#include "monitor/api_fixture.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

class StatusReport : public ApiFixture {
 protected:
  json::object status() { return body("/api/v1/status"); }
};

TEST_F(StatusReport, SaysHowOldTheViewIsAndWhetherItMayWrite) {
  start();
  auto now = status();
  EXPECT_EQ(now.at("ledger").at("links").to_number<int>(), 2);
  EXPECT_GT(now.at("ledger").at("slot").to_number<int>(), 0);
  EXPECT_TRUE(now.at("ledger").at("trouble").is_null());
  EXPECT_EQ(now.at("writing").at("mode").as_string(), "write");
  EXPECT_TRUE(now.at("writing").at("may_write").as_bool());
  EXPECT_EQ(now.at("writing").at("key").as_string(), to_text(network.monitor.pubkey()));
  EXPECT_TRUE(now.at("writing").at("budget").at("left_in_minute").is_null()) << "there is no limit";
  network.advance(std::chrono::minutes{10});
  now = status();
  EXPECT_EQ(now.at("ledger").at("age_seconds").to_number<int>(), 600);
  EXPECT_FALSE(now.at("writing").at("may_write").as_bool());
  EXPECT_NE(now.at("writing").at("why_not").as_string().find("the ledger has not been read for 10 min"),
            std::string::npos);
}

TEST_F(StatusReport, ABudgetSaysWhatIsLeft) {
  settings.limits.writes_per_minute = 2;
  start();
  const auto budget = status().at("writing").at("budget");
  EXPECT_EQ(budget.at("writes_a_minute").to_number<int>(), 2);
  EXPECT_EQ(budget.at("left_in_minute").to_number<int>(), 0);
  EXPECT_EQ(budget.at("deferred").to_number<int>(), 3);
  EXPECT_FALSE(budget.at("deferred_since").is_null());
}

TEST_F(StatusReport, WhoObservesSaysSo) {
  settings.write_mode = control::WriteMode::Observe;
  start();
  EXPECT_EQ(status().at("writing").at("mode").as_string(), "observe");
  EXPECT_NE(status().at("writing").at("why_not").as_string().find("it observes"), std::string::npos);
}

TEST_F(StatusReport, TellsThePolicysDifferencesAndTheSettingsWithTheirOrigin) {
  const auto parsed = parse_monitor_settings(
      "[ledger]\nurl = \"http://someone:secret@node.example/key/abcdef\"\n[listen]\nport = 1234\n", "monitor.toml", {},
      {.flags = {{"store.path", {":memory:"}}}});
  ASSERT_TRUE(parsed) << parsed.error().message;
  settings = *parsed;
  settings.policy.window = std::chrono::minutes{60};
  settings.policy_file = "";
  start();
  const auto now = status();
  std::map<std::string, std::pair<std::string, std::string>> shown;
  for (const auto& setting : now.at("settings").as_array()) {
    shown[std::string(setting.at("key").as_string())] = {std::string(setting.at("value").as_string()),
                                                         std::string(setting.at("origin").as_string())};
  }
  EXPECT_EQ(shown["listen.port"], std::pair(std::string("1234"), std::string("file")));
  EXPECT_EQ(shown["store.path"], std::pair(std::string(":memory:"), std::string("flag")));
  EXPECT_EQ(shown["listen.address"], std::pair(std::string("127.0.0.1"), std::string("default")));
  EXPECT_EQ(json::serialize(now).find("secret@"), std::string::npos);
  EXPECT_EQ(json::serialize(now).find("abcdef"), std::string::npos);
  const auto& differences = now.at("policy").at("differences").as_array();
  ASSERT_EQ(differences.size(), 1U) << json::serialize(differences);
  EXPECT_EQ(differences[0].at("key").as_string(), "window");
  EXPECT_EQ(differences[0].at("value").as_string(), "\"1h\"");
  EXPECT_EQ(differences[0].at("default").as_string(), "\"24h\"");
}

TEST_F(StatusReport, TellsHowLongItsWorkTakes) {
  using std::chrono::milliseconds;
  times = [] {
    TimesOf passes{"pass", {}, {}};
    for (int i = 0; i < 98; ++i) passes.since_start.add(milliseconds{4});
    passes.since_start.add(milliseconds{40});
    passes.since_start.add(milliseconds{68});
    passes.lately.add(std::chrono::minutes{2});
    return std::vector{passes};
  };
  start();
  const auto work = status().at("work").as_array();
  const auto& pass = work.at(0);
  EXPECT_EQ(pass.at("what").as_string(), "pass");
  EXPECT_EQ(pass.at("since_start").at("count").to_number<int>(), 100);
  EXPECT_DOUBLE_EQ(pass.at("since_start").at("mean_seconds").as_double(), 0.005);
  EXPECT_DOUBLE_EQ(pass.at("since_start").at("half_within_seconds").as_double(), 0.005);
  EXPECT_DOUBLE_EQ(pass.at("since_start").at("p99_within_seconds").as_double(), 0.05);
  EXPECT_TRUE(pass.at("lately").at("p99_within_seconds").is_null()) << "longer than all bounds";
  const auto& write = work.at(1);
  EXPECT_EQ(write.at("what").as_string(), "health write");
  EXPECT_EQ(write.at("since_start").at("count").to_number<int>(), 5) << "each of its records was first seen";
  EXPECT_TRUE(write.at("lately").is_null());
}

TEST_F(StatusReport, WhatWasNeverDoneTookNoTime) {
  settings.write_mode = control::WriteMode::Observe;
  start();
  const auto write = status().at("work").at(0).at("since_start");
  EXPECT_EQ(write.at("count").to_number<int>(), 0);
  EXPECT_TRUE(write.at("mean_seconds").is_null() && write.at("half_within_seconds").is_null());
}

TEST_F(StatusReport, WhatWaitsForTheActivatorIsNamed) {
  start();
  EXPECT_EQ(status().at("activator").at("due_count").to_number<int>(), 0);
  ASSERT_TRUE(network.as(network.monitor).set_link_health(wan, Health::Healthy));
  pass();
  const auto activator = status().at("activator");
  EXPECT_EQ(activator.at("due_count").to_number<int>(), 1);
  EXPECT_EQ(activator.at("due").at(0).as_string(), "ams-lon");
  EXPECT_TRUE(activator.at("acted_at").is_null());
}

}  // namespace
}  // namespace dz::monitor
