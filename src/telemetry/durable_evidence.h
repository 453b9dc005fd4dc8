// Evidence with a journal under it: every change is on disk before it is applied or acknowledged, so a
// restart continues with exactly the evidence it had. Format: docs/formats/monitor-store.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evidence/evidence.h"
#include "storage/sqlite.h"
#include "telemetry/row_batch.h"

namespace dz::telemetry {

// What became of a batch's rows.
struct IngestReport {
  std::size_t taken = 0;
  struct Refused {
    Pubkey device;
    evidence::RowOutcome outcome = evidence::RowOutcome::TooOld;
    Timestamp at;
    std::size_t rows = 0;  // with this outcome, of this device; `at` is the farthest one's
  };
  std::vector<Refused> refused;     // by device, then outcome
  std::vector<std::string> unkept;  // ports refused, each with the reason
  std::size_t unkept_rows = 0;
};

class DurableEvidence {
 public:
  // Opens what is there and replays it; `now` is when the endpoint begins to accept. added: the names of the added
  // criteria. The database outlives this object. Corrupt: the journal or checkpoint cannot be read; nothing is guessed.
  static Result<DurableEvidence> open(storage::SqliteDatabase& database, evidence::EvidenceSettings settings,
                                      Timestamp now, const std::vector<std::string>& added = {});

  // On disk when it returns. Retry: not written, and not applied.
  Result<IngestReport> ingest(const RowBatch& batch, Timestamp now);
  Result<void> observe_samples(Timestamp read_at, const std::vector<evidence::SampleRead>& reads);
  // A pulled source answered for every minute of [from, to), whose rows were ingested before. On disk when it returns.
  Result<void> answered(evidence::Source source, Minute from, Minute to, Timestamp now);
  // The endpoint accepted writes until now; minutes close.
  Result<void> pass(Timestamp now);
  // Replaces checkpoint and journal by one new checkpoint.
  Result<void> checkpoint();

  // The history has written down what changed. Nothing on disk changes.
  void forget_changes() { evidence_.forget_changes(); }

  const evidence::Evidence& in_memory() const { return evidence_; }
  std::optional<Timestamp> last_pass() const { return last_pass_; }  // before a restart too
  std::size_t journal_entries() const { return entries_; }           // since the checkpoint
  std::size_t journal_bytes() const { return bytes_; }

 private:
  enum class Entry : std::uint8_t { Rows = 1, Samples = 2, Pass = 3, Answered = 4, Settings = 5 };

  DurableEvidence(storage::SqliteDatabase& database, evidence::Evidence store, storage::SqliteStatement append,
                  Timestamp accepting_from)
      : database_(&database),
        evidence_(std::move(store)),
        append_(std::move(append)),
        accepting_from_(accepting_from) {}

  Result<void> append(Entry entry, Timestamp at, ByteView body);
  Result<void> replay(Entry entry, Timestamp at, ByteView body);
  Result<void> set_up(evidence::EvidenceSettings settings, const std::vector<std::string>& added, Timestamp now);
  void set_up(std::uint8_t pulled, std::span<const std::string> added);
  IngestReport apply(const RowBatch& batch, Timestamp now);

  storage::SqliteDatabase* database_;
  evidence::Evidence evidence_;
  storage::SqliteStatement append_;
  Timestamp accepting_from_;
  std::optional<Timestamp> last_pass_;
  std::size_t entries_ = 0, bytes_ = 0;
};

}  // namespace dz::telemetry
