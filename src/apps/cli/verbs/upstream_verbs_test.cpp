// The verbs that the live network's own command has beside those of provisioning.
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "apps/cli/test_shell.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

struct UpstreamVerbs : testing::Test {
  TestShell shell{v034_profile()};
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
  }
  Pubkey key_of(const std::string& get) {
    return *parse_pubkey(std::string_view(shell.ok(get + " --json").json().at("pubkey").as_string()));
  }
};

TEST_F(UpstreamVerbs, AuditNamesEveryRightThatHangsOnAList) {
  const auto said = shell.run("permission audit --json");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "require-permission-accounts");
  const auto report = said.json();
  EXPECT_FALSE(report.at("strict_mode_enabled").as_bool());
  std::set<std::string> of_foundation;
  for (const auto& gap : report.at("gaps").as_array()) {
    if (gap.at("key").as_string() == shell.pubkey("foundation"))
      of_foundation.insert(std::string(gap.at("flag").as_string()));
    EXPECT_NE(gap.at("flag"), "permission-admin");
  }
  EXPECT_TRUE(of_foundation.contains("network-admin"));
  shell.ok("permission set --user-payer me --add network-admin");
  const auto after = shell.run("permission audit --json").json();
  EXPECT_EQ(after.at("gaps").as_array().size() + 1, report.at("gaps").as_array().size());
}

TEST_F(UpstreamVerbs, PoolsAndRecordsAgreeUntilSomebodyTakesOneByHand) {
  shell.ok("device interface create ams-dz001 Loopback255 --loopback-type vpnv4", "alpha");
  EXPECT_SAYS(shell.ok("resource verify").out, "each held by one record");
  const auto before = shell.ok("resource get --resource-type link-ids --json").json();
  EXPECT_EQ(before.at("values").as_array().size(), before.at("taken").as_int64());
  shell.ok("resource allocate --resource-type link-ids --requested-allocation 40");
  const auto said = shell.run("resource verify --json");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.json().at(0).at("value"), "40");
  EXPECT_EQ(said.json().at(0).at("mend"), "doublezero resource deallocate --resource-type link-ids --value 40");
  EXPECT_SAYS(shell.ok("resource get --resource-type device-tunnel-block").out, "172.16.0.0,172.16.0.1");
}

TEST_F(UpstreamVerbs, LatencyIsThatOfBothDirectionsAndOfTheInternetBetweenTheExchanges) {
  const auto link = key_of("link get --code ams-lon"), a = key_of("device get --code ams-dz001"),
             z = key_of("device get --code lon-dz001"), exchange = key_of("exchange get --code xams");
  const auto& telemetry = shell.settings.ids.telemetry;
  LatencySamples samples;
  samples.epoch = 7;
  for (std::uint32_t i = 1; i <= 100; ++i) samples.rtt_us.push_back(i * 1000);
  samples.rtt_us.push_back(0);
  shell.plant(wire::latency_samples_address(telemetry, a, z, link, 7).address,
              {1, wire::encode(samples), telemetry, false});
  InternetLatencySamples internet;
  internet.epoch = 7;
  internet.data_provider = "ripeatlas";
  internet.origin_exchange = internet.target_exchange = exchange;
  internet.rtt_us = {9000};
  shell.plant(shell.key("internet").pubkey(), {1, wire::encode(internet), telemetry, false});
  const auto rows = shell.ok("link latency --code ams-lon --epoch 7 --json").json();
  ASSERT_EQ(rows.as_array().size(), 2U);
  EXPECT_EQ(rows.at(0).at("source"), "device");
  EXPECT_EQ(rows.at(0).at("from"), "ams-dz001");
  EXPECT_EQ(rows.at(0).at("samples"), 101);
  EXPECT_EQ(rows.at(0).at("losses"), 1);
  EXPECT_DOUBLE_EQ(rows.at(0).at("p50_ms").to_number<double>(), 50.0);
  EXPECT_DOUBLE_EQ(rows.at(0).at("p99_ms").to_number<double>(), 99.0);
  EXPECT_DOUBLE_EQ(rows.at(0).at("mean_ms").to_number<double>(), 50.5);
  EXPECT_EQ(rows.at(1).at("source"), "internet:ripeatlas");
  const auto one = shell.ok("link latency --epoch 7 --p p95").out;
  EXPECT_SAYS(one, "p95_ms");
  EXPECT_FALSE(has(one, "p50_ms")) << one;
  EXPECT_SAYS(shell.ok("link latency --epoch 8").err, "No latency samples in epoch 8");
  EXPECT_EQ(shell.run("link latency --p p51").exit_code, 2);
}

TEST_F(UpstreamVerbs, AnyAccountIsShownWithItsTransactions) {
  const auto link = to_text(key_of("link get --code ams-lon"));
  const auto said = shell.ok("account --pubkey " + link + " --json").json();
  EXPECT_EQ(said.at("account_type"), "link");
  EXPECT_EQ(said.at("shown_by").as_string(), "doublezero link get --pubkey " + link);
  EXPECT_FALSE(said.at("transactions").as_array().empty());
  Pubkey nobody;
  nobody.bytes.fill(9);
  EXPECT_EQ(shell.run("account --pubkey " + to_text(nobody)).exit_code, 1);
  EXPECT_SAYS(shell.ok("accounts").out, "contributor");
}

TEST_F(UpstreamVerbs, TransactionsAreShownWithWhatTheProgramSaid) {
  shell.ok("link update --pubkey ams-lon --delay-ms 9", "alpha");
  const auto listed = shell.ok("log --limit 3 --json").json();
  ASSERT_EQ(listed.as_array().size(), 3U);
  const auto& lines = listed.at(0).at("logs").as_array();
  const auto program = to_text(wire::local_program_ids().serviceability);
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(lines.front().as_string(), "Program " + program + " invoke [1]");
  EXPECT_EQ(lines.at(1).as_string(), "Program log: Instruction: UpdateLink");
  EXPECT_SAYS(shell.ok("log --limit 1").out, "\n  Program log: Instruction: UpdateLink\n");

  const auto link = to_text(key_of("link get --code ams-lon"));
  EXPECT_SAYS(shell.ok("account --logs --pubkey " + link).out, "\n  Program log: Instruction: UpdateLink\n");
  EXPECT_FALSE(has(shell.ok("account --pubkey " + link).out, "Instruction: ")) << "they cost a request each";
  EXPECT_EQ(shell.ok("account --logs --json --limit 1 --pubkey " + link).json().at("transactions").at(0).at("logs"),
            listed.at(0).at("logs"));
}

TEST_F(UpstreamVerbs, SubscribeTellsWhatLandsMeanwhile) {
  bool written = false;
  shell.on_sleep = [&] {
    if (std::exchange(written, true)) return;
    shell.on_sleep = nullptr;
    shell.ok("link update --pubkey ams-lon --delay-ms 9", "alpha");
  };
  const auto said = shell.ok("subscribe --timeout 3s --interval 1s");
  EXPECT_SAYS(said.out, "  link " + to_text(key_of("link get --code ams-lon")));
}

TEST_F(UpstreamVerbs, FlexAlgoIsMigratedOnceAndUsersNever) {
  shell.ok("link topology create --name UNICAST-DEFAULT");
  shell.ok("link update --pubkey ams-lon --link-topology none");
  EXPECT_SAYS(shell.ok("migrate flex-algo --dry-run").err, "1 links without a topology");
  shell.ok("migrate flex-algo");
  EXPECT_EQ(shell.ok("link get --code ams-lon --json").json().at("link_topologies"), "UNICAST-DEFAULT");
  EXPECT_SAYS(shell.ok("migrate flex-algo").err, "there is nothing to migrate");
  EXPECT_SAYS(shell.ok("migrate user-pda").out, "nothing to migrate");
}

TEST_F(UpstreamVerbs, TopologiesAreClearedAndAssignedOnSomeRecordsAlone) {
  shell.ok("link topology create --name FAST");
  shell.add_dzx_link();
  shell.ok("link update --pubkey ams-lon --link-topology FAST");
  shell.ok("link update --pubkey ams-fra --link-topology FAST");
  shell.ok("link topology clear --name FAST --links ams-fra");
  EXPECT_EQ(shell.ok("link get --code ams-lon --json").json().at("link_topologies"), "FAST");
  EXPECT_EQ(shell.run("link topology clear --name FAST --links ams-fra").exit_code, 1);
  shell.ok("device interface create ams-dz001 Loopback255 --loopback-type vpnv4", "alpha");
  shell.ok("device interface update ams-dz001 Loopback255 --topologies none");
  EXPECT_EQ(shell.run("link topology assign-node-segments --name FAST --device lon-dz001").exit_code, 1);
  shell.ok("link topology assign-node-segments --name FAST --device ams-dz001");
  shell.ok("device interface update ams-dz001 Loopback255 --topologies FAST");
}

TEST_F(UpstreamVerbs, IndexesAreMadeFoundAndTakenAway) {
  EXPECT_EQ(shell.ok("index list --json").json().as_array().size(), 0U);
  EXPECT_EQ(shell.run("index get --entity-seed multicastgroup --key x").exit_code, 1);
  EXPECT_EQ(shell.run("index get --entity-seed multicastgroup --key " + std::string(40, 'x')).exit_code, 2);
  const auto device = to_text(key_of("device get --code ams-dz001"));
  shell.ok("index create --entity-seed device --key Ams --entity " + device);
  const auto found = shell.ok("index get --entity-seed device --key AMS --json").json();
  EXPECT_EQ(found.at("entity_pubkey").as_string(), device);
  EXPECT_EQ(found.at("entity_type"), "device");
  shell.ok("index delete --pubkey " + std::string(found.at("pubkey").as_string()));
  EXPECT_EQ(shell.ok("index list --json").json().as_array().size(), 0U);
}

TEST_F(UpstreamVerbs, ExportWritesOneFileAndNoFolder) {
  const auto path = testing::TempDir() + "export_test.toml";
  EXPECT_EQ(shell.ok("export --path " + path).out, "");
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, shell.ok("export").out);
  EXPECT_SAYS(shell.run("export --path " + testing::TempDir()).err, "is a folder");
}

}  // namespace
}  // namespace dz::cli
