#include "program/test_ledger.h"

#include "program/rules/allocator.h"

namespace dz::program::guarded {
namespace {

class LinkTest : public testing::Test {
 protected:
  void SetUp() override { ledger.set_up(); }
  Link link(const Pubkey& at) { return ledger.get<Link>(at); }
  Interface port(const Pubkey& device, const std::string& name) {
    return *find_interface(ledger.get<Device>(device), name);
  }
  wire::LinkEnds wan_ends() const { return {ledger.alices, ledger.ams, ledger.lon}; }
  wire::LinkEnds dzx_ends() const { return {ledger.alices, ledger.ams, ledger.fra}; }
  TestLedger ledger;
};

TEST_F(LinkTest, AWanLinkStartsHardDrainedWithItsResources) {
  const auto at = ledger.create_wan();
  const auto wan = link(at);
  EXPECT_EQ(wan.status, Status::HardDrained);
  EXPECT_EQ(wan.health, Health::Unknown);
  EXPECT_EQ(wan.desired_status, DesiredStatus::Activated);
  EXPECT_EQ(wan.tunnel_id, 0);
  EXPECT_EQ(to_text(wan.tunnel_net), "172.16.0.0/31");
  EXPECT_EQ(port(ledger.ams, "Ethernet1").status, InterfaceStatus::Activated);
  EXPECT_EQ(to_text(port(ledger.ams, "Ethernet1").ip_net), "172.16.0.0/31");
  EXPECT_EQ(to_text(port(ledger.lon, "Ethernet1").ip_net), "172.16.0.1/31");
  EXPECT_EQ(ledger.get<Device>(ledger.ams).reference_count, 1U);
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 3U);
}

TEST_F(LinkTest, SoftDrainedIsTheContributorsChoice) {
  auto args = TestLedger::wan_args();
  args.status = Status::SoftDrained;
  args.desired_status = DesiredStatus::SoftDrained;
  const auto at = ledger.next(wire::link_address);
  EXPECT_ACCEPTED(ledger, ledger.create_link(ledger.alice, args, wan_ends()));
  EXPECT_EQ(link(at).status, Status::SoftDrained);
  EXPECT_EQ(link(at).desired_status, DesiredStatus::SoftDrained);
  for (const auto status : {Status::Activated, Status::Requested, Status::Pending}) {
    args.status = status;
    args.side_a_iface = args.side_z_iface.emplace("Ethernet3");
    EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, wan_ends()), wire::ProgramError::InvalidStatus);
  }
}

TEST_F(LinkTest, ADzxLinkWaitsForSideZ) {
  const auto at = ledger.create_dzx(false);
  EXPECT_EQ(link(at).status, Status::Requested);
  EXPECT_TRUE(link(at).tunnel_net.is_default());
  EXPECT_EQ(port(ledger.ams, "Ethernet2").status, InterfaceStatus::Unlinked);
  const auto accept = [&](const Pubkey& who, const Pubkey& contributor, const std::string& iface) {
    return ledger.run(accept_link(ledger.as(who), at, link(at), contributor, iface));
  };
  EXPECT_REFUSED(ledger, accept(ledger.alice, ledger.bobs, "Ethernet2"), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, accept(ledger.alice, ledger.alices, "Ethernet2"), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, accept(ledger.bob, ledger.bobs, "Ethernet9"), wire::ProgramError::InvalidInterfaceName);
  EXPECT_ACCEPTED(ledger, accept(ledger.bob, ledger.bobs, "Ethernet2"));
  EXPECT_EQ(link(at).status, Status::HardDrained);
  EXPECT_EQ(link(at).health, Health::Unknown);
  EXPECT_EQ(link(at).side_z_iface, "Ethernet2");
  EXPECT_EQ(port(ledger.fra, "Ethernet2").status, InterfaceStatus::Activated);
  EXPECT_REFUSED(ledger, accept(ledger.bob, ledger.bobs, "Ethernet3"), wire::ProgramError::InvalidStatus);
}

TEST_F(LinkTest, CreationIsRefusedFieldByField) {
  const auto refused = [&](auto change, wire::ProgramError error) {
    auto args = TestLedger::wan_args();
    change(args);
    EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, wan_ends()), error);
  };
  refused([](auto& a) { a.mtu = 1500; }, wire::ProgramError::InvalidMtu);
  refused([](auto& a) { a.code = "a b"; }, wire::ProgramError::InvalidAccountCode);
  refused([](auto& a) { a.bandwidth = 1'000'000'000; }, wire::ProgramError::InvalidBandwidth);
  refused([](auto& a) { a.bandwidth = 200'000'000'000; }, wire::ProgramError::InvalidBandwidth);  // above its ports
  refused([](auto& a) { a.delay_ns = 9'999; }, wire::ProgramError::InvalidDelay);
  refused([](auto& a) { a.jitter_ns = 1'000'000'001; }, wire::ProgramError::InvalidJitter);
  refused([](auto& a) { a.side_a_iface = "Ethernet9"; }, wire::ProgramError::InvalidInterfaceName);
  refused([](auto& a) { a.side_a_iface = "ethernet1"; }, wire::ProgramError::InvalidInterfaceName);  // exact spelling
  refused([](auto& a) { a.side_z_iface = "Ethernet9"; }, wire::ProgramError::InvalidInterfaceName);
  refused([](auto& a) { a.side_z_iface.reset(); }, wire::ProgramError::InvalidInterfaceName);
  auto instruction = *create_link(ledger.as(ledger.alice), ledger.state().account_index + 1, wan_ends(),
                                  TestLedger::wan_args(), rfc_profile());
  instruction.data.back() = 0;  // use_onchain_allocation
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidArgument);
  instruction.data.back() = 1;
  instruction.accounts[5].key = key("another topology");
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidArgument);
}

TEST_F(LinkTest, EndsBelongToTheContributorAndDiffer) {
  const auto wan = TestLedger::wan_args();
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.bob, wan, wan_ends()), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.bob, wan, {ledger.bobs, ledger.ams, ledger.fra}),
                 wire::ProgramError::InvalidContributor);
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, wan, dzx_ends()), wire::ProgramError::InvalidContributor);
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, wan, {ledger.alices, ledger.ams, ledger.ams}),
                 wire::ProgramError::InvalidDevicePubkey);
  EXPECT_ACCEPTED(ledger, ledger.create_link(ledger.foundation, wan, wan_ends()));
}

TEST_F(LinkTest, ADzxLinkNamesNeitherSideZsInterfaceNorAStatus) {
  auto args = TestLedger::dzx_args();
  args.side_z_iface = "Ethernet2";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, dzx_ends()),
                 wire::ProgramError::InvalidInterfaceZForExternal);
  args = TestLedger::dzx_args();
  args.status = Status::SoftDrained;
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, dzx_ends()), wire::ProgramError::InvalidStatus);
}

TEST_F(LinkTest, AnInterfaceIsInOneLinkAtMost) {
  ledger.create_wan();
  auto args = TestLedger::wan_args();
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, wan_ends()), wire::ProgramError::InterfaceInUse);
  args.side_a_iface = "Ethernet2";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, wan_ends()), wire::ProgramError::InterfaceInUse);
  auto dzx = TestLedger::dzx_args();
  dzx.side_a_iface = "Ethernet1";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, dzx, dzx_ends()), wire::ProgramError::InterfaceInUse);
}

TEST_F(LinkTest, OfTwoRequestsForOnePortOnlyOneIsAccepted) {
  const auto first = ledger.create_dzx(false), second = ledger.create_dzx(false);
  EXPECT_ACCEPTED(ledger, ledger.run(accept_link(ledger.as(ledger.bob), first, link(first), ledger.bobs, "Ethernet2")));
  EXPECT_REFUSED(ledger, ledger.run(accept_link(ledger.as(ledger.bob), second, link(second), ledger.bobs, "Ethernet3")),
                 wire::ProgramError::InterfaceInUse);
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, second));
  EXPECT_EQ(port(ledger.ams, "Ethernet2").status, InterfaceStatus::Activated);  // still the first one's
}

TEST_F(LinkTest, EdgePortsAndLoopbacksCarryNoLink) {
  EXPECT_ACCEPTED(
      ledger, ledger.add_interface(ledger.ams,
                                   {.name = "Ethernet9", .dia = Dia::Dia, .bandwidth = 100'000'000'000, .mtu = 1500}));
  EXPECT_ACCEPTED(ledger,
                  ledger.add_interface(ledger.ams, {.name = "Loopback0", .bandwidth = 100'000'000'000, .mtu = 9000}));
  auto args = TestLedger::wan_args();
  args.side_a_iface = "Ethernet9";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, wan_ends()),
                 wire::ProgramError::InterfaceHasEdgeAssignment);
  args.side_a_iface = "Loopback0";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, args, wan_ends()), wire::ProgramError::InvalidStatus);
}

// --- the life of a link ---

TEST_F(LinkTest, IsActivatedByHealthAndActivatorAndJudgedAnewAfterADrain) {
  const auto at = ledger.create_wan();
  const auto activate = [&] { return ledger.set_link(ledger.activator, at, {.status = Status::Activated}); };
  EXPECT_REFUSED(ledger, activate(), wire::ProgramError::NotAlongLifecycle);  // a leaked key cannot activate it
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, at, Health::Healthy));
  EXPECT_ACCEPTED(ledger, activate());
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.desired_status = DesiredStatus::SoftDrained}));
  EXPECT_EQ(link(at).status, Status::Activated);  // the activator's turn
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.activator, at, {.status = Status::SoftDrained}));
  EXPECT_EQ(link(at).health, Health::Impaired);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.desired_status = DesiredStatus::Activated}));
  EXPECT_REFUSED(ledger, activate(), wire::ProgramError::NotAlongLifecycle);
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, at, Health::Healthy));
  EXPECT_ACCEPTED(ledger, activate());
}

TEST_F(LinkTest, AContributorDrainsAloneAndAutomationLeavesItSo) {
  const auto at = ledger.create_wan();
  ledger.activate(at);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::HardDrained}));
  EXPECT_EQ(link(at).desired_status, DesiredStatus::HardDrained);
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, at, Health::Healthy));
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.activator, at, {.status = Status::Activated}),
                 wire::ProgramError::NotAlongLifecycle);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::Activated}),
                 wire::ProgramError::NotAContributorsStatus);
  EXPECT_REFUSED(
      ledger,
      ledger.set_link(ledger.alice, at, {.status = Status::SoftDrained, .desired_status = DesiredStatus::Activated}),
      wire::ProgramError::DesiredStatusDiffers);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.mallory, at, {.status = Status::SoftDrained}),
                 wire::ProgramError::NotAllowed);
}

TEST_F(LinkTest, TheFoundationOverrides) {
  const auto at = ledger.create_wan();
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.foundation, at, {.status = Status::Activated}));
  EXPECT_EQ(link(at).desired_status, DesiredStatus::Activated);
  for (const auto status : {Status::Pending, Status::Requested, Status::Rejected, Status::Deleting}) {
    EXPECT_REFUSED(ledger, ledger.set_link(ledger.foundation, at, {.status = status}),
                   wire::ProgramError::NotInService);
  }
  const auto requested = ledger.create_dzx(false);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.foundation, requested, {.status = Status::Activated}),
                 wire::ProgramError::NotInService);
}

TEST_F(LinkTest, AHealthJudgedInAnotherStateComesToNothing) {
  const auto at = ledger.create_wan();
  const auto judged = [&](const lifecycle::JudgedState& state) {
    return ledger.run(set_link_health(ledger.as(ledger.monitor), at, Health::Healthy, rfc_profile(), state));
  };
  EXPECT_REFUSED(ledger, judged({Status::Activated, DesiredStatus::Activated, Health::Unknown}),
                 wire::ProgramError::JudgedOtherwise);
  EXPECT_ACCEPTED(ledger, judged({Status::HardDrained, DesiredStatus::Activated, Health::Unknown}));
}

TEST_F(LinkTest, AHealthWriteValidatesTheWholeRecord) {
  const auto at = ledger.create_wan();
  auto broken = link(at);
  broken.delay_ns = 1;
  ledger.force(at, broken);
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.monitor, at, Health::Healthy), wire::ProgramError::InvalidDelay);
}

// --- holds ---

TEST_F(LinkTest, EachSideOfADzxLinkClearsOnlyItsOwnHold) {
  const auto at = ledger.create_dzx();
  ledger.activate(at);
  EXPECT_ACCEPTED(ledger, ledger.set_link_as_z(ledger.bob, at, {.status = Status::SoftDrained}));
  EXPECT_EQ(link(at).flags, kLinkFlagHeldBySideZ);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.alice, at, {.desired_status = DesiredStatus::Activated}),
                 wire::ProgramError::HeldByOtherSide);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::HardDrained}));  // harder is allowed
  EXPECT_EQ(link(at).flags, kLinkFlagHeldBySideA | kLinkFlagHeldBySideZ);
  EXPECT_REFUSED(ledger, ledger.set_link_as_z(ledger.bob, at, {.status = Status::SoftDrained}),
                 wire::ProgramError::HeldByOtherSide);
  EXPECT_ACCEPTED(ledger, ledger.set_link_as_z(ledger.bob, at, {.desired_status = DesiredStatus::Activated}));
  EXPECT_EQ(link(at).flags, kLinkFlagHeldBySideA);
  EXPECT_EQ(link(at).desired_status, DesiredStatus::HardDrained);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.desired_status = DesiredStatus::Activated}));
  EXPECT_EQ(link(at).flags, 0U);
  EXPECT_EQ(link(at).desired_status, DesiredStatus::Activated);
}

TEST_F(LinkTest, ADzxLinkHeldFromItsCreationIsAcceptedHeld) {
  auto args = TestLedger::dzx_args();
  args.desired_status = DesiredStatus::HardDrained;
  const auto at = ledger.next(wire::link_address);
  EXPECT_ACCEPTED(ledger, ledger.create_link(ledger.alice, args, dzx_ends()));
  EXPECT_EQ(link(at).flags, kLinkFlagHeldBySideA);
  EXPECT_ACCEPTED(ledger, ledger.run(accept_link(ledger.as(ledger.bob), at, link(at), ledger.bobs, "Ethernet2")));
  EXPECT_EQ(link(at).flags, kLinkFlagHeldBySideA);
  EXPECT_EQ(link(at).desired_status, DesiredStatus::HardDrained);
}

// --- other fields ---

TEST_F(LinkTest, SideZWritesLifecycleAndDelayOverrideOnly) {
  const auto at = ledger.create_dzx();
  EXPECT_ACCEPTED(ledger, ledger.set_link_as_z(ledger.bob, at, {.delay_override_ns = 50'000}));
  EXPECT_EQ(link(at).delay_override_ns, 50'000U);
  EXPECT_REFUSED(ledger, ledger.set_link_as_z(ledger.bob, at, {.code = "mine"}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.set_link_as_z(ledger.bob, at, {.unicast_drained = true}),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.bob, at, {.delay_override_ns = 0}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.set_link_as_z(ledger.alice, at, {.delay_override_ns = 0}),
                 wire::ProgramError::NotAllowed);
}

TEST_F(LinkTest, SideAWritesWhatALinkIs) {
  const auto at = ledger.create_wan();
  const auto set = [&](const wire::UpdateLinkArgs& args) { return ledger.set_link(ledger.alice, at, args); };
  EXPECT_ACCEPTED(ledger, set({.code = "NEW",
                               .bandwidth = 20'000'000'000,
                               .delay_ns = 20'000,
                               .jitter_ns = 20'000,
                               .unicast_drained = true}));
  EXPECT_EQ(link(at).code, "new");
  EXPECT_EQ(link(at).flags, kLinkFlagUnicastDrained);
  EXPECT_ACCEPTED(ledger, set({.unicast_drained = false}));
  EXPECT_EQ(link(at).flags, 0U);
  EXPECT_REFUSED(ledger, set({.type = LinkType::Dzx}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, set({.contributor = ledger.bobs}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, set({.mtu = 1500}), wire::ProgramError::InvalidMtu);
  EXPECT_REFUSED(ledger, set({.delay_override_ns = 5}), wire::ProgramError::InvalidDelay);
  EXPECT_REFUSED(ledger, set({.topologies = std::vector{key("topology")}}), wire::ProgramError::FeatureNotEnabled);
  EXPECT_ACCEPTED(ledger, set({.topologies = std::vector<Pubkey>{}}));
}

TEST_F(LinkTest, TheFoundationMovesTheTunnel) {
  const auto at = ledger.create_wan();
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.alice, at, {.tunnel_id = 7}), wire::ProgramError::NotAllowed);
  const auto net = *parse_network("172.16.9.0/31");
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.foundation, at, {.tunnel_id = 7, .tunnel_net = net}));
  EXPECT_EQ(link(at).tunnel_id, 7);
  EXPECT_EQ(to_text(port(ledger.lon, "Ethernet1").ip_net), "172.16.9.1/31");
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::DeviceTunnelBlock)), 2U);
  EXPECT_TRUE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{7}));
  EXPECT_FALSE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{0}));
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.foundation, at, {.tunnel_net = *parse_network("10.0.0.0/31")}),
                 wire::ProgramError::AllocationFailed);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.foundation, at, {.tunnel_net = *parse_network("172.16.8.0/30")}),
                 wire::ProgramError::InvalidTunnelNet);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.foundation, at, {.tunnel_id = 2000}),
                 wire::ProgramError::InvalidTunnelId);
  const auto requested = ledger.create_dzx(false);
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.foundation, requested, {.tunnel_id = 9}),
                 wire::ProgramError::InvalidStatus);
}

TEST_F(LinkTest, TheActivatorWritesStatusAlone) {
  const auto at = ledger.create_wan();
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, at, Health::Healthy));
  EXPECT_REFUSED(ledger, ledger.set_link(ledger.activator, at, {.code = "x", .status = Status::Activated}),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.activator, at, Health::Healthy), wire::ProgramError::NotAllowed);
}

// --- deletion ---

TEST_F(LinkTest, IsDeletedHardDrainedAndGivesAllBack) {
  const auto at = ledger.create_wan();
  ledger.activate(at);
  EXPECT_REFUSED(ledger, ledger.delete_link(ledger.alice, at), wire::ProgramError::NotDrained);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::SoftDrained}));
  EXPECT_REFUSED(ledger, ledger.delete_link(ledger.alice, at), wire::ProgramError::NotDrained);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::HardDrained}));
  EXPECT_REFUSED(ledger, ledger.delete_link(ledger.mallory, at), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, at));
  EXPECT_FALSE(ledger.exists(at));
  EXPECT_EQ(port(ledger.ams, "Ethernet1").status, InterfaceStatus::Unlinked);
  EXPECT_TRUE(port(ledger.ams, "Ethernet1").ip_net.is_default());
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::DeviceTunnelBlock)), 0U);
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::LinkIds)), 0U);
  EXPECT_EQ(ledger.get<Device>(ledger.ams).reference_count, 0U);
  ledger.create_wan();  // the ports can be used again
}

TEST_F(LinkTest, DesiredDeletedDrainsInAdvance) {
  const auto at = ledger.create_wan();
  ledger.activate(at);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.desired_status = DesiredStatus::Deleted}));
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.activator, at, {.status = Status::HardDrained}));
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.foundation, at));
}

TEST_F(LinkTest, ARequestedLinkIsRefusedByEitherSide) {
  const auto first = ledger.create_dzx(false);
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.bob, first));
  EXPECT_FALSE(ledger.exists(first));
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 2U);
  const auto second = ledger.create_dzx(false);
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, second));
}

TEST_F(LinkTest, AnAcceptedLinkIsDeletedByItsContributorOnly) {
  const auto at = ledger.create_dzx();
  EXPECT_REFUSED(ledger, ledger.delete_link(ledger.bob, at), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, at));
}

TEST_F(LinkTest, DeletionNeedsTheLinksOwnEnds) {
  const auto at = ledger.create_wan();
  auto record = link(at);
  record.side_z = ledger.fra;
  EXPECT_REFUSED(ledger, ledger.run(delete_link(ledger.as(ledger.alice), at, record)),
                 wire::InstructionErrorKind::InvalidAccountData);
  record = link(at);
  record.owner = ledger.mallory;
  EXPECT_REFUSED(ledger, ledger.run(delete_link(ledger.as(ledger.alice), at, record)),
                 wire::InstructionErrorKind::InvalidAccountData);
}

}  // namespace
}  // namespace dz::program::guarded
