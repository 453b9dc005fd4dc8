// The fleet on one screen, and what scripts learn of it.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

struct Status : testing::Test {
  TestShell shell;
  std::string state = "collecting";
  boost::json::array alarms;
  boost::json::value maintenance;
  std::string monitor_status = "ok";
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.settings.environment = *wire::find_environment("local");
    const auto link = shell.ok("link get --code ams-lon --json").json().at("pubkey");
    shell.monitor_paths = [this, link](const std::string& path) -> Result<boost::json::value> {
      if (path == "/healthz") {
        return boost::json::value{
            {"status", monitor_status},
            {"reason", "the ledger does not answer"},
            {"ledger_read_at", to_text(shell.now - std::chrono::seconds{2})},
            {"sources",
             {{"counters", {{"watermark", to_text(shell.now - std::chrono::seconds{85})}, {"suspect", false}}},
              {"getconfig", {{"watermark", nullptr}, {"suspect", false}}}}},
            {"alarms", alarms}};
      }
      return boost::json::value{
          {"assessments",
           {{{"pubkey", link},
             {"sentence", "link ams-lon: health pending; the window is not full"},
             {"condition",
              {{"state", state},
               {"since", to_text(shell.now - std::chrono::minutes{13})},
               {"returns_at",
                state == "collecting" ? boost::json::value(to_text(shell.now + std::chrono::hours{3})) : nullptr},
               {"criterion", "link.a.data"}}},
             {"maintenance", maintenance}}}}};
    };
    shell.activator = []() -> Result<boost::json::value> {
      return boost::json::value{{"status", "ok"}, {"mode", "write"}, {"changes", {1, 2}}, {"held", {{"total", 3}}}};
    };
  }
};

TEST_F(Status, SaysThatTheMonitorJudgesAPartAlone) {
  const auto whole = shell.monitor_paths;
  shell.monitor_paths = [whole](const std::string& path) {
    auto answer = whole(path);
    if (path == "/healthz") answer->as_object()["shard"] = "2/3";
    return answer;
  };
  EXPECT_SAYS(shell.ok("status").out, "shard 2/3 of the fleet, read the ledger 2s ago");
}

TEST_F(Status, ShowsWhoIsWellAndWhatComesNext) {
  const auto said = shell.ok("status");
  EXPECT_SAYS(said.out, "All well.\n");
  EXPECT_SAYS(said.out, "links      1: 1 hard-drained; health: 1 unknown\n");
  EXPECT_SAYS(said.out, "devices    3: 3 hard-drained");
  EXPECT_SAYS(said.out, "sources    counters 1m old, getconfig never answered\n");
  EXPECT_SAYS(said.out, "2 due, 3 held");
  EXPECT_SAYS(said.out, "Next to turn healthy: 1\n link | ams-lon | hard-drained | in 3h | collecting: link.a.data");
  std::istringstream lines(said.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST_F(Status, WhatFailsOutOfServiceIsShownAndIsNoAlarm) {
  state = "failing";
  const auto said = shell.ok("status");
  EXPECT_SAYS(said.out, "No alarm: 1 record fails, out of service or worked on.\n");
  EXPECT_SAYS(said.out, "Failing now: 1\n");
  EXPECT_SAYS(said.out, "since 13m");
}

TEST_F(Status, WhoeverIsNeededOutOfServiceIsNotPassedOver) {
  state = "needs-action";
  const auto said = shell.ok("status");
  EXPECT_SAYS(said.out, "No alarm: 1 record needs somebody, out of service or worked on.\n");
  EXPECT_SAYS(said.out, "Needs somebody: 1\n");
}

TEST_F(Status, WhatIsWorkedOnIsShownAndAlarmsNobody) {
  shell.activate("link", "ams-lon");
  state = "failing";
  maintenance = {{"to", "2026-12-01T16:40:00Z"}, {"why", "new optics"}};
  const auto said = shell.run("status");
  EXPECT_EQ(said.exit_code, 0) << said.out;
  EXPECT_SAYS(said.out, "; in maintenance: 1\n");
  EXPECT_EQ(shell.ok("status --json").json().at("links").at("in_maintenance").as_int64(), 1);
  EXPECT_SAYS(shell.ok("link list --columns code,maintenance").out, "until 2026-12-01T16:40:00Z: new optics");
  EXPECT_EQ(shell.ok("link list --json").json().at(0).at("maintenance"), maintenance);
}

TEST_F(Status, ExitCodeOneWhenWhatIsInServiceFails) {
  shell.activate("link", "ams-lon");
  state = "good";
  EXPECT_EQ(shell.run("status").exit_code, 0);
  state = "failing";
  const auto said = shell.run("status");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.out, "Attention: 1 record in service is failing or impaired: ams-lon\n");
  state = "good";
  shell.set_health("link", "ams-lon", "impaired");
  EXPECT_EQ(shell.run("status --json").exit_code, 1);
}

TEST_F(Status, ExitCodeOneForAlarmsAndForWhoeverDoesNotAnswer) {
  alarms.push_back({{"alarm", "source_suspect"}, {"text", "six of nine devices are silent"}});
  EXPECT_SAYS(shell.run("status").out, "Alarms: 1\n  six of nine devices are silent\n");
  EXPECT_EQ(shell.run("status").exit_code, 1);
  EXPECT_EQ(shell.run("status --json").json().at("alarms"), boost::json::value(alarms));
  alarms.clear();
  monitor_status = "failing";
  EXPECT_SAYS(shell.run("status").out, "Attention: monitor: the ledger does not answer");
  EXPECT_EQ(shell.run("status").exit_code, 1);
  monitor_status = "ok";
  shell.activator = []() -> Result<boost::json::value> { return fail(ErrorKind::Retry, "no answer"); };
  EXPECT_EQ(shell.run("status").exit_code, 1);
}

TEST_F(Status, ADaemonOfAnotherKindIsNotWell) {
  shell.activator_paths = [](const std::string& path) -> Result<boost::json::value> {
    if (path == "/healthz") return boost::json::value{{"status", "ok"}};
    return refused("expected the activator, found a DoubleZero monitor");
  };
  const auto said = shell.run("status");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.out, "Attention: activator: expected the activator, found a DoubleZero monitor\n");
}

TEST_F(Status, LongLinesAreBrokenNotCut) {
  shell.terminal.out_columns = 40;
  const auto said = shell.ok("status").out;
  EXPECT_SAYS(said, "getconfig\n           never answered\n");
}

TEST_F(Status, WithoutDaemonsItShowsTheLedger) {
  shell.monitor_paths = {};
  shell.activator = {};
  const auto said = shell.ok("status");
  EXPECT_SAYS(said.out, "monitor    none is named: --monitor-url URL\n");
  EXPECT_SAYS(said.out, "links      1: 1 hard-drained");
  const auto told = shell.ok("status --json").json();
  EXPECT_TRUE(told.at("monitor").is_null());
  EXPECT_EQ(told.at("ok"), true);
  EXPECT_EQ(told.at("devices").at("status").at("hard-drained"), 3);
}

TEST_F(Status, AnUnreadableLedgerIsAttentionNotSilence) {
  shell.settings.ids = (*wire::find_environment("devnet"))->ids;
  const auto said = shell.run("status");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.out, "Attention: ledger: ");
  EXPECT_FALSE(has(said.out, "links ")) << said.out;
}

}  // namespace
}  // namespace dz::cli
