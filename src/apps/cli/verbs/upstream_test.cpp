// The members that the live network's own command has in its JSON, and its words in them: every member of every list is
// walked here, so that a script that reads them finds each with the kind of value that it expects.
#include <sstream>

#include "apps/cli/test_shell.h"
#include "apps/cli/ui/upstream_json.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

// Its members by command: "name" is a text, "name#" a number, "name?" true or false, "name[]" a list.
struct Command {
  std::string command, members;
};
const std::vector<Command> kCommands{
    {"location list", "account code name country lat# lng# status owner"},
    {"location get --code ams", "account code name country lat# lng# loc_id# status owner reference_count#"},
    {"exchange list", "account code name device1 device2 lat# lng# bgp_community# status owner"},
    {"exchange get --code xams",
     "account code name device1 device1_pk device2 device2_pk lat# lng# bgp_community# status owner reference_count#"},
    {"contributor list", "account code status owner"},
    {"contributor get --code alpha", "account code reference_count# status owner ops_manager_key"},
    {"device list",
     "account code bump_seed# location_pk contributor_code location_code location_name exchange_pk exchange_code "
     "exchange_name device_type public_ip dz_prefixes cyoa_ips[] users# max_users# unicast_users_count# "
     "max_unicast_users# multicast_subscribers_count# max_multicast_subscribers# multicast_publishers_count# "
     "max_multicast_publishers# status health desired_status mgmt_vrf metrics_publisher_pk reference_count# owner"},
    {"device get --code ams-dz001",
     "account code contributor location exchange device_type public_ip dz_prefixes metrics_publisher mgmt_vrf "
     "interfaces[] max_users# users_count# reference_count# reserved_seats# desired_status status health owner"},
    {"device interface list",
     "device name interface_type loopback_type interface_cyoa interface_dia bandwidth# cir# mtu# routing_mode vlan_id# "
     "ip_net node_segment_idx# user_tunnel_endpoint? status"},
    {"link list",
     "account code contributor_code side_a_pk side_a_name side_a_iface_name side_z_pk side_z_name side_z_iface_name "
     "link_type bandwidth# mtu# delay_ns# jitter_ns# delay_override_ns# tunnel_id# tunnel_net desired_status status "
     "health owner link_topologies unicast_drained?"},
    {"link get --code ams-lon",
     "account code contributor_pk contributor side_a_pk side_a side_a_iface_name side_z_pk side_z side_z_iface_name "
     "tunnel_type bandwidth# mtu# delay jitter delay_override tunnel_id# tunnel_net desired_status status health owner "
     "link_topologies unicast_drained?"},
    {"user list",
     "account tenant user_type device_pk groups publishers subscribers device location_code location cyoa_type "
     "client_ip dz_ip accesspass tunnel_id# tunnel_net tunnel_endpoint status bgp_status rtt owner"},
    {"global-config get",
     "local_asn# remote_asn# device_tunnel_block user_tunnel_block multicast_group_block multicast_publisher_block "
     "next_bgp_community#"}};
constexpr std::string_view kOfInterfaces =
    "name status interface_type cyoa dia loopback ip_net vlan_id# bandwidth bandwidth_bps# cir cir_bps# mtu# routing "
    "seg_idx# tunnel_endpoint?";

void expect_members(const json::object& record, std::string_view members, const std::string& command) {
  std::istringstream words{std::string(members)};
  for (std::string word; words >> word;) {
    const bool list = word.ends_with("[]"), number = word.ends_with('#'), flag = word.ends_with('?');
    const auto name = word.substr(0, word.size() - (list ? 2 : number || flag ? 1 : 0));
    const auto* value = record.if_contains(name);
    ASSERT_NE(value, nullptr) << command << ": " << name;
    EXPECT_EQ(value->is_array(), list) << command << ": " << name;
    EXPECT_EQ(value->is_number(), number) << command << ": " << name;
    EXPECT_EQ(value->is_bool(), flag) << command << ": " << name;
    EXPECT_EQ(value->is_string(), !list && !number && !flag) << command << ": " << name;
  }
}

json::object first(const json::value& answer) {
  return answer.is_array() ? answer.as_array().at(0).as_object() : answer.as_object();
}

struct Upstream : testing::Test {
  TestShell shell{v034_profile()};
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.ok("device update --pubkey ams-dz001 --max-users 5");
    shell.ok("access-pass set --user-payer " + shell.pubkey("someone") +
             " --client-ip 195.219.120.77 --epochs unlimited");
    shell.ok("user create --device ams-dz001 --client-ip 195.219.120.77", "someone");
  }
  std::string text(const std::string& command, const std::string& member) {
    return std::string(first(shell.ok(command + " --json").json()).at(member).as_string());
  }
};

TEST_F(Upstream, EveryMemberOfItsListsIsThereWithItsKindOfValue) {
  for (const auto& [command, members] : kCommands)
    expect_members(first(shell.ok(command + " --json").json()), members, command);
  const auto device = shell.ok("device get --code ams-dz001 --json").json();
  expect_members(device.at("interfaces").at(0).as_object(), kOfInterfaces, "interfaces");
}

TEST_F(Upstream, OnAnyLedgerWhatOursDoesNotHaveIsThereBesideIt) {
  TestShell ours;
  ours.initialise();
  ours.add_devices();
  ours.add_wan_link();
  for (const auto& [command, members] : kCommands) {
    if (command == "user list") continue;  // nobody is connected here
    const auto record = first(ours.ok(command + " --json").json());
    std::istringstream words(members);
    for (std::string word; words >> word;) {
      const auto name = word.substr(0, word.find_first_of("#?["));
      EXPECT_TRUE(record.contains(name)) << command << ": " << name;
    }
  }
  const auto link = ours.ok("link list --json").json().at(0);
  EXPECT_EQ(link.at("status"), "hard-drained");
  EXPECT_TRUE(link.at("link_topologies").is_array());
}

TEST_F(Upstream, ListsSayTheNamesOfVariantsAndGetsSayWords) {
  EXPECT_EQ(text("link list", "status"), "Activated");
  EXPECT_EQ(text("link list", "health"), "ReadyForService");
  EXPECT_EQ(text("link list", "desired_status"), "Activated");
  EXPECT_EQ(text("link list", "link_type"), "WAN");
  EXPECT_EQ(text("link get --code ams-lon", "status"), "activated");
  EXPECT_EQ(text("link get --code ams-lon", "health"), "ready-for-service");
  EXPECT_EQ(text("device list --filter code=ams", "health"), "ReadyForUsers");
  EXPECT_EQ(text("device list --filter code=ams", "device_type"), "Hybrid");
  EXPECT_EQ(text("device get --code ams-dz001", "health"), "ready-for-users");
  EXPECT_EQ(text("location list", "status"), "Activated");
  EXPECT_EQ(text("location get --code ams", "status"), "activated");
  EXPECT_EQ(text("device interface list", "interface_type"), "Physical");
  EXPECT_EQ(text("user list", "user_type"), "IBRL");
  EXPECT_EQ(text("user list", "cyoa_type"), "GREOverDIA");
  EXPECT_EQ(text("user list", "status"), "Activated");
  shell.ok("link drain --pubkey ams-lon --hard", "alpha");
  EXPECT_EQ(text("link list", "status"), "HardDrained");
}

TEST(UpstreamWords, GivenUpStatusesAreNamedSo) {
  const UpstreamWords list(JsonForm::List), get(JsonForm::Get);
  EXPECT_EQ(list.status("pending"), "PendingDeprecated");
  EXPECT_EQ(list.word("pending"), "Pending");
  EXPECT_EQ(get.status("pending"), "pending");
  EXPECT_EQ(list.status("device-provisioning"), "DeviceProvisioning");
  EXPECT_EQ(upstream_ms(40'000'000), "40ms");
  EXPECT_EQ(upstream_ms(100'000), "0.1ms");
}

TEST_F(Upstream, ValuesOfALinkAreWrittenAsThere) {
  EXPECT_EQ(text("link get --code ams-lon", "delay"), "6ms");
  EXPECT_EQ(text("link get --code ams-lon", "delay_override"), "0ms");
  EXPECT_EQ(text("link get --code ams-lon", "side_a"), "ams-dz001");
  EXPECT_EQ(first(shell.ok("link list --json").json()).at("delay_override_ns"), 0);
  EXPECT_EQ(text("exchange get --code xams", "device1"), "(none)");
  EXPECT_EQ(text("device get --code ams-dz001", "dz_prefixes"), "195.219.121.0/28");
  EXPECT_EQ(text("device get --code ams-dz001", "metrics_publisher"), shell.pubkey("ams-dz001-agent"));
}

TEST_F(Upstream, AnUntaggedLinkSaysDefaultAndATaggedOneItsTopologies) {
  shell.ok("link topology create --name FAST");
  shell.ok("link update --pubkey ams-lon --link-topology none");
  EXPECT_EQ(text("link list", "link_topologies"), "default");
  EXPECT_NE(shell.ok("link get --code ams-lon").out.find("| default"), std::string::npos);
  shell.ok("link update --pubkey ams-lon --link-topology FAST");
  EXPECT_EQ(text("link list", "link_topologies"), "FAST");
}

TEST_F(Upstream, AddressesOfCyoaPortsHaveTheirPrefix) {
  shell.ok(
      "device interface create ams-dz001 Ethernet9 --interface-cyoa gre-over-dia --ip-net 195.219.122.1/29 --bandwidth "
      "10Gbps",
      "alpha");
  EXPECT_EQ(first(shell.ok("device get --code ams-dz001 --json").json()).at("cyoa_ips").at(0), "195.219.122.1/29");
}

// A link's code is as long as its account has room for, in the file of the network too.
TEST_F(Upstream, LinkCodesMayBeLongerThanOtherCodes) {
  const std::string code = "amsterdam-nieuwegein-dz001:london-docklands-dz001";
  shell.ok("link update --pubkey ams-lon --code " + code, "alpha");
  EXPECT_EQ(text("link get --code " + code, "code"), code);
  EXPECT_NE(shell.ok("export").out.find(code), std::string::npos);
  EXPECT_EQ(shell.run("device update --pubkey ams-dz001 --code " + code, "alpha").exit_code, 2);
}

TEST_F(Upstream, ALinkMovesToNoOtherContributor) {
  const auto no = shell.run("link update --pubkey ams-lon --contributor zeta", "alpha");
  EXPECT_EQ(no.exit_code, 1);
  EXPECT_NE(no.err.find("takes another one without changing it"), std::string::npos) << no.err;
  EXPECT_EQ(shell.run("link update --pubkey ams-lon --contributor nobody", "alpha").exit_code, 1);
  shell.ok("link update --pubkey ams-lon --contributor alpha --delay-ms 9", "alpha");
}

}  // namespace
}  // namespace dz::cli
