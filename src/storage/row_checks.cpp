#include "storage/row_checks.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::storage {
namespace {

std::string_view first_column(const CheckedTable& table) { return table.columns.substr(0, table.columns.find(',')); }

// The first row that is not what was written, by its first column as SQL shows values.
Error damaged_row(SqliteDatabase& database, const CheckedTable& table) {
  std::string row = "unknown";
  if (auto query = database.prepare(fmt::format("SELECT quote({}) FROM {} WHERE NOT {} LIMIT 1", first_column(table),
                                                table.name, intact_sql(table)))) {
    if (const auto found = query->step(); found && *found) row = query->text(0);
  }
  return {ErrorKind::Corrupt, fmt::format("table {}, the row with {} {}: expected what was written, found other "
                                          "content (its checksum differs)",
                                          table.name, first_column(table), row)};
}

}  // namespace

std::string sum_sql(const CheckedTable& table) { return fmt::format("row_sum('{}', {})", table.name, table.columns); }

std::string intact_sql(const CheckedTable& table) { return "sum IS " + sum_sql(table); }

std::string insert_sql(const CheckedTable& table, std::string_view verb) {
  std::string values;
  const auto count = 1 + std::count(table.columns.begin(), table.columns.end(), ',');
  for (std::ptrdiff_t i = 1; i <= count; ++i) values += fmt::format("{}?{}", i == 1 ? "" : ", ", i);
  return fmt::format("{0} INTO {1}({2}, sum) VALUES({3}, row_sum('{1}', {3}))", verb, table.name, table.columns,
                     values);
}

Result<std::uint64_t> check_rows(SqliteDatabase& database, const CheckedTable& table) {
  DZ_TRY_ASSIGN(auto query, database.prepare(fmt::format("SELECT {}, sum FROM {}", sum_sql(table), table.name)));
  std::uint64_t total = 0;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return total;
    if (query.is_null(1) || query.integer(0) != query.integer(1)) {
      query.reset();
      return tl::unexpected(damaged_row(database, table));
    }
    total += static_cast<std::uint64_t>(query.integer(0));
  }
}

Result<std::uint64_t> total_of(SqliteDatabase& database, const CheckedTable& table) {
  DZ_TRY_ASSIGN(auto query, database.prepare(fmt::format("SELECT {} FROM {}", sum_sql(table), table.name)));
  std::uint64_t total = 0;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) return total;
    total += static_cast<std::uint64_t>(query.integer(0));
  }
}

Result<void> sum_rows(SqliteDatabase& database, const CheckedTable& table) {
  return database.execute(fmt::format("UPDATE {} SET sum = {}", table.name, sum_sql(table)));
}

Result<bool> has_column(SqliteDatabase& database, std::string_view table, std::string_view column) {
  DZ_TRY_ASSIGN(auto query, database.prepare("SELECT count(*) FROM pragma_table_info(?) WHERE name = ?"));
  DZ_TRY(query.bind(1, table).bind(2, column).step());
  return query.integer(0) > 0;
}

Result<void> add_sums(SqliteDatabase& database, const CheckedTable& table) {
  DZ_TRY_ASSIGN(const bool present, has_column(database, table.name, "sum"));
  if (present) return {};
  DZ_TRY(database.execute(fmt::format("ALTER TABLE {} ADD COLUMN sum INTEGER NOT NULL DEFAULT 0", table.name)));
  return sum_rows(database, table);
}

Result<void> check_structure(SqliteDatabase& database) {
  DZ_TRY_ASSIGN(auto query, database.prepare("PRAGMA integrity_check(1)"));
  DZ_TRY_ASSIGN(const bool found, query.step());
  const std::string answer(found ? query.text(0) : "no answer");
  query.reset();
  if (answer == "ok") return {};
  return corrupt("its pages, tables and indexes contradict each other (" + answer + ")");
}

}  // namespace dz::storage
