// Users and access passes on the live network, check by check in upstream's order.
#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"
#include "program/user_fixture.h"

namespace dz::program::live {
namespace {

class LiveUsers : public LiveTest {
 protected:
  void SetUp() override {
    EXPECT_ACCEPTED(ledger, users.give_pass(ledger.mallory));
    change_device(ledger.ams, [](Device& d) { d.max_users = 96; });
  }
  ProgramResult connect(UserType type = UserType::Ibrl) {
    return users.connect(ledger.mallory, ledger.ams, here, type);
  }
  template <typename Change>
  void change_pass(Change change) {
    auto pass = users.pass(ledger.mallory);
    change(pass);
    ledger.force(users.pass_at(ledger.mallory), pass);
  }
  template <typename Change>
  void change_user(Change change) {
    auto user = users.user(here);
    change(user);
    ledger.force(users.user_at(here), user);
  }
  // The instruction with something else in one place.
  void expect_create(const std::function<void(wire::Instruction&)>& change, auto error) {
    auto instruction = users.create(ledger.mallory, ledger.ams, here);
    change(instruction);
    EXPECT_REFUSED(ledger, ledger.run(instruction), error);
  }
  static constexpr auto kPanic = wire::InstructionErrorKind::ProgramFailedToComplete;

  TestUsers users{ledger};
  const Ipv4 here = ip_of("8.8.1.1"), there = ip_of("8.8.1.2");
};

TEST_F(LiveUsers, CreationLooksAtItsAccountsInOrder) {
  const auto nothing = wire::kSystemProgramId;
  expect_create([](auto& i) { i.data.back() = 0; }, wire::ProgramError::InvalidArgument);
  expect_create([](auto& i) { i.accounts.resize(8); }, wire::InstructionErrorKind::NotEnoughAccountKeys);
  expect_create([](auto& i) { i.accounts[8].signer = false; }, kPanic);
  expect_create([&](auto& i) { i.accounts[2].key = users.pass_at(ledger.mallory, here); },
                wire::ProgramError::AccessPassNotFound);
  expect_create([&](auto& i) { i.accounts[0].key = users.user_at(there); }, wire::ProgramError::InvalidUserPubkey);
  expect_create([&](auto& i) { i.accounts[1].key = nothing; }, wire::ProgramError::InvalidDevicePubkey);
  expect_create([&](auto& i) { i.accounts[1].key = ledger.location; }, wire::ProgramError::InvalidDevicePubkey);
  expect_create([&](auto& i) { i.accounts[2].key = ledger.location; }, kPanic);
  expect_create([&](auto& i) { i.accounts[4].key = i.accounts[5].key; }, kPanic);
  expect_create([](auto& i) { i.accounts[6].writable = false; }, kPanic);
  expect_create([](auto& i) { std::swap(i.accounts[6], i.accounts[7]); }, kPanic);
  // One account more is a tenant, of which there is none; the publisher block is not looked at.
  expect_create([&](auto& i) { i.accounts.insert(i.accounts.end() - 2, wire::writable(key("tenant"))); },
                wire::ProgramError::InvalidTenantPubkey);
  expect_create([&](auto& i) { i.accounts.insert(i.accounts.end() - 2, wire::writable(ledger.location)); },
                wire::ProgramError::InvalidAccountType);
  auto any_block = users.create(ledger.mallory, ledger.ams, here);
  any_block.accounts[5].key = ledger.location;
  EXPECT_ACCEPTED(ledger, ledger.run(any_block));
}

TEST_F(LiveUsers, ThePassIsForTheKeyTheAddressAndTheTime) {
  expect_create([&](auto& i) { i.accounts[2].key = users.pass_at(ledger.foundation); },
                wire::ProgramError::AccessPassNotFound);
  change_pass([&](AccessPass& p) { p.user_payer = ledger.bob; });
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::Unauthorized);
  change_pass([&](AccessPass& p) {
    p.user_payer = ledger.mallory;
    p.client_ip = there;
  });
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::Unauthorized);
  change_pass([&](AccessPass& p) {
    p.flags = kPassFlagAllowMultipleIp;
    p.tenant_allowlist = {ledger.bob};
  });
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::TenantNotInAccessPassAllowlist);
  change_pass([&](AccessPass& p) {
    p.tenant_allowlist = {Pubkey{}};
    p.last_access_epoch = 4;
  });
  ledger.clock.epoch = 5;
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::AccessPassUnauthorized);
  ledger.clock.epoch = 4;
  EXPECT_ACCEPTED(ledger, connect());
  ledger.clock.epoch = 9;
  EXPECT_ACCEPTED(ledger, connect(UserType::Multicast));  // needs neither
}

TEST_F(LiveUsers, TheFoundationAndQaGetOntoADrainedDevice) {
  const auto foundation_only = key("root");
  EXPECT_ACCEPTED(ledger, ledger.run(add_foundation(ledger.as(ledger.foundation), foundation_only)));
  ledger.accounts[foundation_only].lamports = 1'000'000'000;
  EXPECT_ACCEPTED(ledger, users.give_pass(foundation_only));
  EXPECT_ACCEPTED(ledger, users.give_pass(ledger.foundation));
  change_device(ledger.ams, [](Device& d) {
    d.status = Status::Drained;
    d.max_users = 0;
  });
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::InvalidStatus);
  EXPECT_REFUSED(ledger, users.connect(foundation_only, ledger.ams, here), wire::ProgramError::MaxUsersExceeded);
  EXPECT_ACCEPTED(ledger, users.connect(ledger.foundation, ledger.ams, here));  // which is QA
  EXPECT_EQ(device(ledger.ams).users_count, 1);
}

TEST_F(LiveUsers, SeatsAreCountedByType) {
  change_device(ledger.ams, [](Device& d) {
    d.max_users = 5;
    d.reserved_seats = 5;
  });
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::MaxUsersExceeded);
  change_device(ledger.ams, [](Device& d) {
    d.reserved_seats = 4;
    d.max_unicast_users = d.unicast_users_count = 3;
    d.max_multicast_subscribers = d.multicast_subscribers_count = 2;
  });
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::MaxUnicastUsersExceeded);
  EXPECT_REFUSED(ledger, connect(UserType::Multicast), wire::ProgramError::MaxMulticastSubscribersExceeded);
}

TEST_F(LiveUsers, AnEdgeSeatPassHasLimitsOfItsOwn) {
  EXPECT_ACCEPTED(
      ledger, users.give_pass(ledger.bob, {.type = {.kind = AccessPassKind::EdgeSeat}, .last_access_epoch = kForEver}));
  EXPECT_ACCEPTED(ledger, users.connect(ledger.bob, ledger.ams, here));
  EXPECT_EQ(users.pass(ledger.bob).unicast_user_count, 1);
  EXPECT_REFUSED(ledger, users.connect(ledger.bob, ledger.ams, there),
                 wire::ProgramError::AccessPassMaxUnicastUsersExceeded);
  EXPECT_ACCEPTED(ledger, users.connect(ledger.bob, ledger.ams, there, UserType::Multicast));
  EXPECT_REFUSED(ledger, users.connect(ledger.bob, ledger.ams, here, UserType::Multicast),
                 wire::ProgramError::AccessPassMaxMulticastUsersExceeded);
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.bob, here));
  EXPECT_EQ(users.pass(ledger.bob).unicast_user_count, 0);
  EXPECT_EQ(users.pass(ledger.bob).multicast_user_count, 1);
}

TEST_F(LiveUsers, WhatIsAllocatedFitsTheNetwork) {
  EXPECT_REFUSED(ledger, users.connect(ledger.mallory, ledger.ams, ip_of("10.0.0.1")),
                 wire::ProgramError::InvalidClientIp);
  for (int i = 0; i < 7; ++i) {  // a /29 less the device's own
    EXPECT_ACCEPTED(ledger,
                    users.connect(ledger.mallory, ledger.ams, ipv4_from(there.number() + i), UserType::EdgeFiltering));
  }
  EXPECT_REFUSED(ledger, connect(UserType::EdgeFiltering), wire::ProgramError::AllocationFailed);
  EXPECT_ACCEPTED(ledger, connect());
  auto endpoint = create_user(ledger.as(ledger.mallory), users.of(ledger.ams), users.pass_at(ledger.mallory),
                              {.type = UserType::Multicast, .client_ip = here, .tunnel_endpoint = ip_of("10.1.1.1")});
  EXPECT_REFUSED(ledger, ledger.run(endpoint), wire::ProgramError::InvalidTunnelEndpoint);
}

TEST_F(LiveUsers, CreationOnceMoreChangesNothing) {
  EXPECT_ACCEPTED(ledger, connect());
  const auto before = ledger.accounts;
  change_device(ledger.ams, [](Device& d) { d.status = Status::Drained; });
  EXPECT_ACCEPTED(ledger, connect());
  EXPECT_EQ(ledger.accounts.at(users.user_at(here)), before.at(users.user_at(here)));
  EXPECT_EQ(device(ledger.ams).users_count, 1);
  EXPECT_REFUSED(ledger, users.connect(ledger.mallory, ledger.lon, here),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_ACCEPTED(ledger, users.give_pass(ledger.bob));
  EXPECT_REFUSED(ledger, users.connect(ledger.bob, ledger.ams, here),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_ACCEPTED(ledger, users.ban(ledger.foundation, here));
  EXPECT_REFUSED(ledger, connect(), wire::ProgramError::InvalidStatus);
}

TEST_F(LiveUsers, AnAddressOfTheOldKindTakesAnIndex) {
  const auto index = ledger.state().account_index + 1;
  auto old = users.create(ledger.mallory, ledger.ams, here);
  old.accounts[0].key = wire::old_user_address(ledger.program, index).address;
  EXPECT_ACCEPTED(ledger, ledger.run(old));
  EXPECT_EQ(ledger.get<User>(old.accounts[0].key).index, index);
  EXPECT_EQ(ledger.state().account_index, index);
  EXPECT_REFUSED(ledger, ledger.run(old), wire::ProgramError::InvalidUserPubkey);  // the next is another
}

TEST_F(LiveUsers, DeletionLooksAtItsAccountsInOrder) {
  EXPECT_ACCEPTED(ledger, connect());
  const auto expect = [&](const std::function<void(wire::Instruction&)>& change, auto error) {
    auto instruction = users.remove(ledger.mallory, here);
    change(instruction);
    EXPECT_REFUSED(ledger, ledger.run(instruction), error);
  };
  expect([](auto& i) { i.data[1] = 0; }, wire::ProgramError::InvalidArgument);
  expect([&](auto& i) { i.accounts[0].key = users.user_at(there); }, wire::InstructionErrorKind::InvalidAccountData);
  expect([](auto& i) { i.accounts[9].signer = false; }, kPanic);
  expect([](auto& i) { i.accounts[0].writable = false; }, kPanic);
  expect([&](auto& i) { i.accounts[1].key = users.pass_at(ledger.bob); }, wire::ProgramError::AccessPassNotFound);
  expect([&](auto& i) { i.accounts[1].key = ledger.location; }, kPanic);
  expect([&](auto& i) { i.accounts[9].key = ledger.bob; }, wire::ProgramError::NotAllowed);
  expect([&](auto& i) { i.accounts[3].key = ledger.lon; }, wire::InstructionErrorKind::InvalidAccountData);
  expect([&](auto& i) { i.accounts[8].key = ledger.bob; }, wire::InstructionErrorKind::InvalidAccountData);
  expect([](auto& i) { std::swap(i.accounts[6], i.accounts[7]); }, kPanic);
  change_user([&](User& u) { u.publishers = {ledger.bob}; });
  EXPECT_REFUSED(ledger, users.disconnect(ledger.mallory, here), wire::ProgramError::ReferenceCountNotZero);
  change_user([](User& u) { u.publishers.clear(); });
  const auto again = users.remove(ledger.mallory, here);
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.foundation, here));
  EXPECT_REFUSED(ledger, ledger.run(again), wire::InstructionErrorKind::InvalidAccountData);
}

TEST_F(LiveUsers, ABannedUserHoldsNothingButItsPlace) {
  EXPECT_ACCEPTED(ledger, connect());
  EXPECT_REFUSED(ledger, users.ban(ledger.mallory, here), wire::ProgramError::NotAllowed);
  change_user([&](User& u) { u.subscribers = {ledger.bob}; });
  EXPECT_REFUSED(ledger, users.ban(ledger.foundation, here), wire::ProgramError::ReferenceCountNotZero);
  change_user([](User& u) { u.subscribers.clear(); });
  EXPECT_ACCEPTED(ledger, users.ban(ledger.foundation, here));
  const auto user = users.user(here);
  EXPECT_EQ(user.status, UserStatus::Banned);
  EXPECT_EQ(user.tunnel_id, 0);
  EXPECT_TRUE(user.tunnel_net.is_default());
  EXPECT_EQ(user.dz_ip, Ipv4{});
  EXPECT_EQ(device(ledger.ams).users_count, 1);
  EXPECT_EQ(users.pass(ledger.mallory).connection_count, 1);
  EXPECT_REFUSED(ledger, users.ban(ledger.foundation, here), wire::ProgramError::InvalidStatus);
  // What was given back serves the next; deleting the banned one does not take it away.
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, there));
  EXPECT_EQ(users.user(there).tunnel_id, 500);
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.mallory, here));
  const auto ids = ledger.get<ResourceExtension>(wire::tunnel_ids_address(ledger.program, ledger.ams).address);
  EXPECT_TRUE(is_allocated(ids, std::uint16_t{500}));
  EXPECT_EQ(device(ledger.ams).users_count, 1);
}

TEST_F(LiveUsers, AnUpdateMovesWhatTheUserHolds) {
  EXPECT_ACCEPTED(ledger, connect());
  const auto update = [&](const wire::UpdateUserArgs& args) { return users.update(ledger.foundation, here, args); };
  EXPECT_REFUSED(ledger, users.update(ledger.mallory, here, {.tunnel_id = 600}), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, update({.cyoa = Cyoa::GreOverCable,
                                  .dz_ip = ip_of("195.219.121.99"),
                                  .tunnel_id = 600,
                                  .tunnel_net = *parse_network("169.254.1.0/31")}));
  const auto user = users.user(here);
  EXPECT_EQ(user.dz_ip, ip_of("195.219.121.99"));
  EXPECT_EQ(user.tunnel_id, 600);
  EXPECT_EQ(user.cyoa, Cyoa::GreOverCable);
  EXPECT_ACCEPTED(ledger, users.connect(ledger.mallory, ledger.ams, there));
  EXPECT_EQ(users.user(there).tunnel_id, 500);
  EXPECT_REFUSED(ledger, update({.tunnel_id = 500}), wire::ProgramError::AllocationFailed);
  EXPECT_REFUSED(ledger, update({.tunnel_id = 400}), wire::ProgramError::AllocationFailed);
  EXPECT_REFUSED(ledger, update({.dz_ip = ip_of("195.219.121.96")}), wire::ProgramError::AllocationFailed);
  EXPECT_REFUSED(ledger, update({.tunnel_net = NetworkV4{}}), wire::ProgramError::InvalidTunnelNet);
  EXPECT_REFUSED(ledger, update({.dz_ip = Ipv4{}}), wire::ProgramError::InvalidDzIp);
  EXPECT_ACCEPTED(ledger, update({.type = UserType::EdgeFiltering, .dz_ip = here, .tunnel_id = 0}));
  EXPECT_EQ(users.user(here).type, UserType::EdgeFiltering);  // where it is, and in which count, does not move
  auto one_tenant = update_user(ledger.as(ledger.foundation), users.user_at(here), users.of(ledger.ams), {});
  one_tenant.accounts.insert(one_tenant.accounts.begin() + 6, wire::writable(ledger.bob));
  EXPECT_REFUSED(ledger, ledger.run(one_tenant), wire::ProgramError::InvalidArgument);
}

TEST_F(LiveUsers, TheDevicesAgentReportsBgp) {
  EXPECT_ACCEPTED(ledger, connect());
  const auto report = [&](const Pubkey& who, const Pubkey& at, wire::SetUserBgpStatusArgs args) {
    return ledger.run(set_user_bgp_status(ledger.as(who), users.user_at(here), at, args));
  };
  ledger.clock.slot = Slot{77};
  EXPECT_REFUSED(ledger, report(ledger.foundation, ledger.ams, {BgpStatus::Up, 5}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, report(key("agent"), ledger.lon, {BgpStatus::Up, 5}), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, report(key("agent"), ledger.ams, {BgpStatus::Up, 5}));
  EXPECT_EQ(users.user(here).last_bgp_up_at, 77U);
  ledger.clock.slot = Slot{78};
  EXPECT_ACCEPTED(ledger, report(key("agent"), ledger.ams, {BgpStatus::Down, 0}));
  EXPECT_EQ(users.user(here).last_bgp_up_at, 77U);
  EXPECT_EQ(users.user(here).last_bgp_reported_at, 78U);
  EXPECT_EQ(users.user(here).bgp_rtt_ns, 0U);
}

TEST_F(LiveUsers, ChecksOfPassesAreTheActivatorAuthoritys) {
  EXPECT_ACCEPTED(ledger, users.give_pass(ledger.bob, {.client_ip = here, .last_access_epoch = kForEver}));
  const auto exact = users.pass_at(ledger.bob, here);
  EXPECT_ACCEPTED(ledger,
                  ledger.run(create_user(ledger.as(ledger.bob), users.of(ledger.ams), exact, {.client_ip = here})));
  auto user = users.user(here);
  user.status = UserStatus::OutOfCredits;
  ledger.force(users.user_at(here), user);
  const wire::Sender activator{ledger.program, ledger.activator};
  const auto check = [&](const wire::Sender& who, const Pubkey& pass) {
    return ledger.run(check_user_access_pass(who, users.user_at(here), pass));
  };
  EXPECT_REFUSED(ledger, check(ledger.as(ledger.foundation), exact), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, check(activator, users.pass_at(ledger.mallory)), kPanic);
  EXPECT_ACCEPTED(ledger, check(activator, exact));
  EXPECT_EQ(users.user(here).status, UserStatus::Activated);
  EXPECT_ACCEPTED(ledger, users.ban(ledger.foundation, here));
  EXPECT_REFUSED(ledger, check(activator, exact), wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(check_access_pass(activator, users.pass_at(ledger.mallory))));
  EXPECT_EQ(users.pass(ledger.mallory).status, AccessPassStatus::Requested);
  EXPECT_REFUSED(ledger, ledger.run(check_access_pass(ledger.as(ledger.bob), users.pass_at(ledger.mallory))),
                 wire::ProgramError::NotAllowed);
}

TEST_F(LiveUsers, APassIsSetByItsAdministrators) {
  const auto set = [&](const Pubkey& who, const wire::SetAccessPassArgs& args) {
    return ledger.run(set_access_pass(ledger.as(who), ledger.bob, args));
  };
  ledger.clock.epoch = 10;
  EXPECT_REFUSED(ledger, set(ledger.alice, {}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, set(ledger.foundation, {.type = {.kind = AccessPassKind::SolanaValidator}}),
                 wire::ProgramError::InvalidSolanaPubkey);
  EXPECT_REFUSED(ledger, set(ledger.foundation, {.type = {.kind = AccessPassKind::SolanaRpc}}),
                 wire::ProgramError::InvalidSolanaPubkey);
  EXPECT_REFUSED(ledger, set(ledger.foundation, {.last_access_epoch = 9}), wire::ProgramError::InvalidLastAccessEpoch);
  EXPECT_ACCEPTED(ledger, set(ledger.foundation, {.client_ip = here, .last_access_epoch = 10}));
  const auto pass = users.pass(ledger.bob, here);
  EXPECT_EQ(pass.owner, ledger.foundation);
  EXPECT_EQ(pass.user_payer, ledger.bob);
  EXPECT_EQ(pass.status, AccessPassStatus::Requested);
  EXPECT_EQ(ledger.accounts.at(users.pass_at(ledger.bob, here)).lamports, rent_exempt_minimum(103));

  EXPECT_ACCEPTED(ledger, ledger.run(set_authority(ledger.as(ledger.foundation), {.feed_authority = ledger.alice})));
  EXPECT_REFUSED(ledger, set(ledger.alice, {.client_ip = here}), wire::ProgramError::NotAllowed);  // not its own
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.client_ip = there}));
  EXPECT_ACCEPTED(ledger, set(ledger.alice, {.client_ip = there, .allow_multiple_ip = true}));
  EXPECT_TRUE(users.pass(ledger.bob, there).allows_multiple_ip());
  EXPECT_EQ(users.pass(ledger.bob, there).owner, ledger.alice);
}

TEST_F(LiveUsers, APassBringsWhatAConnectionCosts) {
  const auto poor = key("poor");
  EXPECT_ACCEPTED(ledger, users.give_pass(poor));
  EXPECT_EQ(ledger.accounts.at(poor).lamports, 7'236'640U);
  EXPECT_ACCEPTED(ledger, users.give_pass(poor, {.allow_multiple_ip = true, .max_unicast_users = 2}));
  EXPECT_EQ(ledger.accounts.at(poor).lamports, 3 * 7'236'640U);
  EXPECT_ACCEPTED(ledger, users.give_pass(poor));
  EXPECT_EQ(ledger.accounts.at(poor).lamports, 3 * 7'236'640U);
}

TEST_F(LiveUsers, ATenantIsNoneOrRefused) {
  auto instruction = set_access_pass(ledger.as(ledger.foundation), ledger.bob, {});
  instruction.accounts.insert(instruction.accounts.begin() + 3, {wire::writable({}), wire::writable({})});
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  EXPECT_EQ(users.pass(ledger.bob).tenant_allowlist, (std::vector<Pubkey>{Pubkey{}}));
  instruction.accounts[4].key = key("tenant");
  EXPECT_REFUSED(ledger, ledger.run(instruction), kPanic);
  // One to take off is looked at last, after the signer's rights.
  instruction.accounts[4].key = {};
  instruction.accounts[3].key = key("tenant");
  EXPECT_REFUSED(ledger, ledger.run(instruction), kPanic);
  instruction.accounts[5].key = ledger.alice;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::NotAllowed);
}

TEST_F(LiveUsers, APassIsClosedWhenNobodyIsConnected) {
  const auto close = [&](const Pubkey& who) {
    return ledger.run(close_access_pass(ledger.as(who), users.pass_at(ledger.mallory)));
  };
  EXPECT_ACCEPTED(ledger, connect());
  EXPECT_REFUSED(ledger, close(ledger.foundation), wire::ProgramError::AccessPassInUse);
  EXPECT_REFUSED(ledger, close(ledger.mallory), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, users.disconnect(ledger.mallory, here));
  EXPECT_ACCEPTED(ledger, close(ledger.foundation));
  EXPECT_REFUSED(ledger, close(ledger.foundation), wire::ProgramError::AccessPassNotFound);
  EXPECT_REFUSED(ledger, ledger.run(close_access_pass(ledger.as(ledger.foundation), ledger.location)),
                 wire::ProgramError::InvalidAccountType);
}

TEST_F(LiveUsers, FlagsAreSetOneByOne) {
  const auto set = [&](const wire::SetAccessPassFlagsArgs& args) {
    return ledger.run(set_access_pass_flags(ledger.as(ledger.foundation), users.pass_at(ledger.mallory), args));
  };
  EXPECT_REFUSED(ledger, set({}), wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, set({.locked = true}));
  EXPECT_ACCEPTED(ledger, set({.allow_multiple_ip = true}));
  EXPECT_EQ(users.pass(ledger.mallory).flags, kPassFlagLocked | kPassFlagAllowMultipleIp);
  EXPECT_ACCEPTED(ledger, set({.locked = false}));
  EXPECT_EQ(users.pass(ledger.mallory).flags, kPassFlagAllowMultipleIp);
}

TEST_F(LiveUsers, AMovingPassForgetsItsAddressWithTheLastUser) {
  EXPECT_ACCEPTED(
      ledger,
      users.give_pass(ledger.bob, {.client_ip = here, .last_access_epoch = kForEver, .allow_multiple_ip = true}));
  const auto exact = users.pass_at(ledger.bob, here);
  EXPECT_ACCEPTED(ledger,
                  ledger.run(create_user(ledger.as(ledger.bob), users.of(ledger.ams), exact, {.client_ip = here})));
  EXPECT_ACCEPTED(ledger, ledger.run(delete_user(ledger.as(ledger.bob), users.user_at(here), ledger.bob,
                                                 users.of(ledger.ams), exact)));
  EXPECT_EQ(ledger.get<AccessPass>(exact).client_ip, Ipv4{});
}

// A 172-byte user of an old release is written whole, and the payer pays for what it grows by.
TEST_F(LiveUsers, AnOldAccountGrowsWhenItIsWritten) {
  EXPECT_ACCEPTED(ledger, connect());
  auto& account = ledger.accounts.at(users.user_at(here));
  account.data.resize(172);
  const auto surplus = account.lamports - rent_exempt_minimum(172);
  account.lamports -= surplus;
  ledger.accounts.at(ledger.foundation).lamports += surplus;
  EXPECT_ACCEPTED(ledger, users.update(ledger.foundation, here, {.tunnel_id = 800}));
  EXPECT_EQ(ledger.accounts.at(users.user_at(here)).data.size(), 206U);
  EXPECT_EQ(ledger.accounts.at(users.user_at(here)).lamports, rent_exempt_minimum(206));
}

}  // namespace
}  // namespace dz::program::live
