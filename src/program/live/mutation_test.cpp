// Right instructions with something wrong in them: bytes, accounts, marks. Whatever comes of it, nothing crashes and no
// money is made or lost (TestLedger looks).
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "program/user_fixture.h"
#include "wire/instructions/index.h"
#include "wire/instructions/topology.h"

namespace dz::program::live {
namespace {

struct Start {
  TestLedger ledger{v034_profile()};
  std::vector<wire::Instruction> instructions;

  Start() {
    ledger.set_up();
    const auto wan = ledger.create_wan(), requested = ledger.create_dzx(false);
    EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, wan, {.status = Status::SoftDrained}));
    const auto& profile = ledger.profile;
    const auto add = [&](const Result<wire::Instruction>& instruction) { instructions.push_back(*instruction); };
    const auto ams = ledger.get<Device>(ledger.ams);
    const auto link = ledger.get<Link>(wan);
    const auto next = ledger.state().account_index + 1;
    add(create_device(ledger.as(ledger.alice), next, {ledger.alices, ledger.location, ledger.exchange},
                      {.code = "new",
                       .public_ip = *parse_ipv4("8.8.4.4"),
                       .dz_prefixes = {*parse_network("195.219.120.0/28")},
                       .mgmt_vrf = "default",
                       .desired_status = DesiredStatus::Drained},
                      profile));
    add(update_device(ledger.as(ledger.activator), {ledger.ams, ams},
                      {.code = "other", .max_users = 5, .status = Status::Drained}, profile, ledger.location));
    add(update_device(ledger.as(ledger.alice), {ledger.ams, ams},
                      {.dz_prefixes = std::vector{*parse_network("195.219.120.0/28")}}, profile));
    add(delete_device(ledger.as(ledger.alice), ledger.ams, ams));
    add(create_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices,
                         {.name = "Loopback0", .loopback = LoopbackType::Vpnv4, .mtu = 9000}));
    add(update_interface(ledger.as(ledger.foundation), ledger.ams, ledger.alices,
                         {.name = "Ethernet3", .status = InterfaceStatus::Pending, .node_segment_idx = 9}));
    add(delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, "Ethernet3"));
    auto free_ports = TestLedger::wan_args();
    free_ports.side_a_iface = free_ports.side_z_iface.emplace("Ethernet3");
    add(create_link(ledger.as(ledger.alice), next, {ledger.alices, ledger.ams, ledger.lon}, free_ports, profile));
    add(accept_link(ledger.as(ledger.bob), requested, ledger.get<Link>(requested), ledger.bobs, "Ethernet2"));
    add(update_link(ledger.as(ledger.activator), {wan, link},
                    {.code = "other", .status = Status::Activated, .unicast_drained = true}, profile));
    add(update_link(ledger.as(ledger.foundation), {wan, link},
                    {.tunnel_id = 9, .tunnel_net = *parse_network("172.16.1.0/31")}, profile));
    add(delete_link(ledger.as(ledger.alice), wan, link));
    add(set_device_health(ledger.as(ledger.monitor), ledger.ams, Health::Impaired, profile));
    add(set_link_health(ledger.as(ledger.monitor), wan, Health::Impaired, profile));
    add_those_of_the_foundation(wan, next);
    add_those_of_users();
  }

 private:
  void add_those_of_users() {
    TestUsers users(ledger);
    const auto who = ledger.as(ledger.foundation);
    const auto here = ip_of("8.8.1.1"), there = ip_of("8.8.1.2");
    EXPECT_ACCEPTED(ledger, users.give_pass(ledger.mallory));
    EXPECT_ACCEPTED(ledger, users.give_pass(ledger.bob));
    EXPECT_ACCEPTED(ledger, ledger.set_device(ledger.alice, ledger.ams, {.max_users = 9}));
    EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));
    const auto user = users.user_at(here);
    for (auto& instruction : std::vector<wire::Instruction>{
             users.create(ledger.mallory, ledger.ams, there, UserType::EdgeFiltering),
             users.remove(ledger.mallory, here), request_ban_user(who, user, users.of(ledger.ams)),
             update_user(who, user, users.of(ledger.ams), {.dz_ip = ip_of("195.219.121.99"), .tunnel_id = 600}),
             set_user_bgp_status(ledger.as(key("agent")), user, ledger.ams, {BgpStatus::Up, 1}),
             set_access_pass(who, ledger.bob, {.type = {.kind = AccessPassKind::Others, .name = "x", .key = "y"}}),
             close_access_pass(who, users.pass_at(ledger.bob)), check_access_pass(who, users.pass_at(ledger.bob)),
             set_access_pass_flags(who, users.pass_at(ledger.bob), {.locked = true})}) {
      instructions.push_back(std::move(instruction));
    }
  }
  void add_those_of_the_foundation(const Pubkey& wan, AccountIndex next) {
    const auto who = ledger.as(ledger.foundation);
    const auto config = ledger.get<GlobalConfig>(wire::global_config_address(ledger.program).address);
    const auto vrfs = resource_address(ledger.program, wire::ResourceKind::VrfIds).address;
    const wire::ResourceType links{.kind = wire::ResourceKind::LinkIds};
    EXPECT_ACCEPTED(ledger, ledger.run(create_topology(who, {"gold"})));
    EXPECT_ACCEPTED(ledger, ledger.run(create_index(who, {"device", "lon"}, ledger.lon)));
    for (auto& instruction : std::vector<wire::Instruction>{
             init_global_state(who),
             set_min_version(who, {0, 31, 0}),
             add_foundation(who, ledger.bob),
             set_global_config(who, {1, 1, config.device_tunnel_block, config.user_tunnel_block,
                                     config.multicastgroup_block, 10100, config.multicast_publisher_block}),
             create_location(who, next, {.code = "x", .name = "x", .country = "NL"}),
             update_location(who, ledger.location, {.name = "y"}),
             create_exchange(who, next, {.code = "x"}),
             update_exchange(who, ledger.exchange, {.bgp_community = 1}),
             set_device_exchange(who, ledger.exchange, ledger.ams, {1, wire::SetDeviceExchangeArgs::kSet}),
             create_contributor(who, next, ledger.bob, {"x"}),
             update_contributor(who, ledger.alices, {.code = "y"}),
             create_permission(who, {ledger.bob, permission::kQa}),
             update_permission(who, ledger.activator, {permission::kQa, 0}),
             suspend_permission(who, ledger.activator),
             allocate_resource(who, {links, {}}),
             deallocate_resource(who, {links, {std::uint16_t{0}}}),
             create_resource(who, {wire::ResourceKind::TunnelIds, ledger.ams, 1}),
             close_resource(who, vrfs, ledger.bob),
             create_topology(who, {"silver"}),
             delete_topology(who, "gold"),
             clear_topology(who, "gold", std::vector{wan}),
             assign_node_segments(who, "gold", std::vector{ledger.ams}),
             create_index(who, {"device", "ams"}, ledger.ams),
             delete_index(who, wire::index_address(ledger.program, "device", "lon").address)}) {
      instructions.push_back(std::move(instruction));
    }
  }
};

const Start& start() {
  static const Start kStart;
  return kStart;
}

std::size_t below(std::size_t limit) { return *rc::gen::inRange<std::size_t>(0, limit); }

void spoil(wire::Instruction& instruction, const std::vector<Pubkey>& keys) {
  auto& data = instruction.data;
  auto& accounts = instruction.accounts;
  switch (below(7)) {
    case 0: data[below(data.size())] = *rc::gen::arbitrary<std::uint8_t>(); break;
    case 1: data.resize(1 + below(data.size())); break;
    case 2: data.push_back(*rc::gen::arbitrary<std::uint8_t>()); break;
    case 3: accounts[below(accounts.size())].key = keys[below(keys.size())]; break;
    case 4: accounts.erase(accounts.begin() + static_cast<std::ptrdiff_t>(below(accounts.size()))); break;
    case 5: accounts[below(accounts.size())].writable ^= true; break;
    default: std::swap(accounts[below(accounts.size())], accounts[below(accounts.size())]);
  }
}

TEST(LiveMutations, TheInstructionsAreRightToBeginWith) {
  for (std::size_t i = 0; i < start().instructions.size(); ++i) {
    auto ledger = start().ledger;
    const auto result = ledger.run(start().instructions[i]);
    const bool deletes_a_device = i == 3;  // which has interfaces
    EXPECT_EQ(result.has_value(), !deletes_a_device) << i << describe(result, ledger.log());
  }
}

RC_GTEST_PROP(LiveMutations, NothingCrashesAndNoMoneyIsMade, ()) {
  auto ledger = start().ledger;
  ledger.quiet = true;
  std::vector<Pubkey> keys{wire::kSystemProgramId};
  for (const auto& [at, account] : ledger.accounts) keys.push_back(at);
  for (int n = 0; n < 20; ++n) {
    auto instruction = start().instructions[below(start().instructions.size())];
    for (auto left = 1 + below(3); left > 0 && !instruction.accounts.empty(); --left) spoil(instruction, keys);
    if (ledger.run(instruction)) RC_ASSERT(ledger.fault() == "");
  }
}

}  // namespace
}  // namespace dz::program::live
