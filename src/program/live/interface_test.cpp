#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"

namespace dz::program::live {
namespace {

class LiveInterfaces : public LiveTest {
 protected:
  ProgramResult add(wire::CreateInterfaceArgs args) { return ledger.add_interface(ledger.ams, std::move(args)); }
  ProgramResult add_as(const Pubkey& who, const Pubkey& contributor, wire::CreateInterfaceArgs args,
                       std::span<const Pubkey> topologies = {}) {
    return ledger.run(create_interface(ledger.as(who), ledger.ams, contributor, std::move(args), topologies));
  }
  ProgramResult update(const Pubkey& who, const wire::UpdateInterfaceArgs& args) {
    return ledger.run(update_interface(ledger.as(who), ledger.ams, ledger.alices, args));
  }
  ProgramResult remove(const Pubkey& who, const std::string& name) {
    return ledger.run(delete_interface(ledger.as(who), ledger.ams, ledger.alices, name));
  }
  // With update_topologies, which the builder does not set.
  wire::Instruction topologies(const Pubkey& who, const std::string& name, std::vector<Pubkey> keys) {
    wire::UpdateInterfaceArgs args{.name = name};
    auto instruction = update_interface(ledger.as(who), ledger.ams, ledger.alices, args);
    args.topology_count = static_cast<std::uint8_t>(keys.size());
    args.update_topologies = true;
    instruction.data = encode(args);
    keys.insert(keys.begin(), resource_address(ledger.program, wire::ResourceKind::SegmentRoutingIds).address);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      instruction.accounts.insert(instruction.accounts.begin() + 3 + static_cast<std::ptrdiff_t>(i),
                                  {keys[i], false, i == 0});
    }
    return instruction;
  }
  std::size_t segments() const { return allocated_count(ledger.pool(wire::ResourceKind::SegmentRoutingIds)); }
  std::size_t addresses() const { return allocated_count(ledger.pool(wire::ResourceKind::DeviceTunnelBlock)); }

  static wire::CreateInterfaceArgs loopback(const std::string& name) {
    return {.name = name, .loopback = LoopbackType::Vpnv4, .mtu = 9000};
  }
  static wire::CreateInterfaceArgs dia(const std::string& name) {
    return {
        .name = name, .ip_net = *parse_network("8.8.8.1/30"), .dia = Dia::Dia, .bandwidth = 1'000'000'000, .mtu = 1500};
  }
};

TEST_F(LiveInterfaces, PortsStartUnlinkedAndLoopbacksActivated) {
  EXPECT_EQ(port(ledger.ams, "Ethernet1").status, InterfaceStatus::Unlinked);
  EXPECT_ACCEPTED(ledger, add(loopback("lo255")));
  const auto created = port(ledger.ams, "Loopback255");
  EXPECT_EQ(created.status, InterfaceStatus::Activated);
  EXPECT_EQ(to_text(created.ip_net), "172.16.0.0/32");
  EXPECT_EQ(created.node_segment_idx, 1);
  EXPECT_REFUSED(ledger, remove(ledger.bob, "Loopback255"), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, remove(ledger.alice, "Loopback254"), wire::ProgramError::InterfaceNotFound);
  EXPECT_ACCEPTED(ledger, remove(ledger.alice, "loopback255"));
  EXPECT_EQ(addresses(), 0U);
  EXPECT_EQ(segments(), 0U);
  EXPECT_EQ(find_interface(device(ledger.ams), "Loopback255"), nullptr);
}

TEST_F(LiveInterfaces, AUserTunnelEndpointKeepsItsOwnAddress) {
  auto endpoint = loopback("Loopback100");
  endpoint.loopback = LoopbackType::None;
  endpoint.ip_net = *parse_network("8.8.8.9/32");
  endpoint.user_tunnel_endpoint = true;
  EXPECT_ACCEPTED(ledger, add(endpoint));
  EXPECT_EQ(to_text(port(ledger.ams, "Loopback100").ip_net), "8.8.8.9/32");
  EXPECT_EQ(addresses() + segments(), 0U);
}

struct RefusedInterface {
  const char* what;
  wire::CreateInterfaceArgs args;
  wire::ProgramError error;
};
TEST_F(LiveInterfaces, CreationIsRefusedFieldByField) {
  auto slow = dia("Ethernet9");
  slow.bandwidth = 0;
  const RefusedInterface kRefused[] = {
      {"name", {.name = "eth0", .mtu = 9000}, wire::ProgramError::InvalidInterfaceName},
      {"again", {.name = "ethernet1", .mtu = 9000}, wire::ProgramError::InterfaceAlreadyExists},
      {"mtu of a link port", {.name = "Ethernet9", .mtu = 1500}, wire::ProgramError::InvalidMtu},
      {"mtu of an edge port",
       {.name = "Ethernet9", .dia = Dia::Dia, .bandwidth = 1, .mtu = 9000},
       wire::ProgramError::InvalidMtu},
      {"vlan", {.name = "Ethernet9", .vlan_id = 4095, .mtu = 9000}, wire::ProgramError::InvalidVlanId},
      {"address of a link port",
       {.name = "Ethernet9", .ip_net = *parse_network("10.0.0.1/31"), .mtu = 9000},
       wire::ProgramError::InvalidInterfaceIp},
      {"cyoa without address",
       {.name = "Ethernet9", .cyoa = Cyoa::GreOverDia, .bandwidth = 1, .mtu = 1500},
       wire::ProgramError::InvalidInterfaceIp},
      {"cyoa loopback",
       {.name = "Loopback9", .cyoa = Cyoa::GreOverDia, .bandwidth = 1, .mtu = 1500},
       wire::ProgramError::CyoaRequiresPhysical},
      {"no bandwidth", slow, wire::ProgramError::InvalidBandwidth}};
  for (const auto& refused : kRefused) {
    SCOPED_TRACE(refused.what);
    EXPECT_REFUSED(ledger, add(refused.args), refused.error);
  }
  EXPECT_REFUSED(ledger, add_as(ledger.bob, ledger.alices, dia("Ethernet9")), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_REFUSED(ledger, add_as(ledger.bob, ledger.bobs, dia("Ethernet9")),
                 wire::ProgramError::InvalidContributorPubkey);
  EXPECT_ACCEPTED(ledger, add_as(ledger.activator, ledger.bobs, dia("Ethernet9")));  // administrators: any contributor
}

TEST_F(LiveInterfaces, ThePermissionAccountOfAnotherGivesNoRightAndIsNoError) {
  const auto with_activators = [&](const Pubkey& who) {
    auto instruction = create_interface(ledger.as(who), ledger.ams, ledger.alices, dia("Ethernet9"));
    instruction.accounts.push_back(wire::read_only(wire::permission_address(ledger.program, ledger.activator).address));
    return ledger.run(instruction);
  };
  EXPECT_REFUSED(ledger, with_activators(ledger.bob), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_REFUSED(ledger, with_activators(ledger.foundation), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_ACCEPTED(ledger, with_activators(ledger.alice));  // the owner needs no right
}

TEST_F(LiveInterfaces, AllocationIsTheProgramsAlone) {
  auto creation = create_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, dia("Ethernet9"));
  creation.data[creation.data.size() - 2] = 0;
  EXPECT_REFUSED(ledger, ledger.run(creation), wire::ProgramError::InvalidArgument);
  creation.data.resize(creation.data.size() - 2);  // left out by an older client
  EXPECT_REFUSED(ledger, ledger.run(creation), wire::ProgramError::InvalidArgument);
  auto deletion = delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, "Ethernet1");
  deletion.data.back() = 0;
  EXPECT_REFUSED(ledger, ledger.run(deletion), wire::ProgramError::InvalidArgument);
}

TEST_F(LiveInterfaces, TheBlockAndTheSegmentsMayRunOut) {
  auto block = ledger.pool(wire::ResourceKind::DeviceTunnelBlock);
  std::fill(block.bitmap.begin(), block.bitmap.end(), 0xff);
  const auto at = resource_address(ledger.program, wire::ResourceKind::DeviceTunnelBlock).address;
  const auto before = ledger.pool(wire::ResourceKind::DeviceTunnelBlock);
  ledger.force(at, block);
  EXPECT_REFUSED(ledger, add(loopback("Loopback1")), wire::ProgramError::AllocationFailed);
  ledger.force(at, before);
  auto wrong = create_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, loopback("Loopback1"));
  wrong.accounts[3].key = wrong.accounts[4].key;
  EXPECT_REFUSED(ledger, ledger.run(wrong), wire::InstructionErrorKind::ProgramFailedToComplete);
  wrong = create_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, loopback("Loopback1"));
  wrong.accounts[4].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(wrong), wire::InstructionErrorKind::ProgramFailedToComplete);
}

// Also with a linked port, which the live program does not protect.
TEST_F(LiveInterfaces, DeletionTakesActivatedAndUnlinkedOnes) {
  ledger.create_wan();
  EXPECT_ACCEPTED(ledger, remove(ledger.alice, "Ethernet1"));
  EXPECT_ACCEPTED(ledger, remove(ledger.alice, "Ethernet2"));
  change_device(ledger.ams, [](Device& d) { find_interface(d, "Ethernet3")->status = InterfaceStatus::Pending; });
  EXPECT_REFUSED(ledger, remove(ledger.alice, "Ethernet3"), wire::ProgramError::InvalidStatus);
}

TEST_F(LiveInterfaces, TheirStatusIsWhatTheWriterSays) {
  for (const auto status : {InterfaceStatus::Unmanaged, InterfaceStatus::Pending, InterfaceStatus::Rejected,
                            InterfaceStatus::Activated, InterfaceStatus::Unlinked}) {
    EXPECT_ACCEPTED(ledger, update(ledger.alice, {.name = "Ethernet1", .status = status}));
    EXPECT_EQ(port(ledger.ams, "Ethernet1").status, status);
  }
}

TEST_F(LiveInterfaces, UpdatesAreRefusedFieldByField) {
  EXPECT_ACCEPTED(ledger, add(loopback("Loopback1")));
  EXPECT_ACCEPTED(ledger, add(dia("Ethernet9")));
  ledger.create_wan();  // Ethernet1 is activated
  const auto cyoa = Cyoa::GreOverDia;
  const std::pair<wire::UpdateInterfaceArgs, wire::ProgramError> kRefused[] = {
      {{.name = "Loopback7"}, wire::ProgramError::InterfaceNotFound},
      {{.name = "Loopback1", .loopback = LoopbackType::None}, wire::ProgramError::InvalidLoopbackType},
      {{.name = "Ethernet1", .cyoa = cyoa, .bandwidth = 1, .mtu = 1500},
       wire::ProgramError::InterfaceHasEdgeAssignment},
      {{.name = "Ethernet1", .dia = Dia::Dia, .bandwidth = 1, .mtu = 1500},
       wire::ProgramError::InterfaceHasEdgeAssignment},
      {{.name = "Ethernet2", .ip_net = *parse_network("10.1.1.1/31")}, wire::ProgramError::InvalidInterfaceIp},
      {{.name = "Ethernet2", .cyoa = cyoa, .bandwidth = 1, .mtu = 1500}, wire::ProgramError::InvalidInterfaceIp},
      {{.name = "Ethernet2", .dia = Dia::Dia, .bandwidth = 1}, wire::ProgramError::InvalidMtu},
      {{.name = "Ethernet9", .bandwidth = 0}, wire::ProgramError::InvalidBandwidth},
      {{.name = "Ethernet9", .vlan_id = 4095}, wire::ProgramError::InvalidVlanId},
      {{.name = "Loopback1", .node_segment_idx = 40}, wire::ProgramError::NotAllowed}};
  for (const auto& [args, error] : kRefused) {
    SCOPED_TRACE(args.name);
    EXPECT_REFUSED(ledger, update(ledger.alice, args), error);
  }
  EXPECT_REFUSED(ledger, update(ledger.bob, {.name = "Ethernet2", .vlan_id = 1}), wire::ProgramError::NotAllowed);
  auto another = update_interface(ledger.as(ledger.bob), ledger.ams, ledger.bobs, {.name = "Ethernet2"});
  EXPECT_REFUSED(ledger, ledger.run(another), wire::ProgramError::InvalidContributorPubkey);
}

TEST_F(LiveInterfaces, SegmentsAreTheAdministrators) {
  EXPECT_ACCEPTED(ledger, add(loopback("Loopback0")));
  EXPECT_ACCEPTED(ledger, update(ledger.activator, {.name = "Loopback0", .node_segment_idx = 40}));
  EXPECT_EQ(port(ledger.ams, "Loopback0").node_segment_idx, 40);
  EXPECT_FALSE(is_allocated(ledger.pool(wire::ResourceKind::SegmentRoutingIds), std::uint16_t{1}));
  EXPECT_ACCEPTED(ledger, ledger.add_interface(ledger.lon, loopback("Loopback0")));
  EXPECT_REFUSED(ledger, update(ledger.foundation, {.name = "Loopback0", .node_segment_idx = 1}),
                 wire::ProgramError::AllocationFailed);
  auto without = update_interface(ledger.as(ledger.foundation), ledger.ams, ledger.alices,
                                  {.name = "Loopback0", .node_segment_idx = 50});
  without.accounts.erase(without.accounts.begin() + 3);
  EXPECT_REFUSED(ledger, ledger.run(without), wire::ProgramError::InvalidArgument);
}

TEST_F(LiveInterfaces, LoopbacksHaveASegmentInEachOfTheirTopologies) {
  const auto a = add_topology("A"), b = add_topology("B"), c = add_topology("C");
  EXPECT_ACCEPTED(ledger, add_as(ledger.alice, ledger.alices, loopback("Loopback0"), std::array{a, b}));
  EXPECT_EQ(port(ledger.ams, "Loopback0").flex_algo_segments, (std::vector<FlexAlgoSegment>{{a, 2}, {b, 3}}));
  EXPECT_ACCEPTED(ledger, ledger.run(topologies(ledger.alice, "Loopback0", {c, b})));
  EXPECT_EQ(port(ledger.ams, "Loopback0").flex_algo_segments, (std::vector<FlexAlgoSegment>{{b, 3}, {c, 2}}));
  EXPECT_EQ(segments(), 3U);
  EXPECT_REFUSED(ledger, ledger.run(topologies(ledger.alice, "Ethernet1", {a})), wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(topologies(ledger.alice, "Loopback0", {a, a})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(topologies(ledger.alice, "Loopback0", {ledger.lon})),
                 wire::InstructionErrorKind::ProgramFailedToComplete);
  EXPECT_ACCEPTED(ledger, remove(ledger.alice, "Loopback0"));
  EXPECT_EQ(segments(), 0U);
}

}  // namespace
}  // namespace dz::program::live
