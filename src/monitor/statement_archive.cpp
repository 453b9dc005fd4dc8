#include "monitor/statement_archive.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/sha256.h"
#include "base/zstd.h"
#include "monitor/archive_columns.h"
#include "wire/borsh.h"

namespace dz::monitor {
namespace {

constexpr storage::CheckedTable kStatements{"statement", "id, at, pubkey, hash, bytes"};
constexpr storage::CheckedTable kMinutes{"statement_minutes", "id, leaves"};
constexpr storage::CheckedTable kPolicies{"statement_policy", "hash, text"};
constexpr storage::CheckedTable kOutcomes{"statement_outcome", "id, outcome, signature"};
// The second half is what the index over signatures is limited to: without it every row would be read.
constexpr std::string_view kOfTransaction = "WHERE o.signature = ? AND o.signature <> ''";
constexpr std::size_t kMostLeafBytes = 64U << 20;  // of one statement, unpacked

Bytes pack(const attest::Stated& stated) {
  auto size = stated.account.size();
  for (const auto& leaf : stated.leaves) size += leaf.size();
  wire::BorshWriter out;
  out.reserve(size + sizeof(std::uint32_t) * (stated.leaves.size() + 2));
  out(stated.account, static_cast<std::uint32_t>(stated.leaves.size()));
  for (const auto& leaf : stated.leaves) out(leaf);
  return compress_zstd(std::move(out).take(), kLittleEffort);
}

Result<StatementArchive::Grounds> unpack(ByteView packed) {
  DZ_TRY_ASSIGN(const auto bytes, decompress_zstd(packed, kMostLeafBytes));
  wire::BorshCursor in(bytes);
  StatementArchive::Grounds grounds;
  std::uint32_t count = 0;
  bool whole = in.get(grounds.account) && in.get(count);
  for (std::uint32_t i = 0; whole && i < count; ++i) whole = in.get(grounds.leaves.emplace_back());
  if (!whole || !in.empty()) return corrupt("monitor store: minutes of a statement that are none");
  return grounds;
}

std::string select_statements(std::string_view where) {
  return fmt::format(
      "SELECT statement.id, statement.hash, statement.bytes, coalesce(o.outcome, 0), coalesce(o.signature, ''), "
      "statement.sum IS row_sum('statement', statement.id, statement.at, statement.pubkey, statement.hash, "
      "statement.bytes) FROM statement LEFT JOIN statement_outcome o ON o.id = statement.id {}",
      where);
}

}  // namespace

std::string_view outcome_word(StatementOutcome outcome) {
  switch (outcome) {
    case StatementOutcome::Open: return "open";
    case StatementOutcome::Landed: return "landed";
    case StatementOutcome::Refused: return "refused";
    case StatementOutcome::NotSent: return "not-sent";
    case StatementOutcome::Unknown: return "unknown";
    case StatementOutcome::Interrupted: return "interrupted";
  }
  return "invalid";
}

std::string_view StatementArchive::schema() {
  return "CREATE TABLE IF NOT EXISTS statement(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, pubkey BLOB NOT NULL, hash "
         "BLOB NOT NULL, bytes BLOB NOT NULL, sum INTEGER NOT NULL);"
         "CREATE INDEX IF NOT EXISTS statement_by_hash ON statement(hash);"
         "CREATE TABLE IF NOT EXISTS statement_minutes(id INTEGER PRIMARY KEY, leaves BLOB NOT NULL, sum INTEGER NOT "
         "NULL);"
         "CREATE TABLE IF NOT EXISTS statement_policy(hash BLOB PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL);"
         "CREATE TABLE IF NOT EXISTS statement_outcome(id INTEGER PRIMARY KEY, outcome INTEGER NOT NULL, signature "
         "TEXT "
         "NOT NULL, sum INTEGER NOT NULL);"
         "CREATE INDEX IF NOT EXISTS statement_by_signature ON statement_outcome(signature) WHERE signature <> '';";
}

Result<StatementArchive::Added> StatementArchive::add(std::span<const attest::Stated> stated) {
  std::vector<Bytes> entries;
  entries.reserve(stated.size());
  for (const auto& one : stated) entries.push_back(encode(one.statement));
  Added added;
  auto done = in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto log, transparency::Log::open(*database_, attest::kRecordAt));
    DZ_TRY_ASSIGN(auto appended, log.append(entries));
    added = {static_cast<std::int64_t>(appended.first), std::move(appended.leaves)};
    DZ_TRY_ASSIGN(auto add, database_->prepare(insert_sql(kStatements)));
    DZ_TRY_ASSIGN(auto keep, database_->prepare(insert_sql(kMinutes)));
    DZ_TRY_ASSIGN(auto open, database_->prepare(insert_sql(kOutcomes)));
    for (std::size_t i = 0; i < stated.size(); ++i) {
      const auto id = added.first + static_cast<std::int64_t>(i);
      const auto& statement = stated[i].statement;
      add.bind(1, id).bind(2, micros(statement.at)).bind(3, statement.record.view());
      DZ_TRY(add.bind(4, ByteView(added.hashes[i])).bind(5, ByteView()).run());
      DZ_TRY(keep.bind(1, id).bind(2, ByteView(pack(stated[i]))).run());
      DZ_TRY(open.bind(1, id).bind(2, static_cast<std::int64_t>(StatementOutcome::Open)).bind(3, "").run());
    }
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return added;
}

Result<void> StatementArchive::settle(std::span<const Outcome> outcomes) {
  if (outcomes.empty()) return {};
  return in_transaction(*database_, [&]() -> Result<void> {
    // Each is there already, as open.
    DZ_TRY_ASSIGN(auto put, database_->prepare(insert_sql(kOutcomes) +
                                               " ON CONFLICT(id) DO UPDATE SET outcome = "
                                               "excluded.outcome, signature = excluded.signature, sum = excluded.sum"));
    for (const auto& o : outcomes) {
      DZ_TRY(put.bind(1, o.index).bind(2, static_cast<std::int64_t>(o.outcome)).bind(3, o.signature).run());
    }
    return {};
  });
}

Result<void> StatementArchive::interrupt_open() {
  std::vector<Outcome> open;
  DZ_TRY_ASSIGN(auto select, database_->prepare("SELECT id FROM statement_outcome WHERE outcome = 0"));
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, select.step());
    if (!more) break;
    open.push_back({select.integer(0), StatementOutcome::Interrupted, {}});
  }
  return settle(open);
}

Result<std::vector<StoredStatement>> StatementArchive::read_all(storage::SqliteStatement& select) {
  DZ_TRY_ASSIGN(auto all, read_rows(select));
  for (auto& stored : all) {
    if (!stored.bytes.empty()) continue;  // an earlier version kept them here too
    DZ_TRY_ASSIGN(stored.bytes, entries_.at(static_cast<std::uint64_t>(stored.index)));
    if (transparency::leaf_hash(stored.bytes) != stored.hash)
      return corrupt(fmt::format("monitor store: expected statement {} in the log of decisions, found another entry",
                                 stored.index));
  }
  return all;
}

Result<std::vector<StoredStatement>> StatementArchive::read_rows(storage::SqliteStatement& select) {
  std::vector<StoredStatement> all;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, select.step());
    if (!more) return all;
    StoredStatement stored;
    stored.index = select.integer(0);
    const auto hash = select.blob(1), bytes = select.blob(2);
    if (select.integer(5) == 0 || hash.size() != stored.hash.size()) {
      return corrupt(
          fmt::format("monitor store: statement {} is damaged on disk: expected what was written, found other "
                      "content (its checksum differs)",
                      stored.index));
    }
    std::copy(hash.begin(), hash.end(), stored.hash.begin());
    stored.bytes.assign(bytes.begin(), bytes.end());
    stored.outcome = static_cast<StatementOutcome>(select.integer(3));
    stored.signature = select.text(4);
    all.push_back(std::move(stored));
  }
}

Result<std::vector<StoredStatement>> StatementArchive::of_transaction(std::string_view signature) {
  if (signature.empty()) return std::vector<StoredStatement>{};
  DZ_TRY_ASSIGN(auto select,
                database_->prepare(select_statements(std::string(kOfTransaction) + " ORDER BY statement.id")));
  select.bind(1, signature);
  return read_all(select);
}

Result<std::optional<StoredStatement>> StatementArchive::find(std::int64_t index) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(select_statements("WHERE statement.id = ?")));
  select.bind(1, index);
  DZ_TRY_ASSIGN(auto found, read_all(select));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::optional<StoredStatement>> StatementArchive::find(const attest::Hash& hash) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(select_statements("WHERE statement.hash = ? LIMIT 1")));
  select.bind(1, ByteView(hash));
  DZ_TRY_ASSIGN(auto found, read_all(select));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::optional<std::int64_t>> StatementArchive::index_of(std::string_view signature, const Pubkey& record) {
  if (signature.empty()) return std::optional<std::int64_t>();
  DZ_TRY_ASSIGN(auto select,
                database_->prepare(fmt::format("SELECT statement.id FROM statement_outcome o JOIN statement ON "
                                               "statement.id = o.id {} AND statement.pubkey = ?",
                                               kOfTransaction)));
  select.bind(1, signature).bind(2, record.view());
  DZ_TRY_ASSIGN(const bool found, select.step());
  auto index = found ? std::optional(select.integer(0)) : std::nullopt;
  select.reset();
  return index;
}

Result<std::vector<StoredStatement>> StatementArchive::interrupted(int limit) {
  DZ_TRY_ASSIGN(auto select,
                database_->prepare(select_statements("WHERE o.outcome = ? ORDER BY statement.id DESC LIMIT ?")));
  select.bind(1, static_cast<std::int64_t>(StatementOutcome::Interrupted)).bind(2, std::int64_t{limit});
  return read_all(select);
}

Result<std::vector<Bytes>> StatementArchive::minutes(std::int64_t index) {
  DZ_TRY_ASSIGN(auto found, grounds(index));
  return std::move(found.leaves);
}

Result<void> StatementArchive::keep_policy(std::string_view text) {
  DZ_TRY_ASSIGN(auto put, database_->prepare(insert_sql(kPolicies, "INSERT OR IGNORE")));
  return put.bind(1, ByteView(sha256(as_bytes(text)))).bind(2, text).run();
}

Result<std::string> StatementArchive::policy(const attest::Hash& digest) {
  DZ_TRY_ASSIGN(auto select, database_->prepare("SELECT text FROM statement_policy WHERE hash = ?"));
  select.bind(1, ByteView(digest));
  DZ_TRY_ASSIGN(const bool found, select.step());
  if (!found) return not_found("the policy of the statement is not kept");
  auto text = std::string(select.text(0));
  select.reset();
  if (sha256(as_bytes(text)) != digest) return corrupt("monitor store: the policy of a statement is damaged on disk");
  return text;
}

Result<StatementArchive::Grounds> StatementArchive::grounds(std::int64_t index) {
  DZ_TRY_ASSIGN(auto select, database_->prepare(fmt::format("SELECT leaves, {} FROM statement_minutes WHERE id = ?",
                                                            intact_sql(kMinutes))));
  select.bind(1, index);
  DZ_TRY_ASSIGN(const bool found, select.step());
  if (!found) return not_found(fmt::format("the minutes of statement {} are not kept, or it has none", index));
  auto found_grounds =
      select.integer(1) == 0
          ? corrupt(fmt::format("monitor store: the minutes of statement {} are damaged on disk", index))
          : unpack(select.blob(0));
  select.reset();
  return found_grounds;
}

Result<void> StatementArchive::forget_minutes_before(Timestamp oldest) {
  DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM statement_minutes WHERE id IN (SELECT m.id FROM "
                                                "statement_minutes m JOIN statement s ON s.id = m.id WHERE s.at < ?)"));
  return forget.bind(1, micros(oldest)).run();
}

}  // namespace dz::monitor
