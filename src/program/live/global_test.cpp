// The network's settings as the live program has them.
#include "program/live/live_fixture.h"
#include "wire/golden_bytes.h"

namespace dz::program::live {
namespace {

constexpr auto kPanic = wire::InstructionErrorKind::ProgramFailedToComplete;

wire::SetGlobalConfigArgs config_args() {
  return {.local_asn = 65000,
          .remote_asn = 65001,
          .device_tunnel_block = *parse_network("172.16.0.0/16"),
          .user_tunnel_block = *parse_network("169.254.0.0/16"),
          .multicastgroup_block = *parse_network("233.84.178.0/24"),
          .next_bgp_community = {},
          .multicast_publisher_block = *parse_network("148.51.120.0/21")};
}

class LiveGlobal : public LiveTest {
 protected:
  ProgramConfig program_config() const {
    return ledger.get<ProgramConfig>(wire::program_config_address(ledger.program).address);
  }
  GlobalConfig config() const { return ledger.get<GlobalConfig>(wire::global_config_address(ledger.program).address); }
  ProgramResult set(const wire::SetGlobalConfigArgs& args) { return ledger.run(set_global_config(foundation(), args)); }
  wire::Sender foundation() const { return ledger.as(ledger.foundation); }
};

TEST(LiveInit, FirstRunMakesThePayerEverything) {
  TestLedger ledger(v034_profile());
  EXPECT_ACCEPTED(ledger, ledger.run(init_global_state(ledger.as(ledger.alice))));
  const auto state = ledger.state();
  EXPECT_TRUE(state.account_index == 0);
  EXPECT_EQ(state.foundation_allowlist, std::vector{ledger.alice});
  EXPECT_EQ(state.device_allowlist, std::vector{ledger.alice});
  EXPECT_TRUE(state.user_allowlist.empty());
  EXPECT_EQ(state.qa_allowlist, std::vector{ledger.alice});
  EXPECT_EQ(state.activator_authority, ledger.alice);
  EXPECT_EQ(state.sentinel_authority, ledger.alice);
  EXPECT_EQ(state.health_oracle, ledger.alice);
  EXPECT_TRUE(state.feed_authority.is_zero());
  EXPECT_EQ(state.contributor_airdrop_lamports, 1'000'000'000U);
  EXPECT_EQ(state.user_airdrop_lamports, 40'000U);
  EXPECT_TRUE(state.feature_flags == 0);
}

TEST_F(LiveGlobal, AnybodyRewritesTheProgramConfigAndNothingElse) {
  EXPECT_ACCEPTED(ledger, ledger.run(set_min_version(foundation(), {0, 33, 5})));
  EXPECT_EQ(program_config().min_compatible_version, (Version{0, 33, 5}));
  const auto before = ledger.state();
  EXPECT_ACCEPTED(ledger, ledger.run(init_global_state(ledger.as(ledger.mallory))));
  EXPECT_EQ(program_config().version, (Version{0, 34, 0}));
  EXPECT_EQ(program_config().min_compatible_version, (Version{0, 30, 0}));
  EXPECT_EQ(ledger.state(), before);
}

TEST_F(LiveGlobal, InitialisationWantsItsTwoAddresses) {
  const auto good = init_global_state(ledger.as(ledger.mallory));
  for (const std::size_t i : {0, 1}) {
    auto bad = good;
    bad.accounts[i].key = key("elsewhere");
    EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
    bad = good;
    bad.accounts[i].writable = false;
    EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  }
}

TEST_F(LiveGlobal, MinimumVersionIsAtMostTheProgramsOwn) {
  EXPECT_ACCEPTED(ledger, ledger.run(set_min_version(foundation(), {0, 34, 0})));
  EXPECT_REFUSED(ledger, ledger.run(set_min_version(foundation(), {0, 34, 1})),
                 wire::ProgramError::InvalidMinCompatibleVersion);
  EXPECT_REFUSED(ledger, ledger.run(set_min_version(ledger.as(ledger.mallory), {0, 31, 0})),
                 wire::ProgramError::NotAllowed);
  auto read_only_state = set_min_version(foundation(), {0, 31, 0});
  read_only_state.accounts[1].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only_state), kPanic);
  auto read_only_config = set_min_version(foundation(), {0, 31, 0});
  read_only_config.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only_config), wire::InstructionErrorKind::ReadonlyDataModified);
}

TEST_F(LiveGlobal, AllowlistsAndAuthorities) {
  EXPECT_REFUSED(ledger, ledger.run(add_foundation(foundation(), ledger.foundation)),
                 wire::InstructionErrorKind::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(remove_foundation(foundation(), ledger.alice)),
                 wire::ProgramError::InvalidFoundationAllowlist);  // one is left
  EXPECT_ACCEPTED(ledger, ledger.run(add_foundation(foundation(), ledger.alice)));
  EXPECT_REFUSED(ledger, ledger.run(remove_foundation(foundation(), ledger.foundation)),
                 wire::ProgramError::InvalidFoundationAllowlist);                    // oneself
  EXPECT_ACCEPTED(ledger, ledger.run(remove_foundation(foundation(), ledger.bob)));  // not in it: nothing happens
  EXPECT_EQ(ledger.state().foundation_allowlist, (std::vector{ledger.foundation, ledger.alice}));
  EXPECT_REFUSED(ledger, ledger.run(add_qa(foundation(), ledger.foundation)),
                 wire::InstructionErrorKind::InvalidArgument);
  EXPECT_ACCEPTED(ledger, ledger.run(remove_qa(foundation(), ledger.foundation)));
  EXPECT_TRUE(ledger.state().qa_allowlist.empty());
  EXPECT_ACCEPTED(ledger, ledger.run(set_authority(foundation(), {.feed_authority = ledger.bob})));
  EXPECT_EQ(ledger.state().feed_authority, ledger.bob);
  EXPECT_EQ(ledger.state().health_oracle, ledger.monitor);
  for (const auto& instruction :
       {add_foundation(ledger.as(ledger.mallory), ledger.mallory), remove_qa(ledger.as(ledger.mallory), ledger.bob),
        set_authority(ledger.as(ledger.mallory), {}), set_airdrop(ledger.as(ledger.mallory), {}),
        set_feature_flags(ledger.as(ledger.mallory), 0)}) {
    EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::NotAllowed);
  }
}

// Where the program does not look, the runtime does.
TEST_F(LiveGlobal, AReadOnlyStateIsNoticedByTheProgramOrByTheRuntime) {
  auto looked_at = set_authority(foundation(), {.feed_authority = ledger.bob});
  looked_at.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(looked_at), kPanic);
  for (auto instruction : {set_airdrop(foundation(), {.user_lamports = 1}), set_feature_flags(foundation(), 1)}) {
    instruction.accounts[0].writable = false;
    EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ReadonlyDataModified);
    instruction.accounts[0].writable = true;
    EXPECT_ACCEPTED(ledger, ledger.run(instruction));
    instruction.accounts[0].writable = false;  // nothing changes now, so nobody notices
    EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  }
  EXPECT_EQ(ledger.state().user_airdrop_lamports, 1U);
}

TEST_F(LiveGlobal, AccountsBeyondTheTailAreNotLookedAt) {
  auto instruction = wire::set_airdrop({ledger.program, ledger.activator, true}, {.user_lamports = 9});
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::NotAllowed);
  auto more = set_airdrop(foundation(), {.user_lamports = 9});
  more.accounts.push_back(wire::read_only(wire::permission_address(ledger.program, ledger.foundation).address));
  more.accounts.push_back(wire::read_only(ledger.ams));
  EXPECT_REFUSED(ledger, ledger.run(more),
                 wire::InstructionErrorKind::InvalidAccountData);  // no such permission account
  EXPECT_ACCEPTED(ledger,
                  ledger.run(create_permission(foundation(), {ledger.foundation, permission::kGlobalStateAdmin})));
  EXPECT_ACCEPTED(ledger, ledger.run(more));
}

TEST_F(LiveGlobal, ConfigurationIsSetOnceWhereItMatters) {
  EXPECT_ACCEPTED(ledger, set(config_args()));
  const auto change = [&](auto field, const char* block, auto error) {
    auto args = config_args();
    args.*field = *parse_network(block);
    EXPECT_REFUSED(ledger, set(args), error);
  };
  change(&wire::SetGlobalConfigArgs::device_tunnel_block, "10.0.0.0/16", wire::ProgramError::ImmutableField);
  change(&wire::SetGlobalConfigArgs::device_tunnel_block, "8.8.0.0/16", wire::ProgramError::InvalidDeviceTunnelBlock);
  change(&wire::SetGlobalConfigArgs::user_tunnel_block, "10.0.0.0/16", wire::ProgramError::ImmutableField);
  change(&wire::SetGlobalConfigArgs::multicastgroup_block, "233.84.179.0/24", wire::ProgramError::ImmutableField);
  change(&wire::SetGlobalConfigArgs::multicast_publisher_block, "148.51.128.0/21", wire::ProgramError::ImmutableField);
  auto args = config_args();
  args.local_asn = 0;
  EXPECT_REFUSED(ledger, set(args), wire::ProgramError::InvalidLocalAsn);
  args.local_asn = 4294967294;
  args.remote_asn = 4294967295;
  EXPECT_REFUSED(ledger, set(args), wire::ProgramError::InvalidRemoteAsn);
  args.remote_asn = 1;
  args.next_bgp_community = 10500;
  EXPECT_ACCEPTED(ledger, ledger.run(add_foundation(foundation(), ledger.alice)));
  EXPECT_ACCEPTED(ledger, ledger.run(set_global_config(ledger.as(ledger.alice), args)));
  EXPECT_EQ(config().owner, ledger.alice);
  args.next_bgp_community.reset();
  EXPECT_ACCEPTED(ledger, set(args));
  EXPECT_EQ(config().next_bgp_community, 10500);
  EXPECT_EQ(config().local_asn, 4294967294);
  EXPECT_REFUSED(ledger, ledger.run(set_global_config(ledger.as(ledger.mallory), args)),
                 wire::ProgramError::NotAllowed);
  auto elsewhere = set_global_config(foundation(), args);
  elsewhere.accounts[0].key = key("elsewhere");
  EXPECT_REFUSED(ledger, ledger.run(elsewhere), kPanic);
}

// What an older configuration lacks is made up for.
TEST_F(LiveGlobal, MissingPoolsAreCreatedLater) {
  for (const auto kind : {wire::ResourceKind::MulticastPublisherBlock, wire::ResourceKind::AdminGroupBits}) {
    const auto at = resource_address(ledger.program, kind).address;
    ledger.accounts[ledger.foundation].lamports += ledger.accounts.at(at).lamports;
    ledger.accounts.erase(at);
    EXPECT_ACCEPTED(ledger, set(config_args()));
    EXPECT_TRUE(ledger.exists(at));
  }
  // Those that came with the configuration are not.
  const auto at = resource_address(ledger.program, wire::ResourceKind::VrfIds).address;
  EXPECT_ACCEPTED(ledger, ledger.run(close_resource(foundation(), at, ledger.bob)));
  EXPECT_ACCEPTED(ledger, set(config_args()));
  EXPECT_FALSE(ledger.exists(at));
}

// Upstream's own bytes. Its /8 needs an account that no program can make grow so far; with a /24 they run as they are.
TEST(LiveConfig, UpstreamsInstructionCreatesTheConfigAndEightPools) {
  TestLedger ledger(v034_profile());
  ledger.init_state();
  const auto data = wire::golden::from_hex(wire::golden::kIxSetGlobalConfig);
  auto args = *wire::decode_args<wire::SetGlobalConfigArgs>(data, v034_profile());
  auto instruction = set_global_config(ledger.as(ledger.foundation), args);
  EXPECT_EQ(instruction.data, data);
  EXPECT_EQ(instruction.accounts.size(), 12U);
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::InvalidRealloc);
  instruction.data[1 + 8 + 5 + 5 + 4] = 24;
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  args.multicastgroup_block.prefix = 24;
  const auto config = ledger.get<GlobalConfig>(wire::global_config_address(ledger.program).address);
  EXPECT_EQ(config.local_asn, 65000U);
  EXPECT_EQ(config.remote_asn, 65001U);
  EXPECT_EQ(config.next_bgp_community, 10042);
  EXPECT_EQ(config.multicast_publisher_block, args.multicast_publisher_block);
  EXPECT_EQ(config.owner, ledger.foundation);
  const std::pair<wire::ResourceKind, std::size_t> pools[] = {{wire::ResourceKind::DeviceTunnelBlock, 8192},
                                                              {wire::ResourceKind::UserTunnelBlock, 8192},
                                                              {wire::ResourceKind::MulticastGroupBlock, 32},
                                                              {wire::ResourceKind::LinkIds, 8192},
                                                              {wire::ResourceKind::SegmentRoutingIds, 8192},
                                                              {wire::ResourceKind::MulticastPublisherBlock, 256},
                                                              {wire::ResourceKind::VrfIds, 128},
                                                              {wire::ResourceKind::AdminGroupBits, 16}};
  for (const auto& [kind, bytes] : pools) {
    const auto pool = ledger.pool(kind);
    EXPECT_EQ(pool.bitmap.size(), bytes);
    EXPECT_EQ(pool.owner, ledger.foundation);
    EXPECT_TRUE(pool.associated_with.is_zero());
    EXPECT_EQ(pool.bump, resource_address(ledger.program, kind).bump);
  }
}

// The System program pays, and says so in its own number (ResultWithNegativeLamports).
TEST(LiveConfig, APoorPayerIsToldByTheSystemProgram) {
  TestLedger ledger(v034_profile());
  ledger.accounts[ledger.foundation].lamports = 1000;
  const auto result = ledger.run(init_global_state(ledger.as(ledger.foundation)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (wire::InstructionError{wire::InstructionErrorKind::Custom, 1}));
}

}  // namespace
}  // namespace dz::program::live
