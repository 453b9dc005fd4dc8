// A command reads what it shows, and not the whole program for one link.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

struct Reads : testing::Test {
  TestShell shell;
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.add_dzx_link();
  }
  ReadCounts of(const std::string& command) {
    shell.reads() = {};
    shell.ok(command);
    return shell.reads();
  }
  std::string pubkey_of(const std::string& get) {
    return std::string(shell.ok(get + " --json").json().at("pubkey").as_string());
  }
};

TEST_F(Reads, NoListAndNoGetAsksForTheWholeProgram) {
  for (const auto* command :
       {"location list", "location get --code ams", "exchange list", "exchange get --code xams", "contributor list",
        "contributor get --code alpha", "device list", "device get --code ams-dz001", "device interface list",
        "device interface get ams-dz001 Ethernet1", "link list", "link get --code ams-lon", "permission list",
        "resource get --resource-type link-ids", "user list", "access-pass list", "global-config get",
        "global-config authority get", "global-config allowlist list"}) {
    EXPECT_EQ(of(command).whole_program, 0U) << command;
  }
}

// What a write is about, and what the key that signs may: not the network around it.
TEST_F(Reads, AWriteToOneRecordReadsThatRecord) {
  struct Write {
    const char *command, *who;
  };
  const Write writes[] = {{"location update --pubkey ams --name A", "foundation"},
                          {"device update --pubkey ams-dz001 --max-users 9", "alpha"},
                          {"device interface update ams-dz001 Ethernet1 --bandwidth 20Gbps", "alpha"},
                          {"device interface create ams-dz001 Ethernet9 --bandwidth 10Gbps", "alpha"},
                          {"device set-health --pubkey ams-dz001 --health impaired", "monitor"},
                          {"device undrain --pubkey ams-dz001", "alpha"},
                          {"device drain --pubkey ams-dz001 --hard", "alpha"},
                          {"link update --pubkey ams-lon --delay-ms 9", "alpha"},
                          {"link set-health --pubkey ams-lon --health impaired", "monitor"},
                          {"link undrain --pubkey ams-lon", "alpha"},
                          {"link drain --pubkey ams-lon --hard", "alpha"}};
  for (const auto& [command, who] : writes) {
    shell.reads() = {};
    shell.ok(command, who);
    EXPECT_EQ(shell.reads().whole_program, 0U) << command;
    EXPECT_LE(shell.reads().accounts, 24U) << command;
  }
}

// The configuration, the link, its two devices and its contributor; what a code is found by is some bytes of each link.
TEST_F(Reads, OneLinkIsReadWithWhatItNamesAndNothingElse) {
  const auto by_code = of("link get --code ams-lon");
  EXPECT_LE(by_code.accounts, 3U + 2U + 1U + 2U + 1U);
  const auto by_pubkey = of("link get --code " + pubkey_of("link get --code ams-lon"));
  EXPECT_LE(by_pubkey.accounts, 3U + 1U + 2U + 1U);
  EXPECT_LT(by_pubkey.bytes, by_code.bytes);
}

// However many links there are, each more costs a get no more than its code.
TEST_F(Reads, AMoreLinkCostsTheBytesOfItsCode) {
  shell.ok("device interface create ams-dz001 Ethernet3 --bandwidth 10Gbps", "alpha");
  const auto before = of("link get --code ams-lon");
  shell.ok(
      "link create wan --code ams-lon-2 --contributor alpha --side-a ams-dz001 --side-a-interface Ethernet3 --side-z "
      "lon-dz001 --side-z-interface Ethernet2 --bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1",
      "alpha");
  const auto after = of("link get --code ams-lon");
  EXPECT_EQ(after.accounts, before.accounts + 1);
  EXPECT_LE(after.bytes, before.bytes + 4 + std::string("ams-lon").size() + 8);
}

TEST_F(Reads, CodesAreFoundInAnyCaseAndAmbiguousOnesAreNamed) {
  EXPECT_EQ(shell.ok("link get --code AMS-Lon --json").json().at("code"), "ams-lon");
  const auto none = shell.run("link get --code ams-l");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("no link 'ams-l'"), std::string::npos) << none.err;
}

// A pubkey of another kind of record, and one of nobody's program, is no link.
TEST_F(Reads, APubkeyOfSomethingElseIsNoRecord) {
  EXPECT_EQ(shell.run("link get --code " + pubkey_of("device get --code ams-dz001")).exit_code, 1);
  shell.plant(shell.key("stranger").pubkey(), {1, Bytes{6, 1, 2, 3}, Pubkey{}, false});
  const auto said = shell.run("link get --code " + shell.pubkey("stranger"));
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.err.find("Warning"), std::string::npos) << said.err;
}

// While it waits it looks at one record again and again.
TEST_F(Reads, AWaitLooksAtTheRecordAlone) {
  shell.reads() = {};
  shell.run("link wait --code ams-lon --timeout 20s");
  EXPECT_EQ(shell.reads().whole_program, 0U);
}

}  // namespace
}  // namespace dz::cli
