// Devices, interfaces and links of the Provisioner.
#include <utility>

#include "client/provision.h"
#include "wire/addresses.h"

namespace dz::client {
namespace {

template <typename Args>
Args args_of(const lifecycle::LifecycleWrite& write) {
  Args args;
  args.status = write.status;
  args.desired_status = write.desired_status;
  return args;
}

}  // namespace

Result<Written> Provisioner::create_device(const wire::DeviceSite& site, const wire::CreateDeviceArgs& args) {
  return create("device create", wire::device_address,
                [&](AccountIndex index) -> Result<std::vector<wire::Instruction>> {
                  DZ_TRY_ASSIGN(auto instruction, wire::create_device(sender_, index, site, args, profile_));
                  return std::vector{std::move(instruction)};
                });
}

Result<Written> Provisioner::update_device(const Found<Device>& device, const wire::UpdateDeviceArgs& args,
                                           const std::optional<Pubkey>& new_location) {
  return write_record("device update", device.key,
                      wire::update_device(sender_, {device.key, *device.record}, args, profile_, new_location));
}

Result<Written> Provisioner::delete_device(const Found<Device>& device, std::span<const Pubkey> resource_owners) {
  return write_record("device delete", device.key,
                      wire::delete_device(sender_, device.key, *device.record, resource_owners));
}

Result<Written> Provisioner::set_device_health(const Pubkey& device, Health health) {
  return write_record("device set-health", device, wire::set_device_health(sender_, device, health, profile_));
}

Result<Written> Provisioner::create_interface(const Found<Device>& device, const wire::CreateInterfaceArgs& args,
                                              std::span<const Pubkey> topologies) {
  return write_record("device interface create", device.key,
                      wire::create_interface(sender_, device.key, device.record->contributor, args, topologies));
}
Result<Written> Provisioner::update_interface(const Found<Device>& device, const wire::UpdateInterfaceArgs& args,
                                              const std::optional<std::vector<Pubkey>>& topologies) {
  return write_record("device interface update", device.key,
                      wire::update_interface(sender_, device.key, device.record->contributor, args, topologies));
}
Result<Written> Provisioner::delete_interface(const Found<Device>& device, const std::string& name) {
  return write_record("device interface delete", device.key,
                      wire::delete_interface(sender_, device.key, device.record->contributor, name));
}

Result<Written> Provisioner::create_link(const wire::LinkEnds& ends, const wire::CreateLinkArgs& args) {
  return create("link create", wire::link_address, [&](AccountIndex index) -> Result<std::vector<wire::Instruction>> {
    DZ_TRY_ASSIGN(auto instruction, wire::create_link(sender_, index, ends, args, profile_));
    return std::vector{std::move(instruction)};
  });
}

Result<Written> Provisioner::accept_link(const Found<Link>& link, const Pubkey& side_z, const std::string& interface) {
  return write_record("link accept", link.key, wire::accept_link(sender_, link.key, *link.record, side_z, interface));
}

Result<Written> Provisioner::update_link(const Found<Link>& link, const wire::UpdateLinkArgs& args,
                                         const std::optional<Pubkey>& side_z) {
  return write_record("link update", link.key,
                      wire::update_link(sender_, {link.key, *link.record}, args, profile_, side_z));
}

Result<Written> Provisioner::delete_link(const Found<Link>& link, const std::optional<Pubkey>& side_z) {
  return write_record("link delete", link.key, wire::delete_link(sender_, link.key, *link.record, side_z));
}

Result<Written> Provisioner::set_link_health(const Pubkey& link, Health health) {
  return write_record("link set-health", link, wire::set_link_health(sender_, link, health, profile_));
}

lifecycle::LifecycleWrite drain_write(const ProgramDuties& program, Status present, Status to) {
  if (program.keeps_intent) return {to, std::nullopt};
  return {present == to ? std::nullopt : std::optional(to), lifecycle::same_word(to)};
}

std::vector<lifecycle::LifecycleWrite> undrain_writes(const ProgramDuties& program, Status present,
                                                      DesiredStatus desired) {
  std::vector<lifecycle::LifecycleWrite> writes;
  const bool by_hand = is_drained(present) && desired == DesiredStatus::Activated;
  if (by_hand && !program.keeps_intent) writes.push_back({std::nullopt, lifecycle::same_word(present)});
  writes.push_back({std::nullopt, DesiredStatus::Activated});
  return writes;
}

Result<Written> Provisioner::write_link(std::string_view action, const Found<Link>& link,
                                        std::span<const lifecycle::LifecycleWrite> writes,
                                        const std::optional<Pubkey>& side_z) {
  std::vector<wire::Instruction> instructions;
  for (const auto& write : writes) {
    auto built =
        wire::update_link(sender_, {link.key, *link.record}, args_of<wire::UpdateLinkArgs>(write), profile_, side_z);
    if (!built) return with_context(action, built.error());
    instructions.push_back(std::move(*built));
  }
  return write_record(action, link.key, instructions);
}

Result<Written> Provisioner::write_device(std::string_view action, const Found<Device>& device,
                                          std::span<const lifecycle::LifecycleWrite> writes) {
  std::vector<wire::Instruction> instructions;
  for (const auto& write : writes) {
    auto built =
        wire::update_device(sender_, {device.key, *device.record}, args_of<wire::UpdateDeviceArgs>(write), profile_);
    if (!built) return with_context(action, built.error());
    instructions.push_back(std::move(*built));
  }
  return write_record(action, device.key, instructions);
}

Result<Written> Provisioner::drain_link(const Found<Link>& link, Status status, const std::optional<Pubkey>& side_z) {
  return write_link("link drain", link, std::vector{drain_write(program_, link.record->status, status)}, side_z);
}

Result<Written> Provisioner::undrain_link(const Found<Link>& link, const std::optional<Pubkey>& side_z) {
  const auto& present = *link.record;
  return write_link("link undrain", link, undrain_writes(program_, present.status, present.desired_status), side_z);
}

Result<Written> Provisioner::drain_device(const Found<Device>& device, Status status) {
  return write_device("device drain", device, std::vector{drain_write(program_, device.record->status, status)});
}

Result<Written> Provisioner::undrain_device(const Found<Device>& device) {
  const auto& present = *device.record;
  return write_device("device undrain", device, undrain_writes(program_, present.status, present.desired_status));
}

}  // namespace dz::client
