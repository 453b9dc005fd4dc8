// The monitor's own SQLite file: its tables and their format, and what it keeps there besides rings
// (durable_evidence.h) and closed minutes (history_archive.h): memories, decisions, statements, and the profile of the
// ledger.
// Format: docs/formats/monitor-store.md.
#pragma once

#include <optional>
#include <string>

#include "monitor/decision_archive.h"
#include "monitor/memory_archive.h"
#include "monitor/statement_archive.h"
#include "storage/sqlite.h"
#include "wire/transaction.h"

namespace dz::monitor {

class MonitorArchive {
 public:
  // Makes the tables when missing, those of the history too, and brings an older file up to date; all or nothing. The
  // database outlives the archive. Unsupported: made by a newer version.
  static Result<MonitorArchive> open(storage::SqliteDatabase& database);
  // Changes nothing. Unsupported: of another version, older ones included.
  static Result<MonitorArchive> open_to_read(storage::SqliteDatabase& database);

  DecisionArchive& decisions() { return decisions_; }
  MemoryArchive& memories() { return memories_; }
  StatementArchive& statements() { return statements_; }

  // The name of the profile that was chosen last; none: none was.
  Result<std::optional<std::string>> load_profile();
  Result<void> save_profile(std::string_view name);
  // The highest slot that was seen of the ledger with that genesis hash; none: none was.
  Result<std::optional<Slot>> load_slot(const wire::Blockhash& genesis);
  Result<void> save_slot(const wire::Blockhash& genesis, Slot slot);
  // Decisions, the minutes of statements, and minutes of format 1.
  Result<void> forget_before(Timestamp oldest);

 private:
  explicit MonitorArchive(storage::SqliteDatabase& database)
      : database_(&database), decisions_(database), memories_(database), statements_(database) {}

  storage::SqliteDatabase* database_;
  DecisionArchive decisions_;
  MemoryArchive memories_;
  StatementArchive statements_;
};

}  // namespace dz::monitor
