// The invariants must catch a program that is wrong: each test hands them what such a program would have left behind.
#include "program/guarded/invariants.h"

#include <functional>

#include "program/rules/allocator.h"
#include "program/test_ledger.h"

namespace dz::program::guarded {
namespace {

using testing::HasSubstr;

class Invariants : public testing::Test {
 protected:
  void SetUp() override {
    ledger.set_up();
    wan = ledger.create_wan();
    dzx = ledger.create_dzx();
    ledger.activate(wan);
    before = ledger.accounts;
  }

  // What a wrong program does to a record.
  template <typename T>
  void doctor(const Pubkey& at, const std::function<void(T&)>& change) {
    auto record = ledger.get<T>(at);
    change(record);
    ledger.force(at, record);
  }
  void doctor_port(const Pubkey& device, const char* name, const std::function<void(Interface&)>& change) {
    doctor<Device>(device, [&](Device& d) { change(*find_interface(d, name)); });
  }
  void doctor_pool(wire::ResourceKind kind, const std::function<void(ResourceExtension&)>& change) {
    doctor<ResourceExtension>(resource_address(ledger.program, kind).address, change);
  }

  // The verdict over all accounts, as if one transaction signed by `signers` had named every one.
  std::string verdict(const std::vector<Pubkey>& signers) {
    static const wire::Account kNothing;
    std::vector<AccountChange> changes;
    for (const auto& [at, account] : before) {
      const auto after = ledger.accounts.find(at);
      changes.push_back({at, &account, after == ledger.accounts.end() ? &kNothing : &after->second});
    }
    for (const auto& [at, account] : ledger.accounts) {
      if (!before.contains(at)) changes.push_back({at, &kNothing, &account});
    }
    const std::vector<unsigned __int128> permissions(signers.size(), 0);
    const auto state = wire::decode_global_state(before.at(wire::global_state_address(ledger.program).address).data);
    return check_invariants(changes, {signers, &*state, permissions, &wire::local_program_ids(), &rfc_profile()});
  }
  void expect_broken(const std::vector<Pubkey>& signers, const std::string& rule) {
    EXPECT_THAT(verdict(signers), HasSubstr(rule));
  }
  std::vector<Pubkey> everybody() const {
    return {ledger.foundation, ledger.monitor, ledger.activator, ledger.alice, ledger.bob};
  }

  TestLedger ledger;
  Pubkey wan, dzx;
  std::map<Pubkey, wire::Account> before;
};

TEST_F(Invariants, HoldWhenNothingChanges) { EXPECT_EQ(verdict({ledger.mallory}), ""); }

// --- counts, indexes, ports, pools: whoever signs ---

TEST_F(Invariants, ReferenceCountsFollowNames) {
  doctor<Location>(ledger.location, [](Location& l) { --l.reference_count; });
  expect_broken(everybody(), "reference_count");
}

TEST_F(Invariants, ALinkDeletedWithoutLoweringCounts) {
  ledger.accounts.erase(dzx);
  expect_broken(everybody(), "reference_count");
}

TEST_F(Invariants, ARenamedEndLeavesACountBehind) {
  doctor<Exchange>(ledger.exchange, [&](Exchange& e) { e.device1 = ledger.ams; });
  expect_broken(everybody(), "reference_count");
}

TEST_F(Invariants, IndexesAreHandedOutInTurn) {
  doctor<GlobalState>(wire::global_state_address(ledger.program).address, [](GlobalState& s) { ++s.account_index; });
  expect_broken(everybody(), "account_index");
}

TEST_F(Invariants, ARecordKeepsItsIndex) {
  doctor<Link>(wan, [](Link& l) { l.index += 7; });
  expect_broken(everybody(), "index");
}

TEST_F(Invariants, ACreationCountsUp) {
  before.erase(ledger.location);  // as if it had been created now, with the counter where it was
  ledger.accounts.erase(ledger.ams);
  EXPECT_NE(verdict(everybody()), "");
}

TEST_F(Invariants, APortIsNotActivatedWithoutALink) {
  doctor_port(ledger.ams, "Ethernet3", [](Interface& i) { i.status = InterfaceStatus::Activated; });
  expect_broken(everybody(), "no link holds it");
}

TEST_F(Invariants, ALinkedPortStaysActivated) {
  doctor_port(ledger.ams, "Ethernet1", [](Interface& i) { i.status = InterfaceStatus::Unlinked; });
  expect_broken(everybody(), "not activated or is another link's");
}

TEST_F(Invariants, ALinkedPortIsNotDeleted) {
  doctor<Device>(ledger.ams, [](Device& d) { d.interfaces.erase(d.interfaces.begin()); });
  expect_broken(everybody(), "not activated or is another link's");
}

TEST_F(Invariants, OnePortIsNotInTwoLinks) {
  doctor<Link>(dzx, [](Link& l) { l.side_a_iface = "Ethernet1"; });
  expect_broken(everybody(), "two links hold");
}

TEST_F(Invariants, PortsHaveNoOtherStatus) {
  doctor_port(ledger.ams, "Ethernet3", [](Interface& i) { i.status = InterfaceStatus::Pending; });
  expect_broken(everybody(), "is pending");
}

TEST_F(Invariants, InterfacesDoNotShareAName) {
  doctor<Device>(ledger.ams, [](Device& d) { d.interfaces.push_back(d.interfaces.back()); });
  expect_broken(everybody(), "twice");
}

TEST_F(Invariants, TwoLinksDoNotShareAnId) {
  const auto id = ledger.get<Link>(wan).tunnel_id;
  doctor<Link>(dzx, [&](Link& l) { l.tunnel_id = id; });
  expect_broken(everybody(), "link ids");
}

TEST_F(Invariants, TwoLinksDoNotShareANetwork) {
  const auto net = ledger.get<Link>(wan).tunnel_net;
  doctor<Link>(dzx, [&](Link& l) { l.tunnel_net = net; });
  expect_broken(everybody(), "device tunnel block");
}

TEST_F(Invariants, APoolFreesNothingThatIsInUse) {
  doctor_pool(wire::ResourceKind::LinkIds, [](ResourceExtension& p) { release(p, std::uint16_t{0}); });
  expect_broken(everybody(), "link ids");
}

TEST_F(Invariants, APoolTakesNothingForNobody) {
  doctor_pool(wire::ResourceKind::SegmentRoutingIds, [](ResourceExtension& p) { allocate_id(p); });
  expect_broken(everybody(), "segment routing ids");
  doctor_pool(wire::ResourceKind::DeviceTunnelBlock, [](ResourceExtension& p) { allocate_network(p, 2); });
  expect_broken(everybody(), "device tunnel block");
}

TEST_F(Invariants, RecordsStayThemselves) {
  doctor<Link>(wan, [&](Link& l) { l.owner = ledger.mallory; });
  expect_broken(everybody(), "became another record");
}

// --- who may write what ---

TEST_F(Invariants, AStrangerWritesNothing) {
  doctor<Link>(wan, [](Link& l) { l.desired_status = DesiredStatus::HardDrained; });
  expect_broken({ledger.mallory, ledger.monitor, ledger.activator, ledger.bob}, "desired_status");
  EXPECT_EQ(verdict({ledger.alice}), "");
  EXPECT_EQ(verdict({ledger.foundation}), "");
}

TEST_F(Invariants, ALeakedActivatorKeyActivatesNothingUnhealthy) {
  doctor<Link>(dzx, [](Link& l) { l.status = Status::Activated; });  // health unknown
  expect_broken({ledger.activator}, "status");
  expect_broken({ledger.alice, ledger.bob, ledger.monitor}, "status");
  EXPECT_EQ(verdict({ledger.foundation}), "");
}

TEST_F(Invariants, ADrainByAContributorIsAllowedAndVoidsHealth) {
  doctor<Link>(wan, [](Link& l) {
    l.status = Status::HardDrained;
    l.desired_status = DesiredStatus::HardDrained;
  });
  expect_broken({ledger.alice}, "kept health");
  doctor<Link>(wan, [](Link& l) { l.health = Health::Impaired; });
  EXPECT_EQ(verdict({ledger.alice}), "");
  expect_broken({ledger.bob}, "status");
  expect_broken({ledger.monitor}, "status");
}

TEST_F(Invariants, StatusLeavesServiceForNowhereElse) {
  for (const auto status : {Status::Pending, Status::Deleting, Status::Rejected, Status::Requested}) {
    doctor<Link>(wan, [&](Link& l) { l.status = status; });
    expect_broken(everybody(), "status");
  }
}

TEST_F(Invariants, HealthIsTheHealthAuthoritysToWrite) {
  doctor<Device>(ledger.ams, [](Device& d) { d.health = Health::Healthy; });
  expect_broken({ledger.alice, ledger.bob, ledger.activator, ledger.mallory}, "health");
  EXPECT_EQ(verdict({ledger.monitor}), "");
  EXPECT_EQ(verdict({ledger.foundation}), "");
}

TEST_F(Invariants, HoldsAreEachSidesOwn) {
  doctor<Link>(dzx, [](Link& l) {
    l.flags |= kLinkFlagHeldBySideZ;
    l.desired_status = DesiredStatus::SoftDrained;
  });
  expect_broken({ledger.alice}, "set by another side");
  EXPECT_EQ(verdict({ledger.bob}), "");
  before = ledger.accounts;
  doctor<Link>(dzx, [](Link& l) { l.flags &= ~kLinkFlagHeldBySideZ; });
  expect_broken({ledger.alice}, "cleared by another side");
  EXPECT_EQ(verdict({ledger.bob}), "");
  EXPECT_EQ(verdict({ledger.foundation}), "");
}

TEST_F(Invariants, AHeldLinkIsNotDrainedLessByTheOtherSide) {
  doctor<Link>(dzx, [](Link& l) {
    l.flags |= kLinkFlagHeldBySideZ;
    l.desired_status = DesiredStatus::HardDrained;
  });
  before = ledger.accounts;
  doctor<Link>(dzx, [](Link& l) { l.desired_status = DesiredStatus::Activated; });
  expect_broken({ledger.alice}, "drained less");
}

TEST_F(Invariants, OnlyDzxLinksAreHeld) {
  doctor<Link>(wan, [](Link& l) { l.flags |= kLinkFlagHeldBySideA; });
  expect_broken(everybody(), "WAN link");
}

TEST_F(Invariants, UsersDoNotRiseOnADrainedDevice) {
  doctor<Device>(ledger.ams, [](Device& d) { d.users_count = 1; });
  expect_broken(everybody(), "users");
}

TEST_F(Invariants, CreationAndDeletionNeedTheirSigners) {
  const auto requested = ledger.next(wire::link_address);
  auto args = TestLedger::dzx_args();
  args.side_a_iface = "Ethernet3";
  EXPECT_ACCEPTED(ledger, ledger.create_link(ledger.alice, args, {ledger.alices, ledger.ams, ledger.fra}));
  EXPECT_EQ(verdict({ledger.alice}), "");
  expect_broken({ledger.bob}, "created by a stranger");
  doctor<Link>(requested, [](Link& l) { l.health = Health::Healthy; });
  expect_broken({ledger.alice}, "created with health");
  before = ledger.accounts;
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.bob, requested));
  EXPECT_EQ(verdict({ledger.bob}), "");  // side Z refuses
  EXPECT_EQ(verdict({ledger.alice}), "");
  expect_broken({ledger.mallory}, "deleted by signers who may not");
}

TEST_F(Invariants, AnAcceptedLinkIsNotDeletedBySideZ) {
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, dzx));
  expect_broken({ledger.bob}, "deleted by signers who may not");
}

TEST_F(Invariants, ATransactionMayTakeSeveralSteps) {
  // Drain, then delete, in one transaction: the link was activated before it.
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, wan, {.status = Status::HardDrained}));
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, wan));
  EXPECT_EQ(verdict({ledger.alice}), "");
}

}  // namespace
}  // namespace dz::program::guarded
