#include "client/config_file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "client/ledger_url.h"

namespace dz::client {
namespace {

TEST(ConfigFile, ReadsWhatOtherToolsWrite) {
  const auto config = parse_config(
      "---\n"
      "json_rpc_url: http://127.0.0.1:8899\n"
      "websocket_url: ~   # computed\n"
      "keypair_path: \"/home/op/my \\\"key\\\".json\"\n"
      "program_id: 7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX\n"
      "tenant: null\n"
      "address_labels:\n"
      "  11111111111111111111111111111111: System Program\n"
      "  'a': 'it''s: b'\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->json_rpc_url, "http://127.0.0.1:8899");
  EXPECT_EQ(config->websocket_url, std::nullopt);
  EXPECT_EQ(config->keypair_path, "/home/op/my \"key\".json");
  EXPECT_EQ(config->tenant, std::nullopt);
  ASSERT_EQ(config->address_labels.size(), 2U);
  EXPECT_EQ(config->address_labels[0].second, "System Program");
  EXPECT_EQ(config->address_labels[1], (std::pair<std::string, std::string>{"a", "it's: b"}));
}

TEST(ConfigFile, WritesWhatItReads) {
  ConfigFile config;
  config.json_rpc_url = "http://localhost:8899";
  config.keypair_path = "/with space # and ' quote";
  config.monitor_url = "http://127.0.0.1:8086";
  config.address_labels = {{"key", "label: x"}};
  EXPECT_EQ(parse_config(render_config(config)), config);
}

TEST(ConfigFile, RefusesAnUnknownLineByNumber) {
  const auto config = parse_config("tenant: a\nurl: b\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message.substr(0, 7), "line 2:");
  EXPECT_FALSE(parse_config("  stray: indented\n"));
  EXPECT_FALSE(parse_config("no colon\n"));
}

TEST(ConfigFile, ReadsAllOfYaml) {
  const auto config = parse_config("json_rpc_url: >-\n  http://a\ntenant: 'null'\naddress_labels: {b: x}\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->json_rpc_url, "http://a");
  EXPECT_EQ(config->tenant, "null");
  EXPECT_EQ(config->address_labels.size(), 1U);
  const auto list = parse_config("tenant:\n- a\n");
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().message, "line 2: expected one value");
  const auto broken = parse_config("json_rpc_url: a\ntenant: [b\n");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message.substr(0, 5), "line ");
  EXPECT_NE(broken.error().message.find("expected YAML"), std::string::npos) << broken.error().message;
}

TEST(ConfigFile, AMissingFileIsEmpty) { EXPECT_EQ(read_config_file("/nonexistent/config.yml"), ConfigFile{}); }

TEST(ConfigFile, IsWrittenWithItsFolders) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "dz_config_test";
  std::filesystem::remove_all(folder);
  ConfigFile config;
  config.tenant = "t";
  const auto path = (folder / "cli" / "config.yml").string();
  ASSERT_TRUE(write_config_file(path, config));
  EXPECT_EQ(read_config_file(path), config);
  std::filesystem::remove_all(folder);
}

TEST(ConfigFile, X11_WhatCouldNotBeReadAgainIsNotWritten) {
  const auto path = (std::filesystem::path(testing::TempDir()) / "dz_config_bytes.yml").string();
  std::filesystem::remove(path);
  for (const auto* value : {"t\xFF", "\x1B[2J", "a\nb"}) {
    ConfigFile config;
    config.tenant = value;
    const auto written = write_config_file(path, config);
    if (written) {
      EXPECT_EQ(read_config_file(path), config) << value;
    } else {
      EXPECT_NE(written.error().message.find("nothing was written"), std::string::npos);
    }
  }
  std::filesystem::remove(path);
}

TEST(LedgerUrl, WebSocketFollowsTheScheme) {
  EXPECT_EQ(*websocket_url_of("http://127.0.0.1:8899"), "ws://127.0.0.1:8899");
  EXPECT_EQ(*websocket_url_of("https://ledger/x"), "wss://ledger/x");
  EXPECT_FALSE(websocket_url_of("ftp://x"));
  EXPECT_EQ(*expand_rpc_url("localhost"), "http://localhost:8899");
  EXPECT_FALSE(expand_rpc_url("somewhere"));
}

}  // namespace
}  // namespace dz::client
