#include "ledger/stored_transaction.h"

#include <algorithm>

namespace dz::ledger {

Result<StoredTransaction> parse_stored(ByteView bytes) {
  constexpr std::size_t kKey = sizeof(Pubkey::bytes);
  ByteView rest = bytes;
  DZ_TRY_ASSIGN(auto transaction, wire::take_transaction(rest));
  StoredTransaction stored{bytes.size() - rest.size(), std::move(transaction.message), {}};
  if (rest.size() % kKey != 0) return corrupt("expected whole keys after a transaction");
  std::vector<Pubkey> loaded(rest.size() / kKey);
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    std::copy_n(rest.begin() + static_cast<std::ptrdiff_t>(i * kKey), kKey, loaded[i].bytes.begin());
  }
  DZ_TRY_ASSIGN(stored.addresses, all_accounts(stored.message, loaded));
  return stored;
}

Result<Bytes> stored_bytes(ByteView sent, std::span<const Pubkey> addresses) {
  DZ_TRY_ASSIGN(const auto transaction, wire::parse_transaction(sent));
  Bytes bytes(sent.begin(), sent.end());
  for (std::size_t i = transaction.message.account_keys.size(); i < addresses.size(); ++i) {
    const auto key = addresses[i].view();
    bytes.insert(bytes.end(), key.begin(), key.end());
  }
  return bytes;
}

}  // namespace dz::ledger
