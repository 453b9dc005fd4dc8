// Transactions of execution_target.cpp as an input writes them; seeds.cpp writes the network's own.
#pragma once

#include <optional>

#include "input.h"
#include "small_ledger.h"
#include "wire/transaction.h"

namespace dz::fuzz {

// The next transaction, as if signed. None when it names no signer, or too many accounts.
std::optional<wire::Transaction> read_unsigned(Input& input, const SmallLedger& ledger);

void write_unsigned(const wire::Transaction& transaction, const SmallLedger& ledger, Bytes& input);

}  // namespace dz::fuzz
