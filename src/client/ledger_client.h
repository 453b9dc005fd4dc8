// The ledger as its clients see it. RpcClient (rpc_client.h) asks it by JSON-RPC over HTTP; tests, simulation and bench
// have clients in the same process (testbed/local_client.h). Every call may fail with Retry (unreachable, timed out,
// overloaded: the outcome of a send is then unknown), Refused (the ledger understood and declined), or Corrupt (an
// answer that makes no sense).
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "wire/keypair.h"
#include "wire/ledger_account.h"
#include "wire/transaction.h"
#include "wire/transaction_error.h"

namespace dz::client {

enum class Commitment : std::uint8_t { Processed, Confirmed, Finalized };
std::string_view to_text(Commitment commitment);

struct KeyedAccount {
  Pubkey key;
  wire::Account account;
};

// bytes of the account at offset equal these.
struct MemcmpFilter {
  std::uint64_t offset = 0;
  Bytes bytes;
  auto operator<=>(const MemcmpFilter&) const = default;
};
// Of each account only these bytes, or what there is of them.
struct DataSlice {
  std::uint64_t offset = 0, length = 0;
  auto operator<=>(const DataSlice&) const = default;
};
struct AccountFilters {
  std::vector<MemcmpFilter> memcmp;
  std::optional<std::uint64_t> data_size;
  std::optional<DataSlice> slice = std::nullopt;
  auto operator<=>(const AccountFilters&) const = default;
};

struct AccountsAnswer {
  Slot slot;                           // of the state answered
  std::vector<KeyedAccount> accounts;  // ordered by key
};
struct NamedAccounts {
  Slot slot;                                           // of the state answered
  std::vector<std::optional<wire::Account>> accounts;  // one for each key asked for, in that order; none: there is none
};

struct LatestBlockhash {
  Slot slot;
  wire::Blockhash hash;
  std::uint64_t last_valid_block_height = 0;
};

struct SignatureStatus {
  Slot slot;
  Commitment commitment = Commitment::Processed;
  std::optional<wire::TransactionError> error;  // landed and failed
};

// Transactions that name an address, newest first.
struct TrailRange {
  std::optional<wire::Signature> before, until;  // older than the one, newer than the other; none: no such limit
  std::size_t limit = 1000;                      // at most 1000
};
struct TrailEntry {
  wire::Signature signature;
  Slot slot;
  bool failed = false;  // it landed and changed nothing but the fee
  std::optional<Timestamp> block_time;
};
struct ConfirmedTransaction {
  Bytes bytes;  // as sent: parse_transaction() reads them
  Slot slot;
  bool failed = false;
  std::optional<Timestamp> block_time;
  std::vector<Pubkey> loaded = {};  // accounts of its lookup tables: first those that are writable
  // What its programs said, a line each; none: the node kept none.
  std::optional<std::vector<std::string>> logs = {};
};

struct EpochInfo {
  std::uint64_t absolute_slot = 0, block_height = 0, epoch = 0, slot_index = 0, slots_in_epoch = 0;
};

// A send that did not happen: rejected says what the ledger's simulation found; without it, error says the rest.
struct SendFailure {
  Error error;
  std::optional<wire::TransactionError> rejected;
  std::vector<std::string> logs;
};

struct SendOptions {
  bool skip_preflight = false;
};

struct SimulationResult {
  std::optional<wire::TransactionError> error;
  std::vector<std::string> logs;
  std::uint64_t units_consumed = 0;
};

class LedgerClient {
 public:
  virtual ~LedgerClient() = default;

  // The state of that slot was acted upon: from now on no read of accounts answers from an earlier one. One that would
  // is Retry. Slots only go forward; a smaller one than before changes nothing.
  virtual void require_slot(Slot slot) = 0;

  virtual Result<AccountsAnswer> get_program_accounts(const Pubkey& program, const AccountFilters& filters) = 0;
  virtual Result<std::optional<wire::Account>> get_account(const Pubkey& key) = 0;
  virtual Result<NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) = 0;  // <= 100
  // The same, of each account only the bytes of the slice. Nodes that know no slices answer the whole accounts, which
  // are then longer than the slice.
  virtual Result<NamedAccounts> get_account_parts(std::span<const Pubkey> keys, DataSlice slice) = 0;  // <= 100
  virtual Result<std::uint64_t> get_balance(const Pubkey& key) = 0;
  virtual Result<LatestBlockhash> get_latest_blockhash() = 0;
  virtual Result<Slot> get_slot() = 0;
  virtual Result<std::uint64_t> get_block_height() = 0;
  virtual Result<std::optional<Timestamp>> get_block_time(Slot slot) = 0;  // none: that slot has no block
  virtual Result<EpochInfo> get_epoch_info() = 0;
  virtual Result<wire::Blockhash> get_genesis_hash() = 0;  // which ledger it is
  virtual Result<std::vector<std::optional<SignatureStatus>>> get_signature_statuses(
      std::span<const wire::Signature> signatures) = 0;
  virtual Result<std::vector<TrailEntry>> get_signatures_for_address(const Pubkey& address,
                                                                     const TrailRange& range) = 0;
  virtual Result<std::optional<ConfirmedTransaction>> get_transaction(
      const wire::Signature& signature) = 0;  // none: not confirmed, or no longer kept
  virtual Result<wire::Signature> request_airdrop(const Pubkey& key, std::uint64_t lamports) = 0;
  virtual Result<SimulationResult> simulate_transaction(const wire::Transaction& transaction) = 0;

  // Returns once the ledger took the transaction, not once it is confirmed.
  virtual tl::expected<wire::Signature, SendFailure> send_transaction(const wire::Transaction& transaction,
                                                                      const SendOptions& options) = 0;
};

// A stream of "this account changed". Notifications are hints: they may be missed, repeated or late.
struct AccountNotification {
  Slot slot;
  Pubkey key;
  wire::Account account;
};

}  // namespace dz::client
