// Interfaces of devices. Link ports follow their link (link_rules.h); DIA and CYOA ports are set activated by their
// contributor; loopbacks are always activated.
#include "program/guarded/handlers.h"
#include "program/rules/allocator.h"
#include "program/rules/entities.h"
#include "program/rules/link_rules.h"
#include "program/rules/pools.h"

#include "domain/interface_name.h"

namespace dz::program::guarded {
namespace {

struct InterfaceAccounts {
  Record<Device> device;
  Record<Contributor> contributor;
  Record<GlobalState> state;
};

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
  DZ_TRY(accounts.save(pools.tunnel_block));
  return accounts.save(pools.segment_ids);
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
  const auto mtu = is_edge(i) ? kEdgeMtu : static_cast<std::uint16_t>(kLinkMtu);
  if (i.mtu != mtu) {
    return reject(wire::ProgramError::InvalidMtu,
                  fmt::format("{} has mtu {}, expected {}: 1500 for CYOA and DIA ports, "
                              "9000 for all others",
                              i.name, i.mtu, mtu));
  }
  if (i.cyoa != Cyoa::None && i.ip_net.is_default()) return reject_ip(i, "a CYOA port needs an address");
  if (is_edge(i) && i.bandwidth == 0) {
    return reject(wire::ProgramError::InvalidBandwidth,
                  fmt::format("{}: a CYOA or DIA port needs a bandwidth", i.name));
  }
  return {};
}

bool may_have_own_address(const Interface& i) { return is_edge(i) || i.user_tunnel_endpoint; }

Outcome<Interface> new_interface(const wire::CreateInterfaceArgs& args) {
  const auto name = normalise_interface_name(args.name);
  if (!name) return reject(wire::ProgramError::InvalidInterfaceName, name.error().message);
  Interface i;
  i.name = *name;
  i.type = i.name.starts_with("Loopback") ? InterfaceType::Loopback : InterfaceType::Physical;
  i.status = i.type == InterfaceType::Loopback ? InterfaceStatus::Activated : InterfaceStatus::Unlinked;
  i.loopback = args.loopback;
  i.vlan_id = args.vlan_id;
  i.ip_net = args.ip_net.value_or(NetworkV4{});
  i.user_tunnel_endpoint = args.user_tunnel_endpoint;
  i.cyoa = args.cyoa;
  i.dia = args.dia;
  i.bandwidth = args.bandwidth;
  i.cir = args.cir;
  i.mtu = args.mtu;
  i.routing_mode = args.routing_mode;
  if (i.cyoa != Cyoa::None && i.type != InterfaceType::Physical) {
    return reject(wire::ProgramError::CyoaRequiresPhysical,
                  fmt::format("{} is not physical; CYOA needs a port", i.name));
  }
  if (!i.ip_net.is_default() && !may_have_own_address(i)) {
    DZ_TRY(reject_ip(i, "only CYOA and DIA ports and user tunnel endpoints are given an address"));
  }
  DZ_TRY(check_port(i));
  return i;
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

Outcome<Interface*> find(Device& device, std::string_view name) {
  if (auto* found = find_interface(device, name)) return found;
  return reject(wire::ProgramError::InterfaceNotFound,
                fmt::format("device '{}' has no interface '{}'", device.code, name));
}

Check check_deletable(const Interface& i) {
  DZ_TRY(check_no_link(i));
  if (i.status == InterfaceStatus::Activated || i.status == InterfaceStatus::Unlinked) return {};
  return reject(wire::ProgramError::InvalidStatus,
                fmt::format("{} is {}, expected activated or unlinked", i.name, to_text(i.status)));
}

// Only a port that stands for itself has a status of its own.
Check set_status(Interface& i, InterfaceStatus status) {
  if (i.status == status) return {};
  const bool settable = status == InterfaceStatus::Activated || status == InterfaceStatus::Unlinked;
  const bool standing = i.status == InterfaceStatus::Activated || i.status == InterfaceStatus::Unlinked;
  if (i.type != InterfaceType::Physical || !is_edge(i) || !settable || !standing) {
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
  if (args.loopback == LoopbackType::None) {
    return reject(wire::ProgramError::InvalidLoopbackType, "the loopback type of an interface cannot become none");
  }
  set_if(i.loopback, args.loopback);
  set_if(i.vlan_id, args.vlan_id);
  set_if(i.user_tunnel_endpoint, args.user_tunnel_endpoint);
  set_if(i.bandwidth, args.bandwidth);
  set_if(i.cir, args.cir);
  set_if(i.mtu, args.mtu);
  set_if(i.routing_mode, args.routing_mode);
  // Out of service first, else a port could not be set unlinked and lose its assignment in one instruction.
  if (args.status == InterfaceStatus::Unlinked) DZ_TRY(set_status(i, *args.status));
  DZ_TRY(set_edge(i, args));
  DZ_TRY(set_address(i, args.ip_net));
  if (args.status) DZ_TRY(set_status(i, *args.status));
  return check_port(i);
}

Check move_segment(Interface& i, std::uint16_t segment, Record<ResourceExtension>& ids) {
  if (segment == i.node_segment_idx) return {};
  if (i.node_segment_idx != 0) release(*ids, i.node_segment_idx);
  if (segment != 0) DZ_TRY(take(ids, segment));
  i.node_segment_idx = segment;
  return {};
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
  if (find_interface(*all.device, created.name) != nullptr) {
    return reject(wire::ProgramError::InterfaceAlreadyExists,
                  fmt::format("device '{}' has an interface {} already", all.device->code, created.name));
  }
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
  DZ_TRY_ASSIGN(Interface* const found, find(*all.device, args.name));
  DZ_TRY(check_deletable(*found));
  if (found->type == InterfaceType::Loopback) {
    release(*pools.tunnel_block, found->ip_net);
    release(*pools.segment_ids, found->node_segment_idx);
  }
  auto& interfaces = all.device->interfaces;
  interfaces.erase(interfaces.begin() + (found - interfaces.data()));
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
  DZ_TRY_ASSIGN(Interface* const found, find(*all.device, args.name));
  DZ_TRY(set_fields(*found, args));
  if (segment_ids) {
    DZ_TRY(authorize(authority, permission::kNetworkAdmin, "set a node segment"));
    DZ_TRY(move_segment(*found, *args.node_segment_idx, *segment_ids));
    DZ_TRY(accounts.save(*segment_ids));
  }
  return accounts.save(all.device);
}

}  // namespace dz::program::guarded
