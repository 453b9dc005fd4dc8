#include "program/rules/device_rules.h"

#include <fmt/format.h>

#include "program/rules/allocator.h"
#include "program/rules/entities.h"
#include "program/rules/pools.h"

namespace dz::program {

wire::ResourceType device_pool(const Pubkey& device, std::size_t i) {
  if (i == 0) return {wire::ResourceKind::TunnelIds, device, 0};
  return {wire::ResourceKind::DzPrefixBlock, device, i - 1};
}

Check check_pool_count(std::uint64_t found, std::size_t prefixes) {
  if (found == 1 + prefixes) return {};
  return reject(
      wire::ProgramError::InvalidArgument,
      fmt::format("resource_count is {}, expected {}: one for tunnel ids and one a dz_prefix", found, 1 + prefixes));
}

Check check_own_address(const Device& device) {
  for (const auto& prefix : device.dz_prefixes) {
    if (prefix.contains(device.public_ip)) {
      return reject(wire::ProgramError::InvalidPublicIp,
                    fmt::format("public_ip {} lies in the device's own dz_prefix {}", to_text(device.public_ip),
                                to_text(prefix)));
    }
  }
  return {};
}

Outcome<std::vector<AccountRef>> next_many(Accounts& accounts, std::size_t count, std::string_view what) {
  std::vector<AccountRef> all;
  for (std::size_t i = 0; i < count; ++i) {
    DZ_TRY_ASSIGN(const auto at, accounts.next(what));
    all.push_back(at);
  }
  return all;
}

void add_references(Neighbours& site) { add_reference(site.contributor, site.location, site.exchange); }

void drop_references(Neighbours& site) { drop_reference(site.contributor, site.location, site.exchange); }

Check save(const Accounts& accounts, const Neighbours& site) {
  return accounts.save(site.contributor, site.location, site.exchange);
}

Check check_site(const Record<Device>& device, const Neighbours& site, const AccountRef& owner) {
  DZ_TRY(check_key(site.location.at, device->location, wire::ProgramError::InvalidLocationPubkey));
  DZ_TRY(check_key(site.exchange.at, device->exchange, wire::ProgramError::InvalidExchangePubkey));
  DZ_TRY(check_key(site.contributor.at, device->contributor, wire::ProgramError::InvalidContributorPubkey));
  return check_key(owner, device->owner, wire::ProgramError::InvalidOwnerPubkey);
}

Outcome<Device> new_device(const Accounts& accounts, const wire::CreateDeviceArgs& args, const Neighbours& site) {
  Device device;
  DZ_TRY_ASSIGN(device.code, lower_case_code(args.code));
  device.owner = accounts.payer().key;
  device.type = args.type;
  device.public_ip = args.public_ip;
  device.dz_prefixes = args.dz_prefixes;
  device.metrics_publisher = args.metrics_publisher;
  device.mgmt_vrf = args.mgmt_vrf;
  device.desired_status = args.desired_status.value_or(DesiredStatus::Activated);
  device.max_users = 0;  // it takes no users until somebody allows them
  device.contributor = site.contributor.at.key;
  device.location = site.location.at.key;
  device.exchange = site.exchange.at.key;
  return device;
}

Check create_device_pools(const Accounts& accounts, const std::vector<AccountRef>& pools, const Record<Device>& device,
                          const GlobalConfig& config) {
  for (std::size_t i = 0; i < pools.size(); ++i) {
    DZ_TRY(create_pool(accounts, pools[i], device_pool(device.at.key, i), {config, &*device}));
  }
  return {};
}

Check close_device_pools(const Accounts& accounts, const Pubkey& device, const std::vector<AccountRef>& pools,
                         const std::vector<AccountRef>& owners) {
  for (std::size_t i = 0; i < pools.size(); ++i) {
    DZ_TRY(check_key(pools[i], resource_address(accounts.program(), device_pool(device, i)).address));
    DZ_TRY_ASSIGN(const auto pool, accounts.load<ResourceExtension>(pools[i]));
    DZ_TRY(check_key(owners[i], pool->owner, wire::ProgramError::InvalidOwnerPubkey));
    DZ_TRY(close(pools[i], owners[i]));
  }
  return {};
}

namespace {

Outcome<bool> has_locations(const Accounts& accounts, std::uint64_t pools) {
  const auto leading = accounts.left_before_tail();
  const auto without = 3 + (pools > 0 ? 1 + pools : 0);
  if (leading == without) return false;
  if (leading == without + 2) return true;
  return reject(wire::ProgramError::InvalidArgument,
                fmt::format("{} accounts before the payer, expected {}, or {} with the old and the new location",
                            leading, without, without + 2));
}

}  // namespace

Outcome<DeviceUpdate> take_device_update(Accounts& accounts, std::uint64_t pools) {
  DeviceUpdate all;
  DZ_TRY_ASSIGN(const bool locations, has_locations(accounts, pools));
  DZ_TRY_ASSIGN(all.device.at, accounts.next("device"));
  DZ_TRY_ASSIGN(const auto contributor, accounts.next("contributor"));
  if (locations) {
    DZ_TRY_ASSIGN(const auto from, accounts.next("old location"));
    DZ_TRY_ASSIGN(const auto to, accounts.next("new location"));
    all.locations = {from, to};
  }
  DZ_TRY_ASSIGN(const auto state, accounts.next("global state"));
  if (pools > 0) {
    DZ_TRY_ASSIGN(all.config, accounts.next("global config"));
  }
  for (std::uint64_t i = 0; i < pools; ++i) {
    DZ_TRY_ASSIGN(const auto pool, accounts.next("pool of the device"));
    all.pools.push_back(pool);
  }
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(all.device.at, contributor, state));
  DZ_TRY(check_writable(all.device.at));
  if (all.config) DZ_TRY(accounts.check_owner(*all.config));
  DZ_TRY_ASSIGN(all.state, accounts.load<GlobalState>(state));
  DZ_TRY_ASSIGN(all.contributor, accounts.load<Contributor>(contributor));
  return all;
}

Check set_contributor_fields(Device& device, const wire::UpdateDeviceArgs& args) {
  if (args.code) {
    DZ_TRY_ASSIGN(device.code, lower_case_code(*args.code));
  }
  set_if(device.type, args.type);
  set_if(device.public_ip, args.public_ip);
  set_if(device.metrics_publisher, args.metrics_publisher);
  set_if(device.mgmt_vrf, args.mgmt_vrf);
  set_if(device.max_users, args.max_users);
  set_if(device.max_unicast_users, args.max_unicast_users);
  set_if(device.max_multicast_subscribers, args.max_multicast_subscribers);
  set_if(device.max_multicast_publishers, args.max_multicast_publishers);
  return {};
}

void set_user_counts(Device& device, const wire::UpdateDeviceArgs& args) {
  set_if(device.users_count, args.users_count);
  set_if(device.unicast_users_count, args.unicast_users_count);
  set_if(device.multicast_subscribers_count, args.multicast_subscribers_count);
  set_if(device.multicast_publishers_count, args.multicast_publishers_count);
}

Check move_location(const Accounts& accounts, Device& device, const LocationMove& move) {
  DZ_TRY_ASSIGN(auto from, accounts.load<Location>(move.from));
  DZ_TRY_ASSIGN(auto to, accounts.load<Location>(move.to));
  DZ_TRY(check_key(move.from, device.location, wire::ProgramError::InvalidActualLocation));
  drop_reference(from);
  add_reference(to);
  device.location = to.at.key;
  return accounts.save(from, to);
}

bool is_replaceable(const ResourceExtension& block) { return allocated_count(block) <= 1; }

Check replace_blocks(const Accounts& accounts, const DeviceUpdate& all) {
  const auto& device = *all.device;
  DZ_TRY_ASSIGN(const auto config, accounts.load<GlobalConfig>(*all.config));
  DZ_TRY(check_key(*all.config, wire::global_config_address(accounts.program()).address));
  const AddressSource source{*config, &device};
  for (std::size_t i = 1; i < all.pools.size(); ++i) {
    const auto& at = all.pools[i];
    const auto type = device_pool(all.device.at.key, i);
    const bool exists = !at.account->data.empty();
    if (i - 1 >= device.dz_prefixes.size()) {
      DZ_TRY(close(at, accounts.payer()));
    } else if (!exists) {
      DZ_TRY(create_pool(accounts, at, type, source));
    } else {
      DZ_TRY_ASSIGN(auto block, load_pool(accounts, at, type));
      DZ_TRY_ASSIGN(auto fresh, make_pool(type, source));
      fresh.owner = accounts.rules().payer_owns_rebuilt_pools ? accounts.payer().key : block->owner;
      fresh.bump = block->bump;
      fresh.associated_with = block->associated_with;
      *block = std::move(fresh);
      DZ_TRY(accounts.save(block));
    }
  }
  return {};
}

}  // namespace dz::program
