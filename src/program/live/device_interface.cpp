// Interfaces of devices on the live network: creation and deletion. Updates: device_interface_update.cpp.
#include "program/live/device_interface.h"

#include <fmt/format.h>

#include "program/live/handlers.h"
#include "program/rules/allocator.h"
#include "program/rules/device_rules.h"
#include "program/rules/link_rules.h"

namespace dz::program::live {

Outcome<InterfaceList> take_interface_list(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto device, accounts.next("device"));
  DZ_TRY_ASSIGN(const auto contributor, accounts.next("contributor"));
  DZ_TRY_ASSIGN(const auto state, accounts.next("global state"));
  return InterfaceList{device, contributor, state};
}

Outcome<OpenedDevice> open_device(const Accounts& accounts, const InterfaceList& list, wire::ProgramError otherwise) {
  DZ_TRY(accounts.check_owner(list.device, list.contributor, list.state));
  DZ_TRY(check_writable(list.device));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(list.state));
  DZ_TRY_ASSIGN(const auto contributor, accounts.load<Contributor>(list.contributor));
  const auto caller = caller_of(accounts, *state, *contributor);
  DZ_TRY(authorize(caller, otherwise, "change interfaces of this device"));
  DZ_TRY_ASSIGN(auto device, accounts.load<Device>(list.device));
  if (!caller.privileged) {
    DZ_TRY(check_key(list.contributor, device->contributor, wire::ProgramError::InvalidContributorPubkey));
  }
  return OpenedDevice{std::move(device), caller};
}

Check check_mtu(const Interface& i) {
  const auto expected = expected_mtu(i);
  if (i.mtu == expected) return {};
  return reject(wire::ProgramError::InvalidMtu, fmt::format("{} has mtu {}, expected {}", i.name, i.mtu, expected));
}

Check check_may_have_address(const Interface& i) {
  if (may_have_own_address(i)) return {};
  return reject(wire::ProgramError::InvalidInterfaceIp,
                fmt::format("{}: only CYOA and DIA ports and user tunnel endpoints are given an address", i.name));
}

Check check_cyoa_address(const Interface& i) {
  if (i.cyoa == Cyoa::None || !i.ip_net.is_default()) return {};
  return reject(wire::ProgramError::InvalidInterfaceIp, fmt::format("{}: a CYOA port needs an address", i.name));
}

namespace {

struct Pools {
  AccountRef tunnel_block, segment_ids;
};

Outcome<Pools> next_pools(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto block, accounts.next("device tunnel block"));
  DZ_TRY_ASSIGN(const auto ids, accounts.next("segment routing ids"));
  return Pools{block, ids};
}

// Also for ports, which take nothing from them.
Check check_pools(const Accounts& accounts, const Pools& pools) {
  DZ_TRY(check_pool(accounts, pools.tunnel_block, wire::ResourceType{.kind = wire::ResourceKind::DeviceTunnelBlock}));
  return check_pool(accounts, pools.segment_ids, wire::ResourceType{.kind = wire::ResourceKind::SegmentRoutingIds});
}

Check check_new(const Interface& i, const wire::CreateInterfaceArgs& args) {
  DZ_TRY(check_cyoa(i));
  if (args.ip_net) DZ_TRY(check_may_have_address(i));
  if (!args.ip_net) DZ_TRY(check_cyoa_address(i));
  DZ_TRY(check_mtu(i));
  return check_edge_bandwidth(i);
}

// A loopback is in service at once: it gets an address, and a vpnv4 loopback a segment, and one more for each topology,
// which are looked at only then, and after its vlan.
Check allocate_loopback(const Accounts& accounts, Interface& i, const Pools& pools,
                        const std::vector<AccountRef>& topologies) {
  if (i.ip_net.is_default()) {
    DZ_TRY_ASSIGN(auto block, load_pool(accounts, pools.tunnel_block, wire::ResourceKind::DeviceTunnelBlock));
    DZ_TRY_ASSIGN(i.ip_net, take_network(block, 1));
    DZ_TRY(accounts.save(block));
  }
  if (i.loopback != LoopbackType::Vpnv4) return {};
  DZ_TRY_ASSIGN(auto ids, load_pool(accounts, pools.segment_ids, wire::ResourceKind::SegmentRoutingIds));
  DZ_TRY_ASSIGN(i.node_segment_idx, take_id(ids));
  DZ_TRY(check_vlan(i));
  DZ_TRY_ASSIGN(const auto keys, check_topologies(accounts, topologies));
  DZ_TRY(add_segments(i, keys, ids));
  return accounts.save(ids);
}

Check release_loopback(const Accounts& accounts, const Interface& i, const Pools& pools) {
  DZ_TRY_ASSIGN(auto block, load_pool(accounts, pools.tunnel_block, wire::ResourceKind::DeviceTunnelBlock));
  DZ_TRY_ASSIGN(auto ids, load_pool(accounts, pools.segment_ids, wire::ResourceKind::SegmentRoutingIds));
  if (!i.ip_net.is_default()) release(*block, i.ip_net);
  if (i.node_segment_idx != 0) release(*ids, i.node_segment_idx);
  for (const auto& segment : i.flex_algo_segments) release(*ids, segment.node_segment_idx);
  return accounts.save(block, ids);
}

}  // namespace

// Whether the system program is named right is not looked at.
Check create_interface(Accounts& accounts, const wire::CreateInterfaceArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY_ASSIGN(const auto list, take_interface_list(accounts));
  DZ_TRY_ASSIGN(const auto pools, next_pools(accounts));
  DZ_TRY_ASSIGN(const auto topologies, next_many(accounts, args.topology_count, "topology"));
  DZ_TRY(accounts.take_tail());
  DZ_TRY_ASSIGN(auto created, new_interface(args));
  DZ_TRY_ASSIGN(auto opened, open_device(accounts, list, wire::ProgramError::InvalidOwnerPubkey));
  DZ_TRY(check_new(created, args));
  DZ_TRY(check_new_name(*opened.device, created));
  DZ_TRY(check_pools(accounts, pools));
  if (created.type == InterfaceType::Loopback) DZ_TRY(allocate_loopback(accounts, created, pools, topologies));
  opened.device->interfaces.push_back(std::move(created));
  return accounts.save(opened.device);
}

// A port that a link uses is deleted like any other: the live program does not look.
Check delete_interface(Accounts& accounts, const wire::DeleteInterfaceArgs& args) {
  DZ_TRY(check_onchain(args.use_onchain_deallocation));
  DZ_TRY_ASSIGN(const auto list, take_interface_list(accounts));
  DZ_TRY_ASSIGN(const auto pools, next_pools(accounts));
  DZ_TRY(accounts.tail());
  DZ_TRY_ASSIGN(auto opened, open_device(accounts, list, wire::ProgramError::NotAllowed));
  DZ_TRY_ASSIGN(Interface* const found, expect_interface(*opened.device, args.name));
  DZ_TRY(check_settled(*found));
  DZ_TRY(check_pools(accounts, pools));
  if (found->type == InterfaceType::Loopback) DZ_TRY(release_loopback(accounts, *found, pools));
  remove_interface(*opened.device, found);
  return accounts.save(opened.device);
}

}  // namespace dz::program::live
