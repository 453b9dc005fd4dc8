#include "storage/salvage.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "storage/row_checks.h"

namespace dz::storage {
namespace {

namespace fs = std::filesystem;

struct Definition {
  std::string type, name, sql;
};

// As far as they can be read.
std::vector<Definition> definitions(SqliteDatabase& from) {
  std::vector<Definition> found;
  auto query =
      from.prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'");
  if (!query) return found;
  for (;;) {
    const auto more = query->step();
    if (!more || !*more) return found;
    found.push_back({std::string(query->text(0)), std::string(query->text(1)), std::string(query->text(2))});
  }
}

// True: to the last row. False: up to one that cannot be read. Fails when `to` cannot be written.
Result<bool> copy_rows(SqliteDatabase& from, SqliteDatabase& to, const std::string& table) {
  auto select = from.prepare(fmt::format("SELECT * FROM \"{}\"", table));
  if (!select) return false;
  std::string places = "?";
  for (int i = 1; i < select->columns(); ++i) places += ", ?";
  auto insert = to.prepare(fmt::format("INSERT OR IGNORE INTO \"{}\" VALUES({})", table, places));
  if (!insert) return false;
  for (;;) {
    const auto more = select->step();
    if (!more) return false;
    if (!*more) return true;
    DZ_TRY(insert->bind_row(*select).run());
  }
}

// From both ends, so that one page that cannot be read costs no more than what it holds.
Result<void> copy_table(SqliteDatabase& from, SqliteDatabase& to, const std::string& table) {
  DZ_TRY_ASSIGN(const bool whole, copy_rows(from, to, table));
  if (whole) return {};
  (void)from.execute("PRAGMA reverse_unordered_selects = ON");
  const auto rest = copy_rows(from, to, table);
  (void)from.execute("PRAGMA reverse_unordered_selects = OFF");
  return rest ? Result<void>{} : tl::unexpected(rest.error());
}

Result<void> copy_all(SqliteDatabase& from, SqliteDatabase& to) {
  const auto all = definitions(from);
  return in_transaction(to, [&]() -> Result<void> {
    for (const auto& [type, name, sql] : all) {
      if (type == "table" && to.execute(sql)) DZ_TRY(copy_table(from, to, name));
    }
    for (const auto& [type, name, sql] : all) {
      if (type != "table") (void)to.execute(sql);  // its owner makes those that it needs
    }
    return {};
  });
}

void remove_database(const std::string& path) {
  std::error_code ignored;
  for (const auto* suffix : {"", "-wal", "-shm", "-lock"}) fs::remove(path + suffix, ignored);
}

Result<void> move_database(const std::string& from, const std::string& to) {
  std::error_code error;
  for (const auto* suffix : {"-wal", "-shm", ""}) {
    if (!fs::exists(from + suffix)) continue;
    fs::rename(from + suffix, to + suffix, error);
    if (error) return fail(ErrorKind::Retry, fmt::format("moving {}{} to {}: {}", from, suffix, to, error.message()));
  }
  return {};
}

std::string free_name(const std::string& path) {
  for (int i = 1;; ++i) {
    auto name = fmt::format("{}.damaged-{}", path, i);
    if (!fs::exists(name)) return name;
  }
}

// In a file of its own; nothing: there is nothing that could be read.
Result<void> copy_to(const std::string& copy, Result<SqliteDatabase>& damaged) {
  remove_database(copy);
  DZ_TRY_ASSIGN(auto to, SqliteDatabase::open(copy));
  if (damaged) DZ_TRY(copy_all(*damaged, to));
  return {};
}

}  // namespace

Result<Salvaged> open_or_salvage(const std::string& path) {
  auto opened = SqliteDatabase::open(path);
  const auto whole = opened ? check_structure(*opened) : Result<void>{};
  if (opened && whole) return Salvaged{std::move(*opened), {}};
  const auto why = opened ? whole.error() : opened.error();
  if (why.kind != ErrorKind::Corrupt) return tl::unexpected(why);
  const auto copy = path + ".salvaged";
  if (auto copied = copy_to(copy, opened); !copied) {
    remove_database(copy);
    return with_context(fmt::format("{} is damaged ({}), and copying what can be read of it", path, why.message),
                        copied.error());
  }
  if (opened) opened->keep_log_on_close(true);
  opened = tl::unexpected(why);  // closes it
  const auto aside = free_name(path);
  DZ_TRY(move_database(path, aside));
  DZ_TRY(move_database(copy, path));
  remove_database(copy);
  DZ_TRY_ASSIGN(auto database, SqliteDatabase::open(path));
  return Salvaged{std::move(database),
                  {fmt::format("{} was damaged ({}); it is kept as {}, and what could be read of it is used", path,
                               why.message, aside)}};
}

}  // namespace dz::storage
