// Long because every statement, what it binds and what it gives stand in one place.
#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "ledger/archive_tables.h"
#include "ledger/ledger_archive.h"
#include "ledger/stored_transaction.h"
#include "ledger/unfolded.h"
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
  return json::serialize(array);
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

// The batches beside the tables are folded into them when they are so many bytes: a fold takes some 0.1 s, and a start
// reads as much at the most.
constexpr std::size_t kMostUnfolded = 4U << 20;

class SqliteArchive final : public LedgerArchive {
 public:
  SqliteArchive(storage::SqliteDatabase database, std::string path)
      : database_(std::move(database)), path_(std::move(path)) {}
  // A file that was closed has all in its tables.
  ~SqliteArchive() override {
    if (!failed_ && !unfolded_.empty()) (void)!fold();
  }
  SqliteArchive(const SqliteArchive&) = delete;
  SqliteArchive& operator=(const SqliteArchive&) = delete;
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
  Result<void> load_unfolded(Snapshot& snapshot);
  Result<void> fold();
  Result<void> write_unfolded();
  Result<wire::Account> read_account(const Pubkey& key);
  Result<void> write_root();
  Result<void> forget(Slot before, std::size_t added);
  Result<void> drop(std::int64_t number, ByteView bytes);
  Result<std::optional<std::int64_t>> number_of(const std::optional<wire::Signature>& signature);
  static Result<std::optional<TransactionRecord>> one_record(storage::SqliteStatement& row);

  storage::SqliteDatabase database_;
  std::string path_;
  Root root_;          // as it is in the file
  storage::Tip last_;  // of the last batch, folded or not
  Unfolded unfolded_;
  bool failed_ = false;
  std::optional<storage::TipFile> tip_;  // none before there is a ledger
  std::int64_t next_number_ = 1;
  std::optional<storage::SqliteStatement> get_account_sum_, get_account_, put_account_, drop_account_, put_anchor_,
      put_transaction_, put_mention_, put_root_, sum_root_, put_batch_, drop_batches_;
  std::optional<storage::SqliteStatement> get_oldest_, drop_transaction_, drop_mention_;
  std::optional<storage::SqliteStatement> get_record_, get_record_at_, get_number_, get_places_, get_block_, get_first_;
};

Result<void> SqliteArchive::prepare() {
  const std::pair<std::optional<storage::SqliteStatement>*, std::string> statements[] = {
      {&get_account_sum_, "SELECT sum FROM accounts WHERE key = ?"},
      {&get_account_,
       "SELECT lamports, owner, executable, data, " + storage::intact_sql(kAccounts) + " FROM accounts WHERE key = ?"},
      {&put_batch_, storage::insert_sql(kBatches) + " RETURNING sum"},
      {&drop_batches_, "DELETE FROM batches"},
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
  DZ_TRY_ASSIGN(auto newest, database_.prepare("SELECT max(number) FROM transactions"));
  DZ_TRY(newest.step());
  next_number_ = newest.integer(0) + 1;
  DZ_TRY_ASSIGN(root_, read_root(database_));
  DZ_TRY_ASSIGN(snapshot.leaps, parse_leaps(root_.leaps));
  DZ_TRY(load_unfolded(snapshot));
  DZ_TRY(load_recent(snapshot));
  DZ_TRY_ASSIGN(tip_, storage::TipFile::open(path_, last_));
  return snapshot;
}

// What came after the tables.
Result<void> SqliteArchive::load_unfolded(Snapshot& snapshot) {
  unfolded_.begin(next_number_);
  last_ = {root_.commits, root_.sum};
  DZ_TRY_ASSIGN(auto row, database_.prepare("SELECT number, bytes, sum FROM batches ORDER BY number"));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, row.step());
    if (!more) return {};
    const auto bytes = row.blob(1);
    DZ_TRY_ASSIGN(auto batch, decode_kept_batch(bytes));
    for (const auto& change : batch.accounts) {
      auto& account = snapshot.accounts[change.key];
      DZ_TRY(apply_change(change, account));
      if (!account.exists()) snapshot.accounts.erase(change.key);
    }
    snapshot.anchors.insert(snapshot.anchors.end(), batch.new_anchors.begin(), batch.new_anchors.end());
    snapshot.leaps = batch.leaps;
    snapshot.slot = batch.slot;
    snapshot.transaction_count += batch.transactions.size();
    last_ = {from_sql(row.integer(0)), from_sql(row.integer(2))};
    unfolded_.add(std::move(batch), bytes.size());
  }
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
  const auto from = snapshot.slot.value - std::min(snapshot.slot.value, kRecentSlots);
  for (const auto& record : unfolded_.transactions()) {
    if (record.slot.value < from) continue;
    DZ_TRY_ASSIGN(const auto transaction, wire::parse_transaction(record.bytes));
    snapshot.recent.emplace(record.signature,
                            LandedSignature{record.slot, message_hash(transaction.message), record.error});
  }
  row.bind(1, to_sql(from));
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
  unfolded_.begin(next_number_);
  last_ = {root_.commits, root_.sum};
  DZ_TRY_ASSIGN(tip_, storage::TipFile::open(path_, last_));
  return {};
}

// One row, with what changed. Who reads the history finds it in memory until it is folded.
Result<void> SqliteArchive::commit(const Batch& batch) {
  if (unfolded_.bytes() >= kMostUnfolded) DZ_TRY(fold());
  auto kept = keep(batch);
  DZ_TRY_ASSIGN(const auto bytes, encode(kept));
  storage::Tip tip{last_.commit + 1, 0};
  auto committed = in_transaction(database_, [&]() -> Result<void> {
    put_batch_->bind(1, to_sql(tip.commit)).bind(2, to_sql(last_.sum)).bind(3, ByteView{bytes});
    DZ_TRY_ASSIGN(tip.sum, run_for_sum(*put_batch_));
    return {};
  });
  failed_ = !committed;
  if (!committed) return committed;
  last_ = tip;
  tip_->write(last_);
  unfolded_.add(std::move(kept), bytes.size());
  return {};
}

// All batches into the tables, as one commit more.
Result<void> SqliteArchive::fold() {
  const Root before = root_;
  const auto next_number = next_number_;
  auto folded = in_transaction(database_, [&] { return write_unfolded(); });
  failed_ = !folded;
  if (!folded) {
    root_ = before;
    next_number_ = next_number;
    return with_context("folding batches into the tables", folded.error());
  }
  last_ = {root_.commits, root_.sum};
  tip_->write(last_);
  unfolded_.begin(next_number_);
  return {};
}

Result<void> SqliteArchive::write_unfolded() {
  for (const auto& [key, changes] : unfolded_.accounts()) {
    DZ_TRY_ASSIGN(auto account, read_account(key));
    for (const auto& change : changes) DZ_TRY(apply_change(change, account));
    DZ_TRY(write_account(key, account));
  }
  for (const auto& record : unfolded_.transactions()) DZ_TRY(write_transaction(record));
  for (const auto& anchor : unfolded_.new_anchors()) DZ_TRY(write_anchor(anchor));
  DZ_TRY(forget(unfolded_.forget_before(), unfolded_.transactions().size()));
  DZ_TRY(drop_batches_->run());
  root_.slot = unfolded_.slot();
  root_.leaps = leaps_text(unfolded_.leaps());
  root_.transactions += unfolded_.transactions().size();
  root_.commits = last_.commit + 1;
  return write_root();
}

// As the table has it; one that is not there is empty.
Result<wire::Account> SqliteArchive::read_account(const Pubkey& key) {
  auto& row = *get_account_;
  DZ_TRY_ASSIGN(const bool found, row.bind(1, key.view()).step());
  wire::Account account;
  if (!found) return account;
  if (row.integer(4) == 0) {
    row.reset();
    return corrupt("the ledger's file was damaged while it was in use: account " + to_text(key) +
                   " is not as it was written; stop the ledger and put an intact copy of the file in its place");
  }
  account.lamports = from_sql(row.integer(0));
  DZ_TRY(read_array(row.blob(1), account.owner.bytes));
  account.executable = row.integer(2) != 0;
  account.data.assign(row.blob(3).begin(), row.blob(3).end());
  row.reset();
  return account;
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

// Oldest first; at most two for each that was added, so that it takes no longer than that.
Result<void> SqliteArchive::forget(Slot before, std::size_t added) {
  std::vector<std::pair<std::int64_t, Bytes>> oldest;
  get_oldest_->bind(1, to_sql(before.value)).bind(2, to_sql(2 * added));
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
  if (const auto number = unfolded_.number_of(signature)) return *unfolded_.at(*number);
  return one_record(get_record_->bind(1, signature.view()));
}

Result<std::optional<TransactionRecord>> SqliteArchive::record_at(std::int64_t place) {
  if (const auto* record = unfolded_.at(place)) return *record;
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
  if (const auto number = unfolded_.number_of(*signature)) return number;
  DZ_TRY_ASSIGN(const bool found, get_number_->bind(1, signature->view()).step());
  if (!found) return std::nullopt;
  const std::int64_t number = get_number_->integer(0);
  get_number_->reset();
  return number;
}

Result<std::vector<std::int64_t>> SqliteArchive::places_in(Slot slot) {
  DZ_TRY_ASSIGN(auto places, all_numbers(get_block_->bind(1, to_sql(slot.value))));
  const auto later = unfolded_.places_in(slot);
  places.insert(places.end(), later.begin(), later.end());
  return places;
}

// Transactions are forgotten one by one, oldest first, so some of its slot may be gone too.
Result<Slot> SqliteArchive::first_whole_slot() {
  DZ_TRY_ASSIGN(const bool found, get_first_->step());
  const Slot first{found && get_first_->integer(0) > 1 ? from_sql(get_first_->integer(1)) + 1 : 0};
  get_first_->reset();
  const auto* oldest = found || next_number_ == 1 ? nullptr : unfolded_.at(next_number_);
  return oldest != nullptr ? Slot{oldest->slot.value + 1} : first;
}

Result<std::vector<std::int64_t>> SqliteArchive::places_of(const Pubkey& address, const Range& range) {
  DZ_TRY_ASSIGN(const auto before, number_of(range.before));
  DZ_TRY_ASSIGN(const auto until, number_of(range.until));
  if (range.before && !before) return std::vector<std::int64_t>{};
  const auto after = until.value_or(-1), end = before.value_or(INT64_MAX);
  auto places = unfolded_.places_of(address, after, end, range.limit);
  auto& row = *get_places_;
  row.bind(1, address.view()).bind(2, after).bind(3, end).bind(4, to_sql(range.limit - places.size()));
  DZ_TRY_ASSIGN(const auto older, all_numbers(row));
  places.insert(places.end(), older.begin(), older.end());
  return places;
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
