// Whether a link or device is as people want it, and if not, what stands between: what dashboards count and what
// metrics show one by one. The lifecycle's rows say which moves are due; nothing is judged here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "control/governed_record.h"
#include "control/record_book.h"

namespace dz::control {

// In the order of what people look at first. The numbers are shown to them and do not change.
enum class NotAsWanted : std::uint8_t {
  UnhealthyInService = 1,  // carries traffic without the best health
  HealthDisagreement = 2,  // somebody else's health stands against the evidence
  StatusDue = 3,           // the lifecycle has a move for it that nobody has made yet
  HealthDue = 4,           // the evidence says another health than the ledger
  NotInService = 5,        // wanted in service and not there
};
inline constexpr std::array kNotAsWanted{NotAsWanted::UnhealthyInService, NotAsWanted::HealthDisagreement,
                                         NotAsWanted::StatusDue, NotAsWanted::HealthDue, NotAsWanted::NotInService};
std::string_view to_text(NotAsWanted why);  // "unhealthy-in-service", ...

// The first that holds. Nothing: in service and healthy, or out of it because somebody wants that.
std::optional<NotAsWanted> not_as_wanted(const Profile& profile, const GovernedRecord& record,
                                         const RecordVerdict& verdict);

}  // namespace dz::control
