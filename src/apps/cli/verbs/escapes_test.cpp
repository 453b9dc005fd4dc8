// What others named is shown on a terminal that acts on some characters.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool acts(std::string_view text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7f') return true;
  }
  return text.find("\u202E") != text.npos || text.find("\u2028") != text.npos || text.find("\u009B") != text.npos;
}

struct Escapes : testing::Test {
  TestShell shell;
  void SetUp() override { shell.initialise(); }
};

// The live program takes any name.
TEST(LiveEscapes, X8_WhatTheLedgerHoldsIsShownWithEscapes) {
  TestShell shell(v034_profile());
  shell.initialise();
  shell.ok(
      "location create --code eze --name 'a\x1b[2J\u202E\u2028\u009B31m\x7f\nfake | row' --country AR --lat 1 --lng 2");
  for (const auto* command : {"location list", "location get --code eze", "location list --json",
                              "location list --json-compact", "location get --code eze --json"}) {
    const auto said = shell.ok(command);
    EXPECT_FALSE(acts(said.out)) << command << "\n" << said.out;
    EXPECT_NE(said.out.find("\\u001b[2J\\u202e\\u2028\\u009b31m\\u007f"), std::string::npos) << said.out;
  }
  EXPECT_EQ(shell.ok("location list").out.find("\nfake"), std::string::npos) << "a name makes no row of its own";
  EXPECT_EQ(shell.ok("location get --code eze --json").json().at("name").as_string(),
            "a\x1b[2J\u202E\u2028\u009B31m\x7f\nfake | row");
}

TEST_F(Escapes, X8_ErrorsAndWhatTheMonitorSaysToo) {
  const auto said = shell.run("location get --code 'e\x1b[2J\u202E'");
  EXPECT_NE(said.exit_code, 0);
  EXPECT_FALSE(acts(said.err)) << said.err;
  shell.add_devices();
  shell.add_wan_link();
  shell.monitor_text = [](std::string_view) { return std::string("link \x1b[31m is well\n"); };
  shell.monitor = [](const Pubkey&) { return boost::json::value{{"sentence", "well\x1b[31m"}}; };
  const auto explained = shell.run("link explain --code ams-lon");
  EXPECT_FALSE(acts(explained.out + explained.err)) << explained.out << explained.err;
}

}  // namespace
}  // namespace dz::cli
