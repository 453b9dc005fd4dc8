// Locations, exchanges and contributors as the live program has them.
#include "program/live/live_fixture.h"

namespace dz::program::live {
namespace {

constexpr auto kPanic = wire::InstructionErrorKind::ProgramFailedToComplete;

class LiveSites : public LiveTest {
 protected:
  wire::Sender foundation() const { return ledger.as(ledger.foundation); }
  AccountIndex next_index() const { return ledger.state().account_index + 1; }
  static wire::CreateLocationArgs location_args() {
    return {.code = "Lon", .name = "London", .country = "GB", .lat = 51.5, .lng = -0.1, .loc_id = 7};
  }
  static wire::CreateExchangeArgs exchange_args() {
    return {.code = "Xlon", .name = "London IX", .lat = 51.5, .lng = -0.1, .reserved = 12345};
  }
  Location location() const { return ledger.get<Location>(ledger.location); }
  Exchange exchange() const { return ledger.get<Exchange>(ledger.exchange); }
  Contributor contributor() const { return ledger.get<Contributor>(ledger.alices); }
  ProgramResult create(const wire::CreateLocationArgs& args) {
    return ledger.run(create_location(foundation(), next_index(), args));
  }
  ProgramResult seat(const Pubkey& device, std::uint8_t index, std::uint8_t action) {
    return ledger.run(set_device_exchange(foundation(), ledger.exchange, device, {index, action}));
  }
  void set_next_community(std::uint16_t community) {
    const auto at = wire::global_config_address(ledger.program).address;
    auto config = ledger.get<GlobalConfig>(at);
    config.next_bgp_community = community;
    ledger.force(at, config);
  }
};

TEST_F(LiveSites, LocationsKeepTheirCodeAsTyped) {
  const auto at = ledger.next(wire::location_address);
  const auto index = next_index();
  EXPECT_ACCEPTED(ledger, create(location_args()));
  const auto made = ledger.get<Location>(at);
  EXPECT_EQ(made.code, "Lon");
  EXPECT_EQ(made.owner, ledger.foundation);
  EXPECT_TRUE(made.index == index);
  EXPECT_EQ(made.loc_id, 7U);
  EXPECT_EQ(made.status, SiteStatus::Activated);
  EXPECT_TRUE(ledger.state().account_index == index);
}

// What the network's program takes is taken here too; whoever shows it escapes it.
TEST_F(LiveSites, X11_ANameMayHaveControlCharacters) {
  auto args = location_args();
  args.name = "a\x1B[2J\n";
  const auto at = ledger.next(wire::location_address);
  EXPECT_ACCEPTED(ledger, create(args));
  EXPECT_EQ(ledger.get<Location>(at).name, args.name);
}

TEST_F(LiveSites, LocationsHaveTheirLimits) {
  const auto refuse = [&](auto change, auto error) {
    auto args = location_args();
    change(args);
    EXPECT_REFUSED(ledger, create(args), error);
  };
  refuse([](auto& a) { a.code = "a b"; }, wire::ProgramError::InvalidAccountCode);
  refuse([](auto& a) { a.code = std::string(33, 'a'); }, wire::ProgramError::CodeTooLong);
  refuse([](auto& a) { a.name = std::string(65, 'a'); }, wire::ProgramError::NameTooLong);
  refuse([](auto& a) { a.country = "GBR", a.lat = 99; }, wire::ProgramError::InvalidCountryCode);
  refuse([](auto& a) { a.lat = 90.1, a.lng = 181; }, wire::ProgramError::InvalidLatitude);
  refuse([](auto& a) { a.lng = -180.1; }, wire::ProgramError::InvalidLongitude);
}

TEST_F(LiveSites, ACodeIsLookedAtBeforeTheSignerAndTheAddressAfter) {
  auto args = location_args();
  const auto mallory = ledger.as(ledger.mallory);
  EXPECT_REFUSED(ledger, ledger.run(create_location(mallory, 1, args)), wire::ProgramError::NotAllowed);
  args.code = "a b";
  EXPECT_REFUSED(ledger, ledger.run(create_location(mallory, 1, args)), wire::ProgramError::InvalidAccountCode);
  EXPECT_REFUSED(ledger, ledger.run(create_exchange(mallory, 1, {.code = "a b"})),
                 wire::ProgramError::InvalidAccountCode);
  EXPECT_REFUSED(ledger, ledger.run(create_contributor(mallory, 1, ledger.mallory, {"a b"})),
                 wire::ProgramError::InvalidAccountCode);
}

// Somebody else took the index meanwhile.
TEST_F(LiveSites, ALostRaceIsAWrongAddress) {
  EXPECT_REFUSED(ledger, ledger.run(create_location(foundation(), next_index() + 1, location_args())), kPanic);
  EXPECT_REFUSED(ledger, ledger.run(create_exchange(foundation(), next_index() - 1, exchange_args())), kPanic);
  auto taken = create_location(foundation(), next_index(), location_args());
  taken.accounts[0].key = ledger.location;
  EXPECT_REFUSED(ledger, ledger.run(taken), kPanic);
  auto exchange_taken = create_exchange(foundation(), next_index(), exchange_args());
  exchange_taken.accounts[0].key = ledger.exchange;
  EXPECT_REFUSED(ledger, ledger.run(exchange_taken), wire::InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_REFUSED(ledger, ledger.run(create_contributor(foundation(), 1, ledger.bob, {"carol"})), kPanic);
}

// An account that was there before, though its index is free.
TEST_F(LiveSites, AnAccountThatIsThereStays) {
  const auto at = ledger.next(wire::location_address);
  ledger.accounts[at] = wire::Account{.lamports = 1, .data = {3}, .owner = ledger.program};
  EXPECT_REFUSED(ledger, create(location_args()), wire::InstructionErrorKind::AccountAlreadyInitialized);
  const auto contributor_at = ledger.next(wire::contributor_address);
  ledger.accounts[contributor_at] = wire::Account{.lamports = 1, .data = {10}, .owner = ledger.program};
  EXPECT_REFUSED(ledger, ledger.run(create_contributor(foundation(), next_index(), ledger.bob, {"carol"})),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
}

// Lamports sent to the address before do not stop it.
TEST_F(LiveSites, AnAddressWithMoneyIsFilled) {
  const auto at = ledger.next(wire::location_address);
  ledger.accounts[at].lamports = 5;
  ledger.accounts[ledger.alice].lamports -= 5;
  EXPECT_ACCEPTED(ledger, create(location_args()));
  EXPECT_EQ(ledger.accounts.at(at).lamports, rent_exempt_minimum(ledger.accounts.at(at).data.size()));
}

TEST_F(LiveSites, LocationsAreUpdatedSuspendedAndDeleted) {
  EXPECT_ACCEPTED(ledger, ledger.run(update_location(foundation(), ledger.location, {.name = "Elsewhere", .lat = 1})));
  EXPECT_EQ(location().name, "Elsewhere");
  EXPECT_EQ(location().code, "ams");
  EXPECT_REFUSED(ledger, ledger.run(update_location(foundation(), ledger.location, {.code = "a b"})),
                 wire::ProgramError::InvalidAccountCode);
  EXPECT_REFUSED(ledger, ledger.run(resume_location(foundation(), ledger.location)), wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_location(foundation(), ledger.location)));
  EXPECT_REFUSED(ledger, ledger.run(suspend_location(foundation(), ledger.location)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_location(foundation(), ledger.location)));
  EXPECT_REFUSED(ledger, ledger.run(delete_location(foundation(), ledger.location)),
                 wire::ProgramError::ReferenceCountNotZero);
  const auto mallory = ledger.as(ledger.mallory);
  for (const auto& instruction :
       {update_location(mallory, ledger.location, {}), suspend_location(mallory, ledger.location),
        delete_location(mallory, ledger.location), update_exchange(mallory, ledger.exchange, {}),
        suspend_exchange(mallory, ledger.exchange), delete_exchange(mallory, ledger.exchange),
        set_device_exchange(mallory, ledger.exchange, ledger.ams, {1, 1})}) {
    EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::NotAllowed);
  }
  const auto at = ledger.next(wire::location_address);
  EXPECT_ACCEPTED(ledger, create(location_args()));
  const auto rent = ledger.accounts.at(at).lamports, before = ledger.accounts.at(ledger.foundation).lamports;
  EXPECT_ACCEPTED(ledger, ledger.run(delete_location(foundation(), at)));
  EXPECT_FALSE(ledger.exists(at));
  EXPECT_EQ(ledger.accounts.at(ledger.foundation).lamports, before + rent);
}

TEST_F(LiveSites, ReadOnlyAccountsAreNoticed) {
  auto instruction = update_location(foundation(), ledger.location, {.name = "x"});
  instruction.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(instruction), kPanic);
  auto creation = create_location(foundation(), next_index(), location_args());
  creation.accounts[1].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(creation), wire::InstructionErrorKind::ReadonlyDataModified);
  auto update = update_location(foundation(), ledger.location, {.name = "x"});
  update.accounts[1].writable = false;  // as some clients send it
  EXPECT_ACCEPTED(ledger, ledger.run(update));
}

TEST_F(LiveSites, CommunitiesAreHandedOutInOrder) {
  set_next_community(10998);
  const auto at = ledger.next(wire::exchange_address);
  EXPECT_ACCEPTED(ledger, ledger.run(create_exchange(foundation(), next_index(), exchange_args())));
  const auto made = ledger.get<Exchange>(at);
  EXPECT_EQ(made.bgp_community, 10998);
  EXPECT_EQ(made.unused, 0);
  EXPECT_EQ(made.code, "Xlon");
  EXPECT_ACCEPTED(ledger, ledger.run(update_exchange(foundation(), at, {.name = "other"})));
  EXPECT_EQ(ledger.get<Exchange>(at).bgp_community, 10998);
  EXPECT_ACCEPTED(ledger, ledger.run(update_exchange(foundation(), at, {.bgp_community = 3})));  // the value is ignored
  EXPECT_EQ(ledger.get<Exchange>(at).bgp_community, 10999);
  EXPECT_REFUSED(ledger, ledger.run(update_exchange(foundation(), at, {.bgp_community = 10001})),
                 wire::ProgramError::InvalidBgpCommunity);
  EXPECT_REFUSED(ledger, ledger.run(create_exchange(foundation(), next_index(), exchange_args())),
                 wire::ProgramError::InvalidBgpCommunity);
  set_next_community(0);  // none: legal
  EXPECT_ACCEPTED(ledger, ledger.run(create_exchange(foundation(), next_index(), exchange_args())));
  auto elsewhere = update_exchange(foundation(), at, {});
  elsewhere.accounts[1].key = ledger.location;
  EXPECT_REFUSED(ledger, ledger.run(elsewhere), wire::InstructionErrorKind::InvalidAccountData);
}

TEST_F(LiveSites, ExchangesHaveTheirLimits) {
  const auto refuse = [&](auto change, auto error) {
    auto args = exchange_args();
    change(args);
    EXPECT_REFUSED(ledger, ledger.run(create_exchange(foundation(), next_index(), args)), error);
  };
  refuse([](auto& a) { a.code = std::string(33, 'a'); }, wire::ProgramError::CodeTooLong);
  refuse([](auto& a) { a.name = std::string(65, 'a'); }, wire::ProgramError::NameTooLong);
  refuse([](auto& a) { a.lat = -91; }, wire::ProgramError::InvalidLatitude);
  refuse([](auto& a) { a.lng = 181; }, wire::ProgramError::InvalidLongitude);
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_exchange(foundation(), ledger.exchange)));
  EXPECT_REFUSED(ledger, ledger.run(suspend_exchange(foundation(), ledger.exchange)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_exchange(foundation(), ledger.exchange)));
  EXPECT_REFUSED(ledger, ledger.run(delete_exchange(foundation(), ledger.exchange)),
                 wire::ProgramError::ReferenceCountNotZero);
}

TEST_F(LiveSites, SeatsOfAnExchange) {
  constexpr auto kSet = wire::SetDeviceExchangeArgs::kSet, kRemove = wire::SetDeviceExchangeArgs::kRemove;
  EXPECT_ACCEPTED(ledger, seat(ledger.ams, 1, kSet));
  EXPECT_EQ(exchange().device1, ledger.ams);
  EXPECT_EQ(device(ledger.ams).reference_count, 1U);
  EXPECT_REFUSED(ledger, seat(ledger.lon, 1, kSet), wire::ProgramError::DeviceAlreadySet);
  EXPECT_REFUSED(ledger, seat(ledger.lon, 3, kSet), wire::ProgramError::InvalidIndex);
  EXPECT_REFUSED(ledger, seat(ledger.lon, 0, kRemove), wire::ProgramError::InvalidIndex);
  EXPECT_REFUSED(ledger, seat(ledger.lon, 2, kRemove), wire::ProgramError::DeviceNotSet);
  EXPECT_REFUSED(ledger, seat(ledger.ams, 2, kSet), wire::ProgramError::InvalidDevicePubkey);  // one device in both
  EXPECT_REFUSED(ledger, seat(ledger.ams, 2, 3), kPanic);                                      // no such action
  EXPECT_ACCEPTED(ledger, seat(ledger.lon, 2, kSet));
  EXPECT_ACCEPTED(ledger, seat(ledger.lon, 1, kRemove));  // whichever device is named
  EXPECT_TRUE(exchange().device1.is_zero());
  EXPECT_EQ(device(ledger.ams).reference_count, 1U);
  EXPECT_EQ(device(ledger.lon).reference_count, 0U);
  EXPECT_ACCEPTED(ledger, seat(ledger.fra, 1, kSet));
  EXPECT_ACCEPTED(ledger, seat(ledger.lon, 1, kRemove));
  EXPECT_EQ(device(ledger.lon).reference_count, 0U);  // and stays there
  auto older = set_device_exchange(foundation(), ledger.exchange, ledger.ams, {2, kRemove});
  older.data.pop_back();  // left out: remove
  EXPECT_ACCEPTED(ledger, ledger.run(older));
  EXPECT_TRUE(exchange().device2.is_zero());
}

// --- contributors

TEST_F(LiveSites, AContributorsOwnerGetsHisFirstMoney) {
  const auto owner = key("carol");
  const auto at = ledger.next(wire::contributor_address);
  EXPECT_ACCEPTED(ledger, ledger.run(create_contributor(foundation(), next_index(), owner, {"Carol"})));
  EXPECT_EQ(ledger.accounts.at(owner).lamports, 890'880U + 1'000'000'000U);
  const auto made = ledger.get<Contributor>(at);
  EXPECT_EQ(made.owner, owner);
  EXPECT_EQ(made.code, "Carol");
  EXPECT_EQ(made.status, ContributorStatus::Activated);
  EXPECT_TRUE(made.ops_manager.is_zero());
}

TEST_F(LiveSites, AContributorNeedsMoneyAndRights) {
  EXPECT_REFUSED(ledger, ledger.run(create_contributor(ledger.as(ledger.alice), next_index(), ledger.alice, {"x"})),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger,
                 ledger.run(create_contributor(foundation(), next_index(), ledger.alice, {std::string(33, 'x')})),
                 wire::ProgramError::CodeTooLong);
  EXPECT_ACCEPTED(ledger, ledger.run(set_airdrop(foundation(), {.contributor_lamports = ~std::uint64_t{0} >> 1})));
  const auto poor = ledger.run(create_contributor(foundation(), next_index(), ledger.alice, {"x"}));
  ASSERT_FALSE(poor);
  EXPECT_EQ(poor.error(), (wire::InstructionError{wire::InstructionErrorKind::Custom, 1}));  // the System program's
}

TEST_F(LiveSites, AnOwnerChangesTheOpsManagerAlone) {
  const auto update = [&](const Pubkey& who, const wire::UpdateContributorArgs& args) {
    return ledger.run(update_contributor(ledger.as(who), ledger.alices, args));
  };
  EXPECT_ACCEPTED(ledger, update(ledger.alice, {.ops_manager = ledger.bob}));
  EXPECT_EQ(contributor().ops_manager, ledger.bob);
  EXPECT_REFUSED(ledger, update(ledger.alice, {.code = "other", .ops_manager = ledger.bob}),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, update(ledger.alice, {.owner = ledger.bob}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, update(ledger.alice, {}), wire::ProgramError::NotAllowed);  // no ops manager given
  EXPECT_REFUSED(ledger, update(ledger.bob, {.ops_manager = ledger.bob}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, update(ledger.foundation, {.code = "a b"}), wire::ProgramError::InvalidAccountCode);
  EXPECT_ACCEPTED(ledger, update(ledger.foundation, {.code = "Other", .owner = ledger.bob}));
  EXPECT_EQ(contributor().owner, ledger.bob);
  EXPECT_EQ(contributor().code, "Other");
}

TEST_F(LiveSites, ContributorsAreSuspendedAndDeleted) {
  EXPECT_REFUSED(ledger, ledger.run(resume_contributor(foundation(), ledger.alices)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_contributor(foundation(), ledger.alices)));
  EXPECT_REFUSED(ledger, ledger.run(suspend_contributor(foundation(), ledger.alices)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_contributor(foundation(), ledger.alices)));
  EXPECT_REFUSED(ledger, ledger.run(delete_contributor(foundation(), ledger.alices)),
                 wire::ProgramError::ReferenceCountNotZero);
  EXPECT_REFUSED(ledger, ledger.run(delete_contributor(ledger.as(ledger.alice), ledger.alices)),
                 wire::ProgramError::NotAllowed);
  auto record = contributor();
  record.status = ContributorStatus::Deleting;
  ledger.force(ledger.alices, record);
  EXPECT_REFUSED(ledger, ledger.run(delete_contributor(foundation(), ledger.alices)),
                 wire::ProgramError::InvalidStatus);
  const auto at = ledger.next(wire::contributor_address);
  EXPECT_ACCEPTED(ledger, ledger.run(create_contributor(foundation(), next_index(), ledger.bob, {"x"})));
  EXPECT_ACCEPTED(ledger, ledger.run(delete_contributor(foundation(), at)));
  EXPECT_FALSE(ledger.exists(at));
}

}  // namespace
}  // namespace dz::program::live
