#include "program/rules/interface_rules.h"

#include "domain/interface_name.h"
#include "program/rules/allocator.h"
#include "program/rules/pools.h"

namespace dz::program {

Outcome<Interface*> expect_interface(Device& device, std::string_view name) {
  if (auto* found = find_interface(device, name)) return found;
  return reject(wire::ProgramError::InterfaceNotFound,
                fmt::format("device '{}' has no interface '{}'", device.code, name));
}

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
  return i;
}

Check check_new_name(const Device& device, const Interface& created) {
  if (find_interface(device, created.name) == nullptr) return {};
  return reject(wire::ProgramError::InterfaceAlreadyExists,
                fmt::format("device '{}' has an interface {} already", device.code, created.name));
}

Check set_free_fields(Interface& i, const wire::UpdateInterfaceArgs& args) {
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
  return {};
}

Check check_edge_bandwidth(const Interface& i) {
  if (!is_edge(i) || i.bandwidth > 0) return {};
  return reject(wire::ProgramError::InvalidBandwidth, fmt::format("{}: a CYOA or DIA port needs a bandwidth", i.name));
}

Check check_settled(const Interface& i) {
  if (is_settled(i.status)) return {};
  return reject(wire::ProgramError::InvalidStatus,
                fmt::format("{} is {}, expected activated or unlinked", i.name, to_text(i.status)));
}

void remove_interface(Device& device, const Interface* found) {
  auto& all = device.interfaces;
  all.erase(all.begin() + (found - all.data()));
}

Check move_segment(Interface& i, std::uint16_t segment, Record<ResourceExtension>& ids) {
  if (i.node_segment_idx != 0) release(*ids, i.node_segment_idx);
  if (segment != 0) DZ_TRY(take(ids, segment));
  i.node_segment_idx = segment;
  return {};
}

}  // namespace dz::program
