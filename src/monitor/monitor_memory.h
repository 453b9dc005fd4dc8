// What the monitor remembers over a restart besides its evidence: what it knows of each record, the decisions it made,
// and the history that backtests read. All of it is in the monitor's file when a call returns.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/ledger_view.h"
#include "control/monitor_inputs.h"
#include "control/record_book.h"
#include "history/history_archive.h"
#include "history/history_recorder.h"
#include "monitor/file_writes.h"
#include "monitor/forget_clock.h"
#include "monitor/monitor_archive.h"
#include "telemetry/durable_evidence.h"

namespace dz::monitor {

struct MemoryOptions {
  history::HistoryStart start;  // what the first pass of the history says of this process
  Duration keep{};              // decisions and history are forgotten after that
};

class MonitorMemory {
 public:
  // Makes the tables when missing. Database and files outlive the memory. Errors: those of MonitorArchive::open.
  static Result<MonitorMemory> open(storage::SqliteDatabase& database, MemoryOptions options, FileWrites& files);
  // What the start found damaged in the file, in sentences.
  const std::vector<std::string>& damage() const { return damage_; }

  // As they were saved last. last_pass: of the evidence; until then the evidence judgement of a record was known, where
  // nothing else is saved of it.
  control::RecordBook::Memories restored(std::optional<Timestamp> last_pass) const;
  Result<void> save_profile(std::string_view name) { return archive_.save_profile(name); }

  // Saves what changed since the last call. now: of the pass that the memories are of. False: not written, so nothing
  // may be sent, for a restart would not know that it was tried.
  bool save(const control::RecordBook::Memories& memories, Timestamp now);
  // Those of the book that changed since it was saved last.
  bool save(control::RecordBook& book, Timestamp now);
  // What is new in what a pass is planned on, for backtests; nothing: nothing but the time. After planning it is
  // recorded. True: it is kept, and the evidence is to forget what changed in it.
  std::optional<history::HistoryPass> news(const control::MonitorInputs& inputs, const Profile& profile) {
    return recorder_.record(inputs, profile);
  }
  // From now on what is forgotten is elsewhere too: passes are there up to through(), none: none are. What is older
  // than `hold` is forgotten nevertheless.
  void keep_until_elsewhere(std::function<std::optional<Timestamp>()> through, Duration hold) {
    elsewhere_ = {std::move(through), hold};
  }
  bool record(history::HistoryPass news, const control::RecordBook& book);
  // That all of it is in.
  storage::SqliteDatabase& database() { return *database_; }
  void add(const std::vector<Decision>& decisions);
  // The index of the first; Refused: not written, so nothing may be sent.
  Result<StatementArchive::Added> add_statements(std::span<const attest::Stated> stated);
  void settle(std::span<const StatementArchive::Outcome> outcomes);
  // Of the decisions from now on.
  void keep_policy(std::string_view text);
  StatementArchive& statements() { return archive_.statements(); }
  // Where the highest slot that was seen is kept. It refers to the memory.
  client::KeptSlots slots();
  DecisionArchive& decisions() { return archive_.decisions(); }

  // Now and then: a checkpoint of the evidence, and forgetting.
  void keep_house(telemetry::DurableEvidence& evidence, Timestamp now);

 private:
  using Stored = std::vector<std::pair<Pubkey, StoredMemory>>;
  void add_if_other(const Pubkey& key, const verdict::RecordMemory& memory, Timestamp now, Stored& changed) const;
  bool write(Stored changed, const std::vector<Pubkey>& gone);

  MonitorMemory(storage::SqliteDatabase& database, MonitorArchive archive, ForgetClock clock, MemoryOptions options,
                FileWrites& files);

  storage::SqliteDatabase* database_;
  MonitorArchive archive_;
  history::HistoryWriter history_;
  history::HistoryRecorder recorder_;
  ForgetClock forget_clock_;
  FileWrites& files_;
  struct Elsewhere {
    std::function<std::optional<Timestamp>()> through;  // none: this file is all there is
    Duration hold{};
  };
  Timestamp oldest_kept() const;

  Elsewhere elsewhere_;
  Duration keep_;
  std::vector<std::string> damage_;
  std::map<Pubkey, StoredMemory> saved_;  // as they are in the file
  std::optional<Timestamp> last_checkpoint_, last_forgotten_;
};

}  // namespace dz::monitor
