// Rules that creation and update of devices share.
#pragma once

#include "program/outcome.h"
#include "wire/addresses.h"

namespace dz {

// The pools of a device in their order: tunnel ids, then one block a dz_prefix.
ResourceType device_pool(const Pubkey& device, std::size_t i);

// An instruction brings exactly these, 1 + prefixes.
Check check_pool_count(std::uint64_t found, std::size_t prefixes);

// The public address may not lie in a prefix that the device hands out.
Check check_own_address(const Device& device);

}  // namespace dz
