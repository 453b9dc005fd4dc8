// What a transaction asks for of computing, in its ComputeBudget instructions: looked at before anything of it runs, so
// a transaction that asks for what there is not is refused whole, and costs nothing.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "wire/transaction.h"
#include "wire/transaction_error.h"

namespace dz::ledger {

// Units that its instructions may consume together: what it asks for (SetComputeUnitLimit), at most 1,400,000, or else
// 200,000 for each instruction of a program that is not built in.
// keys: all accounts of the message, those of lookup tables too.
tl::expected<std::uint64_t, wire::TransactionError> granted_units(const wire::Message& message,
                                                                  std::span<const Pubkey> keys);

// The runtime's own programs, which cost next to nothing.
bool is_builtin(const Pubkey& program);

}  // namespace dz::ledger
