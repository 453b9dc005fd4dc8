#include "ledger/runtime_rules.h"

#include <gtest/gtest.h>

#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

using Kind = wire::InstructionErrorKind;
const Pubkey kProgram = key_number(50).pubkey();
const Pubkey kOther = key_number(51).pubkey();

wire::Account wallet(std::uint64_t lamports) { return {lamports, {}, wire::kSystemProgramId, false}; }
wire::Account owned(const Pubkey& owner, Bytes data = {1}) { return {kSol, std::move(data), owner, false}; }

std::optional<Kind> rule(const wire::Account& before, const wire::Account& after, bool signer = false,
                         bool writable = true) {
  const TouchedAccount touched[] = {{signer, writable, &before, &after}};
  return broken_rule(kProgram, touched);
}

TEST(RuntimeRules, LamportsAreConserved) {
  const wire::Account a = wallet(10), b = wallet(0), a_after = wallet(7), b_after = wallet(3), b_more = wallet(4);
  const TouchedAccount fair[] = {{true, true, &a, &a_after}, {false, true, &b, &b_after}};
  EXPECT_EQ(broken_rule(kProgram, fair), std::nullopt);
  const TouchedAccount unfair[] = {{true, true, &a, &a_after}, {false, true, &b, &b_more}};
  EXPECT_EQ(broken_rule(kProgram, unfair), Kind::UnbalancedInstruction);
}

TEST(RuntimeRules, OnlySignersWalletsAreDebited) {
  const wire::Account before = wallet(10), after = wallet(7), other = wallet(0), other_after = wallet(3);
  const TouchedAccount stolen[] = {{false, true, &before, &after}, {false, true, &other, &other_after}};
  EXPECT_EQ(broken_rule(kProgram, stolen), Kind::ExternalAccountDataModified);
  wire::Account poorer = owned(kOther);
  poorer.lamports -= 3;
  const wire::Account rich = owned(kOther);
  const TouchedAccount foreign[] = {{true, true, &rich, &poorer}, {false, true, &other, &other_after}};
  EXPECT_EQ(broken_rule(kProgram, foreign), Kind::ExternalAccountDataModified);
}

TEST(RuntimeRules, AProgramWritesItsOwnAccountsAndNewOnes) {
  EXPECT_EQ(rule(owned(kProgram), owned(kProgram, {2})), std::nullopt);
  EXPECT_EQ(rule(owned(kOther), owned(kOther, {2})), Kind::ExternalAccountDataModified);
  EXPECT_EQ(rule(wallet(kSol), owned(kProgram, {2})), std::nullopt);
  EXPECT_EQ(rule(owned(kOther), owned(kProgram)), Kind::ExternalAccountDataModified);
  wire::Account executable = owned(kProgram);
  executable.executable = true;
  EXPECT_EQ(rule(owned(kProgram), executable), Kind::ExternalAccountDataModified);
}

TEST(RuntimeRules, ReadOnlyAccountsStayAsTheyAre) {
  EXPECT_EQ(rule(owned(kProgram), owned(kProgram, {2}), false, false), Kind::ReadonlyDataModified);
  EXPECT_EQ(rule(owned(kProgram), owned(kProgram), false, false), std::nullopt);
  const wire::Account before = wallet(10), after = wallet(7), other = wallet(0), other_after = wallet(3);
  const TouchedAccount accounts[] = {{true, true, &before, &after}, {false, false, &other, &other_after}};
  EXPECT_EQ(broken_rule(kProgram, accounts), Kind::ReadonlyLamportChange);
}

TEST(RuntimeRules, AccountsGrowByAtMost10240Bytes) {
  EXPECT_EQ(rule(owned(kProgram), owned(kProgram, Bytes(1 + kMaxGrowth))), std::nullopt);
  EXPECT_EQ(rule(owned(kProgram), owned(kProgram, Bytes(2 + kMaxGrowth))), Kind::InvalidRealloc);
}

TEST(RuntimeRules, RentExemptOrEmptyOrNotWorseThanBefore) {
  const std::uint64_t enough = program::rent_exempt_minimum(0);
  EXPECT_FALSE(is_underfunded(wallet(0), wallet(enough)));
  EXPECT_TRUE(is_underfunded(wallet(0), wallet(enough - 1)));
  EXPECT_FALSE(is_underfunded(wallet(enough), wallet(0)));
  EXPECT_TRUE(is_underfunded(wallet(enough), wallet(enough - 1)));
  EXPECT_FALSE(is_underfunded(wallet(enough - 1), wallet(enough - 2)));
  EXPECT_TRUE(is_underfunded(wallet(enough - 2), wallet(enough - 1)));
  EXPECT_TRUE(is_underfunded(wallet(enough), {enough, {1}, kProgram, false}));
}

}  // namespace
}  // namespace dz::ledger
