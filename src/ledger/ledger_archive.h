// What the ledger keeps on disk: where batches become durable, and where old transactions are found again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/records.h"

namespace dz::ledger {

class LedgerArchive {
 public:
  virtual ~LedgerArchive() = default;

  // Nothing in a new archive.
  virtual Result<std::optional<Snapshot>> load() = 0;
  // The first state of a new ledger.
  virtual Result<void> create(const Snapshot& snapshot) = 0;
  // Durable, whole, when it returns. After a failure nothing of the batch is there. Retry: the same batch may be
  // tried again, before any other; after any other failure the ledger must stop.
  virtual Result<void> commit(const Batch& batch) = 0;

  // Committed transactions only.
  virtual Result<std::optional<TransactionRecord>> find(const wire::Signature& signature) = 0;
  // Those that name the address, newest first: older than `before`, newer than `until`, at most `limit`. None when
  // `before` is not known: it was forgotten, and so was what is older.
  struct Range {
    std::optional<wire::Signature> before, until;
    std::size_t limit = 1000;
  };
  // Their places, of which each costs little; record_at() then reads one: none, if it was forgotten meanwhile.
  virtual Result<std::vector<std::int64_t>> places_of(const Pubkey& address, const Range& range) = 0;
  // Those of a slot, in the order of their execution.
  virtual Result<std::vector<std::int64_t>> places_in(Slot slot) = 0;
  // The first slot none of whose transactions may have been forgotten.
  virtual Result<Slot> first_whole_slot() = 0;
  virtual Result<std::optional<TransactionRecord>> record_at(std::int64_t place) = 0;
  // All of them at once.
  Result<std::vector<TransactionRecord>> find_by_address(const Pubkey& address, const Range& range);
};

// Forgets everything with the process, and nothing before.
std::unique_ptr<LedgerArchive> make_memory_archive();

// One SQLite file (docs/formats/ledger-archive.md), created when absent. All of it is checked first. Fails when another
// process has it open, when it is not what was written (Corrupt), when its format is not known to this version, or when
// the folder cannot be written; the message says what to do.
Result<std::unique_ptr<LedgerArchive>> open_sqlite_archive(const std::string& path);

// The same check for people; nothing is changed. say: hears what is being checked.
Result<void> verify_sqlite_archive(const std::string& path, const std::function<void(std::string_view)>& say);

}  // namespace dz::ledger
