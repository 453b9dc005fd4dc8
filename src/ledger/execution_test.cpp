// Random instructions: whatever programs are asked to do, they answer, and the runtime's rules hold.
#include "ledger/execution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include <boost/json/serialize.hpp>

#include "ledger/ledger_fixture.h"
#include "wire/addresses.h"
#include "wire/borsh.h"
#include "wire/instructions/global.h"
#include "wire/instructions/solana.h"

namespace dz::ledger {
namespace {

class RandomInstructions {
 public:
  RandomInstructions(const LedgerFixture& ledger, unsigned seed) : random_(seed) {
    const wire::ProgramIds& ids = ledger.bank().program_ids();
    const Pubkey& program = ids.serviceability;
    programs_ = {ids.serviceability, ids.serviceability, ids.telemetry, wire::kSystemProgramId};
    keys_ = {ledger.alice.pubkey(),
             ledger.bob.pubkey(),
             wire::kSystemProgramId,
             program,
             wire::global_state_address(program).address,
             wire::global_config_address(program).address,
             wire::program_config_address(program).address,
             wire::location_address(program, 1).address,
             wire::exchange_address(program, 1).address,
             wire::contributor_address(program, 1).address,
             wire::device_address(program, 1).address,
             wire::link_address(program, 1).address,
             wire::permission_address(program, ledger.alice.pubkey()).address};
    for (const auto kind : wire::kGlobalPools) keys_.push_back(resource_address(program, kind).address);
  }

  wire::Instruction next() {
    wire::Instruction out{programs_[below(programs_.size())], {}, {}};
    const std::size_t accounts = below(13);
    for (std::size_t i = 0; i < accounts; ++i)
      out.accounts.push_back({keys_[below(keys_.size())], false, below(4) > 0});
    // The tail of most instructions.
    if (below(2) == 0) {
      out.accounts.push_back({keys_[0], true, true});
      out.accounts.push_back({wire::kSystemProgramId, false, false});
    }
    out.data.resize(below(120));
    for (auto& byte : out.data) byte = below(3) == 0 ? static_cast<std::uint8_t>(random_()) : below(4);
    if (!out.data.empty()) out.data[0] = static_cast<std::uint8_t>(below(120));
    return out;
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  std::mt19937 random_;
  std::vector<Pubkey> programs_, keys_;
};

TEST(Execution, RandomInstructionsNeitherCrashNorMakeLamports) {
  LedgerFixture f;
  f.fund(f.alice.pubkey(), 1000 * kSol);
  const wire::Sender sender{f.bank().program_ids().serviceability, f.alice.pubkey()};
  const wire::SetGlobalConfigArgs config{65000,
                                         65001,
                                         parse_network("172.16.0.0/16").value(),
                                         parse_network("169.254.0.0/16").value(),
                                         parse_network("233.84.178.0/24").value(),
                                         std::nullopt,
                                         parse_network("148.51.120.0/21").value()};
  const auto hash = f.bank().latest_blockhash().hash;
  ASSERT_TRUE(f.ledger->submit(signed_by(f.alice, {init_global_state(sender)}, hash), true).accepted);
  ASSERT_TRUE(f.ledger->submit(signed_by(f.alice, {set_global_config(sender, config)}, hash), true).accepted);

  RandomInstructions random(f, 20261123);
  for (int i = 0; i < 4000; ++i) {
    const wire::Instruction instructions[] = {random.next(), random.next()};
    const wire::Transaction transaction{{wire::Signature{}}, compile_message(instructions, f.alice.pubkey(), hash)};
    if (transaction.message.required_signatures != 1) continue;
    const Execution execution = f.bank().simulate(transaction, {.signatures = false, .blockhash = false});
    unsigned __int128 before = 0, after = 0;
    for (const auto& account : execution.before) before += account.lamports;
    for (const auto& account : execution.after) after += account.lamports;
    if (!execution.landed) continue;
    ASSERT_TRUE(before == after + execution.fee);
    if (execution.error && execution.error->kind == wire::TransactionErrorKind::InstructionError) {
      EXPECT_FALSE(execution.error->error.kind == wire::InstructionErrorKind::UnbalancedInstruction ||
                   execution.error->error.kind == wire::InstructionErrorKind::ReadonlyDataModified)
          << execution.logs.back();
    }
  }
}

TEST(Execution, ComputeUnitsAreLimitedAsGrantedOrAskedFor) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const wire::Sender sender{f.bank().program_ids().serviceability, f.alice.pubkey()};
  const auto hash = f.bank().latest_blockhash().hash;
  const auto run = [&](std::vector<wire::Instruction> instructions) {
    return f.bank().simulate(signed_by(f.alice, std::move(instructions), hash));
  };
  ASSERT_TRUE(f.ledger->submit(signed_by(f.alice, {init_global_state(sender)}, hash), true).accepted);
  const wire::Instruction own = set_airdrop(sender, {.contributor_lamports = 7});
  const auto program = to_text(sender.program);
  const auto twice = run({own, own});
  EXPECT_FALSE(twice.error);
  EXPECT_EQ(twice.units_consumed, 20'000U);
  const auto logged = [&](const Execution& execution, const std::string& line) {
    return std::count(execution.logs.begin(), execution.logs.end(), "Program " + program + line);
  };
  EXPECT_EQ(logged(twice, " consumed 10000 of 400000 compute units"), 1);
  EXPECT_EQ(logged(twice, " consumed 10000 of 390000 compute units"), 1);
  EXPECT_FALSE(run({wire::compute_unit_limit(10'150), own}).error);
  const auto starved = run({wire::compute_unit_limit(10'149), own});
  EXPECT_EQ(to_text(*starved.error), "Error processing Instruction 1: Program failed to complete");
  EXPECT_EQ(starved.units_consumed, 10'149U);
  EXPECT_EQ(logged(starved, " failed: exceeded CUs meter at BPF instruction"), 1);
}

// What a transaction asks for of computing is looked at before anything of it runs: it leaves no trace.
TEST(Execution, AskingForComputingThatThereIsNotIsRefusedWhole) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  const auto hash = f.bank().latest_blockhash().hash;
  const auto asking = [](Bytes data) {
    return wire::Instruction{wire::compute_budget_program_id(), {}, std::move(data)};
  };
  const auto limit_of_data = [&](std::uint32_t bytes) {
    wire::BorshWriter out;
    out(std::uint8_t{4}, bytes);
    return asking(std::move(out).take());
  };
  const auto send = wire::transfer(f.alice.pubkey(), f.bob.pubkey(), 1'000'000);
  const auto refused = [&](std::vector<wire::Instruction> instructions) {
    const auto run = f.bank().simulate(signed_by(f.alice, std::move(instructions), hash));
    EXPECT_TRUE(run.error && !run.landed);
    return run.error ? boost::json::serialize(to_json(*run.error)) : "";
  };
  const std::string bad_data = R"({"InstructionError":[1,"InvalidInstructionData"]})";
  EXPECT_EQ(refused({send, asking({})}), bad_data);
  EXPECT_EQ(refused({send, asking({0, 0, 0, 0, 0})}), bad_data);
  EXPECT_EQ(refused({send, asking({2, 0, 0, 0})}), bad_data);
  EXPECT_EQ(refused({send, asking({3, 0, 0, 0, 0, 0, 0, 0})}), bad_data);
  EXPECT_EQ(refused({send, asking({5, 0, 0, 0, 0})}), bad_data);
  EXPECT_EQ(refused({send, wire::heap_frame(31 * 1024)}), bad_data);
  EXPECT_EQ(refused({send, wire::heap_frame(257 * 1024)}), bad_data);
  EXPECT_EQ(refused({send, wire::heap_frame(64 * 1024 + 1)}), bad_data);
  EXPECT_EQ(refused({wire::compute_unit_limit(10'000), send, wire::compute_unit_limit(10'000)}),
            R"({"DuplicateInstruction":2})");
  EXPECT_EQ(refused({limit_of_data(0), send}), R"("InvalidLoadedAccountsDataSizeLimit")");
  const auto good = f.bank().simulate(signed_by(f.alice,
                                                {wire::heap_frame(32 * 1024), wire::compute_unit_limit(1'000),
                                                 wire::compute_unit_price(7), limit_of_data(1), send},
                                                hash));
  EXPECT_FALSE(good.error) << to_text(*good.error);
}

}  // namespace
}  // namespace dz::ledger
