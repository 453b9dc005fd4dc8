// What people mistype: always exit code 2, what was expected, and what they may have meant.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

struct Usage : testing::Test {
  TestShell shell;
  std::string wrong(const std::string& text, const std::string& who = "foundation") {
    const auto said = shell.run(text, who);
    EXPECT_EQ(said.exit_code, 2) << text << "\n" << said.err;
    EXPECT_EQ(said.out, "") << text;
    EXPECT_SAYS(said.err, "Error: ");
    return said.err;
  }
};

TEST_F(Usage, WrongWordsAreAnsweredWithTheNearest) {
  EXPECT_SAYS(wrong("lnik list"), "doublezero has no command 'lnik'; did you mean 'link'?");
  EXPECT_SAYS(wrong("link lsit"), "'link' has no command 'lsit'; did you mean 'list'?");
  EXPECT_SAYS(wrong("link create wann --code x"), "did you mean 'wan'?");
  EXPECT_SAYS(wrong("link drain --pubkey x --jsno"), "has no flag --jsno; did you mean '--json'?");
  EXPECT_SAYS(wrong("link"), "'link' is followed by one of: create, ");
  EXPECT_SAYS(wrong("link drain"), "See 'doublezero help link drain'.");
  EXPECT_SAYS(wrong("link list --columns code,statsu"), "did you mean 'status'?");
  EXPECT_SAYS(wrong("link list --sort helth"), "did you mean 'health'?");
  EXPECT_SAYS(wrong("link list --filter metor=ams"), "did you mean 'metro'?");
  EXPECT_SAYS(wrong("link list --filter status"), "KEY=VALUE");
  EXPECT_SAYS(wrong("link list --filter condition=faling"), "did you mean 'failing'?");
  EXPECT_SAYS(wrong("link list --timeout 5s"), "--watch");
  EXPECT_SAYS(wrong("location list extra"), "takes no word 'extra' here");
  EXPECT_SAYS(wrong("link get --code a --code b"), "Error: --code is given more than once\n");
  EXPECT_SAYS(wrong("link get --code"), "Error: --code is given without its value\n");
}

TEST_F(Usage, HelpOnEverythingAndOnNothingElse) {
  EXPECT_EQ(shell.ok("help").out, parse_command_line({}).out);
  EXPECT_EQ(shell.ok("help link create wan").out, parse_command_line({"link", "create", "wan", "--help"}).out);
  EXPECT_SAYS(shell.ok("help link drain").out, "--hard");
  EXPECT_SAYS(wrong("help link drian"), "did you mean 'drain'?");
  EXPECT_SAYS(wrong("help moon"), "doublezero has no command 'moon'");
}

TEST_F(Usage, AnEmptyUpdateIsWrongWithoutAskingTheLedger) {
  for (const auto* verb : {"link update --pubkey x", "device update --pubkey x", "location update --pubkey x",
                           "exchange update --pubkey x", "contributor update --pubkey x",
                           "exchange set-device --pubkey x", "device interface update x Ethernet1",
                           "permission set --pubkey me", "global-config authority set", "global-config airdrop set"}) {
    EXPECT_SAYS(wrong(verb), "nothing to change") << verb;
  }
  shell.initialise();
  EXPECT_SAYS(wrong("global-config set"), "nothing to change");
}

TEST_F(Usage, WordsOfAnotherLedgerAreAnsweredWithThoseOfThisOne) {
  shell.initialise();
  const auto said = wrong("device list --status drained");
  EXPECT_SAYS(said, "'drained': this ledger has no such word, but pending, activated");
  EXPECT_FALSE(has(said, "v0.34")) << said;
  EXPECT_SAYS(wrong("device list --filter status=drained"), "--filter status: expected one of pending, activated");
  EXPECT_SAYS(wrong("-e testnt link list"), "did you mean 'testnet'?");
  const auto line = parse_command_line({"link", "list", "--status", "hard-draned", "--url", "http://x"});
  ASSERT_TRUE(line.wrong_word);
  EXPECT_EQ(line.flags.url, "http://x");
  EXPECT_SAYS(line.wrong_word(&rfc_profile()), "did you mean 'hard-drained'?");
  EXPECT_FALSE(has(line.wrong_word(&rfc_profile()), "provisioning"));
  EXPECT_SAYS(line.wrong_word(&v034_profile()), "provisioning");
  EXPECT_SAYS(line.wrong_word(nullptr), "(v0.34)");
}

TEST_F(Usage, KeysAndBandwidthsThatAreNone) {
  shell.initialise();
  shell.add_devices();
  EXPECT_SAYS(wrong("contributor create --code x --owner nobody"), "'me' is the signing key");
  const std::string link =
      "link create wan --code new --contributor alpha --side-a ams-dz001 --side-a-interface et9 --side-z lon-dz001 "
      "--side-z-interface et2 --delay-ms 6 --jitter-ms 0.1 --bandwidth ";
  EXPECT_SAYS(wrong(link + "900Gbps", "alpha"), "expected 10Gbps to 400Gbps");
  EXPECT_SAYS(wrong(link + "9.999Gbps", "alpha"), "expected 10Gbps to 400Gbps");
  EXPECT_SAYS(wrong("device interface create ams-dz001 et9 --bandwidth 401Gbps", "alpha"), "at most 400Gbps");
  EXPECT_SAYS(shell.ok("device interface create ams-dz001 et9 --bandwidth 1Gbps", "alpha").err, "a link needs a port");
  EXPECT_EQ(shell.ok("device interface create ams-dz001 Loopback255", "alpha").err, "");
}

TEST_F(Usage, PrefixesTooSmallForThePolicyAreSaid) {
  shell.initialise();
  const std::string device =
      "device create --contributor alpha --location ams --exchange xams --metrics-publisher me --code ";
  EXPECT_SAYS(shell.ok(device + "a --public-ip 195.219.120.8 --dz-prefixes 195.219.121.64/30", "alpha").err,
              "device.dz_prefix is not met");
  EXPECT_EQ(shell.ok(device + "b --public-ip 195.219.120.9 --dz-prefixes 195.219.121.72/29", "alpha").err, "");
  EXPECT_SAYS(shell.ok("device update --pubkey b --dz-prefixes 195.219.121.80/30", "alpha").err, "at least one /29");
}

TEST_F(Usage, AnotherNetworkIsNoEmptyOne) {
  const auto nothing = shell.run("link list");
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_SAYS(nothing.err, "has no program 7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX: run 'doublezero init' first");
  shell.initialise();
  shell.settings.ids = (*wire::find_environment("testnet"))->ids;
  const auto other = shell.run("link list");
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_SAYS(other.err, "it has another network: name that with --env local");
}

TEST_F(Usage, InitGivesTheNetworkItsNumbers) {
  EXPECT_SAYS(shell.ok("init --remote-asn 65001").err, "AS numbers 65000 and 65001");
  const auto config = shell.ok("global-config get --json").json();
  EXPECT_EQ(config.at("device_tunnel_block"), "172.16.0.0/16");
  EXPECT_EQ(config.at("remote_asn"), 65001);
}

}  // namespace
}  // namespace dz::cli
