#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/safe_text.h"
#include "ledger/archive_tables.h"
#include "ledger/ledger_archive.h"
#include "ledger/stored_transaction.h"
#include "storage/tip_file.h"

namespace dz::ledger {

namespace {

namespace json = boost::json;

// SQLite's integers are signed: the same 64 bits.
std::int64_t to_sql(std::uint64_t number) { return std::bit_cast<std::int64_t>(number); }
std::int64_t to_sql(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp time_from_sql(std::int64_t micros) { return Timestamp{Duration{micros}}; }

// Of a statement that returns the checksum of the row that it writes or deletes.
Result<std::uint64_t> run_for_sum(storage::SqliteStatement& statement) {
  DZ_TRY_ASSIGN(const bool found, statement.step());
  if (!found) return corrupt("expected a row, found none; the ledger's file was damaged while it was in use");
  const auto sum = from_sql(statement.integer(0));
  statement.reset();
  return sum;
}

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
  return valid_utf8(json::serialize(array));
}

// Logs quote what a transaction said; earlier versions kept it as it was, whatever its bytes.

Result<json::value> parse_text(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  auto value = json::parse({text.data(), text.size()}, error, {}, options);
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

std::string leaps_text(const std::vector<storage::TimeLeap>& leaps) {
  std::vector<std::uint64_t> numbers;
  for (const auto& leap : leaps) numbers.insert(numbers.end(), {leap.at, leap.skipped});
  return list_text(numbers);
}

Result<std::vector<storage::TimeLeap>> parse_leaps(std::string_view text) {
  DZ_TRY_ASSIGN(const auto numbers, parse_numbers(text));
  std::vector<storage::TimeLeap> leaps;
  for (std::size_t i = 1; i < numbers.size(); i += 2) leaps.push_back({numbers[i - 1], numbers[i]});
  return leaps;
}

Result<std::optional<wire::TransactionError>> parse_error_column(const storage::SqliteStatement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  DZ_TRY_ASSIGN(const json::value value, parse_text(row.text(column)));
  DZ_TRY_ASSIGN(const wire::TransactionError error, wire::parse_transaction_error(value));
  return error;
}

std::string record_columns() {
  return "SELECT signature, slot, bytes, error, logs, fee, units, pre_balances, post_balances, " +
         storage::intact_sql(kTransactions) + " FROM transactions ";
}

Result<TransactionRecord> read_record(const storage::SqliteStatement& row) {
  TransactionRecord record;
  if (row.integer(9) == 0) {
    return corrupt(
        "the ledger's file was damaged while it was in use: expected a transaction as it was written, found "
        "other content; stop the ledger and put an intact copy of the file in its place");
  }
  DZ_TRY(read_array(row.blob(0), record.signature.bytes));
  record.slot = {from_sql(row.integer(1))};
  record.bytes.assign(row.blob(2).begin(), row.blob(2).end());
  DZ_TRY_ASSIGN(record.error, parse_error_column(row, 3));
  DZ_TRY_ASSIGN(record.logs, parse_texts(row.text(4)));
  record.fee = from_sql(row.integer(5));
  record.units_consumed = from_sql(row.integer(6));
  DZ_TRY_ASSIGN(record.pre_balances, parse_numbers(row.text(7)));
  DZ_TRY_ASSIGN(record.post_balances, parse_numbers(row.text(8)));
  DZ_TRY_ASSIGN(auto stored, parse_stored(record.bytes));
  record.bytes.resize(stored.size);
  record.addresses = std::move(stored.addresses);
  return record;
}

Result<std::vector<std::int64_t>> all_numbers(storage::SqliteStatement& row) {
  std::vector<std::int64_t> out;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.push_back(row.integer(0));
  }
}

class SqliteArchive final : public LedgerArchive {
 public:
  SqliteArchive(storage::SqliteDatabase database, std::string path)
      : database_(std::move(database)), path_(std::move(path)) {}
  Result<void> prepare();

  Result<std::optional<Snapshot>> load() override;
  Result<void> create(const Snapshot& snapshot) override;
  Result<void> commit(const Batch& batch) override;
  Result<std::optional<TransactionRecord>> find(const wire::Signature& signature) override;
  Result<std::vector<std::int64_t>> places_of(const Pubkey& address, const Range& range) override;
  Result<std::vector<std::int64_t>> places_in(Slot slot) override;
  Result<Slot> first_whole_slot() override;
  Result<std::optional<TransactionRecord>> record_at(std::int64_t place) override;

 private:
  Result<void> load_ledger(Snapshot& snapshot);
  Result<void> load_recent(Snapshot& snapshot);
  Result<void> write_anchor(const SlotAnchor& anchor);
  Result<void> write_account(const Pubkey& key, const wire::Account& account);
  Result<void> write_transaction(const TransactionRecord& record);
  Result<void> write_batch(const Batch& batch);
  Result<void> write_root();
  Result<void> forget(const Batch& batch);
  Result<void> drop(std::int64_t number, ByteView bytes);
  Result<std::optional<std::int64_t>> number_of(const std::optional<wire::Signature>& signature);
  static Result<std::optional<TransactionRecord>> one_record(storage::SqliteStatement& row);

  storage::SqliteDatabase database_;
  std::string path_;
  Root root_;                            // as it is in the file
  std::optional<storage::TipFile> tip_;  // none before there is a ledger
  std::int64_t next_number_ = 1;
  std::optional<storage::SqliteStatement> get_account_sum_, put_account_, drop_account_, put_anchor_, put_transaction_,
      put_mention_, put_root_, sum_root_;
  std::optional<storage::SqliteStatement> get_oldest_, drop_transaction_, drop_mention_;
  std::optional<storage::SqliteStatement> get_record_, get_record_at_, get_number_, get_places_, get_block_, get_first_;
};

Result<void> SqliteArchive::prepare() {
  const std::pair<std::optional<storage::SqliteStatement>*, std::string> statements[] = {
      {&get_account_sum_, "SELECT sum FROM accounts WHERE key = ?"},
      {&put_account_, storage::insert_sql(kAccounts) +
                          " ON CONFLICT(key) DO UPDATE SET lamports = excluded.lamports, owner = excluded.owner, "
                          "executable = excluded.executable, data = excluded.data, sum = excluded.sum RETURNING sum"},
      {&drop_account_, "DELETE FROM accounts WHERE key = ?"},
      {&put_anchor_, storage::insert_sql(kAnchors) + " RETURNING sum"},
      {&put_transaction_, storage::insert_sql(kTransactions) + " RETURNING sum"},
      {&put_mention_, "INSERT INTO mentions VALUES(?, ?) RETURNING " + storage::sum_sql(kMentions)},
      {&put_root_,
       "UPDATE ledger SET slot = ?, transactions = ?, commits = ?, leaps = ?, anchors_sum = ?, accounts_sum = ?, "
       "transactions_sum = ?, mentions_sum = ?, schema_sum = ?"},
      {&sum_root_, "UPDATE ledger SET sum = " + storage::sum_sql(kLedger) + " RETURNING sum"},
      {&get_oldest_, "SELECT number, bytes FROM transactions WHERE slot < ? ORDER BY slot, number LIMIT ?"},
      {&drop_transaction_, "DELETE FROM transactions WHERE number = ? RETURNING sum"},
      {&drop_mention_,
       "DELETE FROM mentions WHERE address = ? AND number = ? RETURNING " + storage::sum_sql(kMentions)},
      {&get_record_, record_columns() + "WHERE signature = ?"},
      {&get_number_, "SELECT number FROM transactions WHERE signature = ?"},
      {&get_record_at_, record_columns() + "WHERE number = ?"},
      {&get_places_,
       "SELECT number FROM mentions WHERE address = ? AND number > ? AND number < ? ORDER BY number DESC LIMIT ?"},
      {&get_block_, "SELECT number FROM transactions WHERE slot = ? ORDER BY number"},
      {&get_first_, "SELECT number, slot FROM transactions ORDER BY number LIMIT 1"},
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
  DZ_TRY_ASSIGN(auto newest, database_.prepare("SELECT max(number) FROM transactions"));
  DZ_TRY(newest.step());
  next_number_ = newest.integer(0) + 1;
  DZ_TRY_ASSIGN(root_, read_root(database_));
  DZ_TRY_ASSIGN(snapshot.leaps, parse_leaps(root_.leaps));
  DZ_TRY_ASSIGN(tip_, storage::TipFile::open(path_, {root_.commits, root_.sum}));
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
  DZ_TRY_ASSIGN(auto row, database_.prepare("SELECT signature, slot, error, bytes FROM transactions WHERE slot >= ?"));
  row.bind(1, to_sql(snapshot.slot.value - std::min(snapshot.slot.value, kRecentSlots)));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, row.step());
    if (!more) return {};
    wire::Signature signature;
    DZ_TRY(read_array(row.blob(0), signature.bytes));
    DZ_TRY_ASSIGN(auto error, parse_error_column(row, 2));
    DZ_TRY_ASSIGN(const auto stored, parse_stored(row.blob(3)));
    snapshot.recent.emplace(
        signature, LandedSignature{{from_sql(row.integer(1))}, message_hash(stored.message), std::move(error)});
  }
}

Result<void> SqliteArchive::create(const Snapshot& snapshot) {
  root_ = {};
  root_.slot = snapshot.slot;
  root_.transactions = snapshot.transaction_count;
  DZ_TRY_ASSIGN(root_.schema_sum, schema_sum(database_));
  auto created = in_transaction(database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto row, database_.prepare(kInsertLedger));
    const auto& genesis = snapshot.genesis;
    row.bind(1, ByteView{genesis.secret}).bind(2, to_sql(genesis.time)).bind(3, to_sql(genesis.faucet_lamports));
    DZ_TRY(row.bind(4, snapshot.profile).run());
    for (const auto& anchor : snapshot.anchors) DZ_TRY(write_anchor(anchor));
    for (const auto& [key, account] : snapshot.accounts) DZ_TRY(write_account(key, account));
    return write_root();
  });
  if (!created) return created;
  DZ_TRY_ASSIGN(tip_, storage::TipFile::open(path_, {root_.commits, root_.sum}));
  return {};
}

Result<void> SqliteArchive::commit(const Batch& batch) {
  const Root before = root_;
  const auto next_number = next_number_;
  auto committed = in_transaction(database_, [&] { return write_batch(batch); });
  if (committed) {
    tip_->write({root_.commits, root_.sum});
  } else {
    root_ = before;
    next_number_ = next_number;
  }
  return committed;
}

Result<void> SqliteArchive::write_batch(const Batch& batch) {
  for (const auto& [key, account] : batch.accounts) DZ_TRY(write_account(key, account));
  for (const auto& record : batch.transactions) DZ_TRY(write_transaction(record));
  for (const auto& anchor : batch.new_anchors) DZ_TRY(write_anchor(anchor));
  DZ_TRY(forget(batch));
  root_.slot = batch.slot;
  root_.leaps = leaps_text(batch.leaps);
  root_.transactions += batch.transactions.size();
  ++root_.commits;
  return write_root();
}

// Its numbers, then the checksum over them: the one row that vouches for all the others.
Result<void> SqliteArchive::write_root() {
  auto& row = *put_root_;
  row.bind(1, to_sql(root_.slot.value)).bind(2, to_sql(root_.transactions)).bind(3, to_sql(root_.commits));
  row.bind(4, root_.leaps).bind(5, to_sql(root_.anchors_sum)).bind(6, to_sql(root_.accounts_sum));
  row.bind(7, to_sql(root_.transactions_sum)).bind(8, to_sql(root_.mentions_sum)).bind(9, to_sql(root_.schema_sum));
  DZ_TRY(row.run());
  DZ_TRY_ASSIGN(root_.sum, run_for_sum(*sum_root_));
  return {};
}

Result<void> SqliteArchive::write_anchor(const SlotAnchor& anchor) {
  put_anchor_->bind(1, to_sql(anchor.slot.value)).bind(2, to_sql(anchor.time)).bind(3, anchor.length.count());
  DZ_TRY_ASSIGN(const auto sum, run_for_sum(*put_anchor_));
  root_.anchors_sum += sum;
  return {};
}

Result<void> SqliteArchive::write_account(const Pubkey& key, const wire::Account& account) {
  DZ_TRY_ASSIGN(const bool known, get_account_sum_->bind(1, key.view()).step());
  if (known) root_.accounts_sum -= from_sql(get_account_sum_->integer(0));
  get_account_sum_->reset();
  if (!account.exists()) return drop_account_->bind(1, key.view()).run();
  put_account_->bind(1, key.view()).bind(2, to_sql(account.lamports)).bind(3, account.owner.view());
  put_account_->bind(4, std::int64_t{account.executable}).bind(5, ByteView{account.data});
  DZ_TRY_ASSIGN(const auto sum, run_for_sum(*put_account_));
  root_.accounts_sum += sum;
  return {};
}

Result<void> SqliteArchive::write_transaction(const TransactionRecord& record) {
  auto& row = *put_transaction_;
  const auto number = next_number_++;
  row.bind(1, number).bind(2, record.signature.view()).bind(3, to_sql(record.slot.value));
  DZ_TRY_ASSIGN(const Bytes bytes, stored_bytes(record.bytes, record.addresses));
  row.bind(4, ByteView{bytes});
  if (record.error) {
    row.bind(5, json::serialize(to_json(*record.error)));
  } else {
    row.bind_null(5);
  }
  row.bind(6, list_text(record.logs)).bind(7, to_sql(record.fee)).bind(8, to_sql(record.units_consumed));
  row.bind(9, list_text(record.pre_balances)).bind(10, list_text(record.post_balances));
  DZ_TRY_ASSIGN(const auto sum, run_for_sum(row));
  root_.transactions_sum += sum;
  for (const auto& address : record.addresses) {
    DZ_TRY_ASSIGN(const auto mention, run_for_sum(put_mention_->bind(1, address.view()).bind(2, number)));
    root_.mentions_sum += mention;
  }
  return {};
}

// Oldest first; at most two for each that the batch adds, so that a batch stays small.
Result<void> SqliteArchive::forget(const Batch& batch) {
  std::vector<std::pair<std::int64_t, Bytes>> oldest;
  get_oldest_->bind(1, to_sql(batch.forget_before.value)).bind(2, to_sql(2 * batch.transactions.size()));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, get_oldest_->step());
    if (!more) break;
    oldest.emplace_back(get_oldest_->integer(0), Bytes(get_oldest_->blob(1).begin(), get_oldest_->blob(1).end()));
  }
  for (const auto& [number, bytes] : oldest) DZ_TRY(drop(number, bytes));
  return {};
}

Result<void> SqliteArchive::drop(std::int64_t number, ByteView bytes) {
  DZ_TRY_ASSIGN(const auto stored, parse_stored(bytes));
  for (const auto& address : stored.addresses) {
    DZ_TRY_ASSIGN(const auto mention, run_for_sum(drop_mention_->bind(1, address.view()).bind(2, number)));
    root_.mentions_sum -= mention;
  }
  DZ_TRY_ASSIGN(const auto sum, run_for_sum(drop_transaction_->bind(1, number)));
  root_.transactions_sum -= sum;
  return {};
}

Result<std::optional<TransactionRecord>> SqliteArchive::find(const wire::Signature& signature) {
  return one_record(get_record_->bind(1, signature.view()));
}

Result<std::optional<TransactionRecord>> SqliteArchive::record_at(std::int64_t place) {
  return one_record(get_record_at_->bind(1, place));
}

Result<std::optional<TransactionRecord>> SqliteArchive::one_record(storage::SqliteStatement& row) {
  DZ_TRY_ASSIGN(const bool found, row.step());
  if (!found) return std::nullopt;
  auto record = read_record(row);
  row.reset();
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

Result<std::vector<std::int64_t>> SqliteArchive::places_in(Slot slot) {
  return all_numbers(get_block_->bind(1, to_sql(slot.value)));
}

// Transactions are forgotten one by one, oldest first, so some of its slot may be gone too.
Result<Slot> SqliteArchive::first_whole_slot() {
  DZ_TRY_ASSIGN(const bool found, get_first_->step());
  const Slot first{found && get_first_->integer(0) > 1 ? from_sql(get_first_->integer(1)) + 1 : 0};
  get_first_->reset();
  return first;
}

Result<std::vector<std::int64_t>> SqliteArchive::places_of(const Pubkey& address, const Range& range) {
  DZ_TRY_ASSIGN(const auto before, number_of(range.before));
  DZ_TRY_ASSIGN(const auto until, number_of(range.until));
  if (range.before && !before) return std::vector<std::int64_t>{};
  auto& row = *get_places_;
  row.bind(1, address.view()).bind(2, until.value_or(-1)).bind(3, before.value_or(INT64_MAX));
  row.bind(4, to_sql(range.limit));
  return all_numbers(row);
}

}  // namespace

Result<std::vector<TransactionRecord>> LedgerArchive::find_by_address(const Pubkey& address, const Range& range) {
  DZ_TRY_ASSIGN(const auto places, places_of(address, range));
  std::vector<TransactionRecord> out;
  for (const auto place : places) {
    DZ_TRY_ASSIGN(auto record, record_at(place));
    if (record) out.push_back(std::move(*record));
  }
  return out;
}

Result<std::unique_ptr<LedgerArchive>> open_sqlite_archive(const std::string& path) {
  auto opened = storage::SqliteDatabase::open(path);
  if (!opened) return with_context("opening the ledger", opened.error());
  // Nothing is written, the log included, before the file is known to be whole. Versions before the lock of storage/
  // knew no other lock than SQLite's, which is held until the process ends.
  opened->keep_log_on_close(true);
  auto ready = opened->execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT");
  if (ready) ready = prepare_tables(*opened, path);
  if (!ready) return with_context("opening the ledger " + path, ready.error());
  opened->keep_log_on_close(false);
  auto archive = std::make_unique<SqliteArchive>(std::move(*opened), path);
  DZ_TRY(archive->prepare());
  return std::unique_ptr<LedgerArchive>(std::move(archive));
}

}  // namespace dz::ledger
