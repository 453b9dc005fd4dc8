#include "storage/sqlite.h"

#include <utility>

#include <sqlite3.h>

namespace dz::storage {
namespace {

Error sqlite_error(sqlite3* handle, int code, std::string_view doing) {
  ErrorKind kind = ErrorKind::Retry;
  const int primary = code & 0xff;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_CONSTRAINT) kind = ErrorKind::Corrupt;
  const std::string reason = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  return {kind, std::string(doing) + ": " + reason};
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)) {}
SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}
SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

SqliteStatement& SqliteStatement::bind(int position, std::int64_t value) {
  sqlite3_bind_int64(statement_, position, value);
  return *this;
}
SqliteStatement& SqliteStatement::bind(int position, std::string_view text) {
  sqlite3_bind_text64(statement_, position, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
SqliteStatement& SqliteStatement::bind(int position, ByteView blob) {
  // A null pointer would bind NULL, and an empty blob is not NULL.
  static constexpr std::uint8_t kNothing = 0;
  sqlite3_bind_blob64(statement_, position, blob.empty() ? &kNothing : blob.data(), blob.size(), SQLITE_TRANSIENT);
  return *this;
}
SqliteStatement& SqliteStatement::bind_null(int position) {
  sqlite3_bind_null(statement_, position);
  return *this;
}

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  const auto error = code == SQLITE_DONE ? Error{} : sqlite_error(sqlite3_db_handle(statement_), code, "database");
  reset();
  if (code == SQLITE_DONE) return false;
  return tl::unexpected(error);
}

Result<void> SqliteStatement::run() {
  const auto stepped = step();
  if (!stepped) return tl::unexpected(stepped.error());
  if (*stepped) reset();
  return {};
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t SqliteStatement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
bool SqliteStatement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::string_view SqliteStatement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return data == nullptr ? std::string_view{}
                         : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

ByteView SqliteStatement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return data == nullptr ? ByteView{}
                         : ByteView(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

SqliteDatabase::SqliteDatabase(SqliteDatabase&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
SqliteDatabase& SqliteDatabase::operator=(SqliteDatabase&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}
SqliteDatabase::~SqliteDatabase() { sqlite3_close_v2(handle_); }

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteDatabase database(handle);
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(handle, code, "opening " + path));
  sqlite3_busy_timeout(handle, 5000);
  auto prepared = database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
  if (!prepared) return with_context("opening " + path, prepared.error());
  return database;
}

Result<SqliteDatabase> SqliteDatabase::open_to_read(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteDatabase database(handle);
  if ((code & 0xff) == SQLITE_CANTOPEN)
    return not_found("opening " + path + ": expected a database, found no such file");
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(handle, code, "opening " + path));
  sqlite3_busy_timeout(handle, 5000);
  return database;
}

Result<void> SqliteDatabase::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(handle_, code, "database"));
  return {};
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK)
    return tl::unexpected(sqlite_error(handle_, code, "database, preparing '" + std::string(sql) + "'"));
  return SqliteStatement(statement);
}

void SqliteDatabase::rollback() { sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr); }
std::int64_t SqliteDatabase::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }

}  // namespace dz::storage
