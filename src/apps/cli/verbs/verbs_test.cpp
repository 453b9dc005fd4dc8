// What people type, over a ledger in memory: the onboarding of a small network and what every verb says.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text
#define EXPECT_SAYS_NOT(text, part) EXPECT_FALSE(has(text, part)) << text

struct Verbs : testing::Test {
  TestShell shell;
  std::string field(const std::string& get, const std::string& name) {
    return std::string(shell.ok(get + " --json").json().at(name).as_string());
  }
  std::string link_status(const std::string& code) { return field("link get --code " + code, "status"); }
};

TEST_F(Verbs, NothingIsWrittenBeforeInit) {
  const auto said = shell.run("location create --code ams --name A --country NL --lat 1 --lng 2");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "run 'doublezero init' first");
}

TEST_F(Verbs, InitTakesSeparateAuthorities) {
  const auto monitor = shell.pubkey("monitor"), activator = shell.pubkey("activator");
  const auto said = shell.ok("init --activator-authority " + activator + " --health-oracle " + monitor);
  EXPECT_SAYS(said.out, "Signature: ");
  EXPECT_SAYS_NOT(said.err, "Warning");
  const auto authorities = shell.ok("global-config authority get --json").json();
  EXPECT_EQ(authorities.at("activator_authority").as_string(), activator);
  EXPECT_EQ(authorities.at("health_oracle").as_string(), monitor);
  EXPECT_SAYS(shell.run("init").err, "initialised on this ledger already");
}

TEST_F(Verbs, InitWarnsWhenOneKeyIsEverything) {
  EXPECT_SAYS(shell.ok("init").err, "the activator's and the health authority");
}

TEST_F(Verbs, ALocationLivesAndDies) {
  shell.initialise();
  const auto created = shell.ok("location create --code syd --name Sydney --country AU --lat -33.8 --lng 151.2");
  EXPECT_SAYS(created.out, "Status: activated");
  EXPECT_EQ(shell.ok("location get --code SYD --json").json().at("lat").as_double(), -33.8);
  EXPECT_SAYS(shell.run("location create --code SYD --name x --country AU --lat 0 --lng 0").err, "is taken");
  shell.ok("location update --pubkey syd --name 'Sydney City'");
  EXPECT_EQ(field("location get --code syd", "name"), "Sydney City");
  EXPECT_SAYS(shell.ok("location delete --pubkey syd").out, "Status: deleted");
  EXPECT_SAYS(shell.run("location get --code syd").err, "no location 'syd'");
}

TEST_F(Verbs, AUsedLocationIsNotDeleted) {
  shell.initialise();
  shell.add_devices();
  const auto said = shell.run("location delete --pubkey fra");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "still used by device fra-dz001");
}

TEST_F(Verbs, AStrangerIsRefusedInTheProgramsWords) {
  shell.initialise();
  const auto said = shell.run("location create --code syd --name S --country AU --lat 0 --lng 0", "stranger");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "Error: location create was refused by the ledger: ");
  EXPECT_SAYS(said.err, "\n  caused by: ");
  EXPECT_SAYS(said.err, "NotAllowed 8");
}

TEST_F(Verbs, ExchangeSeatsAreSetAndClearedByName) {
  shell.initialise();
  shell.add_devices();
  shell.ok("exchange set-device --pubkey xams --device1 ams-dz001");
  EXPECT_EQ(field("exchange get --code xams", "device1"), "ams-dz001");
  const auto wrong = shell.run("exchange set-device --pubkey xams --device1 nowhere");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(field("exchange get --code xams", "device1"), "ams-dz001");
  shell.ok("exchange set-device --pubkey xams --device1 none");
  EXPECT_TRUE(shell.ok("exchange get --code xams --json").json().at("device1").is_null());
}

TEST_F(Verbs, ADeviceStartsHardDrainedAndServesNobody) {
  shell.initialise();
  shell.add_devices();
  const auto device = shell.ok("device get --code ams-dz001 --json").json();
  EXPECT_EQ(device.at("status"), "hard-drained");
  EXPECT_EQ(device.at("desired_status"), "activated");
  EXPECT_EQ(device.at("health"), "unknown");
  EXPECT_EQ(device.at("accepts_new_users"), false);
  EXPECT_EQ(device.at("keeps_users"), false);
  EXPECT_EQ(device.at("interfaces").as_array().size(), 2U);
  EXPECT_EQ(device.at("interfaces").at(0).at("bandwidth_bps"), 10'000'000'000);
}

TEST_F(Verbs, TheSameJsonInListAndGet) {
  shell.initialise();
  shell.add_devices();
  shell.add_wan_link();
  auto got = shell.ok("device get --code ams-dz001 --json").json().as_object();
  got.erase("interfaces");
  bool found = false;
  const auto devices = shell.ok("device list --json-compact").json();
  for (const auto& one : devices.as_array()) found |= one.as_object() == got;
  EXPECT_TRUE(found);
  EXPECT_EQ(shell.ok("link list --json").json().at(0), shell.ok("link get --code ams-lon --json").json());
}

TEST_F(Verbs, ADeviceWithoutAPublisherIsSaidToBeMute) {
  shell.initialise();
  const auto said = shell.ok(
      "device create --code x --contributor alpha --location ams --exchange xams --public-ip 195.219.120.9 "
      "--dz-prefixes "
      "195.219.121.64/28",
      "alpha");
  EXPECT_SAYS(said.err, "no --metrics-publisher");
  EXPECT_TRUE(shell.ok("device get --code x --json").json().at("metrics_publisher_pubkey").is_null());
}

TEST_F(Verbs, DeviceMistakesAreToldBeforeSending) {
  shell.initialise();
  shell.add_devices();
  const std::string rest = " --contributor alpha --location ams --exchange xams --dz-prefixes 195.219.121.64/28";
  EXPECT_SAYS(shell.run("device create --code AMS-dz001 --public-ip 195.219.120.9" + rest, "alpha").err, "is taken");
  EXPECT_SAYS(shell.run("device create --code y --public-ip 195.219.120.1" + rest, "alpha").err,
              "of device 'ams-dz001'");
  EXPECT_SAYS(shell.run("device create --code y --public-ip 195.219.121.65" + rest, "alpha").err,
              "lies in the dz-prefix");
  EXPECT_SAYS(shell.run("device update --pubkey ams-dz001", "alpha").err, "nothing to change");
}

TEST_F(Verbs, ListsFilterAndRefuseUnknownNames) {
  shell.initialise();
  shell.add_devices();
  EXPECT_EQ(shell.ok("device list --contributor zeta --json").json().as_array().size(), 1U);
  EXPECT_EQ(shell.ok("device list --code dz001 --status hard_drained --json").json().as_array().size(), 3U);
  EXPECT_EQ(shell.ok("device list --health healthy --json").json().as_array().size(), 0U);
  EXPECT_EQ(shell.run("device list --contributor nobody").exit_code, 1);
  const auto table = shell.ok("device list --narrow").out;
  EXPECT_EQ(table.substr(0, table.find('\n')),
            " code      | contributor | location | users | status       | desired_status | health ");
}

TEST_F(Verbs, InterfacesGoByEverySpelling) {
  shell.initialise();
  shell.add_devices();
  EXPECT_SAYS(shell.run("device interface create ams-dz001 et1 --bandwidth 10Gbps", "alpha").err, "already");
  const auto dia = shell.ok(
      "device interface create ams-dz001 Ethernet9 --interface-dia dia --bandwidth 10Gbps --ip-net 195.219.120.66/29",
      "alpha");
  EXPECT_SAYS(dia.out, "Status: unlinked");
  EXPECT_SAYS(shell.ok("device interface update --device ams-dz001 --name et9 --status activated", "alpha").out,
              "Status: activated");
  EXPECT_EQ(shell.ok("device interface get ams-dz001 ETHERNET9 --json").json().at("mtu"), 1500);
  EXPECT_EQ(shell.ok("device interface list ams-dz001 --json").json().as_array().size(), 3U);
  EXPECT_EQ(shell.ok("device interface list --json").json().as_array().size(), 7U);
  EXPECT_EQ(shell.run("device interface get ams-dz001 Tunnel5").exit_code, 2);
  EXPECT_SAYS(shell.ok("device interface delete ams-dz001 Ethernet2", "alpha").out, "Status: deleted");
}

TEST_F(Verbs, AWanLinkStartsHardDrainedOrAsItsOwnerChooses) {
  shell.initialise();
  shell.add_devices();
  shell.add_wan_link();
  EXPECT_EQ(link_status("ams-lon"), "hard-drained");
  const auto soft = shell.ok(
      "link create wan --code second --contributor alpha --side-a ams-dz001 --side-a-interface et2 --side-z lon-dz001 "
      "--side-z-interface et2 --bandwidth 10Gbps --delay-ms 6 --jitter-ms 0.1 --status soft_drained",
      "alpha");
  EXPECT_SAYS(soft.out, "Status: soft-drained");
  EXPECT_EQ(field("link get --code second", "desired_status"), "activated");
}

TEST_F(Verbs, LinkMistakesAreToldBeforeSending) {
  shell.initialise();
  shell.add_devices();
  shell.add_wan_link();
  const auto wan = [&](const std::string& ends, const std::string& bandwidth = "10Gbps") {
    return shell
        .run("link create wan --code new --contributor alpha " + ends + " --bandwidth " + bandwidth +
                 " --delay-ms 6 --jitter-ms 0.1",
             "alpha")
        .err;
  };
  EXPECT_SAYS(wan("--side-a ams-dz001 --side-a-interface et1 --side-z lon-dz001 --side-z-interface et2"),
              "expected status unlinked, found activated");
  EXPECT_SAYS(wan("--side-a ams-dz001 --side-a-interface et7 --side-z lon-dz001 --side-z-interface et2"),
              "has no interface Ethernet7");
  EXPECT_SAYS(wan("--side-a ams-dz001 --side-a-interface et2 --side-z lon-dz001 --side-z-interface et2", "100Gbps"),
              "expected at least 100Gbps, found 10Gbps");
  EXPECT_SAYS(wan("--side-a ams-dz001 --side-a-interface et2 --side-z fra-dz001 --side-z-interface et2"),
              "link create dzx");
  EXPECT_SAYS(wan("--side-a fra-dz001 --side-a-interface et2 --side-z ams-dz001 --side-z-interface et2"),
              "belongs to contributor 'zeta'");
}

TEST_F(Verbs, ADzxLinkIsRequestedThenAccepted) {
  shell.initialise();
  shell.add_devices();
  const auto asked = shell.ok(
      "link create dzx --code ams-fra --contributor alpha --side-a ams-dz001 --side-a-interface et2 --side-z fra-dz001 "
      "--bandwidth 10Gbps --delay-ms 7 --jitter-ms 0.1",
      "alpha");
  EXPECT_SAYS(asked.out, "Status: requested");
  EXPECT_SAYS(asked.err, "Contributor 'zeta' now accepts it with: doublezero link accept --code ams-fra");
  EXPECT_SAYS(shell.ok("link accept --code ams-fra --side-z-interface et1", "zeta").out, "Status: hard-drained");
  EXPECT_SAYS(shell.run("link accept --code ams-fra --side-z-interface et2", "zeta").err, "only a requested link");
}

TEST_F(Verbs, SideZRefusesALinkByDeletingIt) {
  shell.initialise();
  shell.add_devices();
  shell.ok(
      "link create dzx --code ams-fra --contributor alpha --side-a ams-dz001 --side-a-interface et2 --side-z fra-dz001 "
      "--bandwidth 10Gbps --delay-ms 7 --jitter-ms 0.1",
      "alpha");
  EXPECT_SAYS(shell.ok("link delete --pubkey ams-fra", "zeta").out, "Status: deleted");
}

TEST_F(Verbs, AllowlistsAndPermissions) {
  shell.initialise();
  const auto other = shell.pubkey("other");
  shell.ok("global-config allowlist add --pubkey " + other);
  EXPECT_EQ(shell.ok("global-config allowlist list --json").json().as_array().size(), 2U);
  shell.ok("global-config allowlist remove --pubkey " + other);
  shell.ok("global-config qa-allowlist add --pubkey " + other);
  EXPECT_SAYS(shell.ok("global-config qa-allowlist list").out, "\t" + other);
  EXPECT_SAYS(shell.ok("permission set --user-payer " + other + " --add network-admin,Health_Oracle").out, "activated");
  EXPECT_EQ(shell.ok("permission get --pubkey " + other + " --json").json().at("permissions").as_array().size(), 2U);
  EXPECT_SAYS(shell.ok("permission suspend --pubkey " + other).out, "Status: suspended");
  shell.ok("permission resume --pubkey " + other);
  shell.ok("permission set --pubkey " + other + " --remove health-oracle");
  EXPECT_SAYS(shell.ok("permission list").out, "network-admin");
  shell.ok("permission delete --pubkey " + other);
  EXPECT_EQ(shell.run("permission get --pubkey " + other).exit_code, 1);
  EXPECT_EQ(shell.run("permission set --pubkey me --add everything").exit_code, 2);
}

TEST_F(Verbs, GlobalConfigKeepsWhatIsNotGiven) {
  shell.initialise();
  shell.ok("global-config set --remote-asn 65001");
  const auto config = shell.ok("global-config get --json").json();
  EXPECT_EQ(config.at("local_asn"), 65000);
  EXPECT_EQ(config.at("remote_asn"), 65001);
  EXPECT_EQ(config.at("device_tunnel_block"), "172.16.0.0/16");
  EXPECT_EQ(config.at("multicast_publisher_block"), "148.51.120.0/21");
}

TEST_F(Verbs, MoneyIsCountedExactly) {
  EXPECT_EQ(shell.ok("balance").out, "100 Credits\n");
  EXPECT_SAYS(shell.ok("airdrop 0.5").out, "100.5 Credits\n");
  EXPECT_EQ(shell.ok("balance --pubkey " + shell.pubkey("new")).out, "100 Credits\n");
  EXPECT_EQ(shell.run("airdrop none").exit_code, 2);
}

TEST_F(Verbs, VersionsAreShown) {
  shell.initialise();
  const auto version = shell.ok("version --json").json();
  EXPECT_EQ(version.at("program"), "0.10.0");
  EXPECT_EQ(version.at("client"), DZ_VERSION);
}

}  // namespace
}  // namespace dz::cli
