// What passes between bank, archive and interfaces.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/genesis.h"
#include "ledger/slot_clock.h"
#include "program/runtime/runtime.h"
#include "storage/lived_time.h"
#include "wire/keypair.h"
#include "wire/transaction.h"
#include "wire/transaction_error.h"

namespace dz::ledger {

// A transaction that landed: it was executed, or failed and paid its fee.
struct TransactionRecord {
  wire::Signature signature;
  Slot slot;
  Bytes bytes;  // as sent
  std::optional<wire::TransactionError> error;
  std::vector<std::string> logs;
  std::uint64_t fee = 0;
  std::uint64_t units_consumed = 0;
  std::vector<std::uint64_t> pre_balances, post_balances;  // parallel to the transaction's account keys
  // Those account keys: the message's own, then what its lookup tables stood for, first all that are writable.
  std::vector<Pubkey> addresses;
  bool operator==(const TransactionRecord&) const = default;
};

// All that happened since the last batch. The archive takes it whole or not at all.
struct Batch {
  Slot slot;                                    // the bank's when the batch was taken
  std::vector<TransactionRecord> transactions;  // in the order of execution
  std::map<Pubkey, wire::Account> accounts;     // their last state; Account{} is gone
  std::map<Pubkey, wire::Account> before;       // what those were before the batch, of which only changes are written
  std::vector<SlotAnchor> new_anchors;
  // Transactions of earlier slots may be dropped from the history, oldest first: at most two for each that is added,
  // so that a batch stays small.
  Slot forget_before;
  std::vector<storage::TimeLeap> leaps;  // of the slots; all of them
  bool empty() const { return transactions.empty() && new_anchors.empty(); }
};

struct LandedSignature {
  Slot slot;
  wire::MessageHash message;
  std::optional<wire::TransactionError> error;
};

// The whole state of a ledger, as the archive gives it back.
struct Snapshot {
  Genesis genesis;
  std::string profile;  // by name
  std::vector<SlotAnchor> anchors;
  std::vector<storage::TimeLeap> leaps;
  Slot slot;  // of the last batch
  std::uint64_t transaction_count = 0;
  std::map<Pubkey, wire::Account> accounts;
  std::map<wire::Signature, LandedSignature> recent;  // those of the last kRecentSlots slots
};

inline constexpr std::uint64_t kBlockhashSlots = 150;  // a block hash can be used this long
// Signatures are remembered longer than a block hash lives, so that no transaction can land twice.
inline constexpr std::uint64_t kRecentSlots = 2 * kBlockhashSlots;

}  // namespace dz::ledger
