// Devices on the live network: creation and deletion. Updates: device_update.cpp.
#include "program/live/caller.h"
#include "program/live/handlers.h"
#include "program/live/transition_hook.h"
#include "program/rules/device_rules.h"
#include "program/rules/entities.h"

namespace dz::program::live {
namespace {

struct CreateAccounts {
  AccountRef device, contributor, location, exchange, state;
  std::optional<AccountRef> config;
  std::vector<AccountRef> pools;
};

Outcome<CreateAccounts> take_create_accounts(Accounts& accounts, std::uint8_t pools) {
  CreateAccounts all;
  DZ_TRY_ASSIGN(all.device, accounts.next("device"));
  DZ_TRY_ASSIGN(all.contributor, accounts.next("contributor"));
  DZ_TRY_ASSIGN(all.location, accounts.next("location"));
  DZ_TRY_ASSIGN(all.exchange, accounts.next("exchange"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  if (pools > 0) {
    DZ_TRY_ASSIGN(all.config, accounts.next("global config"));
    DZ_TRY_ASSIGN(all.pools, next_many(accounts, pools, "pool of the device"));
  }
  DZ_TRY(accounts.take_tail());
  return all;
}

// The config is looked at with the first pool only.
Check create_pools(const Accounts& accounts, const CreateAccounts& all, const Device& device) {
  for (const auto& pool : all.pools) DZ_TRY(check_writable(pool));
  DZ_TRY_ASSIGN(const auto config, accounts.load<GlobalConfig>(*all.config));
  DZ_TRY(check_key(*all.config, wire::global_config_address(accounts.program()).address));
  return create_device_pools(accounts, all.pools, {all.device, device}, *config);
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
  AccountRef device, contributor, state;
  AccountRef location, exchange;  // these and what follows with pools only
  std::vector<AccountRef> pools, pool_owners;
  AccountRef owner;
};

Outcome<DeleteAccounts> take_delete_accounts(Accounts& accounts, std::uint8_t pools) {
  DeleteAccounts all;
  DZ_TRY_ASSIGN(all.device, accounts.next("device"));
  DZ_TRY_ASSIGN(all.contributor, accounts.next("contributor"));
  DZ_TRY_ASSIGN(all.state, accounts.next("global state"));
  if (pools > 0) {
    DZ_TRY_ASSIGN(all.location, accounts.next("location"));
    DZ_TRY_ASSIGN(all.exchange, accounts.next("exchange"));
    DZ_TRY_ASSIGN(all.pools, next_many(accounts, pools, "pool of the device"));
    DZ_TRY_ASSIGN(all.pool_owners, next_many(accounts, pools, "owner of a pool"));
    DZ_TRY_ASSIGN(all.owner, accounts.next("device owner"));
  }
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(all.device, all.contributor, all.state));
  DZ_TRY(check_writable(all.device));
  DZ_TRY(check_writable(all.contributor));
  return all;
}

// The keys of the neighbours are looked at before they are read.
Check check_neighbours(const Accounts& accounts, const DeleteAccounts& all, const Device& device) {
  DZ_TRY(accounts.check_owner(all.location, all.exchange));
  DZ_TRY(check_key(all.location, device.location, wire::ProgramError::InvalidLocationPubkey));
  DZ_TRY(check_key(all.exchange, device.exchange, wire::ProgramError::InvalidExchangePubkey));
  DZ_TRY(check_key(all.contributor, device.contributor, wire::ProgramError::InvalidContributorPubkey));
  DZ_TRY(check_key(all.owner, device.owner, wire::ProgramError::InvalidOwnerPubkey));
  for (const auto& pool : all.pools) {
    DZ_TRY(accounts.check_owner(pool));
    DZ_TRY(check_writable(pool));
  }
  return {};
}

}  // namespace

Check create_device(Accounts& accounts, const wire::CreateDeviceArgs& args) {
  DZ_TRY_ASSIGN(const auto all, take_create_accounts(accounts, args.resource_count));
  DZ_TRY(check_code(args.code));
  DZ_TRY(accounts.check_owner(all.contributor, all.location, all.exchange, all.state));
  DZ_TRY(accounts.check_system());
  DZ_TRY(check_empty(all.device));
  DZ_TRY_ASSIGN(auto state, accounts.load<GlobalState>(all.state));
  Neighbours site;
  DZ_TRY_ASSIGN(site.contributor, accounts.load<Contributor>(all.contributor));
  const auto caller = caller_of(accounts, *state, *site.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::InvalidOwnerPubkey, "create this device"));
  DZ_TRY(check_key(all.device, wire::device_address(accounts.program(), state->account_index + 1).address));
  DZ_TRY_ASSIGN(site.location, accounts.load<Location>(all.location));
  DZ_TRY_ASSIGN(site.exchange, accounts.load<Exchange>(all.exchange));
  DZ_TRY_ASSIGN(auto device, new_device(accounts, args, site));
  DZ_TRY(check_own_address(device));
  DZ_TRY(check_pool_count(args.resource_count, args.dz_prefixes.size()));

  start(device, accounts.invocation().options);
  add_references(site);
  DZ_TRY(create_indexed(accounts, state, all.device, device));
  DZ_TRY(create_pools(accounts, all, device));
  return save(accounts, site);
}

// Whose the pools are, and to whom their rent goes, is not compared: those that are named are closed.
Check delete_device(Accounts& accounts, const wire::DeleteDeviceArgs& args) {
  DZ_TRY_ASSIGN(const auto all, take_delete_accounts(accounts, args.resource_count));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(all.state));
  Neighbours site;
  DZ_TRY_ASSIGN(site.contributor, accounts.load<Contributor>(all.contributor));
  const auto caller = caller_of(accounts, *state, *site.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::NotAllowed, "delete this device"));
  DZ_TRY_ASSIGN(auto device, accounts.load<Device>(all.device));
  DZ_TRY(check_deletable(*device));
  if (args.resource_count == 0) {
    device->status = Status::Deleting;
    return accounts.save(device);
  }
  DZ_TRY(check_neighbours(accounts, all, *device));
  DZ_TRY_ASSIGN(site.location, accounts.load<Location>(all.location));
  DZ_TRY_ASSIGN(site.exchange, accounts.load<Exchange>(all.exchange));
  drop_references(site);
  DZ_TRY(save(accounts, site));
  DZ_TRY(close(all.device, all.owner));
  for (std::size_t i = 0; i < all.pools.size(); ++i) DZ_TRY(close(all.pools[i], all.pool_owners[i]));
  return {};
}

}  // namespace dz::program::live
