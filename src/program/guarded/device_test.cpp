#include "program/test_ledger.h"

#include "program/rules/allocator.h"

namespace dz::program::guarded {
namespace {

class DeviceTest : public testing::Test {
 protected:
  void SetUp() override { ledger.set_up(); }
  Device ams() { return ledger.get<Device>(ledger.ams); }
  ProgramResult set(const Pubkey& who, const wire::UpdateDeviceArgs& args) {
    return ledger.set_device(who, ledger.ams, args);
  }
  ProgramResult create(wire::CreateDeviceArgs args, const Pubkey& who) {
    return ledger.run(create_device(ledger.as(who), ledger.state().account_index + 1,
                                    {ledger.alices, ledger.location, ledger.exchange}, std::move(args), rfc_profile()));
  }
  static wire::CreateDeviceArgs args() {
    return {.code = "New-DZ001",
            .type = DeviceType::Hybrid,
            .public_ip = *parse_ipv4("8.8.4.4"),
            .dz_prefixes = {*parse_network("195.219.121.96/29"), *parse_network("195.219.120.0/28")},
            .metrics_publisher = key("agent"),
            .mgmt_vrf = "default"};
  }
  TestLedger ledger;
};

TEST_F(DeviceTest, StartsHardDrainedUnknownAndWithoutUsers) {
  EXPECT_ACCEPTED(ledger, create(args(), ledger.alice));
  const auto at = wire::device_address(ledger.program, ledger.state().account_index).address;
  const auto device = ledger.get<Device>(at);
  EXPECT_EQ(device.code, "new-dz001");
  EXPECT_EQ(device.status, Status::HardDrained);
  EXPECT_EQ(device.health, Health::Unknown);
  EXPECT_EQ(device.desired_status, DesiredStatus::Activated);
  EXPECT_EQ(device.max_users, 0);
  EXPECT_EQ(device.owner, ledger.alice);
  EXPECT_EQ(device.index, ledger.state().account_index);
  const auto block = ledger.get<ResourceExtension>(wire::dz_prefix_block_address(ledger.program, at, 1).address);
  EXPECT_EQ(allocated_count(block), 1U);  // the device's own address
  EXPECT_EQ(block.associated_with, at);
  EXPECT_EQ(allocated_count(ledger.get<ResourceExtension>(wire::tunnel_ids_address(ledger.program, at).address)), 0U);
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 3U);
}

TEST_F(DeviceTest, DesiredStatusMayBeGivenAtCreation) {
  auto drained = args();
  drained.desired_status = DesiredStatus::HardDrained;
  EXPECT_ACCEPTED(ledger, create(drained, ledger.foundation));
  const auto device = ledger.get<Device>(wire::device_address(ledger.program, ledger.state().account_index).address);
  EXPECT_EQ(device.desired_status, DesiredStatus::HardDrained);
}

TEST_F(DeviceTest, CreationIsRefusedFieldByField) {
  EXPECT_REFUSED(ledger, create(args(), ledger.bob), wire::ProgramError::InvalidOwnerPubkey);
  const auto refused = [&](auto change, wire::ProgramError error) {
    auto wrong = args();
    change(wrong);
    EXPECT_REFUSED(ledger, create(wrong, ledger.alice), error);
  };
  refused([](auto& a) { a.code = "no spaces"; }, wire::ProgramError::InvalidAccountCode);
  refused([](auto& a) { a.code = std::string(33, 'x'); }, wire::ProgramError::CodeTooLong);
  refused([](auto& a) { a.public_ip = *parse_ipv4("10.0.0.1"); }, wire::ProgramError::InvalidPublicIp);
  refused([](auto& a) { a.public_ip = *parse_ipv4("195.219.121.97"); }, wire::ProgramError::InvalidPublicIp);
  refused([](auto& a) { a.dz_prefixes.clear(); }, wire::ProgramError::NoDzPrefixes);
  refused([](auto& a) { a.dz_prefixes[0] = *parse_network("10.0.0.0/29"); }, wire::ProgramError::InvalidDzPrefix);
  refused([](auto& a) { a.dz_prefixes[0] = *parse_network("9.0.0.0/8"); }, wire::ProgramError::InvalidArgument);
  refused([](auto& a) { a.mgmt_vrf = "a/b"; }, wire::ProgramError::InvalidAccountCode);
}

TEST_F(DeviceTest, ATransitDeviceMayHaveAPrivateAddress) {
  auto transit = args();
  transit.type = DeviceType::Transit;
  transit.public_ip = *parse_ipv4("10.0.0.1");
  EXPECT_ACCEPTED(ledger, create(transit, ledger.alice));
}

TEST_F(DeviceTest, PoolsMustBeExactlyThoseOfTheDevice) {
  auto instruction = *create_device(ledger.as(ledger.alice), ledger.state().account_index + 1,
                                    {ledger.alices, ledger.location, ledger.exchange}, args(), rfc_profile());
  instruction.accounts[7].key = wire::dz_prefix_block_address(ledger.program, ledger.ams, 9).address;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ProgramFailedToComplete);
}

TEST_F(DeviceTest, ContributorsWriteTheirFieldsAndNoOthers) {
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.code = "AMS-dz009", .max_users = 64}));
  EXPECT_EQ(ams().code, "ams-dz009");
  EXPECT_EQ(ams().max_users, 64);
  EXPECT_REFUSED(ledger, set(ledger.bob, {.max_users = 1}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, set(ledger.alice, {.users_count = 1}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, set(ledger.foundation, {.contributor = ledger.bobs}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, set(ledger.foundation, {.reference_count = 7U}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, set(ledger.alice, {.public_ip = *parse_ipv4("195.219.121.97")}),
                 wire::ProgramError::InvalidPublicIp);
}

TEST_F(DeviceTest, AnotherContributorsAccountDoesNotHelp) {
  auto instruction = *update_device(ledger.as(ledger.bob), {ledger.ams, ams()}, {.max_users = 1}, rfc_profile());
  instruction.accounts[1].key = ledger.bobs;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidContributorPubkey);
}

TEST_F(DeviceTest, TheActivatorWritesStatusAndNothingElse) {
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, ledger.ams, Health::Healthy));
  EXPECT_REFUSED(ledger, set(ledger.activator, {.max_users = 1, .status = Status::Activated}),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, set(ledger.activator, {.desired_status = DesiredStatus::HardDrained}),
                 wire::ProgramError::NotAllowed);
  const auto elsewhere = ledger.add_location("elsewhere");
  EXPECT_REFUSED(ledger,
                 ledger.run(update_device(ledger.as(ledger.activator), {ledger.ams, ams()},
                                          {.status = Status::Activated}, rfc_profile(), elsewhere)),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, set(ledger.activator, {.status = Status::Activated}));
  EXPECT_EQ(ams().status, Status::Activated);
}

TEST_F(DeviceTest, MovesBetweenLocations) {
  const auto elsewhere = ledger.add_location("elsewhere");
  const auto move = [&](const Pubkey& who, const Pubkey& to) {
    return ledger.run(update_device(ledger.as(who), {ledger.ams, ams()}, {}, rfc_profile(), to));
  };
  EXPECT_REFUSED(ledger, move(ledger.bob, elsewhere), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, move(ledger.alice, ledger.location));  // the pair is always sent by some clients
  EXPECT_ACCEPTED(ledger, move(ledger.alice, elsewhere));
  EXPECT_EQ(ams().location, elsewhere);
  EXPECT_EQ(ledger.get<Location>(elsewhere).reference_count, 1U);
  EXPECT_EQ(ledger.get<Location>(ledger.location).reference_count, 2U);
  auto instruction = *update_device(ledger.as(ledger.alice), {ledger.ams, ams()}, {}, rfc_profile(), ledger.location);
  instruction.accounts[2].key = ledger.location;  // not where it is
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidActualLocation);
}

TEST_F(DeviceTest, PrefixesChangeWhileUnused) {
  const auto prefixes = [&](std::vector<NetworkV4> list) {
    return set(ledger.alice, {.dz_prefixes = std::move(list)});
  };
  const auto block_at = [&](std::uint64_t i) {
    return wire::dz_prefix_block_address(ledger.program, ledger.ams, i).address;
  };
  const auto a = *parse_network("195.219.120.0/28"), b = *parse_network("195.219.120.16/28");
  EXPECT_ACCEPTED(ledger, prefixes({a, b}));
  EXPECT_EQ(ledger.get<ResourceExtension>(block_at(0)).ip->base, a);
  EXPECT_EQ(ledger.get<ResourceExtension>(block_at(1)).ip->base, b);
  EXPECT_ACCEPTED(ledger, prefixes({b}));
  EXPECT_FALSE(ledger.exists(block_at(1)));
  auto block = ledger.get<ResourceExtension>(block_at(0));
  EXPECT_EQ(block.ip->base, b);
  allocate_network(block, 1);  // a user's address
  ledger.force(block_at(0), block);
  EXPECT_REFUSED(ledger, prefixes({a}), wire::ProgramError::ResourceInUse);
}

TEST_F(DeviceTest, AccountsOfAnUpdateMustFitItsArguments) {
  auto instruction = *update_device(ledger.as(ledger.alice), {ledger.ams, ams()}, {.max_users = 1}, rfc_profile());
  instruction.accounts.insert(instruction.accounts.begin() + 2, wire::read_only(ledger.location));
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidArgument);
}

TEST_F(DeviceTest, DeletionNamesEveryUnmetCondition) {
  ledger.activate(ledger.ams);
  auto device = ams();
  device.users_count = 3;
  device.reference_count = 3;
  ledger.force(ledger.ams, device);
  EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::NotDrained);
  const auto line = ledger.log().back();
  for (const auto* part : {"activated", "3 links, users or exchanges", "4 interfaces", "3 users"})
    EXPECT_NE(line.find(part), std::string::npos) << line;
}

TEST_F(DeviceTest, IsDeletedHardDrainedWithNothingLeft) {
  EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::DeviceHasInterfaces);
  for (const auto* name : {"Ethernet1", "Ethernet2", "Ethernet3", "Ethernet4"}) {
    EXPECT_ACCEPTED(ledger, ledger.run(delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, name)));
  }
  EXPECT_REFUSED(ledger, ledger.delete_device(ledger.bob, ledger.ams), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.status = Status::SoftDrained}));
  EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::NotDrained);
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.status = Status::HardDrained}));
  EXPECT_ACCEPTED(ledger, ledger.delete_device(ledger.alice, ledger.ams));
  EXPECT_FALSE(ledger.exists(ledger.ams));
  EXPECT_FALSE(ledger.exists(wire::tunnel_ids_address(ledger.program, ledger.ams).address));
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 1U);
  EXPECT_EQ(ledger.get<Location>(ledger.location).reference_count, 2U);
}

TEST_F(DeviceTest, WithALinkStays) {
  ledger.create_wan();
  EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::ReferenceCountNotZero);
}

TEST_F(DeviceTest, DeletionWithoutItsPoolsIsRefused) {
  auto instruction = delete_device(ledger.as(ledger.alice), ledger.ams, ams());
  instruction.data[1] = 0;  // upstream would only mark it as deleting
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidArgument);
}

// --- interfaces ---

using Interfaces = DeviceTest;

wire::CreateInterfaceArgs dia(const std::string& name) {
  return {
      .name = name, .ip_net = *parse_network("8.8.8.1/30"), .dia = Dia::Dia, .bandwidth = 1'000'000'000, .mtu = 1500};
}

TEST_F(Interfaces, PortsStartUnlinkedAndLoopbacksActivated) {
  EXPECT_EQ(find_interface(ams(), "Ethernet1")->status, InterfaceStatus::Unlinked);
  EXPECT_ACCEPTED(ledger,
                  ledger.add_interface(ledger.ams, {.name = "lo255", .loopback = LoopbackType::Vpnv4, .mtu = 9000}));
  const auto device = ams();
  const auto* loopback = find_interface(device, "Loopback255");
  EXPECT_EQ(loopback->status, InterfaceStatus::Activated);
  EXPECT_EQ(to_text(loopback->ip_net), "172.16.0.0/32");
  EXPECT_EQ(loopback->node_segment_idx, 1);
  EXPECT_ACCEPTED(ledger,
                  ledger.run(delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, "loopback255")));
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::DeviceTunnelBlock)), 0U);
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::SegmentRoutingIds)), 0U);
}

TEST_F(Interfaces, CreationIsRefusedFieldByField) {
  const auto refused = [&](wire::CreateInterfaceArgs args, wire::ProgramError error) {
    EXPECT_REFUSED(ledger, ledger.add_interface(ledger.ams, args), error);
  };
  refused({.name = "eth0", .mtu = 9000}, wire::ProgramError::InvalidInterfaceName);
  refused({.name = "ethernet1", .mtu = 9000}, wire::ProgramError::InterfaceAlreadyExists);
  refused({.name = "Ethernet9", .mtu = 1500}, wire::ProgramError::InvalidMtu);
  refused({.name = "Ethernet9", .vlan_id = 4095, .mtu = 9000}, wire::ProgramError::InvalidVlanId);
  refused({.name = "Ethernet9", .ip_net = *parse_network("10.0.0.1/31"), .mtu = 9000},
          wire::ProgramError::InvalidInterfaceIp);
  refused({.name = "Ethernet9", .cyoa = Cyoa::GreOverDia, .bandwidth = 1, .mtu = 1500},
          wire::ProgramError::InvalidInterfaceIp);
  refused({.name = "Loopback9", .cyoa = Cyoa::GreOverDia, .bandwidth = 1, .mtu = 1500},
          wire::ProgramError::CyoaRequiresPhysical);
  auto slow = dia("Ethernet9");
  slow.bandwidth = 0;
  refused(slow, wire::ProgramError::InvalidBandwidth);
  refused({.name = "Loopback9", .ip_net = *parse_network("172.16.0.9/32"), .user_tunnel_endpoint = true, .mtu = 9000},
          wire::ProgramError::InvalidInterfaceIp);  // the pool's own
  EXPECT_REFUSED(ledger,
                 ledger.run(create_interface(ledger.as(ledger.bob), ledger.ams, ledger.alices, dia("Ethernet9"))),
                 wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_REFUSED(ledger, ledger.run(create_interface(ledger.as(ledger.bob), ledger.ams, ledger.bobs, dia("Ethernet9"))),
                 wire::ProgramError::InvalidContributorPubkey);
}

TEST_F(Interfaces, AllocationIsThisProgramsAlone) {
  auto instruction = create_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, dia("Ethernet9"));
  instruction.data[instruction.data.size() - 2] = 0;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidArgument);
  instruction = create_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, dia("Ethernet9"),
                                 std::array{key("topology")});
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::FeatureNotEnabled);
}

TEST_F(Interfaces, OnlyEdgePortsHaveAStatusOfTheirOwn) {
  const auto set_status = [&](const Pubkey& who, const std::string& name, InterfaceStatus status) {
    return ledger.run(update_interface(ledger.as(who), ledger.ams, ledger.alices, {.name = name, .status = status}));
  };
  EXPECT_ACCEPTED(ledger, ledger.add_interface(ledger.ams, dia("Ethernet9")));
  EXPECT_EQ(find_interface(ams(), "Ethernet9")->status, InterfaceStatus::Unlinked);
  EXPECT_REFUSED(ledger, set_status(ledger.bob, "Ethernet9", InterfaceStatus::Activated),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, set_status(ledger.alice, "Ethernet9", InterfaceStatus::Activated));
  EXPECT_EQ(find_interface(ams(), "Ethernet9")->status, InterfaceStatus::Activated);
  EXPECT_ACCEPTED(ledger, set_status(ledger.alice, "Ethernet9", InterfaceStatus::Unlinked));
  for (const auto status : {InterfaceStatus::Invalid, InterfaceStatus::Unmanaged, InterfaceStatus::Pending,
                            InterfaceStatus::Deleting, InterfaceStatus::Rejected}) {
    EXPECT_REFUSED(ledger, set_status(ledger.alice, "Ethernet9", status),
                   wire::ProgramError::InterfaceStatusNotSettable);
  }
  EXPECT_REFUSED(ledger, set_status(ledger.alice, "Ethernet1", InterfaceStatus::Activated),
                 wire::ProgramError::InterfaceStatusNotSettable);
  EXPECT_REFUSED(ledger, set_status(ledger.foundation, "Ethernet1", InterfaceStatus::Activated),
                 wire::ProgramError::InterfaceStatusNotSettable);
  EXPECT_ACCEPTED(ledger, set_status(ledger.alice, "Ethernet1", InterfaceStatus::Unlinked));  // nothing changes
  ledger.create_wan();
  EXPECT_REFUSED(ledger, set_status(ledger.alice, "Ethernet1", InterfaceStatus::Unlinked),
                 wire::ProgramError::InterfaceStatusNotSettable);
}

TEST_F(Interfaces, ALinkedPortStaysAsItIs) {
  const auto update = [&](wire::UpdateInterfaceArgs args) {
    args.name = "Ethernet1";
    return ledger.run(update_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, args));
  };
  ledger.create_wan();
  EXPECT_REFUSED(ledger, ledger.run(delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, "Ethernet1")),
                 wire::ProgramError::InterfaceInUse);
  EXPECT_REFUSED(ledger, update({.ip_net = *parse_network("10.1.1.1/31")}), wire::ProgramError::InterfaceInUse);
  EXPECT_REFUSED(ledger, update({.dia = Dia::Dia, .bandwidth = 1, .mtu = 1500}),
                 wire::ProgramError::InterfaceHasEdgeAssignment);
  EXPECT_ACCEPTED(ledger, update({.vlan_id = 7}));
}

TEST_F(Interfaces, AnActiveEdgePortKeepsItsAssignment) {
  const auto update = [&](wire::UpdateInterfaceArgs args) {
    args.name = "Ethernet9";
    return ledger.run(update_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, args));
  };
  EXPECT_ACCEPTED(ledger, ledger.add_interface(ledger.ams, dia("Ethernet9")));
  EXPECT_ACCEPTED(ledger, update({.status = InterfaceStatus::Activated}));
  EXPECT_REFUSED(ledger, update({.dia = Dia::None, .mtu = 9000}), wire::ProgramError::InterfaceHasEdgeAssignment);
  EXPECT_ACCEPTED(ledger,
                  update({.status = InterfaceStatus::Unlinked, .ip_net = NetworkV4{}, .dia = Dia::None, .mtu = 9000}));
  EXPECT_REFUSED(ledger, update({.status = InterfaceStatus::Activated}),
                 wire::ProgramError::InterfaceStatusNotSettable);
}

TEST_F(Interfaces, LoopbacksKeepTheirAddressAndSegmentsAreTheFoundations) {
  EXPECT_ACCEPTED(
      ledger, ledger.add_interface(ledger.ams, {.name = "Loopback0", .loopback = LoopbackType::Vpnv4, .mtu = 9000}));
  const auto update = [&](const Pubkey& who, wire::UpdateInterfaceArgs args) {
    args.name = "Loopback0";
    return ledger.run(update_interface(ledger.as(who), ledger.ams, ledger.alices, args));
  };
  EXPECT_REFUSED(ledger, update(ledger.alice, {.ip_net = *parse_network("10.9.9.9/32")}),
                 wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, update(ledger.alice, {.loopback = LoopbackType::None}),
                 wire::ProgramError::InvalidLoopbackType);
  EXPECT_REFUSED(ledger, update(ledger.alice, {.node_segment_idx = 40}), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, update(ledger.foundation, {.node_segment_idx = 40}));
  EXPECT_EQ(find_interface(ams(), "Loopback0")->node_segment_idx, 40);
  EXPECT_FALSE(is_allocated(ledger.pool(wire::ResourceKind::SegmentRoutingIds), std::uint16_t{1}));
  EXPECT_ACCEPTED(
      ledger, ledger.add_interface(ledger.lon, {.name = "Loopback0", .loopback = LoopbackType::Vpnv4, .mtu = 9000}));
  EXPECT_REFUSED(ledger, update(ledger.foundation, {.node_segment_idx = 1}), wire::ProgramError::AllocationFailed);
  auto unknown = wire::UpdateInterfaceArgs{.name = "Loopback7"};
  EXPECT_REFUSED(ledger, ledger.run(update_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, unknown)),
                 wire::ProgramError::InterfaceNotFound);
}

}  // namespace
}  // namespace dz::program::guarded
