#include "monitor/past_elsewhere.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "history/history_archive.h"
#include "lake/lake_reader.h"
#include "monitor/archive_columns.h"
#include "monitor/monitor_archive.h"

namespace dz::monitor {
namespace {

using lake::LakeShelf;

tl::unexpected<Error> being_fetched() {
  return fail(ErrorKind::Retry, "it is being fetched from ClickHouse: ask again in a moment");
}

Result<LakeShelf::Copy> taken(std::optional<Result<LakeShelf::Copy>> answer) {
  if (!answer) return being_fetched();
  return std::move(*answer);
}

Result<storage::SqliteDatabase> empty_copy() {
  DZ_TRY_ASSIGN(auto copy, storage::SqliteDatabase::open(""));
  DZ_TRY(MonitorArchive::open(copy));
  return copy;
}

}  // namespace

Result<LakeShelf::Copy> PastElsewhere::minutes(const control::MinuteSpan& span) {
  DZ_TRY_ASSIGN(const auto here, history::history_bounds(*database_));
  if (here && here->first <= Timestamp{span.from}) return LakeShelf::Copy();
  const auto fetch = [settings = shelf_->settings(), store = shelf_->store(),
                      span](lake::LakeClient& client) -> Result<storage::SqliteDatabase> {
    DZ_TRY_ASSIGN(auto copy, empty_copy());
    DZ_TRY(lake::read_lake(client, settings, store, Timestamp{span.from}, Timestamp{span.to}, copy,
                           [](Timestamp) { return Result<void>(); }));
    return copy;
  };
  return taken(shelf_->ask("minutes " + to_text(Timestamp{span.from}) + " " + to_text(Timestamp{span.to}), fetch));
}

Result<LakeShelf::Copy> PastElsewhere::copy_of(const std::string& what, const lake::Table& table,
                                               const std::string& where) {
  const auto fetch = [settings = shelf_->settings(), store = shelf_->store(), &table,
                      where](lake::LakeClient& client) -> Result<storage::SqliteDatabase> {
    DZ_TRY_ASSIGN(auto copy, empty_copy());
    DZ_TRY(lake::read_rows(client, settings, store, table, where, copy));
    return copy;
  };
  return taken(shelf_->ask(what, fetch));
}

Result<std::vector<Decision>> PastElsewhere::decisions(const DecisionQuery& query, std::vector<Decision> here) {
  DZ_TRY_ASSIGN(const auto oldest, DecisionArchive(*database_).oldest_id());
  if (oldest <= 1) return here;  // nothing was forgotten
  const auto missing = query.limit - static_cast<int>(here.size());
  if (missing <= 0) return here;
  auto older = query;
  older.limit = missing;
  if (!here.empty()) older.before_id = here.back().id;
  const auto of = older.key ? fmt::format(" AND `pubkey` = unhex('{:02X}')", fmt::join(older.key->bytes, "")) : "";
  const auto where =
      fmt::format("`id` < {}{} ORDER BY `id` DESC LIMIT 1 BY `id` LIMIT {}", older.before_id, of, missing);
  DZ_TRY_ASSIGN(const auto copy, copy_of("decisions " + where, lake::table_named("decision"), where));
  DZ_TRY_ASSIGN(auto found, DecisionArchive(*copy).find(older));
  here.insert(here.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  return here;
}

Result<StatementArchive::Grounds> PastElsewhere::grounds(std::int64_t index) {
  const auto where = fmt::format("`id` = {} LIMIT 1", index);
  DZ_TRY_ASSIGN(const auto copy, copy_of("grounds " + where, lake::table_named("statement_minutes"), where));
  return StatementArchive(*copy).grounds(index);
}

}  // namespace dz::monitor
