// A transaction as the archive stores it: as sent, and after it the keys that its lookup tables stood for. The tables
// may change, and the record must not.
#pragma once

#include <span>
#include <vector>

#include "wire/transaction.h"

namespace dz::ledger {

struct StoredTransaction {
  std::size_t size = 0;  // of the transaction, in the bytes that are stored
  wire::Message message;
  std::vector<Pubkey> addresses;  // of all accounts, in the order of the message's indexes
};

Result<StoredTransaction> parse_stored(ByteView bytes);
Result<Bytes> stored_bytes(ByteView sent, std::span<const Pubkey> addresses);

}  // namespace dz::ledger
