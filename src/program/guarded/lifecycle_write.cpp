#include "program/guarded/lifecycle_write.h"

#include <fmt/format.h>

namespace dz::program::guarded {
namespace {

wire::ProgramError error_of(lifecycle::Refusal refusal) {
  switch (refusal) {
    case lifecycle::Refusal::NotAuthorised: return wire::ProgramError::NotAllowed;
    case lifecycle::Refusal::NotAlongTable: return wire::ProgramError::NotAlongLifecycle;
    case lifecycle::Refusal::NotAContributorsStatus: return wire::ProgramError::NotAContributorsStatus;
    case lifecycle::Refusal::NotInService: return wire::ProgramError::NotInService;
    case lifecycle::Refusal::DesiredDiffers: return wire::ProgramError::DesiredStatusDiffers;
    case lifecycle::Refusal::HeldByOtherSide: return wire::ProgramError::HeldByOtherSide;
    case lifecycle::Refusal::JudgedOtherwise: return wire::ProgramError::JudgedOtherwise;
  }
  return wire::ProgramError::NotAllowed;
}

template <typename T>
void put(T& record, const lifecycle::LifecycleState& state) {
  record.status = state.status;
  record.desired_status = state.desired_status;
  record.health = state.health;
  if constexpr (requires { record.flags; }) {
    record.flags &= ~(kLinkFlagHeldBySideA | kLinkFlagHeldBySideZ);
    if (state.holds.side_a) record.flags |= kLinkFlagHeldBySideA;
    if (state.holds.side_z) record.flags |= kLinkFlagHeldBySideZ;
  }
}

template <typename T>
Check take_over(T& record, const tl::expected<lifecycle::LifecycleState, lifecycle::Refusal>& after) {
  if (after) {
    put(record, *after);
    return {};
  }
  return reject(error_of(after.error()),
                fmt::format("'{}' is {}, desired {}, health {}: {}", record.code, to_text(record.status),
                            to_text(record.desired_status), to_text(record.health), to_text(after.error())));
}

template <typename T>
Check write_any(T& record, const lifecycle::LifecycleWrite& write, const lifecycle::Roles& roles) {
  return take_over(record, apply_write(lifecycle_of(record), write, roles));
}

template <typename T>
Check write_any_health(T& record, Health health, const std::optional<lifecycle::JudgedState>& judged,
                       const lifecycle::Roles& roles) {
  return take_over(record, apply_health(lifecycle_of(record), health, roles, judged));
}

}  // namespace

lifecycle::LifecycleState lifecycle_of(const Device& device) {
  return {.status = device.status, .desired_status = device.desired_status, .health = device.health, .holds = {}};
}

lifecycle::LifecycleState lifecycle_of(const Link& link) {
  return {
      .status = link.status,
      .desired_status = link.desired_status,
      .health = link.health,
      .holds = {.side_a = (link.flags & kLinkFlagHeldBySideA) != 0, .side_z = (link.flags & kLinkFlagHeldBySideZ) != 0},
      .two_sided = link.type == LinkType::Dzx};
}

Check write_lifecycle(Device& device, const lifecycle::LifecycleWrite& write, const lifecycle::Roles& roles) {
  return write_any(device, write, roles);
}
Check write_lifecycle(Link& link, const lifecycle::LifecycleWrite& write, const lifecycle::Roles& roles) {
  return write_any(link, write, roles);
}
Check write_health(Device& device, Health health, const Judged& judged, const lifecycle::Roles& roles) {
  return write_any_health(device, health, judged, roles);
}
Check write_health(Link& link, Health health, const Judged& judged, const lifecycle::Roles& roles) {
  return write_any_health(link, health, judged, roles);
}

}  // namespace dz::program::guarded
