#include "ledger/archive_tables.h"

#include <fmt/format.h>

#include "ledger/ledger_archive.h"
#include "storage/tip_file.h"

namespace dz::ledger {
namespace {

constexpr std::int64_t kFormat = 3;     // PRAGMA user_version. 1 had no checksums
constexpr std::int64_t kNoBatches = 2;  // that format had no table for them: each was written into the tables
constexpr const char* kSchema = R"sql(
  CREATE TABLE ledger(
    id INTEGER PRIMARY KEY CHECK (id = 1), secret BLOB NOT NULL, genesis_us INTEGER NOT NULL,
    faucet_lamports INTEGER NOT NULL, profile TEXT NOT NULL, slot INTEGER NOT NULL, transactions INTEGER NOT NULL,
    commits INTEGER NOT NULL DEFAULT 0, leaps TEXT NOT NULL DEFAULT '[]', anchors_sum INTEGER NOT NULL DEFAULT 0,
    accounts_sum INTEGER NOT NULL DEFAULT 0, transactions_sum INTEGER NOT NULL DEFAULT 0,
    mentions_sum INTEGER NOT NULL DEFAULT 0, schema_sum INTEGER NOT NULL DEFAULT 0, sum INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE anchors(
    slot INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, length_us INTEGER NOT NULL, sum INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE accounts(
    key BLOB PRIMARY KEY, lamports INTEGER NOT NULL, owner BLOB NOT NULL, executable INTEGER NOT NULL,
    data BLOB NOT NULL, sum INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE transactions(
    number INTEGER PRIMARY KEY, signature BLOB NOT NULL UNIQUE, slot INTEGER NOT NULL, bytes BLOB NOT NULL,
    error TEXT, logs TEXT NOT NULL, fee INTEGER NOT NULL, units INTEGER NOT NULL, pre_balances TEXT NOT NULL,
    post_balances TEXT NOT NULL, sum INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX transactions_by_slot ON transactions(slot);
  CREATE TABLE mentions(address BLOB NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(address, number)) WITHOUT ROWID;
  CREATE TABLE batches(
    number INTEGER PRIMARY KEY, previous INTEGER NOT NULL, bytes BLOB NOT NULL, sum INTEGER NOT NULL);
  PRAGMA user_version = 3;
)sql";

// What a file of format 2 lacks. It is a commit of its own.
constexpr const char* kToFormat3 = R"sql(
  CREATE TABLE batches(
    number INTEGER PRIMARY KEY, previous INTEGER NOT NULL, bytes BLOB NOT NULL, sum INTEGER NOT NULL);
  UPDATE ledger SET commits = commits + 1;
  PRAGMA user_version = 3;
)sql";

// What a file of format 1 lacks.
constexpr const char* kToFormat2 = R"sql(
  ALTER TABLE ledger ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ledger ADD COLUMN leaps TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE ledger ADD COLUMN anchors_sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ledger ADD COLUMN accounts_sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ledger ADD COLUMN transactions_sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ledger ADD COLUMN mentions_sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ledger ADD COLUMN schema_sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ledger ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE anchors ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE accounts ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE transactions ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
  PRAGMA user_version = 2;
)sql";

constexpr std::string_view kWhatToDo =
    "the file is damaged; put an intact copy of it in its place (doublezero-ledger --verify FILE tells whether a copy "
    "is), or give --data another folder for a new ledger";

Result<std::int64_t> number_of(storage::SqliteDatabase& database, std::string_view sql) {
  DZ_TRY_ASSIGN(auto query, database.prepare(sql));
  DZ_TRY_ASSIGN(const bool found, query.step());
  return found ? query.integer(0) : 0;
}

tl::unexpected<Error> other_format(std::int64_t found, std::string_view what_to_do) {
  return fail(ErrorKind::Unsupported,
              fmt::format("expected a ledger of format {}, found format {}; {}", kFormat, found, what_to_do));
}

Result<void> to_format_2(storage::SqliteDatabase& database) {
  DZ_TRY(check_structure(database));
  DZ_TRY(database.execute(kToFormat2));
  for (const auto& table : {kAnchors, kAccounts, kTransactions}) DZ_TRY(sum_rows(database, table));
  DZ_TRY_ASSIGN(const auto rows, number_of(database, "SELECT count(*) FROM ledger"));
  if (rows == 0) return {};  // its first state was never written
  DZ_TRY_ASSIGN(auto put, database.prepare("UPDATE ledger SET anchors_sum = ?, accounts_sum = ?, transactions_sum = ?, "
                                           "mentions_sum = ?, schema_sum = ?"));
  int column = 0;
  for (const auto& table : {kAnchors, kAccounts, kTransactions, kMentions}) {
    DZ_TRY_ASSIGN(const auto total, total_of(database, table));
    put.bind(++column, static_cast<std::int64_t>(total));
  }
  DZ_TRY_ASSIGN(const auto schema, schema_sum(database));
  DZ_TRY(put.bind(++column, static_cast<std::int64_t>(schema)).run());
  return sum_rows(database, kLedger);
}

Result<void> check_total(std::string_view table, std::uint64_t expected, std::uint64_t found) {
  if (expected == found) return {};
  return corrupt(
      fmt::format("table {}: expected the rows that were written, found that some are missing or too many", table));
}

// The batches that are not in the tables yet follow each other without a gap, from the state of the tables on.
Result<storage::Tip> check_batches(storage::SqliteDatabase& database, storage::Tip tip) {
  DZ_TRY(check_rows(database, kBatches));
  DZ_TRY_ASSIGN(auto row, database.prepare("SELECT number, previous, sum FROM batches ORDER BY number"));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, row.step());
    if (!more) return tip;
    if (from_sql(row.integer(0)) != tip.commit + 1 || from_sql(row.integer(1)) != tip.sum) {
      return corrupt(fmt::format("table batches: expected the one after commit {}, found another", tip.commit));
    }
    tip = {tip.commit + 1, from_sql(row.integer(2))};
  }
}

Result<void> check_contents(storage::SqliteDatabase& database, const std::string& path,
                            const std::function<void(std::string_view)>& say) {
  say("structure");
  DZ_TRY(check_structure(database));
  say("table ledger");
  DZ_TRY(check_rows(database, kLedger));
  DZ_TRY_ASSIGN(const auto rows, number_of(database, "SELECT count(*) FROM ledger"));
  if (rows == 0) return storage::check_tip(path, {});  // its first state was never written
  DZ_TRY_ASSIGN(const auto root, read_root(database));
  storage::Tip last{root.commits, root.sum};
  DZ_TRY_ASSIGN(const auto format, number_of(database, "PRAGMA user_version"));
  if (format != kNoBatches) {
    say("table batches");
    DZ_TRY_ASSIGN(last, check_batches(database, last));
  }
  DZ_TRY(storage::check_tip(path, last));
  DZ_TRY_ASSIGN(const auto schema, schema_sum(database));
  DZ_TRY(check_total("sqlite_master (the definitions of the tables)", root.schema_sum, schema));
  const std::pair<storage::CheckedTable, std::uint64_t> tables[] = {
      {kAnchors, root.anchors_sum}, {kAccounts, root.accounts_sum}, {kTransactions, root.transactions_sum}};
  for (const auto& [table, expected] : tables) {
    say(fmt::format("table {}", table.name));
    DZ_TRY_ASSIGN(const auto found, check_rows(database, table));
    DZ_TRY(check_total(table.name, expected, found));
  }
  say("table mentions");
  DZ_TRY_ASSIGN(const auto mentions, total_of(database, kMentions));
  return check_total(kMentions.name, root.mentions_sum, mentions);
}

Result<void> to_format_3(storage::SqliteDatabase& database) {
  DZ_TRY(database.execute(kToFormat3));
  DZ_TRY_ASSIGN(const auto schema, schema_sum(database));
  DZ_TRY_ASSIGN(auto put, database.prepare("UPDATE ledger SET schema_sum = ?"));
  DZ_TRY(put.bind(1, static_cast<std::int64_t>(schema)).run());
  return sum_rows(database, kLedger);
}

// A new file, which has nothing in it, is made only where no ledger was before.
Result<void> make_tables(storage::SqliteDatabase& database, const std::string& path) {
  DZ_TRY_ASSIGN(const auto tables, number_of(database, "SELECT count(*) FROM sqlite_master"));
  if (tables > 0) return refused("expected a ledger or no file, found another SQLite database; move it away");
  DZ_TRY(storage::check_tip(path, {}));
  return in_transaction(database, [&] { return database.execute(kSchema); });
}

}  // namespace

Result<Root> read_root(storage::SqliteDatabase& database) {
  DZ_TRY_ASSIGN(auto row, database.prepare("SELECT slot, transactions, commits, leaps, anchors_sum, accounts_sum, "
                                           "transactions_sum, mentions_sum, schema_sum, sum FROM ledger"));
  DZ_TRY(row.step());
  const auto number = [&](int column) { return from_sql(row.integer(column)); };
  return Root{.slot = {number(0)},
              .transactions = number(1),
              .commits = number(2),
              .leaps = std::string(row.text(3)),
              .anchors_sum = number(4),
              .accounts_sum = number(5),
              .transactions_sum = number(6),
              .mentions_sum = number(7),
              .schema_sum = number(8),
              .sum = number(9)};
}

Result<std::uint64_t> schema_sum(storage::SqliteDatabase& database) {
  return total_of(database, {"sqlite_master", "type, name, tbl_name, sql"});
}

Result<void> prepare_tables(storage::SqliteDatabase& database, const std::string& path) {
  DZ_TRY_ASSIGN(const auto format, number_of(database, "PRAGMA user_version"));
  if (format == 0) return make_tables(database, path);
  if (format < 0 || format > kFormat) {
    return other_format(format,
                        "start the version of doublezero-ledger that wrote it, or give --data another folder "
                        "for a new ledger");
  }
  if (format == 1) {
    auto done = in_transaction(database, [&] { return to_format_2(database); });
    if (!done) return with_context("bringing it to format 2", done.error());
  }
  DZ_TRY(check_tables(database, path, [](std::string_view) {}));
  if (format == kFormat) return {};
  auto done = in_transaction(database, [&] { return to_format_3(database); });
  return done ? done : Result<void>(with_context("bringing it to format 3", done.error()));
}

Result<void> check_tables(storage::SqliteDatabase& database, const std::string& path,
                          const std::function<void(std::string_view)>& say) {
  auto checked = check_contents(database, path, say);
  if (!checked && checked.error().kind == ErrorKind::Corrupt) checked.error().message += ". " + std::string(kWhatToDo);
  return checked;
}

Result<void> verify_sqlite_archive(const std::string& path, const std::function<void(std::string_view)>& say) {
  DZ_TRY_ASSIGN(auto database, storage::SqliteDatabase::open_to_read(path));
  DZ_TRY(database.execute("BEGIN"));  // one view of it, whoever writes
  DZ_TRY_ASSIGN(const auto format, number_of(database, "PRAGMA user_version"));
  if (format == 1) {
    return other_format(format, "which has no checksums; a doublezero-ledger that starts on it adds them");
  }
  if (format == 0) DZ_TRY(storage::check_tip(path, {}));  // all of it was in the log, and that is gone
  if (format != kFormat && format != kNoBatches) return other_format(format, "name the ledger.db of a ledger");
  return check_tables(database, path, say);
}

}  // namespace dz::ledger
