#include <filesystem>

#include "apps/cli/test_shell.h"
#include "client/config_file.h"

namespace dz::cli {
namespace {

struct Config : testing::Test {
  TestShell shell;
  std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      ("dz_cli_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  void SetUp() override {
    std::filesystem::remove_all(folder);
    shell.config_path = (folder / "config.yml").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  client::ConfigFile stored() const { return *client::read_config_file(shell.config_path); }
};

TEST_F(Config, X7_AUrlIsStoredWholeAndShownWithoutItsSecret) {
  const auto said = shell.ok("config set --url https://me:secret@ledger.example.com/secret?key=secret").out;
  EXPECT_EQ(said.find("secret"), std::string::npos) << said;
  EXPECT_NE(said.find("RPC URL: https://ledger.example.com/...\n"), std::string::npos) << said;
  EXPECT_EQ(stored().json_rpc_url, "https://me:secret@ledger.example.com/secret?key=secret");
  EXPECT_EQ(shell.run("config set --url htp://ledger.example.com/secret").err.find("secret"), std::string::npos);
}

TEST_F(Config, StoresWhatIsGivenAndShowsIt) {
  const auto said = shell.ok("config set --url http://ledger:1 --monitor-url http://monitor:2 --tenant t").out;
  EXPECT_NE(said.find("RPC URL: http://ledger:1\n"), std::string::npos) << said;
  EXPECT_NE(said.find("WebSocket URL: ws://ledger:1 (computed)\n"), std::string::npos) << said;
  EXPECT_EQ(stored().monitor_url, "http://monitor:2");
  shell.ok("config set --no-tenant");
  EXPECT_EQ(stored().tenant, std::nullopt);
  EXPECT_EQ(stored().json_rpc_url, "http://ledger:1");
}

TEST_F(Config, ANewUrlForgetsTheOldWebSocket) {
  shell.ok("config set --url http://a:1 --ws ws://b:2");
  EXPECT_EQ(stored().websocket_url, "ws://b:2");
  shell.ok("config set --url http://c:3");
  EXPECT_EQ(stored().websocket_url, std::nullopt);
}

TEST_F(Config, KeyPathsAreStoredAbsolute) {
  shell.ok("config set --keypair id.json");
  EXPECT_TRUE(std::filesystem::path(*stored().keypair_path).is_absolute());
}

TEST_F(Config, WhatDoesNotResolveIsNotStored) {
  shell.ok("config set --url http://a:1");
  EXPECT_EQ(shell.run("config set --program-id nonsense").exit_code, 2);
  EXPECT_EQ(shell.run("config set --url somewhere").exit_code, 2);
  EXPECT_EQ(stored().program_id, std::nullopt);
  EXPECT_EQ(stored().json_rpc_url, "http://a:1");
}

TEST_F(Config, NothingToSetIsRefused) {
  EXPECT_NE(shell.run("config set").err.find("nothing to set"), std::string::npos);
  EXPECT_EQ(shell.run("config set --log-level debug").exit_code, 2);
}

TEST_F(Config, KeygenWritesWhereItIsTold) {
  const auto path = (folder / "new.json").string();
  const auto said = shell.ok("keygen -o " + path).out;
  EXPECT_EQ(said.substr(0, 8), "Pubkey: ");
  EXPECT_EQ(shell.run("keygen -o " + path).exit_code, 1);
  EXPECT_EQ(shell.run("keygen").exit_code, 1);  // the key itself is in the variable: no path to write to
}

}  // namespace
}  // namespace dz::cli
