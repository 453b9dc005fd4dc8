// Where the programs keep their accounts. `program` is the serviceability program unless said otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/records.h"
#include "wire/pda.h"

namespace dz::wire {

ProgramAddress global_state_address(const Pubkey& program);
ProgramAddress global_config_address(const Pubkey& program);
ProgramAddress program_config_address(const Pubkey& program);

// Sites, contributors, devices and links share one counter: GlobalState.account_index + 1 is the next.
ProgramAddress location_address(const Pubkey& program, AccountIndex index);
ProgramAddress exchange_address(const Pubkey& program, AccountIndex index);
ProgramAddress contributor_address(const Pubkey& program, AccountIndex index);
ProgramAddress device_address(const Pubkey& program, AccountIndex index);
ProgramAddress link_address(const Pubkey& program, AccountIndex index);

ProgramAddress permission_address(const Pubkey& program, const Pubkey& user_payer);
// One user for each address and type. The old kind, by an index, is written no more.
ProgramAddress user_address(const Pubkey& program, Ipv4 client_ip, UserType type);
ProgramAddress old_user_address(const Pubkey& program, AccountIndex index);
// 0.0.0.0 as the client's address: a pass for any address.
ProgramAddress access_pass_address(const Pubkey& program, Ipv4 client_ip, const Pubkey& user_payer);
ProgramAddress topology_address(const Pubkey& program, std::string_view name);  // any case
std::string topology_name(std::string_view name);  // as it is stored and addressed: in capitals (ASCII)
// entity_seed: the seed of the entity's own address, such as "multicast". Neither it nor the key may be longer than
// kMaxSeed.
ProgramAddress index_address(const Pubkey& program, std::string_view entity_seed, std::string_view key);  // any case
std::string index_key(std::string_view key);  // as it is stored and addressed: in small letters (ASCII)
inline constexpr std::size_t kMaxSeed = 32;   // of any program derived address
inline constexpr std::string_view kDefaultTopology = "UNICAST-DEFAULT";

// The pools from which links and devices allocate; the numbers are those of the instruction arguments.
enum class ResourceKind : std::uint8_t {
  DeviceTunnelBlock = 0,
  UserTunnelBlock = 1,
  MulticastGroupBlock = 2,
  MulticastPublisherBlock = 3,
  DzPrefixBlock = 4,  // one for each prefix of a device
  TunnelIds = 5,      // one for each device
  LinkIds = 6,
  SegmentRoutingIds = 7,
  VrfIds = 8,
  AdminGroupBits = 9
};
struct ResourceType {
  ResourceKind kind = ResourceKind::DeviceTunnelBlock;
  Pubkey device;            // with DzPrefixBlock and TunnelIds only
  std::uint64_t index = 0;  // likewise: which prefix; 0 for TunnelIds
  bool operator==(const ResourceType&) const = default;
};
constexpr bool belongs_to_device(ResourceKind kind) {
  return kind == ResourceKind::DzPrefixBlock || kind == ResourceKind::TunnelIds;
}
ProgramAddress resource_address(const Pubkey& program, const ResourceType& resource);
ProgramAddress resource_address(const Pubkey& program, ResourceKind kind);  // those that belong to no device
ProgramAddress tunnel_ids_address(const Pubkey& program, const Pubkey& device, std::uint64_t index = 0);
ProgramAddress dz_prefix_block_address(const Pubkey& program, const Pubkey& device, std::uint64_t index);

// One account for each link, direction and epoch, of the telemetry program.
ProgramAddress latency_samples_address(const Pubkey& telemetry_program, const Pubkey& origin_device,
                                       const Pubkey& target_device, const Pubkey& link, std::uint64_t epoch);

// Two exchanges, in this direction, in an epoch, as an agent has it from a provider.
struct InternetPath {
  std::string_view data_provider;  // at most kMaxSeed bytes; may be empty
  Pubkey origin_exchange, target_exchange;
  std::uint64_t epoch = 0;
};
ProgramAddress internet_latency_samples_address(const Pubkey& telemetry_program, const Pubkey& oracle_agent,
                                                const InternetPath& path);

}  // namespace dz::wire
