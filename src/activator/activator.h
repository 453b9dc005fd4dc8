// The activator: ledger in, status out. It owns no truth: everything it knows is re-read, so it can be killed at any
// instant and any number of them may run. One step reads what is due, plans (control/plan_activator.h), writes, and
// says when to look again; events only make it look sooner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "activator/activator_proofs.h"
#include "activator/backing_desk.h"
#include "activator/own_writes.h"
#include "base/time.h"
#include "client/ledger_client.h"
#include "client/ledger_mirror.h"
#include "client/sender.h"
#include "control/change_budget.h"
#include "control/plan_activator.h"
#include "service/log.h"
#include "wire/program_ids.h"

namespace dz::activator {

struct ActivatorOptions {
  wire::ProgramIds ids;
  Duration poll_interval = std::chrono::seconds{60};  // everything is re-read this often
  Duration gather{};                                  // MirrorOptions::gather
  Duration confirm_interval = std::chrono::milliseconds{200};
  client::BudgetPolicy budget;
  bool observe = false;               // plans are shown and logged, nothing is written; any key will do
  bool allow_foundation_key = false;  // a key that is also foundation could override; refused unless told otherwise
  control::StagedUndrain staged;
  control::ChangeLimits limits;
  std::set<Pubkey> health_authorities;  // whose health counts as a judgement; empty: who the ledger says
  ProofOptions proofs;
  client::ViewOptions view;
  BackingOptions backing;  // with judges: health is acted on only when so many of them hold it
};

struct ActivatorCounters {
  std::uint64_t passes = 0;
  std::uint64_t events = 0;
  std::uint64_t polls = 0;
  std::uint64_t poll_failures = 0;
  std::uint64_t sent = 0;
  std::uint64_t confirmed = 0;
  std::uint64_t refused = 0;          // by the ledger
  std::uint64_t already_done = 0;     // refused, and the record was where it should be: somebody else moved it
  std::uint64_t outcome_unknown = 0;  // sends whose answer was lost; the record was re-read
};

// Has many members because a pass leaves several things to the next: records and proofs, what is sent and not answered,
// what was refused, what was said once. What is to be done is not decided here but in plan_activator().
class Activator {
 public:
  // client and log outlive the activator.
  Activator(client::LedgerClient& client, wire::Keypair key, ActivatorOptions options, service::LogSink log);
  Activator(const Activator&) = delete;
  Activator& operator=(const Activator&) = delete;

  // How monitors are asked for what judges hold; until then none is asked.
  void connect_monitors(BackingSeams seams) { backing_.connect(std::move(seams)); }

  // Hints that accounts changed: the next step re-reads them.
  void on_event(const Pubkey& account);
  void on_event(const client::AccountNotification& change);
  // A hint that anything may have changed (the stream was cut): the next step re-reads everything.
  void on_stream_lost();

  // One pass. Returns when to call again at the latest; an event means sooner.
  Timestamp step(Timestamp now);

  const ActivatorCounters& counters() const { return counters_; }
  const control::GovernedRecords& records() const { return records_; }
  std::optional<Timestamp> last_good_poll() const { return mirror_.last_poll(); }
  std::size_t open_transactions() const { return open_.size(); }
  // Why nothing is written although something may be due; empty when all is well.
  const std::string& problem() const { return problem_.empty() ? mirror_.view().problem() : problem_; }
  const client::LedgerView& view() const { return mirror_.view(); }
  bool observes() const { return options_.observe; }
  // Of the last pass: what it found to do, and what it left alone for want of proof.
  const control::ActivatorPlan& plan() const { return plan_; }
  const control::ChangeBudget& budget() const { return budget_; }
  const ActivatorProofs& proofs() const { return proofs_; }
  const BackingDesk& backing() const { return backing_; }
  // None before the ledger was read, or when its version is not known.
  const Profile* profile() const { return mirror_.snapshot() ? mirror_.snapshot()->profile : nullptr; }
  std::string code_of(const Pubkey& record) const;  // empty when it is not there

 private:
  struct OpenTransaction {
    control::StatusChange change;
    client::PendingTransaction pending;
  };
  struct Refusal {
    control::StatusChange change;
    std::string reason;
    bool lasting = false;  // the program said no, and will say it again until the record changes
  };

  void resolve_open(Timestamp now);
  void read_ledger(Timestamp now);
  void take(const client::MirrorUpdate& update);
  void take_record(const Pubkey& key);
  void forget_setbacks(const client::MirrorUpdate& update);
  bool is_fresh(Timestamp now) const;
  void make_plan(const Profile& profile, Timestamp now);
  void restore_budget(const Profile& profile, Timestamp now);
  control::Witnesses witnesses() const;
  void look_at_view(Timestamp now);
  void perform(const Profile& profile, Timestamp now);
  void write(const Profile& profile, std::span<const control::StatusChange> changes, Timestamp now);
  control::ActivatorView view_of(const Profile& profile, const control::GovernedRecords& records,
                                 const std::map<Pubkey, Status>& busy) const;
  bool still_planned(const Profile& profile, const control::StatusChange& change, Timestamp now) const;
  void announce(const std::vector<control::StatusChange>& changes);
  void say_what_is_held();
  void raise_alarm();
  void send(const control::StatusChange& change, const client::LatestBlockhash& anchor, Timestamp now);
  void on_outcome(const control::StatusChange& change, const client::SendOutcome& outcome, Timestamp now);
  void on_refused(const control::StatusChange& change, const std::string& reason, bool lasting, Timestamp now);
  void stop_sending(const Pubkey& record);
  void settle_refusals();
  void settle_refusal(const Refusal& refusal);
  Result<wire::Instruction> build(const control::StatusChange& change) const;
  service::LogFields describe(const Pubkey& key, const control::GovernedRecord& record) const;
  service::LogFields describe(const control::StatusChange& change) const;

  client::LedgerClient& client_;
  wire::Keypair key_;
  Timestamp now_;  // of the step: the sender's clock
  client::TransactionSender sender_;
  ActivatorOptions options_;
  service::LogSink log_;
  client::LedgerMirror mirror_;
  control::GovernedRecords records_;  // of the mirror's links and devices
  ActivatorProofs proofs_;
  BackingDesk backing_;
  control::ChangeBudget budget_;
  OwnWrites own_writes_;
  control::ActivatorPlan plan_;
  control::Setbacks setbacks_;
  std::map<Pubkey, OpenTransaction> open_;
  std::map<Pubkey, Refusal> refused_;                    // to be compared with the record once it is re-read
  std::map<Pubkey, control::GovernedRecord> announced_;  // observing: said once
  std::map<Pubkey, control::HeldRecord> said_held_;      // likewise
  bool alarm_ = false;
  std::optional<Timestamp> write_again_;  // what could not be read once more, or had changed
  std::optional<Timestamp> next_view_;    // when the node is asked how old its newest block is; none: now
  std::string said_of_view_;
  std::string problem_ = "the ledger has not been read yet";
  ActivatorCounters counters_;
};

}  // namespace dz::activator
