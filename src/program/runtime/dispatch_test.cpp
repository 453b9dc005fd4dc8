#include "program/test_ledger.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace dz::program {
namespace {

ProgramResult run(TestLedger& ledger, Bytes data, std::vector<wire::AccountMeta> metas = {}) {
  return ledger.run(wire::Instruction{ledger.program, std::move(metas), std::move(data)});
}

// Only the live program has these.
bool is_of_the_live_program(wire::InstructionTag tag) {
  constexpr wire::InstructionTag kTags[] = {wire::InstructionTag::SetMinVersion,
                                            wire::InstructionTag::CreateIndex,
                                            wire::InstructionTag::DeleteIndex,
                                            wire::InstructionTag::CreateTopology,
                                            wire::InstructionTag::DeleteTopology,
                                            wire::InstructionTag::ClearTopology,
                                            wire::InstructionTag::AssignTopologyNodeSegments};
  return std::find(std::begin(kTags), std::end(kTags), tag) != std::end(kTags);
}

TEST(Dispatch, EveryInstructionOfTheLedgerHasAHandler) {
  TestLedger ledger;
  for (int number = 0; number < 256; ++number) {
    const auto tag = static_cast<std::uint8_t>(number);
    const Bytes data(1, tag);
    const auto result = run(ledger, data);  // no accounts: whatever runs, fails
    ASSERT_FALSE(result) << number;
    if (wire::instruction_tag(data) && !is_of_the_live_program(*wire::instruction_tag(data))) {
      EXPECT_FALSE(ledger.log().empty());
      EXPECT_EQ(ledger.log().front(), "Instruction: " + std::string(to_text(*wire::instruction_tag(data))));
      EXPECT_NE(result.error().kind, wire::InstructionErrorKind::InvalidInstructionData) << number;
    } else if (wire::is_deprecated(tag)) {
      EXPECT_EQ(result.error(), as_error(wire::ProgramError::Deprecated)) << number;
    } else {
      EXPECT_EQ(result.error(), as_error(wire::InstructionErrorKind::InvalidInstructionData)) << number;
    }
  }
  EXPECT_REFUSED(ledger, run(ledger, {}), wire::InstructionErrorKind::InvalidInstructionData);
}

TEST(Dispatch, ArgumentsThatDoNotDecodeArePanics) {
  TestLedger ledger;
  ledger.set_up();
  auto instruction = *set_device_health(ledger.as(ledger.monitor), ledger.ams, Health::Healthy, rfc_profile());
  instruction.data[1] = 9;  // no such health
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ProgramFailedToComplete);
}

TEST(Dispatch, ThePayerSignsAndTheTailIsComplete) {
  TestLedger ledger;
  ledger.set_up();
  const auto good = *set_device_health(ledger.as(ledger.monitor), ledger.ams, Health::Healthy, rfc_profile());
  auto bad = good;
  bad.accounts[2].signer = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::ProgramFailedToComplete);
  bad = good;
  bad.accounts[3].key = ledger.ams;  // not the system program
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::ProgramFailedToComplete);
  bad = good;
  bad.accounts.pop_back();
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::NotEnoughAccountKeys);
  bad = good;
  bad.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::ProgramFailedToComplete);
  bad = good;
  bad.accounts[0].key = ledger.location;  // another type of record
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::InvalidAccountData);
  bad = good;
  bad.accounts[0].key = ledger.alice;  // not the program's
  EXPECT_REFUSED(ledger, ledger.run(bad), wire::InstructionErrorKind::ProgramFailedToComplete);
  bad = good;
  bad.accounts[1].writable = false;  // as some clients send it
  EXPECT_ACCEPTED(ledger, ledger.run(bad));
}

// Any bytes with any accounts: refused or right, never a crash, never money made (TestLedger checks).
RC_GTEST_PROP(Dispatch, AnyBytesAndAccountsAreHandled, ()) {
  static const TestLedger kStart = [] {
    TestLedger ledger;
    ledger.set_up();
    ledger.create_wan();
    ledger.create_dzx(false);
    return ledger;
  }();
  auto ledger = kStart;
  ledger.quiet = true;
  std::vector<Pubkey> keys{wire::kSystemProgramId};
  for (const auto& [at, account] : ledger.accounts) keys.push_back(at);
  const auto body = *rc::gen::container<Bytes>(rc::gen::arbitrary<std::uint8_t>());
  Bytes data{*rc::gen::inRange<std::uint8_t>(0, 120)};
  data.insert(data.end(), body.begin(), body.end());
  std::vector<wire::AccountMeta> metas;
  for (const auto i : *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, keys.size()))) {
    metas.push_back({keys[i], *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()});
  }
  const auto result = run(ledger, data, metas);
  RC_ASSERT(ledger.fault() == "");
  if (!result) RC_ASSERT(ledger.accounts.size() == kStart.accounts.size());
}

}  // namespace
}  // namespace dz::program
