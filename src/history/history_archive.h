// The history of a monitor in its SQLite file: passes in, and in order of time out again. Tables:
// docs/formats/monitor-store.md. MonitorArchive::open makes them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "history/history.h"
#include "storage/row_checks.h"

namespace dz::history {

std::string_view history_schema();
// What the tables of a file of format 2 lack; format 1 had none.
std::string_view history_to_format3();
// What the tables of a file of format 3 lack.
Result<void> history_to_format4(storage::SqliteDatabase& database);

// The monitor's side. The database outlives it.
class HistoryWriter {
 public:
  explicit HistoryWriter(storage::SqliteDatabase& database) : database_(&database) {}

  std::optional<Timestamp> newest();
  Result<void> add(const HistoryPass& pass);  // all or nothing
  // Keeps what is needed to read from `oldest` on: everything since the last whole pass before it. Subjects that no
  // pass names any more go too.
  Result<void> forget_before(Timestamp oldest);

 private:
  Result<void> forget_unused_subjects(std::int64_t whole);
  Result<void> read_ids();
  Result<std::int64_t> id_of(const evidence::Subject& subject);
  Result<void> add_rows(const HistoryPass& pass);
  Result<void> put_sum(std::int64_t at);
  Result<void> add_runs(const HistoryPass& pass);
  Result<void> add_records(const HistoryPass& pass);
  Result<void> add_qa(const HistoryPass& pass);

  storage::SqliteDatabase* database_;
  std::unordered_map<evidence::Subject, std::int64_t, evidence::SubjectHash> ids_;
  std::int64_t swept_ = 0;  // the whole pass as of which unused subjects were forgotten
};

// Reads passes in order. The database outlives it; for one consistent view, read within a transaction.
class HistoryReader {
 public:
  // From the whole pass `from` (see whole_pass_before) on, through `to`.
  static Result<HistoryReader> open(storage::SqliteDatabase& database, Timestamp from, Timestamp to);
  // Corrupt: the pass is not what was written; the message says which span to leave out.
  Result<std::optional<HistoryPass>> next();

 private:
  HistoryReader(storage::SqliteStatement passes, storage::SqliteStatement runs, storage::SqliteStatement records,
                storage::SqliteStatement qa)
      : passes_(std::move(passes)), runs_(std::move(runs)), records_(std::move(records)), qa_(std::move(qa)) {}
  Result<void> read_rows(HistoryPass& pass);
  Result<void> read_runs(HistoryPass& pass);
  Result<void> read_records(HistoryPass& pass);
  Result<void> read_qa(HistoryPass& pass);

  storage::SqliteStatement passes_, runs_, records_, qa_;
  bool more_runs_ = false, more_records_ = false, more_qa_ = false;
  std::uint64_t sum_ = 0;  // of the rows of the pass that is being read
  std::map<std::int64_t, evidence::Subject> subjects_;
};

// Columns of the tables, as the format's page has them.
Result<std::vector<std::pair<std::string, Minute>>> parse_watermarks(std::string_view text);
Version unpack_version(std::int64_t packed);

// First and last pass; none: nothing was recorded.
Result<std::optional<std::pair<Timestamp, Timestamp>>> history_bounds(storage::SqliteDatabase& database);
// The last whole pass at or before `at`, or the first of all. NotFound: nothing was recorded.
Result<Timestamp> whole_pass_before(storage::SqliteDatabase& database, Timestamp at);

}  // namespace dz::history
