// A policy may give its windows in slots of the ledger; this says how many minutes they are. The ledger is asked for
// the time of the slot in which a window begins. Between answers the last one holds for a while. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "base/time.h"
#include "verdict/policy.h"

namespace dz::control {

class SlotWindows {
 public:
  static constexpr Duration kGoodFor = std::chrono::minutes{15};  // without an answer a window is then not known
  // A window that is shorter by no more than this stays as it is, so that jitter does not move it at each pass.
  static constexpr std::chrono::minutes kSlack{2};

  explicit SlotWindows(verdict::Policy asked) : asked_(std::move(asked)) {}

  // The numbers of slots to ask about; empty when the policy gives durations.
  std::set<std::uint64_t> wanted() const;
  // The ledger's answer: `begins` is the time of the slot that lies `slots` before the newest one; none when the ledger
  // is younger than that.
  void tell(std::uint64_t slots, std::optional<Timestamp> begins, Timestamp now);

  // The policy with its windows in minutes, rounded up, and at least as long as its other numbers need. A longer window
  // is the safe side, so one that grew is in force at once.
  verdict::Policy in_force(Timestamp now) const;
  const verdict::Policy& asked() const { return asked_; }

 private:
  struct Told {
    Timestamp at;
    std::optional<std::chrono::minutes> length;  // none: the ledger is younger
  };
  verdict::Window resolved(const verdict::Window& asked, Timestamp now) const;

  verdict::Policy asked_;
  std::map<std::uint64_t, Told> told_;
};

}  // namespace dz::control
