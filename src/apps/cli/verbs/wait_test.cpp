// Waiting for health and service: what is shown meanwhile, and how it ends.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

int count(const std::string& text, const std::string& part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

struct Wait : testing::Test {
  TestShell shell;
  std::string sentence = "held by link.a.errors: 3 minutes with in-errors";
  std::optional<Timestamp> healthy_at;
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    healthy_at = shell.now + std::chrono::hours{2};
    shell.monitor = [this](const Pubkey&) -> Result<boost::json::value> {
      return boost::json::value{{"sentence", sentence},
                                {"to_do", "nothing but to keep it clean"},
                                {"healthy_at", healthy_at ? to_text(*healthy_at) : ""}};
    };
  }
  // Calls what at that sleep.
  void at_sleep(int number, std::function<void()> what) {
    shell.on_sleep = [this, number, what = std::move(what)] {
      if (++sleeps == number) what();
    };
  }
  int sleeps = 0;
};

TEST_F(Wait, EndsWhenItIsHealthy) {
  at_sleep(4, [&] { shell.set_health("link", "ams-lon", "healthy"); });
  const auto said = shell.ok("link wait --code ams-lon --for healthy");
  EXPECT_SAYS(said.err,
              "waiting for healthy: status hard-drained, desired_status activated, health unknown; held by "
              "link.a.errors: 3 minutes with in-errors\n");
  EXPECT_EQ(said.out, "link 'ams-lon' is healthy: status hard-drained, desired_status activated, health healthy\n");
}

TEST_F(Wait, IsForServiceUnlessAskedOtherwise) {
  at_sleep(2, [&] { shell.set_health("link", "ams-lon", "healthy"); });
  const auto waiting = shell.run("link wait --code ams-lon --timeout 60s");
  EXPECT_EQ(waiting.exit_code, 1);
  EXPECT_SAYS(waiting.err, "health healthy; healthy: the activator acts next");
  shell.activate("link", "ams-lon");
  EXPECT_SAYS(shell.ok("link wait --code ams-lon").out, "is activated");
  shell.activate("device", "ams-dz001");
  EXPECT_SAYS(shell.ok("device wait --pubkey ams-dz001").out, "device 'ams-dz001' is activated");
}

TEST_F(Wait, PrintsChangesOnlyWhenNobodyWatches) {
  at_sleep(5, [&] { sentence = "held by link.z.data: 1 minute without counter rows"; });
  const auto said = shell.run("link wait --code ams-lon --for healthy --timeout 10m");
  EXPECT_EQ(count(said.err, "waiting for"), 2) << said.err;
  EXPECT_FALSE(has(said.err, "\r"));
}

TEST_F(Wait, CountsDownOnATerminal) {
  shell.terminal.err_columns = 80;
  const auto said = shell.run("link wait --code ams-lon --for healthy --timeout 10s");
  EXPECT_SAYS(said.err, "\r\x1b[Kwaited 0 s; healthy in 1 h 59 min at the earliest");
  EXPECT_SAYS(said.err, "\r\x1b[Kwaited 9 s; healthy in");
  shell.terminal.err_columns = 20;
  EXPECT_SAYS(shell.run("link wait --code ams-lon --for healthy --timeout 10s").err, "\r\x1b[Kwaited 0 s; healthy\r");
}

// On one screen what is said at the end begins on a line of its own.
TEST_F(Wait, LeavesNothingOfTheCountBeforeTheResult) {
  shell.terminal.err_columns = 80;
  at_sleep(2, [&] { shell.set_health("link", "ams-lon", "healthy"); });
  const auto said = shell.ok("link wait --code ams-lon --for healthy");
  EXPECT_SAYS(said.screen, "at the earliest\r\x1b[Klink 'ams-lon' is healthy");
}

TEST_F(Wait, GivesUpWithTheReason) {
  const auto said = shell.run("link wait --code ams-lon --for healthy --timeout 90s");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.out, "");
  EXPECT_SAYS(said.err, "Error: waited 1 min 30 s for link 'ams-lon' to be healthy, found status hard-drained");
  EXPECT_SAYS(said.err, "to do: nothing but to keep it clean");
  EXPECT_SAYS(said.err, "doublezero link explain --pubkey ams-lon");
}

TEST_F(Wait, RefusesToWaitForWhatNobodyWants) {
  shell.ok("link update --pubkey ams-lon --desired-status hard-drained", "alpha");
  const auto said = shell.run("link wait --code ams-lon");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "doublezero link undrain --pubkey ams-lon");
  EXPECT_EQ(shell.run("link wait --code ams-lon --for rain").exit_code, 2);
}

TEST_F(Wait, EndsWhenTheRecordIsGone) {
  at_sleep(1, [&] { shell.ok("link delete --pubkey ams-lon", "alpha"); });
  EXPECT_SAYS(shell.run("link wait --code ams-lon").err, "deleted meanwhile");
}

// A link that nobody has accepted waits for that, whatever status it is to have.
TEST_F(Wait, IsForWhoeverHasToAcceptTheLink) {
  const auto said = shell.run(
      "link create dzx --code open --contributor alpha --side-a lon-dz001 --side-a-interface Ethernet2 --side-z "
      "fra-dz001 --bandwidth 10Gbps --delay-ms 7 --jitter-ms 0.1 --desired-status hard-drained --wait --timeout 2s",
      "alpha");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "waiting for hard-drained: status requested");
  EXPECT_SAYS(said.err, "contributor 'zeta' has not accepted it yet");
  EXPECT_FALSE(has(said.err, "the activator acts next"));
}

TEST_F(Wait, GoesOnWithoutAMonitor) {
  shell.monitor = {};
  EXPECT_SAYS(shell.run("link wait --code ams-lon --timeout 5s").err, "no monitor is named");
  shell.monitor = [](const Pubkey&) -> Result<boost::json::value> { return fail(ErrorKind::Retry, "unreachable"); };
  EXPECT_SAYS(shell.run("link wait --code ams-lon --timeout 5s").err, "the monitor was asked: unreachable");
}

}  // namespace
}  // namespace dz::cli
