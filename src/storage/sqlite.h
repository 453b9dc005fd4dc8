// SQLite as values and Results: the only code that calls its C interface. One connection, one thread. A database is
// opened for durability: WAL, synchronous=FULL, so a committed transaction survives a power cut, unless its owner says
// that it asks for that itself (sync_when_asked). One process at a time may write a file.
//
// SQL on every connection knows row_sum(value, ...): a checksum of its arguments, with their types. A table that keeps
// row_sum of its other columns beside them notices when a row is not what was written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "storage/file_lock.h"
#include "storage/log_sync.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dz::storage {

class IdleStatements;  // what a connection has prepared and nobody uses at the moment; in sqlite.cpp

// A prepared statement, used again and again: bind, then step until it says no more, which also resets it.
class SqliteStatement {
 public:
  SqliteStatement(SqliteStatement&&) noexcept;
  SqliteStatement& operator=(SqliteStatement&&) noexcept;
  ~SqliteStatement();

  // Parameters by position from 1; blobs and texts are copied.
  SqliteStatement& bind(int position, std::int64_t value);
  SqliteStatement& bind(int position, std::string_view text);
  SqliteStatement& bind(int position, ByteView blob);
  SqliteStatement& bind_null(int position);
  // All parameters, from the columns of another statement's present row, whatever their types.
  SqliteStatement& bind_row(const SqliteStatement& row);

  // True: a row is there to read. False: done, and ready to be bound again.
  Result<bool> step();
  // For statements without rows.
  Result<void> run();
  // Leaves a query before its last row.
  void reset();

  // Columns from 0, of the present row. Views are valid until the next step.
  int columns() const;
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  ByteView blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class SqliteDatabase;
  SqliteStatement(sqlite3_stmt* statement, std::shared_ptr<IdleStatements> idle)
      : statement_(statement), idle_(std::move(idle)) {}
  sqlite3_stmt* statement_ = nullptr;
  std::shared_ptr<IdleStatements> idle_;  // where it goes when this object does
};

class SqliteDatabase {
 public:
  // Created when missing. ":memory:" is allowed; an empty path: a file of SQLite's own that goes with this object. Refused: another process has it, and the message says which. Corrupt:
  // not a database.
  static Result<SqliteDatabase> open(const std::string& path);
  // Changes nothing; another process may have it open and write. NotFound: there is no such file.
  static Result<SqliteDatabase> open_to_read(const std::string& path);
  SqliteDatabase(SqliteDatabase&&) noexcept;
  SqliteDatabase& operator=(SqliteDatabase&&) noexcept;
  ~SqliteDatabase();

  Result<void> execute(const std::string& sql);  // one or several statements without parameters
  // A statement that was prepared before and is not in use any more is given again, so it may be asked for each time.
  Result<SqliteStatement> prepare(std::string_view sql);
  Result<void> begin() { return run("BEGIN IMMEDIATE"); }
  Result<void> commit() { return run("COMMIT"); }
  void rollback();
  std::int64_t last_row_id() const;
  std::string path() const;  // empty when it is in memory
  // From now on a commit does not wait for the disk; who needs that asks log_sync(). Nothing changes for one in memory.
  Result<void> sync_when_asked(LogSync::Settings settings = {});
  LogSync* log_sync() const { return log_sync_.get(); }  // null: every commit waits
  // Closing writes the log (PATH-wal) into the file, unless it is kept: until the file is known to be whole.
  void keep_log_on_close(bool keep);

 private:
  explicit SqliteDatabase(sqlite3* handle);
  Result<void> run(std::string_view sql);
  std::optional<FileLock> lock_;  // of a file that may be written; released after the file is closed
  sqlite3* handle_ = nullptr;
  std::shared_ptr<IdleStatements> idle_;
  std::unique_ptr<LogSync> log_sync_;
};

// All or nothing: commits when work() succeeds, rolls back when it fails.
template <typename Work>
Result<void> in_transaction(SqliteDatabase& database, Work&& work) {
  DZ_TRY(database.begin());
  if (Result<void> done = work(); !done) {
    database.rollback();
    return done;
  }
  if (auto committed = database.commit(); !committed) {
    database.rollback();
    return committed;
  }
  return {};
}

}  // namespace dz::storage
