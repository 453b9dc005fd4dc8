#include "program/test_ledger.h"

#include "wire/borsh.h"
#include "wire/instructions/solana.h"

namespace dz::program {
namespace {

class SystemTest : public testing::Test {
 protected:
  template <typename... T>
  static Bytes data(std::uint32_t tag, const T&... values) {
    wire::BorshWriter out;
    out(tag, values...);
    return std::move(out).take();
  }
  ProgramResult run(std::vector<wire::AccountMeta> metas, Bytes bytes) {
    return ledger.run(wire::Instruction{wire::kSystemProgramId, std::move(metas), std::move(bytes)});
  }
  const wire::InstructionError in_use{wire::InstructionErrorKind::Custom, 0},
      no_money{wire::InstructionErrorKind::Custom, 1};
  TestLedger ledger;
};

TEST_F(SystemTest, Transfers) {
  const auto before = ledger.accounts[ledger.bob].lamports;
  EXPECT_ACCEPTED(ledger, ledger.run(wire::transfer(ledger.alice, ledger.bob, 5)));
  EXPECT_EQ(ledger.accounts[ledger.bob].lamports, before + 5);
  EXPECT_ACCEPTED(ledger, ledger.run(wire::transfer(ledger.alice, ledger.alice, 5)));
  EXPECT_EQ(ledger.run(wire::transfer(ledger.alice, ledger.bob, ~std::uint64_t{0})).error(), no_money);
  auto unsigned_one = wire::transfer(ledger.alice, ledger.bob, 5);
  unsigned_one.accounts[0].signer = false;
  EXPECT_REFUSED(ledger, ledger.run(unsigned_one), wire::InstructionErrorKind::MissingRequiredSignature);
  auto read_only_one = wire::transfer(ledger.alice, ledger.bob, 5);
  read_only_one.accounts[1].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only_one), wire::InstructionErrorKind::ReadonlyLamportChange);
}

TEST_F(SystemTest, CreatesAllocatesAndAssigns) {
  const auto fresh = key("fresh"), other = key("other");
  const wire::AccountMeta from{ledger.alice, true, true}, created{fresh, true, true};
  EXPECT_ACCEPTED(ledger, run({from, created}, data(0, std::uint64_t{1'000'000}, std::uint64_t{10}, ledger.program)));
  EXPECT_EQ(ledger.accounts[fresh].data, Bytes(10));
  EXPECT_EQ(ledger.accounts[fresh].owner, ledger.program);
  EXPECT_EQ(run({from, created}, data(0, std::uint64_t{1}, std::uint64_t{0}, ledger.program)).error(), in_use);
  ledger.accounts[other].lamports = 1'000'000;
  const wire::AccountMeta at{other, true, true};
  EXPECT_ACCEPTED(ledger, run({at}, data(8, std::uint64_t{4})));
  EXPECT_ACCEPTED(ledger, run({at}, data(1, ledger.program)));
  EXPECT_EQ(run({at}, data(8, std::uint64_t{4})).error(), in_use);
  EXPECT_REFUSED(ledger, run({{ledger.bob, false, true}}, data(1, ledger.program)),
                 wire::InstructionErrorKind::MissingRequiredSignature);
}

TEST_F(SystemTest, RefusesWhatItDoesNotKnow) {
  EXPECT_REFUSED(ledger, run({}, {}), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run({}, data(2)), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run({}, data(7)), wire::InstructionErrorKind::InvalidInstructionData);
  EXPECT_REFUSED(ledger, run({}, data(2, std::uint64_t{1})), wire::InstructionErrorKind::NotEnoughAccountKeys);
}

TEST(ComputeBudget, AcceptsItsInstructionsAndDoesNothing) {
  for (const auto& instruction : {wire::compute_unit_limit(1'400'000), wire::heap_frame(262'144)}) {
    Invocation invocation{.program = instruction.program, .data = instruction.data};
    EXPECT_TRUE(execute_compute_budget(invocation));
  }
  Invocation empty;
  EXPECT_FALSE(execute_compute_budget(empty));
}

}  // namespace
}  // namespace dz::program
