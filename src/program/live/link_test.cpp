#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"

namespace dz::program::live {
namespace {

class LiveLinks : public LiveTest {
 protected:
  wire::LinkEnds alices_ends() const { return {ledger.alices, ledger.ams, ledger.lon}; }
  wire::LinkEnds both_ends() const { return {ledger.alices, ledger.ams, ledger.fra}; }
  wire::Instruction creation(const Pubkey& who, const wire::CreateLinkArgs& args, const wire::LinkEnds& ends) {
    return *create_link(ledger.as(who), ledger.state().account_index + 1, ends, args, ledger.profile);
  }
  std::size_t ids() const { return allocated_count(ledger.pool(wire::ResourceKind::LinkIds)); }
  std::size_t addresses() const { return allocated_count(ledger.pool(wire::ResourceKind::DeviceTunnelBlock)); }
  void make_edge(const Pubkey& at, const std::string& name) {
    change_device(at, [&](Device& d) {
      auto* port = find_interface(d, name);
      port->dia = Dia::Dia;
      port->mtu = 1500;
    });
  }
  ProgramResult accept(const Pubkey& who, const Pubkey& at, const std::string& name = "Ethernet2") {
    return ledger.run(accept_link(ledger.as(who), at, link(at), ledger.bobs, name));
  }
};

TEST_F(LiveLinks, AWanLinkIsActivatedAtOnce) {
  const auto at = ledger.create_wan();
  const auto created = link(at);
  EXPECT_EQ(created.status, Status::Activated);
  EXPECT_EQ(created.health, Health::Healthy);
  EXPECT_EQ(created.desired_status, DesiredStatus::Activated);
  EXPECT_EQ(created.owner, ledger.alice);
  EXPECT_EQ(created.tunnel_id, 0);
  EXPECT_EQ(to_text(created.tunnel_net), "172.16.0.0/31");
  EXPECT_TRUE(created.topologies.empty());
  EXPECT_EQ(port(ledger.ams, "Ethernet1").status, InterfaceStatus::Activated);
  EXPECT_EQ(to_text(port(ledger.ams, "Ethernet1").ip_net), "172.16.0.0/31");
  EXPECT_EQ(to_text(port(ledger.lon, "Ethernet1").ip_net), "172.16.0.1/31");
  EXPECT_EQ(device(ledger.ams).reference_count, 1U);
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 3U);
  EXPECT_EQ(ledger.accounts.at(at).data[150], 1);  // status
}

TEST_F(LiveLinks, WithoutSideZsInterfaceOnlySideAIsLinked) {
  auto args = TestLedger::wan_args();
  args.side_z_iface.reset();
  EXPECT_ACCEPTED(ledger, ledger.create_link(ledger.alice, args, alices_ends()));
  EXPECT_EQ(port(ledger.ams, "Ethernet1").status, InterfaceStatus::Activated);
  EXPECT_EQ(port(ledger.lon, "Ethernet1").status, InterfaceStatus::Unlinked);
}

TEST_F(LiveLinks, ADzxLinkWaitsForSideZAndTakesNothing) {
  const auto at = ledger.create_dzx(false);
  EXPECT_EQ(link(at).status, Status::Requested);
  EXPECT_EQ(link(at).health, Health::Healthy);
  EXPECT_EQ(port(ledger.ams, "Ethernet2").status, InterfaceStatus::Unlinked);
  EXPECT_EQ(ids() + addresses(), 0U);
  EXPECT_ACCEPTED(ledger, accept(ledger.bob, at));
  EXPECT_EQ(link(at).status, Status::Activated);
  EXPECT_EQ(link(at).side_z_iface, "Ethernet2");
  EXPECT_EQ(to_text(port(ledger.fra, "Ethernet2").ip_net), "172.16.0.1/31");
  EXPECT_EQ(ids(), 1U);
}

TEST_F(LiveLinks, NewLinksAreTaggedWithTheDefaultTopology) {
  const auto topology = add_topology(std::string(wire::kDefaultTopology));
  const auto at = ledger.create_wan();
  EXPECT_EQ(link(at).topologies, std::vector{topology});
  EXPECT_EQ(links_of(topology), 1U);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::SoftDrained}));
  auto without = delete_link(ledger.as(ledger.alice), at, link(at));
  without.accounts.erase(without.accounts.begin() + 8);
  EXPECT_REFUSED(ledger, ledger.run(without), wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, at));
  EXPECT_EQ(links_of(topology), 0U);
  auto full = ledger.get<Topology>(topology);
  full.reference_count = 0xffffffff;
  ledger.force(topology, full);
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, TestLedger::wan_args(), alices_ends()),
                 wire::ProgramError::ArithmeticOverflow);
}

struct RefusedLink {
  const char* what;
  void (*change)(wire::CreateLinkArgs&);
  wire::ProgramError error;
};
constexpr RefusedLink kRefusedLinks[] = {
    {"charset", [](auto& a) { a.code = "no spaces"; }, wire::ProgramError::InvalidAccountCode},
    {"side A's interface", [](auto& a) { a.side_a_iface = "Ethernet8"; }, wire::ProgramError::InvalidInterfaceName},
    {"exact case", [](auto& a) { a.side_a_iface = "ethernet1"; }, wire::ProgramError::InvalidInterfaceName},
    {"side Z's interface", [](auto& a) { a.side_z_iface = "Ethernet8"; }, wire::ProgramError::InvalidInterfaceName},
    {"faster than the port", [](auto& a) { a.bandwidth = 100'000'000'001; }, wire::ProgramError::InvalidBandwidth},
    {"slow", [](auto& a) { a.bandwidth = 9'999'999'999; }, wire::ProgramError::InvalidBandwidth},
    {"mtu", [](auto& a) { a.mtu = 1500; }, wire::ProgramError::InvalidMtu},
    {"delay", [](auto& a) { a.delay_ns = 9'999; }, wire::ProgramError::InvalidDelay},
    {"jitter", [](auto& a) { a.jitter_ns = 1'000'000'001; }, wire::ProgramError::InvalidJitter}};

TEST_F(LiveLinks, CreationIsRefusedFieldByField) {
  for (const auto& refused : kRefusedLinks) {
    SCOPED_TRACE(refused.what);
    auto wrong = TestLedger::wan_args();
    refused.change(wrong);
    EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, wrong, alices_ends()), refused.error);
  }
  const auto wan = TestLedger::wan_args();
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.bob, wan, alices_ends()), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, wan, both_ends()), wire::ProgramError::InvalidContributor);
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.bob, wan, {ledger.bobs, ledger.ams, ledger.lon}),
                 wire::ProgramError::InvalidContributor);
  auto loop = wan;
  loop.side_z_iface = "Ethernet2";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, loop, {ledger.alices, ledger.ams, ledger.ams}),
                 wire::ProgramError::InvalidDevicePubkey);
  auto dzx = TestLedger::dzx_args();
  dzx.side_z_iface = "Ethernet2";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, dzx, both_ends()),
                 wire::ProgramError::InvalidInterfaceZForExternal);
}

TEST_F(LiveLinks, PortsOfANewLinkAreFreeAndNoEdge) {
  ledger.create_wan();
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, TestLedger::wan_args(), alices_ends()),
                 wire::ProgramError::InvalidStatus);
  auto other = TestLedger::wan_args();
  other.side_a_iface = "Ethernet3";
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, other, alices_ends()), wire::ProgramError::InvalidStatus);
  other.side_z_iface = "Ethernet3";
  make_edge(ledger.lon, "Ethernet3");
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, other, alices_ends()),
                 wire::ProgramError::InterfaceHasEdgeAssignment);
  make_edge(ledger.ams, "Ethernet3");
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, other, alices_ends()),
                 wire::ProgramError::InterfaceHasEdgeAssignment);
}

TEST_F(LiveLinks, CreationChecksItsAccounts) {
  const auto good = creation(ledger.alice, TestLedger::wan_args(), alices_ends());
  const auto refused = [&](auto change, auto error) {
    auto wrong = good;
    change(wrong);
    EXPECT_REFUSED(ledger, ledger.run(wrong), error);
  };
  refused([](auto& i) { i.data.back() = 0; }, wire::ProgramError::InvalidArgument);
  refused([](auto& i) { i.data.pop_back(); }, wire::ProgramError::InvalidArgument);
  refused([&](auto& i) { i.accounts[0].key = ledger.ams; }, wire::InstructionErrorKind::AccountAlreadyInitialized);
  refused([&](auto& i) { i.accounts[0].key = key("elsewhere"); }, wire::InstructionErrorKind::ProgramFailedToComplete);
  refused([&](auto& i) { i.accounts[1].writable = false; }, wire::InstructionErrorKind::ProgramFailedToComplete);
  refused([&](auto& i) { i.accounts[4].writable = false; }, wire::InstructionErrorKind::ProgramFailedToComplete);
  refused([&](auto& i) { i.accounts[5].key = key("elsewhere"); }, wire::ProgramError::InvalidArgument);
  refused([&](auto& i) { std::swap(i.accounts[6], i.accounts[7]); },
          wire::InstructionErrorKind::ProgramFailedToComplete);
  refused([&](auto& i) { i.accounts[8].signer = false; }, wire::InstructionErrorKind::ProgramFailedToComplete);
  refused([&](auto& i) { i.accounts[2].key = ledger.location; }, wire::InstructionErrorKind::InvalidAccountData);
  auto go = good;  // the system program read-only, and an account more
  go.accounts[9].writable = false;
  go.accounts.push_back(wire::read_only(key("elsewhere")));
  EXPECT_ACCEPTED(ledger, ledger.run(go));
}

TEST_F(LiveLinks, PoolsMayRunOut) {
  auto pool = ledger.pool(wire::ResourceKind::LinkIds);
  std::fill(pool.bitmap.begin(), pool.bitmap.end(), 0xff);
  ledger.force(resource_address(ledger.program, wire::ResourceKind::LinkIds).address, pool);
  EXPECT_REFUSED(ledger, ledger.create_link(ledger.alice, TestLedger::wan_args(), alices_ends()),
                 wire::ProgramError::AllocationFailed);
}

TEST_F(LiveLinks, AcceptanceIsSideZsAlone) {
  const auto at = ledger.create_dzx(false);
  EXPECT_REFUSED(ledger, accept(ledger.alice, at), wire::ProgramError::NotAllowed);
  const auto with = [&](std::size_t place, const Pubkey& account) {
    auto wrong = accept_link(ledger.as(ledger.foundation), at, link(at), ledger.bobs, "Ethernet2");
    wrong.accounts[place].key = account;
    return ledger.run(wrong);
  };
  EXPECT_REFUSED(ledger, with(2, ledger.lon), wire::ProgramError::InvalidAccountOwner);
  EXPECT_REFUSED(ledger, with(1, ledger.alices), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, with(4, ledger.lon), wire::InstructionErrorKind::InvalidAccountData);
  EXPECT_REFUSED(ledger, accept(ledger.bob, at, "Ethernet8"), wire::ProgramError::InvalidInterfaceName);
  auto flag = accept_link(ledger.as(ledger.bob), at, link(at), ledger.bobs, "Ethernet2");
  flag.data.back() = 0;
  EXPECT_REFUSED(ledger, ledger.run(flag), wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, accept(ledger.foundation, at));
  EXPECT_REFUSED(ledger, accept(ledger.bob, at), wire::ProgramError::InvalidStatus);
}

TEST_F(LiveLinks, AcceptanceChecksBothPorts) {
  const auto at = ledger.create_dzx(false);
  const auto refused = [&](const Pubkey& side, auto change, wire::ProgramError error) {
    const auto before = device(side);
    change_device(side, [&](Device& d) { change(*find_interface(d, "Ethernet2")); });
    EXPECT_REFUSED(ledger, accept(ledger.bob, at), error);
    ledger.force(side, before);
  };
  for (const auto& side : {ledger.ams, ledger.fra}) {
    refused(
        side, [](Interface& i) { i.status = InterfaceStatus::Activated; }, wire::ProgramError::InvalidStatus);
    refused(
        side, [](Interface& i) { i.dia = Dia::Dia; }, wire::ProgramError::InterfaceHasEdgeAssignment);
    refused(
        side, [](Interface& i) { i.bandwidth = 1; }, wire::ProgramError::InvalidBandwidth);
  }
  change_device(ledger.ams,
                [](Device& d) { std::erase_if(d.interfaces, [](auto& i) { return i.name == "Ethernet2"; }); });
  EXPECT_REFUSED(ledger, accept(ledger.bob, at), wire::ProgramError::InterfaceNotFound);
}

TEST_F(LiveLinks, DeletionGivesEverythingBack) {
  const auto at = ledger.create_wan();
  EXPECT_REFUSED(ledger, ledger.delete_link(ledger.mallory, at), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_REFUSED(ledger, ledger.delete_link(ledger.alice, at), wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::Deleting}));
  EXPECT_REFUSED(ledger, ledger.delete_link(ledger.alice, at), wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::SoftDrained}));
  const auto with = [&](std::size_t place, const Pubkey& account) {
    auto wrong = delete_link(ledger.as(ledger.alice), at, link(at));
    wrong.accounts[place].key = account;
    return ledger.run(wrong);
  };
  EXPECT_REFUSED(ledger, with(3, ledger.fra), wire::InstructionErrorKind::InvalidAccountData);
  EXPECT_REFUSED(ledger, with(4, ledger.fra), wire::InstructionErrorKind::InvalidAccountData);
  EXPECT_REFUSED(ledger, with(7, ledger.bob), wire::InstructionErrorKind::InvalidAccountData);
  auto foreign = delete_link(ledger.as(ledger.bob), at, link(at));
  foreign.accounts[1].key = ledger.bobs;
  EXPECT_REFUSED(ledger, ledger.run(foreign), wire::ProgramError::NotAllowed);
  auto flag = delete_link(ledger.as(ledger.alice), at, link(at));
  flag.data.back() = 0;
  EXPECT_REFUSED(ledger, ledger.run(flag), wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, at));
  EXPECT_FALSE(ledger.exists(at));
  EXPECT_EQ(ids() + addresses(), 0U);
  EXPECT_EQ(port(ledger.ams, "Ethernet1").status, InterfaceStatus::Unlinked);
  EXPECT_TRUE(port(ledger.lon, "Ethernet1").ip_net.is_default());
  EXPECT_EQ(device(ledger.lon).reference_count, 0U);
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 2U);
}

TEST_F(LiveLinks, AnEdgePortKeepsItsAddressWhenItsLinkGoes) {
  const auto at = ledger.create_wan();
  make_edge(ledger.ams, "Ethernet1");
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.status = Status::HardDrained}));
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, at));
  EXPECT_EQ(to_text(port(ledger.ams, "Ethernet1").ip_net), "172.16.0.0/31");
}

// As upstream: a link that was never accepted seems to have the id 0, and gives it back whoever has it.
TEST_F(LiveLinks, ALinkThatNeverHadAnIdGivesBackTheFirst) {
  ledger.create_wan();
  const auto requested = ledger.create_dzx(false);
  EXPECT_TRUE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{0}));
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, requested));
  EXPECT_FALSE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{0}));
  EXPECT_EQ(addresses(), 2U);
}

}  // namespace
}  // namespace dz::program::live
