// How much a daemon may write: at most so many writes a minute, and in an hour at most so many per cent of the fleet.
// A plan that wants more is held and an alarm raised, for a daemon that wants to change half a network at once is more
// likely to be wrong than right. Pure: the daemon says what time it is, and after a start what its key wrote before it,
// so that a daemon which starts again and again has no more to spend than one that runs.
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
// "10" or "unlimited"; "5", "2.5" or "unlimited". Refused otherwise.
Result<std::optional<std::uint32_t>> parse_writes_per_minute(const std::string& text);
Result<std::optional<double>> parse_fleet_percent(const std::string& text);

// One record written once, whatever transaction it was in.
struct BudgetWrite {
  Timestamp at;
  Pubkey record;
};

enum class BudgetHold : std::uint8_t { HistoryNotKnown, PerMinute, PerHour };
std::string_view to_text(BudgetHold hold);

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
  // True: write it, it is counted. False: held; ask again in a later pass.
  bool take(const Pubkey& record);
  // The ledger refused that write, so nothing was changed.
  void give_back(const Pubkey& record);

  // The alarm: what the last pass had to leave.
  std::size_t held() const { return held_.size(); }
  bool holds(const Pubkey& record) const { return held_.contains(record); }
  std::optional<BudgetHold> reason() const { return reason_; }
  // Since when every pass held something.
  std::optional<Timestamp> held_since() const { return held_since_; }
  // When a held record may be written at the earliest; none while nothing is held or the history is not known.
  std::optional<Timestamp> opens_at() const;

  const ChangeLimits& limits() const { return limits_; }
  std::size_t written_in_minute() const;
  std::size_t records_in_hour() const { return newest_.size(); }
  // None: no limit.
  std::optional<std::size_t> records_an_hour() const { return records_an_hour(fleet_); }
  // "10 of 10 writes in the last minute, 3 of 5 records in the last hour; 12 more are held"
  std::string sentence() const;

 private:
  std::optional<std::size_t> records_an_hour(std::size_t fleet) const;
  std::optional<BudgetHold> hold_for(const Pubkey& record) const;
  void count(const BudgetWrite& write);
  void forget_old();

  ChangeLimits limits_;
  bool restored_;
  Timestamp now_;
  std::size_t fleet_ = 0;
  std::deque<BudgetWrite> writes_;      // of the last hour, oldest first
  std::map<Pubkey, Timestamp> newest_;  // of each record in writes_
  std::set<Pubkey> held_;
  std::optional<BudgetHold> reason_;
  std::optional<Timestamp> held_since_;
};

}  // namespace dz::control
