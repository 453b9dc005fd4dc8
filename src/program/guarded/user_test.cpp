// Users of the guarded program: the rule of drains, and that what they hold is theirs alone.
#include "program/user_fixture.h"

#include "program/rules/allocator.h"

namespace dz::program::guarded {
namespace {

class UserTest : public testing::Test {
 protected:
  void SetUp() override {
    ledger.set_up();
    EXPECT_ACCEPTED(ledger, users.give_pass(ledger.mallory));
    EXPECT_ACCEPTED(ledger, users.give_pass(ledger.bob));
    EXPECT_ACCEPTED(ledger, users.give_pass(ledger.foundation));
    EXPECT_ACCEPTED(ledger, set({.max_users = 3}));
  }
  void activate() { ledger.activate(ledger.ams); }
  ProgramResult set(const wire::UpdateDeviceArgs& args) { return ledger.set_device(ledger.alice, ledger.ams, args); }
  Device ams() const { return ledger.get<Device>(ledger.ams); }
  ResourceExtension prefix_block() const {
    return ledger.get<ResourceExtension>(wire::dz_prefix_block_address(ledger.program, ledger.ams, 0).address);
  }
  ResourceExtension tunnel_ids() const {
    return ledger.get<ResourceExtension>(wire::tunnel_ids_address(ledger.program, ledger.ams).address);
  }

  TestLedger ledger;
  TestUsers users{ledger};
  const Ipv4 here = ip_of("8.8.1.1"), there = ip_of("8.8.1.2"), elsewhere = ip_of("8.8.1.3"), last = ip_of("8.8.1.4");
};

TEST_F(UserTest, IsCountedAndGetsATunnel) {
  activate();
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));
  const auto user = users.user(here);
  EXPECT_EQ(user.owner, ledger.mallory);
  EXPECT_EQ(user.device, ledger.ams);
  EXPECT_EQ(user.status, UserStatus::Activated);
  EXPECT_EQ(user.dz_ip, here);
  EXPECT_EQ(user.tunnel_id, 500);
  EXPECT_EQ(user.tunnel_net, *parse_network("169.254.0.0/31"));
  EXPECT_EQ(ams().users_count, 1);
  EXPECT_EQ(ams().unicast_users_count, 1);
  EXPECT_EQ(ams().reference_count, 1U);
  EXPECT_EQ(users.pass(ledger.mallory).connection_count, 1);
  EXPECT_EQ(users.pass(ledger.mallory).status, AccessPassStatus::Connected);

  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here, UserType::IbrlWithAllocatedIp));
  EXPECT_EQ(users.user(here, UserType::IbrlWithAllocatedIp).dz_ip,
            ip_of("195.219.121.97"));  // the first is the device's
  EXPECT_ACCEPTED(ledger, users.connect(ledger.bob, ledger.ams, here, UserType::Multicast));
  EXPECT_EQ(ams().users_count, 3);
  EXPECT_EQ(ams().unicast_users_count, 2);
  EXPECT_EQ(ams().multicast_subscribers_count, 1);

  const auto before = ledger.accounts.at(ledger.mallory).lamports;
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.mallory, here, UserType::IbrlWithAllocatedIp));
  EXPECT_EQ(ledger.accounts.at(ledger.mallory).lamports, before + rent_exempt_minimum(206));
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.mallory, here));
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.bob, here, UserType::Multicast));
  EXPECT_EQ(ams().users_count + ams().unicast_users_count + ams().multicast_subscribers_count, 0);
  EXPECT_EQ(ams().reference_count, 0U);
  EXPECT_EQ(allocated_count(prefix_block()), 1U);
  EXPECT_EQ(allocated_count(tunnel_ids()), 0U);
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::UserTunnelBlock)), 0U);
  EXPECT_EQ(users.pass(ledger.mallory).status, AccessPassStatus::Disconnected);
}

TEST_F(UserTest, ASoftDrainedDeviceKeepsItsUsersAndTakesNone) {
  activate();
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));
  EXPECT_ACCEPTED(ledger, set({.status = Status::SoftDrained}));
  EXPECT_EQ(users.user(here).status, UserStatus::Activated);
  EXPECT_EQ(ams().users_count, 1);
  for (const auto& who : {ledger.bob, ledger.mallory, ledger.foundation}) {
    EXPECT_REFUSED(ledger, users.connect(who, ledger.ams, there), wire::ProgramError::DeviceAcceptsNoUsers);
  }
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));  // it is there: nothing changes
  EXPECT_EQ(ams().users_count, 1);
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.mallory, here));
  EXPECT_REFUSED(ledger, users.connect(ledger.mallory, ledger.ams, here), wire::ProgramError::DeviceAcceptsNoUsers);
}

TEST_F(UserTest, AHardDrainedDeviceIsEmptyBeforeItGoes) {
  activate();
  for (const auto* name : {"Ethernet1", "Ethernet2", "Ethernet3", "Ethernet4"}) {
    EXPECT_ACCEPTED(ledger, ledger.run(delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, name)));
  }
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));
  EXPECT_ACCEPTED(ledger, set({.status = Status::HardDrained}));
  EXPECT_REFUSED(ledger, users.connect(ledger.foundation, ledger.ams, there), wire::ProgramError::DeviceAcceptsNoUsers);
  EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::ReferenceCountNotZero);
  EXPECT_NE(ledger.log().back().find("it has 1 users"), std::string::npos) << ledger.log().back();
  EXPECT_ACCEPTED(ledger, users.ban(ledger.foundation, here));  // a banned user is on the device all the same
  EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::ReferenceCountNotZero);
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.foundation, here));
  EXPECT_ACCEPTED(ledger, ledger.delete_device(ledger.alice, ledger.ams));
}

TEST_F(UserTest, OnlyQaConnectsToADeviceUnderTest) {
  EXPECT_REFUSED(ledger, users.connect(ledger.foundation, ledger.ams, here), wire::ProgramError::DeviceAcceptsNoUsers);
  EXPECT_ACCEPTED(ledger, set({.max_users = 0}));  // as a device starts and the RFC wants it while it is tested
  EXPECT_REFUSED(ledger, users.connect(ledger.mallory, ledger.ams, here), wire::ProgramError::DeviceAcceptsNoUsers);
  EXPECT_ACCEPTED(ledger, users.connect(ledger.foundation, ledger.ams, here));  // init made it QA
  EXPECT_EQ(ams().users_count, 1);
  EXPECT_ACCEPTED(ledger, ledger.run(remove_qa(ledger.as(ledger.foundation), ledger.foundation)));
  EXPECT_REFUSED(ledger, users.connect(ledger.foundation, ledger.ams, there), wire::ProgramError::DeviceAcceptsNoUsers);
}

TEST_F(UserTest, MaxUsersIsALimitForAllButQa) {
  activate();
  EXPECT_ACCEPTED(ledger, set({.max_users = 1}));
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));
  EXPECT_REFUSED(ledger, users.connect(ledger.bob, ledger.ams, there), wire::ProgramError::MaxUsersExceeded);
  EXPECT_ACCEPTED(ledger, users.connect(ledger.foundation, ledger.ams, there));
  EXPECT_ACCEPTED(ledger, set({.max_users = 9, .max_unicast_users = 2}));
  EXPECT_REFUSED(ledger, users.connect(ledger.bob, ledger.ams, elsewhere), wire::ProgramError::MaxUnicastUsersExceeded);
  EXPECT_ACCEPTED(ledger, users.connect(ledger.bob, ledger.ams, elsewhere, UserType::Multicast));
  EXPECT_ACCEPTED(ledger, set({.max_multicast_subscribers = 1}));
  EXPECT_REFUSED(ledger, users.connect(ledger.bob, ledger.ams, last, UserType::Multicast),
                 wire::ProgramError::MaxMulticastSubscribersExceeded);
}

TEST_F(UserTest, CountsAreNotWrittenByHand) {
  activate();
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));
  const auto by_foundation = [&](const wire::UpdateDeviceArgs& args) {
    return ledger.set_device(ledger.foundation, ledger.ams, args);
  };
  EXPECT_REFUSED(ledger, by_foundation({.users_count = 0}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, by_foundation({.unicast_users_count = 2}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, by_foundation({.multicast_subscribers_count = 1}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, by_foundation({.multicast_publishers_count = 1}), wire::ProgramError::ImmutableField);
  EXPECT_ACCEPTED(ledger, by_foundation({.users_count = 1}));
}

TEST_F(UserTest, KeepsItsTypeAndHasNoTenant) {
  activate();
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here));
  const auto update = [&](const wire::UpdateUserArgs& args) { return users.update(ledger.foundation, here, args); };
  EXPECT_REFUSED(ledger, update({.type = UserType::Multicast}), wire::ProgramError::ImmutableField);
  EXPECT_REFUSED(ledger, update({.tenant = ledger.bob}), wire::ProgramError::FeatureNotEnabled);
  EXPECT_ACCEPTED(ledger, update({.type = UserType::Ibrl, .tunnel_id = 700, .tenant = Pubkey{}}));
  EXPECT_EQ(users.user(here).tunnel_id, 700);
  EXPECT_REFUSED(ledger, users.update(ledger.mallory, here, {.tunnel_id = 701}), wire::ProgramError::NotAllowed);
}

TEST_F(UserTest, PrefixesInUseStay) {
  activate();
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here, UserType::EdgeFiltering));
  const wire::UpdateDeviceArgs other{.dz_prefixes = std::vector{*parse_network("195.219.120.0/28")}};
  EXPECT_REFUSED(ledger, set(other), wire::ProgramError::ResourceInUse);
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.mallory, here, UserType::EdgeFiltering));
  EXPECT_ACCEPTED(ledger, set(other));
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here, UserType::EdgeFiltering));
  EXPECT_EQ(users.user(here, UserType::EdgeFiltering).dz_ip, ip_of("195.219.120.1"));
}

TEST_F(UserTest, WhatUsersHoldIsNotChangedByHand) {
  const auto root = ledger.as(ledger.foundation);
  for (const wire::ResourceType type : {wire::ResourceType{wire::ResourceKind::UserTunnelBlock, {}, 0},
                                        wire::ResourceType{wire::ResourceKind::TunnelIds, ledger.ams, 0},
                                        wire::ResourceType{wire::ResourceKind::DzPrefixBlock, ledger.ams, 0}}) {
    EXPECT_REFUSED(ledger, ledger.run(allocate_resource(root, {type, {}})), wire::ProgramError::ManagedPool);
  }
}

TEST_F(UserTest, AnAddressOfTheOldKindIsNotWritten) {
  activate();
  auto old = users.create(ledger.mallory, ledger.ams, here);
  old.accounts[0].key = wire::old_user_address(ledger.program, ledger.state().account_index + 1).address;
  EXPECT_REFUSED(ledger, ledger.run(old), wire::ProgramError::InvalidUserPubkey);
}

// A count that was written by hand, when that was possible, keeps no device.
TEST_F(UserTest, ACountWithoutUsersHoldsNothing) {
  for (const auto* name : {"Ethernet1", "Ethernet2", "Ethernet3", "Ethernet4"}) {
    EXPECT_ACCEPTED(ledger, ledger.run(delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, name)));
  }
  auto device = ams();
  device.users_count = 12;
  ledger.force(ledger.ams, device);
  EXPECT_ACCEPTED(ledger, ledger.delete_device(ledger.alice, ledger.ams));
}

TEST_F(UserTest, OfWhatThisLedgerDoesNotKeepItSaysTheName) {
  const auto run = [&](std::uint8_t tag) {
    EXPECT_REFUSED(ledger, ledger.run(wire::Instruction{ledger.program, {}, Bytes{tag}}),
                   wire::InstructionErrorKind::InvalidInstructionData);
    return ledger.log().back();
  };
  EXPECT_NE(run(88).find("does not serve CreateTenant"), std::string::npos);
  EXPECT_NE(run(46).find("CreateMulticastGroup"), std::string::npos);
  EXPECT_NE(run(112).find("CreateFeed"), std::string::npos);
  EXPECT_NE(run(107).find("does not serve CreateTopology"), std::string::npos);
  EXPECT_NE(run(200).find("knows no such instruction"), std::string::npos);
}

// --- what a program that is wrong would have left behind

class UserInvariants : public UserTest {
 protected:
  void SetUp() override {
    UserTest::SetUp();
    activate();
    EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, here, UserType::EdgeFiltering));
    before = ledger.accounts;
  }
  std::string verdict(const std::vector<Pubkey>& signers) const {
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
  template <typename T, typename Change>
  void doctor(const Pubkey& at, Change change) {
    auto record = ledger.get<T>(at);
    change(record);
    ledger.force(at, record);
  }
  void expect_broken(const std::vector<Pubkey>& signers, const std::string& rule) {
    EXPECT_THAT(verdict(signers), testing::HasSubstr(rule));
    ledger.accounts = before;
  }
  const Pubkey edge = users.user_at(here, UserType::EdgeFiltering);
  std::map<Pubkey, wire::Account> before;
};

TEST_F(UserInvariants, CountsMoveAsUsersDo) {
  EXPECT_EQ(verdict({ledger.mallory}), "");
  doctor<Device>(ledger.ams, [](Device& d) { ++d.users_count; });
  expect_broken({ledger.foundation}, "counts of users");
  doctor<Device>(ledger.ams, [](Device& d) {
    --d.unicast_users_count;
    ++d.multicast_subscribers_count;
  });
  expect_broken({ledger.foundation}, "counts of users");
  doctor<User>(edge, [](User& u) { u.type = UserType::Multicast; });
  expect_broken({ledger.foundation}, "counts of users");
}

TEST_F(UserInvariants, PoolsMoveAsUsersDo) {
  doctor<User>(edge, [](User& u) { u.tunnel_id = 501; });
  expect_broken({ledger.foundation}, "tunnel ids");
  doctor<User>(edge, [](User& u) { u.tunnel_net = *parse_network("169.254.0.2/31"); });
  expect_broken({ledger.foundation}, "user tunnel block");
  doctor<User>(edge, [](User& u) { u.dz_ip = u.client_ip; });
  expect_broken({ledger.foundation}, "addresses");
  doctor<ResourceExtension>(wire::dz_prefix_block_address(ledger.program, ledger.ams, 0).address,
                            [](ResourceExtension& pool) { allocate_network(pool, 1); });
  expect_broken({ledger.foundation}, "addresses");
}

TEST_F(UserInvariants, UsersComeAndGoByTheirOwners) {
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.mallory, here, UserType::EdgeFiltering));
  EXPECT_EQ(verdict({ledger.mallory}), "");
  EXPECT_EQ(verdict({ledger.foundation}), "");
  expect_broken({ledger.bob}, "deleted by signers who may not");
  EXPECT_ACCEPTED(ledger, users.connect(ledger.bob, ledger.ams, there));
  EXPECT_EQ(verdict({ledger.bob}), "");
  expect_broken({ledger.foundation}, "created by a stranger");
  doctor<User>(edge, [&](User& u) { u.owner = ledger.bob; });
  expect_broken({ledger.foundation}, "became another");
}

TEST_F(UserInvariants, NobodyComesToADrainedDevice) {
  EXPECT_ACCEPTED(ledger, set({.status = Status::SoftDrained}));
  before = ledger.accounts;
  doctor<Device>(ledger.ams, [](Device& d) { d.status = Status::Activated; });
  EXPECT_ACCEPTED(ledger, users.connect(ledger.bob, ledger.ams, there));
  doctor<Device>(ledger.ams, [](Device& d) { d.status = Status::SoftDrained; });
  expect_broken({ledger.bob}, "rose while it takes none");
}

}  // namespace
}  // namespace dz::program::guarded
