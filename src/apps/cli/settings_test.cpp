#include "apps/cli/settings.h"

#include <map>

#include <gtest/gtest.h>

namespace dz::cli {
namespace {

Variables variables(std::map<std::string, std::string, std::less<>> values = {}) {
  values.emplace("HOME", "/home/op");
  return [values](std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Settings, DefaultToTheLocalLedger) {
  const auto settings = resolve_settings({}, variables(), {});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->rpc_url.value, "http://localhost:8899");
  EXPECT_EQ(settings->rpc_url.origin, "default");
  EXPECT_EQ(settings->ids, local_program_ids());
  EXPECT_EQ(settings->keypair.value, "/home/op/.config/doublezero/id.json");
  EXPECT_EQ(settings->monitor_url.value, "");
  EXPECT_EQ(config_path(variables()), "/home/op/.config/doublezero/cli/config.yml");
  EXPECT_EQ(config_path(variables({{"DOUBLEZERO_CONFIG_FILE", "/x.yml"}})), "/x.yml");
}

TEST(Settings, FlagBeforeVariableBeforeConfig) {
  ConfigFile config;
  config.json_rpc_url = "http://config:1";
  config.keypair_path = "/config.json";
  EXPECT_EQ(resolve_settings({}, variables(), config)->rpc_url.value, "http://config:1");
  const auto vars = variables({{"DZ_LEDGER_RPC_URL", "http://variable:1"}, {"DOUBLEZERO_KEYPAIR", "/variable.json"}});
  EXPECT_EQ(resolve_settings({}, vars, config)->rpc_url.value, "http://variable:1");
  EXPECT_EQ(resolve_settings({}, vars, config)->keypair.value, "/variable.json");
  GlobalFlags flags;
  flags.url = "http://flag:1";
  flags.keypair = "/flag.json";
  EXPECT_EQ(resolve_settings(flags, vars, config)->rpc_url.value, "http://flag:1");
  EXPECT_EQ(resolve_settings(flags, vars, config)->websocket_url.value, "ws://flag:1");
  EXPECT_EQ(resolve_settings(flags, vars, config)->keypair.value, "/flag.json");
}

TEST(Settings, AnExplicitEnvironmentForgetsTheStoredLedgerButNotTheKey) {
  ConfigFile config;
  config.json_rpc_url = "http://config:1";
  config.program_id = to_text((*find_environment("testnet"))->ids.serviceability);
  config.keypair_path = "/config.json";
  EXPECT_EQ(resolve_settings({}, variables(), config)->ids, (*find_environment("testnet"))->ids);
  GlobalFlags flags;
  flags.environment = "localnet";
  const auto settings = resolve_settings(flags, variables(), config);
  EXPECT_EQ(settings->rpc_url.value, "http://localhost:8899");
  EXPECT_EQ(settings->ids, local_program_ids());
  EXPECT_EQ(settings->keypair.value, "/config.json");
}

TEST(Settings, MistakesAreRefused) {
  GlobalFlags flags;
  flags.environment = "moon";
  EXPECT_FALSE(resolve_settings(flags, variables(), {}));
  flags = {};
  flags.url = "ftp://x";
  EXPECT_FALSE(resolve_settings(flags, variables(), {}));
  flags = {};
  flags.program_id = "x";
  EXPECT_FALSE(resolve_settings(flags, variables(), {}));
  flags = {};
  flags.profile = "v9";
  EXPECT_FALSE(resolve_settings(flags, variables(), {}));
}

}  // namespace
}  // namespace dz::cli
