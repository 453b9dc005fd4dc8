// apply and export over a ledger in memory.
#include <fstream>

#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

class File {
 public:
  explicit File(const std::string& text, const std::string& ending = ".toml")
      : path_(testing::TempDir() + "network-" + testing::UnitTest::GetInstance()->current_test_info()->name() +
              ending) {
    for (char& c : path_) c = c == '/' && &c > path_.data() + testing::TempDir().size() ? '-' : c;
    std::ofstream(path_, std::ios::binary) << text;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string with(std::string text, const std::string& old, const std::string& fresh) {
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old << "\n" << text;
  return text.replace(at, old.size(), fresh);
}

struct Network : testing::TestWithParam<const Profile*> {
  TestShell shell{*GetParam()};

  // Something of everything that a file can say.
  void build() {
    shell.initialise();
    if (!GetParam()->guarded) {
      shell.ok("link topology create --name unicast-default");
      shell.ok("link topology create --name core --constraint exclude");
    }
    shell.add_devices();
    shell.add_wan_link();
    shell.add_dzx_link();
    shell.ok("global-config airdrop set --user-airdrop-lamports 5");
    shell.ok("contributor update --pubkey alpha --ops-manager " + shell.pubkey("ops"));
    shell.ok("device interface create ams-dz001 Loopback255 --loopback-type vpnv4", "alpha");
    shell.ok("device interface create ams-dz001 Loopback100 --user-tunnel-endpoint true --ip-net 195.219.122.1/32",
             "alpha");
    shell.ok("device interface create ams-dz001 Loopback101 --user-tunnel-endpoint true", "alpha");
    shell.ok("device interface create ams-dz001 Ethernet10 --interface-dia dia --bandwidth 1.5Gbps --cir 1Gbps",
             "alpha");
    shell.ok("device interface update ams-dz001 Ethernet10 --status activated", "alpha");
    shell.ok("device update --pubkey ams-dz001 --max-users 96");
    shell.ok("exchange set-device --pubkey xams --device1 ams-dz001");
    shell.ok("link update --pubkey ams-lon --delay-override-ms 500 --unicast-drained true", "alpha");
    if (!GetParam()->guarded) shell.ok("link update --pubkey ams-lon --link-topology core,unicast-default");
    shell.ok(
        "link create dzx --code open --contributor alpha --side-a lon-dz001 --side-a-interface Ethernet2 --side-z "
        "fra-dz001 --bandwidth 10Gbps --delay-ms 7 --jitter-ms 0.1 --desired-status hard-drained",
        "alpha");
  }
};

TEST_P(Network, WhatIsExportedAppliedToAnEmptyLedgerAndExportedIsTheSameBytes) {
  build();
  for (const std::string format : {"toml", "json"}) {
    const auto text = shell.ok("export --format " + format).out;
    const File file(text, "." + format);
    TestShell empty(*GetParam());
    empty.ok("init");
    const auto applied = empty.ok("apply -f " + file.path());
    EXPECT_EQ(empty.ok("export --format " + format).out, text) << applied.out;
    const auto again = empty.ok("apply --file " + file.path());
    EXPECT_NE(again.out.find("0 to create, 0 to change, "), std::string::npos) << again.out;
    EXPECT_EQ(again.out.find("Only on"), std::string::npos) << again.out;
  }
}

TEST_P(Network, ItIsIdempotentWhereItCameFrom) {
  build();
  const File file(shell.ok("export").out);
  const auto balance = shell.ok("balance").out;
  EXPECT_EQ(shell.ok("apply -f " + file.path()).out.substr(0, 26), "0 to create, 0 to change, ");
  EXPECT_EQ(shell.ok("balance").out, balance) << "nothing was sent";
}

TEST_P(Network, ADryRunSaysWhatWouldBeWrittenAndWritesNothing) {
  build();
  auto text = with(shell.ok("export").out, "name = \"Frankfurt\"", "name = \"Frankfurt am Main\"");
  text += "\n[[locations]]\ncode = \"lon\"\nname = \"London\"\ncountry = \"GB\"\nlat = 51.5\nlng = 0\n";
  const File file(text);
  const auto before = shell.ok("export").out;
  const auto said = shell.ok("apply --dry-run -f " + file.path());
  EXPECT_NE(said.out.find("+ location 'lon': name London, country GB, lat 51.5, lng 0\n"), std::string::npos)
      << said.out;
  EXPECT_NE(said.out.find("~ location 'fra': name Frankfurt -> Frankfurt am Main\n"), std::string::npos);
  EXPECT_NE(said.out.find("1 to create, 1 to change, "), std::string::npos);
  EXPECT_EQ(shell.ok("export").out, before);
  const auto json = shell.ok("apply --dry-run --json -f " + file.path()).json().as_object();
  EXPECT_EQ(json.at("steps").as_array().size(), 2U);
  EXPECT_TRUE(json.at("steps").as_array()[0].at("signature").is_null());
  const auto applied = shell.ok("apply --json -f " + file.path()).json().as_object();
  EXPECT_EQ(applied.at("done").to_number<int>(), 2);
  EXPECT_TRUE(applied.at("steps").as_array()[1].at("signature").is_string());
}

TEST_P(Network, WhatIsOnlyOnTheLedgerIsListedAndLeftAlone) {
  build();
  const File file("[[locations]]\ncode = \"AMS\"\nname = \"Amsterdam\"\ncountry = \"NL\"\nlat = 52.3\nlng = 4.9\n");
  const auto said = shell.ok("apply -f " + file.path());
  EXPECT_NE(said.out.find("0 to create, 0 to change, 1 as they should be"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("link 'ams-lon'"), std::string::npos) << said.out;
  EXPECT_EQ(said.out.find("location 'ams'"), std::string::npos) << said.out;
}

// A file that says nothing of intent does not bring back what somebody drained.
TEST_P(Network, WhatWasDrainedStaysDrained) {
  build();
  const File file(shell.ok("export").out);
  EXPECT_EQ(shell.ok("export").out.find("\"ams-lon\"\nlink_type = \"WAN\"\ndesired"), std::string::npos);
  shell.activate("link", "ams-lon");
  shell.ok("link drain --code ams-lon --hard", "alpha");
  EXPECT_EQ(shell.ok("apply -f " + file.path()).out.substr(0, 26), "0 to create, 0 to change, ");
  const auto drained = shell.ok("export").out;
  EXPECT_NE(drained.find("desired_status = \"hard-drained\""), std::string::npos) << drained;
}

TEST_P(Network, ItStopsAtTheFirstRefusalAndSaysWhatWasDone) {
  build();
  auto text = with(shell.ok("export").out, "max_users = 96", "max_users = 96\nmgmt_vrf = \"m1\"");
  text = with(text, "delay_ns = 6000000", "delay_ns = 6100000");
  const auto bad = with(text, "public_ip = \"195.219.120.2\"", "public_ip = \"10.0.0.1\"");
  const auto said = shell.run("apply -f " + File(bad).path(), "alpha");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_NE(said.out.find("[1/3] device 'ams-dz001' changed ("), std::string::npos) << said.out;
  EXPECT_NE(said.err.find("Stopped: 1 of 3 steps are done, 2 are not: device 'lon-dz001'; link 'ams-lon'."),
            std::string::npos)
      << said.err;
  EXPECT_NE(said.err.find("Error: device 'lon-dz001': "), std::string::npos) << said.err;
  const auto rest = shell.ok("apply -f " + File(text).path(), "alpha");
  EXPECT_NE(rest.out.find("[1/1] link 'ams-lon' changed ("), std::string::npos) << rest.out;
}

// Each writes their own part of one file, in turns until nothing waits for somebody else.
TEST_P(Network, ContributorsApplyOneFileInTurns) {
  build();
  TestShell empty(*GetParam());
  empty.ok("init");
  auto text = with(shell.ok("export").out, "code = \"open\"", "code = \"open\"\nside_z_interface = \"et2\"");
  for (const std::string who : {"alpha", "zeta"}) text = with(text, shell.pubkey(who), empty.pubkey(who));
  text = with(text, "device1 = \"ams-dz001\"\n", "");
  const File file(text);
  const auto nothing = empty.ok("apply -f " + file.path(), "alpha").out;
  EXPECT_NE(nothing.find("0 to create, 0 to change, "), std::string::npos) << nothing;
  EXPECT_NE(nothing.find("? location 'ams': the foundation writes it, by applying the same file\n"), std::string::npos)
      << nothing;
  EXPECT_NE(nothing.find("? device 'ams-dz001': contributor 'alpha' has to be there first\n"), std::string::npos)
      << nothing;
  empty.ok("apply -f " + File(text.substr(0, text.find("[[devices]]")), "-sites.toml").path());
  const auto alone = empty.ok("apply -f " + file.path(), "alpha").out;
  EXPECT_NE(alone.find("? device 'fra-dz001': contributor 'zeta' writes it, by applying the same file\n"),
            std::string::npos)
      << alone;
  EXPECT_NE(alone.find("? link 'open': device 'fra-dz001' has to be there first\n"), std::string::npos) << alone;
  EXPECT_NE(alone.find("] link 'ams-lon' created ("), std::string::npos) << alone;
  const auto other = empty.ok("apply -f " + file.path(), "zeta").out;
  EXPECT_NE(other.find("? link 'open': contributor 'alpha' writes it, by applying the same file\n"), std::string::npos)
      << other;
  EXPECT_NE(other.find("] device 'fra-dz001' created ("), std::string::npos) << other;
  const auto links = empty.ok("apply -f " + file.path(), "alpha").out;
  EXPECT_NE(links.find("? link 'open': contributor 'zeta' accepts it"), std::string::npos) << links;
  empty.ok("apply -f " + file.path(), "zeta");
  const auto over = empty.ok("apply -f " + file.path(), "alpha").out;
  EXPECT_NE(over.find("0 to create, 0 to change, "), std::string::npos) << over;
  const auto left = empty.ok("apply -f " + file.path()).out;
  const bool tagged = !GetParam()->guarded;  // the foundation alone tags links with topologies
  EXPECT_EQ(left.find(tagged ? "~ link 'ams-lon': topologies" : "0 to create, 0 to change, "), 0U) << left;
}

TEST_P(Network, AContributorsKeyIsGivenItsOwnPart) {
  build();
  auto text = with(shell.ok("export").out, "public_ip = \"195.219.120.3\"", "public_ip = \"195.219.120.33\"");
  text = with(text, "public_ip = \"195.219.120.2\"", "public_ip = \"195.219.120.22\"");
  text = with(text, "name = \"Frankfurt\"", "name = \"Frankfurt am Main\"");
  const File file(text);
  const auto said = shell.ok("apply -f " + file.path(), "alpha").out;
  EXPECT_NE(said.find("? device 'fra-dz001': contributor 'zeta' writes it, by applying the same file\n"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("? location 'fra': the foundation writes it, by applying the same file\n"), std::string::npos);
  EXPECT_NE(said.find("[1/1] device 'lon-dz001' changed ("), std::string::npos) << said;
  EXPECT_NE(shell.ok("apply -f " + file.path(), "zeta").out.find("[1/1] device 'fra-dz001' changed ("),
            std::string::npos);
  const auto rest = shell.ok("apply -f " + file.path()).out;
  EXPECT_NE(rest.find("[1/1] location 'fra' changed ("), std::string::npos) << rest;
}

TEST_P(Network, WhatCannotBeChangedIsSaidBeforeAnythingIsWritten) {
  build();
  auto text = with(shell.ok("export").out, "exchange = \"xams\"", "exchange = \"xfra\"");
  text = with(text, "name = \"Frankfurt\"", "name = \"Frankfurt am Main\"");
  const auto before = shell.ok("export").out;
  const auto said = shell.run("apply -f " + File(text).path());
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_NE(said.err.find("device 'ams-dz001': exchange is xams on the ledger and xfra in the file"), std::string::npos)
      << said.err;
  EXPECT_EQ(shell.ok("export").out, before);
}

TEST_P(Network, MistakesThatTheLedgerShowsHaveTheirLineAndExitCodeTwo) {
  build();
  const auto text = with(shell.ok("export").out, "location = \"ams\"", "location = \"nowhere\"");
  const auto said = shell.run("apply -f " + File(text).path());
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_NE(said.err.find(": device 'ams-dz001': expected a location of the file or of the ledger, found 'nowhere'"),
            std::string::npos)
      << said.err;
  EXPECT_NE(said.err.find("1 mistake; nothing was written"), std::string::npos);
  EXPECT_EQ(shell.run("apply -f /nonexistent.toml").exit_code, 2);
  EXPECT_EQ(shell.run("apply -f /").exit_code, 2);
  EXPECT_EQ(shell.run("apply").exit_code, 2);
  EXPECT_EQ(shell.run("export --format yaml").exit_code, 2);
}

// What the ledger would refuse in the middle is a mistake of the file, as far as the file and the ledger tell.
TEST_P(Network, WhatTheLedgerWouldRefuseLaterIsAMistakeNow) {
  build();
  const auto text = shell.ok("export").out;
  TestShell empty(*GetParam());
  empty.ok("init");
  const auto refused = [&](TestShell& where, const std::string& changed, const std::string& expected) {
    const auto said = where.run("apply --dry-run -f " + File(changed).path());
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_NE(said.err.find(expected), std::string::npos) << said.err;
  };
  refused(empty, with(text, "name = \"Ethernet1\"\nbandwidth_bps = 10000000000", "name = \"Ethernet1\""),
          "expected bandwidth_bps of at least 10000000000 at Ethernet1 of device 'ams-dz001', found 0");
  refused(empty, with(text, "side_a_interface = \"Ethernet1\"", "side_a_interface = \"Ethernet10\""),
          "expected a port that is no loopback and no CYOA or DIA port, found Ethernet10 of device 'ams-dz001'");
  refused(empty, with(text, "side_a_interface = \"Ethernet1\"", "side_a_interface = \"Ethernet77\""),
          "expected an interface of device 'ams-dz001', in the file or on the ledger, found Ethernet77");
  refused(shell,
          "[[devices]]\ncode = \"new\"\ncontributor = \"alpha\"\nlocation = \"ams\"\nexchange = \"xams\"\n"
          "public_ip = \"195.219.120.1\"\ndz_prefixes = [\"195.219.123.0/28\"]\n",
          "device 'new': expected a public_ip of its own, found 195.219.120.1, which device 'ams-dz001'");
}

TEST_P(Network, WordsThatTheLedgerDoesNotHaveAreMistakes) {
  build();
  const auto text = with(shell.ok("export").out, "max_users = 96", "max_users = 96\ndesired_status = \"pending\"");
  const auto said = shell.run("apply --dry-run -f " + File(text).path());
  EXPECT_EQ(said.exit_code, GetParam() == &rfc_profile() ? 2 : 0) << said.err << said.out;
}

TEST_P(Network, SideZAcceptsWithTheSameFile) {
  build();
  const auto text = with(shell.ok("export").out, "code = \"open\"", "code = \"open\"\nside_z_interface = \"et2\"");
  const File file(text);
  const auto first = shell.ok("apply -f " + file.path(), "alpha");
  EXPECT_NE(first.out.find("? link 'open': contributor 'zeta' accepts it, with 'doublezero link accept --code open "
                           "--side-z-interface Ethernet2'"),
            std::string::npos)
      << first.out;
  EXPECT_NE(shell.ok("apply -f " + file.path(), "zeta").out.find("[1/1] link 'open' changed ("), std::string::npos);
  EXPECT_NE(shell.ok("export").out.find("side_z_interface = \"Ethernet2\""), std::string::npos);
}

TEST_P(Network, BeforeInitBothSayWhatToDo) {
  EXPECT_NE(shell.run("export").err.find("doublezero init"), std::string::npos);
  EXPECT_NE(shell.run("apply -f " + File("").path()).err.find("doublezero init"), std::string::npos);
}

// A terminal that shows the file is not acted upon, and the file still says what the ledger has.
TEST(LiveNetwork, X8_NamesThatATerminalActsOnComeBackTheSame) {
  TestShell shell(v034_profile());
  shell.ok("init");
  shell.ok(
      "location create --code eze --name 'a\x1b[2J\u202E\U000E0001\u2028\x7f\"\nfake' --country AR --lat 1 --lng 2");
  for (const std::string format : {"toml", "json"}) {
    const auto text = shell.ok("export --format " + format).out;
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    TestShell empty(v034_profile());
    empty.ok("init");
    const auto said = empty.ok("apply -f " + File(text, "." + format).path());
    EXPECT_EQ(said.out.find("\nfake"), std::string::npos) << "a name makes no line of its own";
    EXPECT_EQ(empty.ok("export --format " + format).out, text);
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, Network, testing::Values(&rfc_profile(), &v034_profile()),
                         [](const auto& test) { return test.param == &rfc_profile() ? "rfc" : "v034"; });

// With --wait the command is over when the signer's own devices and links have the status that the file asks for,
// whether they were written now or before.
TEST(ApplyThatWaits, IsForTheSignersOwnRecords) {
  TestShell shell;
  shell.initialise();
  shell.add_devices();
  shell.add_wan_link();
  const File file(shell.ok("export").out);
  const std::string apply = "apply -f " + file.path() + " --wait --timeout 5s";
  shell.activate("device", "ams-dz001");
  EXPECT_NE(
      shell.run(apply, "alpha").err.find("Error: waited 5 s for device 'lon-dz001' to be activated, found status "),
      std::string::npos);
  shell.activate("device", "lon-dz001");
  const auto soon = shell.run(apply, "alpha");
  EXPECT_EQ(soon.exit_code, 1);
  EXPECT_NE(soon.err.find("waiting for link 'ams-lon' to be activated: status hard-drained"), std::string::npos)
      << soon.err;
  shell.activate("link", "ams-lon");
  EXPECT_EQ(shell.ok(apply, "alpha").err, "") << "of the others' it waits for nothing";
  EXPECT_NE(shell.run(apply, "zeta").err.find("waiting for device 'fra-dz001'"), std::string::npos);
}

}  // namespace
}  // namespace dz::cli
