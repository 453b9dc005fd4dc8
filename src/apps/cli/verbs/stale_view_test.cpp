// What a command writes rests on nothing older than the block hash it is sent with.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

using std::chrono::seconds;
using testbed::Lag;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

// On a ledger whose program does not ask what the writer saw. The node has not seen that the link was drained hard.
struct StaleCommand : testing::Test {
  TestShell shell{v034_profile()};
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.ok("link update --pubkey ams-lon --status activated --yes");
    shell.ok("device update --pubkey ams-dz001 --status activated --yes");
  }
  void drained_behind(Lag lag, Duration since = seconds{0}) {
    shell.node().stop_following();
    current([&] {
      shell.ok("link drain --pubkey ams-lon --hard", "alpha");
      shell.ok("device drain --pubkey ams-dz001 --yes", "alpha");
    });
    shell.now += since;
    shell.node().set(std::move(lag));
  }
  // As somebody at a node that follows.
  void current(const std::function<void()>& act) {
    shell.node().set(Lag{.current = all()});
    act();
    shell.node().set({});
  }
  static std::set<std::string, std::less<>> all() {
    return {"get_program_accounts",       "get_multiple_accounts", "get_latest_blockhash", "get_slot",
            "get_block_height",           "get_block_time",        "get_epoch_info",       "get_signature_statuses",
            "get_signatures_for_address", "get_transaction"};
  }
  std::string words(const std::string& noun, const std::string& code) {
    std::string said;
    current([&] {
      const auto record = shell.ok(noun + " get --code " + code + " --json").json();
      said = std::string(record.at("status").as_string()) + " " + std::string(record.at("desired_status").as_string());
    });
    return said;
  }
};

TEST_F(StaleCommand, D12_NoVerbSendsANewBlockHashWithOldState) {
  for (const bool honours : {true, false}) {
    SCOPED_TRACE(honours);
    drained_behind({.honours_slots = honours, .current = {"get_latest_blockhash", "get_block_time"}});
    for (const auto* command :
         {"link drain --pubkey ams-lon --soft", "link undrain --pubkey ams-lon",
          "link update --pubkey ams-lon --mtu 9000", "link update --pubkey ams-lon --desired-status activated",
          "link delete --pubkey ams-lon", "device drain --pubkey ams-dz001 --yes", "device undrain --pubkey ams-dz001",
          "device update --pubkey ams-dz001 --max-users 5"}) {
      const auto lag = Lag{.honours_slots = honours, .current = {"get_latest_blockhash", "get_block_time"}};
      shell.node().set(lag);
      const auto said = shell.run(command, "alpha");
      EXPECT_EQ(said.exit_code, 1) << command;
      EXPECT_SAYS(said.err, "behind");
    }
    EXPECT_EQ(words("link", "ams-lon"), "hard-drained hard-drained");
  }
}

// It warns; while its block hash is good, what is sent counts, for a drain must work when a clock is wrong.
TEST_F(StaleCommand, ANodeThatLagsUniformlyIsWarnedOf) {
  drained_behind({}, seconds{40});
  const auto said = shell.run("link drain --pubkey ams-lon --hard", "alpha");
  EXPECT_SAYS(said.err, "the newest block of this RPC node is");
}

// Later the ledger does not take its block hash any more, and no newer one is sent with what was read.
TEST_F(StaleCommand, D12_ANodeThatLagsByMoreThanABlockHashLastsChangesNothing) {
  drained_behind({}, seconds{70});
  const auto said = shell.run("link drain --pubkey ams-lon --soft", "alpha");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "block hash");
  EXPECT_EQ(words("link", "ams-lon"), "hard-drained hard-drained");
}

}  // namespace
}  // namespace dz::cli
