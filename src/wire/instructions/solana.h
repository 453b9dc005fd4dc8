// Instructions of Solana's own programs.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/instruction.h"

namespace dz::wire {

// System program. Accounts: from S W, to W.
Instruction transfer(const Pubkey& from, const Pubkey& to, std::uint64_t lamports);

// Compute budget program. No accounts.
Instruction compute_unit_limit(std::uint32_t units);
Instruction heap_frame(std::uint32_t bytes);
Instruction compute_unit_price(std::uint64_t micro_lamports);

// Memo program. No accounts: who signs the transaction says it.
Instruction memo(std::string_view text);

}  // namespace dz::wire
