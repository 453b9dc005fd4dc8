#include "lifecycle/authority.h"

#include "lifecycle/table.h"

namespace dz::lifecycle {
namespace {

// How far out of service: a side that may only "make the drain harder" may not lower it.
int drain_rank(DesiredStatus desired) { return static_cast<int>(desired); }
static_assert(DesiredStatus::Activated < DesiredStatus::SoftDrained &&
              DesiredStatus::SoftDrained < DesiredStatus::HardDrained &&
              DesiredStatus::HardDrained < DesiredStatus::Deleted);

// Nothing comes back on an old judgement: leaving service, and asking to return to it, both void `healthy`.
Health health_after(const LifecycleState& before, Status status, DesiredStatus desired) {
  if (before.status == Status::Activated && status != Status::Activated) return Health::Impaired;
  const bool asks_to_return = before.desired_status != DesiredStatus::Activated && desired == DesiredStatus::Activated;
  if (status != Status::Activated && asks_to_return && before.health == Health::Healthy) return Health::Impaired;
  return before.health;
}

// What a contributor's or the foundation's write asks for, both words made explicit.
struct Request {
  Status status;
  DesiredStatus desired;
};

tl::expected<Request, Refusal> explicit_request(const LifecycleState& before, const LifecycleWrite& write) {
  if (!write.status) return Request{before.status, write.desired_status.value_or(before.desired_status)};
  if (!kInService.contains(before.status) || !kInService.contains(*write.status)) {
    return tl::unexpected(Refusal::NotInService);
  }
  const auto desired = same_word(*write.status);
  if (write.desired_status && write.desired_status != desired) return tl::unexpected(Refusal::DesiredDiffers);
  return Request{*write.status, *desired};
}

// The holds of a DZX link decide what one side may ask for, and what of it takes effect.
tl::expected<LifecycleState, Refusal> apply_holds(const LifecycleState& before, Request request, const Roles& roles) {
  LifecycleState after = before;
  const bool drains = request.desired != DesiredStatus::Activated;
  const bool softer = drain_rank(request.desired) < drain_rank(before.desired_status) ||
                      (before.status == Status::HardDrained && request.status == Status::SoftDrained);
  const bool other_holds = (before.holds.side_a && !roles.side_a) || (before.holds.side_z && !roles.side_z);
  const bool own_hold = (before.holds.side_a && roles.side_a) || (before.holds.side_z && roles.side_z);
  if (other_holds && softer && (drains || !own_hold)) return tl::unexpected(Refusal::HeldByOtherSide);
  if (roles.side_a) after.holds.side_a = drains;
  if (roles.side_z) after.holds.side_z = drains;
  if (other_holds && softer) return after;  // an undrain that clears its own hold: the other side's still stands
  after.status = request.status;
  after.desired_status = request.desired;
  return after;
}

tl::expected<LifecycleState, Refusal> write_as_owner(const LifecycleState& before, const LifecycleWrite& write,
                                                     const Roles& roles) {
  const auto request = explicit_request(before, write);
  if (!request) return tl::unexpected(request.error());
  LifecycleState after = before;
  if (roles.foundation) {
    after.status = request->status;
    after.desired_status = request->desired;
    if (after.desired_status == DesiredStatus::Activated) after.holds = {};
  } else {
    if (write.status && !is_drained(*write.status)) return tl::unexpected(Refusal::NotAContributorsStatus);
    if (before.two_sided) {
      const auto held = apply_holds(before, *request, roles);
      if (!held) return held;
      after = *held;
    } else {
      after.status = request->status;
      after.desired_status = request->desired;
    }
  }
  after.health = health_after(before, after.status, after.desired_status);
  return after;
}

}  // namespace

std::optional<DesiredStatus> same_word(Status status) {
  switch (status) {
    case Status::Activated: return DesiredStatus::Activated;
    case Status::SoftDrained: return DesiredStatus::SoftDrained;
    case Status::HardDrained: return DesiredStatus::HardDrained;
    case Status::Drained: return DesiredStatus::Drained;
    default: return std::nullopt;
  }
}

tl::expected<LifecycleState, Refusal> apply_write(const LifecycleState& before, const LifecycleWrite& write,
                                                  const Roles& roles) {
  if (!write.status && !write.desired_status) return before;
  const bool owner = roles.foundation || roles.contributor();
  if (roles.activator && write.status && !write.desired_status) {
    if (next_status(before.status, before.desired_status, before.health) == *write.status) {
      LifecycleState after = before;
      after.status = *write.status;
      after.health = health_after(before, after.status, after.desired_status);
      return after;
    }
    if (!owner) return tl::unexpected(Refusal::NotAlongTable);
  }
  if (!owner) return tl::unexpected(Refusal::NotAuthorised);
  return write_as_owner(before, write, roles);
}

tl::expected<LifecycleState, Refusal> apply_health(const LifecycleState& before, Health health, const Roles& roles,
                                                   const std::optional<JudgedState>& judged) {
  if (!roles.health_authority && !roles.foundation) return tl::unexpected(Refusal::NotAuthorised);
  if (judged && *judged != JudgedState{before.status, before.desired_status, before.health}) {
    return tl::unexpected(Refusal::JudgedOtherwise);
  }
  LifecycleState after = before;
  after.health = health;
  return after;
}

std::string_view to_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::NotAuthorised:
      return "the signer may not write this field: desired_status is the contributor's, health the health authority's, "
             "status the activator's; the foundation may write all three";
    case Refusal::NotAlongTable:
      return "the lifecycle does not lead to this status from the record's status, desired_status and health";
    case Refusal::NotAContributorsStatus:
      return "a contributor sets status to soft-drained or hard-drained only; to return to service set desired_status "
             "to "
             "activated and wait for health";
    case Refusal::NotInService: return "status moves only between activated, soft-drained and hard-drained";
    case Refusal::DesiredDiffers:
      return "status and desired_status were both given and differ; give one of them, or both alike";
    case Refusal::HeldByOtherSide: return "the other side of this DZX link keeps it drained; it has to undrain first";
    case Refusal::JudgedOtherwise:
      return "the record changed after this health was judged; judge it again as it is now";
  }
  return "refused";
}

}  // namespace dz::lifecycle
