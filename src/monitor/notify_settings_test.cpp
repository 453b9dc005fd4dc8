#include <gtest/gtest.h>

#include "monitor/monitor_settings.h"

namespace dz::monitor {
namespace {

Result<MonitorSettings> parse(const std::string& hook) {
  return parse_monitor_settings("[[notify]]\n" + hook, "monitor.toml",
                                [](const std::string& path) -> Result<std::string> {
                                  if (path == "slack.url")
                                    return std::string("https://hooks.slack.com/services/T0/B0/secret\n");
                                  if (path == "token") return std::string("0123456789abcdef\n");
                                  if (path == "two") return std::string("a\nb\n");
                                  if (path == "empty") return std::string("\n");
                                  return not_found("no file " + path);
                                });
}
std::string complaint(const std::string& hook) {
  const auto settings = parse(hook);
  return settings ? "" : settings.error().message;
}
const std::string kSlack = "name = \"noc\"\nkind = \"slack\"\nurl_file = \"slack.url\"\n";

TEST(NotifySettings, TheLeastAHookNeeds) {
  const auto settings = parse(kSlack);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(
      settings->hooks,
      (std::vector<notify::NotifyHook>{
          {.name = "noc", .kind = notify::HookKind::Slack, .url = "https://hooks.slack.com/services/T0/B0/secret"}}));
}

TEST(NotifySettings, EveryKey) {
  const auto settings = parse(
      "name = \"b-2\"\nkind = \"json\"\nurl = \"https://hooks.example/x\"\ntoken_file = \"token\"\nca_file = "
      "\"ca.pem\"\n"
      "all = true\nkinds = [\"devices\"]\ncontributors = [\"alpha\", \"beta\"]\nalarms = false\nobserver = true\n"
      "group = \"0s\"");
  ASSERT_TRUE(settings) << settings.error().message;
  const notify::NotifyHook expected{.name = "b-2",
                                    .kind = notify::HookKind::Json,
                                    .url = "https://hooks.example/x",
                                    .bearer = "0123456789abcdef",
                                    .ca_file = "ca.pem",
                                    .all = true,
                                    .links = false,
                                    .devices = true,
                                    .contributors = {"alpha", "beta"},
                                    .alarms = false,
                                    .observer = true,
                                    .group = Duration{0}};
  EXPECT_EQ(settings->hooks, std::vector<notify::NotifyHook>{expected});
}

TEST(NotifySettings, RefusesWithFileAndLineAndWithoutTheSecret) {
  EXPECT_NE(complaint("kind = \"json\"\nurl = \"https://x/\"").find("monitor.toml:1: notify.name"), std::string::npos)
      << complaint("kind = \"json\"\nurl = \"https://x/\"");
  EXPECT_NE(complaint("name = \"a b\"\nkind = \"json\"\nurl = \"https://x/\"").find("found \"a b\""),
            std::string::npos);
  EXPECT_NE(complaint("name = \"a\"\nkind = \"teams\"").find("expected \"slack\" or \"json\""), std::string::npos);
  EXPECT_NE(complaint("name = \"a\"\nkind = \"json\"").find("either url or url_file"), std::string::npos);
  EXPECT_NE(complaint(kSlack + "url = \"https://x/\"").find("either url or url_file"), std::string::npos);
  EXPECT_NE(complaint(kSlack + "kinds = [\"users\"]").find("\"links\", \"devices\""), std::string::npos);
  EXPECT_NE(complaint(kSlack + "kinds = []").find("\"links\", \"devices\""), std::string::npos);
  EXPECT_NE(complaint(kSlack + "group = \"2h\"").find("between 0 s and"), std::string::npos);
  EXPECT_NE(complaint(kSlack + "[[notify]]\n" + kSlack).find("is taken"), std::string::npos);
  EXPECT_NE(complaint("name = \"a\"\nkind = \"json\"\nurl_file = \"two\"").find("found several"), std::string::npos);
  EXPECT_NE(complaint("name = \"a\"\nkind = \"json\"\nurl_file = \"empty\"").find("empty"), std::string::npos);
  EXPECT_NE(complaint("name = \"a\"\nkind = \"json\"\nurl_file = \"none\"").find("no file none"), std::string::npos);
}

TEST(NotifySettings, SecretsDoNotTravelInTheClear) {
  const std::string token = "token_file = \"token\"\n";
  const auto json = [](const std::string& url) { return "name = \"a\"\nkind = \"json\"\nurl = \"" + url + "\"\n"; };
  EXPECT_EQ(complaint(json("http://collector.internal/x")), "");
  EXPECT_EQ(complaint(token + json("http://127.0.0.1:8080/x")), "");
  const auto refused = complaint(token + json("http://collector.internal/secret"));
  EXPECT_NE(refused.find("https://"), std::string::npos);
  EXPECT_EQ(refused.find("/secret"), std::string::npos) << refused;
  EXPECT_NE(complaint("name = \"a\"\nkind = \"slack\"\nurl = \"http://hooks.slack.com/x\"").find("https://"),
            std::string::npos);
  EXPECT_NE(complaint(json("ftp://x/secret")).find("begins with https://"), std::string::npos);
}

}  // namespace
}  // namespace dz::monitor
