// Devices: creation and deletion. Updates: device_update.cpp.
#include <algorithm>

#include "lifecycle/table.h"
#include "program/guarded/handlers.h"
#include "program/rules/device_rules.h"
#include "program/rules/entities.h"

namespace dz::program::guarded {
namespace {

// Every reason at once, so that one look is enough; the code is that of the first.
Check check_deletable(const Device& device) {
  std::optional<wire::ProgramError> first;
  std::string reasons;
  const auto add = [&](bool broken, wire::ProgramError code, const std::string& reason) {
    if (!broken) return;
    if (!first) first = code;
    reasons += (reasons.empty() ? "" : "; ") + reason;
  };
  const auto users = std::max({device.users_count, device.unicast_users_count, device.multicast_subscribers_count,
                               device.multicast_publishers_count});
  add(!lifecycle::kDeletable.contains(device.status), wire::ProgramError::NotDrained,
      fmt::format("it is {}: drain it to hard-drained first", to_text(device.status)));
  add(device.reference_count > 0, wire::ProgramError::ReferenceCountNotZero,
      fmt::format("{} links, users or exchanges name it: delete them first", device.reference_count));
  add(!device.interfaces.empty(), wire::ProgramError::DeviceHasInterfaces,
      fmt::format("it has {} interfaces: delete them first", device.interfaces.size()));
  // A user names its device, so a count without any is what an older program let be written by hand.
  add(users > 0 && device.reference_count > 0, wire::ProgramError::DeviceHasUsers,
      fmt::format("it has {} users: delete them, or wait until they have left", users));
  if (!first) return {};
  return reject(*first, fmt::format("device '{}' cannot be deleted: {}", device.code, reasons));
}

}  // namespace

Check create_device(Accounts& accounts, const wire::CreateDeviceArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("device"));
  Neighbours site;
  DZ_TRY_ASSIGN(site.contributor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(site.location, accounts.record<Location>("location"));
  DZ_TRY_ASSIGN(site.exchange, accounts.record<Exchange>("exchange"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(const auto config, accounts.record<GlobalConfig>("global config"));
  DZ_TRY_ASSIGN(const auto pools, next_many(accounts, args.resource_count, "pool of the device"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *state));
  DZ_TRY(authorize_contributor(authority, *site.contributor, wire::ProgramError::InvalidOwnerPubkey,
                               "create this device"));
  DZ_TRY(check_pool_count(args.resource_count, args.dz_prefixes.size()));
  DZ_TRY_ASSIGN(auto device, new_device(accounts, args, site));
  // Out of service until evidence says otherwise.
  device.status = Status::HardDrained;
  device.health = Health::Unknown;
  DZ_TRY(check_own_address(device));
  add_references(site);
  DZ_TRY(create_indexed(accounts, state, at, device));
  DZ_TRY(create_device_pools(accounts, pools, {at, device}, *config));
  return save(accounts, site);
}

Check delete_device(Accounts& accounts, const wire::DeleteDeviceArgs& args) {
  DZ_TRY_ASSIGN(const auto device, accounts.record<Device>("device"));
  Neighbours site;
  DZ_TRY_ASSIGN(site.contributor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(check_pool_count(args.resource_count, device->dz_prefixes.size()));
  DZ_TRY_ASSIGN(site.location, accounts.record<Location>("location"));
  DZ_TRY_ASSIGN(site.exchange, accounts.record<Exchange>("exchange"));
  DZ_TRY_ASSIGN(const auto pools, next_many(accounts, args.resource_count, "pool of the device"));
  DZ_TRY_ASSIGN(const auto pool_owners, next_many(accounts, args.resource_count, "owner of a pool"));
  DZ_TRY_ASSIGN(const auto owner, accounts.next("device owner"));
  DZ_TRY(accounts.tail());
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *state));
  DZ_TRY(authorize_contributor(authority, *site.contributor, wire::ProgramError::NotAllowed, "delete this device"));
  DZ_TRY(check_site(device, site, owner));
  DZ_TRY(check_deletable(*device));

  drop_references(site);
  DZ_TRY(save(accounts, site));
  DZ_TRY(close_device_pools(accounts, device.at.key, pools, pool_owners));
  return close(device.at, owner);
}

}  // namespace dz::program::guarded
