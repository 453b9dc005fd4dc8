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
  for (const auto* command : {"location list",
                              "location get --code ams",
                              "exchange list",
                              "exchange get --code xams",
                              "contributor list",
                              "contributor get --code alpha",
                              "device list",
                              "device get --code ams-dz001",
                              "device interface list",
                              "device interface get ams-dz001 Ethernet1",
                              "link list",
                              "link get --code ams-lon",
                              "permission list",
                              "resource get --resource-type link-ids",
                              "user list",
                              "access-pass list",
                              "global-config get",
                              "global-config authority get",
                              "global-config allowlist list",
                              "version",
                              "link history --code ams-lon",
                              "device history --code ams-dz001"}) {
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

// A whole life, command by command: what creates and deletes looks for what is in its way, and at nothing else.
TEST_F(Reads, AWriteThatCreatesOrDeletesReadsWhatIsInItsWay) {
  struct Write {
    std::string command, who;
    std::size_t accounts;
  };
  const std::string ports = " --bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1";
  const std::string device =
      "device create --code par-dz001 --contributor alpha --location par --exchange xpar --public-ip 195.219.120.9 "
      "--dz-prefixes 195.219.121.64/28 --metrics-publisher me";
  const std::string link =
      " --contributor alpha --side-a par-dz001 --side-a-interface Ethernet1 --side-z ams-dz001" + ports;
  const Write writes[] = {
      {"location create --code par --name Paris --country FR --lat 48.8 --lng 2.3", "foundation", 10},
      {"exchange create --code xpar --name Paris --lat 48.8 --lng 2.3", "foundation", 10},
      {device, "alpha", 25},
      {"device interface create par-dz001 Ethernet1 --bandwidth 10Gbps", "alpha", 15},
      {"device interface create par-dz001 Loopback255 --loopback-type vpnv4", "alpha", 15},
      {"device interface create ams-dz001 Ethernet8 --bandwidth 10Gbps", "alpha", 15},
      {"exchange set-device --pubkey xpar --device1 par-dz001", "foundation", 19},
      {"link create wan --code par-ams --side-z-interface Ethernet8" + link, "alpha", 30},
      {"link update --pubkey par-ams --code par-ams-2 --contributor alpha", "alpha", 22},
      {"device update --pubkey par-dz001 --code par-dz002 --location par --contributor alpha", "foundation", 27},
      {"link update --pubkey par-ams-2 --status hard-drained", "alpha", 17},
      {"link delete --pubkey par-ams-2", "alpha", 13},
      {"exchange set-device --pubkey xpar --device1 none", "foundation", 12},
      {"device interface delete par-dz002 Ethernet1", "alpha", 15},
      {"device interface delete par-dz002 Loopback255", "alpha", 15},
      {"device delete --pubkey par-dz002", "alpha", 18},
      {"exchange delete --pubkey xpar", "foundation", 10},
      {"location delete --pubkey par", "foundation", 10},
      {"contributor create --code gamma --owner me", "foundation", 10},
      {"contributor delete --pubkey gamma", "foundation", 15},
      {"resource allocate --resource-type vrf-ids", "foundation", 3},
      {"permission set --user-payer me --add qa", "foundation", 7},
      {"global-config airdrop set --user-airdrop-lamports 40000", "foundation", 4},
      {"access-pass set --user-payer me --client-ip 9.9.9.9 --epochs unlimited", "foundation", 8}};
  for (const auto& [command, who, accounts] : writes) {
    shell.reads() = {};
    shell.ok(command, who);
    EXPECT_EQ(shell.reads().whole_program, 0U) << command;
    EXPECT_LE(shell.reads().accounts, accounts) << command;
  }
}

// What is in the way is found although little is read.
TEST_F(Reads, WhatIsInTheWayIsStillFound) {
  const auto refused_with = [&](const std::string& command, const std::string& who, const std::string& words) {
    shell.reads() = {};
    const auto said = shell.run(command, who);
    EXPECT_EQ(said.exit_code, 1) << command;
    EXPECT_NE(said.err.find(words), std::string::npos) << command << "\n" << said.err;
    EXPECT_EQ(shell.reads().whole_program, 0U) << command;
  };
  shell.ok("exchange set-device --pubkey xams --device1 ams-dz001");
  shell.ok("device drain --pubkey ams-dz001 --hard", "alpha");
  refused_with("device delete --pubkey ams-dz001", "alpha", "link 'ams-lon' ends here");
  refused_with("device delete --pubkey ams-dz001", "alpha", "link 'ams-fra' ends here");
  refused_with("device delete --pubkey ams-dz001", "alpha", "seat 1 of exchange 'xams'");
  refused_with("device delete --pubkey fra-dz001", "zeta", "link 'ams-fra' ends here");
  refused_with("device interface delete fra-dz001 Ethernet1", "zeta", "carries link 'ams-fra'");
  refused_with("location delete --pubkey ams", "foundation", "device ams-dz001");
  refused_with("exchange delete --pubkey xfra", "foundation", "device fra-dz001");
  refused_with("contributor delete --pubkey alpha", "foundation", "link ams-lon");
  refused_with("location create --code AMS --name A --country NL --lat 1 --lng 1", "foundation",
               "is taken by location");
  refused_with("link update --pubkey ams-lon --code ams-fra", "alpha", "is taken by link");
  refused_with(
      "device create --code new-dz001 --contributor alpha --location ams --exchange xams --public-ip 195.219.120.2 "
      "--dz-prefixes 195.219.121.64/28",
      "alpha", "is that of device 'lon-dz001'");
}

// Of a network ten times as large a new link costs no account more, but the codes among which its own may be.
TEST_F(Reads, ANewLinkCostsTheSameInALargerNetwork) {
  const auto create = [&](int number) {
    shell.ok(fmt::format("device interface create ams-dz001 Ethernet{} --bandwidth 10Gbps", number), "alpha");
    shell.ok(fmt::format("device interface create lon-dz001 Ethernet{} --bandwidth 10Gbps", number), "alpha");
    shell.reads() = {};
    shell.ok(
        fmt::format("link create wan --code l{0} --contributor alpha --side-a ams-dz001 --side-a-interface "
                    "Ethernet{0} --side-z lon-dz001 --side-z-interface Ethernet{0} --bandwidth 10Gbps --delay-ms 6 "
                    "--jitter-ms 0.1",
                    number),
        "alpha");
    return shell.reads();
  };
  const auto first = create(10);
  ReadCounts last;
  for (int number = 11; number <= 20; ++number) last = create(number);
  EXPECT_EQ(last.accounts, first.accounts + 10);
  constexpr std::size_t kCode = 4 + 3, kPortOfADevice = 128;  // both devices have grown by ten ports each
  EXPECT_LE(last.bytes, first.bytes + 10 * kCode + 3 * 20 * kPortOfADevice);
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
