// Devices: creation and deletion. Updates: device_update.cpp.
#include <algorithm>

#include "lifecycle/table.h"
#include "program/device_rules.h"
#include "program/entities.h"
#include "program/handlers.h"
#include "program/pools.h"

namespace dz {
namespace {

// New devices are out of service until evidence says otherwise, and take no users until somebody allows them.
Device new_device(const CreateDeviceArgs& args, std::string code, const Pubkey& owner) {
  Device device;
  device.owner = owner;
  device.code = std::move(code);
  device.type = args.type;
  device.public_ip = args.public_ip;
  device.dz_prefixes = args.dz_prefixes;
  device.metrics_publisher = args.metrics_publisher;
  device.mgmt_vrf = args.mgmt_vrf;
  device.status = Status::HardDrained;
  device.health = Health::Unknown;
  device.desired_status = args.desired_status.value_or(DesiredStatus::Activated);
  device.max_users = 0;
  return device;
}

Outcome<std::vector<AccountRef>> next_many(Accounts& accounts, std::size_t count, std::string_view what) {
  std::vector<AccountRef> all;
  for (std::size_t i = 0; i < count; ++i) {
    DZ_TRY_ASSIGN(const auto at, accounts.next(what));
    all.push_back(at);
  }
  return all;
}

// Every reason at once, so that one look is enough; the code is that of the first.
Check check_deletable(const Device& device) {
  std::optional<ProgramError> first;
  std::string reasons;
  const auto add = [&](bool broken, ProgramError code, const std::string& reason) {
    if (!broken) return;
    if (!first) first = code;
    reasons += (reasons.empty() ? "" : "; ") + reason;
  };
  const auto users = std::max({device.users_count, device.unicast_users_count, device.multicast_subscribers_count,
                               device.multicast_publishers_count});
  add(!kDeletable.contains(device.status), ProgramError::NotDrained,
      fmt::format("it is {}: drain it to hard-drained first", to_text(device.status)));
  add(device.reference_count > 0, ProgramError::ReferenceCountNotZero,
      fmt::format("{} links, users or exchanges name it: delete them first", device.reference_count));
  add(!device.interfaces.empty(), ProgramError::DeviceHasInterfaces,
      fmt::format("it has {} interfaces: delete them first", device.interfaces.size()));
  add(users > 0, ProgramError::DeviceHasUsers, fmt::format("it has {} users: wait until they have left", users));
  if (!first) return {};
  return reject(*first, fmt::format("device '{}' cannot be deleted: {}", device.code, reasons));
}

struct Neighbours {
  Record<Contributor>& contributor;
  Record<Location>& location;
  Record<Exchange>& exchange;
};

Check check_site(const Record<Device>& device, const Neighbours& site, const AccountRef& owner) {
  DZ_TRY(check_key(site.location.at, device->location, ProgramError::InvalidLocationPubkey));
  DZ_TRY(check_key(site.exchange.at, device->exchange, ProgramError::InvalidExchangePubkey));
  DZ_TRY(check_key(site.contributor.at, device->contributor, ProgramError::InvalidContributorPubkey));
  return check_key(owner, device->owner, ProgramError::InvalidOwnerPubkey);
}

Check save_site(const Accounts& accounts, const Neighbours& site) {
  DZ_TRY(accounts.save(site.contributor));
  DZ_TRY(accounts.save(site.location));
  return accounts.save(site.exchange);
}

// Closes the device's own pools, each to its owner.
Check close_pools(const Accounts& accounts, const Record<Device>& device, const std::vector<AccountRef>& pools,
                  const std::vector<AccountRef>& owners) {
  for (std::size_t i = 0; i < pools.size(); ++i) {
    DZ_TRY(check_key(pools[i], resource_address(accounts.program(), device_pool(device.at.key, i)).address));
    DZ_TRY_ASSIGN(const auto pool, accounts.load<ResourceExtension>(pools[i]));
    DZ_TRY(check_key(owners[i], pool->owner, ProgramError::InvalidOwnerPubkey));
    DZ_TRY(close(pools[i], owners[i]));
  }
  return {};
}

}  // namespace

Check apply(Accounts& accounts, const CreateDeviceArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("device"));
  DZ_TRY_ASSIGN(auto contributor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(auto location, accounts.record<Location>("location"));
  DZ_TRY_ASSIGN(auto exchange, accounts.record<Exchange>("exchange"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(const auto config, accounts.record<GlobalConfig>("global config"));
  DZ_TRY_ASSIGN(const auto pools, next_many(accounts, args.resource_count, "pool of the device"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *state));
  DZ_TRY(authorize_contributor(authority, *contributor, ProgramError::InvalidOwnerPubkey, "create this device"));
  DZ_TRY(check_pool_count(args.resource_count, args.dz_prefixes.size()));
  DZ_TRY_ASSIGN(auto code, lower_case_code(args.code));

  auto device = new_device(args, std::move(code), accounts.payer().key);
  DZ_TRY(check_own_address(device));
  device.contributor = contributor.at.key;
  device.location = location.at.key;
  device.exchange = exchange.at.key;
  add_reference(contributor);
  add_reference(location);
  add_reference(exchange);
  DZ_TRY(create_indexed(accounts, state, at, device_address, device));
  for (std::size_t i = 0; i < pools.size(); ++i) {
    DZ_TRY(create_pool(accounts, pools[i], device_pool(at.key, i), *config, &device));
  }
  return save_site(accounts, {contributor, location, exchange});
}

Check apply(Accounts& accounts, const DeleteDeviceArgs& args) {
  DZ_TRY_ASSIGN(const auto device, accounts.record<Device>("device"));
  DZ_TRY_ASSIGN(auto contributor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(check_pool_count(args.resource_count, device->dz_prefixes.size()));
  DZ_TRY_ASSIGN(auto location, accounts.record<Location>("location"));
  DZ_TRY_ASSIGN(auto exchange, accounts.record<Exchange>("exchange"));
  DZ_TRY_ASSIGN(const auto pools, next_many(accounts, args.resource_count, "pool of the device"));
  DZ_TRY_ASSIGN(const auto pool_owners, next_many(accounts, args.resource_count, "owner of a pool"));
  DZ_TRY_ASSIGN(const auto owner, accounts.next("device owner"));
  DZ_TRY(accounts.tail());
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *state));
  DZ_TRY(authorize_contributor(authority, *contributor, ProgramError::NotAllowed, "delete this device"));
  const Neighbours site{contributor, location, exchange};
  DZ_TRY(check_site(device, site, owner));
  DZ_TRY(check_deletable(*device));

  drop_reference(contributor);
  drop_reference(location);
  drop_reference(exchange);
  DZ_TRY(save_site(accounts, site));
  DZ_TRY(close_pools(accounts, device, pools, pool_owners));
  return close(device.at, owner);
}

}  // namespace dz
