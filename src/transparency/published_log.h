// A log as it is told to others: the checkpoint that its key signs, kept in a file beside the database so that a log
// that does not go on from what it said is noticed at the start, and the cosignatures of its witnesses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transparency/checkpoint.h"
#include "transparency/log.h"
#include "transparency/witness_messages.h"
#include "wire/keypair.h"

namespace dz::transparency {

class PublishedLog {
 public:
  struct Options {
    std::string origin;  // the log's name
    wire::Keypair key;
    std::string file;       // of the checkpoint; empty: it is not kept
    bool asked_for = true;  // that name; else a log that has another one keeps it
    bool held = false;      // a checkpoint is shown once show_newest() says so, not at once
  };

  // The database of the log outlives this object. Corrupt: the log does not extend the checkpoint in the file, or that
  // is damaged, or it is one of another log; the message says what to do. Without a file there is nothing to compare.
  static Result<PublishedLog> open(Log log, Options options);

  const Log& log() const { return log_; }
  const std::string& origin() const { return options_.origin; }
  NoteKey verifier() const { return {options_.origin, SignatureType::Ed25519, options_.key.pubkey()}; }

  // Signs the tree as it is in the database, unless it has been, and keeps the checkpoint. Only once all that is in the
  // database is on disk: what was signed is never taken back. True: there is a newer one.
  Result<bool> publish();
  // None: nothing was signed yet.
  const std::optional<SignedCheckpoint>& newest() const { return newest_; }
  // What others are shown: the newest, or one before it while that is held back for its witnesses.
  const std::optional<SignedCheckpoint>& shown() const { return shown_; }
  void show_newest() { shown_ = newest_; }

  // What to ask a witness for that has seen a tree of that size. Refused: that is more than the log has published.
  Result<AddCheckpoint> ask_witness(std::uint64_t seen) const;
  // Of the newest checkpoint; of another one they are not taken.
  void add_cosignatures(const std::string& text, const std::vector<NoteSignature>& cosignatures);

 private:
  PublishedLog(Log log, Options options) : log_(log), options_(std::move(options)) {}

  Log log_;
  Options options_;
  std::optional<SignedCheckpoint> newest_, shown_;
};

// One file of the log as others fetch it, by its path below the log's prefix: "checkpoint", "tile/...", and "key", the
// verifier key, which the operator is to be asked for instead.
struct LogFile {
  std::string_view content_type;
  std::string body;
  bool for_good = false;  // it never changes
};
// Of what is shown. NotFound: no such file, or nothing was signed yet.
Result<LogFile> file_of(const PublishedLog& published, std::string_view path);

}  // namespace dz::transparency
