#include "program/rules/link_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "program/rules/allocator.h"
#include "program/rules/pools.h"

namespace dz::program {
namespace {

void free_port(Device& device, std::string_view name) {
  auto* port = find_interface(device, name);
  if (port == nullptr || !has_link(*port)) return;
  port->status = InterfaceStatus::Unlinked;
  port->ip_net = NetworkV4{};
}

}  // namespace

Link new_link(const wire::CreateLinkArgs& args, const wire::LinkEnds& ends) {
  Link link;
  link.side_a = ends.side_a;
  link.side_z = ends.side_z;
  link.contributor = ends.contributor;
  link.type = args.type;
  link.bandwidth = args.bandwidth;
  link.mtu = args.mtu;
  link.delay_ns = args.delay_ns;
  link.jitter_ns = args.jitter_ns;
  link.side_a_iface = args.side_a_iface;
  link.side_z_iface = args.side_z_iface.value_or("");
  return link;
}

Check check_link_mtu(std::uint32_t mtu) {
  if (mtu == kLinkMtu) return {};
  return reject(wire::ProgramError::InvalidMtu, fmt::format("the mtu of a link is {}, found {}", kLinkMtu, mtu));
}

Check check_side(const Record<Device>& side, const Record<Contributor>& contributor, wire::ProgramError otherwise) {
  if (side->contributor == contributor.at.key) return {};
  return reject(otherwise, fmt::format("{} '{}' belongs to another contributor than '{}'", side.at.what, side->code,
                                       contributor->code));
}

Check check_requested(const Link& link) {
  if (link.status == Status::Requested) return {};
  return reject(wire::ProgramError::InvalidStatus,
                fmt::format("link '{}' is {}, only a requested one can be accepted", link.code, to_text(link.status)));
}

Check set_side_a_fields(Link& link, const wire::UpdateLinkArgs& args) {
  if (args.code) {
    DZ_TRY_ASSIGN(link.code, lower_case_code(*args.code));
  }
  if (args.mtu) DZ_TRY(check_link_mtu(*args.mtu));
  set_if(link.type, args.type);
  set_if(link.bandwidth, args.bandwidth);
  set_if(link.mtu, args.mtu);
  set_if(link.delay_ns, args.delay_ns);
  set_if(link.jitter_ns, args.jitter_ns);
  return {};
}

void set_unicast_drained(Link& link, bool drained) {
  link.flags = drained ? link.flags | kLinkFlagUnicastDrained : link.flags & ~kLinkFlagUnicastDrained;
}

Check check_no_link(const Interface& i) {
  if (!has_link(i)) return {};
  return reject(wire::ProgramError::InterfaceInUse,
                fmt::format("{} is the port of a link; delete the link first", i.name));
}

Outcome<Interface*> find_port(Record<Device>& device, std::string_view name, std::uint64_t bandwidth) {
  auto& all = device->interfaces;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Interface& i) { return i.name == name; });
  if (found == all.end()) {
    return reject(wire::ProgramError::InvalidInterfaceName,
                  fmt::format("{} '{}' has no interface '{}'", device.at.what, device->code, name));
  }
  if (is_edge(*found)) {
    return reject(wire::ProgramError::InterfaceHasEdgeAssignment,
                  fmt::format("{} of '{}' is a CYOA or DIA port and carries no link", name, device->code));
  }
  if (found->bandwidth < bandwidth) {
    return reject(wire::ProgramError::InvalidBandwidth, fmt::format("{} of '{}' has {} bit/s, the link needs {}", name,
                                                                    device->code, found->bandwidth, bandwidth));
  }
  return &*found;
}

Check check_free(const Interface& port) {
  DZ_TRY(check_no_link(port));
  if (port.status == InterfaceStatus::Unlinked && port.type == InterfaceType::Physical) return {};
  return reject(wire::ProgramError::InvalidStatus,
                fmt::format("{} is a {} interface and {}, expected a physical one that "
                            "is unlinked",
                            port.name, to_text(port.type), to_text(port.status)));
}

Outcome<LinkPools> next_link_pools(Accounts& accounts) {
  DZ_TRY_ASSIGN(auto block, next_pool(accounts, wire::ResourceKind::DeviceTunnelBlock, "device tunnel block"));
  DZ_TRY_ASSIGN(auto ids, next_pool(accounts, wire::ResourceKind::LinkIds, "link ids"));
  return LinkPools{std::move(block), std::move(ids)};
}

Check save(const Accounts& accounts, const LinkPools& pools) {
  return accounts.save(pools.tunnel_block, pools.link_ids);
}

Check occupy(Link& link, LinkPools& pools, Interface& side_a, Interface& side_z) {
  DZ_TRY(check_free(side_a));
  DZ_TRY(check_free(side_z));
  DZ_TRY_ASSIGN(link.tunnel_net, take_network(pools.tunnel_block, 2));
  DZ_TRY_ASSIGN(link.tunnel_id, take_id(pools.link_ids));
  use_port(side_a, link.tunnel_net, End::A);
  use_port(side_z, link.tunnel_net, End::Z);
  return {};
}

void vacate(Link& link, LinkPools& pools, Device& side_a, Device& side_z) {
  if (!has_resources(link)) return;
  release(*pools.tunnel_block, link.tunnel_net);
  release(*pools.link_ids, link.tunnel_id);
  free_port(side_a, link.side_a_iface);
  free_port(side_z, link.side_z_iface);
  link.tunnel_net = NetworkV4{};
  link.tunnel_id = 0;
}

void use_port(Interface& port, const NetworkV4& tunnel_net, End end) {
  port.status = InterfaceStatus::Activated;
  if (port.ip_net.is_default()) port.ip_net = end_address(tunnel_net, end);
}

NetworkV4 end_address(const NetworkV4& tunnel_net, End end) {
  return {ipv4_from(tunnel_net.address.number() + static_cast<std::uint32_t>(end)), tunnel_net.prefix};
}

Check check_onchain(bool flag) {
  if (flag) return {};
  return reject(wire::ProgramError::InvalidArgument,
                "expected the flag use_onchain_allocation: this ledger hands out "
                "numbers and addresses itself");
}

}  // namespace dz::program
