// A batch as the ledger's file keeps it until many of them are folded into the tables at once: its transactions, and of
// each account only what changed (docs/formats/ledger-archive.md). An account of latency samples has 140 kB in the end,
// and a transaction adds 24 bytes to it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/records.h"

namespace dz::ledger {

struct AccountChange {
  struct Part {
    std::uint64_t offset = 0;
    Bytes bytes;
    bool operator==(const Part&) const = default;
  };
  Pubkey key;
  std::uint64_t lamports = 0;
  Pubkey owner;
  bool executable = false;
  // Of the data: what lies between the parts stays. None: nothing stays, and the parts are all of it.
  std::optional<std::uint64_t> size_before;
  std::uint64_t size = 0;
  std::vector<Part> parts;  // ordered, apart from each other
  bool operator==(const AccountChange&) const = default;
};

// before: null where it is not known.
AccountChange change_of(const Pubkey& key, const wire::Account* before, const wire::Account& after);
// Corrupt: it is no change of this account.
Result<void> apply_change(const AccountChange& change, wire::Account& account);

struct KeptBatch {
  Slot slot, forget_before;
  std::vector<TransactionRecord> transactions;
  std::vector<AccountChange> accounts;
  std::vector<SlotAnchor> new_anchors;
  std::vector<storage::TimeLeap> leaps;
};
KeptBatch keep(const Batch& batch);

Result<Bytes> encode(const KeptBatch& batch);
// Corrupt: bytes that encode() cannot have written.
Result<KeptBatch> decode_kept_batch(ByteView bytes);

}  // namespace dz::ledger
