// A witness (C2SP tlog-witness): it cosigns a checkpoint of a log that it knows when that goes on from the last one it
// cosigned, and never signs two that contradict each other. What it saw is on disk before it says so. What proves that
// a log contradicts itself is kept; what somebody sends with a wrong proof is refused, and says nothing about the log.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "storage/sqlite.h"
#include "transparency/witness_messages.h"

namespace dz::transparency {

// An answer to a request, as HTTP has it.
struct WitnessAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// What it last cosigned of a log.
struct SeenLog {
  std::string origin;
  TreeHead head;
  std::string checkpoint;  // the note, with the cosignature
  Timestamp at;
};

// Two checkpoints that a log signed and that cannot both be true, with what proves it to anybody: contradict() of
// merkle.h.
struct LogConflict {
  std::string origin;
  Timestamp at;
  std::string seen, found;  // the notes
  Proof beginning;          // of `found`; of two trees of one size none
  std::string reason;
};

class Witness {
 public:
  static constexpr std::int64_t kMostConflicts = 100;  // kept of each log, the first ones

  // Makes the tables when missing; the database outlives the witness. Every commit is on disk when it is made.
  static Result<Witness> open(storage::SqliteDatabase& database, std::string name, wire::Keypair key,
                              std::vector<NoteKey> logs);

  NoteKey verifier() const { return {name_, SignatureType::Cosignature, key_.pubkey()}; }
  const std::vector<NoteKey>& known_logs() const { return logs_; }

  WitnessAnswer add_checkpoint(std::string_view body, Timestamp now);

  Result<std::vector<SeenLog>> seen() const;
  Result<std::vector<LogConflict>> conflicts() const;
  // How often it answered so, by HTTP status.
  const std::map<int, std::uint64_t>& answers() const { return answers_; }

 private:
  Witness(storage::SqliteDatabase& database, std::string name, wire::Keypair key, std::vector<NoteKey> logs)
      : database_(&database), name_(std::move(name)), key_(std::move(key)), logs_(std::move(logs)) {}

  WitnessAnswer judge(std::string_view body, Timestamp now);
  Result<std::optional<SeenLog>> last_seen(const std::string& origin) const;
  Result<void> keep(const SeenLog& seen);
  Result<void> keep_conflict(const LogConflict& conflict);
  Result<void> take_over_conflicts();
  WitnessAnswer cosign(const SignedCheckpoint& checkpoint, Timestamp now);

  storage::SqliteDatabase* database_;
  std::string name_;
  wire::Keypair key_;
  std::vector<NoteKey> logs_;
  std::map<int, std::uint64_t> answers_;
};

}  // namespace dz::transparency
