// What no program may do to accounts, however it is written: the rules that Solana's runtime keeps around programs.
// The programs here create accounts and move the payer's lamports themselves where Solana has them call the System
// program, so a signing wallet may be debited, and a wallet given data and an owner, by any of them.
#pragma once

#include <optional>
#include <span>

#include "program/runtime/runtime.h"

namespace dz::ledger {

inline constexpr std::size_t kMaxGrowth = 10'240;  // bytes that an instruction may add to an account

// An account that an instruction names, before and after it; each account once.
struct TouchedAccount {
  bool signer = false;
  bool writable = false;
  const wire::Account* before = nullptr;
  const wire::Account* after = nullptr;
};

// The first rule that the program broke.
std::optional<wire::InstructionErrorKind> broken_rule(const Pubkey& program, std::span<const TouchedAccount> accounts);

// An account holds the rent-exempt minimum of its size, or nothing; one that held less before the transaction may go
// on holding less as long as it is not credited and keeps its size.
bool is_underfunded(const wire::Account& before, const wire::Account& after);

}  // namespace dz::ledger
