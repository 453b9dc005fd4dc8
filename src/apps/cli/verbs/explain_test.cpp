// What the monitor's page is asked for, and what is said when there is no monitor to ask.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

struct Explain : testing::Test {
  TestShell shell;
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.monitor_text = [this](std::string_view query) -> Result<std::string> {
      asked = query;
      return "link ams-lon: health pending\n";
    };
    shell.monitor = [](const Pubkey& key) -> Result<boost::json::value> {
      return boost::json::value{{"pubkey", to_text(key)}, {"policy", "0a1b"}};
    };
  }
  std::string asked;
};

TEST_F(Explain, PrintsTheMonitorsPageAsItIs) {
  const auto said = shell.ok("link explain --code ams-lon");
  EXPECT_EQ(said.out, "link ams-lon: health pending\n");
  EXPECT_EQ(said.err, "");
  EXPECT_EQ(asked, "format=text&width=0");
  shell.ok("device explain --pubkey ams-dz001 --minutes --width 60");
  EXPECT_EQ(asked, "format=text&minutes=1&width=60");
}

TEST_F(Explain, FillsTheTerminal) {
  shell.terminal.out_columns = 132;
  shell.ok("link explain --code ams-lon");
  EXPECT_EQ(asked, "format=text&width=132");
}

TEST_F(Explain, JsonIsTheMonitorsToo) {
  const auto said = shell.ok("link explain --code ams-lon --json");
  EXPECT_EQ(said.json().at("policy"), "0a1b");
  EXPECT_NE(said.out.find("\n  "), std::string::npos) << "indented";
  EXPECT_EQ(shell.ok("link explain --code ams-lon --json-compact").out.find('\n'),
            shell.ok("link explain --code ams-lon --json-compact").out.size() - 1);
}

// A healthy record that too few judges hold stays where it is, and the monitor cannot know why.
TEST_F(Explain, SaysWhyTheActivatorLeavesItAlone) {
  const auto link = shell.ok("link get --code ams-lon --json").json().at("pubkey");
  shell.activator = [&]() -> Result<boost::json::value> {
    const boost::json::object held{{"pubkey", link}, {"reason", "not held by enough judges"}, {"why", "found 1"}};
    return boost::json::value{{"held", {{"records", boost::json::array{held}}}}};
  };
  EXPECT_EQ(shell.ok("link explain --code ams-lon").out,
            "link ams-lon: health pending\nactivator: not acted on: not held by enough judges: found 1\n");
  EXPECT_EQ(shell.ok("device explain --code ams-dz001").out, "link ams-lon: health pending\n");
  shell.activator = []() -> Result<boost::json::value> { return fail(ErrorKind::Retry, "unreachable"); };
  EXPECT_EQ(shell.ok("link explain --code ams-lon").out, "link ams-lon: health pending\n");
}

TEST_F(Explain, SaysHowToNameAMonitor) {
  shell.monitor = {};
  shell.monitor_text = {};
  const auto said = shell.run("link explain --code ams-lon");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.out, "");
  EXPECT_NE(said.err.find("doublezero config set --monitor-url URL"), std::string::npos) << said.err;
}

TEST_F(Explain, AMonitorThatFailsIsAnError) {
  shell.monitor_text = [](std::string_view) -> Result<std::string> { return fail(ErrorKind::Retry, "unreachable"); };
  EXPECT_NE(shell.run("link explain --code ams-lon").err.find("unreachable"), std::string::npos);
  EXPECT_NE(shell.run("link explain --code nobody").err.find("nobody"), std::string::npos);
  EXPECT_EQ(shell.run("link explain").exit_code, 2);
}

// A record that was made a moment ago.
TEST(ExplainVerb, WaitsAMomentForAMonitorThatDoesNotKnowTheRecordYet) {
  TestShell shell;
  shell.initialise();
  shell.add_devices();
  shell.add_wan_link();
  int asked = 0, known_from = 3;
  shell.monitor_text = [&](std::string_view) -> Result<std::string> {
    if (++asked < known_from) return not_found("the monitor does not know this record");
    return std::string("link ams-lon: health pending\n");
  };
  EXPECT_EQ(shell.ok("link explain --code ams-lon").out, "link ams-lon: health pending\n");
  EXPECT_EQ(asked, 3);
  known_from = 1000;
  EXPECT_EQ(shell.run("link explain --code ams-lon").exit_code, 1);
  EXPECT_LE(asked, 10);
}

}  // namespace
}  // namespace dz::cli
