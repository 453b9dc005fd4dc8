// Whether an activator is at work, as the records alone show it: a record that its lifecycle would move is due, and one
// that was due and stands where the row leads was moved. For people only. Pure.
#pragma once

#include <map>
#include <optional>

#include "base/time.h"
#include "control/governed_record.h"

namespace dz::control {

class ActivatorWatch {
 public:
  // All records as they are now.
  void look(const Profile& profile, const GovernedRecords& records, Timestamp now);
  // One of them; none: it is gone.
  void look_at(const Profile& profile, const Pubkey& key, const std::optional<GovernedRecord>& record, Timestamp now);

  // When a record was last seen to have been moved; none: not since the start.
  const std::optional<Timestamp>& acted_at() const { return acted_at_; }
  // Records that wait to be moved, and since when that was seen.
  const std::map<Pubkey, Timestamp>& due() const { return due_; }

 private:
  std::map<Pubkey, Timestamp> due_;
  std::map<Pubkey, Status> due_status_;
  std::optional<Timestamp> acted_at_;
};

}  // namespace dz::control
