// Some minutes of the past, out of the history in a monitor's file: those of some subjects are put back into evidence,
// which then answers about them as the evidence of that time did; and beside them when one record was drained. Read in
// pieces, for a day of a large fleet has many passes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/words.h"
#include "history/replayed_evidence.h"
#include "storage/sqlite.h"

namespace dz::history {

struct PastAsked {
  Pubkey key;  // whose drains are told
  RecordKind kind = RecordKind::Link;
  Minute from, to;             // [from, to), at most kLongestWindow
  std::optional<Pubkey> link;  // of a device: the one of its links that is among the subjects
  // Whose minutes; sources are always among them. Without any, only drains are read.
  std::vector<evidence::Subject> subjects;
};

// The record was drained throughout [from, to); none: it still was at the end of what was asked for.
struct DrainedTime {
  Timestamp from;
  std::optional<Timestamp> to;
  Status status = Status::HardDrained;
  bool operator==(const DrainedTime&) const = default;
};

class PastMinutes {
 public:
  // empty: evidence with the settings in force, and nothing in it. The database outlives the object. NotFound: nothing
  // was recorded.
  static Result<PastMinutes> open(storage::SqliteDatabase& database, evidence::Evidence empty,
                                  const verdict::Policy& policy, PastAsked asked);
  // The next passes, some milliseconds long. True: all are read.
  Result<bool> read_some();

  const PastAsked& asked() const { return asked_; }
  // Complete through the end of what was asked for, or as far as was recorded.
  const evidence::Evidence& evidence() const { return evidence_.evidence(); }
  const std::vector<DrainedTime>& drains() const { return drains_; }
  // The first minute that something was recorded of; none: of nothing.
  std::optional<Minute> recorded_from() const { return recorded_from_; }

 private:
  PastMinutes(storage::SqliteDatabase& database, evidence::Evidence empty, PastAsked asked)
      : database_(&database), asked_(std::move(asked)), evidence_(std::move(empty)) {}
  Result<void> find_subjects();
  Result<void> take(HistoryPass pass);
  Result<void> read_runs(HistoryPass& pass);
  Result<void> read_qa(HistoryPass& pass);
  Result<void> read_record(Timestamp at);
  void note_status(Timestamp at, std::optional<Status> status);

  storage::SqliteDatabase* database_;
  PastAsked asked_;
  ReplayedEvidence evidence_;
  Timestamp next_, last_;  // passes that are still to be read
  std::vector<std::pair<std::int64_t, evidence::Subject>> ids_;
  std::string ids_sql_;  // "3, 9"
  std::vector<DrainedTime> drains_;
  std::optional<Minute> recorded_from_;
};

}  // namespace dz::history
