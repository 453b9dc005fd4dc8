// What a monitor keeps besides the rings, in the same SQLite file: its memory of each record and the decisions it made,
// for `history` days; history_archive.h has the closed minutes. Format: docs/formats/monitor-store.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/plan_activator.h"
#include "domain/words.h"
#include "storage/sqlite.h"
#include "verdict/memory.h"
#include "wire/keypair.h"

namespace dz::monitor {

// One change of health that the ledger confirmed (or, dry, that would have been written).
struct Decision {
  std::int64_t id = 0;  // given by the archive, growing
  Timestamp at;
  Slot slot;
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  std::string code;
  Health from = Health::Unknown, to = Health::Unknown;
  std::string reason;         // of the health table: "recovered"
  std::string sentence;       // for people
  std::string findings_json;  // every criterion as it was judged
  std::string signature;
  std::string policy_digest;
  bool operator==(const Decision&) const = default;
};

struct DecisionQuery {
  std::optional<Pubkey> key;
  std::int64_t before_id = INT64_MAX;
  int limit = 100;
};

// A RecordMemory as it is kept: while E is known, the time it was last known is that of the last pass and is not
// written; present_since is not kept at all (a start begins it anew).
struct StoredMemory {
  std::optional<Timestamp> e_known_at;  // set while E is unknown
  std::optional<Health> own_health, tried_health;
  // What it was when it was last seen; none before format 3.
  std::optional<Status> status;
  std::optional<DesiredStatus> desired_status;
  bool own_written = false;
  std::optional<verdict::Reset> reset;
  bool operator==(const StoredMemory&) const = default;
};

class MonitorArchive {
 public:
  // Makes the tables when missing, those of the history too, and brings an older file up to date; all or nothing. The
  // database outlives the archive. Unsupported: made by a newer version.
  static Result<MonitorArchive> open(storage::SqliteDatabase& database);
  // Changes nothing. Unsupported: of another version, older ones included.
  static Result<MonitorArchive> open_to_read(storage::SqliteDatabase& database);

  Result<std::map<Pubkey, StoredMemory>> load_memories();
  // The name of the profile that was chosen last; none: none was.
  Result<std::optional<std::string>> load_profile();
  Result<void> save_profile(std::string_view name);
  // Those that changed, and the keys of records that are gone. On disk when it returns.
  Result<void> save_memories(const std::vector<std::pair<Pubkey, StoredMemory>>& memories,
                             const std::vector<Pubkey>& gone);

  Result<void> add_decisions(const std::vector<Decision>& decisions);
  Result<std::vector<Decision>> decisions(const DecisionQuery& query);            // newest first
  Result<std::vector<Decision>> decisions_between(Timestamp from, Timestamp to);  // oldest first; `to` not included
  Result<void> forget_before(Timestamp oldest);

 private:
  explicit MonitorArchive(storage::SqliteDatabase& database) : database_(&database) {}
  storage::SqliteDatabase* database_;
};

}  // namespace dz::monitor
