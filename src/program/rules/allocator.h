// Pools of addresses and numbers: a bitmap in a resource account. The search order is part of the ledger's format:
// clients predict what a link will get. docs/formats/program.md, section 4.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/records.h"

namespace dz::program {

// A new pool with nothing allocated; owner, bump and associated_with are the caller's.
ResourceExtension make_pool(NetworkV4 block);
ResourceExtension make_pool(ResourceExtension::IdPool range);

// Takes the first free aligned run of `addresses` (a power of two, at most 64). Nothing when the pool has none, is no
// address pool, or is smaller than the run.
std::optional<NetworkV4> allocate_network(ResourceExtension& pool, std::uint32_t addresses);
// Takes the first free number. Nothing when there is none or the pool is no number pool.
std::optional<std::uint16_t> allocate_id(ResourceExtension& pool);

// Takes exactly this one; false (and nothing changes) when it is outside the pool, unaligned or not wholly free.
bool allocate(ResourceExtension& pool, NetworkV4 network);
bool allocate(ResourceExtension& pool, std::uint16_t id);

// Gives it back; false (and nothing changes) when it is outside the pool or not wholly allocated.
bool release(ResourceExtension& pool, NetworkV4 network);
bool release(ResourceExtension& pool, std::uint16_t id);

// True when every address of the network, or the number, is allocated.
bool is_allocated(const ResourceExtension& pool, NetworkV4 network);
bool is_allocated(const ResourceExtension& pool, std::uint16_t id);
std::size_t allocated_count(const ResourceExtension& pool);

}  // namespace dz::program
