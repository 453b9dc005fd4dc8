#include "storage/sqlite.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>

#include <sqlite3.h>

#include "storage/checksum.h"

namespace dz::storage {
namespace {

// SQLite's own words say what it met; what to do about it stands here.
struct Advice {
  int code;
  ErrorKind kind;
  std::string_view text;
};
constexpr Advice kAdvice[] = {
    {SQLITE_CORRUPT, ErrorKind::Corrupt, "the file is damaged; put an intact copy in its place"},
    {SQLITE_NOTADB, ErrorKind::Corrupt, "it is another kind of file or damaged; put an intact copy in its place"},
    {SQLITE_CONSTRAINT, ErrorKind::Corrupt, {}},
    {SQLITE_FULL, ErrorKind::Retry, "free space on the disk"},
    {SQLITE_READONLY, ErrorKind::Retry, "let this user write the file and its folder"},
    {SQLITE_CANTOPEN, ErrorKind::Retry, "see that the folder exists and that this user may write in it"},
    {SQLITE_IOERR, ErrorKind::Retry,
     "free space on the disk, or raise the limit on files, or see the system's log "
     "for errors of the disk"},
    {SQLITE_BUSY, ErrorKind::Retry, "another program has the file in use; stop that one first"},
};

// After that, a later success says nothing of what was written before.
bool has_lost_writes(sqlite3* handle) {
  const int code = handle != nullptr ? sqlite3_extended_errcode(handle) : SQLITE_OK;
  return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

Error sqlite_error(sqlite3* handle, int code, std::string_view doing) {
  const auto advice = std::find_if(std::begin(kAdvice), std::end(kAdvice),
                                   [&](const Advice& entry) { return entry.code == (code & 0xff); });
  std::string message = std::string(doing) + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
  if (has_lost_writes(handle)) {
    return {ErrorKind::Corrupt, message +
                                    "; the disk may have lost what it took: see the system's log for its errors, "
                                    "and start again"};
  }
  if (advice == std::end(kAdvice)) return {ErrorKind::Retry, std::move(message)};
  if (!advice->text.empty()) message += "; " + std::string(advice->text);
  return {advice->kind, std::move(message)};
}

// Gathers what is short: one long piece is added faster than its parts.
class RowBytes {
 public:
  void add(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    add(ByteView{bytes});
  }
  void add(ByteView bytes) {
    if (bytes.size() > gathered_.size() - size_) spill();
    if (bytes.size() > gathered_.size()) {
      sum_->add(bytes);
    } else {
      std::copy(bytes.begin(), bytes.end(), gathered_.begin() + static_cast<std::ptrdiff_t>(size_));
      size_ += bytes.size();
    }
  }
  std::uint64_t sum() {
    if (!sum_) return checksum_of(gathered());
    spill();
    return sum_->value();
  }

 private:
  ByteView gathered() const { return ByteView{gathered_}.first(size_); }
  void spill() {
    if (!sum_) sum_.emplace();
    sum_->add(gathered());
    size_ = 0;
  }

  std::array<std::uint8_t, 512> gathered_;
  std::size_t size_ = 0;
  std::optional<Checksum> sum_;  // of what did not fit
};

// Every value with its type and length before it, so that no two rows have the same bytes.
void add_value(RowBytes& sum, sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  sum.add(static_cast<std::uint64_t>(type));
  if (type == SQLITE_NULL) return;
  if (type == SQLITE_INTEGER) {
    sum.add(static_cast<std::uint64_t>(sqlite3_value_int64(value)));
    return;
  }
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_value_blob(value));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
  sum.add(std::uint64_t{size});
  sum.add(ByteView(bytes, size));
}

void row_sum(sqlite3_context* context, int count, sqlite3_value** values) {
  RowBytes row;
  for (int i = 0; i < count; ++i) add_value(row, values[i]);
  sqlite3_result_int64(context, static_cast<sqlite3_int64>(row.sum()));
}

int prepare_connection(sqlite3* handle) {
  sqlite3_busy_timeout(handle, 5000);
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  return sqlite3_create_function_v2(handle, "row_sum", -1, kFlags, nullptr, row_sum, nullptr, nullptr, nullptr);
}

constexpr std::size_t kMostIdle = 64;

}  // namespace

// Preparing takes longer than most statements do. SQLite itself prepares one anew whose tables have changed.
class IdleStatements {
 public:
  ~IdleStatements() { close(); }
  sqlite3_stmt* take(std::string_view sql) {
    const auto found = statements_.find(sql);
    if (found == statements_.end()) return nullptr;
    auto* const statement = found->second;
    statements_.erase(found);
    return statement;
  }
  void give(sqlite3_stmt* statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (closed_ || statements_.size() >= kMostIdle) {
      sqlite3_finalize(statement);
    } else {
      statements_.emplace(sqlite3_sql(statement), statement);
    }
  }
  // Nothing is kept from here on: the connection is closed.
  void close() {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    statements_.clear();
    closed_ = true;
  }

 private:
  std::multimap<std::string, sqlite3_stmt*, std::less<>> statements_;
  bool closed_ = false;
};

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), idle_(std::move(other.idle_)) {}
SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(idle_, other.idle_);
  return *this;
}
SqliteStatement::~SqliteStatement() {
  if (statement_ != nullptr) idle_->give(statement_);
}

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

SqliteStatement& SqliteStatement::bind_row(const SqliteStatement& row) {
  for (int i = 0; i < row.columns(); ++i) {
    sqlite3_bind_value(statement_, i + 1, sqlite3_column_value(row.statement_, i));
  }
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

int SqliteStatement::columns() const { return sqlite3_column_count(statement_); }
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

SqliteDatabase::SqliteDatabase(sqlite3* handle) : handle_(handle), idle_(std::make_shared<IdleStatements>()) {}
SqliteDatabase::SqliteDatabase(SqliteDatabase&& other) noexcept
    : lock_(std::exchange(other.lock_, std::nullopt)),
      handle_(std::exchange(other.handle_, nullptr)),
      idle_(std::move(other.idle_)),
      log_sync_(std::move(other.log_sync_)) {}
SqliteDatabase& SqliteDatabase::operator=(SqliteDatabase&& other) noexcept {
  std::swap(lock_, other.lock_);
  std::swap(handle_, other.handle_);
  std::swap(idle_, other.idle_);
  std::swap(log_sync_, other.log_sync_);
  return *this;
}
SqliteDatabase::~SqliteDatabase() {
  log_sync_.reset();
  if (idle_) idle_->close();
  sqlite3_close_v2(handle_);
}

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path) {
  std::optional<FileLock> lock;
  if (path != ":memory:" && !path.empty()) {
    DZ_TRY_ASSIGN(lock, FileLock::take(path));
  }
  sqlite3* handle = nullptr;
  int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteDatabase database(handle);
  database.lock_ = std::move(lock);
  if (code == SQLITE_OK) code = prepare_connection(handle);
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(handle, code, "opening " + path));
  auto prepared = database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
  if (!prepared) return with_context("opening " + path, prepared.error());
  return database;
}

Result<SqliteDatabase> SqliteDatabase::open_to_read(const std::string& path) {
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteDatabase database(handle);
  if ((code & 0xff) == SQLITE_CANTOPEN)
    return not_found("opening " + path + ": expected a database, found no such file");
  if (code == SQLITE_OK) code = prepare_connection(handle);
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(handle, code, "opening " + path));
  return database;
}

Result<void> SqliteDatabase::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(handle_, code, "database"));
  return {};
}

Result<void> SqliteDatabase::run(std::string_view sql) {
  DZ_TRY_ASSIGN(auto statement, prepare(sql));
  return statement.run();
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) {
  if (auto* const idle = idle_->take(sql)) return SqliteStatement(idle, idle_);
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK)
    return tl::unexpected(sqlite_error(handle_, code, "database, preparing '" + std::string(sql) + "'"));
  return SqliteStatement(statement, idle_);
}

void SqliteDatabase::rollback() { sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr); }
std::int64_t SqliteDatabase::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
std::string SqliteDatabase::path() const {
  const char* name = sqlite3_db_filename(handle_, "main");
  return name == nullptr ? std::string() : std::string(name);
}

Result<void> SqliteDatabase::sync_when_asked(LogSync::Settings settings) {
  if (path().empty()) return {};
  DZ_TRY(execute("BEGIN IMMEDIATE; COMMIT"));  // the log is made with the first transaction
  DZ_TRY_ASSIGN(log_sync_, LogSync::start(path(), std::move(settings)));
  DZ_TRY(execute("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0;"));
  const auto grown = [](void* sync, sqlite3* handle, const char* name, int pages) {
    static_cast<LogSync*>(sync)->committed(handle, name, pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_, grown, log_sync_.get());
  return {};
}

void SqliteDatabase::keep_log_on_close(bool keep) {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

}  // namespace dz::storage
