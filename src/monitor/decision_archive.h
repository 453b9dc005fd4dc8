// The decisions that a monitor made, kept for `history` days in its SQLite file. Format: docs/formats/monitor-store.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "domain/profile.h"
#include "storage/row_checks.h"

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
  std::optional<std::int64_t> statement = {};  // index of what is stated about it; kept elsewhere (statement_archive.h)
  bool operator==(const Decision&) const = default;
};

inline constexpr storage::CheckedTable kDecisionTable{
    "decision",
    "id, at, slot, pubkey, kind, code, from_health, to_health, reason, sentence, findings, signature, policy"};

struct DecisionQuery {
  std::optional<Pubkey> key;
  std::int64_t before_id = INT64_MAX;
  int limit = 100;
};

// A decision that is not what was written is given as one whose sentence says so, and nothing else.
// A view of the database, which outlives it; MonitorArchive makes the table.
class DecisionArchive {
 public:
  explicit DecisionArchive(storage::SqliteDatabase& database) : database_(&database) {}

  Result<void> add(const std::vector<Decision>& decisions);             // all or nothing
  Result<std::vector<Decision>> find(const DecisionQuery& query);       // newest first
  Result<std::vector<Decision>> after(std::int64_t id, int limit);      // oldest first
  Result<std::int64_t> newest_id();                                     // 0: there is none
  Result<std::int64_t> oldest_id();                                     // of those that are kept; 0: there is none
  Result<std::vector<Decision>> between(Timestamp from, Timestamp to);  // oldest first; `to` not included
  Result<void> forget_before(Timestamp oldest);                         // all but the newest

 private:
  Result<std::int64_t> id_of(std::string_view which);

  storage::SqliteDatabase* database_;
};

}  // namespace dz::monitor
