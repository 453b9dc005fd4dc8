#include "monitor/source_settings.h"

#include <gtest/gtest.h>

#include "monitor/monitor_settings.h"

namespace dz::monitor {
namespace {

// "influx.token" and "policy.toml" are the only files.
Result<std::string> files(const std::string& path) {
  if (path == "influx.token") return "a-secret-token\n";
  if (path == "policy.toml") {
    return R"toml(
[[criterion]]
id = "device.ntp_sync"
source = "nowhere"
query = "max by (device_pubkey) (ntp_synced)"
at_least = 1
mode = "shadow"
)toml";
  }
  return not_found("no file " + path);
}
Result<MonitorSettings> parse(const std::string& toml) { return parse_monitor_settings(toml, "monitor.toml", files); }
std::string complaint(const std::string& toml) {
  const auto settings = parse(toml);
  return settings ? "" : settings.error().message;
}

const std::string kInflux = R"(
[[source]]
name = "influx"
kind = "influxdb"
url = "https://influx.example:8086"
database = "doublezero-testnet"
token_file = "influx.token"
serves = ["counters", "qa"]
)";

TEST(SourceSettings, TenLinesMakeASource) {
  const auto settings = parse(kInflux + R"(
[[source]]
name = "metrics"
kind = "prometheus"
url = "http://127.0.0.1:9090"
serves = ["config-agent"]
lag = "90s"
[trust]
percent = 20
)");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_EQ(settings->sources.size(), 2U);
  EXPECT_EQ(settings->sources[0].store.token, "a-secret-token");
  EXPECT_EQ(settings->sources[0].line, 2);
  EXPECT_EQ(settings->trust.percent, 20);
  for (const auto source : {evidence::Source::Counters, evidence::Source::ConfigAgent, evidence::Source::Qa}) {
    EXPECT_FALSE(settings->evidence.pushed(source)) << to_text(source);
  }
  EXPECT_EQ(settings->evidence.lag[static_cast<std::size_t>(evidence::Source::Counters)], std::chrono::seconds{60});
  EXPECT_EQ(settings->evidence.lag[static_cast<std::size_t>(evidence::Source::ConfigAgent)], std::chrono::seconds{90});
  const auto text = render_sources(settings->sources, settings->policy);
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_NE(text.find("# counters: pulled from influx\n"), std::string::npos) << text;
}

TEST(SourceSettings, SignalsThatNobodyServesStayPushed) {
  const auto settings = parse("");
  EXPECT_TRUE(settings->evidence.pushed(evidence::Source::Counters));
  EXPECT_NE(render_sources({}, {}).find("# qa: pushed to this monitor\n"), std::string::npos);
}

TEST(SourceSettings, ClickHouseIsFilledEveryFiveMinutesAndAskedLater) {
  const auto settings = parse(R"(
[[source]]
name = "lake"
kind = "clickhouse"
url = "http://127.0.0.1:8123"
database = "lake"
)");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->sources[0].limits.lag, std::chrono::minutes{6});
}

std::string source(const std::string& lines) { return "[[source]]\nname = \"x\"\n" + lines; }

TEST(SourceSettings, RefusesWithTheLineAndTheReason) {
  const std::string local = "kind = \"influxdb\"\nurl = \"http://127.0.0.1:8086\"\ndatabase = \"d\"\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {source(local + "colour = 1"), "colour"},
      {source("kind = \"mysql\"\nurl = \"http://127.0.0.1\""), "expected influxdb, prometheus or clickhouse"},
      {source("kind = \"influxdb\"\nurl = \"http://127.0.0.1\""), "expected a database"},
      {source("kind = \"influxdb\"\nurl = \"influx:8086\"\ndatabase = \"d\""), "expected http:// or https://"},
      {source("kind = \"influxdb\"\nurl = \"https://u:p@host\"\ndatabase = \"d\""),
       "credentials have keys of their own"},
      {source("kind = \"influxdb\"\nurl = \"http://host\"\ndatabase = \"d\"\ntoken = \"t\""), "in clear"},
      {source("kind = \"influxdb\"\nurl = \"http://127.0.0.1.example\"\ndatabase = \"d\"\ntoken = \"t\""), "in clear"},
      {source(local + "token = \"t\"\nusername = \"u\""), "a token or a username"},
      {source(local + "token = \"t\"\ntoken_file = \"influx.token\""), "token or token_file"},
      {source(local + "password = \"p\""), "expected a username"},
      {source(local + "token_file = \"gone\""), "no file gone"},
      {source(local + "serves = [\"latency\"]"), "expected counters, config-agent or qa, found 'latency'"},
      {source("kind = \"prometheus\"\nurl = \"http://127.0.0.1\"\nserves = [\"counters\"]"), "has no counters"},
      {source(local + "overlap = \"20m\"\nchunk = \"20m\""), "overlap: expected less than chunk"},
      {source(local + "retry_least = \"1m\"\nretry_most = \"30s\""), "retry_least"},
      {source(local + "lag = \"9m\""), "lag: expected at most 2 minutes less"},
      {source(local + "serves = [\"counters\"]\nchecks = [\"counters\"]"), "by this very source"},
      {source(local + "checks = [\"counters\"]"), "expected another source that serves counters"},
      {source(local + "checks = [\"qa\"]"), "are not compared"},
      {source(local + "serves = [\"qa\"]") + "\n" + kInflux, "served by source x already"},
      {source(local) + source(local), "another source is called x"},
  };
  for (const auto& [toml, expected] : cases) {
    const auto found = complaint(toml);
    EXPECT_NE(found.find(expected), std::string::npos) << toml << "\n" << found;
    EXPECT_EQ(found.find("monitor.toml:"), 0U) << found;
  }
}

TEST(SourceSettings, ARuleNeedsItsSource) {
  const auto found = complaint("policy = \"policy.toml\"\n" + kInflux);
  EXPECT_NE(found.find("policy.toml:"), std::string::npos) << found;
  EXPECT_NE(found.find("nowhere"), std::string::npos) << found;
}

}  // namespace
}  // namespace dz::monitor
