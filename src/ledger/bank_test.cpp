#include "ledger/bank.h"

#include <gtest/gtest.h>

#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

wire::TransactionErrorKind kind_of(const Submission& submission) {
  return submission.execution.error.value_or(wire::TransactionError{}).kind;
}

TEST(SlotClock, CountsSlotsFromItsAnchors) {
  SlotClock clock({{Slot{0}, start_time(), milliseconds{400}}});
  EXPECT_EQ(clock.slot_at(start_time() - seconds{1}), Slot{0});
  EXPECT_EQ(clock.slot_at(start_time() + milliseconds{399}), Slot{0});
  EXPECT_EQ(clock.slot_at(start_time() + milliseconds{400}), Slot{1});
  clock.restart_after(Slot{9}, start_time() + seconds{100}, seconds{1});
  EXPECT_EQ(clock.slot_at(start_time() + seconds{103}), Slot{13});
  EXPECT_EQ(clock.time_of(Slot{13}), start_time() + seconds{103});
  EXPECT_EQ(clock.time_of(Slot{9}), start_time() + milliseconds{3600});
}

TEST(Bank, TransfersAndChargesAFeeASignature) {
  LedgerFixture f;
  f.fund(f.alice.pubkey(), kSol * 2);
  EXPECT_TRUE(f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), kSol), true).accepted);
  EXPECT_EQ(f.balance(f.alice.pubkey()), kSol - 5000);
  EXPECT_EQ(f.balance(f.bob.pubkey()), kSol);
}

TEST(Bank, PrintsLogsAsSolanaDoes) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto good = f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), kSol), true);
  EXPECT_EQ(good.execution.logs, (std::vector<std::string>{"Program 11111111111111111111111111111111 invoke [1]",
                                                           "Program 11111111111111111111111111111111 success"}));
  const auto bad = f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), 100 * kSol), true);
  EXPECT_FALSE(bad.accepted);
  EXPECT_EQ(bad.execution.logs.back(), "Program 11111111111111111111111111111111 failed: custom program error: 0x1");
}

TEST(Bank, IsAllOrNothing) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto transaction = signed_by(f.alice,
                                     {system_transfer(f.alice.pubkey(), f.bob.pubkey(), kSol),
                                      system_transfer(f.alice.pubkey(), f.bob.pubkey(), 100 * kSol)},
                                     f.bank().latest_blockhash().hash);
  const auto submission = f.ledger->submit(transaction, false);
  EXPECT_TRUE(submission.accepted);
  EXPECT_EQ(submission.execution.error->instruction, 1);
  EXPECT_EQ(f.balance(f.bob.pubkey()), 0U);
  EXPECT_EQ(f.balance(f.alice.pubkey()), 10 * kSol - 5000);  // the fee is due all the same
}

TEST(Bank, APreflightFailureLeavesNoTrace) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto transaction = f.transfer(f.alice, f.bob.pubkey(), 100 * kSol);
  EXPECT_FALSE(f.ledger->submit(transaction, true).accepted);
  EXPECT_EQ(f.balance(f.alice.pubkey()), 10 * kSol);
  EXPECT_FALSE(f.ledger->status(transaction.signatures[0])->has_value());
}

TEST(Bank, ABlockhashIsGoodForItsSlotsAndNotForOneMore) {
  LedgerFixture f;
  f.pass(seconds{200});
  const auto known = f.bank().latest_blockhash();
  const auto to_slot = [&](std::uint64_t slot) { f.pass(f.bank().clock().time_of(Slot{slot}) - f.now); };
  to_slot(known.slot.value + kBlockhashSlots / 2);
  EXPECT_EQ(f.bank().find_blockhash(known.hash), known.slot);
  to_slot(known.slot.value + kBlockhashSlots);
  EXPECT_EQ(f.bank().find_blockhash(known.hash), known.slot);
  to_slot(known.slot.value + kBlockhashSlots + 1);
  EXPECT_EQ(f.bank().find_blockhash(known.hash), std::nullopt);
  // Over a long pause too.
  const auto later = f.bank().latest_blockhash();
  to_slot(later.slot.value + 10 * kBlockhashSlots);
  EXPECT_EQ(f.bank().find_blockhash(later.hash), std::nullopt);
  EXPECT_EQ(f.bank().find_blockhash(f.bank().latest_blockhash().hash), f.bank().slot());
}

TEST(Bank, RefusesWhatItHasSeen) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto transaction = f.transfer(f.alice, f.bob.pubkey(), kSol);
  EXPECT_TRUE(f.ledger->submit(transaction, true).accepted);
  EXPECT_EQ(kind_of(f.ledger->submit(transaction, true)), wire::TransactionErrorKind::AlreadyProcessed);
  EXPECT_TRUE(f.ledger->submit(transaction, false).accepted);  // told its signature, executed once
  EXPECT_EQ(f.balance(f.bob.pubkey()), kSol);
  ASSERT_TRUE(f.ledger->commit());
  f.pass(milliseconds{400} * 150);
  EXPECT_EQ(kind_of(f.ledger->submit(transaction, true)), wire::TransactionErrorKind::AlreadyProcessed);
}

TEST(Bank, BlockHashesLive150Slots) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto first = f.transfer(f.alice, f.bob.pubkey(), kSol);
  f.pass(milliseconds{400} * 150);
  EXPECT_TRUE(f.ledger->submit(first, true).accepted);
  const auto second = f.transfer(f.alice, f.bob.pubkey(), 2 * kSol);
  f.pass(milliseconds{400} * 151);
  EXPECT_EQ(kind_of(f.ledger->submit(second, true)), wire::TransactionErrorKind::BlockhashNotFound);
  f.pass(seconds{100'000});  // many slots at once
  EXPECT_TRUE(f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), 2 * kSol), true).accepted);
}

TEST(Bank, VerifiesSignatures) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  auto transaction = f.transfer(f.alice, f.bob.pubkey(), kSol);
  transaction.signatures[0].bytes[5] ^= 1;
  EXPECT_EQ(kind_of(f.ledger->submit(transaction, false)), wire::TransactionErrorKind::SignatureFailure);
  EXPECT_EQ(f.balance(f.bob.pubkey()), 0U);
}

TEST(Bank, ThePayerMustExistAndAfford) {
  LedgerFixture f;
  EXPECT_EQ(kind_of(f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), 1), true)),
            wire::TransactionErrorKind::AccountNotFound);
  f.fund(f.alice.pubkey(), 3 * program::rent_exempt_minimum(0));
  const auto poor = f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), program::rent_exempt_minimum(0) - 1), true);
  EXPECT_EQ(kind_of(poor), wire::TransactionErrorKind::InsufficientFundsForRent);
  EXPECT_EQ(poor.execution.error->instruction, 1);  // bob would hold less than an account needs
  const auto all = f.transfer(f.alice, f.bob.pubkey(), 3 * program::rent_exempt_minimum(0) - 5000);
  EXPECT_TRUE(f.ledger->submit(all, true).accepted);
  EXPECT_EQ(f.bank().find(f.alice.pubkey()), nullptr);  // an account without lamports is gone
  f.fund(f.alice.pubkey(), program::rent_exempt_minimum(0));
  EXPECT_EQ(kind_of(f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), 1), false)),
            wire::TransactionErrorKind::InsufficientFundsForRent);
  EXPECT_EQ(f.balance(f.alice.pubkey()), program::rent_exempt_minimum(0));  // it could not even pay the fee
}

TEST(Bank, UnknownProgramsAndRepeatedAccountsAreRefused) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto unknown = signed_by(f.alice, {{key_number(9).pubkey(), {}, {}}}, f.bank().latest_blockhash().hash);
  EXPECT_EQ(kind_of(f.ledger->submit(unknown, false)), wire::TransactionErrorKind::ProgramAccountNotFound);
  auto twice = f.transfer(f.alice, f.bob.pubkey(), kSol);
  twice.message.account_keys[1] = f.alice.pubkey();
  twice.signatures[0] = f.alice.sign(encode(twice.message));
  EXPECT_EQ(kind_of(f.ledger->submit(twice, false)), wire::TransactionErrorKind::AccountLoadedTwice);
}

TEST(Bank, ProgramsCannotBeWritten) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto submission = f.ledger->submit(f.transfer(f.alice, wire::kSystemProgramId, kSol), true);
  EXPECT_EQ(submission.execution.error->error.kind, wire::InstructionErrorKind::ReadonlyLamportChange);
}

TEST(Bank, EqualAirdropsOfOneSlotAreTwo) {
  LedgerFixture f;
  f.fund(f.alice.pubkey(), kSol);
  f.fund(f.alice.pubkey(), kSol);
  EXPECT_EQ(f.balance(f.alice.pubkey()), 2 * kSol);
}

TEST(Bank, LamportsAreConservedButForFees) {
  LedgerFixture f;
  const auto total = [&] {
    std::uint64_t sum = 0;
    for (const auto& key : f.bank().owned_by(wire::kSystemProgramId)) sum += f.balance(key);
    return sum;
  };
  const std::uint64_t before = total();
  f.fund(f.alice.pubkey());
  for (std::uint64_t i = 1; i <= 5; ++i) f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), i * kSol), false);
  EXPECT_EQ(total(), before - 5000 * f.bank().transaction_count());
}

TEST(Bank, AClockSetBackStartsNewSlots) {
  LedgerFixture f;
  f.pass(seconds{1000});
  const Slot before = f.bank().slot();
  f.pass(-seconds{2});  // a small step waits
  EXPECT_EQ(f.bank().slot(), before);
  f.pass(-seconds{500});
  EXPECT_EQ(f.bank().slot().value, before.value + 1);
  f.pass(milliseconds{800});
  EXPECT_EQ(f.bank().slot().value, before.value + 3);
  EXPECT_EQ(f.bank().clock().time_of(before), start_time() + seconds{1000});
}

TEST(Ledger, CommitsMakeDurable) {
  LedgerFixture f;
  const auto signature = f.ledger->airdrop(f.alice.pubkey(), kSol);
  ASSERT_TRUE(signature);
  EXPECT_FALSE((*f.ledger->status(*signature))->durable);
  ASSERT_TRUE(f.ledger->commit());
  EXPECT_TRUE((*f.ledger->status(*signature))->durable);
  f.pass(seconds{100'000});
  EXPECT_TRUE((*f.ledger->status(*signature))->durable);  // from the history
}

TEST(Ledger, AnotherProfileIsRefused) {
  auto archive = make_memory_archive();
  Snapshot snapshot;
  snapshot.profile = "other";
  snapshot.anchors = {{Slot{0}, start_time(), kDefaultSlotLength}};
  ASSERT_TRUE(archive->create(snapshot));
  const auto ledger = Ledger::open(std::move(archive), {}, start_time());
  ASSERT_FALSE(ledger);
  EXPECT_NE(ledger.error().message.find("other"), std::string::npos);
}

}  // namespace
}  // namespace dz::ledger
