#include "wire/instructions/device.h"

#include <algorithm>

#include "base/check.h"

namespace dz::wire {
namespace {

AccountMeta state(const Sender& sender) { return writable(global_state_address(sender.program).address); }
AccountMeta config(const Sender& sender) { return writable(global_config_address(sender.program).address); }
AccountMeta pool(const Sender& sender, ResourceKind kind) {
  return writable(resource_address(sender.program, kind).address);
}

// tunnel_ids and the blocks of so many prefixes: the pools of a device, 1 + prefixes of them.
void add_device_pools(std::vector<AccountMeta>& accounts, const Sender& sender, const Pubkey& device,
                      std::size_t prefixes) {
  accounts.push_back(writable(tunnel_ids_address(sender.program, device).address));
  for (std::size_t i = 0; i < prefixes; ++i) {
    accounts.push_back(writable(dz_prefix_block_address(sender.program, device, i).address));
  }
}

constexpr std::size_t kMaxPrefixes = 30;  // more accounts than that do not fit into a transaction

Result<void> check_prefixes(std::size_t count) {
  if (count <= kMaxPrefixes) return {};
  return refused("expected at most " + std::to_string(kMaxPrefixes) + " dz prefixes, found " + std::to_string(count));
}

}  // namespace

Result<Instruction> create_device(const Sender& sender, AccountIndex index, const DeviceSite& site,
                                  CreateDeviceArgs args, const Profile& profile) {
  DZ_TRY(check_prefixes(args.dz_prefixes.size()));
  args.resource_count = static_cast<std::uint8_t>(1 + args.dz_prefixes.size());
  DZ_TRY_ASSIGN(auto data, encode(args, profile));
  const auto device = device_address(sender.program, index).address;
  std::vector<AccountMeta> accounts{writable(device),        writable(site.contributor),
                                    writable(site.location), writable(site.exchange),
                                    state(sender),           config(sender)};
  add_device_pools(accounts, sender, device, args.dz_prefixes.size());
  return build_instruction(sender, std::move(accounts), std::move(data));
}

Result<Instruction> update_device(const Sender& sender, const DeviceAt& device, UpdateDeviceArgs args,
                                  const Profile& profile, const std::optional<Pubkey>& new_location) {
  const auto& record = device.record;
  std::vector<AccountMeta> accounts{writable(device.key), writable(record.contributor)};
  if (new_location) {
    accounts.push_back(writable(record.location));
    accounts.push_back(writable(*new_location));
  }
  accounts.push_back(state(sender));
  args.resource_count = 0;
  if (args.dz_prefixes) {
    const auto prefixes = std::max(record.dz_prefixes.size(), args.dz_prefixes->size());
    DZ_TRY(check_prefixes(prefixes));
    accounts.push_back(config(sender));
    add_device_pools(accounts, sender, device.key, prefixes);
    args.resource_count = 1 + prefixes;
  }
  DZ_TRY_ASSIGN(auto data, encode(args, profile));
  return build_instruction(sender, std::move(accounts), std::move(data));
}

Instruction delete_device(const Sender& sender, const Pubkey& device, const Device& record,
                          std::span<const Pubkey> resource_owners) {
  const auto pools = 1 + record.dz_prefixes.size();
  DZ_CHECK(resource_owners.empty() || resource_owners.size() == pools);
  DZ_CHECK(pools <= 0xff);  // an account with more prefixes could not have been made
  std::vector<AccountMeta> accounts{writable(device), writable(record.contributor), state(sender),
                                    writable(record.location), writable(record.exchange)};
  add_device_pools(accounts, sender, device, record.dz_prefixes.size());
  for (std::size_t i = 0; i < pools; ++i) {
    accounts.push_back(writable(resource_owners.empty() ? record.owner : resource_owners[i]));
  }
  accounts.push_back(writable(record.owner));
  return build_instruction(sender, std::move(accounts), encode(DeleteDeviceArgs{static_cast<std::uint8_t>(pools)}));
}

Result<Instruction> set_device_health(const Sender& sender, const Pubkey& device, Health health, const Profile& profile,
                                      const std::optional<lifecycle::JudgedState>& judged) {
  DZ_TRY_ASSIGN(auto data, encode(SetDeviceHealthArgs{.health = health, .judged = judged}, profile));
  return build_instruction(sender, {writable(device), state(sender)}, std::move(data));
}

Instruction create_interface(const Sender& sender, const Pubkey& device, const Pubkey& contributor,
                             CreateInterfaceArgs args, std::span<const Pubkey> topologies) {
  DZ_CHECK(topologies.size() <= 0xff);
  args.use_onchain_allocation = true;
  args.topology_count = static_cast<std::uint8_t>(topologies.size());
  std::vector<AccountMeta> accounts{writable(device), writable(contributor), state(sender),
                                    pool(sender, ResourceKind::DeviceTunnelBlock),
                                    pool(sender, ResourceKind::SegmentRoutingIds)};
  for (const auto& topology : topologies) accounts.push_back(read_only(topology));
  return build_instruction(sender, std::move(accounts), encode(args));
}

Instruction delete_interface(const Sender& sender, const Pubkey& device, const Pubkey& contributor,
                             const std::string& name) {
  return build_instruction(
      sender,
      {writable(device), writable(contributor), state(sender), pool(sender, ResourceKind::DeviceTunnelBlock),
       pool(sender, ResourceKind::SegmentRoutingIds)},
      encode(DeleteInterfaceArgs{.name = name, .use_onchain_deallocation = true}));
}

Instruction update_interface(const Sender& sender, const Pubkey& device, const Pubkey& contributor,
                             UpdateInterfaceArgs args, const std::optional<std::vector<Pubkey>>& topologies) {
  args.topology_count = static_cast<std::uint8_t>(topologies ? topologies->size() : 0);
  args.update_topologies = topologies.has_value();
  std::vector<AccountMeta> accounts{writable(device), writable(contributor), state(sender)};
  if (args.node_segment_idx || topologies) accounts.push_back(pool(sender, ResourceKind::SegmentRoutingIds));
  if (topologies) {
    for (const auto& topology : *topologies) accounts.push_back(read_only(topology));
  }
  return build_instruction(sender, std::move(accounts), encode(args));
}

}  // namespace dz::wire
