// The resource accounts from which links and devices allocate: where each is, what it spans, and taking from it with
// the ledger's error.
#pragma once

#include "program/runtime/accounts.h"
#include "wire/instructions/resource.h"

namespace dz::program {

// The next account, at the address of this pool.
Outcome<Record<ResourceExtension>> next_pool(Accounts& accounts, const wire::ResourceType& type, std::string_view what);
inline Outcome<Record<ResourceExtension>> next_pool(Accounts& accounts, wire::ResourceKind kind,
                                                    std::string_view what) {
  return next_pool(accounts, wire::ResourceType{.kind = kind}, what);
}

// An account already taken is this pool and can be written, else ProgramFailedToComplete.
Check check_pool(const Accounts& accounts, const AccountRef& at, const wire::ResourceType& type);
// An account already taken, as this pool, to be written.
Outcome<Record<ResourceExtension>> load_pool(const Accounts& accounts, const AccountRef& at,
                                             const wire::ResourceType& type);
inline Outcome<Record<ResourceExtension>> load_pool(const Accounts& accounts, const AccountRef& at,
                                                    wire::ResourceKind kind) {
  return load_pool(accounts, at, wire::ResourceType{.kind = kind});
}

// Where the addresses of a pool come from: the network's blocks, or the prefixes of the device that the pool belongs
// to.
struct AddressSource {
  const GlobalConfig& config;
  const Device* device = nullptr;
};

// An empty pool of this kind. A dz_prefix block has its first address taken.
Outcome<ResourceExtension> make_pool(const wire::ResourceType& type, const AddressSource& source);

// Creates the pool's account at `at`.
Check create_pool(const Accounts& accounts, const AccountRef& at, const wire::ResourceType& type,
                  const AddressSource& source);

// The program itself keeps these in step with the records, so nobody changes them by hand.
constexpr bool is_managed(wire::ResourceKind kind) {
  switch (kind) {
    case wire::ResourceKind::DeviceTunnelBlock:
    case wire::ResourceKind::LinkIds:
    case wire::ResourceKind::SegmentRoutingIds:
    case wire::ResourceKind::UserTunnelBlock:
    case wire::ResourceKind::TunnelIds:
    case wire::ResourceKind::DzPrefixBlock: return true;
    default: return false;
  }
}

// AllocationFailed when the pool has none.
Outcome<NetworkV4> take_network(Record<ResourceExtension>& pool, std::uint32_t addresses);
Outcome<std::uint16_t> take_id(Record<ResourceExtension>& pool);
Check take(Record<ResourceExtension>& pool, NetworkV4 network);
Check take(Record<ResourceExtension>& pool, std::uint16_t id);
// What was asked for, or without that whichever is free. InvalidArgument when the pool hands out the other kind.
Check take(Record<ResourceExtension>& pool, const std::optional<wire::IdOrIp>& requested);
// What is not allocated stays so.
void give_back(ResourceExtension& pool, const wire::IdOrIp& value);

}  // namespace dz::program
