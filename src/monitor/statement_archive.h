// The statements that a monitor made (attest/statement.h) in its SQLite file: made before their transactions are sent,
// with the minutes they rest on, and what became of each. Statements are kept for good; their minutes as long as
// decisions. Format: docs/formats/monitor-store.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attest/state_change.h"
#include "storage/row_checks.h"
#include "transparency/log.h"
#include "wire/keypair.h"

namespace dz::monitor {

// What became of the transaction that was to make a statement true.
enum class StatementOutcome : std::uint8_t {
  Open,         // on its way, or not sent yet
  Landed,       // the change took place
  Refused,      // by the ledger
  NotSent,      // nothing was sent
  Unknown,      // sent, and the ledger did not say
  Interrupted,  // the monitor ended before it knew
};
std::string_view outcome_word(StatementOutcome outcome);  // "open", "landed", "not-sent", ...

struct StoredStatement {
  std::int64_t index = 0;  // the first is 0
  attest::Hash hash{};
  Bytes bytes;
  StatementOutcome outcome = StatementOutcome::Open;
  std::string signature;  // of the transaction; empty where none is known
};

// A view of the database, which outlives it; MonitorArchive makes the tables.
class StatementArchive {
 public:
  struct Outcome {
    std::int64_t index = 0;
    StatementOutcome outcome = StatementOutcome::Open;
    std::string signature;
  };

  explicit StatementArchive(storage::SqliteDatabase& database) : database_(&database), entries_(database) {}
  static std::string_view schema();

  // Adds them to the log of decisions too (transparency/log.h), in the same commit: the index is that in the log.
  // All or nothing; `first` is that of the first of them. Their bytes are there alone.
  struct Added {
    std::int64_t first = 0;
    std::vector<attest::Hash> hashes;  // of each
  };
  Result<Added> add(std::span<const attest::Stated> stated);
  Result<void> settle(std::span<const Outcome> outcomes);
  // At a start: what was open was interrupted.
  Result<void> interrupt_open();

  // Those of a transaction, in the order of its instructions.
  Result<std::vector<StoredStatement>> of_transaction(std::string_view signature);
  Result<std::optional<StoredStatement>> find(std::int64_t index);
  Result<std::optional<StoredStatement>> find(const attest::Hash& hash);
  // Of one record in one transaction; none: there is none, for example because it was made before there were any.
  Result<std::optional<std::int64_t>> index_of(std::string_view signature, const Pubkey& record);
  // Newest first.
  Result<std::vector<StoredStatement>> interrupted(int limit);
  // What a statement rests on.
  struct Grounds {
    Bytes account;              // its data as it was judged
    std::vector<Bytes> leaves;  // of the minutes
  };
  // NotFound: they are not kept any more.
  Result<Grounds> grounds(std::int64_t index);
  Result<std::vector<Bytes>> minutes(std::int64_t index);
  // Texts of policies are kept for good, by their SHA-256. NotFound: there is none.
  Result<void> keep_policy(std::string_view text);
  Result<std::string> policy(const attest::Hash& digest);
  Result<void> forget_minutes_before(Timestamp oldest);

 private:
  Result<std::vector<StoredStatement>> read_all(storage::SqliteStatement& select);
  Result<std::vector<StoredStatement>> read_rows(storage::SqliteStatement& select);

  storage::SqliteDatabase* database_;
  transparency::LogEntries entries_;
};

}  // namespace dz::monitor
