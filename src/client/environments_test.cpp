#include "client/environments.h"

#include <map>

#include <gtest/gtest.h>

namespace dz::client {
namespace {

Variables variables(std::map<std::string, std::string, std::less<>> values = {}) {
  values.emplace("HOME", "/home/op");
  return [values](std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

LedgerFlags on(std::string environment) {
  LedgerFlags flags;
  flags.environment = std::move(environment);
  return flags;
}

TEST(Environments, DefaultToTheLocalLedger) {
  const auto settings = resolve_ledger({}, variables(), {});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->rpc_url.value, "http://localhost:8899");
  EXPECT_EQ(settings->rpc_url.origin, "default");
  EXPECT_EQ(settings->websocket_url.value, "ws://localhost:8899");
  EXPECT_EQ(settings->ids, wire::local_program_ids());
  EXPECT_EQ(settings->keypair.value, "/home/op/.config/doublezero/id.json");
  EXPECT_FALSE(is_live(*settings));
  EXPECT_EQ(config_path(variables()), "/home/op/.config/doublezero/cli/config.yml");
  EXPECT_EQ(config_path(variables({{"DOUBLEZERO_CONFIG_FILE", "/x.yml"}})), "/x.yml");
  EXPECT_EQ(config_folder(variables({{"XDG_CONFIG_HOME", "/etc"}})), "/etc/doublezero");
}

TEST(Environments, EverySpellingOfANetworkMeansIt) {
  const std::map<std::string, std::string> programs = {{"mainnet-beta", "ser2VaTMAcYTaauMrTSfSrxBaUDq7BLNs2xfUugTAGv"},
                                                       {"mainnet", "ser2VaTMAcYTaauMrTSfSrxBaUDq7BLNs2xfUugTAGv"},
                                                       {"m", "ser2VaTMAcYTaauMrTSfSrxBaUDq7BLNs2xfUugTAGv"},
                                                       {"testnet", "DZtnuQ839pSaDMFG5q1ad2V95G82S5EC4RrB3Ndw2Heb"},
                                                       {"T", "DZtnuQ839pSaDMFG5q1ad2V95G82S5EC4RrB3Ndw2Heb"},
                                                       {"devnet", "GYhQDKuESrasNZGyhMJhGYFtbzNijYhcrN9poSqCQVah"},
                                                       {"d", "GYhQDKuESrasNZGyhMJhGYFtbzNijYhcrN9poSqCQVah"},
                                                       {"local", "7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX"},
                                                       {"localnet", "7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX"},
                                                       {"l", "7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX"}};
  for (const auto& [name, program] : programs) {
    const auto settings = resolve_ledger(on(name), variables(), {});
    ASSERT_TRUE(settings) << name;
    EXPECT_EQ(settings->program_id.value, program) << name;
    EXPECT_EQ(is_live(*settings), program != to_text(wire::local_program_ids().serviceability)) << name;
  }
  EXPECT_EQ(resolve_ledger(on("testnet"), variables(), {})->ids.telemetry,
            *parse_pubkey("3KogTMmVxc5eUHtjZnwm136H5P8tvPwVu4ufbGPvM7p1"));
  EXPECT_NE(resolve_ledger(on("moon"), variables(), {}).error().message.find("mainnet-beta"), std::string::npos);
}

TEST(Environments, FlagBeforeVariableBeforeConfig) {
  ConfigFile config;
  config.json_rpc_url = "http://config:1";
  config.keypair_path = "/config.json";
  EXPECT_EQ(resolve_ledger({}, variables(), config)->rpc_url.value, "http://config:1");
  const auto vars = variables({{"DZ_LEDGER_RPC_URL", "http://variable:1"}, {"DOUBLEZERO_KEYPAIR", "/variable.json"}});
  EXPECT_EQ(resolve_ledger({}, vars, config)->rpc_url.value, "http://variable:1");
  EXPECT_EQ(resolve_ledger({}, vars, config)->keypair.value, "/variable.json");
  LedgerFlags flags;
  flags.url = "http://flag:1";
  flags.keypair = "/flag.json";
  EXPECT_EQ(resolve_ledger(flags, vars, config)->rpc_url.value, "http://flag:1");
  EXPECT_EQ(resolve_ledger(flags, vars, config)->websocket_url.value, "ws://flag:1");
  EXPECT_EQ(resolve_ledger(flags, vars, config)->keypair.value, "/flag.json");
}

TEST(Environments, AnExplicitOneForgetsTheStoredLedgerButNotTheKey) {
  ConfigFile config;
  config.json_rpc_url = "http://config:1";
  config.program_id = to_text((*wire::find_environment("testnet"))->ids.serviceability);
  config.keypair_path = "/config.json";
  EXPECT_EQ(resolve_ledger({}, variables(), config)->ids, (*wire::find_environment("testnet"))->ids);
  EXPECT_TRUE(is_live(*resolve_ledger({}, variables(), config)));
  const auto settings = resolve_ledger(on("localnet"), variables(), config);
  EXPECT_EQ(settings->rpc_url.value, "http://localhost:8899");
  EXPECT_EQ(settings->ids, wire::local_program_ids());
  EXPECT_EQ(settings->keypair.value, "/config.json");
}

TEST(Environments, WhatIsNotPublicIsAskedFor) {
  const auto settings = resolve_ledger(on("m"), variables(), {});
  EXPECT_EQ(settings->rpc_url.value, "");
  const auto url = rpc_url_of(*settings);
  ASSERT_FALSE(url);
  EXPECT_NE(url.error().message.find("doublezero-mainnet-beta.rpcpool.com"), std::string::npos);
  EXPECT_NE(url.error().message.find("DZ_LEDGER_RPC_URL"), std::string::npos);
  const auto given = resolve_ledger(on("m"), variables({{"DZ_LEDGER_RPC_URL", "https://ledger/secret"}}), {});
  EXPECT_EQ(*rpc_url_of(*given), "https://ledger/secret");
  EXPECT_EQ(given->websocket_url.value, "wss://ledger/secret");
}

TEST(Environments, TheProgramSaysWhetherItIsLive) {
  LedgerFlags flags;
  flags.url = "http://localhost:1";
  flags.program_id = "testnet";
  const auto settings = resolve_ledger(flags, variables(), {});
  EXPECT_EQ(settings->ids, (*wire::find_environment("testnet"))->ids);
  EXPECT_TRUE(is_live(*settings));
  flags.program_id = "ComputeBudget111111111111111111111111111111";
  EXPECT_FALSE(is_live(*resolve_ledger(flags, variables(), {})));
}

TEST(Environments, MistakesAreRefused) {
  LedgerFlags flags;
  flags.url = "ftp://x";
  EXPECT_FALSE(resolve_ledger(flags, variables(), {}));
  flags = {};
  flags.program_id = "x";
  EXPECT_FALSE(resolve_ledger(flags, variables(), {}));
}

}  // namespace
}  // namespace dz::client
