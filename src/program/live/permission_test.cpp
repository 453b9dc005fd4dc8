// Who may do what on the live network: permission accounts, and the lists and keys of GlobalState beside them.
#include "program/live/live_fixture.h"

namespace dz::program::live {
namespace {

using namespace permission;
constexpr unsigned __int128 kStrict = 2;  // feature flag: permission accounts are required

class LivePermissions : public LiveTest {
 protected:
  wire::Sender foundation() const { return ledger.as(ledger.foundation); }
  Permission of(const Pubkey& who) const {
    return ledger.get<Permission>(wire::permission_address(ledger.program, who).address);
  }
  void grant(const Pubkey& who, unsigned __int128 bits) {
    EXPECT_ACCEPTED(ledger, ledger.run(create_permission(foundation(), {who, bits})));
  }
  void make_strict() { EXPECT_ACCEPTED(ledger, ledger.run(set_feature_flags(foundation(), kStrict))); }
  // Needs GLOBALSTATE_ADMIN.
  ProgramResult probe(const wire::Sender& sender) { return ledger.run(set_airdrop(sender, {.user_lamports = 5})); }
};

// --- the older rule, flag by flag

TEST(LegacyRule, EachFlagHasItsKeys) {
  GlobalState state;
  state.foundation_allowlist = {key("foundation")};
  state.qa_allowlist = {key("qa")};
  state.activator_authority = key("activator");
  state.sentinel_authority = key("sentinel");
  state.health_oracle = key("oracle");
  state.feed_authority = key("feed");
  const std::vector<std::string> names{"foundation", "qa", "activator", "sentinel", "oracle", "feed", "nobody"};
  const std::vector<std::string> allowed[] = {
      {"foundation"},                      // FOUNDATION
      {"foundation"},                      // PERMISSION_ADMIN
      {"foundation"},                      // INFRA_ADMIN
      {"foundation"},                      // NETWORK_ADMIN
      {"foundation", "sentinel"},          // TENANT_ADMIN
      {"foundation", "sentinel"},          // MULTICAST_ADMIN
      {"feed"},                            // FEED_AUTHORITY
      {"activator"},                       // ACTIVATOR
      {"sentinel"},                        // SENTINEL
      {"foundation"},                      // USER_ADMIN
      {"foundation", "sentinel", "feed"},  // ACCESS_PASS_ADMIN
      {"oracle"},                          // HEALTH_ORACLE
      {"qa"},                              // QA
      {"foundation"},                      // GLOBALSTATE_ADMIN
      {"foundation"},                      // CONTRIBUTOR_ADMIN
      {"foundation"},                      // TOPOLOGY_ADMIN
      {"foundation"},                      // RESOURCE_ADMIN
      {"foundation"},                      // INDEX_ADMIN
  };
  for (int n = 0; n < 18; ++n) {
    for (const auto& name : names) {
      const bool expected = std::find(allowed[n].begin(), allowed[n].end(), name) != allowed[n].end();
      EXPECT_EQ((Authority{&state, key(name), 0}.allows(permission::bit(n))), expected) << n << " " << name;
      auto strict = state;
      strict.feature_flags = kStrict;
      EXPECT_EQ((Authority{&strict, key(name), 0}.allows(permission::bit(n))),
                name == "foundation" && permission::bit(n) == permission::kPermissionAdmin);
      EXPECT_TRUE((Authority{&strict, key(name), permission::bit(n)}.allows(permission::bit(n) | permission::kQa)));
    }
  }
}

// --- the account at the end

TEST_F(LivePermissions, AFurtherAccountIsThePayersOwnPermission) {
  auto instruction = set_airdrop(foundation(), {.user_lamports = 5});
  instruction.accounts.push_back(wire::read_only(wire::permission_address(ledger.program, ledger.alice).address));
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::InvalidArgument);  // another's
  wire::Sender sender = foundation();
  sender.with_permission = true;  // there is none
  EXPECT_REFUSED(ledger, probe(sender), wire::InstructionErrorKind::InvalidAccountData);
}

TEST_F(LivePermissions, APermissionThatLacksTheFlagLeavesTheListsInForce) {
  grant(ledger.foundation, permission::kQa);
  EXPECT_ACCEPTED(ledger, probe(foundation()));
  EXPECT_ACCEPTED(ledger, ledger.run(add_foundation(foundation(), ledger.alice)));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_permission(ledger.as(ledger.alice), ledger.foundation)));
  EXPECT_ACCEPTED(ledger, probe(foundation()));
  EXPECT_REFUSED(ledger, probe(ledger.as(ledger.mallory)), wire::ProgramError::NotAllowed);
}

TEST_F(LivePermissions, RequiredPermissionsLeaveTheFoundationItsRepair) {
  grant(ledger.mallory, permission::kGlobalStateAdmin);
  make_strict();
  EXPECT_REFUSED(ledger, probe(foundation()), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, probe(ledger.as(ledger.mallory)));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_permission(foundation(), ledger.mallory)));
  EXPECT_REFUSED(ledger, probe(ledger.as(ledger.mallory)), wire::ProgramError::NotAllowed);
  grant(ledger.foundation, permission::kQa);  // with its own account given, and lacking the flag
  EXPECT_ACCEPTED(ledger, ledger.run(resume_permission(foundation(), ledger.mallory)));
  EXPECT_REFUSED(ledger, probe(foundation()), wire::ProgramError::NotAllowed);
  wire::Sender without = ledger.as(ledger.mallory);
  without.with_permission = false;
  EXPECT_REFUSED(ledger, probe(without), wire::ProgramError::NotAllowed);
}

// --- the accounts themselves

TEST_F(LivePermissions, AreCreatedOnce) {
  grant(ledger.mallory, permission::kHealthOracle);
  EXPECT_EQ(of(ledger.mallory).owner, ledger.foundation);
  EXPECT_EQ(of(ledger.mallory).status, PermissionStatus::Activated);
  EXPECT_TRUE(of(ledger.mallory).permissions == permission::kHealthOracle);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(foundation(), {ledger.mallory, permission::kQa})),
                 wire::InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(foundation(), {ledger.bob, 0})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(foundation(), {ledger.bob, permission::bit(18)})),
                 wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger,
                  ledger.run(create_permission(foundation(), {ledger.bob, permission::bit(18) | permission::kQa})));
  EXPECT_REFUSED(ledger, ledger.run(create_permission(ledger.as(ledger.mallory), {ledger.alice, permission::kQa})),
                 wire::ProgramError::NotAllowed);
  auto elsewhere = create_permission(foundation(), {ledger.alice, permission::kQa});
  elsewhere.accounts[0].key = wire::permission_address(ledger.program, key("carol")).address;
  EXPECT_REFUSED(ledger, ledger.run(elsewhere), wire::InstructionErrorKind::InvalidArgument);
  auto read_only = create_permission(foundation(), {ledger.alice, permission::kQa});
  read_only.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only), wire::InstructionErrorKind::ProgramFailedToComplete);
}

TEST_F(LivePermissions, AreChangedByOthersOnly) {
  grant(ledger.mallory, permission::kHealthOracle);
  grant(ledger.bob, permission::kPermissionAdmin);
  const auto update = [&](const Pubkey& who, const Pubkey& whose, unsigned __int128 add, unsigned __int128 remove) {
    return ledger.run(update_permission(ledger.as(who), whose, {add, remove}));
  };
  EXPECT_ACCEPTED(ledger, update(ledger.bob, ledger.mallory, permission::kQa, permission::kHealthOracle));
  EXPECT_TRUE(of(ledger.mallory).permissions == permission::kQa);
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.bob, permission::kQa, 0),
                 wire::ProgramError::InvalidArgument);  // his own
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.mallory, permission::kQa, permission::kQa),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.mallory, 0, 0), wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.mallory, 0, permission::kQa),
                 wire::ProgramError::InvalidArgument);  // none is left
  EXPECT_REFUSED(ledger, update(ledger.alice, ledger.mallory, permission::kQa, 0), wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, update(ledger.alice, ledger.mallory, 0, 0),
                 wire::ProgramError::InvalidArgument);  // looked at first
  EXPECT_REFUSED(ledger, ledger.run(delete_permission(ledger.as(ledger.bob), ledger.bob)),
                 wire::ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(delete_permission(ledger.as(ledger.alice), ledger.bob)),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(delete_permission(ledger.as(ledger.bob), ledger.mallory)));
  EXPECT_FALSE(ledger.exists(wire::permission_address(ledger.program, ledger.mallory).address));
}

TEST_F(LivePermissions, AreSuspendedAndResumedInTurn) {
  grant(ledger.mallory, permission::kHealthOracle);
  EXPECT_REFUSED(ledger, ledger.run(resume_permission(ledger.as(ledger.alice), ledger.mallory)),
                 wire::ProgramError::InvalidStatus);  // looked at before the signer
  EXPECT_REFUSED(ledger, ledger.run(suspend_permission(ledger.as(ledger.alice), ledger.mallory)),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Impaired));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_permission(foundation(), ledger.mallory)));
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Healthy),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(suspend_permission(foundation(), ledger.mallory)),
                 wire::ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_permission(foundation(), ledger.mallory)));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Healthy));
  // A permission account of another program's making.
  const auto at = wire::permission_address(ledger.program, ledger.mallory).address;
  ledger.accounts[key("copy")] = ledger.accounts.at(at);
  auto elsewhere = suspend_permission(foundation(), ledger.mallory);
  elsewhere.accounts[0].key = key("copy");
  EXPECT_REFUSED(ledger, ledger.run(elsewhere), wire::InstructionErrorKind::InvalidArgument);
}

TEST_F(LivePermissions, FoundationIsGrantedByTheFoundationOnly) {
  grant(ledger.bob, permission::kPermissionAdmin);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(ledger.as(ledger.bob), {ledger.alice, permission::kFoundation})),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(ledger.as(ledger.bob), {ledger.alice, permission::kQa})));
  EXPECT_REFUSED(ledger,
                 ledger.run(update_permission(ledger.as(ledger.bob), ledger.alice, {permission::kFoundation, 0})),
                 wire::ProgramError::NotAllowed);
  make_strict();  // the list still counts for this
  EXPECT_ACCEPTED(ledger, ledger.run(update_permission(foundation(), ledger.bob, {permission::kFoundation, 0})));
  EXPECT_ACCEPTED(ledger,
                  ledger.run(update_permission(ledger.as(ledger.bob), ledger.alice, {permission::kFoundation, 0})));
  EXPECT_TRUE(of(ledger.alice).permissions == (permission::kFoundation | permission::kQa));
}

}  // namespace
}  // namespace dz::program::live
