#include <bit>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "ledger/ledger_archive.h"
#include "storage/sqlite.h"

namespace dz::ledger {

namespace {

namespace json = boost::json;

constexpr std::int64_t kFormat = 1;  // PRAGMA user_version
constexpr const char* kSchema = R"sql(
  CREATE TABLE ledger(
    id INTEGER PRIMARY KEY CHECK (id = 1), secret BLOB NOT NULL, genesis_us INTEGER NOT NULL,
    faucet_lamports INTEGER NOT NULL, profile TEXT NOT NULL, slot INTEGER NOT NULL, transactions INTEGER NOT NULL);
  CREATE TABLE anchors(slot INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, length_us INTEGER NOT NULL);
  CREATE TABLE accounts(
    key BLOB PRIMARY KEY, lamports INTEGER NOT NULL, owner BLOB NOT NULL, executable INTEGER NOT NULL,
    data BLOB NOT NULL);
  CREATE TABLE transactions(
    number INTEGER PRIMARY KEY, signature BLOB NOT NULL UNIQUE, slot INTEGER NOT NULL, bytes BLOB NOT NULL,
    error TEXT, logs TEXT NOT NULL, fee INTEGER NOT NULL, units INTEGER NOT NULL, pre_balances TEXT NOT NULL,
    post_balances TEXT NOT NULL);
  CREATE INDEX transactions_by_slot ON transactions(slot);
  CREATE TABLE mentions(address BLOB NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(address, number)) WITHOUT ROWID;
  PRAGMA user_version = 1;
)sql";

// SQLite's integers are signed: the same 64 bits.
std::int64_t to_sql(std::uint64_t number) { return std::bit_cast<std::int64_t>(number); }
std::uint64_t from_sql(std::int64_t number) { return std::bit_cast<std::uint64_t>(number); }
std::int64_t to_sql(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp time_from_sql(std::int64_t micros) { return Timestamp{Duration{micros}}; }

template <std::size_t N>
Result<void> read_array(ByteView blob, std::array<std::uint8_t, N>& out) {
  if (blob.size() != N) return corrupt(fmt::format("expected a column of {} bytes, found {}", N, blob.size()));
  std::copy(blob.begin(), blob.end(), out.begin());
  return {};
}

template <typename T>
std::string list_text(const std::vector<T>& list) {
  json::array array;
  for (const auto& item : list) array.emplace_back(item);
  return json::serialize(array);
}

Result<json::value> parse_text(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse({text.data(), text.size()}, error);
  if (error) return corrupt("expected a column of JSON: " + error.message());
  return value;
}

template <typename T, typename Convert>
Result<std::vector<T>> parse_list(std::string_view text, Convert convert) {
  DZ_TRY_ASSIGN(const json::value value, parse_text(text));
  const auto* array = value.if_array();
  if (array == nullptr) return corrupt("expected a column with a JSON list");
  std::vector<T> out;
  for (const auto& item : *array) {
    boost::system::error_code error;
    out.push_back(convert(item, error));
    if (error) return corrupt("expected another kind of value in a JSON list");
  }
  return out;
}

Result<std::vector<std::string>> parse_texts(std::string_view text) {
  return parse_list<std::string>(text, [](const json::value& item, boost::system::error_code& error) {
    const auto* string = item.if_string();
    if (string == nullptr) error = json::make_error_code(json::error::not_string);
    return string == nullptr ? std::string{} : std::string(*string);
  });
}

Result<std::vector<std::uint64_t>> parse_numbers(std::string_view text) {
  return parse_list<std::uint64_t>(text, [](const json::value& item, boost::system::error_code& error) {
    return item.to_number<std::uint64_t>(error);
  });
}

Result<std::optional<wire::TransactionError>> parse_error_column(const storage::SqliteStatement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  DZ_TRY_ASSIGN(const json::value value, parse_text(row.text(column)));
  DZ_TRY_ASSIGN(const wire::TransactionError error, wire::parse_transaction_error(value));
  return error;
}

constexpr std::string_view kRecordColumns =
    "SELECT signature, slot, bytes, error, logs, fee, units, pre_balances, post_balances FROM transactions ";

Result<TransactionRecord> read_record(const storage::SqliteStatement& row) {
  TransactionRecord record;
  DZ_TRY(read_array(row.blob(0), record.signature.bytes));
  record.slot = {from_sql(row.integer(1))};
  record.bytes.assign(row.blob(2).begin(), row.blob(2).end());
  DZ_TRY_ASSIGN(record.error, parse_error_column(row, 3));
  DZ_TRY_ASSIGN(record.logs, parse_texts(row.text(4)));
  record.fee = from_sql(row.integer(5));
  record.units_consumed = from_sql(row.integer(6));
  DZ_TRY_ASSIGN(record.pre_balances, parse_numbers(row.text(7)));
  DZ_TRY_ASSIGN(record.post_balances, parse_numbers(row.text(8)));
  DZ_TRY_ASSIGN(const wire::Transaction transaction, wire::parse_transaction(record.bytes));
  record.addresses = transaction.message.account_keys;
  return record;
}

class SqliteArchive final : public LedgerArchive {
 public:
  explicit SqliteArchive(storage::SqliteDatabase database) : database_(std::move(database)) {}
  Result<void> prepare();

  Result<std::optional<Snapshot>> load() override;
  Result<void> create(const Snapshot& snapshot) override;
  Result<void> commit(const Batch& batch) override;
  Result<std::optional<TransactionRecord>> find(const wire::Signature& signature) override;
  Result<std::vector<TransactionRecord>> find_by_address(const Pubkey& address, const Range& range) override;

 private:
  Result<void> load_ledger(Snapshot& snapshot);
  Result<void> load_recent(Snapshot& snapshot);
  Result<void> write_anchor(const SlotAnchor& anchor);
  Result<void> write_account(const Pubkey& key, const wire::Account& account);
  Result<void> write_transaction(const TransactionRecord& record);
  Result<void> forget(Slot before, std::size_t at_most);
  Result<std::optional<std::int64_t>> number_of(const std::optional<wire::Signature>& signature);

  storage::SqliteDatabase database_;
  std::optional<storage::SqliteStatement> put_account_, drop_account_, put_anchor_, put_transaction_, put_mention_,
      put_slot_;
  std::optional<storage::SqliteStatement> get_oldest_, drop_transaction_, drop_mention_;
  std::optional<storage::SqliteStatement> get_record_, get_number_, get_by_address_;
};

Result<void> SqliteArchive::prepare() {
  const std::pair<std::optional<storage::SqliteStatement>*, std::string> statements[] = {
      {&put_account_,
       "INSERT INTO accounts VALUES(?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET lamports = "
       "excluded.lamports, owner = excluded.owner, executable = excluded.executable, data = excluded.data"},
      {&drop_account_, "DELETE FROM accounts WHERE key = ?"},
      {&put_anchor_, "INSERT INTO anchors VALUES(?, ?, ?)"},
      {&put_transaction_, "INSERT INTO transactions VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      {&put_mention_, "INSERT INTO mentions VALUES(?, ?)"},
      {&put_slot_, "UPDATE ledger SET slot = ?, transactions = transactions + ?"},
      {&get_oldest_, "SELECT number, bytes FROM transactions WHERE slot < ? ORDER BY slot, number LIMIT ?"},
      {&drop_transaction_, "DELETE FROM transactions WHERE number = ?"},
      {&drop_mention_, "DELETE FROM mentions WHERE address = ? AND number = ?"},
      {&get_record_, std::string(kRecordColumns) + "WHERE signature = ?"},
      {&get_number_, "SELECT number FROM transactions WHERE signature = ?"},
      {&get_by_address_, std::string(kRecordColumns) +
                             "WHERE number IN (SELECT number FROM mentions WHERE address = ? "
                             "AND number > ? AND number < ? ORDER BY number DESC LIMIT ?) ORDER BY number DESC"},
  };
  for (const auto& [target, sql] : statements) {
    DZ_TRY_ASSIGN(*target, database_.prepare(sql));
  }
  return {};
}

Result<std::optional<Snapshot>> SqliteArchive::load() {
  Snapshot snapshot;
  DZ_TRY_ASSIGN(auto count, database_.prepare("SELECT count(*) FROM ledger"));
  DZ_TRY(count.step());
  if (count.integer(0) == 0) return std::nullopt;
  DZ_TRY(load_ledger(snapshot));
  DZ_TRY_ASSIGN(auto anchors, database_.prepare("SELECT slot, time_us, length_us FROM anchors ORDER BY slot"));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, anchors.step());
    if (!more) break;
    snapshot.anchors.push_back(
        {{from_sql(anchors.integer(0))}, time_from_sql(anchors.integer(1)), Duration{anchors.integer(2)}});
  }
  DZ_TRY_ASSIGN(auto accounts, database_.prepare("SELECT key, lamports, owner, executable, data FROM accounts"));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, accounts.step());
    if (!more) break;
    Pubkey key;
    wire::Account account;
    DZ_TRY(read_array(accounts.blob(0), key.bytes));
    account.lamports = from_sql(accounts.integer(1));
    DZ_TRY(read_array(accounts.blob(2), account.owner.bytes));
    account.executable = accounts.integer(3) != 0;
    account.data.assign(accounts.blob(4).begin(), accounts.blob(4).end());
    snapshot.accounts.emplace(key, std::move(account));
  }
  DZ_TRY(load_recent(snapshot));
  return snapshot;
}

Result<void> SqliteArchive::load_ledger(Snapshot& snapshot) {
  DZ_TRY_ASSIGN(auto row, database_.prepare(
                              "SELECT secret, genesis_us, faucet_lamports, profile, slot, transactions FROM ledger"));
  DZ_TRY(row.step());
  DZ_TRY(read_array(row.blob(0), snapshot.genesis.secret));
  snapshot.genesis.time = time_from_sql(row.integer(1));
  snapshot.genesis.faucet_lamports = from_sql(row.integer(2));
  snapshot.profile = std::string(row.text(3));
  snapshot.slot = {from_sql(row.integer(4))};
  snapshot.transaction_count = from_sql(row.integer(5));
  return {};
}

Result<void> SqliteArchive::load_recent(Snapshot& snapshot) {
  DZ_TRY_ASSIGN(auto row, database_.prepare("SELECT signature, slot, error FROM transactions WHERE slot >= ?"));
  row.bind(1, to_sql(snapshot.slot.value - std::min(snapshot.slot.value, kRecentSlots)));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, row.step());
    if (!more) return {};
    wire::Signature signature;
    DZ_TRY(read_array(row.blob(0), signature.bytes));
    DZ_TRY_ASSIGN(auto error, parse_error_column(row, 2));
    snapshot.recent.emplace(signature, LandedSignature{{from_sql(row.integer(1))}, std::move(error)});
  }
}

Result<void> SqliteArchive::create(const Snapshot& snapshot) {
  return in_transaction(database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto row, database_.prepare("INSERT INTO ledger VALUES(1, ?, ?, ?, ?, ?, ?)"));
    const auto& genesis = snapshot.genesis;
    row.bind(1, ByteView{genesis.secret}).bind(2, to_sql(genesis.time)).bind(3, to_sql(genesis.faucet_lamports));
    row.bind(4, snapshot.profile).bind(5, to_sql(snapshot.slot.value)).bind(6, to_sql(snapshot.transaction_count));
    DZ_TRY(row.run());
    for (const auto& anchor : snapshot.anchors) DZ_TRY(write_anchor(anchor));
    for (const auto& [key, account] : snapshot.accounts) DZ_TRY(write_account(key, account));
    return {};
  });
}

Result<void> SqliteArchive::commit(const Batch& batch) {
  return in_transaction(database_, [&]() -> Result<void> {
    for (const auto& [key, account] : batch.accounts) DZ_TRY(write_account(key, account));
    for (const auto& record : batch.transactions) DZ_TRY(write_transaction(record));
    for (const auto& anchor : batch.new_anchors) DZ_TRY(write_anchor(anchor));
    DZ_TRY(forget(batch.forget_before, 2 * batch.transactions.size()));
    return put_slot_->bind(1, to_sql(batch.slot.value)).bind(2, to_sql(batch.transactions.size())).run();
  });
}

Result<void> SqliteArchive::write_anchor(const SlotAnchor& anchor) {
  put_anchor_->bind(1, to_sql(anchor.slot.value)).bind(2, to_sql(anchor.time)).bind(3, anchor.length.count());
  return put_anchor_->run();
}

Result<void> SqliteArchive::write_account(const Pubkey& key, const wire::Account& account) {
  if (!account.exists()) return drop_account_->bind(1, key.view()).run();
  put_account_->bind(1, key.view()).bind(2, to_sql(account.lamports)).bind(3, account.owner.view());
  return put_account_->bind(4, std::int64_t{account.executable}).bind(5, ByteView{account.data}).run();
}

Result<void> SqliteArchive::write_transaction(const TransactionRecord& record) {
  auto& row = *put_transaction_;
  row.bind(1, record.signature.view()).bind(2, to_sql(record.slot.value)).bind(3, ByteView{record.bytes});
  if (record.error) {
    row.bind(4, json::serialize(to_json(*record.error)));
  } else {
    row.bind_null(4);
  }
  row.bind(5, list_text(record.logs)).bind(6, to_sql(record.fee)).bind(7, to_sql(record.units_consumed));
  DZ_TRY(row.bind(8, list_text(record.pre_balances)).bind(9, list_text(record.post_balances)).run());
  const std::int64_t number = database_.last_row_id();
  for (const auto& address : record.addresses) DZ_TRY(put_mention_->bind(1, address.view()).bind(2, number).run());
  return {};
}

Result<void> SqliteArchive::forget(Slot before, std::size_t at_most) {
  std::vector<std::pair<std::int64_t, Bytes>> oldest;
  get_oldest_->bind(1, to_sql(before.value)).bind(2, to_sql(at_most));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, get_oldest_->step());
    if (!more) break;
    oldest.emplace_back(get_oldest_->integer(0), Bytes(get_oldest_->blob(1).begin(), get_oldest_->blob(1).end()));
  }
  for (const auto& [number, bytes] : oldest) {
    DZ_TRY_ASSIGN(const wire::Transaction transaction, wire::parse_transaction(bytes));
    for (const auto& address : transaction.message.account_keys) {
      DZ_TRY(drop_mention_->bind(1, address.view()).bind(2, number).run());
    }
    DZ_TRY(drop_transaction_->bind(1, number).run());
  }
  return {};
}

Result<std::optional<TransactionRecord>> SqliteArchive::find(const wire::Signature& signature) {
  DZ_TRY_ASSIGN(const bool found, get_record_->bind(1, signature.view()).step());
  if (!found) return std::nullopt;
  auto record = read_record(*get_record_);
  get_record_->reset();
  if (!record) return tl::unexpected(record.error());
  return std::move(*record);
}

Result<std::optional<std::int64_t>> SqliteArchive::number_of(const std::optional<wire::Signature>& signature) {
  if (!signature) return std::nullopt;
  DZ_TRY_ASSIGN(const bool found, get_number_->bind(1, signature->view()).step());
  if (!found) return std::nullopt;
  const std::int64_t number = get_number_->integer(0);
  get_number_->reset();
  return number;
}

Result<std::vector<TransactionRecord>> SqliteArchive::find_by_address(const Pubkey& address, const Range& range) {
  DZ_TRY_ASSIGN(const auto before, number_of(range.before));
  DZ_TRY_ASSIGN(const auto until, number_of(range.until));
  auto& row = *get_by_address_;
  row.bind(1, address.view()).bind(2, until.value_or(-1)).bind(3, before.value_or(INT64_MAX));
  row.bind(4, to_sql(range.limit));
  std::vector<TransactionRecord> out;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, row.step());
    if (!more) return out;
    auto record = read_record(row);
    if (!record) {
      row.reset();
      return tl::unexpected(record.error());
    }
    out.push_back(std::move(*record));
  }
}

Result<void> check_format(storage::SqliteDatabase& database, const std::string& path) {
  DZ_TRY_ASSIGN(auto version, database.prepare("PRAGMA user_version"));
  DZ_TRY(version.step());
  const std::int64_t found = version.integer(0);
  version.reset();
  if (found == kFormat) return {};
  if (found != 0) {
    return fail(ErrorKind::Unsupported,
                fmt::format("{}: expected a ledger of format {}, found format {}; start the version of "
                            "doublezero-ledger that wrote it, or give --data another folder for a new ledger",
                            path, kFormat, found));
  }
  DZ_TRY_ASSIGN(auto tables, database.prepare("SELECT count(*) FROM sqlite_master"));
  DZ_TRY(tables.step());
  const bool foreign = tables.integer(0) > 0;
  tables.reset();
  if (foreign) return refused(path + ": expected a ledger or no file, found another SQLite database; move it away");
  return in_transaction(database, [&] { return database.execute(kSchema); });
}

}  // namespace

Result<std::unique_ptr<LedgerArchive>> open_sqlite_archive(const std::string& path) {
  auto opened = storage::SqliteDatabase::open(path);
  // One process at a time has the ledger: the lock is held until the process ends, however it ends.
  auto locked = opened ? opened->execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT") : Result<void>{};
  const Error* error = !opened ? &opened.error() : !locked ? &locked.error() : nullptr;
  if (error != nullptr) {
    return with_context("opening the ledger " + path + " (is another doublezero-ledger running on it?)", *error);
  }
  DZ_TRY(check_format(*opened, path));
  auto archive = std::make_unique<SqliteArchive>(std::move(*opened));
  DZ_TRY(archive->prepare());
  return std::unique_ptr<LedgerArchive>(std::move(archive));
}

}  // namespace dz::ledger
