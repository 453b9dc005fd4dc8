// How much a daemon may write: at most so many writes a minute, and in an hour at most so many per cent of the fleet.
// What a plan wants beyond that is deferred and an alarm raised, for a daemon that wants to change half a network at
// once is more likely to be wrong than right. Pure: the daemon says what time it is, and after a start what its key
// wrote before it, so that a daemon which starts again and again has no more to spend than one that runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"

namespace dz::control {

// Nothing set: no limit.
struct ChangeLimits {
  std::optional<std::uint32_t> writes_per_minute;
  std::optional<double> fleet_percent_per_hour;  // of the records written, each counted once; always at least one
  bool operator==(const ChangeLimits&) const = default;
};
// A ledger of one's own has no limits; one that is shared has 10 writes a minute and 5 % an hour.
ChangeLimits default_change_limits(bool own_ledger);
// How many of a fleet's records they let be written in an hour; none: no limit.
std::optional<std::size_t> records_an_hour(const ChangeLimits& limits, std::size_t fleet);
// "10" or "unlimited"; "5", "2.5" or "unlimited". Refused otherwise.
Result<std::optional<std::uint32_t>> parse_writes_per_minute(const std::string& text);
Result<std::optional<double>> parse_fleet_percent(const std::string& text);

// One record written once, whatever transaction it was in.
struct BudgetWrite {
  Timestamp at;
  Pubkey record;
};

enum class Deferral : std::uint8_t { WritesNotKnown, PerMinute, PerHour };
std::string_view to_text(Deferral deferral);

class ChangeBudget {
 public:
  explicit ChangeBudget(ChangeLimits limits);

  // True until restore(): with limits, nothing may be written before it is known what the key wrote lately.
  bool needs_history() const { return !restored_; }
  // What the key wrote in the hour before `now`, in any order; called once.
  void restore(std::span<const BudgetWrite> writes, Timestamp now);
  // Whether restore() needs nothing older than these writes, the newest first: older ones are out of the hour, or leave
  // it before these do, and these alone use up what there is.
  bool is_enough(std::span<const BudgetWrite> newest_first, std::size_t fleet, Timestamp now) const;

  // A pass asks for each record that it wants to write, the most important first.
  void begin_pass(std::size_t fleet, Timestamp now);
  // True: write it, it is counted. False: deferred; ask again in a later pass.
  bool take(const Pubkey& record);
  // The ledger refused that write, so nothing was changed.
  void give_back(const Pubkey& record);

  // The alarm: what the last pass had to leave.
  std::size_t deferred() const { return deferred_.size(); }
  bool defers(const Pubkey& record) const { return deferred_.contains(record); }
  const std::set<Pubkey>& deferred_records() const { return deferred_; }
  std::optional<Deferral> reason() const { return reason_; }
  // Since when every pass deferred something.
  std::optional<Timestamp> deferred_since() const { return deferred_since_; }
  // When a deferred record may be written at the earliest; none while nothing is deferred or its writes of the last
  // hour are not known.
  std::optional<Timestamp> opens_at() const;

  const ChangeLimits& limits() const { return limits_; }
  std::size_t written_in_minute() const;
  std::size_t records_in_hour() const { return newest_.size(); }
  // None: no limit.
  std::optional<std::size_t> records_an_hour() const { return records_an_hour(fleet_); }
  // "10 of 10 writes in the last minute, 3 of 5 records in the last hour; 12 more are held"
  std::string sentence() const;
  // Of a record that is deferred: "its change of health is held back by the change budget (too much of the fleet in an
  // hour), until 04:55 at the earliest". what: "its change of health".
  std::string why_deferred(std::string_view what, Timestamp now) const;

 private:
  std::optional<std::size_t> records_an_hour(std::size_t fleet) const;
  std::optional<Deferral> deferral_of(const Pubkey& record) const;
  void count(const BudgetWrite& write);
  void forget_old();

  ChangeLimits limits_;
  bool restored_;
  Timestamp now_;
  std::size_t fleet_ = 0;
  std::deque<BudgetWrite> writes_;      // of the last hour, oldest first
  std::map<Pubkey, Timestamp> newest_;  // of each record in writes_
  std::set<Pubkey> deferred_;
  std::optional<Deferral> reason_;
  std::optional<Timestamp> deferred_since_;
};

}  // namespace dz::control
