// What the CLI takes a ledger to be, by the program that it runs.
#include "apps/cli/ui/ledger_rules.h"

#include <gtest/gtest.h>

namespace dz::cli {

TEST(LedgerRules, OfTheRfcLeaveNothingToTheCommand) {
  const LedgerRules rules(rfc_profile());
  EXPECT_TRUE(rules.program_checks_lifecycle && rules.program_keeps_holds && rules.either_side_deletes);
  EXPECT_TRUE(rules.first_status_is_chosen);
  EXPECT_FALSE(rules.status_by_hand || rules.monitor_resets_health || rules.policy_sets_return);
  EXPECT_EQ(rules.out_of_service(RecordKind::Device), Status::HardDrained);
  EXPECT_TRUE(rules.has_soft_drain(RecordKind::Device));
  EXPECT_FALSE(rules.is_deletable(RecordKind::Link, Status::SoftDrained));
}

TEST(LedgerRules, OfTheLiveNetworkLeaveTheLifecycleToClients) {
  const LedgerRules rules(v034_profile());
  EXPECT_FALSE(rules.program_checks_lifecycle || rules.program_keeps_holds || rules.first_status_is_chosen);
  EXPECT_TRUE(rules.status_by_hand && rules.monitor_resets_health && rules.activator_needs_permission);
  EXPECT_EQ(rules.out_of_service(RecordKind::Device), Status::Drained);
  EXPECT_EQ(rules.out_of_service(RecordKind::Link), Status::HardDrained);
  EXPECT_FALSE(rules.has_soft_drain(RecordKind::Device));
  EXPECT_TRUE(rules.is_deletable(RecordKind::Link, Status::SoftDrained));
}

TEST(LedgerRules, ASnapshotOfAnUnknownVersionIsShownInTheFirstProfile) {
  EXPECT_EQ(rules_for({}).profile, all_profiles().front());
}

}  // namespace dz::cli
