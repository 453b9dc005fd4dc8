// The records of a backtest: as the ledger had them, with the health that the policy under test wrote and the status
// that would have followed.
//
// What people did is applied as it was recorded: drains, wishes, overrides, interfaces, new and deleted records. Status
// moves by the lifecycle table of the network: at the time the recorded activator made the same move, where the record
// is as it was recorded; half a minute after it could move, where it is not.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "backtest/program_rules.h"
#include "domain/records.h"
#include "history/history.h"
#include "lifecycle/authority.h"
#include "monitor/decision_archive.h"

namespace dz::backtest {

struct StatusStep {
  Timestamp at;
  Pubkey key;
  Status from = Status::Pending, to = Status::Pending;
  bool operator==(const StatusStep&) const = default;
};

// A change of health on the ledger that a monitor made. Everything else that changes health is the program's doing or
// a person's.
class RecordedDecisions {
 public:
  explicit RecordedDecisions(std::vector<monitor::Decision> decisions);
  // One that explains that the record is found with this health; each explains once.
  bool explain(const Pubkey& key, Health to, Timestamp found_at);

 private:
  struct Entry {
    Timestamp at;
    Health to;
    bool used = false;
  };
  std::map<Pubkey, std::vector<Entry>> entries_;
};

class BacktestRecords {
 public:
  explicit BacktestRecords(RecordedDecisions decisions) : decisions_(std::move(decisions)) {}

  // Until begin() records follow the ledger; from then on they go their own way.
  void begin() {
    begun_ = true;
    ++revision_;  // criteria may read other things of them from now on
  }
  // other_writes: another monitor writes health, so whatever the program did not do counts as its decision.
  Result<void> take(Timestamp at, const history::HistoryRecord& record, bool other_writes);
  void set_health(const Pubkey& key, Health health);
  void move(Timestamp at);                     // the activator
  std::optional<Timestamp> next_move() const;  // when move() is due again

  const std::map<Pubkey, Link>& links() const { return links_; }
  const std::map<Pubkey, Device>& devices() const { return devices_; }
  // Each of them as on the ledger.
  const std::map<Pubkey, lifecycle::LifecycleState>& recorded() const { return recorded_; }
  std::uint64_t revision() const { return revision_; }
  std::string code_of(const Pubkey& key) const;

  // Since begin().
  const std::vector<StatusStep>& steps() const { return steps_; }
  const std::vector<StatusStep>& recorded_steps() const { return recorded_steps_; }
  const std::vector<monitor::Decision>& others_decisions() const { return others_; }

 private:
  // One record as the monitor read it.
  struct Reading {
    Timestamp at;
    const history::HistoryRecord& record;
    bool other_writes;
  };

  template <typename Record>
  void take_record(const Reading& reading, Record record, std::map<Pubkey, Record>& records);
  lifecycle::LifecycleState merge(const Reading& reading, const lifecycle::LifecycleState& before,
                                  const lifecycle::LifecycleState& after, lifecycle::LifecycleState own);
  template <typename Record>
  void move_records(Timestamp at, RecordKind kind, std::map<Pubkey, Record>& records);
  void note_step(Timestamp at, const Pubkey& key, Status from, Status to);

  RecordedDecisions decisions_;
  bool begun_ = false;
  ProgramRules rules_{rfc_profile()};  // of the records read last
  std::map<Pubkey, Link> links_;
  std::map<Pubkey, Device> devices_;
  std::map<Pubkey, lifecycle::LifecycleState> recorded_;  // as on the ledger
  std::map<Pubkey, Timestamp> movable_since_;             // could move, and the ledger's own record is elsewhere
  std::map<Pubkey, std::string> gone_;                    // codes of deleted records
  std::vector<StatusStep> steps_, recorded_steps_;
  std::vector<monitor::Decision> others_;
  std::uint64_t revision_ = 0;
};

}  // namespace dz::backtest
