#include "apps/cli/command_line.h"

#include <gtest/gtest.h>

#include "apps/cli/run.h"
#include "apps/version/version.h"

namespace dz::cli {
namespace {

TEST(CommandLine, GlobalFlagsStandAnywhere) {
  for (const auto& words : {std::vector<std::string>{"--url", "http://x", "link", "list"},
                            std::vector<std::string>{"link", "list", "--url", "http://x"},
                            std::vector<std::string>{"link", "--url=http://x", "list"}}) {
    const auto line = parse_command_line(words);
    EXPECT_FALSE(line.exit_code) << line.err;
    EXPECT_EQ(line.flags.url, "http://x");
    EXPECT_TRUE(line.verb);
  }
}

TEST(CommandLine, NoVerbShowsHelp) {
  const auto line = parse_command_line({});
  EXPECT_EQ(line.exit_code, kExitOk);
  EXPECT_NE(line.out.find("link"), std::string::npos);
  EXPECT_EQ(parse_command_line({"link", "drain", "--help"}).exit_code, kExitOk);
  EXPECT_EQ(parse_command_line({"--version"}).out, "doublezero " + version::text() + "\n");
}

TEST(CommandLine, WrongUsageIsExitCodeTwo) {
  for (const auto& words :
       {std::vector<std::string>{"nonsense"}, std::vector<std::string>{"link"},
        std::vector<std::string>{"link", "drain"}, std::vector<std::string>{"link", "drain", "--pubkey", "x", "--what"},
        std::vector<std::string>{"link", "list", "--status", "on"},
        std::vector<std::string>{"link", "undrain", "--pubkey", "x", "--timeout", "soon"}}) {
    const auto line = parse_command_line(words);
    EXPECT_EQ(line.exit_code, kExitUsage) << words.back();
    EXPECT_NE(line.err, "");
    EXPECT_EQ(line.out, "");
  }
}

TEST(CommandLine, ABadWordIsAnsweredWithTheWords) {
  const auto line = parse_command_line({"link", "list", "--desired-status", "on"});
  EXPECT_NE(line.err.find("expected one of activated, soft-drained, hard-drained, deleted (rfc); pending, activated, "
                          "hard-drained, soft-drained (v0.34); found 'on'"),
            std::string::npos)
      << line.err;
}

TEST(CommandLine, NegativeNumbersAreValues) {
  const auto line = parse_command_line(
      {"location", "create", "--code", "syd", "--name", "S", "--country", "AU", "--lat", "-33.8", "--lng", "-1"});
  EXPECT_FALSE(line.exit_code) << line.err;
}

TEST(RenderError, PutsEachCauseOnItsLine) {
  EXPECT_EQ(render_error({ErrorKind::Refused, "no\nwhy\nbecause"}),
            "Error: no\n  caused by: why\n  caused by: because\n");
}

}  // namespace
}  // namespace dz::cli
