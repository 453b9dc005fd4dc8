// Devices on the live network: creation and deletion. Updates: device_update.cpp.
#include "program/live/caller.h"
#include "program/live/handlers.h"
#include "program/live/transition_hook.h"
#include "program/rules/device_rules.h"
#include "program/rules/entities.h"

namespace dz::program::live {
namespace {

struct CreateAccounts {
  AccountRef device;
  Neighbours site;
  Record<GlobalState> state;
  std::optional<Record<GlobalConfig>> config;
  std::vector<AccountRef> pools;
};

Outcome<CreateAccounts> take_create_accounts(Accounts& accounts, std::uint8_t pools) {
  CreateAccounts all;
  DZ_TRY_ASSIGN(all.device, accounts.next("device"));
  DZ_TRY_ASSIGN(all.site.contributor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(all.site.location, accounts.record<Location>("location"));
  DZ_TRY_ASSIGN(all.site.exchange, accounts.record<Exchange>("exchange"));
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  if (pools > 0) {
    DZ_TRY_ASSIGN(all.config, accounts.record<GlobalConfig>("global config"));
    DZ_TRY_ASSIGN(all.pools, next_many(accounts, pools, "pool of the device"));
  }
  DZ_TRY(accounts.tail());
  return all;
}

// The program takes every new device for ready, as long as there is no health oracle.
void start(Device& device, const ProgramOptions& options) {
  device.status = options.start_provisioning ? Status::DeviceProvisioning : Status::Activated;
  device.health = options.start_provisioning ? Health::Pending : Health::Healthy;
  run_transition_hook(device, options);
}

Check check_deletable(const Device& device) {
  if (device.status == Status::Activated || device.status == Status::Deleting) {
    return reject(wire::ProgramError::InvalidStatus,
                  fmt::format("device '{}' is {}: drain it before it is deleted", device.code, to_text(device.status)));
  }
  if (device.reference_count > 0) {
    return reject(wire::ProgramError::ReferenceCountNotZero,
                  fmt::format("device '{}' is still named by {} records", device.code, device.reference_count));
  }
  if (device.interfaces.empty()) return {};
  return reject(wire::ProgramError::DeviceHasInterfaces,
                fmt::format("device '{}' has {} interfaces", device.code, device.interfaces.size()));
}

struct DeleteAccounts {
  Record<Device> device;
  Neighbours site;  // without pools only the contributor
  Record<GlobalState> state;
  std::vector<AccountRef> pools, pool_owners;
  AccountRef owner;
};

Outcome<DeleteAccounts> take_delete_accounts(Accounts& accounts, std::uint8_t pools) {
  DeleteAccounts all;
  DZ_TRY_ASSIGN(all.device, accounts.writable_record<Device>("device"));
  DZ_TRY_ASSIGN(all.site.contributor, accounts.writable_record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  if (pools > 0) {
    DZ_TRY_ASSIGN(all.site.location, accounts.record<Location>("location"));
    DZ_TRY_ASSIGN(all.site.exchange, accounts.record<Exchange>("exchange"));
    DZ_TRY_ASSIGN(all.pools, next_many(accounts, pools, "pool of the device"));
    DZ_TRY_ASSIGN(all.pool_owners, next_many(accounts, pools, "owner of a pool"));
    DZ_TRY_ASSIGN(all.owner, accounts.next("device owner"));
  }
  DZ_TRY(accounts.tail());
  return all;
}

}  // namespace

Check create_device(Accounts& accounts, const wire::CreateDeviceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_create_accounts(accounts, args.resource_count));
  DZ_TRY_ASSIGN(auto device, new_device(accounts, args, all.site));
  DZ_TRY(check_empty(all.device));
  const auto caller = caller_of(accounts, *all.state, *all.site.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::InvalidOwnerPubkey, "create this device"));
  DZ_TRY(check_own_address(device));
  DZ_TRY(check_pool_count(args.resource_count, args.dz_prefixes.size()));

  start(device, accounts.invocation().options);
  add_references(all.site);
  DZ_TRY(create_indexed(accounts, all.state, all.device, device));
  DZ_TRY(create_device_pools(accounts, all.pools, {all.device, device}, **all.config));
  return save(accounts, all.site);
}

Check delete_device(Accounts& accounts, const wire::DeleteDeviceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_delete_accounts(accounts, args.resource_count));
  const auto caller = caller_of(accounts, *all.state, *all.site.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::NotAllowed, "delete this device"));
  DZ_TRY(check_deletable(*all.device));
  if (args.resource_count == 0) {
    all.device->status = Status::Deleting;
    return accounts.save(all.device);
  }
  DZ_TRY(check_site(all.device, all.site, all.owner));
  drop_references(all.site);
  DZ_TRY(save(accounts, all.site));
  DZ_TRY(close_device_pools(accounts, all.device.at.key, all.pools, all.pool_owners));
  return close(all.device.at, all.owner);
}

}  // namespace dz::program::live
