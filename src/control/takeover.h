// When a monitor that stands by begins to write, and when it stops again, on what the ledger shows alone (ADR 28). A
// pure rule: the same passes give the same role.
//
// It takes over when something has been due for `after`, by its own judgement, and nobody wrote any health meanwhile,
// although the writer's hourly budget had room. What it knows no reason for is not due: a health that somebody set
// against the evidence is left to people, as by a writer. It steps back as soon as it sees a health that somebody else
// wrote: the writer is back.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "control/governed_record.h"
#include "control/record_book.h"

namespace dz::control {

// What one pass saw.
struct TakeoverPass {
  Timestamp now;
  std::span<const RecordVerdict> verdicts;
  const GovernedRecords& records;  // of the same records, as the ledger has them
  // The view is fresh enough to act on, and this monitor may write. Else nothing counts as due, and all time begins
  // anew.
  bool can_write = false;
  bool resets_health = true;                        // the ledger's program impairs what leaves service by itself
  std::optional<std::size_t> records_an_hour = {};  // that the writer's budget allows; none: no limit
};

class Takeover {
 public:
  explicit Takeover(Duration after) : after_(after) {}

  // After each pass. True: from the next pass on, this monitor writes.
  bool step(const TakeoverPass& pass);
  // A write of this monitor landed: that health is nobody else's.
  void wrote(const Pubkey& record, Health health) { own_[record] = health; }

  bool writes() const { return writes_; }
  // Left to people: its health was set by somebody against the evidence while this monitor watched.
  bool leaves_alone(const Pubkey& record) const { return foreign_.contains(record); }
  // How long something has been due that nobody wrote; zero when nothing is.
  Duration silent(Timestamp now) const;

 private:
  struct Seen {
    GovernedRecord record;
    Health verdict;
  };
  bool note_writes(const TakeoverPass& pass);
  void note_due(const TakeoverPass& pass);

  Duration after_;
  bool writes_ = false;
  std::map<Pubkey, Seen> seen_;   // by the pass before
  std::map<Pubkey, Health> own_;  // written by this monitor and not seen yet
  std::set<Pubkey> foreign_;
  std::map<Pubkey, Timestamp> due_;  // since when
  std::deque<Timestamp> others_;     // writes of others, of the last hour
};

}  // namespace dz::control
