// What writes health: takes the changes of a plan, sends those that may go now, and follows each until it is known what
// became of it. A change waits while an older write to its record may land, after the ledger refused the same change,
// and when the change budget is used up; a later pass plans it again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/histogram.h"
#include "control/change_budget.h"
#include "control/plan_monitor.h"
#include "monitor/health_writer.h"
#include "monitor/ledger_reader.h"
#include "monitor/monitor_memory.h"
#include "monitor/statement_recovery.h"
#include "monitor/undrain_watch.h"
#include "monitor/write_guard.h"
#include "service/log.h"

namespace dz::monitor {

// All outlive the desk.
struct HealthDeskParts {
  client::LedgerClient& ledger;
  LedgerReader& reader;       // told which records to read again
  control::RecordBook& book;  // told what was written, where only the ledger's word counts
  MonitorMemory& memory;      // keeps decisions
  service::LogSink log;
  // Whether all that was written until now is on disk; what is stated about a write has to be before it is sent. Rows
  // may be written meanwhile. Empty: every write is on disk when it was made.
  std::function<bool()> is_on_disk = {};
  // The opinions of judges behind a change, for its statement; empty: one monitor decides.
  std::function<std::vector<attest::OpinionStatement>(const Pubkey& record)> opinions = {};
};

// Who writes. key: the health authority's; none: nothing is written.
struct HealthSigner {
  wire::ProgramIds ids;
  std::optional<wire::Keypair> key;
};

struct HealthCounters {
  std::uint64_t changes = 0;          // confirmed on the ledger
  std::uint64_t refused = 0;          // by the ledger
  std::uint64_t unsent = 0;           // could not be sent; tried again
  std::uint64_t outcome_unknown = 0;  // the record was read again
  Histogram write_times;              // of those confirmed, from the pass that decided to the pass that learned it
};

class HealthDesk {
 public:
  // The book has the memories of before the restart by now: what was tried then may still land.
  HealthDesk(HealthDeskParts parts, const MonitorSettings& settings, HealthSigner signer);
  HealthDesk(const HealthDesk&) = delete;
  HealthDesk& operator=(const HealthDesk&) = delete;

  // Learns what became of writes that were sent before.
  void collect(Timestamp now);
  // Records changed, so what the ledger refused may be tried again.
  void follow(const client::MirrorUpdate& update);

  // Before judging, once the ledger was read: finds the records that nothing may be written to in this pass.
  void note_under_way(Timestamp now);
  // Of those records: the health that was sent. Of the last note_under_way().
  const std::map<Pubkey, Health>& under_way() const { return under_way_; }
  // Before judging, when health may be written: tells the book of undrains that left no trace in the record.
  void look_for_undrains(Timestamp now);

  // Sends what the plan wants, as far as it may go now. inputs: what the plan was made of; they must be writable.
  void write(const control::MonitorPlan& plan, const control::MonitorInputs& inputs);
  // When to be called again at the latest, to follow what is open or to send again.
  Timestamp next(Timestamp now) const;

  // Health that landed since the last call.
  std::vector<std::pair<Pubkey, Health>> take_landed() { return std::exchange(landed_, {}); }
  // A decision whose write was sent and is not confirmed yet; null: none. Valid until the next call.
  const Decision* undecided(const Pubkey& key) const;
  const control::ChangeBudget& budget() const { return budget_; }
  // Why the record's change was not written in the last pass, where that is not evidence; none: it is not held back.
  std::optional<verdict::HeldBack> held_back(const Pubkey& key, Timestamp now) const;
  const HealthCounters& counters() const { return counters_; }

 private:
  // What the monitor does besides where the ledger's program does not guard: there an older write may land whatever
  // was judged, and an undrain may leave no trace.
  struct Unguarded {
    WriteGuard guard;
    UndrainWatch undrains;
    std::set<Pubkey> waiting{};               // records that wait for an undrain
    std::optional<std::uint64_t> followed{};  // revision of the records that they are of
  };
  // What could not be sent is sent again, later after each failure.
  struct SendAgain {
    std::optional<Timestamp> at;  // nothing is sent before
    int failures = 0;             // in a row
  };

  std::optional<HealthWrite> write_of(const control::HealthChange& change, const client::Snapshot& records) const;
  // Notes what is decided, and what is stated about it.
  void decide(const control::HealthChange& change, const control::MonitorInputs& inputs);
  // What is stated about the writes, on disk: each gets its own.
  Result<void> keep_statements(std::vector<HealthWrite>& writes);
  void tell_statements(const std::vector<HealthWriteOutcome>& outcomes);
  void refuse_all(std::vector<HealthWrite> writes, const Error& error);
  void learn_genesis();
  // Reads the records once more, after the block hash was taken, and sends what is still of the state that was judged.
  void send(std::vector<HealthWrite> writes);
  std::vector<HealthWrite> within_budget(std::vector<HealthWrite> writes, Timestamp now);
  void restore_budget(Timestamp now);
  void follow_waiting(const client::Snapshot& records);
  std::optional<SeenTransaction> newest_own(const Pubkey& key);
  void settle(const std::vector<HealthWriteOutcome>& outcomes, Timestamp now);
  void landed(const HealthWriteOutcome& outcome, std::vector<Decision>& decided);
  void say(service::LogLevel level, std::string_view event, const HealthWriteOutcome& outcome,
           std::pair<std::string_view, std::string> detail) const;

  HealthDeskParts parts_;
  const Profile& profile_;     // for the words of the ledger
  std::string policy_digest_;  // for decisions
  attest::StatedBy by_;
  std::map<Pubkey, attest::Stated> stated_;  // of the writes under way in write()
  bool knows_genesis_ = false;               // by_ has it
  StatementRecovery recovery_;
  bool said_memo_ = false;  // that the ledger did not take one
  std::optional<wire::Keypair> key_;
  Timestamp now_;  // of the call: the sender's clock
  std::optional<HealthWriter> writer_;
  control::ChangeBudget budget_;
  bool takes_over_;                     // it may write later, though not at the start
  std::optional<Unguarded> unguarded_;  // none: the ledger's program guards
  std::map<Pubkey, Health> under_way_;
  std::map<Pubkey, Decision> undecided_;   // sent, to be recorded when the ledger has confirmed them
  std::map<Pubkey, HealthWrite> refused_;  // by the ledger: not tried again until the record changes
  SendAgain send_again_;
  std::vector<std::pair<Pubkey, Health>> landed_;
  HealthCounters counters_;
};

}  // namespace dz::monitor
