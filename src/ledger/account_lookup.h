// The accounts of a transaction, those in its lookup tables among them.
#pragma once

#include <functional>
#include <vector>

#include <tl/expected.hpp>

#include "base/time.h"
#include "wire/ledger_account.h"
#include "wire/transaction.h"
#include "wire/transaction_error.h"

namespace dz::ledger {

using FindAccount = std::function<const wire::Account*(const Pubkey&)>;  // null: no such account

// In the order of its indexes; or the first table's error, as the network tells it.
tl::expected<std::vector<Pubkey>, wire::TransactionErrorKind> look_up_accounts(const wire::Message& message, Slot slot,
                                                                               const FindAccount& find);

}  // namespace dz::ledger
