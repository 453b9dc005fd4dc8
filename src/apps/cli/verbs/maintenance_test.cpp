// maintenance: the real command against a real monitor, in memory.
#include "apps/cli/test_shell.h"
#include "monitor/monitor_api.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

struct MaintenanceVerbs : testing::Test {
  TestShell shell;
  storage::SqliteDatabase database = *storage::SqliteDatabase::open(":memory:");
  std::unique_ptr<monitor::Monitor> monitor;

  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    monitor = *monitor::Monitor::open(shell.node(), database,
                                      {.settings = {},
                                       .ids = wire::local_program_ids(),
                                       .key = {},
                                       .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                      shell.now);
    shell.monitor_told = [this](const std::string& path, const std::string& body) -> Result<std::string> {
      return answer("POST", path, body);
    };
    shell.monitor_paths = [this](const std::string& path) -> Result<boost::json::value> {
      DZ_TRY_ASSIGN(const auto body, answer("GET", path, ""));
      return boost::json::parse(body);
    };
  }
  Result<std::string> answer(const std::string& method, const std::string& path, const std::string& body) {
    for (int i = 0; i < 2; ++i, shell.now += std::chrono::seconds{1}) monitor->step(shell.now);
    auto response = monitor::answer_monitor_request(*monitor, {method, path, "", {}, body, "127.0.0.1"}, shell.now);
    if (response.status >= 400) return refused(std::to_string(response.status) + " " + response.body);
    return response.body;
  }
};

TEST_F(MaintenanceVerbs, FromBeginningToEnd) {
  const auto added = shell.ok("maintenance add --link ams-lon --for 2h --why 'new optics'", "alpha");
  EXPECT_SAYS(added.out, "Maintenance: ");
  EXPECT_SAYS(added.out, "ams-lon from ");
  const auto listed = shell.ok("maintenance list --json").json();
  ASSERT_EQ(listed.as_array().size(), 1U);
  EXPECT_EQ(listed.at(0).at("state"), "holds");
  EXPECT_EQ(listed.at(0).at("by"), boost::json::value(shell.pubkey("alpha")));
  const auto id = std::string(listed.at(0).at("id").as_string());
  EXPECT_EQ(shell.run("maintenance end --id " + id, "zeta").exit_code, 1);
  shell.ok("maintenance end --id " + id, "alpha");
  EXPECT_TRUE(shell.ok("maintenance list --json").json().as_array().empty());
  EXPECT_EQ(shell.ok("maintenance list --all --json").json().as_array().size(), 1U);
}

TEST_F(MaintenanceVerbs, WhoMayNotIsToldSo) {
  const auto said = shell.run("maintenance add --device ams-dz001 --for 2h --why x", "zeta");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "may not speak of device 'ams-dz001'");
}

TEST_F(MaintenanceVerbs, WrongUsage) {
  for (const auto* line :
       {"--for 2h --why x", "--link ams-lon --device ams-dz001 --for 2h --why x", "--link ams-lon --why x",
        "--link ams-lon --for 2h --to 2030-01-01T00:00:00Z --why x", "--link ams-lon --for 400h --why x",
        "--link ams-lon --for 2h", "--link ams-lon --to 2001-01-01T00:00:00Z --why x"}) {
    EXPECT_EQ(shell.run(std::string("maintenance add ") + line, "alpha").exit_code, 2) << line;
  }
  EXPECT_EQ(shell.run("maintenance end --id nothing", "alpha").exit_code, 2);
  shell.monitor_told = {};
  EXPECT_SAYS(shell.run("maintenance add --link ams-lon --for 2h --why x", "alpha").err, "--monitor-url");
}

}  // namespace
}  // namespace dz::cli
