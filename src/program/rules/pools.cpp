#include "program/rules/pools.h"

#include <fmt/format.h>

#include "program/rules/allocator.h"

namespace dz::program {
namespace {

using IdPool = ResourceExtension::IdPool;

// A larger block would not fit an account that a program can create.
constexpr std::uint8_t kShortestBlockPrefix = 16;

// The addresses that a pool of this kind spans; nothing for pools of numbers, and for a prefix that the device lacks.
std::optional<NetworkV4> block_of(const wire::ResourceType& type, const AddressSource& source) {
  const auto& [config, device] = source;
  switch (type.kind) {
    case wire::ResourceKind::DeviceTunnelBlock: return config.device_tunnel_block;
    case wire::ResourceKind::UserTunnelBlock: return config.user_tunnel_block;
    case wire::ResourceKind::MulticastGroupBlock: return config.multicastgroup_block;
    case wire::ResourceKind::MulticastPublisherBlock: return config.multicast_publisher_block;
    case wire::ResourceKind::DzPrefixBlock:
      if (device == nullptr || type.index >= device->dz_prefixes.size()) return std::nullopt;
      return device->dz_prefixes[type.index];
    default: return std::nullopt;
  }
}

Outcome<ResourceExtension> make_block(NetworkV4 block) {
  if (block.prefix >= kShortestBlockPrefix) return make_pool(block);
  return reject(
      wire::ProgramError::InvalidArgument,
      fmt::format("{} is too large for a pool, expected a /{} or smaller", to_text(block), kShortestBlockPrefix));
}

Outcome<ResourceExtension> make_dz_prefix_block(std::optional<NetworkV4> prefix, std::uint64_t index) {
  if (!prefix)
    return reject(wire::ProgramError::InvalidArgument, fmt::format("the device has no dz_prefix number {}", index));
  DZ_TRY_ASSIGN(auto pool, make_block(*prefix));
  allocate(pool, NetworkV4{prefix->address, 32});  // the device's own
  return pool;
}

// Where the program does not look, the runtime refuses an account that grows too far.
Check check_growth(const Accounts& accounts, std::optional<NetworkV4> block) {
  const bool too_large = block && block->prefix < kShortestBlockPrefix;
  if (!too_large || accounts.rules().checks_size_of_pools) return {};
  return reject(wire::InstructionErrorKind::InvalidRealloc,
                fmt::format("a pool of {} needs more than the {} bytes by which an account may grow", to_text(*block),
                            kMaxGrowth));
}

tl::unexpected<Rejection> exhausted(const Record<ResourceExtension>& pool) {
  return reject(wire::ProgramError::AllocationFailed, fmt::format("'{}' has nothing free", pool.at.what));
}

}  // namespace

Outcome<Record<ResourceExtension>> next_pool(Accounts& accounts, const wire::ResourceType& type,
                                             std::string_view what) {
  DZ_TRY_ASSIGN(const auto at, accounts.next(what));
  DZ_TRY(accounts.check_owner(at));
  DZ_TRY(check_key(at, resource_address(accounts.program(), type).address));
  return accounts.load<ResourceExtension>(at);
}

Outcome<Record<ResourceExtension>> load_pool(const Accounts& accounts, const AccountRef& at,
                                             const wire::ResourceType& type) {
  DZ_TRY(check_pool(accounts, at, type));
  return accounts.load<ResourceExtension>(at);
}

Check check_pool(const Accounts& accounts, const AccountRef& at, const wire::ResourceType& type) {
  DZ_TRY(accounts.check_owner(at));
  DZ_TRY(check_writable(at));
  return check_key(at, resource_address(accounts.program(), type).address);
}

Outcome<ResourceExtension> make_pool(const wire::ResourceType& type, const AddressSource& source) {
  const auto block = block_of(type, source);
  switch (type.kind) {
    case wire::ResourceKind::DzPrefixBlock: return make_dz_prefix_block(block, type.index);
    case wire::ResourceKind::TunnelIds: return make_pool(IdPool{500, 4596});
    case wire::ResourceKind::LinkIds: return make_pool(IdPool{0, 65535});
    case wire::ResourceKind::SegmentRoutingIds: return make_pool(IdPool{1, 65535});
    case wire::ResourceKind::VrfIds: return make_pool(IdPool{1, 1024});
    case wire::ResourceKind::AdminGroupBits: return make_pool(IdPool{1, 127});
    default: return make_block(*block);
  }
}

Check create_pool(const Accounts& accounts, const AccountRef& at, const wire::ResourceType& type,
                  const AddressSource& source) {
  DZ_TRY(check_growth(accounts, block_of(type, source)));
  const auto address = resource_address(accounts.program(), type);
  DZ_TRY_ASSIGN(auto pool, make_pool(type, source));
  pool.owner = accounts.payer().key;
  pool.bump = address.bump;
  pool.associated_with = type.device;
  return accounts.create(at, address, pool);
}

Outcome<NetworkV4> take_network(Record<ResourceExtension>& pool, std::uint32_t addresses) {
  const auto network = allocate_network(*pool, addresses);
  if (!network) return exhausted(pool);
  return *network;
}

Outcome<std::uint16_t> take_id(Record<ResourceExtension>& pool) {
  const auto id = allocate_id(*pool);
  if (!id) return exhausted(pool);
  return *id;
}

Check take(Record<ResourceExtension>& pool, NetworkV4 network) {
  if (allocate(*pool, network)) return {};
  return reject(wire::ProgramError::AllocationFailed,
                fmt::format("{} is not wholly free in '{}'", to_text(network), pool.at.what));
}

Check take(Record<ResourceExtension>& pool, std::uint16_t id) {
  if (allocate(*pool, id)) return {};
  return reject(wire::ProgramError::AllocationFailed, fmt::format("{} is not free in '{}'", id, pool.at.what));
}

Check take(Record<ResourceExtension>& pool, const std::optional<wire::IdOrIp>& requested) {
  if (!requested && pool->ip) {
    DZ_TRY(take_network(pool, 1));
    return {};
  }
  if (!requested) {
    DZ_TRY(take_id(pool));
    return {};
  }
  if (pool->ip.has_value() != std::holds_alternative<NetworkV4>(requested->value)) {
    return reject(wire::ProgramError::InvalidArgument, "an address was asked of a pool of numbers, or the reverse");
  }
  return std::visit([&](const auto& value) { return take(pool, value); }, requested->value);
}

void give_back(ResourceExtension& pool, const wire::IdOrIp& value) {
  std::visit([&](const auto& one) { release(pool, one); }, value.value);
}

}  // namespace dz::program
