// Evidence on disk: a journal of its inputs and two checkpoints, each with checksums, in the tables of the monitor's
// file (docs/formats/monitor-store.md). What cannot be trusted is set aside, and the minutes that it could have touched
// are told, so that nothing is good because of what was lost. Its bytes stay in the file, for people to look at.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evidence/evidence.h"
#include "storage/row_checks.h"
#include "storage/synced_tip.h"

namespace dz::telemetry {

// The minutes [from, to) of the sources of a set (bit Source).
struct EvidenceSpan {
  Minute from, to;
  std::uint32_t sources = 0;
  bool operator==(const EvidenceSpan&) const = default;
};
inline constexpr std::uint32_t kAllSources = (1U << evidence::kSourceCount) - 1;
// Until the time when the loss is noticed.
inline constexpr Minute kUntilNoticed{std::chrono::minutes{INT32_MAX}};
inline constexpr Minute kSinceEver{};

// One input, as it stands in the journal. It could touch no minutes but those of `touches`.
struct JournalEntry {
  int kind = 0;
  Timestamp at;
  EvidenceSpan touches;
  ByteView body;
};

// What was in such a span and is there no more.
struct EvidenceLoss {
  EvidenceSpan span;
  std::string what;  // a sentence
};

class EvidenceFile {
 public:
  // Makes the tables when missing and brings older ones up to date. The database outlives it.
  static Result<EvidenceFile> open(storage::SqliteDatabase& database);

  // Kept as the database keeps what is committed: on disk when it returns, or once its log is synced.
  Result<void> append(const JournalEntry& entry);

  // A checkpoint is of the state that all entries until its beginning lead to. It is written in pieces, between which
  // entries may be appended, and counts once it has ended: until then, and after a crash, the one before does. Kept are
  // two, and what was appended since the older one began.
  // False: that state is kept already, and there is nothing to do.
  Result<bool> begin_checkpoint();
  Result<void> add_piece(ByteView piece);
  Result<void> end_checkpoint(ByteView head, std::optional<Timestamp> last_pass);
  // Deletes some of what is not needed any more, some milliseconds of it. False: there is nothing.
  Result<bool> tidy();

  struct Checkpoint {
    std::optional<evidence::Evidence> evidence;  // none: there is none, or none that can be trusted
    std::optional<Timestamp> last_pass;
  };
  // The newest that can be trusted. Unsupported: of a newer version.
  Result<Checkpoint> load();
  // All entries since what load() gave, oldest first. take: Corrupt for an entry that it cannot read, which then counts
  // as damaged. now: when damage is noticed.
  Result<void> replay(const std::function<Result<void>(const JournalEntry&)>& take, Timestamp now);

  // What was lost, as this start and earlier ones found.
  const std::vector<EvidenceLoss>& losses() const { return losses_; }
  // What this start found damaged, in sentences; empty when all is well.
  const std::vector<std::string>& damage() const { return damage_; }
  // Writes down what this start found, so that the next one knows it too, and keeps the bytes of what is not used: the
  // newest hundred, of 64 MiB at most.
  Result<void> keep_losses(Timestamp now);

  std::size_t entries() const { return entries_; }  // since the checkpoint
  std::size_t bytes() const { return bytes_; }

 private:
  EvidenceFile(storage::SqliteDatabase& database, storage::SqliteStatement append)
      : database_(&database), append_(std::move(append)), tip_(database) {}
  Result<void> load_losses();
  Result<std::optional<Bytes>> whole_state(std::int64_t through, ByteView head);
  Result<bool> tidy_journal();
  void compare_with_tip();
  Result<void> keep_set_aside(Timestamp now);
  void lose(const EvidenceSpan& span, std::string what);
  void end_unknown(Timestamp at, Timestamp now);
  Result<void> replay_row(const storage::SqliteStatement& row,
                          const std::function<Result<void>(const JournalEntry&)>& take, Timestamp now);

  storage::SqliteDatabase* database_;
  storage::SqliteStatement append_;
  storage::SyncedTip tip_;
  std::int64_t through_ = 0;  // of the checkpoint that was loaded, or written since
  std::int64_t last_ = 0;     // number of the newest entry
  bool unknown_ = false;      // an entry is missing, and nothing is known of it
  std::vector<EvidenceLoss> losses_;
  std::size_t losses_kept_ = 0;  // those on disk
  std::vector<std::string> damage_;
  std::vector<std::pair<std::int64_t, std::string>> set_aside_;  // entries that are not used, with the reason
  std::size_t entries_ = 0, bytes_ = 0;
  struct UnderWay {
    std::int64_t through = 0, pieces = 0;
    std::size_t entries = 0, bytes = 0;  // that it makes unnecessary
  };
  UnderWay under_way_;                     // the checkpoint that began last
  std::vector<std::int64_t> not_trusted_;  // checkpoints, by `through`
};

}  // namespace dz::telemetry
