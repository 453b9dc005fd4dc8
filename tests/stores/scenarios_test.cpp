// The same input, pushed as it happens and pulled from each real store: every criterion gets the same verdict, and what
// is stated about a decision is found again in the store's raw rows.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "apps/cli/ui/compared_minutes.h"
#include "monitor/statement_archive.h"
#include "pulling_monitor.h"
#include "scenario_network.h"
#include "store_loader.h"
#include "verdict_table.h"

namespace dz {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// The monitor meets a store with 24 hours in it and then follows it live.
constexpr Duration kLive = 40min;

ScenarioNetwork& network() {
  static ScenarioNetwork one;
  return one;
}

// What the same lines come to when they are pushed as they happen.
VerdictTable pushed_table(const SourceFilter& chosen) {
  static PullingMonitor* one = [] {
    auto* monitor = new PullingMonitor(network().ledger(), monitor_settings(""), std::nullopt, network().start());
    monitor->run_until(network().start() + 1s);
    for (const InputPart& part : network().parts()) {
      monitor->step(part.at);
      EXPECT_EQ(monitor->monitor().write({telemetry::WriteApi::V1, part.lines, "", ""}, part.at).error, "");
    }
    monitor->monitor().step(network().end());
    return monitor;
  }();
  return verdict_table(one->monitor(), network().snapshot(), chosen);
}

// What they come to when they are in a store.
VerdictTable pulled_table(StoreLoader& loader, const std::string& settings, const SourceFilter& chosen) {
  const Timestamp met = network().end() - kLive;
  PullingMonitor pulling(network().ledger(), monitor_settings(settings), std::nullopt, met);
  for (const InputPart& part : network().parts()) {
    if (part.at <= met) continue;
    pulling.run_until(part.at);
    loader.load(part);
  }
  pulling.run_until(network().end() + 10s);
  return verdict_table(pulling.monitor(), network().snapshot(), chosen);
}

using Leaves = std::vector<attest::MinutesLeaf>;

// The network is the same for all tests: its ledger refuses what it is sent.
class NothingIsTaken final : public testbed::ForwardingClient {
 public:
  using testbed::ForwardingClient::ForwardingClient;
  tl::expected<wire::Signature, client::SendFailure> send_transaction(const wire::Transaction& /*transaction*/,
                                                                      const client::SendOptions& /*options*/) override {
    const wire::TransactionError error{wire::TransactionErrorKind::AccountInUse, 0, {}};
    return tl::unexpected(client::SendFailure{{ErrorKind::Refused, to_text(error)}, error, {}});
  }
};

// The minutes behind what was stated last about each record.
std::map<Pubkey, Leaves> stated_minutes(StoreLoader& loader, const std::string& settings) {
  const Timestamp met = network().end() - kLive;
  NothingIsTaken ledger(network().ledger());
  PullingMonitor pulling(ledger, monitor_settings(settings), network().monitor(), met);
  for (const InputPart& part : network().parts()) {
    if (part.at <= met) continue;
    pulling.run_until(part.at);
    loader.load(part);
  }
  pulling.run_until(network().end() + 10s);
  monitor::StatementArchive archive(pulling.database());
  std::map<Pubkey, Leaves> minutes;
  for (std::int64_t i = 0; const auto stored = archive.find(i).value(); ++i) {
    const auto kept = archive.minutes(i).value();
    Leaves leaves;
    for (const auto& bytes : kept) leaves.push_back(attest::decode_minutes(bytes).value());
    minutes[attest::decode_statement(stored->bytes).value().record] = std::move(leaves);
  }
  return minutes;
}

// Ten lines an operator writes.
std::string source_of(const telemetry::StoreSettings& store, std::string_view serves) {
  std::string text =
      fmt::format("[[source]]\nname = \"{0}\"\nkind = \"{0}\"\nurl = \"{1}\"\nserves = [{2}]\nlag = \"60s\"\n",
                  to_text(store.kind), store.url, serves);
  if (!store.database.empty()) text += fmt::format("database = \"{}\"\n", store.database);
  return text;
}

bool judged_by(std::string_view source, std::initializer_list<std::string_view> sources) {
  return std::find(sources.begin(), sources.end(), source) != sources.end();
}

#define START_STORE(loader, kind)                                                                          \
  if (const auto program = stores::store_program(kind); !program) GTEST_SKIP() << program.error().message; \
  const auto loader = StoreLoader::start(kind, network(), network().end() - kLive);                        \
  ASSERT_TRUE(loader)

TEST(StoreScenarios, ThePushedPathFindsWhatWasPlanted) {
  const auto table = pushed_table([](std::string_view) { return true; });
  const auto line = [&](const char* key) { return table.at(key); };
  for (const char* side : {"link.a", "link.z"}) {
    for (const char* what : {"data", "errors", "utilization"})
      EXPECT_EQ(line(fmt::format("good {}.{}", side, what).c_str()), "met, 0 bad, 0 unobserved");
  }
  EXPECT_THAT(line("errors link.a.errors"), StartsWith("not met, 2 bad"));
  EXPECT_THAT(line("fcs link.z.errors"), HasSubstr("in-fcs-errors"));
  EXPECT_THAT(line("silent link.z.data"), StartsWith("not met, 90 bad"));
  EXPECT_THAT(line("reset link.a.errors"), StartsWith("met"));
  EXPECT_THAT(line("replay link.a.errors"), StartsWith("met"));
  EXPECT_THAT(line("idle link.a.utilization"), StartsWith("not met"));
  EXPECT_THAT(line("sub link.z.errors"), testing::AllOf(StartsWith("not met"), HasSubstr("parent port")));
  EXPECT_THAT(line("bundle link.a.errors"), StartsWith("not met"));
  EXPECT_THAT(line("late link.a.data"), StartsWith("met, 0 bad"));
  EXPECT_THAT(line("late-errors link.a.errors"), StartsWith("not met, 1 bad"));
  EXPECT_THAT(line("away-a device.config_agent"), StartsWith("not met, 20 bad"));
  EXPECT_THAT(line("render-z device.config_agent"), StartsWith("not met, 5 bad"));
  EXPECT_THAT(line("churn-a device.config_agent"), StartsWith("met"));
  EXPECT_THAT(line("qa-failure-a device.qa"), StartsWith("not met, 2 failures"));
  EXPECT_THAT(line("qa-gap-a device.qa"), StartsWith("not met"));
  EXPECT_THAT(line("versions link.a.errors"), StartsWith("met"));
}

TEST(StoreScenarios, InfluxDbGivesTheVerdictsOfThePushedPath) {
  START_STORE(loader, telemetry::StoreKind::InfluxDb);
  const auto chosen = [](std::string_view source) { return judged_by(source, {"counters", "qa"}); };
  const auto found = pulled_table(*loader, source_of(loader->settings(), "\"counters\", \"qa\""), chosen);
  EXPECT_EQ(differences(pushed_table(chosen), found), "");
}

TEST(StoreScenarios, ClickHouseGivesTheVerdictsOfThePushedPath) {
  START_STORE(loader, telemetry::StoreKind::ClickHouse);
  const auto chosen = [](std::string_view source) { return judged_by(source, {"counters", "config-agent", "qa"}); };
  const auto found =
      pulled_table(*loader, source_of(loader->settings(), "\"counters\", \"config-agent\", \"qa\""), chosen);
  EXPECT_EQ(differences(pushed_table(chosen), found), "");
}

TEST(StoreScenarios, PrometheusGivesTheVerdictsOfThePushedPath) {
  START_STORE(loader, telemetry::StoreKind::Prometheus);
  const auto chosen = [](std::string_view source) { return judged_by(source, {"config-agent"}); };
  const auto found = pulled_table(*loader, source_of(loader->settings(), "\"config-agent\""), chosen);
  EXPECT_EQ(differences(pushed_table(chosen), found), "");
}

// An operator may take the agents' own `up` instead: an agent whose rendering fails is up.
TEST(StoreScenarios, PrometheusAnswersAQueryOfTheOperatorsChoice) {
  START_STORE(loader, telemetry::StoreKind::Prometheus);
  const auto chosen = [](std::string_view source) { return judged_by(source, {"config-agent"}); };
  const auto found =
      pulled_table(*loader,
                   source_of(loader->settings(), "\"config-agent\"") +
                       "config_agent_query = 'sum by (pubkey) (sum_over_time(up{job=\"doublezero-agent\"}[$range]))'\n",
                   chosen);
  const auto pushed = pushed_table(chosen);
  EXPECT_EQ(found.at("good-a device.config_agent"), pushed.at("good-a device.config_agent"));
  EXPECT_THAT(found.at("away-a device.config_agent"), StartsWith("not met"));
  EXPECT_THAT(found.at("render-z device.config_agent"), StartsWith("met"));
}

// What 'decision verify --against' does.
struct AgainstStore : testing::TestWithParam<telemetry::StoreKind> {};
INSTANTIATE_TEST_SUITE_P(StoreScenarios, AgainstStore,
                         testing::Values(telemetry::StoreKind::InfluxDb, telemetry::StoreKind::ClickHouse,
                                         telemetry::StoreKind::Prometheus),
                         [](const auto& kind) { return std::string(to_text(kind.param)); });

TEST_P(AgainstStore, TheMinutesOfADecisionAreFoundAgainAndAChangedOneIsNot) {
  START_STORE(loader, GetParam());
  const bool calls_alone = GetParam() == telemetry::StoreKind::Prometheus;
  const cli::RawSource source{.store = loader->settings()};
  const char* serves = calls_alone                                    ? "\"config-agent\""
                       : GetParam() == telemetry::StoreKind::InfluxDb ? "\"counters\""
                                                                      : "\"counters\", \"config-agent\"";
  const auto stated = stated_minutes(*loader, source_of(source.store, serves));
  const auto compare = [&](const Leaves& leaves) {
    auto found = cli::compare_with_store(leaves, source, cli::ask_over_http(source.store));
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(cli::Comparison{});
  };
  const auto is_device = [](std::string_view code) { return code.ends_with("-a") || code.ends_with("-z"); };
  const auto record = [&](const std::string& code) {
    return is_device(code) ? network().device(code)
                           : client::find_record(network().snapshot().links, "link", code)->key;
  };
  for (const char* code : {"good", "errors", "silent", "away-a", "render-z"}) {
    SCOPED_TRACE(code);
    if (calls_alone && !is_device(code)) continue;
    const auto at = stated.find(record(code));
    ASSERT_NE(at, stated.end());
    auto leaves = at->second;
    const auto same = compare(leaves);
    EXPECT_EQ(cli::render_comparison({.different = same.different}), "0 of 0 minutes differ.\n");
    EXPECT_GE(same.compared, 1440U);
    const auto told = std::find_if(leaves.begin(), leaves.end(), [&](const auto& leaf) {
      return leaf.signal == (calls_alone ? evidence::Signal::ConfigAgent : evidence::Signal::Data);
    });
    ASSERT_NE(told, leaves.end());
    auto& state = told->states.at(700);
    state = state == evidence::MinuteState::Good ? evidence::MinuteState::Bad : evidence::MinuteState::Good;
    const auto changed = compare(leaves).different;
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_EQ(changed.front().minute, told->from + 700min);
  }
}

}  // namespace
}  // namespace dz
