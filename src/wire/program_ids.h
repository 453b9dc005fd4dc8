// Who is who on the ledger: the programs of each environment and of Solana itself.
#pragma once

#include <span>
#include <string_view>

#include "base/pubkey.h"
#include "base/result.h"

namespace dz::wire {

struct ProgramIds {
  Pubkey serviceability;
  Pubkey telemetry;
  bool operator==(const ProgramIds&) const = default;
};

// Those of the embedded ledger.
const ProgramIds& local_program_ids();

inline constexpr Pubkey kSystemProgramId{};  // 32 zero bytes, "1111..."
const Pubkey& compute_budget_program_id();
const Pubkey& lookup_table_program_id();
const Pubkey& memo_program_id();      // SPL Memo, its second version
const Pubkey& old_memo_program_id();  // the first, which logs nothing

struct Environment {
  std::string_view name;   // "testnet"
  std::string_view alias;  // "t"
  ProgramIds ids;
  std::string_view rpc_url;  // empty: the operator of the environment gives it out
  std::string_view ws_url;
};
std::span<const Environment> known_environments();

// By name or alias, any case; "localnet" is "local". Refused: the message lists the names.
Result<const Environment*> find_environment(std::string_view name);

}  // namespace dz::wire
