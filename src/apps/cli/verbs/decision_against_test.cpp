#include <gmock/gmock.h>

#include "apps/cli/test_shell.h"
#include "apps/cli/ui/compared_minutes.h"
#include "telemetry/pull_testing.h"

namespace dz::cli {
namespace {

using evidence::MinuteState;
using evidence::Signal;
using telemetry::kDay0;
using testing::HasSubstr;

// What a monitor claims that reads the store rightly.
std::vector<attest::MinutesLeaf> leaves_of(const telemetry::FakeStore& store) {
  attest::MinutesLeaf leaf;
  leaf.criterion = "link.a.data";
  leaf.signal = Signal::Data;
  leaf.subject = evidence::interface_subject(evidence::numbered_key(1), "Ethernet1");
  leaf.from = evidence::day_minute(kDay0 - 60);
  leaf.to = evidence::day_minute(kDay0);
  for (int m = kDay0 - 60; m < kDay0; ++m)
    leaf.states.push_back(store.silent.contains({1, m}) ? MinuteState::Bad : MinuteState::Good);
  attest::MinutesLeaf probes;
  probes.criterion = "link.az.probes";
  probes.signal = Signal::Probes;
  probes.subject = evidence::probes_subject(evidence::numbered_key(9), evidence::numbered_key(1));
  return {leaf, probes};
}

TEST(DecisionAgainst, WhatTheMonitorClaimsIsComparedMinuteByMinute) {
  telemetry::FakeStore store;
  store.silent = {{1, kDay0 - 10}, {1, kDay0 - 9}};
  auto leaves = leaves_of(store);
  const auto source = *parse_raw_source("influxdb=https://store.example:8086");
  const auto ask = [&](const telemetry::StoreQuestion& q) -> Result<telemetry::StoreRows> { return store.answer(q); };
  auto found = compare_with_store(leaves, source, ask);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->different.empty()) << render_comparison(*found);
  EXPECT_EQ(found->compared, 60U);
  EXPECT_THAT(render_comparison(*found), HasSubstr("not compared: link.az.probes (probes)"));

  leaves[0].states[50] = MinuteState::Good;  // a lie: it was silent
  found = compare_with_store(leaves, source, ask);
  ASSERT_EQ(found->different.size(), 1U);
  EXPECT_EQ(found->different[0].minute, evidence::day_minute(kDay0 - 10));
  EXPECT_THAT(render_comparison(*found),
              HasSubstr("link.a.data            data: the monitor claims good, the source gives bad\n"));
  EXPECT_THAT(render_comparison(*found), HasSubstr("1 of 60 minutes differ."));
}

// A monitor may hear of the calls from elsewhere: that this store has none of them contradicts nobody.
TEST(DecisionAgainst, WhatTheStoreHasNoRowsOfIsNotCompared) {
  telemetry::FakeStore store;
  auto leaves = leaves_of(store);
  auto& calls = leaves[1];
  calls.criterion = "device.config_agent";
  calls.signal = Signal::ConfigAgent;
  calls.subject = evidence::device_subject(evidence::SubjectKind::ConfigAgent, evidence::numbered_key(1));
  calls.from = leaves[0].from;
  calls.to = leaves[0].to;
  calls.states.assign(60, MinuteState::Good);
  const auto source = *parse_raw_source("influxdb=https://store.example:8086");
  bool empty = false;
  const auto ask = [&](const telemetry::StoreQuestion& q) -> Result<telemetry::StoreRows> {
    if (empty || q.subject == telemetry::StoreSubject::ConfigAgent) return telemetry::StoreRows{};
    return store.answer(q);
  };
  const auto found = compare_with_store(leaves, source, ask);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(render_comparison(*found), "  not compared: device.config_agent (config-agent)\n0 of 60 minutes differ.\n");
  empty = true;
  const auto none = compare_with_store(leaves, source, ask);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("found none of any device"));
}

TEST(DecisionAgainst, SourcesAreNamedInOneForm) {
  EXPECT_TRUE(parse_raw_source("ledger")->ledger);
  EXPECT_EQ(parse_raw_source("clickhouse=http://127.0.0.1:8123")->store.kind, telemetry::StoreKind::ClickHouse);
  for (const auto* wrong : {"", "influxdb", "influxdb=", "influxdb=host", "mysql=http://x"})
    EXPECT_FALSE(parse_raw_source(wrong)) << wrong;
}

TEST(DecisionAgainst, CredentialsDoNotCrossANetworkInClear) {
  auto source = *parse_raw_source("influxdb=http://store.example:8086");
  EXPECT_THAT(check_raw_source(source).error().message, HasSubstr("--database"));
  source.store.database = "db";
  EXPECT_TRUE(check_raw_source(source));
  source.store.token = "secret";
  EXPECT_THAT(check_raw_source(source).error().message, HasSubstr("https"));
  source.store.url = "http://127.0.0.1:8086";
  EXPECT_TRUE(check_raw_source(source));
}

TEST(DecisionAgainst, ADecisionWithoutMinutesOfTheSourceIsSaid) {
  const auto source = *parse_raw_source("prometheus=https://store.example");
  const auto found = compare_with_store(leaves_of({}), source, {});
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("rests on nothing that a prometheus has"));
}

}  // namespace
}  // namespace dz::cli
