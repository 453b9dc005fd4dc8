// Devices, interfaces and links of the Provisioner.
#include <utility>

#include "client/provision.h"
#include "wire/addresses.h"

namespace dz {
namespace {

template <typename Args>
Args write_of(Status status) {
  Args args;
  args.status = status;
  return args;
}
template <typename Args>
Args write_of(DesiredStatus desired) {
  Args args;
  args.desired_status = desired;
  return args;
}

}  // namespace

Result<Written> Provisioner::create_device(const DeviceSite& site, const CreateDeviceArgs& args) {
  return create("device create", device_address, [&](AccountIndex index) -> Result<std::vector<Instruction>> {
    DZ_TRY_ASSIGN(auto instruction, dz::create_device(sender_, index, site, args, profile_));
    return std::vector{std::move(instruction)};
  });
}

Result<Written> Provisioner::update_device(const Found<Device>& device, const UpdateDeviceArgs& args,
                                           const std::optional<Pubkey>& new_location) {
  return write("device update", device.key,
               dz::update_device(sender_, device.key, *device.record, args, profile_, new_location));
}

Result<Written> Provisioner::delete_device(const Found<Device>& device, std::span<const Pubkey> resource_owners) {
  return write("device delete", device.key, dz::delete_device(sender_, device.key, *device.record, resource_owners));
}

Result<Written> Provisioner::set_device_health(const Pubkey& device, Health health) {
  return write("device set-health", device, dz::set_device_health(sender_, device, health, profile_));
}

Result<Written> Provisioner::create_interface(const Found<Device>& device, const CreateInterfaceArgs& args) {
  return write("device interface create", device.key,
               dz::create_interface(sender_, device.key, device.record->contributor, args));
}
Result<Written> Provisioner::update_interface(const Found<Device>& device, const UpdateInterfaceArgs& args) {
  return write("device interface update", device.key,
               dz::update_interface(sender_, device.key, device.record->contributor, args));
}
Result<Written> Provisioner::delete_interface(const Found<Device>& device, const std::string& name) {
  return write("device interface delete", device.key,
               dz::delete_interface(sender_, device.key, device.record->contributor, name));
}

Result<Written> Provisioner::create_link(const LinkEnds& ends, const CreateLinkArgs& args) {
  return create("link create", link_address, [&](AccountIndex index) -> Result<std::vector<Instruction>> {
    DZ_TRY_ASSIGN(auto instruction, dz::create_link(sender_, index, ends, args, profile_));
    return std::vector{std::move(instruction)};
  });
}

Result<Written> Provisioner::accept_link(const Found<Link>& link, const Pubkey& side_z, const std::string& interface) {
  return write("link accept", link.key, dz::accept_link(sender_, link.key, *link.record, side_z, interface));
}

Result<Written> Provisioner::update_link(const Found<Link>& link, const UpdateLinkArgs& args,
                                         const std::optional<Pubkey>& side_z) {
  return write("link update", link.key, dz::update_link(sender_, link.key, *link.record, args, profile_, side_z));
}

Result<Written> Provisioner::delete_link(const Found<Link>& link, const std::optional<Pubkey>& side_z) {
  return write("link delete", link.key, dz::delete_link(sender_, link.key, *link.record, side_z));
}

Result<Written> Provisioner::set_link_health(const Pubkey& link, Health health) {
  return write("link set-health", link, dz::set_link_health(sender_, link, health, profile_));
}

Result<Written> Provisioner::drain_link(const Found<Link>& link, Status status, const std::optional<Pubkey>& side_z) {
  return write("link drain", link.key,
               dz::update_link(sender_, link.key, *link.record, write_of<UpdateLinkArgs>(status), profile_, side_z));
}

Result<Written> Provisioner::undrain_link(const Found<Link>& link, const std::optional<Pubkey>& side_z) {
  const auto args = write_of<UpdateLinkArgs>(DesiredStatus::Activated);
  return write("link undrain", link.key, dz::update_link(sender_, link.key, *link.record, args, profile_, side_z));
}

Result<Written> Provisioner::drain_device(const Found<Device>& device, Status status) {
  return write("device drain", device.key,
               dz::update_device(sender_, device.key, *device.record, write_of<UpdateDeviceArgs>(status), profile_));
}

Result<Written> Provisioner::undrain_device(const Found<Device>& device) {
  const auto args = write_of<UpdateDeviceArgs>(DesiredStatus::Activated);
  return write("device undrain", device.key, dz::update_device(sender_, device.key, *device.record, args, profile_));
}

}  // namespace dz
