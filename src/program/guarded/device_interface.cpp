// Interfaces of devices. Link ports follow their link (link_rules.h); DIA and CYOA ports are set activated by their
// contributor; loopbacks are always activated.
#include "program/guarded/handlers.h"
#include "program/rules/allocator.h"
#include "program/rules/interface_rules.h"
#include "program/rules/link_rules.h"
#include "program/rules/pools.h"

namespace dz::program::guarded {
namespace {

Outcome<InterfaceAccounts> take_accounts(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto device, accounts.record<Device>("device"));
  DZ_TRY_ASSIGN(auto contributor, accounts.record<Contributor>("contributor"));
  DZ_TRY_ASSIGN(auto state, accounts.record<GlobalState>("global state"));
  return InterfaceAccounts{std::move(device), std::move(contributor), std::move(state)};
}

Check authorize_interface(const InterfaceAccounts& all, const Authority& authority, wire::ProgramError otherwise) {
  DZ_TRY(authorize_contributor(authority, *all.contributor, otherwise, "change interfaces of this device"));
  if (authority.allows(permission::kNetworkAdmin)) return {};
  return check_key(all.contributor.at, all.device->contributor, wire::ProgramError::InvalidContributorPubkey);
}

struct Pools {
  Record<ResourceExtension> tunnel_block;
  Record<ResourceExtension> segment_ids;
};

Outcome<Pools> next_pools(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto block, next_pool(accounts, wire::ResourceKind::DeviceTunnelBlock, "device tunnel block"));
  DZ_TRY_ASSIGN(auto ids, next_pool(accounts, wire::ResourceKind::SegmentRoutingIds, "segment routing ids"));
  return Pools{std::move(block), std::move(ids)};
}

Check save_pools(const Accounts& accounts, const Pools& pools) {
  return accounts.save(pools.tunnel_block, pools.segment_ids);
}

Check check_no_topologies(bool asked) {
  if (!asked) return {};
  return reject(wire::ProgramError::FeatureNotEnabled,
                "this ledger has no topologies, so no interface can have segments");
}

Check reject_ip(const Interface& i, std::string_view why) {
  return reject(wire::ProgramError::InvalidInterfaceIp, fmt::format("{} has {}: {}", i.name, to_text(i.ip_net), why));
}

// Ports towards users and the internet differ from those of links in size, address and speed.
Check check_port(const Interface& i) {
  const auto mtu = expected_mtu(i);
  if (i.mtu != mtu) {
    return reject(wire::ProgramError::InvalidMtu,
                  fmt::format("{} has mtu {}, expected {}: 1500 for CYOA and DIA ports, "
                              "9000 for all others",
                              i.name, i.mtu, mtu));
  }
  if (i.cyoa != Cyoa::None && i.ip_net.is_default()) return reject_ip(i, "a CYOA port needs an address");
  return check_edge_bandwidth(i);
}

Check check_new(const Interface& i) {
  DZ_TRY(check_cyoa(i));
  if (!i.ip_net.is_default() && !may_have_own_address(i)) {
    DZ_TRY(reject_ip(i, "only CYOA and DIA ports and user tunnel endpoints are given an address"));
  }
  return check_port(i);
}

// An address of the pool belongs to whom the pool gave it.
Check check_outside_pool(const Interface& i, const ResourceExtension& block) {
  if (i.ip_net.is_default() || !block.ip || !block.ip->base.contains(i.ip_net.address)) return {};
  return reject(wire::ProgramError::InvalidInterfaceIp,
                fmt::format("{} lies in the device tunnel block {}, which hands out its addresses itself",
                            to_text(i.ip_net), to_text(block.ip->base)));
}

Check allocate_loopback(Interface& i, Pools& pools) {
  if (i.ip_net.is_default()) {
    DZ_TRY_ASSIGN(i.ip_net, take_network(pools.tunnel_block, 1));
  }
  if (i.loopback == LoopbackType::Vpnv4) {
    DZ_TRY_ASSIGN(i.node_segment_idx, take_id(pools.segment_ids));
  }
  return {};
}

Check check_deletable(const Interface& i) {
  DZ_TRY(check_no_link(i));
  return check_settled(i);
}

// Only a port that stands for itself has a status of its own.
Check set_status(Interface& i, InterfaceStatus status) {
  if (i.status == status) return {};
  if (i.type != InterfaceType::Physical || !is_edge(i) || !is_settled(status) || !is_settled(i.status)) {
    return reject(wire::ProgramError::InterfaceStatusNotSettable,
                  fmt::format("{} cannot be set {}: CYOA and DIA ports are set activated or unlinked; link ports "
                              "follow their link, loopbacks are always activated",
                              i.name, to_text(status)));
  }
  i.status = status;
  return {};
}

Check set_edge(Interface& i, const wire::UpdateInterfaceArgs& args) {
  const auto cyoa = args.cyoa.value_or(i.cyoa);
  const auto dia = args.dia.value_or(i.dia);
  if (cyoa == i.cyoa && dia == i.dia) return {};
  const bool active_port = i.type == InterfaceType::Physical && i.status == InterfaceStatus::Activated;
  if (active_port) {
    return reject(wire::ProgramError::InterfaceHasEdgeAssignment,
                  fmt::format("{} is activated; its CYOA and DIA assignment can change only while unlinked", i.name));
  }
  i.cyoa = cyoa;
  i.dia = dia;
  return {};
}

Check set_address(Interface& i, const std::optional<NetworkV4>& ip_net) {
  if (!ip_net || *ip_net == i.ip_net) return {};
  DZ_TRY(check_no_link(i));
  if (i.type == InterfaceType::Loopback) {
    return reject(wire::ProgramError::ImmutableField,
                  fmt::format("{} keeps {}: a loopback's address is given at creation", i.name, to_text(i.ip_net)));
  }
  i.ip_net = *ip_net;
  if (ip_net->is_default() || may_have_own_address(i)) return {};
  return reject_ip(i, "only CYOA and DIA ports and user tunnel endpoints have an address of their own");
}

Check set_fields(Interface& i, const wire::UpdateInterfaceArgs& args) {
  DZ_TRY(set_free_fields(i, args));
  // Out of service first, else a port could not be set unlinked and lose its assignment in one instruction.
  if (args.status == InterfaceStatus::Unlinked) DZ_TRY(set_status(i, *args.status));
  DZ_TRY(set_edge(i, args));
  DZ_TRY(set_address(i, args.ip_net));
  if (args.status) DZ_TRY(set_status(i, *args.status));
  return check_port(i);
}

}  // namespace

Check create_interface(Accounts& accounts, const wire::CreateInterfaceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_accounts(accounts));
  DZ_TRY_ASSIGN(auto pools, next_pools(accounts));
  DZ_TRY(check_no_topologies(args.topology_count > 0));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_onchain(args.use_onchain_allocation));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  DZ_TRY(authorize_interface(all, authority, wire::ProgramError::InvalidOwnerPubkey));
  DZ_TRY_ASSIGN(auto created, new_interface(args));
  DZ_TRY(check_new(created));
  DZ_TRY(check_new_name(*all.device, created));
  DZ_TRY(check_outside_pool(created, *pools.tunnel_block));
  if (created.type == InterfaceType::Loopback) DZ_TRY(allocate_loopback(created, pools));
  all.device->interfaces.push_back(std::move(created));
  DZ_TRY(save_pools(accounts, pools));
  return accounts.save(all.device);
}

Check delete_interface(Accounts& accounts, const wire::DeleteInterfaceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_accounts(accounts));
  DZ_TRY_ASSIGN(auto pools, next_pools(accounts));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_onchain(args.use_onchain_deallocation));
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  DZ_TRY(authorize_interface(all, authority, wire::ProgramError::NotAllowed));
  DZ_TRY_ASSIGN(Interface* const found, expect_interface(*all.device, args.name));
  DZ_TRY(check_deletable(*found));
  if (found->type == InterfaceType::Loopback) {
    release(*pools.tunnel_block, found->ip_net);
    release(*pools.segment_ids, found->node_segment_idx);
  }
  remove_interface(*all.device, found);
  DZ_TRY(save_pools(accounts, pools));
  return accounts.save(all.device);
}

Check update_interface(Accounts& accounts, const wire::UpdateInterfaceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_accounts(accounts));
  DZ_TRY(check_no_topologies(args.update_topologies || args.topology_count > 0));
  std::optional<Record<ResourceExtension>> segment_ids;
  if (args.node_segment_idx) {
    DZ_TRY_ASSIGN(segment_ids, next_pool(accounts, wire::ResourceKind::SegmentRoutingIds, "segment routing ids"));
  }
  DZ_TRY(accounts.tail());
  DZ_TRY_ASSIGN(const auto authority, read_authority(accounts, *all.state));
  DZ_TRY(authorize_interface(all, authority, wire::ProgramError::NotAllowed));
  DZ_TRY_ASSIGN(Interface* const found, expect_interface(*all.device, args.name));
  DZ_TRY(set_fields(*found, args));
  if (segment_ids) {
    DZ_TRY(authorize(authority, permission::kNetworkAdmin, "set a node segment"));
    if (*args.node_segment_idx != found->node_segment_idx) {
      DZ_TRY(move_segment(*found, *args.node_segment_idx, *segment_ids));
    }
    DZ_TRY(accounts.save(*segment_ids));
  }
  return accounts.save(all.device);
}

}  // namespace dz::program::guarded
