// The JSON of the CLI is a contract: the members, what kind of value each has, and that the monitor's API calls the
// same things by the same names.
#include <algorithm>

#include "apps/cli/test_shell.h"
#include "monitor/assessment_json.h"
#include "verdict/explain.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

std::string kind_of(const json::value& value) {
  if (value.is_bool()) return "bool";
  if (value.is_number()) return "number";
  return std::string(json::to_string(value.kind()));
}
// "code string, health string, ..." in order of names, which no change may break unseen.
std::string schema(const json::value& record) {
  std::vector<std::string> members;
  for (const auto& member : record.as_object())
    members.push_back(std::string(member.key()) + " " + kind_of(member.value()));
  std::sort(members.begin(), members.end());
  std::string text;
  for (const auto& member : members) text += (text.empty() ? "" : ", ") + member;
  return text;
}

struct Json : testing::Test {
  TestShell shell;
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
  }
};

TEST_F(Json, LinksHaveTheseMembers) {
  EXPECT_EQ(schema(shell.ok("link get --code ams-lon --json").json()),
            "account string, bandwidth number, bandwidth_bps number, cause null, code string, condition null, "
            "contributor string, contributor_code string, contributor_pk string, contributor_pubkey string, "
            "delay string, delay_ns number, delay_override string, delay_override_ns null, "
            "desired_status string, health string, healthy_at null, held_by array, jitter string, "
            "jitter_ns number, kind string, link_topologies array, link_type string, maintenance null, mtu number, "
            "owner string, "
            "pubkey string, sentence null, side_a string, side_a_iface_name string, side_a_name string, "
            "side_a_pk string, side_a_pubkey string, side_z string, side_z_contributor_code string, "
            "side_z_iface_name string, side_z_name string, side_z_pk string, side_z_pubkey string, "
            "status string, to_do null, tunnel_id number, tunnel_net string, tunnel_type string, "
            "unicast_drained bool");
}

TEST_F(Json, DevicesHaveTheseMembers) {
  EXPECT_EQ(schema(shell.ok("device list --json --sort code").json().at(0)),
            "accepts_new_users bool, account string, bump_seed number, cause null, code string, condition null, "
            "contributor string, contributor_code string, contributor_pk string, contributor_pubkey string, "
            "cyoa_ips array, desired_status string, device_type string, dz_prefixes array, exchange string, "
            "exchange_code string, exchange_name string, exchange_pk string, exchange_pubkey string, "
            "health string, healthy_at null, keeps_users bool, kind string, location string, "
            "location_code string, location_name string, location_pk string, location_pubkey string, maintenance null, "
            "max_multicast_publishers number, max_multicast_subscribers number, max_unicast_users number, "
            "max_users number, metrics_publisher string, metrics_publisher_pk string, "
            "metrics_publisher_pubkey string, mgmt_vrf string, multicast_publishers_count number, "
            "multicast_subscribers_count number, owner string, pubkey string, public_ip string, "
            "reference_count number, reserved_seats number, sentence null, status string, to_do null, "
            "unicast_users_count number, users number, users_count number");
}

TEST_F(Json, TheApiCallsTheSameThingsByTheSameNames) {
  verdict::AssessmentReport report;
  report.kind = "link";
  auto assessment = monitor::to_json(report);
  assessment["pubkey"] = "x";
  const auto link = shell.ok("link get --code ams-lon --json").json().as_object();
  for (const auto* name :
       {"kind", "pubkey", "code", "status", "desired_status", "health", "sentence", "to_do", "healthy_at"}) {
    EXPECT_TRUE(assessment.contains(name)) << name;
    EXPECT_TRUE(link.contains(name)) << name;
  }
}

TEST_F(Json, WhatTheMonitorSaysIsPassedOnAsItIs) {
  const json::value condition{{"state", "failing"}, {"since", "2026-11-26T11:50:00Z"}, {"returns_at", nullptr}};
  shell.monitor = [&](const Pubkey&) -> Result<json::value> {
    return json::value{{"condition", condition}, {"sentence", "s"}, {"to_do", "t"}, {"healthy_at", nullptr}};
  };
  const auto link = shell.ok("link get --code ams-lon --json").json();
  EXPECT_EQ(link.at("condition"), condition);
  EXPECT_EQ(link.at("sentence"), "s");
}

TEST_F(Json, EveryWriteTellsSignaturePubkeyAndStatus) {
  const std::vector<std::pair<std::string, std::string>> writes{
      {"location create --code syd --name S --country AU --lat 0 --lng 0", "foundation"},
      {"location update --pubkey syd --name T", "foundation"},
      {"location delete --pubkey syd", "foundation"},
      {"contributor update --pubkey zeta --ops-manager me", "foundation"},
      {"exchange set-device --pubkey xams --device1 ams-dz001", "foundation"},
      {"exchange set-device --pubkey xams --device1 none", "foundation"},
      {"permission set --pubkey me --add qa", "foundation"},
      {"global-config set --remote-asn 65002", "foundation"},
      {"global-config allowlist add --pubkey " + shell.pubkey("other"), "foundation"},
      {"device update --pubkey ams-dz001 --mgmt-vrf x", "alpha"},
      {"device interface create ams-dz001 Loopback255", "alpha"},
      {"device interface delete ams-dz001 Loopback255", "alpha"},
      {"link update --pubkey ams-lon --delay-ms 7", "alpha"},
      {"link set-health --pubkey ams-lon --health healthy", "monitor"},
      {"link update --pubkey ams-lon --status activated", "activator"},
      {"link drain --pubkey ams-lon --hard", "alpha"},
      {"link undrain --pubkey ams-lon", "alpha"},
      {"link drain --pubkey ams-lon --soft", "alpha"},
  };
  for (const auto& [write, who] : writes) {
    const auto said = shell.ok(write + " --json-compact", who);
    const auto told = said.json();
    for (const auto* name : {"signature", "pubkey", "status"}) EXPECT_TRUE(told.at(name).is_string()) << write;
    EXPECT_EQ(std::count(said.out.begin(), said.out.end(), '\n'), 1) << write;
  }
}

TEST_F(Json, AWriteThatWaitsTellsWhereItEnded) {
  const auto said = shell.run("link undrain --pubkey ams-lon --wait --timeout 2s --json", "alpha");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.json().at("status"), "hard-drained");
  EXPECT_EQ(said.json().at("desired_status"), "activated");
}

TEST_F(Json, MoneyKeysAndSettings) {
  EXPECT_EQ(shell.ok("balance --json --pubkey " + shell.pubkey("new")).json().at("balance_lamports"), 100'000'000'000);
  EXPECT_EQ(shell.ok("address --json").json().at("pubkey").as_string(), shell.pubkey("foundation"));
  shell.settings = *resolve_settings({}, [](std::string_view) { return std::nullopt; }, {});
  const auto config = shell.ok("config get --json").json();
  EXPECT_TRUE(config.at("monitor_url").is_null());
  EXPECT_EQ(config.at("json_rpc_url"), "http://localhost:8899");
  EXPECT_EQ(config.at("origins").at("json_rpc_url"), "default");
}

}  // namespace
}  // namespace dz::cli
