#include "execution_input.h"

#include <algorithm>

#include "base/check.h"

namespace dz::fuzz {
namespace {

constexpr std::size_t kPeople = 6;  // the first keys of SmallLedger, who can sign
constexpr std::uint8_t kWritable = 0x80;

Pubkey key_of(std::uint8_t number, const SmallLedger& ledger) {
  if (number < ledger.keys().size()) return ledger.keys()[number];
  Pubkey key;
  key.bytes.fill(number);
  return key;
}

}  // namespace

std::optional<wire::Transaction> read_unsigned(Input& input, const SmallLedger& ledger) {
  const auto payer = input.byte() % kPeople;
  const auto signers = input.byte();
  std::vector<wire::Instruction> instructions(1 + input.choice(3));
  for (auto& instruction : instructions) {
    instruction.program = key_of(input.byte(), ledger);
    const std::size_t accounts = input.byte() % 16;
    for (std::size_t i = 0; i < accounts; ++i) {
      const auto number = input.byte();
      const bool writable = (input.byte() & kWritable) != 0;
      const bool signs = number < kPeople && (number == payer || (signers >> number & 1) != 0);
      instruction.accounts.push_back({key_of(number, ledger), signs, writable});
    }
    const std::size_t low = input.byte();
    const auto data = input.take(low | std::size_t{input.byte()} << 8);
    instruction.data.assign(data.begin(), data.end());
  }
  wire::Transaction transaction;
  transaction.message = wire::compile_message(instructions, ledger.keys()[payer], wire::Blockhash{});
  transaction.signatures.resize(transaction.message.required_signatures);
  if (transaction.message.account_keys.size() > wire::kMaxTransactionAccounts) return std::nullopt;
  return transaction;
}

void write_unsigned(const wire::Transaction& transaction, const SmallLedger& ledger, Bytes& input) {
  const auto& message = transaction.message;
  const auto number_of = [&](std::size_t account) {
    return static_cast<std::uint8_t>(std::min<std::size_t>(ledger.number_of(message.account_keys[account]), 255));
  };
  std::uint8_t signers = 0;
  for (std::size_t i = 0; i < message.required_signatures; ++i) {
    DZ_CHECK(number_of(i) < kPeople);
    signers = static_cast<std::uint8_t>(signers | 1U << number_of(i));
  }
  input.push_back(number_of(0));
  input.push_back(signers);
  DZ_CHECK(!message.instructions.empty() && message.instructions.size() <= 3);
  input.push_back(static_cast<std::uint8_t>(message.instructions.size() - 1));
  for (const auto& instruction : message.instructions) {
    input.push_back(number_of(instruction.program_index));
    input.push_back(static_cast<std::uint8_t>(instruction.account_indexes.size()));
    for (const auto account : instruction.account_indexes) {
      input.push_back(number_of(account));
      input.push_back(message.is_writable(account) ? kWritable : 0);
    }
    input.push_back(static_cast<std::uint8_t>(instruction.data.size()));
    input.push_back(static_cast<std::uint8_t>(instruction.data.size() >> 8));
    input.insert(input.end(), instruction.data.begin(), instruction.data.end());
  }
}

}  // namespace dz::fuzz
