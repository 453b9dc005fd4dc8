#include "program/live/transition_hook.h"

#include <array>

#include "domain/transition.h"

namespace dz::program::live {
namespace {

constexpr std::array kLinks{
    Transition{{Status::Provisioning}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated},
    Transition{{Status::Activated}, {DesiredStatus::SoftDrained}, kAnyHealth, Status::SoftDrained},
    Transition{{Status::Activated}, {DesiredStatus::HardDrained}, kAnyHealth, Status::HardDrained},
    Transition{{Status::SoftDrained}, {DesiredStatus::HardDrained}, kAnyHealth, Status::HardDrained},
    Transition{{Status::HardDrained}, {DesiredStatus::SoftDrained}, kAnyHealth, Status::SoftDrained},
    Transition{{Status::SoftDrained}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated},
    Transition{{Status::HardDrained}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated}};

constexpr WordSet<DesiredStatus> kAnyDesired{DesiredStatus::Pending, DesiredStatus::Activated, DesiredStatus::Drained};
constexpr std::array kDevices{
    Transition{{Status::DeviceProvisioning}, kAnyDesired, {Health::ReadyForLinks}, Status::LinkProvisioning},
    Transition{{Status::DeviceProvisioning}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated},
    Transition{{Status::LinkProvisioning}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated},
    Transition{{Status::Activated}, {DesiredStatus::Drained}, kAnyHealth, Status::Drained},
    Transition{
        {Status::Drained}, {DesiredStatus::Activated}, {Health::ReadyForLinks, Health::Healthy}, Status::Activated}};

template <typename T>
void run(T& record, std::span<const Transition> rows, const ProgramOptions& options) {
  if (!options.transition_hook) return;
  const auto* const row = next_transition(rows, record.status, record.desired_status, record.health);
  if (row != nullptr) record.status = row->to;
}

}  // namespace

void run_transition_hook(Link& link, const ProgramOptions& options) { run(link, kLinks, options); }
void run_transition_hook(Device& device, const ProgramOptions& options) { run(device, kDevices, options); }

}  // namespace dz::program::live
