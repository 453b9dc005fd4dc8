// What the monitor reads of the ledger: records through a mirror, how long windows are that the policy gives in slots,
// and latency samples. Each is read when it is due; calls block for as long as the client's do.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/ledger_client.h"
#include "client/ledger_mirror.h"
#include "control/record_changes.h"
#include "control/slot_windows.h"
#include "monitor/file_writes.h"
#include "monitor/monitor_settings.h"
#include "monitor/record_order.h"
#include "service/log.h"
#include "telemetry/durable_evidence.h"
#include "telemetry/sample_reader.h"

namespace dz::monitor {

// Where is read, where samples go, who hears of trouble. All outlive the reader.
struct LedgerReaderParts {
  client::LedgerClient& ledger;
  telemetry::DurableEvidence& evidence;
  FileWrites& files;
  service::LogSink log;
  client::KeptSlots slots = {};  // where the highest slot that was seen is kept
};

struct SampleCounters {
  std::uint64_t reads = 0, failures = 0;
};

class LedgerReader {
 public:
  // settings outlive the reader. key: of the health authority, checked at each read; none: nothing is written.
  LedgerReader(LedgerReaderParts parts, const MonitorSettings& settings, const wire::ProgramIds& ids,
               std::optional<Pubkey> key);

  // Called whenever records changed, before the call that read them returns.
  void on_change(std::function<void(const client::MirrorUpdate&)> changed) { on_change_ = std::move(changed); }

  // Reads what is due, samples aside.
  void step(Timestamp now);
  // Asks when the ledger's newest block was made, and nothing else.
  void ask_for_time(Timestamp now) { (void)mirror_.view().anchor(now); }
  // The clock was wrong: everything is due.
  void forget_times();
  // Samples, when they are due; their minutes close.
  void step_samples(Timestamp now);
  // When something is due again.
  Timestamp next(Timestamp now) const;
  // Reads those accounts once more, for what is about to be written; at most 100. An error: they may be old.
  Result<void> read_again(const std::vector<Pubkey>& accounts);

  // For hints that accounts changed; what it has to say of reads.
  client::LedgerMirror& mirror() { return mirror_; }
  const client::LedgerMirror& mirror() const { return mirror_; }
  // None before the first read.
  const std::optional<client::Snapshot>& snapshot() const { return mirror_.snapshot(); }
  std::uint64_t records_revision() const { return changes_.revision(); }  // another number whenever a record changed
  const control::RecordChanges& changes() const { return changes_; }
  // The records, as lists show them.
  const RecordOrder& order() const { return order_; }
  // The code of a record, or its key while the ledger has no such record.
  std::string code_of(const Pubkey& key) const;

  // Why no health is written although something may be due; empty when all is well.
  const std::string& problem() const { return problem_.empty() ? mirror_.view().problem() : problem_; }
  // The same, or that the last read of all records is older than it may be.
  std::string trouble(Timestamp now) const;
  // There are records, and no trouble with them.
  bool can_write(Timestamp now) const;
  // The policy, with its windows in minutes.
  verdict::Policy policy_in_force(Timestamp now) const { return windows_.in_force(now); }
  // Since when no two reads of all records were farther apart than a read may be old, nor two looks at which the node
  // was current; none: there was no read.
  std::optional<Timestamp> read_since() const;
  const SampleCounters& sample_counters() const { return sample_counters_; }

 private:
  void read_records(Timestamp now);
  void note_read(std::optional<Timestamp> last, Timestamp read);
  void look_at_view(Timestamp now);
  void take(const client::MirrorUpdate& update);
  std::string problem_with(const client::Snapshot& records) const;
  void read_slots(Timestamp now);
  std::optional<Timestamp> block_time_at(Slot slot);
  void read_samples(Timestamp now);

  LedgerReaderParts parts_;
  const MonitorSettings& settings_;
  telemetry::SampleReader samples_;
  std::optional<Pubkey> key_;
  std::function<void(const client::MirrorUpdate&)> on_change_;
  client::LedgerMirror mirror_;
  control::RecordChanges changes_;
  RecordOrder order_;
  std::string problem_ = "the ledger has not been read yet";
  control::SlotWindows windows_;
  std::optional<Timestamp> read_since_;                             // of the reads alone
  std::optional<Timestamp> next_view_, next_slots_, next_samples_;  // none: now
  std::string said_of_view_;
  SampleCounters sample_counters_;
};

}  // namespace dz::monitor
