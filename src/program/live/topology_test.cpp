// Topologies and indexes of the live network.
#include "wire/instructions/topology.h"
#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"
#include "wire/instructions/index.h"

namespace dz::program::live {
namespace {

constexpr auto kPanic = wire::InstructionErrorKind::ProgramFailedToComplete;

class LiveTopologies : public LiveTest {
 protected:
  wire::Sender foundation() const { return ledger.as(ledger.foundation); }
  Pubkey at(const std::string& name) const { return wire::topology_address(ledger.program, name).address; }
  Topology topology(const std::string& name) const { return ledger.get<Topology>(at(name)); }
  ProgramResult create(const std::string& name, TopologyConstraint constraint = TopologyConstraint::IncludeAny) {
    return ledger.run(create_topology(foundation(), {name, constraint}));
  }
  ProgramResult clear(const std::string& name, std::vector<Pubkey> links) {
    return ledger.run(clear_topology(foundation(), name, links));
  }
  ProgramResult assign(const std::string& name, std::vector<Pubkey> devices) {
    return ledger.run(assign_node_segments(foundation(), name, devices));
  }
  void tag(const Pubkey& link_at, std::vector<Pubkey> topologies) {
    EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.foundation, link_at, {.topologies = std::move(topologies)}));
  }
  void add_loopback(const Pubkey& device_at, const std::string& name, LoopbackType type) {
    EXPECT_ACCEPTED(ledger, ledger.add_interface(device_at, {.name = name, .loopback = type, .mtu = 9000}));
  }
};

TEST_F(LiveTopologies, TheFirstHasBitOne) {
  EXPECT_ACCEPTED(ledger, create("unicast-default", TopologyConstraint::Exclude));
  const auto first = topology("UNICAST-DEFAULT");
  EXPECT_EQ(first.name, "UNICAST-DEFAULT");
  EXPECT_EQ(first.owner, ledger.foundation);
  EXPECT_EQ(first.bump, wire::topology_address(ledger.program, "unicast-default").bump);
  EXPECT_EQ(first.admin_group_bit, 1);
  EXPECT_EQ(first.flex_algo_number, 129);
  EXPECT_EQ(first.constraint, TopologyConstraint::Exclude);
  EXPECT_EQ(first.reference_count, 0U);
  EXPECT_ACCEPTED(ledger, create("GOLD"));
  EXPECT_EQ(topology("gold").admin_group_bit, 2);
  EXPECT_EQ(topology("gold").constraint, TopologyConstraint::IncludeAny);
}

TEST_F(LiveTopologies, NamesAndSigners) {
  for (const auto* name : {"", "1A", "-A", "A B", "A_B"}) {
    EXPECT_REFUSED(ledger, create(name), wire::ProgramError::InvalidName);
  }
  EXPECT_ACCEPTED(ledger, create("a" + std::string(31, '9')));
  EXPECT_REFUSED(ledger, create("a" + std::string(32, '9')), wire::ProgramError::NameTooLong);
  EXPECT_ACCEPTED(ledger, create("gold"));
  EXPECT_REFUSED(ledger, create("Gold"), wire::InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_REFUSED(ledger, ledger.run(create_topology(ledger.as(ledger.mallory), {"1"})), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(foundation(), {ledger.mallory, permission::kTopologyAdmin})));
  EXPECT_ACCEPTED(ledger, ledger.run(create_topology(ledger.as(ledger.mallory), {"silver"})));
  auto bad = create_topology(foundation(), {"bronze"});
  bad.accounts[0].key = key("elsewhere");
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = create_topology(foundation(), {"bronze"});
  bad.accounts[1].key = resource_address(ledger.program, wire::ResourceKind::LinkIds).address;
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = create_topology(foundation(), {"bronze"});
  bad.accounts[1].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = create_topology(foundation(), {"bronze"});
  bad.data.back() = 2;  // no such constraint
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
}

TEST_F(LiveTopologies, BitsRunOutAndNeverComeBack) {
  EXPECT_ACCEPTED(ledger, create("gold"));
  EXPECT_ACCEPTED(ledger, ledger.run(delete_topology(foundation(), "gold")));
  EXPECT_FALSE(ledger.exists(at("gold")));
  EXPECT_ACCEPTED(ledger, create("gold"));
  EXPECT_EQ(topology("gold").admin_group_bit, 2);
  auto bits = ledger.pool(wire::ResourceKind::AdminGroupBits);
  while (allocate_id(bits)) {
  }
  ledger.force(resource_address(ledger.program, wire::ResourceKind::AdminGroupBits).address, bits);
  EXPECT_REFUSED(ledger, create("silver"), wire::ProgramError::AllocationFailed);
}

TEST_F(LiveTopologies, TaggedOnesAreNotDeleted) {
  EXPECT_ACCEPTED(ledger, create("gold"));
  const auto wan = ledger.create_wan();
  tag(wan, {at("gold")});
  EXPECT_EQ(topology("gold").reference_count, 1U);
  EXPECT_REFUSED(ledger, ledger.run(delete_topology(foundation(), "gold")), wire::ProgramError::ReferenceCountNotZero);
  EXPECT_REFUSED(ledger, ledger.run(delete_topology(ledger.as(ledger.alice), "gold")), wire::ProgramError::NotAllowed);
  auto bad = delete_topology(foundation(), "gold");
  bad.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = delete_topology(foundation(), "silver");
  bad.accounts[0].key = at("gold");
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
}

TEST_F(LiveTopologies, ClearTakesTheTagOffEachLink) {
  EXPECT_ACCEPTED(ledger, create("gold"));
  EXPECT_ACCEPTED(ledger, create("silver"));
  const auto wan = ledger.create_wan(), dzx = ledger.create_dzx();
  tag(wan, {at("gold"), at("silver")});
  tag(dzx, {at("silver")});
  EXPECT_ACCEPTED(ledger, clear("gold", {wan, dzx, wan}));
  EXPECT_EQ(link(wan).topologies, std::vector{at("silver")});
  EXPECT_EQ(topology("gold").reference_count, 0U);
  EXPECT_EQ(topology("silver").reference_count, 2U);
  EXPECT_ACCEPTED(ledger, clear("gold", {}));
  EXPECT_REFUSED(ledger, clear("gold", {ledger.ams}), wire::InstructionErrorKind::InvalidAccountData);
  EXPECT_REFUSED(ledger, clear("gold", {ledger.alice}), kPanic);
  EXPECT_REFUSED(ledger, ledger.run(clear_topology(ledger.as(ledger.alice), "gold", {})),
                 wire::ProgramError::NotAllowed);
}

TEST_F(LiveTopologies, ClearAlsoServesAClosedTopology) {
  EXPECT_ACCEPTED(ledger, create("gold"));
  const auto wan = ledger.create_wan();
  tag(wan, {at("gold")});
  auto record = topology("gold");
  record.reference_count = 0;
  ledger.force(at("gold"), record);
  auto read_only_topology = clear_topology(foundation(), "gold", std::vector{wan});
  read_only_topology.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only_topology), kPanic);
  EXPECT_ACCEPTED(ledger, ledger.run(delete_topology(foundation(), "gold")));
  EXPECT_ACCEPTED(ledger, ledger.run(read_only_topology));
  EXPECT_TRUE(link(wan).topologies.empty());
  auto elsewhere = read_only_topology;
  elsewhere.accounts[0].key = at("silver");
  EXPECT_REFUSED(ledger, ledger.run(elsewhere), kPanic);
}

// These two have errors of their own about the end of the list.
TEST_F(LiveTopologies, ListsEndWithAPayerWhoSigned) {
  EXPECT_ACCEPTED(ledger, create("gold"));
  for (const auto& good : {clear_topology(foundation(), "gold", {}),
                           assign_node_segments(foundation(), "gold", std::vector{ledger.ams})}) {
    auto bad = good;
    bad.accounts[bad.accounts.size() - 2].signer = false;
    EXPECT_REFUSED(ledger, ledger.run(bad), wire::ProgramError::Unauthorized);
    bad = good;
    bad.accounts.resize(good.data[0] == 109 ? 3 : 4);
    EXPECT_REFUSED(ledger, ledger.run(bad), wire::ProgramError::InvalidArgument);
  }
  // The payer's permission account may follow.
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(foundation(), {ledger.mallory, permission::kTopologyAdmin})));
  EXPECT_ACCEPTED(ledger, ledger.run(clear_topology(ledger.as(ledger.mallory), "gold", {})));
  EXPECT_ACCEPTED(ledger, ledger.run(assign_node_segments(ledger.as(ledger.mallory), "gold", std::vector{ledger.ams})));
}

TEST_F(LiveTopologies, AssignGivesEachVpnv4LoopbackASegmentOnce) {
  EXPECT_REFUSED(ledger, assign("gold", {ledger.ams}), wire::ProgramError::InvalidArgument);  // no such topology
  EXPECT_ACCEPTED(ledger, create("gold"));
  add_loopback(ledger.ams, "Loopback255", LoopbackType::Vpnv4);
  add_loopback(ledger.ams, "Loopback256", LoopbackType::Ipv4);
  add_loopback(ledger.lon, "Loopback255", LoopbackType::Vpnv4);
  const auto used = allocated_count(ledger.pool(wire::ResourceKind::SegmentRoutingIds));
  EXPECT_EQ(used, 2U);
  EXPECT_ACCEPTED(ledger, assign("gold", {ledger.ams, ledger.lon, ledger.fra}));
  const auto first = port(ledger.ams, "Loopback255"), second = port(ledger.lon, "Loopback255");
  EXPECT_EQ(first.flex_algo_segments, (std::vector<FlexAlgoSegment>{{at("gold"), 3}}));
  EXPECT_EQ(second.flex_algo_segments, (std::vector<FlexAlgoSegment>{{at("gold"), 4}}));
  EXPECT_TRUE(port(ledger.ams, "Loopback256").flex_algo_segments.empty());
  EXPECT_TRUE(port(ledger.ams, "Ethernet1").flex_algo_segments.empty());
  EXPECT_ACCEPTED(ledger, assign("gold", {ledger.ams, ledger.lon}));  // they have theirs
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::SegmentRoutingIds)), used + 2);
  EXPECT_ACCEPTED(ledger, create("silver"));
  EXPECT_ACCEPTED(ledger, assign("silver", {ledger.ams}));
  EXPECT_EQ(port(ledger.ams, "Loopback255").flex_algo_segments.size(), 2U);
}

TEST_F(LiveTopologies, AssignHasItsErrors) {
  EXPECT_ACCEPTED(ledger, create("gold"));
  add_loopback(ledger.ams, "Loopback255", LoopbackType::Vpnv4);
  EXPECT_REFUSED(ledger, ledger.run(assign_node_segments(ledger.as(ledger.alice), "gold", {})),
                 wire::ProgramError::NotAllowed);
  auto bad = assign_node_segments(foundation(), "gold", {});
  bad.accounts[0].key = at("silver");
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::ProgramError::InvalidArgument);
  bad = assign_node_segments(foundation(), "gold", {});
  bad.accounts[1].key = resource_address(ledger.program, wire::ResourceKind::LinkIds).address;
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  EXPECT_REFUSED(ledger, assign("gold", {ledger.location}), wire::InstructionErrorKind::InvalidAccountData);
  auto read_only_device = assign_node_segments(foundation(), "gold", std::vector{ledger.ams});
  read_only_device.accounts[3].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only_device), wire::InstructionErrorKind::ReadonlyDataModified);
  auto ids = ledger.pool(wire::ResourceKind::SegmentRoutingIds);
  while (allocate_id(ids)) {
  }
  ledger.force(resource_address(ledger.program, wire::ResourceKind::SegmentRoutingIds).address, ids);
  EXPECT_REFUSED(ledger, assign("gold", {ledger.ams}), wire::ProgramError::AllocationFailed);
}

// --- indexes

class LiveIndexes : public LiveTest {
 protected:
  Pubkey at(const std::string& code) const { return wire::index_address(ledger.program, "device", code).address; }
  wire::Instruction creation(const Pubkey& who, const std::string& code) const {
    return create_index(ledger.as(who), {"device", code}, ledger.ams);
  }
};

TEST_F(LiveIndexes, FindAnEntityByItsKey) {
  EXPECT_ACCEPTED(ledger, ledger.run(creation(ledger.foundation, "AMS-dz001")));
  EXPECT_EQ(ledger.get<Index>(at("ams-DZ001")),
            (Index{ledger.ams, 5, "ams-dz001", wire::index_address(ledger.program, "device", "ams-dz001").bump}));
  EXPECT_REFUSED(ledger, ledger.run(creation(ledger.foundation, "ams-dz001")),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_REFUSED(ledger, ledger.run(delete_index(ledger.as(ledger.alice), at("ams-dz001"))),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(delete_index(ledger.as(ledger.foundation), at("ams-dz001"))));
  EXPECT_FALSE(ledger.exists(at("ams-dz001")));
}

TEST_F(LiveIndexes, HaveTheirErrors) {
  EXPECT_REFUSED(ledger, ledger.run(creation(ledger.alice, "a b")), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(creation(ledger.foundation, "a b")), wire::ProgramError::InvalidAccountCode);
  EXPECT_ACCEPTED(ledger, ledger.run(creation(ledger.foundation, std::string(32, 'a'))));
  EXPECT_REFUSED(ledger, ledger.run(creation(ledger.foundation, std::string(33, 'a'))), kPanic);  // no address
  auto bad = creation(ledger.foundation, "x");
  bad.accounts[0].key = at("y");
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = creation(ledger.foundation, "x");
  bad.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = creation(ledger.foundation, "x");
  bad.accounts[1].key = ledger.alice;  // not the program's
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = creation(ledger.foundation, "x");
  bad.accounts[1].key = at(std::string(32, 'a'));  // an index of an index
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  EXPECT_REFUSED(ledger, ledger.run(delete_index(ledger.as(ledger.foundation), ledger.ams)),
                 wire::InstructionErrorKind::InvalidAccountData);
}

}  // namespace
}  // namespace dz::program::live
