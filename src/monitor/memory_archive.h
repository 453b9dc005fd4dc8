// What a monitor remembers of each record, in its SQLite file. Format: docs/formats/monitor-store.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "domain/words.h"
#include "storage/row_checks.h"
#include "verdict/memory.h"

namespace dz::monitor {

// A RecordMemory as it is kept: while the evidence judgement is known, the time it was last known is that of the last
// pass and is not written; present_since is not kept at all (a start begins it anew).
struct StoredMemory {
  std::optional<Timestamp> evidence_known_at;  // set while the evidence judgement is unknown
  std::optional<Health> own_health, tried_health;
  // What it was when it was last seen; none before format 3.
  std::optional<Status> status;
  std::optional<DesiredStatus> desired_status;
  bool own_written = false;
  std::optional<verdict::Reset> reset;
  bool operator==(const StoredMemory&) const = default;
};

inline constexpr storage::CheckedTable kMemoryTable{
    "memory",
    "pubkey, e_known_at, own_health, tried_health, status, desired_status, own_written, reset_to, reset_reason"};

// A view of the database, which outlives it; MonitorArchive makes the table.
class MemoryArchive {
 public:
  explicit MemoryArchive(storage::SqliteDatabase& database) : database_(&database) {}

  // A row that is not what was written is left out, as if its record had never been seen, and dropped; damage: what is
  // said of it.
  Result<std::map<Pubkey, StoredMemory>> load(std::vector<std::string>& damage);
  // Those that changed, and the keys of records that are gone. On disk when it returns; all or nothing.
  Result<void> save(const std::vector<std::pair<Pubkey, StoredMemory>>& memories, const std::vector<Pubkey>& gone);

 private:
  storage::SqliteDatabase* database_;
};

}  // namespace dz::monitor
