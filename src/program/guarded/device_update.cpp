// UpdateDevice: the fields of its contributor, the words of the lifecycle, its prefixes.
#include <algorithm>

#include "program/guarded/handlers.h"
#include "program/guarded/lifecycle_write.h"
#include "program/rules/device_rules.h"
#include "program/rules/entities.h"

namespace dz::program::guarded {
namespace {

// The activator's key may write status and nothing else.
bool is_status_only(const DeviceUpdate& all, const wire::UpdateDeviceArgs& args) {
  const bool moves = all.locations && all.locations->from.key != all.locations->to.key;
  wire::UpdateDeviceArgs rest = args;
  rest.status.reset();
  return args.status && !moves && rest == wire::UpdateDeviceArgs{};
}

Check authorize_update(const DeviceUpdate& all, const Authority& authority, const lifecycle::Roles& roles,
                       const wire::UpdateDeviceArgs& args) {
  if (roles.activator && is_status_only(all, args)) return {};  // whether it may is for the lifecycle to say
  if (!roles.foundation) {
    DZ_TRY(check_key(all.contributor.at, all.device->contributor, wire::ProgramError::InvalidContributorPubkey));
  }
  DZ_TRY(authorize_contributor(authority, *all.contributor, wire::ProgramError::NotAllowed, "change this device"));
  return {};
}

// What upstream lets the foundation overwrite here would break what other accounts say.
Check check_fixed_fields(const Device& device, const wire::UpdateDeviceArgs& args) {
  if (args.contributor && *args.contributor != device.contributor) {
    return reject(wire::ProgramError::ImmutableField,
                  "a device stays with its contributor: delete it and create it anew");
  }
  const auto differs = [](const auto& given, auto stored) { return given && *given != stored; };
  if (differs(args.reference_count, device.reference_count) || differs(args.users_count, device.users_count) ||
      differs(args.unicast_users_count, device.unicast_users_count) ||
      differs(args.multicast_subscribers_count, device.multicast_subscribers_count) ||
      differs(args.multicast_publishers_count, device.multicast_publishers_count)) {
    return reject(wire::ProgramError::ImmutableField,
                  "reference_count and the counts of users follow the records that name the device and are not written "
                  "by hand");
  }
  return {};
}

Check move_to(const Accounts& accounts, Device& device, const LocationMove& move) {
  DZ_TRY(check_key(move.from, device.location, wire::ProgramError::InvalidActualLocation));
  return move.from.key == move.to.key ? Check{} : move_location(accounts, device, move);
}

Check check_blocks(const Accounts& accounts, const DeviceUpdate& all) {
  for (std::size_t i = 1; i < all.pools.size(); ++i) {
    const auto& at = all.pools[i];
    DZ_TRY(check_key(at, resource_address(accounts.program(), device_pool(all.device.at.key, i)).address));
    if (at.account->data.empty()) continue;
    DZ_TRY_ASSIGN(const auto old, accounts.load<ResourceExtension>(at));
    if (is_replaceable(*old)) continue;
    return reject(wire::ProgramError::ResourceInUse,
                  "a dz_prefix has addresses in use; only an unused one can be changed");
  }
  return {};
}

Check set_prefixes(const Accounts& accounts, DeviceUpdate& all, const std::vector<NetworkV4>& prefixes) {
  const auto most = std::max(all.device->dz_prefixes.size(), prefixes.size());
  DZ_TRY(check_pool_count(all.pools.size(), most));
  DZ_TRY(check_blocks(accounts, all));
  all.device->dz_prefixes = prefixes;
  return replace_blocks(accounts, all);
}

}  // namespace

Check update_device(Accounts& accounts, const wire::UpdateDeviceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_device_update(accounts, args.resource_count));
  DZ_TRY_ASSIGN(all.device, accounts.load<Device>(all.device.at));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  auto& device = *all.device;
  const bool own = all.contributor.at.key == device.contributor;
  const auto roles = roles_of(authority, own ? &*all.contributor : nullptr, nullptr);
  DZ_TRY(authorize_update(all, authority, roles, args));
  DZ_TRY(check_fixed_fields(device, args));

  DZ_TRY(write_lifecycle(device, {args.status, args.desired_status}, roles));
  DZ_TRY(set_contributor_fields(device, args));
  if (all.locations) DZ_TRY(move_to(accounts, device, *all.locations));
  if (args.dz_prefixes) DZ_TRY(set_prefixes(accounts, all, *args.dz_prefixes));
  DZ_TRY(check_own_address(device));
  return accounts.save(all.device);
}

}  // namespace dz::program::guarded
