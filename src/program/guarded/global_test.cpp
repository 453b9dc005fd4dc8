#include "program/test_ledger.h"

namespace dz::program::guarded {
namespace {

class Global : public testing::Test {
 protected:
  void SetUp() override { ledger.set_up(); }
  TestLedger ledger;
};

TEST_F(Global, InitialisationHappensOnce) {
  EXPECT_REFUSED(ledger, ledger.run(init_global_state(ledger.as(ledger.foundation))),
                 wire::ProgramError::AlreadyInitialized);
  EXPECT_REFUSED(ledger, ledger.run(init_global_state(ledger.as(ledger.mallory))),
                 wire::ProgramError::AlreadyInitialized);
  const auto config = ledger.get<ProgramConfig>(wire::program_config_address(ledger.program).address);
  EXPECT_EQ(config.version, rfc_profile().version);
}

TEST_F(Global, AuthoritiesAreTheFoundationsToSet) {
  EXPECT_EQ(ledger.state().health_oracle, ledger.monitor);
  EXPECT_EQ(ledger.state().activator_authority, ledger.activator);
  EXPECT_EQ(ledger.state().sentinel_authority, ledger.foundation);
  EXPECT_REFUSED(ledger, ledger.run(set_authority(ledger.as(ledger.mallory), {.health_oracle = ledger.mallory})),
                 wire::ProgramError::NotAllowed);
}

TEST_F(Global, TheFoundationListNeverEmpties) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_REFUSED(ledger, ledger.run(add_foundation(as_foundation, ledger.foundation)),
                 wire::InstructionErrorKind::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(remove_foundation(as_foundation, ledger.foundation)),
                 wire::ProgramError::InvalidFoundationAllowlist);
  EXPECT_ACCEPTED(ledger, ledger.run(add_foundation(as_foundation, ledger.alice)));
  EXPECT_REFUSED(ledger, ledger.run(remove_foundation(as_foundation, ledger.foundation)),
                 wire::ProgramError::InvalidFoundationAllowlist);
  EXPECT_ACCEPTED(ledger, ledger.run(remove_foundation(ledger.as(ledger.alice), ledger.foundation)));
  EXPECT_EQ(ledger.state().foundation_allowlist, std::vector{ledger.alice});
  EXPECT_REFUSED(ledger, ledger.run(add_qa(as_foundation, ledger.bob)), wire::ProgramError::NotAllowed);
}

TEST_F(Global, QaListAirdropAndFlags) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_ACCEPTED(ledger, ledger.run(add_qa(as_foundation, ledger.bob)));
  EXPECT_REFUSED(ledger, ledger.run(add_qa(as_foundation, ledger.bob)), wire::InstructionErrorKind::InvalidArgument);
  EXPECT_ACCEPTED(ledger, ledger.run(remove_qa(as_foundation, ledger.bob)));
  EXPECT_EQ(ledger.state().qa_allowlist, std::vector{ledger.foundation});
  EXPECT_ACCEPTED(ledger, ledger.run(set_airdrop(as_foundation, {.contributor_lamports = 7})));
  EXPECT_EQ(ledger.state().contributor_airdrop_lamports, 7U);
  EXPECT_EQ(ledger.state().user_airdrop_lamports, 40'000U);
  EXPECT_ACCEPTED(ledger, ledger.run(set_feature_flags(as_foundation, 1)));
  EXPECT_TRUE(ledger.state().feature_flags == 1);
  EXPECT_REFUSED(ledger, ledger.run(set_feature_flags(ledger.as(ledger.alice), 0)), wire::ProgramError::NotAllowed);
}

wire::SetGlobalConfigArgs config_args() {
  return {.local_asn = 65000,
          .remote_asn = 65001,
          .device_tunnel_block = *parse_network("172.16.0.0/16"),
          .user_tunnel_block = *parse_network("169.254.0.0/16"),
          .multicastgroup_block = *parse_network("233.84.178.0/24"),
          .next_bgp_community = {},
          .multicast_publisher_block = *parse_network("148.51.120.0/21")};
}

TEST_F(Global, BlocksAreSetOnce) {
  const auto set = [&](const wire::SetGlobalConfigArgs& args) {
    return ledger.run(set_global_config(ledger.as(ledger.foundation), args));
  };
  EXPECT_ACCEPTED(ledger, set(config_args()));
  auto args = config_args();
  args.device_tunnel_block = *parse_network("10.0.0.0/16");
  EXPECT_REFUSED(ledger, set(args), wire::ProgramError::ImmutableField);
  args.device_tunnel_block = *parse_network("8.8.0.0/16");
  EXPECT_REFUSED(ledger, set(args), wire::ProgramError::InvalidDeviceTunnelBlock);
  args = config_args();
  args.multicast_publisher_block = {};
  EXPECT_REFUSED(ledger, set(args), wire::ProgramError::ImmutableField);
  args = config_args();
  args.remote_asn = 0;
  EXPECT_REFUSED(ledger, set(args), wire::ProgramError::InvalidRemoteAsn);
  args = config_args();
  args.next_bgp_community = 10500;
  EXPECT_ACCEPTED(ledger, set(args));
  EXPECT_EQ(ledger.get<GlobalConfig>(wire::global_config_address(ledger.program).address).next_bgp_community, 10500);
  EXPECT_REFUSED(ledger, ledger.run(set_global_config(ledger.as(ledger.alice), args)), wire::ProgramError::NotAllowed);
}

TEST(GlobalConfigTest, PublisherBlockMayComeLater) {
  TestLedger ledger;
  ledger.init_state();
  auto args = config_args();
  args.multicast_publisher_block = {};
  const auto at = resource_address(ledger.program, wire::ResourceKind::MulticastPublisherBlock).address;
  EXPECT_ACCEPTED(ledger, ledger.run(set_global_config(ledger.as(ledger.foundation), args)));
  EXPECT_FALSE(ledger.exists(at));
  EXPECT_TRUE(ledger.exists(resource_address(ledger.program, wire::ResourceKind::AdminGroupBits).address));
  EXPECT_ACCEPTED(ledger, ledger.run(set_global_config(ledger.as(ledger.foundation), config_args())));
  EXPECT_TRUE(ledger.exists(at));
}

TEST(GlobalConfigTest, BlocksMustFitAnAccount) {
  TestLedger ledger;
  ledger.init_state();
  auto args = config_args();
  args.device_tunnel_block = *parse_network("10.0.0.0/8");
  EXPECT_REFUSED(ledger, ledger.run(set_global_config(ledger.as(ledger.foundation), args)),
                 wire::ProgramError::InvalidArgument);
}

TEST(GlobalConfigTest, ThePayerMustHaveTheRent) {
  TestLedger ledger;
  ledger.accounts[ledger.foundation].lamports = 1000;
  EXPECT_REFUSED(ledger, ledger.run(init_global_state(ledger.as(ledger.foundation))),
                 wire::InstructionErrorKind::InsufficientFunds);
}

// --- permission accounts ---

TEST_F(Global, APermissionCountsAsTheAuthority) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Healthy),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(as_foundation, {ledger.mallory, permission::kHealthOracle})));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Healthy));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_permission(as_foundation, ledger.mallory)));
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Pending),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(suspend_permission(as_foundation, ledger.mallory)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_permission(as_foundation, ledger.mallory)));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Pending));
  EXPECT_ACCEPTED(ledger, ledger.run(update_permission(as_foundation, ledger.mallory,
                                                       {permission::kActivator, permission::kHealthOracle})));
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Healthy),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(delete_permission(as_foundation, ledger.mallory)));
  EXPECT_FALSE(ledger.exists(wire::permission_address(ledger.program, ledger.mallory).address));
}

TEST_F(Global, PermissionsHaveTheirOwnRules) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(as_foundation, {ledger.bob, 0})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(ledger.as(ledger.bob), {ledger.bob, permission::kQa})),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(as_foundation, {ledger.bob, permission::kPermissionAdmin})));
  EXPECT_REFUSED(ledger, ledger.run(create_permission(as_foundation, {ledger.bob, permission::kQa})),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
  const auto as_bob = ledger.as(ledger.bob);
  // An administrator neither changes himself nor makes a foundation.
  EXPECT_REFUSED(ledger, ledger.run(update_permission(as_bob, ledger.bob, {permission::kQa, 0})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(as_bob, {ledger.alice, permission::kFoundation})),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(as_bob, {ledger.alice, permission::kQa})));
  EXPECT_REFUSED(ledger, ledger.run(update_permission(as_bob, ledger.alice, {permission::kFoundation, 0})),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(update_permission(as_bob, ledger.alice, {0, 0})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(update_permission(as_bob, ledger.alice, {permission::kQa, permission::kQa})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(update_permission(as_bob, ledger.alice, {0, permission::kQa})),
                 wire::ProgramError::InvalidArgument);
}

TEST_F(Global, TheListsDoNotCountWherePermissionAccountsAreRequired) {
  const auto as_foundation = ledger.as(ledger.foundation);
  EXPECT_ACCEPTED(ledger, ledger.run(set_feature_flags(as_foundation, kRequirePermissionAccounts)));
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.monitor, ledger.ams, Health::Pending),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(set_feature_flags(as_foundation, 0)), wire::ProgramError::NotAllowed);
  // The way back stays open: the foundation may always repair permissions.
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(as_foundation, {ledger.monitor, permission::kHealthOracle})));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, ledger.ams, Health::Pending));
}

TEST_F(Global, AWrongPermissionAccountIsRefused) {
  auto sender = ledger.as(ledger.monitor);
  sender.with_permission = true;  // there is none
  EXPECT_REFUSED(ledger, ledger.run(set_device_health(sender, ledger.ams, Health::Pending, rfc_profile())),
                 wire::InstructionErrorKind::InvalidAccountData);
  auto instruction = *set_device_health(ledger.as(ledger.monitor), ledger.ams, Health::Pending, rfc_profile());
  instruction.accounts.push_back(wire::read_only(wire::permission_address(ledger.program, ledger.bob).address));
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::InvalidArgument);
}

// --- resources ---

TEST_F(Global, PoolsOfLinksAreNotChangedByHand) {
  const auto as_foundation = ledger.as(ledger.foundation);
  for (const auto kind :
       {wire::ResourceKind::DeviceTunnelBlock, wire::ResourceKind::LinkIds, wire::ResourceKind::SegmentRoutingIds}) {
    EXPECT_REFUSED(ledger, ledger.run(allocate_resource(as_foundation, {{.kind = kind}, {}})),
                   wire::ProgramError::ManagedPool);
    EXPECT_REFUSED(ledger, ledger.run(deallocate_resource(as_foundation, {{.kind = kind}, {std::uint16_t{0}}})),
                   wire::ProgramError::ManagedPool);
  }
}

TEST_F(Global, OtherPoolsAllocateByHand) {
  const auto as_foundation = ledger.as(ledger.foundation);
  const wire::ResourceType vrfs{.kind = wire::ResourceKind::VrfIds},
      groups{.kind = wire::ResourceKind::MulticastPublisherBlock};
  EXPECT_REFUSED(ledger, ledger.run(allocate_resource(ledger.as(ledger.alice), {vrfs, {}})),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(allocate_resource(as_foundation, {vrfs, {}})));
  EXPECT_REFUSED(ledger, ledger.run(allocate_resource(as_foundation, {vrfs, wire::IdOrIp{std::uint16_t{1}}})),
                 wire::ProgramError::AllocationFailed);
  EXPECT_REFUSED(ledger, ledger.run(allocate_resource(as_foundation, {groups, wire::IdOrIp{std::uint16_t{1}}})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(
      ledger, ledger.run(allocate_resource(as_foundation, {groups, wire::IdOrIp{*parse_network("148.51.120.4/31")}})));
  EXPECT_REFUSED(
      ledger,
      ledger.run(close_resource(as_foundation, resource_address(ledger.program, vrfs).address, ledger.foundation)),
      wire::ProgramError::ResourceInUse);
  EXPECT_ACCEPTED(ledger, ledger.run(deallocate_resource(as_foundation, {vrfs, {std::uint16_t{1}}})));
  EXPECT_ACCEPTED(ledger, ledger.run(close_resource(as_foundation, resource_address(ledger.program, vrfs).address,
                                                    ledger.foundation)));
  EXPECT_ACCEPTED(ledger, ledger.run(create_resource(as_foundation, vrfs)));
  EXPECT_REFUSED(ledger, ledger.run(create_resource(as_foundation, vrfs)),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_REFUSED(ledger, ledger.run(close_resource(as_foundation, ledger.ams, ledger.foundation)),
                 wire::ProgramError::InvalidAccountType);
}

TEST_F(Global, APoolOfADeviceNeedsItsDevice) {
  const wire::ResourceType second{wire::ResourceKind::TunnelIds, ledger.ams, 1};
  EXPECT_ACCEPTED(ledger, ledger.run(create_resource(ledger.as(ledger.foundation), second)));
  const wire::ResourceType stranger{wire::ResourceKind::TunnelIds, ledger.location, 0};
  EXPECT_REFUSED(ledger, ledger.run(create_resource(ledger.as(ledger.foundation), stranger)),
                 wire::InstructionErrorKind::InvalidAccountData);
  const wire::ResourceType no_prefix{wire::ResourceKind::DzPrefixBlock, ledger.ams, 5};
  EXPECT_REFUSED(ledger, ledger.run(create_resource(ledger.as(ledger.foundation), no_prefix)),
                 wire::ProgramError::InvalidArgument);
}

}  // namespace
}  // namespace dz::program::guarded
