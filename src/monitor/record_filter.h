// Which records of the ledger a list is asked for.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/snapshot.h"
#include "domain/profile.h"
#include "verdict/condition.h"

namespace dz::monitor {

// Those that a record can be in, as lists and metrics name them.
inline constexpr std::array kConditions{verdict::ConditionState::Good,       verdict::ConditionState::Failing,
                                 verdict::ConditionState::Recovering, verdict::ConditionState::Collecting,
                                 verdict::ConditionState::Held,       verdict::ConditionState::NeedsAction};

// Of one question any of the values will do; all questions have to be met. One without values is not asked.
class RecordFilter {
 public:
  // query: the parameters kind, status, desired_status, health, condition, contributor, device, metro; others are none of its
  // business. records: null before the ledger was read. Refused: a code or pubkey that the ledger does not have; Retry:
  // nobody knows yet.
  static Result<RecordFilter> read(std::string_view query, const client::Snapshot* records, const Profile& profile);

  bool asks_nothing() const;
  bool asks_of_place() const { return !contributors_.empty() || !devices_.empty() || !metros_.empty(); }
  bool fits_kind(RecordKind kind) const { return !kind_ || *kind_ == kind; }
  bool fits_health(std::string_view spelled) const;  // as spell() has it
  bool fits_condition(verdict::ConditionState state) const;
  // False for what is on the ledger no more. Where it stands: contributor, device and metro only.
  bool fits(const client::Snapshot& records, RecordKind kind, const Pubkey& key) const;
  bool stands_there(const client::Snapshot& records, RecordKind kind, const Pubkey& key) const;

 private:
  bool is_there(const client::Snapshot& records, const Pubkey& device) const;
  bool ends_there(const client::Snapshot& records, const Link& link) const;

  const Profile* profile_ = nullptr;
  std::optional<RecordKind> kind_;
  std::vector<std::string> statuses_, desired_, healths_, conditions_;
  std::vector<Pubkey> contributors_, devices_, metros_;
};

}  // namespace dz::monitor
