// UpdateDevice: the fields of its contributor, the words of the lifecycle, the counts of its users, its prefixes.
#include "program/device_rules.h"

#include <algorithm>

#include "program/allocator.h"
#include "program/entities.h"
#include "program/handlers.h"
#include "program/lifecycle_write.h"
#include "program/pools.h"

namespace dz {

ResourceType device_pool(const Pubkey& device, std::size_t i) {
  if (i == 0) return {ResourceKind::TunnelIds, device, 0};
  return {ResourceKind::DzPrefixBlock, device, i - 1};
}

Check check_pool_count(std::uint64_t found, std::size_t prefixes) {
  if (found == 1 + prefixes) return {};
  return reject(
      ProgramError::InvalidArgument,
      fmt::format("resource_count is {}, expected {}: one for tunnel ids and one a dz_prefix", found, 1 + prefixes));
}

Check check_own_address(const Device& device) {
  for (const auto& prefix : device.dz_prefixes) {
    if (prefix.contains(device.public_ip)) {
      return reject(ProgramError::InvalidPublicIp, fmt::format("public_ip {} lies in the device's own dz_prefix {}",
                                                               to_text(device.public_ip), to_text(prefix)));
    }
  }
  return {};
}

namespace {

struct LocationMove {
  AccountRef from, to;
};

// The accounts of an update. The list says by its length whether it has the pair of locations.
struct UpdateAccounts {
  Record<Device> device;
  Record<Contributor> contributor;
  std::optional<LocationMove> locations;
  Record<GlobalState> state;
  std::optional<Record<GlobalConfig>> config;
  std::vector<AccountRef> pools;
};

Outcome<bool> has_locations(const Accounts& accounts, std::uint64_t pools) {
  const auto leading = accounts.left() - std::min(accounts.left(), accounts.tail_length());
  const auto without = 3 + (pools > 0 ? 1 + pools : 0);
  if (leading == without) return false;
  if (leading == without + 2) return true;
  return reject(ProgramError::InvalidArgument,
                fmt::format("{} accounts before the payer, expected {}, or {} with the old and the new location",
                            leading, without, without + 2));
}

Outcome<UpdateAccounts> take_accounts(Accounts& accounts, std::uint64_t pools) {
  UpdateAccounts all;
  DZ_TRY_ASSIGN(const bool locations, has_locations(accounts, pools));
  DZ_TRY_ASSIGN(all.device, accounts.record<Device>("device"));
  DZ_TRY_ASSIGN(all.contributor, accounts.record<Contributor>("contributor"));
  if (locations) {
    DZ_TRY_ASSIGN(const auto from, accounts.next("old location"));
    DZ_TRY_ASSIGN(const auto to, accounts.next("new location"));
    all.locations = {from, to};
  }
  DZ_TRY_ASSIGN(all.state, accounts.record<GlobalState>("global state"));
  if (pools > 0) {
    DZ_TRY_ASSIGN(all.config, accounts.record<GlobalConfig>("global config"));
  }
  for (std::uint64_t i = 0; i < pools; ++i) {
    DZ_TRY_ASSIGN(const auto pool, accounts.next("pool of the device"));
    all.pools.push_back(pool);
  }
  DZ_TRY(accounts.tail());
  return all;
}

// The activator's key may write status and nothing else.
bool is_status_only(const UpdateAccounts& all, const UpdateDeviceArgs& args) {
  const bool moves = all.locations && all.locations->from.key != all.locations->to.key;
  UpdateDeviceArgs rest = args;
  rest.status.reset();
  return args.status && !moves && rest == UpdateDeviceArgs{};
}

bool has_foundation_fields(const UpdateDeviceArgs& args) {
  return args.users_count || args.unicast_users_count || args.multicast_subscribers_count ||
         args.multicast_publishers_count;
}

Check authorize_update(const UpdateAccounts& all, const Authority& authority, const Roles& roles,
                       const UpdateDeviceArgs& args) {
  if (roles.activator && is_status_only(all, args)) return {};  // whether it may is for the lifecycle to say
  if (!roles.foundation) {
    DZ_TRY(check_key(all.contributor.at, all.device->contributor, ProgramError::InvalidContributorPubkey));
  }
  DZ_TRY(authorize_contributor(authority, *all.contributor, ProgramError::NotAllowed, "change this device"));
  if (!roles.foundation && has_foundation_fields(args)) {
    return reject(ProgramError::NotAllowed, "the counts of users are the foundation's to write");
  }
  return {};
}

// What upstream lets the foundation overwrite here would break what other accounts say.
Check check_fixed_fields(const Device& device, const UpdateDeviceArgs& args) {
  if (args.contributor && *args.contributor != device.contributor) {
    return reject(ProgramError::ImmutableField, "a device stays with its contributor: delete it and create it anew");
  }
  if (args.reference_count && *args.reference_count != device.reference_count) {
    return reject(ProgramError::ImmutableField,
                  "reference_count follows the records that name the device and is not written by hand");
  }
  return {};
}

Check set_fields(Device& device, const UpdateDeviceArgs& args) {
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
  set_if(device.users_count, args.users_count);
  set_if(device.unicast_users_count, args.unicast_users_count);
  set_if(device.multicast_subscribers_count, args.multicast_subscribers_count);
  set_if(device.multicast_publishers_count, args.multicast_publishers_count);
  return {};
}

Check move_location(const Accounts& accounts, Device& device, const LocationMove& move) {
  DZ_TRY(check_key(move.from, device.location, ProgramError::InvalidActualLocation));
  if (move.from.key == move.to.key) return {};
  DZ_TRY_ASSIGN(auto from, accounts.load<Location>(move.from));
  DZ_TRY_ASSIGN(auto to, accounts.load<Location>(move.to));
  drop_reference(from);
  add_reference(to);
  device.location = to.at.key;
  DZ_TRY(accounts.save(from));
  return accounts.save(to);
}

// A block that still serves users cannot be replaced: only the device's own address may be taken from it.
Check check_replaceable(const ResourceExtension& block) {
  if (allocated_count(block) <= 1) return {};
  return reject(
      ProgramError::ResourceInUse,
      fmt::format("a dz_prefix has {} addresses in use; only an unused one can be changed", allocated_count(block)));
}

// Each block is written anew for the new list; those beyond its end are closed.
Check replace_blocks(const Accounts& accounts, const UpdateAccounts& all) {
  const auto& device = *all.device;
  for (std::size_t i = 1; i < all.pools.size(); ++i) {
    const auto& at = all.pools[i];
    const auto type = device_pool(all.device.at.key, i);
    DZ_TRY(check_key(at, resource_address(accounts.program(), type).address));
    const bool exists = !at.account->data.empty();
    if (exists) {
      DZ_TRY_ASSIGN(const auto old, accounts.load<ResourceExtension>(at));
      DZ_TRY(check_replaceable(*old));
    }
    if (i - 1 >= device.dz_prefixes.size()) {
      DZ_TRY(close(at, accounts.payer()));
    } else if (!exists) {
      DZ_TRY(create_pool(accounts, at, type, **all.config, &device));
    } else {
      DZ_TRY_ASSIGN(auto block, accounts.load<ResourceExtension>(at));
      DZ_TRY_ASSIGN(auto fresh, make_pool(type, **all.config, &device));
      fresh.owner = block->owner;
      fresh.bump = block->bump;
      fresh.associated_with = block->associated_with;
      *block = std::move(fresh);
      DZ_TRY(accounts.save(block));
    }
  }
  return {};
}

Check set_prefixes(const Accounts& accounts, UpdateAccounts& all, const std::vector<NetworkV4>& prefixes) {
  const auto most = std::max(all.device->dz_prefixes.size(), prefixes.size());
  DZ_TRY(check_pool_count(all.pools.size(), most));
  all.device->dz_prefixes = prefixes;
  return replace_blocks(accounts, all);
}

}  // namespace

Check apply(Accounts& accounts, const UpdateDeviceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_accounts(accounts, args.resource_count));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  auto& device = *all.device;
  const bool own = all.contributor.at.key == device.contributor;
  const auto roles = roles_of(authority, own ? &*all.contributor : nullptr, nullptr);
  DZ_TRY(authorize_update(all, authority, roles, args));
  DZ_TRY(check_fixed_fields(device, args));

  const auto before = device;
  DZ_TRY(write_lifecycle(device, {args.status, args.desired_status}, roles));
  DZ_TRY(set_fields(device, args));
  DZ_TRY(check_user_counts(before, device));
  if (all.locations) DZ_TRY(move_location(accounts, device, *all.locations));
  if (args.dz_prefixes) DZ_TRY(set_prefixes(accounts, all, *args.dz_prefixes));
  DZ_TRY(check_own_address(device));
  return accounts.save(all.device);
}

}  // namespace dz
