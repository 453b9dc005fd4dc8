// The verbs on a ledger with the program of the live network: its words, its rules, and what takes their place where
// it has none.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

struct Live : testing::Test {
  TestShell shell{v034_profile()};
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.add_dzx_link();
  }
  std::string field(const std::string& get, const std::string& name) {
    return std::string(shell.ok(get + " --json").json().at(name).as_string());
  }
  std::string words(const std::string& noun, const std::string& code) {
    const auto record = shell.ok(noun + " get --code " + code + " --json").json();
    return std::string(record.at("status").as_string()) + " " + std::string(record.at("desired_status").as_string());
  }
};

TEST_F(Live, RecordsAreShownInItsWords) {
  EXPECT_EQ(field("link get --code ams-lon", "status"), "activated");
  EXPECT_EQ(field("link get --code ams-lon", "health"), "ready-for-service");
  EXPECT_EQ(field("device get --code ams-dz001", "health"), "ready-for-users");
  EXPECT_SAYS(shell.ok("link list").out, "ready-for-service");
  EXPECT_SAYS(shell.ok("device list --narrow").out, "ready-for-users");
  EXPECT_EQ(shell.ok("link list --health ready-for-service --json").json().as_array().size(), 2U);
  EXPECT_EQ(shell.ok("device list --health ready-for-links --json").json().as_array().size(), 0U);
  EXPECT_EQ(field("version", "profile"), "v0.34");
  EXPECT_EQ(shell.ok("link list --narrow").err, "");
}

TEST_F(Live, HealthIsWrittenInItsWords) {
  for (const auto* health : {"pending", "ready-for-links", "ready-for-users", "impaired"}) {
    shell.set_health("device", "ams-dz001", health);
    EXPECT_EQ(field("device get --code ams-dz001", "health"), health);
  }
  shell.set_health("link", "ams-lon", "impaired");
  shell.set_health("link", "ams-lon", "ready_for_service");
  EXPECT_EQ(field("link get --code ams-lon", "health"), "ready-for-service");
  const auto no = shell.run("link set-health --pubkey ams-lon --health ready-for-links", "monitor");
  EXPECT_EQ(no.exit_code, 2);
  EXPECT_SAYS(no.err, "ready-for-service");
}

TEST_F(Live, AWaitAfterAnUndrainDoesNotAskForOne) {
  shell.ok("link drain --pubkey ams-lon", "alpha");
  const auto said = shell.run("link undrain --pubkey ams-lon --wait --timeout 2s", "alpha");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "the monitor judges it anew first, then the activator acts");
  EXPECT_EQ(said.err.find("nobody said"), std::string::npos) << said.err;
}

TEST_F(Live, WordsOfOtherLedgersAreRefused) {
  const auto said = shell.run("device update --pubkey ams-dz001 --status hard-drained", "alpha");
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_SAYS(said.err, "no such word");
  EXPECT_SAYS(said.err, "device-provisioning");
  EXPECT_SAYS(shell.run("link update --pubkey ams-lon --desired-status deleted", "alpha").err, "no such word");
  EXPECT_SAYS(shell.run("link list --desired-status deleted").err, "no such word");
  EXPECT_EQ(shell.run("link list --status drained").exit_code, 2);  // of devices, on any ledger
  EXPECT_SAYS(shell
                  .run("link create wan --code x --contributor alpha --side-a ams-dz001 --side-a-interface Ethernet1 "
                       "--side-z lon-dz001 --side-z-interface Ethernet2 --bandwidth 10Gbps --delay-ms 6 --jitter-ms "
                       "0.1 --status soft-drained",
                       "alpha")
                  .err,
              "leave it out");
}

TEST_F(Live, ADrainWritesBothWords) {
  EXPECT_SAYS(shell.ok("link drain --pubkey ams-lon -w", "alpha").out, "Status: soft-drained");
  EXPECT_EQ(words("link", "ams-lon"), "soft-drained soft-drained");
  EXPECT_SAYS(shell.ok("link drain --pubkey ams-lon --hard -w", "alpha").out, "Status: hard-drained");
  EXPECT_EQ(words("link", "ams-lon"), "hard-drained hard-drained");
  EXPECT_SAYS(shell.ok("device drain --pubkey ams-dz001 -w", "alpha").out, "Status: drained");
  EXPECT_EQ(words("device", "ams-dz001"), "drained drained");
}

TEST_F(Live, UndrainSaysWhoActsNext) {
  shell.ok("link drain --pubkey ams-lon --hard", "alpha");
  const auto said = shell.ok("link undrain --pubkey ams-lon", "alpha");
  EXPECT_EQ(words("link", "ams-lon"), "hard-drained activated");
  EXPECT_SAYS(said.err, "when the monitor has judged it anew, and the activator acts");
  EXPECT_SAYS(said.err, "ready-for-service is from before and does not count") << "its health is that already";
  EXPECT_FALSE(has(said.err, "by hand")) << said.err;
}

TEST_F(Live, ADrainByHandIsSaidAndAskedForAnew) {
  shell.ok("device update --pubkey ams-dz001 --status drained", "alpha");
  EXPECT_EQ(words("device", "ams-dz001"), "drained activated");
  EXPECT_SAYS(shell.ok("device undrain --pubkey ams-dz001", "alpha").err, "drained by hand");
  EXPECT_EQ(words("device", "ams-dz001"), "drained activated");
  // Drained by hand and by command: the status is there, what is wanted follows.
  shell.ok("device drain --pubkey ams-dz001", "alpha");
  EXPECT_EQ(words("device", "ams-dz001"), "drained drained");
}

TEST_F(Live, ADeviceHasOneDrainWhichKeepsNoUsers) {
  EXPECT_SAYS(shell.run("device drain --pubkey ams-dz001 --soft", "alpha").err, "keeps no users");
  shell.ok("device update --pubkey ams-dz001 --max-users 96");
  shell.ok("device update --pubkey ams-dz001 --users-count 12");
  EXPECT_SAYS(shell.run("device drain --pubkey ams-dz001", "alpha").err, "12 users are on device 'ams-dz001'");
  EXPECT_EQ(shell.run("device update --pubkey ams-dz001 --status drained", "alpha").exit_code, 1);
  shell.ok("device drain --pubkey ams-dz001 --yes", "alpha");
  EXPECT_EQ(shell.ok("device get --code ams-dz001 --json").json().at("keeps_users"), false);
}

TEST_F(Live, AContributorMovesADeviceBetweenTwoStatuses) {
  const auto said = shell.run("device update --pubkey ams-dz001 --status link-provisioning", "alpha");
  EXPECT_SAYS(said.err, "from activated to drained and back only");
  shell.ok("device update --pubkey ams-dz001 --status link-provisioning");
  EXPECT_EQ(field("device get --code ams-dz001", "status"), "link-provisioning");
  EXPECT_SAYS(shell.run("device drain --pubkey ams-dz001", "alpha").err, "not in service");
  EXPECT_SAYS(shell.run("link drain --pubkey ams-lon", "stranger").err, "neither a contributor");
}

TEST_F(Live, APermissionIsShownWhenItIsInForce) {
  EXPECT_SAYS(shell.run("link drain --pubkey ams-lon", "operator").err, "neither a contributor");
  shell.ok("permission set --user-payer " + shell.pubkey("operator") + " --add network-admin");
  shell.ok("link drain --pubkey ams-lon", "operator");
  shell.ok("device update --pubkey ams-dz001 --status link-provisioning", "operator");
  shell.ok("permission suspend --user-payer " + shell.pubkey("operator"));
  EXPECT_SAYS(shell.run("link undrain --pubkey ams-lon", "operator").err, "neither a contributor");
  shell.ok("permission resume --user-payer " + shell.pubkey("operator"));
  shell.ok("link undrain --pubkey ams-lon", "operator");
}

TEST_F(Live, DeleteNamesWhatItsProgramWants) {
  const auto device = shell.run("device delete --pubkey ams-dz001", "alpha");
  EXPECT_SAYS(device.err, "status is activated, expected drained: doublezero device drain --pubkey ams-dz001\n");
  EXPECT_SAYS(device.err, "link 'ams-lon' ends here (activated): doublezero link drain --pubkey ams-lon --hard, then");
  EXPECT_SAYS(shell.run("link delete --pubkey ams-fra", "zeta").err, "side A's to delete");
  EXPECT_SAYS(shell.run("link delete --pubkey ams-fra", "stranger").err, "neither a contributor");
  for (const auto* link : {"ams-lon", "ams-fra"}) {
    shell.ok(std::string("link drain --pubkey ") + link + " --hard", "alpha");
    EXPECT_SAYS(shell.ok(std::string("link delete --pubkey ") + link, "alpha").out, "Status: deleted");
  }
  for (const auto* name : {"Ethernet1", "Ethernet2"}) {
    shell.ok(std::string("device interface delete ams-dz001 ") + name, "alpha");
  }
  shell.ok("device drain --pubkey ams-dz001", "alpha");
  EXPECT_SAYS(shell.ok("device delete --pubkey ams-dz001", "alpha").out, "Status: deleted");
}

TEST_F(Live, WaitingIsForItsWord) {
  shell.set_health("link", "ams-lon", "impaired");
  const auto said = shell.run("link wait --code ams-lon --for ready-for-service --timeout 5s");
  EXPECT_SAYS(said.err, "waiting for ready-for-service: status activated, desired_status activated, health impaired");
  shell.set_health("link", "ams-lon", "healthy");
  EXPECT_SAYS(shell.ok("link wait --code ams-lon --for healthy").out, "is ready-for-service: status activated");
  EXPECT_SAYS(shell.ok("device wait --code ams-dz001 --for ready-for-users").out, "is ready-for-users");
}

TEST_F(Live, TopologiesFromCreateToDelete) {
  shell.ok("device interface create ams-dz001 Loopback255 --loopback-type vpnv4", "alpha");
  EXPECT_SAYS(shell.ok("link topology create --name fast").out, "1 of 1 done");
  const auto list = shell.ok("link topology list --json").json().as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("name"), "FAST");
  EXPECT_EQ(list[0].at("constraint"), "include-any");
  EXPECT_EQ(list[0].at("color").as_int64(), list[0].at("admin_group_bit").as_int64() + 1);
  EXPECT_EQ(shell.run("link topology create --name FAST").exit_code, 1);
  shell.ok("link update --pubkey ams-lon --link-topology fast");
  EXPECT_EQ(shell.ok("link get --code ams-lon --json").json().at("link_topologies"), "FAST");
  EXPECT_EQ(shell.ok("link list --topology fast --json").json().as_array().size(), 1U);
  EXPECT_SAYS(shell.run("link topology delete --name fast").err, "1 links are tagged");
  EXPECT_SAYS(shell.run("link topology assign-node-segments --name fast").err, "every vpnv4 loopback");
  EXPECT_SAYS(shell.ok("link topology clear --name fast").out, "1 of 1 done");
  shell.ok("link topology delete --name fast");
  EXPECT_EQ(shell.ok("link topology list --json").json().as_array().size(), 0U);
}

TEST_F(Live, PoolsAreReadAndWritten) {
  const auto pool = [&] { return shell.ok("resource get --resource-type link-ids --json").json(); };
  const auto before = pool().at("taken").as_int64();
  EXPECT_EQ(pool().at("capacity").as_int64(), 65535);
  shell.ok("resource allocate --resource-type link-ids --requested-allocation 900");
  EXPECT_EQ(pool().at("taken").as_int64(), before + 1);
  shell.ok("resource deallocate --resource-type link-ids --value 900");
  EXPECT_EQ(pool().at("taken").as_int64(), before);
  EXPECT_SAYS(shell.run("resource get --resource-type tunnel-ids").err, "belongs to a device");
  EXPECT_SAYS(shell.ok("resource get --resource-type dz-prefix-block --device ams-dz001").out, "195.219.121.0/28");
}

TEST_F(Live, FlagsAndTheOldestClient) {
  EXPECT_EQ(shell.ok("global-config feature-flags get --json").json().at("require-permission-accounts"), false);
  shell.ok("global-config feature-flags set --enable require-permission-accounts");
  EXPECT_EQ(shell.ok("global-config feature-flags get --json").json().at("require-permission-accounts"), true);
}

TEST_F(Live, TheOldestClientThatMayWrite) {
  shell.ok("global-config set-version --min-compatible-version 0.31.2");
  EXPECT_EQ(field("version", "min_compatible"), "0.31.2");
  EXPECT_EQ(shell.run("global-config set-version --min-compatible-version 0.31").exit_code, 2);
}

TEST_F(Live, WhatTheOtherSideDrainedWantsAYes) {
  shell.ok("link drain --pubkey ams-fra --hard", "zeta");
  const auto refused = shell.run("link undrain --pubkey ams-fra", "alpha");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_SAYS(refused.err, "side Z, contributor 'zeta' drained it");
  EXPECT_SAYS(refused.err, "--yes");
  EXPECT_EQ(words("link", "ams-fra"), "hard-drained hard-drained");
  for (const auto* flag : {"--status", "--desired-status"}) {
    EXPECT_EQ(shell.run(std::string("link update --pubkey ams-fra ") + flag + " activated", "alpha").exit_code, 1);
  }
  EXPECT_EQ(shell.run("link drain --pubkey ams-fra --soft", "alpha").exit_code, 1);
  shell.ok("link undrain --pubkey ams-fra", "zeta");
  shell.ok("link undrain --pubkey ams-fra", "alpha");
}

TEST_F(Live, ADrainOfBothSidesNeedsBothToUndrain) {
  shell.ok("link drain --pubkey ams-fra --hard", "zeta");
  shell.ok("link drain --pubkey ams-fra --hard", "alpha");
  EXPECT_SAYS(shell.run("link undrain --pubkey ams-fra", "alpha").err, "contributor 'zeta'");
  EXPECT_SAYS(shell.run("link undrain --pubkey ams-fra", "zeta").err, "side A, contributor 'alpha'");
  shell.ok("link undrain --pubkey ams-fra --yes", "alpha");
  EXPECT_EQ(words("link", "ams-fra"), "hard-drained activated");
}

TEST_F(Live, AThirdKeyThatDrainedIsNamed) {
  shell.ok("link update --pubkey ams-fra --status hard-drained");
  EXPECT_SAYS(shell.run("link undrain --pubkey ams-fra", "alpha").err, shell.pubkey("foundation"));
  // The activator follows what a side wants: it is no holder.
  shell.ok("link update --pubkey ams-fra --status activated --yes");
  shell.ok("link update --pubkey ams-fra --desired-status hard-drained", "alpha");
  shell.ok("link update --pubkey ams-fra --status hard-drained", "activator");
  shell.ok("link undrain --pubkey ams-fra", "alpha");
}

}  // namespace
}  // namespace dz::cli
