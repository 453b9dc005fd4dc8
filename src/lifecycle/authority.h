// Who may write which of status, desired_status and health, and what else changes when they do. Pure rules, used by
// the ledger program (which enforces them whatever a client believed) and by the CLI (which explains them).
#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "domain/words.h"

namespace dz::lifecycle {

// What a signer is to one record. Roles add up: an action is allowed when one of them allows it.
struct Roles {
  bool side_a = false;  // the contributor of a device or WAN link, or of side A of a DZX link
  bool side_z = false;  // the contributor of side Z of a DZX link
  bool foundation = false;
  bool health_authority = false;
  bool activator = false;
  bool operator==(const Roles&) const = default;
  bool contributor() const { return side_a || side_z; }
};

// Sides of a DZX link that keep it drained.
struct Holds {
  bool side_a = false;
  bool side_z = false;
  bool operator==(const Holds&) const = default;
};

// The part of a link or device that the lifecycle governs.
struct LifecycleState {
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  Health health = Health::Unknown;
  Holds holds;             // only ever set when two_sided
  bool two_sided = false;  // a DZX link
  bool operator==(const LifecycleState&) const = default;
};

enum class Refusal : std::uint8_t {
  NotAuthorised,           // the signer has no role that may write this field
  NotAlongTable,           // the activator's key, and the lifecycle table does not lead there
  NotAContributorsStatus,  // a contributor may only drain
  NotInService,            // status moves only between activated, soft-drained and hard-drained
  DesiredDiffers,          // status and desired_status given, and they do not say the same
  HeldByOtherSide,         // the other side of the DZX link keeps it drained
  JudgedOtherwise,         // the record is no longer in the state that the health was judged in
};
std::string_view to_text(Refusal refusal);  // one sentence: what was expected, what to do

struct LifecycleWrite {
  std::optional<Status> status;
  std::optional<DesiredStatus> desired_status;
};

// One instruction's write of status and desired_status by a signer with these roles.
tl::expected<LifecycleState, Refusal> apply_write(const LifecycleState& before, const LifecycleWrite& write,
                                                  const Roles& roles);

// The state that a health was judged in. A write that names it takes effect in that state alone, so a judgement that
// was on its way while a person drained, undrained or held the record comes to nothing.
struct JudgedState {
  Status status = Status::Pending;
  DesiredStatus desired_status = DesiredStatus::Activated;
  Health health = Health::Unknown;
  bool operator==(const JudgedState&) const = default;
};

// One instruction's write of health.
tl::expected<LifecycleState, Refusal> apply_health(const LifecycleState& before, Health health, const Roles& roles,
                                                   const std::optional<JudgedState>& judged = std::nullopt);

// The word of desired_status that says what this status says; nothing for a status outside service.
std::optional<DesiredStatus> same_word(Status status);

}  // namespace dz::lifecycle
