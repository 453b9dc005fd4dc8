// What the monitor's file has forgotten and ClickHouse has: minutes of past days, older decisions, what a statement
// rests on. Each is a copy of rows that the archives read as they read the file.
#pragma once

#include "control/finding_minutes.h"
#include "lake/lake_shelf.h"
#include "lake/tables.h"
#include "monitor/decision_archive.h"
#include "monitor/statement_archive.h"

namespace dz::monitor {

class PastElsewhere {
 public:
  // Of the monitor's file. Both outlive it.
  PastElsewhere(storage::SqliteDatabase& database, lake::LakeShelf& shelf) : database_(&database), shelf_(&shelf) {}

  // Retry, of each: it is being fetched. Whoever asks for an answer of which a part is being fetched asks anew, a
  // moment later (take_waits).
  bool take_waits() { return shelf_->take_waits(); }

  // Null: the file has all that there is of that time.
  Result<lake::LakeShelf::Copy> minutes(const control::MinuteSpan& span);
  // The same page with what follows in it behind those that the file has.
  Result<std::vector<Decision>> decisions(const DecisionQuery& query, std::vector<Decision> here);
  // NotFound: there neither.
  Result<StatementArchive::Grounds> grounds(std::int64_t index);

 private:
  Result<lake::LakeShelf::Copy> copy_of(const std::string& what, const lake::Table& table, const std::string& where);

  storage::SqliteDatabase* database_;
  lake::LakeShelf* shelf_;
};

}  // namespace dz::monitor
