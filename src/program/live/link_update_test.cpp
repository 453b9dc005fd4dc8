#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"

namespace dz::program::live {
namespace {

class LiveLinkUpdates : public LiveTest {
 protected:
  LiveLinkUpdates() : wan(ledger.create_wan()), dzx(ledger.create_dzx()) {}
  ProgramResult set(const Pubkey& who, const Pubkey& at, const wire::UpdateLinkArgs& args) {
    return ledger.set_link(who, at, args);
  }
  ProgramResult set_as_z(const Pubkey& who, const wire::UpdateLinkArgs& args) {
    return ledger.set_link_as_z(who, dzx, args);
  }
  wire::Instruction update(const Pubkey& who, const Pubkey& at, const wire::UpdateLinkArgs& args) {
    return *update_link(ledger.as(who), {at, link(at)}, args, ledger.profile);
  }
  bool is_taken(std::uint16_t id) const { return is_allocated(ledger.pool(wire::ResourceKind::LinkIds), id); }
  bool is_taken(const char* net) const {
    return is_allocated(ledger.pool(wire::ResourceKind::DeviceTunnelBlock), *parse_network(net));
  }
  const Pubkey wan, dzx;
};

TEST_F(LiveLinkUpdates, SideAWritesTheLinksFields) {
  EXPECT_ACCEPTED(ledger, set(ledger.alice, wan,
                              {.code = "New-Code",
                               .contributor = ledger.bobs,  // passed over
                               .type = LinkType::Dzx,
                               .bandwidth = 20'000'000'000,
                               .mtu = 9000,
                               .delay_ns = 5'000'000,
                               .jitter_ns = 20'000,
                               .delay_override_ns = 30'000}));
  const auto now = link(wan);
  EXPECT_EQ(now.code, "new-code");
  EXPECT_EQ(now.contributor, ledger.alices);
  EXPECT_EQ(now.type, LinkType::Dzx);
  EXPECT_EQ(now.bandwidth, 20'000'000'000U);
  EXPECT_EQ(now.delay_ns, 5'000'000U);
  EXPECT_EQ(now.jitter_ns, 20'000U);
  EXPECT_EQ(now.delay_override_ns, 30'000U);
}

TEST_F(LiveLinkUpdates, SideZWritesStatusIntentAndDelayAndTheRestIsPassedOver) {
  EXPECT_ACCEPTED(ledger, set_as_z(ledger.bob, {.code = "bobs",
                                                .bandwidth = 20'000'000'000,
                                                .mtu = 1500,
                                                .status = Status::SoftDrained,
                                                .delay_override_ns = 30'000,
                                                .desired_status = DesiredStatus::HardDrained}));
  const auto now = link(dzx);
  EXPECT_EQ(now.code, "ams-dz001:fra-dz001");
  EXPECT_EQ(now.bandwidth, 10'000'000'000U);
  EXPECT_EQ(now.mtu, 9000U);
  EXPECT_EQ(now.status, Status::SoftDrained);
  EXPECT_EQ(now.delay_override_ns, 30'000U);
  EXPECT_EQ(now.desired_status, DesiredStatus::HardDrained);
  EXPECT_REFUSED(ledger, set_as_z(ledger.bob, {.unicast_drained = true}), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, set_as_z(ledger.foundation, {.unicast_drained = true}));
  EXPECT_EQ(link(dzx).flags, kLinkFlagUnicastDrained);
}

TEST_F(LiveLinkUpdates, AnyStatusByEitherSide) {
  constexpr Status kAll[] = {Status::Activated,   Status::Pending,     Status::Rejected,     Status::Requested,
                             Status::HardDrained, Status::SoftDrained, Status::Provisioning, Status::Deleting};
  for (const auto status : kAll) {
    SCOPED_TRACE(to_text(status));
    EXPECT_ACCEPTED(ledger, set(ledger.alice, dzx, {.status = status}));
    EXPECT_EQ(link(dzx).status, status);
    EXPECT_ACCEPTED(ledger, set_as_z(ledger.bob, {.status = Status::HardDrained}));
    EXPECT_EQ(link(dzx).status, Status::HardDrained);
  }
}

TEST_F(LiveLinkUpdates, TheContributorAccountSaysForWhichSide) {
  EXPECT_REFUSED(ledger, set(ledger.mallory, wan, {.status = Status::SoftDrained}), wire::ProgramError::NotAllowed);
  auto foreign = update(ledger.bob, wan, {.status = Status::SoftDrained});
  foreign.accounts[1].key = ledger.bobs;
  EXPECT_REFUSED(ledger, ledger.run(foreign), wire::ProgramError::NotAllowed);
  foreign = update(ledger.foundation, wan, {.status = Status::SoftDrained});
  foreign.accounts[1].key = ledger.bobs;  // even by an administrator
  EXPECT_REFUSED(ledger, ledger.run(foreign), wire::ProgramError::NotAllowed);
  const auto as_z = [&](const Pubkey& who, const Pubkey& contributor, const Pubkey& side) {
    auto instruction =
        *update_link(ledger.as(who), {dzx, link(dzx)}, {.status = Status::SoftDrained}, ledger.profile, contributor);
    instruction.accounts[2].key = side;
    return ledger.run(instruction);
  };
  EXPECT_REFUSED(ledger, as_z(ledger.alice, ledger.alices, ledger.fra), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, as_z(ledger.bob, ledger.bobs, ledger.lon), wire::ProgramError::InvalidAccountOwner);
  EXPECT_REFUSED(ledger, as_z(ledger.bob, ledger.bobs, ledger.mallory), wire::ProgramError::InvalidAccountOwner);
  EXPECT_ACCEPTED(ledger, as_z(ledger.activator, ledger.bobs, ledger.fra));
}

TEST_F(LiveLinkUpdates, TheMinimalUpdateIsFiveAccounts) {
  Bytes data{0x1f, 0, 0, 0, 0, 0, 0, 0, 1, 6, 0, 0, 0, 0, 0, 0, 0};
  wire::Instruction instruction{ledger.program,
                                {wire::writable(wan),
                                 wire::read_only(ledger.alices),
                                 wire::read_only(wire::global_state_address(ledger.program).address),
                                 {ledger.alice, true, true},
                                 wire::read_only(wire::kSystemProgramId)},
                                data};
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  EXPECT_EQ(link(wan).status, Status::HardDrained);
  instruction.data = {0x1f, 0, 0, 0, 0, 0, 0, 0, 1, 7};  // what an older client knew
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  EXPECT_EQ(link(wan).status, Status::SoftDrained);
  instruction.data.back() = 2;  // a number that was removed
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ProgramFailedToComplete);
  instruction.data = {0x1f, 2};  // no option
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ProgramFailedToComplete);
}

TEST_F(LiveLinkUpdates, ThePermissionAccountMayFollow) {
  EXPECT_ACCEPTED(ledger, set(ledger.activator, wan, {.status = Status::SoftDrained}));
  auto foreign = update(ledger.activator, wan, {.status = Status::Activated});
  foreign.accounts.back().key =
      wire::permission_address(ledger.program, ledger.alice).address;  // then it is no tail of three
  EXPECT_REFUSED(ledger, ledger.run(foreign), wire::InstructionErrorKind::ProgramFailedToComplete);
}

TEST_F(LiveLinkUpdates, FieldsAreChecked) {
  const std::pair<wire::UpdateLinkArgs, wire::ProgramError> kRefused[] = {
      {{.code = "no spaces"}, wire::ProgramError::InvalidAccountCode},
      {{.bandwidth = 400'000'000'001}, wire::ProgramError::InvalidBandwidth},
      {{.mtu = 1500}, wire::ProgramError::InvalidMtu},
      {{.delay_ns = 1'000'000'001}, wire::ProgramError::InvalidDelay},
      {{.jitter_ns = 1}, wire::ProgramError::InvalidJitter},
      {{.delay_override_ns = 1}, wire::ProgramError::InvalidDelay}};
  for (const auto& [args, error] : kRefused) EXPECT_REFUSED(ledger, set(ledger.alice, wan, args), error);
}

TEST_F(LiveLinkUpdates, ALinksCodeMayBeLongAndSuchALinkTakesHealth) {
  const std::string code(200, 'x');
  EXPECT_ACCEPTED(ledger, set(ledger.alice, wan, {.code = code}));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, wan, Health::Impaired));
  EXPECT_EQ(link(wan).code, code);
  EXPECT_EQ(link(wan).health, Health::Impaired);
}

TEST_F(LiveLinkUpdates, ATopologyNamedTwiceIsCountedOffOnce) {
  const auto gold = add_topology("GOLD");
  EXPECT_ACCEPTED(ledger, set(ledger.foundation, wan, {.topologies = std::vector{gold}}));
  change_link(wan, [&](Link& l) { l.topologies = {gold, gold}; });
  auto counted = ledger.get<Topology>(gold);
  counted.reference_count = 7;
  ledger.force(gold, counted);
  EXPECT_ACCEPTED(ledger, set(ledger.foundation, wan, {.topologies = std::vector<Pubkey>{}}));
  EXPECT_EQ(links_of(gold), 6U);
  change_link(wan, [&](Link& l) {
    l.topologies = {gold, gold};
    l.status = Status::SoftDrained;
  });
  EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, wan));
  EXPECT_EQ(links_of(gold), 5U);
}

TEST_F(LiveLinkUpdates, AnInvalidRecordTakesNoUpdate) {
  const auto refused = [&](auto change, wire::ProgramError error) {
    const auto before = link(wan);
    change_link(wan, change);
    EXPECT_REFUSED(ledger, set(ledger.foundation, wan, {.desired_status = DesiredStatus::Activated}), error);
    ledger.force(wan, before);
  };
  refused([](Link& l) { l.tunnel_net = *parse_network("169.254.0.0/31"); }, wire::ProgramError::InvalidTunnelNet);
  refused([](Link& l) { l.tunnel_id = 1025; }, wire::ProgramError::InvalidTunnelId);
  refused([](Link& l) { l.side_z = l.side_a; }, wire::ProgramError::InvalidDevicePubkey);
  refused([](Link& l) { l.topologies.resize(9); }, wire::ProgramError::InvalidArgument);
  change_link(wan, [](Link& l) {
    l.tunnel_id = 1025;
    l.status = Status::Deleting;  // not looked at any more
  });
  EXPECT_ACCEPTED(ledger, set(ledger.foundation, wan, {.desired_status = DesiredStatus::Activated}));
}

TEST_F(LiveLinkUpdates, AdministratorsMoveTheTunnel) {
  EXPECT_REFUSED(ledger, set(ledger.alice, wan, {.tunnel_id = 7}), wire::ProgramError::NotAllowed);
  auto flag = update(ledger.foundation, wan, {.tunnel_id = 7});
  flag.data[flag.data.size() - 3] = 0;  // use_onchain_allocation
  EXPECT_REFUSED(ledger, ledger.run(flag), wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, set(ledger.foundation, dzx, {.tunnel_net = *parse_network("172.16.0.0/31")}),
                 wire::ProgramError::AllocationFailed);
  EXPECT_REFUSED(ledger, set(ledger.foundation, wan, {.tunnel_net = *parse_network("10.1.0.0/31")}),
                 wire::ProgramError::AllocationFailed);
  EXPECT_ACCEPTED(ledger, set(ledger.activator, dzx, {.tunnel_id = 7, .tunnel_net = *parse_network("172.16.9.0/31")}));
  EXPECT_EQ(link(dzx).tunnel_id, 7);
  EXPECT_EQ(to_text(port(ledger.ams, "Ethernet2").ip_net), "172.16.9.0/31");
  EXPECT_EQ(to_text(port(ledger.fra, "Ethernet2").ip_net), "172.16.9.1/31");
  EXPECT_TRUE(is_taken(7) && is_taken("172.16.9.0/31"));
  EXPECT_FALSE(is_taken(1) || is_taken("172.16.0.2/31"));
  auto ends = update(ledger.foundation, dzx, {.tunnel_net = *parse_network("172.16.8.0/31")});
  ends.accounts[4].key = ledger.lon;
  EXPECT_REFUSED(ledger, ledger.run(ends), wire::InstructionErrorKind::InvalidAccountData);
  change_device(ledger.fra, [](Device& d) { d.interfaces.clear(); });
  EXPECT_REFUSED(ledger, set(ledger.foundation, dzx, {.tunnel_net = *parse_network("172.16.8.0/31")}),
                 wire::ProgramError::InterfaceNotFound);
}

TEST_F(LiveLinkUpdates, AdministratorsSetTheTopologies) {
  const auto a = add_topology("A"), b = add_topology("B"), c = add_topology("C");
  EXPECT_REFUSED(ledger, set(ledger.alice, wan, {.topologies = std::vector{a}}), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, set(ledger.foundation, wan, {.topologies = std::vector{a, b}}));
  EXPECT_ACCEPTED(ledger, set(ledger.activator, wan, {.topologies = std::vector{c, b}}));
  EXPECT_EQ(link(wan).topologies, (std::vector{c, b}));
  EXPECT_EQ(links_of(a), 0U);
  EXPECT_EQ(links_of(b), 1U);
  EXPECT_EQ(links_of(c), 1U);
  EXPECT_REFUSED(ledger, set(ledger.foundation, wan, {.topologies = std::vector{a, a}}),
                 wire::ProgramError::InvalidArgument);
  auto incomplete = update(ledger.foundation, wan, {.topologies = std::vector<Pubkey>{}});
  incomplete.accounts.erase(incomplete.accounts.begin() + 3);
  EXPECT_REFUSED(ledger, ledger.run(incomplete), wire::ProgramError::InvalidArgument);
  std::vector<Pubkey> nine;
  for (const auto* name : {"D", "E", "F", "G", "H", "I", "J", "K", "L"}) nine.push_back(add_topology(name));
  EXPECT_REFUSED(ledger, set(ledger.foundation, wan, {.topologies = nine}), wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, set(ledger.foundation, wan, {.topologies = std::vector{ledger.lon}}),
                 wire::InstructionErrorKind::InvalidAccountData);
}

TEST_F(LiveLinkUpdates, UnicastDrainedIsAFlag) {
  EXPECT_ACCEPTED(ledger, set(ledger.alice, wan, {.unicast_drained = true}));
  EXPECT_EQ(link(wan).flags, kLinkFlagUnicastDrained);
  EXPECT_ACCEPTED(ledger, set(ledger.alice, wan, {.unicast_drained = false}));
  EXPECT_EQ(link(wan).flags, 0U);
}

}  // namespace
}  // namespace dz::program::live
