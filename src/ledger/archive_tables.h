// Private to ledger/: the tables of the ledger's file, how an older file gets what it lacks, and whether a file is
// whole. Every row has a checksum, and the one row of `ledger` the totals of them (docs/formats/ledger-archive.md).
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "storage/row_checks.h"

namespace dz::ledger {

inline constexpr storage::CheckedTable kLedger{
    "ledger",
    "id, secret, genesis_us, faucet_lamports, profile, slot, transactions, commits, leaps, anchors_sum, "
    "accounts_sum, transactions_sum, mentions_sum, schema_sum"};
inline constexpr storage::CheckedTable kAnchors{"anchors", "slot, time_us, length_us"};
inline constexpr storage::CheckedTable kAccounts{"accounts", "key, lamports, owner, executable, data"};
inline constexpr storage::CheckedTable kTransactions{
    "transactions", "number, signature, slot, bytes, error, logs, fee, units, pre_balances, post_balances"};
inline constexpr storage::CheckedTable kBatches{"batches", "number, previous, bytes"};
inline constexpr storage::CheckedTable kMentions{"mentions", "address, number"};  // its rows have no sum of their own

// What stays the same for the life of a ledger; the numbers and sums follow.
inline constexpr std::string_view kInsertLedger =
    "INSERT INTO ledger(id, secret, genesis_us, faucet_lamports, profile, slot, transactions) VALUES(1, ?, ?, ?, ?, 0, "
    "0)";

// The changing part of the row of `ledger`: as of the last fold.
struct Root {
  Slot slot;  // of the last batch that was folded
  std::uint64_t transactions = 0, commits = 0;
  std::string leaps = "[]";  // a JSON list: slot, slots skipped, and so on
  std::uint64_t anchors_sum = 0, accounts_sum = 0, transactions_sum = 0, mentions_sum = 0, schema_sum = 0;
  std::uint64_t sum = 0;  // of the row
};
Result<Root> read_root(storage::SqliteDatabase& database);
Result<std::uint64_t> schema_sum(storage::SqliteDatabase& database);

inline std::uint64_t from_sql(std::int64_t number) { return std::bit_cast<std::uint64_t>(number); }

// Makes the tables of a new file, brings an older one up to date, and checks the file. Nothing is written before it is
// known to be whole. Corrupt: the message says what is damaged and what to do.
Result<void> prepare_tables(storage::SqliteDatabase& database, const std::string& path);

// Reads all of it. say: hears what is being checked.
Result<void> check_tables(storage::SqliteDatabase& database, const std::string& path,
                          const std::function<void(std::string_view)>& say);

}  // namespace dz::ledger
