#include "wire/borsh.h"
#include "wire/instructions/sender.h"
#include "wire/instructions/solana.h"
#include "wire/program_ids.h"

namespace dz::wire {

Instruction build_instruction(const Sender& sender, std::vector<AccountMeta> accounts, Bytes data) {
  accounts.push_back(signing(sender.payer));
  accounts.push_back(writable(kSystemProgramId));  // marked writable as upstream's own clients do
  if (sender.with_permission) accounts.push_back(read_only(permission_address(sender.program, sender.payer).address));
  return {sender.program, std::move(accounts), std::move(data)};
}

Instruction transfer(const Pubkey& from, const Pubkey& to, std::uint64_t lamports) {
  constexpr std::uint32_t kTransfer = 2;
  BorshWriter data;
  data(kTransfer, lamports);
  return {kSystemProgramId, {signing(from), writable(to)}, std::move(data).take()};
}

Instruction compute_unit_limit(std::uint32_t units) {
  BorshWriter data;
  data(std::uint8_t{2}, units);
  return {compute_budget_program_id(), {}, std::move(data).take()};
}

Instruction heap_frame(std::uint32_t bytes) {
  BorshWriter data;
  data(std::uint8_t{1}, bytes);
  return {compute_budget_program_id(), {}, std::move(data).take()};
}

Instruction compute_unit_price(std::uint64_t micro_lamports) {
  BorshWriter data;
  data(std::uint8_t{3}, micro_lamports);
  return {compute_budget_program_id(), {}, std::move(data).take()};
}

Instruction memo(std::string_view text) {
  const auto bytes = as_bytes(text);
  return {memo_program_id(), {}, Bytes(bytes.begin(), bytes.end())};
}

}  // namespace dz::wire
