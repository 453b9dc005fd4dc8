// Who may do what on the live network: permission accounts, and the lists and keys of GlobalState beside them.
#include "program/live/live_fixture.h"

namespace dz {
namespace {

using namespace permission;
constexpr unsigned __int128 kStrict = 2;  // feature flag: permission accounts are required

class LivePermissions : public LiveTest {
 protected:
  Sender foundation() const { return ledger.as(ledger.foundation); }
  Permission of(const Pubkey& who) const {
    return ledger.get<Permission>(permission_address(ledger.program, who).address);
  }
  void grant(const Pubkey& who, unsigned __int128 bits) {
    EXPECT_ACCEPTED(ledger, ledger.run(create_permission(foundation(), {who, bits})));
  }
  void make_strict() { EXPECT_ACCEPTED(ledger, ledger.run(set_feature_flags(foundation(), kStrict))); }
  // Needs GLOBALSTATE_ADMIN.
  ProgramResult probe(const Sender& sender) { return ledger.run(set_airdrop(sender, {.user_lamports = 5})); }
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
      EXPECT_EQ((Authority{&state, key(name), 0}.allows(bit(n))), expected) << n << " " << name;
      auto strict = state;
      strict.feature_flags = kStrict;
      EXPECT_EQ((Authority{&strict, key(name), 0}.allows(bit(n))), name == "foundation" && bit(n) == kPermissionAdmin);
      EXPECT_TRUE((Authority{&strict, key(name), bit(n)}.allows(bit(n) | kQa)));
    }
  }
}

// --- the account at the end

TEST_F(LivePermissions, AFurtherAccountIsThePayersOwnPermission) {
  auto instruction = set_airdrop(foundation(), {.user_lamports = 5});
  instruction.accounts.push_back(read_only(permission_address(ledger.program, ledger.alice).address));
  EXPECT_REFUSED(ledger, ledger.run(instruction), InstructionErrorKind::InvalidArgument);  // another's
  Sender sender = foundation();
  sender.with_permission = true;  // there is none
  EXPECT_REFUSED(ledger, probe(sender), InstructionErrorKind::InvalidAccountData);
}

TEST_F(LivePermissions, APermissionThatLacksTheFlagLeavesTheListsInForce) {
  grant(ledger.foundation, kQa);
  EXPECT_ACCEPTED(ledger, probe(foundation()));
  EXPECT_ACCEPTED(ledger, ledger.run(add_foundation(foundation(), ledger.alice)));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_permission(ledger.as(ledger.alice), ledger.foundation)));
  EXPECT_ACCEPTED(ledger, probe(foundation()));
  EXPECT_REFUSED(ledger, probe(ledger.as(ledger.mallory)), ProgramError::NotAllowed);
}

TEST_F(LivePermissions, RequiredPermissionsLeaveTheFoundationItsRepair) {
  grant(ledger.mallory, kGlobalStateAdmin);
  make_strict();
  EXPECT_REFUSED(ledger, probe(foundation()), ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, probe(ledger.as(ledger.mallory)));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_permission(foundation(), ledger.mallory)));
  EXPECT_REFUSED(ledger, probe(ledger.as(ledger.mallory)), ProgramError::NotAllowed);
  grant(ledger.foundation, kQa);  // with its own account given, and lacking the flag
  EXPECT_ACCEPTED(ledger, ledger.run(resume_permission(foundation(), ledger.mallory)));
  EXPECT_REFUSED(ledger, probe(foundation()), ProgramError::NotAllowed);
  Sender without = ledger.as(ledger.mallory);
  without.with_permission = false;
  EXPECT_REFUSED(ledger, probe(without), ProgramError::NotAllowed);
}

// --- the accounts themselves

TEST_F(LivePermissions, AreCreatedOnce) {
  grant(ledger.mallory, kHealthOracle);
  EXPECT_EQ(of(ledger.mallory).owner, ledger.foundation);
  EXPECT_EQ(of(ledger.mallory).status, PermissionStatus::Activated);
  EXPECT_TRUE(of(ledger.mallory).permissions == kHealthOracle);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(foundation(), {ledger.mallory, kQa})),
                 InstructionErrorKind::AccountAlreadyInitialized);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(foundation(), {ledger.bob, 0})), ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(foundation(), {ledger.bob, bit(18)})),
                 ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(foundation(), {ledger.bob, bit(18) | kQa})));
  EXPECT_REFUSED(ledger, ledger.run(create_permission(ledger.as(ledger.mallory), {ledger.alice, kQa})),
                 ProgramError::NotAllowed);
  auto elsewhere = create_permission(foundation(), {ledger.alice, kQa});
  elsewhere.accounts[0].key = permission_address(ledger.program, key("carol")).address;
  EXPECT_REFUSED(ledger, ledger.run(elsewhere), InstructionErrorKind::InvalidArgument);
  auto read_only = create_permission(foundation(), {ledger.alice, kQa});
  read_only.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only), InstructionErrorKind::ProgramFailedToComplete);
}

TEST_F(LivePermissions, AreChangedByOthersOnly) {
  grant(ledger.mallory, kHealthOracle);
  grant(ledger.bob, kPermissionAdmin);
  const auto update = [&](const Pubkey& who, const Pubkey& whose, unsigned __int128 add, unsigned __int128 remove) {
    return ledger.run(update_permission(ledger.as(who), whose, {add, remove}));
  };
  EXPECT_ACCEPTED(ledger, update(ledger.bob, ledger.mallory, kQa, kHealthOracle));
  EXPECT_TRUE(of(ledger.mallory).permissions == kQa);
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.bob, kQa, 0), ProgramError::InvalidArgument);  // his own
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.mallory, kQa, kQa), ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.mallory, 0, 0), ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, update(ledger.bob, ledger.mallory, 0, kQa), ProgramError::InvalidArgument);  // none is left
  EXPECT_REFUSED(ledger, update(ledger.alice, ledger.mallory, kQa, 0), ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, update(ledger.alice, ledger.mallory, 0, 0), ProgramError::InvalidArgument);  // looked at first
  EXPECT_REFUSED(ledger, ledger.run(delete_permission(ledger.as(ledger.bob), ledger.bob)),
                 ProgramError::InvalidArgument);
  EXPECT_REFUSED(ledger, ledger.run(delete_permission(ledger.as(ledger.alice), ledger.bob)), ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(delete_permission(ledger.as(ledger.bob), ledger.mallory)));
  EXPECT_FALSE(ledger.exists(permission_address(ledger.program, ledger.mallory).address));
}

TEST_F(LivePermissions, AreSuspendedAndResumedInTurn) {
  grant(ledger.mallory, kHealthOracle);
  EXPECT_REFUSED(ledger, ledger.run(resume_permission(ledger.as(ledger.alice), ledger.mallory)),
                 ProgramError::InvalidStatus);  // looked at before the signer
  EXPECT_REFUSED(ledger, ledger.run(suspend_permission(ledger.as(ledger.alice), ledger.mallory)),
                 ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Impaired));
  EXPECT_ACCEPTED(ledger, ledger.run(suspend_permission(foundation(), ledger.mallory)));
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Healthy), ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(suspend_permission(foundation(), ledger.mallory)), ProgramError::InvalidStatus);
  EXPECT_ACCEPTED(ledger, ledger.run(resume_permission(foundation(), ledger.mallory)));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.mallory, ledger.ams, Health::Healthy));
  // A permission account of another program's making.
  const auto at = permission_address(ledger.program, ledger.mallory).address;
  ledger.accounts[key("copy")] = ledger.accounts.at(at);
  auto elsewhere = suspend_permission(foundation(), ledger.mallory);
  elsewhere.accounts[0].key = key("copy");
  EXPECT_REFUSED(ledger, ledger.run(elsewhere), InstructionErrorKind::InvalidArgument);
}

TEST_F(LivePermissions, FoundationIsGrantedByTheFoundationOnly) {
  grant(ledger.bob, kPermissionAdmin);
  EXPECT_REFUSED(ledger, ledger.run(create_permission(ledger.as(ledger.bob), {ledger.alice, kFoundation})),
                 ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(ledger.as(ledger.bob), {ledger.alice, kQa})));
  EXPECT_REFUSED(ledger, ledger.run(update_permission(ledger.as(ledger.bob), ledger.alice, {kFoundation, 0})),
                 ProgramError::NotAllowed);
  make_strict();  // the list still counts for this
  EXPECT_ACCEPTED(ledger, ledger.run(update_permission(foundation(), ledger.bob, {kFoundation, 0})));
  EXPECT_ACCEPTED(ledger, ledger.run(update_permission(ledger.as(ledger.bob), ledger.alice, {kFoundation, 0})));
  EXPECT_TRUE(of(ledger.alice).permissions == (kFoundation | kQa));
}

}  // namespace
}  // namespace dz
