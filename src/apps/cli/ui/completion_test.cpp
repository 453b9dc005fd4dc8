#include "apps/cli/ui/completion.h"

#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

struct Completing : testing::Test {
  TestShell shell;
  std::vector<std::string> after(const std::string& words) {
    std::vector<std::string> offered;
    std::istringstream lines(shell.ok("complete " + words).out);
    for (std::string line; std::getline(lines, line);) offered.push_back(line.substr(0, line.find('\t')));
    return offered;
  }
  using List = std::vector<std::string>;
};

TEST_F(Completing, VerbsAndTheirFlags) {
  EXPECT_EQ(after("link und"), List{"undrain"});
  EXPECT_EQ(after("link drain --pubkey x --h"), (List{"--help", "--hard"}));
  EXPECT_EQ(after("global-config qa"), List{"qa-allowlist"});
  EXPECT_EQ(after("link set-h"), List{});  // hidden
}

TEST_F(Completing, GoesOnAfterGlobalFlags) {
  EXPECT_EQ(after("--url http://x -e local device interface cr"), List{"create"});
  EXPECT_EQ(after("link --keypair link dra"), List{"drain"});
  EXPECT_EQ(after("link list --no-v"), List{"--no-version-warning"});
}

TEST_F(Completing, WordsOfEnumsAndEnvironments) {
  EXPECT_EQ(after("link list --status hard"), List{"hard-drained"});
  EXPECT_EQ(after("link list --status=soft"), List{"--status=soft-drained"});
  EXPECT_EQ(after("-e test"), List{"testnet"});
  EXPECT_EQ(after("device create --device-type tr"), List{"transit"});
  EXPECT_EQ(after("completion z"), List{"zsh"});
  EXPECT_EQ(after("link list --filter met"), List{"metro="});
  EXPECT_EQ(after("link list --status ''").size(), 8U);
}

TEST_F(Completing, CodesOfTheLedger) {
  shell.initialise();
  shell.add_devices();
  shell.add_wan_link();
  EXPECT_EQ(after("link drain --pubkey ''"), List{"ams-lon"});
  EXPECT_EQ(after("device get --code l"), List{"lon-dz001"});
  EXPECT_EQ(after("device interface list f"), List{"fra-dz001"});
  EXPECT_EQ(after("link create wan --side-a=ams"), List{"--side-a=ams-dz001"});
  EXPECT_EQ(after("link list --contributor z"), List{"zeta"});
}

TEST_F(Completing, FilesAreTheShells) {
  EXPECT_EQ(after("--keypair ''"), List{":files"});
  EXPECT_EQ(after("keygen -o x"), List{":files"});
  EXPECT_EQ(after("apply -f x"), List{":files"});
  EXPECT_EQ(after("apply --file=x"), List{":files"});
}

TEST_F(Completing, HelpLeadsThroughTheSameCommands) {
  EXPECT_EQ(after("help link cr"), List{"create"});
  EXPECT_EQ(after("help link create w"), List{"wan"});
}

TEST(CompletionScript, NamesTheProgramUnlessItIsForAPackage) {
  for (const auto shell : {Shell::Bash, Shell::Zsh, Shell::Fish}) {
    EXPECT_NE(render_completion(shell, "/opt/it's").find("'/opt/it'\\''s'"), std::string::npos);
    EXPECT_EQ(render_completion(shell, "").find("/opt"), std::string::npos);
    EXPECT_EQ(render_completion(shell, "").find("PROGRAM"), std::string::npos);
  }
}

}  // namespace
}  // namespace dz::cli
