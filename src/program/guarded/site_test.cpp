#include "program/test_ledger.h"

namespace dz::program::guarded {
namespace {

class Site : public testing::Test {
 protected:
  void SetUp() override { ledger.set_up(); }
  std::uint32_t references(const Pubkey& at) { return ledger.get<Location>(at).reference_count; }
  TestLedger ledger;
};

TEST_F(Site, FieldsAreValidatedOnEveryWrite) {
  const auto update = [&](const wire::UpdateLocationArgs& args) {
    return ledger.run(update_location(ledger.as(ledger.foundation), ledger.location, args));
  };
  EXPECT_ACCEPTED(ledger, update({.name = "Amsterdam"}));
  EXPECT_REFUSED(ledger, update({.code = "a b"}), wire::ProgramError::InvalidAccountCode);
  EXPECT_REFUSED(ledger, update({.code = std::string(33, 'a')}), wire::ProgramError::CodeTooLong);
  EXPECT_REFUSED(ledger, update({.name = std::string(65, 'a')}), wire::ProgramError::NameTooLong);
  EXPECT_REFUSED(ledger, update({.country = "NLD"}), wire::ProgramError::InvalidCountryCode);
  EXPECT_REFUSED(ledger, update({.lat = 90.5}), wire::ProgramError::InvalidLatitude);
  EXPECT_REFUSED(ledger, update({.lat = std::numeric_limits<double>::quiet_NaN()}),
                 wire::ProgramError::InvalidLatitude);
  EXPECT_REFUSED(ledger, update({.lng = -181}), wire::ProgramError::InvalidLongitude);
  EXPECT_EQ(ledger.get<Location>(ledger.location).name, "Amsterdam");
}

TEST_F(Site, X11_ANameThatATerminalWouldObeyIsRefused) {
  const auto as_foundation = ledger.as(ledger.foundation);
  for (const std::string name : {"a\x1B[2Jb", "a\nb", "a\x7F",
                                 "a\xC2\x9B"
                                 "2J"}) {
    EXPECT_REFUSED(ledger, ledger.run(update_location(as_foundation, ledger.location, {.name = name})),
                   wire::ProgramError::InvalidArgument);
    EXPECT_REFUSED(ledger, ledger.run(update_exchange(as_foundation, ledger.exchange, {.name = name})),
                   wire::ProgramError::InvalidArgument);
  }
  EXPECT_REFUSED(ledger, ledger.run(update_location(as_foundation, ledger.location, {.country = "\r\n"})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, ledger.run(update_location(as_foundation, ledger.location, {.name = "Z\xC3\xBCrich"})));
}

TEST_F(Site, OnlyInfrastructureAdminsWriteSites) {
  const auto as_alice = ledger.as(ledger.alice);
  EXPECT_REFUSED(ledger, ledger.run(update_location(as_alice, ledger.location, {})), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(suspend_exchange(as_alice, ledger.exchange)), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(delete_location(as_alice, ledger.location)), wire::ProgramError::NotAllowed);
}

TEST_F(Site, SuspendAndResumeTakeTurns) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_REFUSED(ledger, ledger.run(resume_location(as_foundation, ledger.location)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_location(as_foundation, ledger.location)));
  EXPECT_REFUSED(ledger, ledger.run(suspend_location(as_foundation, ledger.location)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_location(as_foundation, ledger.location)));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_exchange(as_foundation, ledger.exchange)));
  EXPECT_ACCEPTED(ledger, ledger.run(resume_exchange(as_foundation, ledger.exchange)));
}

TEST_F(Site, NamedSitesStay) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_EQ(references(ledger.location), 3U);
  EXPECT_REFUSED(ledger, ledger.run(delete_location(as_foundation, ledger.location)),
                 wire::ProgramError::ReferenceCountNotZero);
  EXPECT_REFUSED(ledger, ledger.run(delete_exchange(as_foundation, ledger.exchange)),
                 wire::ProgramError::ReferenceCountNotZero);
  const auto unused = ledger.add_location("unused");
  const auto before = ledger.accounts[ledger.foundation].lamports;
  EXPECT_ACCEPTED(ledger, ledger.run(delete_location(as_foundation, unused)));
  EXPECT_GT(ledger.accounts[ledger.foundation].lamports, before);  // the rent came back
  EXPECT_ACCEPTED(ledger, ledger.run(delete_exchange(as_foundation, ledger.add_exchange("unused"))));
}

TEST_F(Site, ARecordIsCreatedOnlyUnderTheNextIndex) {
  const auto index = ledger.state().account_index;
  const wire::CreateLocationArgs args{.code = "x", .name = "X", .country = "NL", .lat = 0, .lng = 0};
  EXPECT_REFUSED(ledger, ledger.run(create_location(ledger.as(ledger.foundation), index + 2, args)),
                 wire::InstructionErrorKind::ProgramFailedToComplete);
  EXPECT_REFUSED(ledger, ledger.run(create_location(ledger.as(ledger.foundation), 3, args)),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
}

TEST_F(Site, ExchangesGetCommunitiesInTurnUntilTheRangeEnds) {
  EXPECT_EQ(ledger.get<Exchange>(ledger.exchange).bgp_community, 10000);
  const auto second = ledger.add_exchange("second");
  EXPECT_EQ(ledger.get<Exchange>(second).bgp_community, 10001);
  EXPECT_ACCEPTED(ledger, ledger.run(update_exchange(ledger.as(ledger.foundation), second, {.bgp_community = 10400})));
  EXPECT_EQ(ledger.get<Exchange>(second).bgp_community, 10002);
  auto config = ledger.get<GlobalConfig>(wire::global_config_address(ledger.program).address);
  config.next_bgp_community = 11000;
  ledger.force(wire::global_config_address(ledger.program).address, config);
  EXPECT_REFUSED(ledger, ledger.run(update_exchange(ledger.as(ledger.foundation), second, {.bgp_community = 1})),
                 wire::ProgramError::InvalidBgpCommunity);
}

TEST_F(Site, SeatsOfAnExchange) {
  const auto seat = [&](const Pubkey& device, std::uint8_t index, std::uint8_t action) {
    return ledger.run(set_device_exchange(ledger.as(ledger.foundation), ledger.exchange, device, {index, action}));
  };
  constexpr auto kSet = wire::SetDeviceExchangeArgs::kSet, kRemove = wire::SetDeviceExchangeArgs::kRemove;
  EXPECT_REFUSED(ledger, seat(ledger.ams, 3, kSet), wire::ProgramError::InvalidIndex);
  EXPECT_REFUSED(ledger, seat(ledger.ams, 1, 7), wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, seat(ledger.ams, 1, kRemove), wire::ProgramError::DeviceNotSet);
  EXPECT_ACCEPTED(ledger, seat(ledger.ams, 1, kSet));
  EXPECT_EQ(ledger.get<Device>(ledger.ams).reference_count, 1U);
  EXPECT_REFUSED(ledger, seat(ledger.lon, 1, kSet), wire::ProgramError::DeviceAlreadySet);
  EXPECT_REFUSED(ledger, seat(ledger.ams, 2, kSet), wire::ProgramError::InvalidDevicePubkey);
  EXPECT_REFUSED(ledger, seat(ledger.lon, 1, kRemove), wire::ProgramError::ExchangeDeviceMismatch);
  EXPECT_ACCEPTED(ledger, seat(ledger.ams, 1, kRemove));
  EXPECT_EQ(ledger.get<Device>(ledger.ams).reference_count, 0U);
}

TEST_F(Site, AnExchangeWithASeatedDeviceStays) {
  const auto other = ledger.add_exchange("other");
  EXPECT_ACCEPTED(ledger, ledger.run(set_device_exchange(ledger.as(ledger.foundation), other, ledger.ams,
                                                         {1, wire::SetDeviceExchangeArgs::kSet})));
  EXPECT_REFUSED(ledger, ledger.run(delete_exchange(ledger.as(ledger.foundation), other)),
                 wire::ProgramError::ReferenceCountNotZero);
}

TEST_F(Site, AContributorsOwnerGetsAFirstSum) {
  const auto before = ledger.accounts[ledger.mallory].lamports;
  ledger.add_contributor("mallory-net", ledger.mallory);
  EXPECT_EQ(ledger.accounts[ledger.mallory].lamports, before + 890'880 + 1'000'000'000);
}

TEST_F(Site, AContributorsOwnerSetsTheOpsManagerOnly) {
  const auto update = [&](const Pubkey& who, const wire::UpdateContributorArgs& args) {
    return ledger.run(update_contributor(ledger.as(who), ledger.alices, args));
  };
  EXPECT_ACCEPTED(ledger, update(ledger.alice, {.ops_manager = ledger.bob}));
  EXPECT_REFUSED(ledger, update(ledger.alice, {.code = "mine"}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, update(ledger.alice, {.owner = ledger.bob}), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, update(ledger.bob, {.ops_manager = ledger.bob}), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, update(ledger.foundation, {.owner = ledger.bob}));
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).owner, ledger.bob);
}

TEST_F(Site, ContributorsAreSuspendedResumedAndDeletedByTheFoundation) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_REFUSED(ledger, ledger.run(suspend_contributor(ledger.as(ledger.alice), ledger.alices)),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_contributor(as_foundation, ledger.alices)));
  EXPECT_REFUSED(ledger, ledger.run(suspend_contributor(as_foundation, ledger.alices)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_contributor(as_foundation, ledger.alices)));
  EXPECT_REFUSED(ledger, ledger.run(delete_contributor(as_foundation, ledger.alices)),
                 wire::ProgramError::ReferenceCountNotZero);
  const auto unused = ledger.add_contributor("unused", ledger.mallory);
  EXPECT_ACCEPTED(ledger, ledger.run(delete_contributor(as_foundation, unused)));
}

}  // namespace
}  // namespace dz::program::guarded
