#include "monitor/monitor_archive.h"

#include "history/history_archive.h"

namespace dz::monitor {
namespace {

// 1: closed minutes in the table `minute`, as good, bad or unobserved only. 2: memories without the state they saw.
// 3: rows without checksums. 4: statements with their bytes, which are in the log too; they are read as they are.
constexpr int kFormat = 5, kOldestToRead = 4;
constexpr std::string_view kSchema =
    "CREATE TABLE IF NOT EXISTS monitor_format(version INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS memory(pubkey BLOB PRIMARY KEY, e_known_at INTEGER, own_health INTEGER, tried_health "
    "INTEGER, status INTEGER, desired_status INTEGER, own_written INTEGER NOT NULL DEFAULT 0, reset_to INTEGER, "
    "reset_reason INTEGER, sum INTEGER NOT NULL DEFAULT 0)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS network(profile TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS seen_slot(genesis TEXT PRIMARY KEY, slot INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS decision(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, slot INTEGER NOT NULL, pubkey "
    "BLOB NOT NULL,"
    " kind INTEGER NOT NULL, code TEXT NOT NULL, from_health INTEGER NOT NULL, to_health INTEGER NOT NULL, reason TEXT "
    "NOT NULL,"
    " sentence TEXT NOT NULL, findings TEXT NOT NULL, signature TEXT NOT NULL, policy TEXT NOT NULL, sum INTEGER "
    "NOT NULL DEFAULT 0);"
    "CREATE INDEX IF NOT EXISTS decision_by_record ON decision(pubkey, id);"
    "CREATE INDEX IF NOT EXISTS decision_by_time ON decision(at);"
    // Of format 1: read by people, and forgotten in time.
    "CREATE TABLE IF NOT EXISTS minute(minute INTEGER NOT NULL, subject TEXT NOT NULL, states TEXT NOT NULL,"
    " PRIMARY KEY(minute, subject)) WITHOUT ROWID;";

// What a file of format 2 or before lacks.
constexpr std::string_view kToFormat3 =
    "ALTER TABLE memory ADD COLUMN status INTEGER; ALTER TABLE memory ADD COLUMN desired_status INTEGER;"
    "ALTER TABLE memory ADD COLUMN own_written INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE memory ADD COLUMN reset_to INTEGER; ALTER TABLE memory ADD COLUMN reset_reason INTEGER;";

// What a file of format 3 or before lacks.
Result<void> to_format4(storage::SqliteDatabase& database) {
  DZ_TRY(add_sums(database, kMemoryTable));
  DZ_TRY(add_sums(database, kDecisionTable));
  return history::history_to_format4(database);
}

tl::unexpected<Error> other_format(std::int64_t found, std::string_view what_to_do) {
  return fail(ErrorKind::Unsupported, "monitor store: expected format " + std::to_string(kFormat) + ", found " +
                                          std::to_string(found) + "; " + std::string(what_to_do));
}

}  // namespace

Result<MonitorArchive> MonitorArchive::open(storage::SqliteDatabase& database) {
  auto ready = in_transaction(database, [&]() -> Result<void> {
    DZ_TRY(database.execute(std::string(kSchema)));
    DZ_TRY_ASSIGN(auto query, database.prepare("SELECT version FROM monitor_format"));
    DZ_TRY_ASSIGN(const bool found, query.step());
    const auto format = found ? query.integer(0) : kFormat;
    query.reset();
    if (format < 1 || format > kFormat) {
      return other_format(format, "run the version that wrote it, or start with an empty data folder");
    }
    DZ_TRY(database.execute(std::string(StatementArchive::schema())));
    DZ_TRY(database.execute(std::string(history::history_schema())));
    if (format < 3) DZ_TRY(database.execute(std::string(kToFormat3)));
    if (format == 2) DZ_TRY(database.execute(std::string(history::history_to_format3())));
    if (format < 4) DZ_TRY(to_format4(database));
    if (found && format == kFormat) return {};  // nothing is written, so that a full disk keeps nobody from starting
    return database.execute("DELETE FROM monitor_format; INSERT INTO monitor_format VALUES(" + std::to_string(kFormat) +
                            ")");
  });
  if (!ready) return tl::unexpected(ready.error());
  return MonitorArchive(database);
}

Result<MonitorArchive> MonitorArchive::open_to_read(storage::SqliteDatabase& database) {
  DZ_TRY_ASSIGN(auto query, database.prepare("SELECT version FROM monitor_format"));
  DZ_TRY_ASSIGN(const bool found, query.step());
  const auto format = found ? query.integer(0) : 0;
  if (format < kOldestToRead)
    return other_format(format, "start doublezero-monitor on it once, which brings it up to date");
  if (format > kFormat) return other_format(format, "run the version that wrote it");
  return MonitorArchive(database);
}

Result<std::optional<std::string>> MonitorArchive::load_profile() {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT profile FROM network"));
  DZ_TRY_ASSIGN(const bool found, query.step());
  return found ? std::optional(std::string(query.text(0))) : std::nullopt;
}

Result<void> MonitorArchive::save_profile(std::string_view name) {
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY(database_->execute("DELETE FROM network"));
    DZ_TRY_ASSIGN(auto add, database_->prepare("INSERT INTO network VALUES(?)"));
    return add.bind(1, name).run();
  });
}

Result<std::optional<Slot>> MonitorArchive::load_slot(const wire::Blockhash& genesis) {
  DZ_TRY_ASSIGN(auto query, database_->prepare("SELECT slot FROM seen_slot WHERE genesis = ?"));
  query.bind(1, to_text(genesis));
  DZ_TRY_ASSIGN(const bool found, query.step());
  return found ? std::optional(Slot{static_cast<std::uint64_t>(query.integer(0))}) : std::nullopt;
}

Result<void> MonitorArchive::save_slot(const wire::Blockhash& genesis, Slot slot) {
  DZ_TRY_ASSIGN(auto put, database_->prepare("INSERT OR REPLACE INTO seen_slot VALUES(?, ?)"));
  return put.bind(1, to_text(genesis)).bind(2, static_cast<std::int64_t>(slot.value)).run();
}

Result<void> MonitorArchive::forget_before(Timestamp oldest) {
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY(decisions_.forget_before(oldest));
    DZ_TRY(statements_.forget_minutes_before(oldest));
    DZ_TRY_ASSIGN(auto minutes, database_->prepare("DELETE FROM minute WHERE minute < ?"));
    return minutes.bind(1, std::int64_t{minute_of(oldest).time_since_epoch().count()}).run();
  });
}

}  // namespace dz::monitor
