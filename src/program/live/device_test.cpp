#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"

namespace dz::program::live {
namespace {

class LiveDevices : public LiveTest {
 protected:
  static wire::CreateDeviceArgs args() {
    return {.code = "New-DZ001",
            .type = DeviceType::Hybrid,
            .public_ip = *parse_ipv4("8.8.4.4"),
            .dz_prefixes = {*parse_network("195.219.121.96/29"), *parse_network("195.219.120.0/28")},
            .metrics_publisher = key("agent"),
            .mgmt_vrf = "default"};
  }
  wire::Instruction creation(const wire::CreateDeviceArgs& args, const Pubkey& who) {
    return *create_device(ledger.as(who), ledger.state().account_index + 1,
                          {ledger.alices, ledger.location, ledger.exchange}, args, ledger.profile);
  }
  ProgramResult create(const wire::CreateDeviceArgs& args, const Pubkey& who) {
    return ledger.run(creation(args, who));
  }
  ProgramResult set(const Pubkey& who, const wire::UpdateDeviceArgs& args) {
    return ledger.set_device(who, ledger.ams, args);
  }
  void clear_interfaces() {
    change_device(ledger.ams, [](Device& d) { d.interfaces.clear(); });
  }
};

TEST_F(LiveDevices, StartActivatedAndReadyWithTheirPools) {
  EXPECT_ACCEPTED(ledger, create(args(), ledger.alice));
  const auto at = wire::device_address(ledger.program, ledger.state().account_index).address;
  const auto created = device(at);
  EXPECT_EQ(created.code, "new-dz001");
  EXPECT_EQ(created.owner, ledger.alice);
  EXPECT_EQ(created.status, Status::Activated);
  EXPECT_EQ(created.health, Health::Healthy);
  EXPECT_EQ(created.desired_status, DesiredStatus::Activated);
  EXPECT_EQ(created.max_users, 0);
  const auto& data = ledger.accounts.at(at).data;
  EXPECT_EQ(data[119], 1);  // status
  const auto ids = ledger.get<ResourceExtension>(wire::tunnel_ids_address(ledger.program, at).address);
  EXPECT_EQ(ids.id, (ResourceExtension::IdPool{500, 4596}));
  EXPECT_EQ(ids.associated_with, at);
  EXPECT_EQ(allocated_count(ids), 0U);
  for (std::uint64_t i = 0; i < 2; ++i) {
    const auto block = ledger.get<ResourceExtension>(wire::dz_prefix_block_address(ledger.program, at, i).address);
    EXPECT_EQ(block.ip->base, args().dz_prefixes[i]);
    EXPECT_EQ(allocated_count(block), 1U);
    EXPECT_EQ(block.bitmap[0], 1);  // the device's own address
  }
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 3U);
  EXPECT_EQ(ledger.get<Location>(ledger.location).reference_count, 4U);
  EXPECT_EQ(ledger.get<Exchange>(ledger.exchange).reference_count, 4U);
}

TEST_F(LiveDevices, HealthAndDesiredStatusHaveTheNumbersOfTheNetwork) {
  auto drained = args();
  drained.desired_status = DesiredStatus::Drained;
  EXPECT_ACCEPTED(ledger, create(drained, ledger.foundation));
  const auto at = wire::device_address(ledger.program, ledger.state().account_index).address;
  EXPECT_EQ(device(at).desired_status, DesiredStatus::Drained);
  EXPECT_EQ(device(at).status, Status::Activated);  // the hook is off
  // health and desired_status lie 20 bytes before the end of an account without interfaces
  const auto& data = ledger.accounts.at(at).data;
  EXPECT_EQ(data[data.size() - 20], 3);
  EXPECT_EQ(data[data.size() - 19], 6);
}

struct RefusedDevice {
  const char* what;
  void (*change)(wire::CreateDeviceArgs&);
  wire::ProgramError error;
};
constexpr RefusedDevice kRefusedDevices[] = {
    {"charset", [](auto& a) { a.code = "no spaces"; }, wire::ProgramError::InvalidAccountCode},
    {"length", [](auto& a) { a.code = std::string(33, 'x'); }, wire::ProgramError::CodeTooLong},
    {"private address", [](auto& a) { a.public_ip = *parse_ipv4("10.0.0.1"); }, wire::ProgramError::InvalidPublicIp},
    {"own prefix", [](auto& a) { a.public_ip = *parse_ipv4("195.219.121.97"); }, wire::ProgramError::InvalidPublicIp},
    {"no prefix", [](auto& a) { a.dz_prefixes.clear(); }, wire::ProgramError::NoDzPrefixes},
    {"private prefix", [](auto& a) { a.dz_prefixes[0] = *parse_network("10.0.0.0/29"); },
     wire::ProgramError::InvalidDzPrefix},
    {"vrf charset", [](auto& a) { a.mgmt_vrf = "a/b"; }, wire::ProgramError::InvalidAccountCode},
    {"vrf length", [](auto& a) { a.mgmt_vrf = std::string(33, 'x'); }, wire::ProgramError::CodeTooLong}};

TEST_F(LiveDevices, CreationIsRefusedFieldByField) {
  for (const auto& refused : kRefusedDevices) {
    SCOPED_TRACE(refused.what);
    auto wrong = args();
    refused.change(wrong);
    EXPECT_REFUSED(ledger, create(wrong, ledger.alice), refused.error);
  }
  EXPECT_REFUSED(ledger, create(args(), ledger.bob), wire::ProgramError::InvalidOwnerPubkey);
}

TEST_F(LiveDevices, CreationChecksItsAccounts) {
  auto instruction = creation(args(), ledger.alice);
  instruction.data.back() = 2;  // resource_count
  instruction.accounts.erase(instruction.accounts.begin() + 8);
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidArgument);
  instruction.data.pop_back();  // an older client, which sends none
  instruction.accounts.erase(instruction.accounts.begin() + 5, instruction.accounts.begin() + 8);
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidArgument);
  instruction = creation(args(), ledger.alice);
  instruction.accounts[7].key = wire::dz_prefix_block_address(ledger.program, ledger.ams, 9).address;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ProgramFailedToComplete);
  instruction = creation(args(), ledger.alice);
  instruction.accounts[0].key = ledger.ams;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::AccountAlreadyInitialized);
  instruction.accounts[0].key = wire::device_address(ledger.program, 99).address;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ProgramFailedToComplete);
  instruction.accounts.resize(8);
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::NotEnoughAccountKeys);
}

TEST_F(LiveDevices, ContributorsWriteTheirFieldsAndTheRestIsPassedOver) {
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.code = "AMS-dz009",
                                             .contributor = ledger.bobs,
                                             .max_users = 64,
                                             .users_count = 5,
                                             .reference_count = 7U,
                                             .unicast_users_count = 4,
                                             .multicast_subscribers_count = 3,
                                             .multicast_publishers_count = 2}));
  auto now = device(ledger.ams);
  EXPECT_EQ(now.code, "ams-dz009");
  EXPECT_EQ(now.max_users, 64);
  EXPECT_EQ(now.contributor, ledger.alices);
  EXPECT_EQ(now.users_count + now.unicast_users_count, 0);
  EXPECT_EQ(now.multicast_subscribers_count + now.multicast_publishers_count, 0);
  EXPECT_EQ(now.reference_count, 0U);
  EXPECT_ACCEPTED(ledger,
                  set(ledger.foundation, {.contributor = ledger.bobs, .users_count = 5, .reference_count = 7U}));
  now = device(ledger.ams);
  EXPECT_EQ(now.contributor, ledger.bobs);
  EXPECT_EQ(now.users_count, 5);
  EXPECT_EQ(now.reference_count, 7U);
}

TEST_F(LiveDevices, UpdatesAreTheContributorsOrAnAdministrators) {
  EXPECT_REFUSED(ledger, set(ledger.mallory, {.max_users = 1}), wire::ProgramError::NotAllowed);
  auto instruction =
      *update_device(ledger.as(ledger.bob), {ledger.ams, device(ledger.ams)}, {.max_users = 1}, ledger.profile);
  instruction.accounts[1].key = ledger.bobs;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::InvalidContributorPubkey);
  EXPECT_ACCEPTED(ledger, set(ledger.activator, {.max_users = 9}));  // by its permission account
  EXPECT_EQ(device(ledger.ams).max_users, 9);
}

TEST_F(LiveDevices, ContributorsDrainAndActivateAndNothingElse) {
  constexpr Status kAll[] = {Status::Pending, Status::Activated,          Status::Deleting,        Status::Rejected,
                             Status::Drained, Status::DeviceProvisioning, Status::LinkProvisioning};
  for (const auto from : kAll) {
    for (const auto to : kAll) {
      SCOPED_TRACE(std::string(to_text(from)) + " to " + std::string(to_text(to)));
      change_device(ledger.ams, [&](Device& d) { d.status = from; });
      const bool may =
          (from == Status::Activated && to == Status::Drained) || (from == Status::Drained && to == Status::Activated);
      if (may) {
        EXPECT_ACCEPTED(ledger, set(ledger.alice, {.status = to}));
      } else {
        EXPECT_REFUSED(ledger, set(ledger.alice, {.status = to}), wire::ProgramError::NotAllowed);
      }
      EXPECT_EQ(device(ledger.ams).status, may ? to : from);
      EXPECT_ACCEPTED(ledger, set(ledger.foundation, {.status = to}));
      EXPECT_EQ(device(ledger.ams).status, to);
    }
  }
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.desired_status = DesiredStatus::Drained}));
  EXPECT_EQ(device(ledger.ams).desired_status, DesiredStatus::Drained);
}

TEST_F(LiveDevices, TheMinimalUpdateIsFiveAccounts) {
  Bytes data{0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5};
  data.resize(data.size() + 1 + 8 + 7);
  const wire::Instruction instruction{ledger.program,
                                      {wire::writable(ledger.ams),
                                       wire::read_only(ledger.alices),
                                       wire::read_only(wire::global_state_address(ledger.program).address),
                                       {ledger.alice, true, true},
                                       wire::read_only(wire::kSystemProgramId)},
                                      data};
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  EXPECT_EQ(device(ledger.ams).status, Status::Drained);
  auto truncated = instruction;
  truncated.data = {0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};  // what an older client knew
  EXPECT_ACCEPTED(ledger, ledger.run(truncated));
  EXPECT_EQ(device(ledger.ams).status, Status::Activated);
  truncated.data.back() = 2;  // a number that was removed
  EXPECT_REFUSED(ledger, ledger.run(truncated), wire::InstructionErrorKind::ProgramFailedToComplete);
  truncated.data.back() = 5;
  truncated.accounts.erase(truncated.accounts.begin() + 2);
  EXPECT_REFUSED(ledger, ledger.run(truncated), wire::ProgramError::InvalidArgument);
}

TEST_F(LiveDevices, AnUpdateMayCarryThePermissionAndTheLocations) {
  const auto elsewhere = ledger.add_location("elsewhere");
  const auto move = [&](const Pubkey& who, const Pubkey& to) {
    return ledger.run(update_device(ledger.as(who), {ledger.ams, device(ledger.ams)}, {}, ledger.profile, to));
  };
  EXPECT_ACCEPTED(ledger, move(ledger.activator, ledger.location));  // the pair is always sent by some clients
  EXPECT_EQ(ledger.get<Location>(ledger.location).reference_count, 3U);
  EXPECT_ACCEPTED(ledger, move(ledger.activator, elsewhere));
  EXPECT_EQ(device(ledger.ams).location, elsewhere);
  EXPECT_EQ(ledger.get<Location>(elsewhere).reference_count, 1U);
  EXPECT_EQ(ledger.get<Location>(ledger.location).reference_count, 2U);
  auto wrong = *update_device(ledger.as(ledger.alice), {ledger.ams, device(ledger.ams)}, {}, ledger.profile, elsewhere);
  wrong.accounts[2].key = ledger.location;  // not where it is
  EXPECT_REFUSED(ledger, ledger.run(wrong), wire::ProgramError::InvalidActualLocation);
}

TEST_F(LiveDevices, PrefixesChangeWhileUnused) {
  const auto prefixes = [&](std::vector<NetworkV4> list) {
    return *update_device(ledger.as(ledger.alice), {ledger.ams, device(ledger.ams)}, {.dz_prefixes = std::move(list)},
                          ledger.profile);
  };
  const auto block_at = [&](std::uint64_t i) {
    return wire::dz_prefix_block_address(ledger.program, ledger.ams, i).address;
  };
  const auto a = *parse_network("195.219.120.0/28"), b = *parse_network("195.219.120.16/28");
  EXPECT_ACCEPTED(ledger, ledger.run(prefixes({a, b})));
  EXPECT_EQ(device(ledger.ams).dz_prefixes, (std::vector{a, b}));
  EXPECT_EQ(ledger.get<ResourceExtension>(block_at(1)).ip->base, b);
  EXPECT_ACCEPTED(ledger, ledger.run(prefixes({b})));
  EXPECT_FALSE(ledger.exists(block_at(1)));
  auto wrong = prefixes({a});
  wrong.accounts[5].key = wire::tunnel_ids_address(ledger.program, ledger.lon).address;
  EXPECT_REFUSED(ledger, ledger.run(wrong), wire::InstructionErrorKind::ProgramFailedToComplete);
  auto block = ledger.get<ResourceExtension>(block_at(0));
  allocate_network(block, 1);  // a user's address
  ledger.force(block_at(0), block);
  EXPECT_REFUSED(ledger, ledger.run(prefixes({a})), wire::InstructionErrorKind::ProgramFailedToComplete);
}

TEST_F(LiveDevices, AnInvalidRecordTakesNoUpdate) {
  const auto refused = [&](auto change, wire::ProgramError error) {
    const auto before = device(ledger.ams);
    change_device(ledger.ams, change);
    EXPECT_REFUSED(ledger, set(ledger.foundation, {.max_users = 1}), error);
    ledger.force(ledger.ams, before);
  };
  refused([](Device& d) { d.location = Pubkey{}; }, wire::ProgramError::InvalidLocation);
  refused([](Device& d) { d.exchange = Pubkey{}; }, wire::ProgramError::InvalidExchange);
  refused([](Device& d) { d.interfaces[0].name = "eth0"; }, wire::ProgramError::InvalidInterfaceName);
  refused([](Device& d) { d.interfaces[0].vlan_id = 4095; }, wire::ProgramError::InvalidVlanId);
  refused([](Device& d) { d.interfaces[0].ip_net = *parse_network("8.8.8.8/31"); },
          wire::ProgramError::InvalidInterfaceIp);
  refused(
      [](Device& d) {
        d.interfaces[0].type = InterfaceType::Loopback;
        d.interfaces[0].cyoa = Cyoa::GreOverDia;
      },
      wire::ProgramError::CyoaRequiresPhysical);
  change_device(ledger.ams, [](Device& d) {
    d.interfaces[0].vlan_id = 4095;
    d.interfaces[0].status = InterfaceStatus::Deleting;  // not looked at any more
  });
  EXPECT_ACCEPTED(ledger, set(ledger.foundation, {.max_users = 1}));
}

TEST_F(LiveDevices, DeletionClosesWhatIsDrainedAndNamedByNobody) {
  const auto deletion = [&](const Pubkey& who) {
    return delete_device(ledger.as(who), ledger.ams, device(ledger.ams));
  };
  EXPECT_REFUSED(ledger, ledger.run(deletion(ledger.mallory)), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(deletion(ledger.alice)), wire::ProgramError::InvalidStatus);
  change_device(ledger.ams, [](Device& d) { d.status = Status::Deleting; });
  EXPECT_REFUSED(ledger, ledger.run(deletion(ledger.alice)), wire::ProgramError::InvalidStatus);
  change_device(ledger.ams, [](Device& d) {
    d.status = Status::Drained;
    d.reference_count = 1;
  });
  EXPECT_REFUSED(ledger, ledger.run(deletion(ledger.alice)), wire::ProgramError::ReferenceCountNotZero);
  change_device(ledger.ams, [](Device& d) { d.reference_count = 0; });
  EXPECT_REFUSED(ledger, ledger.run(deletion(ledger.alice)), wire::ProgramError::DeviceHasInterfaces);
  clear_interfaces();
  const auto elsewhere = ledger.add_location("elsewhere");
  const auto with = [&](std::size_t place, const Pubkey& at) {
    auto wrong = deletion(ledger.foundation);
    wrong.accounts[place].key = at;
    return ledger.run(wrong);
  };
  EXPECT_REFUSED(ledger, with(3, elsewhere), wire::ProgramError::InvalidLocationPubkey);
  EXPECT_REFUSED(ledger, with(4, ledger.add_exchange("other")), wire::ProgramError::InvalidExchangePubkey);
  EXPECT_REFUSED(ledger, with(1, ledger.bobs), wire::ProgramError::InvalidContributorPubkey);
  EXPECT_REFUSED(ledger, with(9, ledger.bob), wire::ProgramError::InvalidOwnerPubkey);
  EXPECT_ACCEPTED(ledger, ledger.run(deletion(ledger.alice)));
  EXPECT_FALSE(ledger.exists(ledger.ams));
  EXPECT_FALSE(ledger.exists(wire::tunnel_ids_address(ledger.program, ledger.ams).address));
  EXPECT_FALSE(ledger.exists(wire::dz_prefix_block_address(ledger.program, ledger.ams, 0).address));
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 1U);
  EXPECT_EQ(ledger.get<Location>(ledger.location).reference_count, 2U);
}

TEST_F(LiveDevices, DeletionWithoutPoolsOnlyMarks) {
  clear_interfaces();
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.status = Status::Drained}));
  auto instruction = delete_device(ledger.as(ledger.alice), ledger.ams, device(ledger.ams));
  instruction.data = {0x1a};  // resource_count left out
  instruction.accounts.erase(instruction.accounts.begin() + 3, instruction.accounts.end() - 2);
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  EXPECT_EQ(device(ledger.ams).status, Status::Deleting);
}

}  // namespace
}  // namespace dz::program::live
