// What creation, update and deletion of devices share, in both programs.
#pragma once

#include <optional>
#include <vector>

#include "program/runtime/accounts.h"
#include "wire/addresses.h"
#include "wire/instructions/device.h"

namespace dz::program {

// The pools of a device in their order: tunnel ids, then one block for each dz_prefix.
wire::ResourceType device_pool(const Pubkey& device, std::size_t i);

// An instruction brings exactly these, 1 + prefixes.
Check check_pool_count(std::uint64_t found, std::size_t prefixes);

// The public address may not lie in a prefix that the device hands out.
Check check_own_address(const Device& device);

Outcome<std::vector<AccountRef>> next_many(Accounts& accounts, std::size_t count, std::string_view what);

// The records that a device names.
struct Neighbours {
  Record<Contributor> contributor;
  Record<Location> location;
  Record<Exchange> exchange;
};
void add_references(Neighbours& site);
void drop_references(Neighbours& site);
Check save(const Accounts& accounts, const Neighbours& site);
// Each is the one that the device names, and so is the owner.
Check check_site(const Record<Device>& device, const Neighbours& site, const AccountRef& owner);

// What the arguments and the accounts say of a new device, owned by the payer; status and health are the caller's.
Outcome<Device> new_device(const Accounts& accounts, const wire::CreateDeviceArgs& args, const Neighbours& site);
Check create_device_pools(const Accounts& accounts, const std::vector<AccountRef>& pools, const Record<Device>& device,
                          const GlobalConfig& config);
// Closes the device's own pools, each to its owner.
Check close_device_pools(const Accounts& accounts, const Pubkey& device, const std::vector<AccountRef>& pools,
                         const std::vector<AccountRef>& owners);

struct LocationMove {
  AccountRef from, to;
};

// The accounts of an update. The list says by its length whether it has the pair of locations. The device is not read
// yet: rights come first.
struct DeviceUpdate {
  Record<Device> device;
  Record<Contributor> contributor;
  std::optional<LocationMove> locations;
  Record<GlobalState> state;
  std::optional<AccountRef> config;
  std::vector<AccountRef> pools;
};
Outcome<DeviceUpdate> take_device_update(Accounts& accounts, std::uint64_t pools);

// The fields that the device's contributor writes freely.
Check set_contributor_fields(Device& device, const wire::UpdateDeviceArgs& args);
void set_user_counts(Device& device, const wire::UpdateDeviceArgs& args);
Check move_location(const Accounts& accounts, Device& device, const LocationMove& move);

// Writes each block anew for the device's prefixes as they are now; those beyond the end of the list are closed.
Check replace_blocks(const Accounts& accounts, const DeviceUpdate& all);
// A block that still serves users cannot be replaced: only the device's own address may be taken from it.
bool is_replaceable(const ResourceExtension& block);

}  // namespace dz::program
