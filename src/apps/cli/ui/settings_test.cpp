#include "apps/cli/ui/settings.h"

#include <gtest/gtest.h>

namespace dz::cli {
namespace {

client::Variables variables(std::optional<std::string> monitor = std::nullopt) {
  return [monitor](std::string_view name) -> std::optional<std::string> {
    if (name == "HOME") return "/home/op";
    return name == "DOUBLEZERO_MONITOR_URL" ? monitor : std::nullopt;
  };
}

TEST(Settings, TheMonitorIsNamedByFlagVariableOrConfig) {
  EXPECT_EQ(resolve_settings({}, variables(), {})->monitor_url.value, "");
  client::ConfigFile config;
  config.monitor_url = "http://config:1";
  EXPECT_EQ(resolve_settings({}, variables(), config)->monitor_url.value, "http://config:1");
  EXPECT_EQ(resolve_settings({}, variables("http://variable:1"), config)->monitor_url.value, "http://variable:1");
  GlobalFlags flags;
  flags.monitor_url = "http://flag:1";
  EXPECT_EQ(resolve_settings(flags, variables("http://variable:1"), config)->monitor_url.value, "http://flag:1");
}

TEST(Settings, AProfileIsNamedOrAsTheLedgerSays) {
  EXPECT_EQ(resolve_settings({}, variables(), {})->profile, nullptr);
  GlobalFlags flags;
  flags.profile = "rfc";
  EXPECT_EQ(resolve_settings(flags, variables(), {})->profile, &rfc_profile());
  flags.profile = "v0.34";
  EXPECT_EQ(resolve_settings(flags, variables(), {})->profile, &v034_profile());
  flags.profile = "v9";
  EXPECT_FALSE(resolve_settings(flags, variables(), {}));
}

TEST(Settings, MistakesAreRefused) {
  GlobalFlags flags;
  flags.environment = "moon";
  EXPECT_FALSE(resolve_settings(flags, variables(), {}));
}

}  // namespace
}  // namespace dz::cli
