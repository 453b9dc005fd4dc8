// Who sends an instruction, and the accounts at the end of every instruction of the serviceability program.
#pragma once

#include <utility>
#include <vector>

#include "wire/addresses.h"
#include "wire/instruction.h"

namespace dz::wire {

struct Sender {
  Pubkey program;  // serviceability
  Pubkey payer;    // signs, and pays the rent of what is created
  // Appends the payer's Permission account. Only when that account exists: the program refuses a missing one.
  bool with_permission = false;
};

inline AccountMeta signing(const Pubkey& key) { return {.key = key, .signer = true, .writable = true}; }
inline AccountMeta writable(const Pubkey& key) { return {.key = key, .signer = false, .writable = true}; }
inline AccountMeta read_only(const Pubkey& key) { return {.key = key, .signer = false, .writable = false}; }

// accounts, then payer, system program and, if asked for, the Permission account.
Instruction build_instruction(const Sender& sender, std::vector<AccountMeta> accounts, Bytes data);

}  // namespace dz::wire
