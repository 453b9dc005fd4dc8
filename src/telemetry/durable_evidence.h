// Evidence with a journal under it: every change is on disk before it is applied or acknowledged, so a
// restart continues with exactly the evidence it had. Format: docs/formats/monitor-store.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evidence/evidence.h"
#include "storage/sqlite.h"
#include "telemetry/evidence_file.h"
#include "telemetry/reading_archive.h"
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
  // criteria. The database outlives this object. What is damaged is set aside and told by damage(); the minutes it
  // could touch are unobserved, unless they are known to be bad. Unsupported: of a newer version.
  static Result<DurableEvidence> open(storage::SqliteDatabase& database, evidence::EvidenceSettings settings,
                                      Timestamp now, const std::vector<std::string>& added = {});

  // On disk when it returns. Retry: not written, and not applied. Of interfaces that are not heard only that their
  // devices were is kept. Rows that could not be read again are left out and
  // told as unkept.
  Result<IngestReport> ingest(const RowBatch& batch, Timestamp now);
  Result<void> observe_samples(Timestamp read_at, const std::vector<evidence::SampleRead>& reads);
  // A pulled source answered for every minute of [from, to), whose rows were ingested before. On disk when it returns.
  Result<void> answered(evidence::Source source, Minute from, Minute to, Timestamp now);
  // The endpoint accepted writes until now; minutes close.
  Result<void> pass(Timestamp now);
  // What is called between two pieces of a pass, an answer or a checkpoint that takes long, some milliseconds apart:
  // rows may be ingested then, and questions asked of in_memory(), which answers as of before.
  void on_pause(std::function<void()> pause) { pause_ = std::move(pause); }
  // The clock was wrong, or not to be believed, until now. On disk when it returns.
  Result<void> clock_came_right(Timestamp now);
  // All interfaces that ledger records name, in order; they have a place always. On disk when it returns.
  Result<void> name_interfaces(const std::vector<evidence::NamedInterface>& all, Timestamp now);
  // Forgets the subjects that are neither of these records (devices and links, in order) nor named by them, and of
  // which nothing came for longer than the rings are long. On disk when it returns.
  Result<void> forget_gone(const std::vector<Pubkey>& records, Timestamp now);
  // Keeps a new checkpoint, of this moment, and the one before, and the journal since that one.
  Result<void> checkpoint();

  // The history has written down what changed. Nothing on disk changes.
  void forget_changes() { evidence_.forget_changes(); }

  const evidence::Evidence& in_memory() const { return evidence_; }
  std::optional<Timestamp> last_pass() const { return last_pass_; }  // before a restart too
  std::size_t journal_entries() const { return file_.entries(); }    // since the checkpoint
  std::size_t journal_bytes() const { return file_.bytes(); }
  // Why nothing could be written the last time that it was tried; empty when it could.
  const std::string& write_problem() const { return write_problem_; }
  // What the start found damaged on disk, in sentences.
  const std::vector<std::string>& damage() const { return file_.damage(); }

 private:
  enum class Entry : std::uint8_t {
    Rows = 1,
    Samples = 2,
    Pass = 3,
    Answered = 4,
    Settings = 5,
    TakeBack = 6,
    Names = 7,
    Forget = 8
  };

  DurableEvidence(EvidenceFile file, ReadingArchive readings, evidence::Evidence store, Timestamp accepting_from)
      : file_(std::move(file)),
        readings_(std::make_unique<ReadingArchive>(std::move(readings))),
        evidence_(std::move(store)),
        accepting_from_(accepting_from) {
    evidence_.keep_readings_on(*readings_);
  }

  Result<IngestReport> ingest_readable(RowBatch batch, Timestamp now);
  Result<IngestReport> ingest_heard(RowBatch batch, Timestamp now);
  Result<IngestReport> keep(const RowBatch& batch, Timestamp now);
  Result<void> append(Entry entry, Timestamp at, const EvidenceSpan& touches, ByteView body);
  Result<void> replay(Entry entry, Timestamp at, ByteView body);
  Result<void> set_up(evidence::EvidenceSettings settings, const std::vector<std::string>& added, Timestamp now);
  IngestReport apply(const RowBatch& batch, Timestamp now);

  void withdraw_losses();
  Result<void> tidy();

  EvidenceFile file_;
  std::unique_ptr<ReadingArchive> readings_;  // the evidence points to it
  evidence::Evidence evidence_;
  Timestamp accepting_from_;
  std::function<void()> pause_;
  bool interrupted_ = false;  // something could not be written since the last pass that could
  std::string write_problem_;
  std::optional<Timestamp> last_pass_;
};

}  // namespace dz::telemetry
