// What creation, update and deletion of interfaces share, in both programs.
#pragma once

#include <string_view>

#include "program/rules/entities.h"
#include "wire/instructions/device.h"

namespace dz::program {

// The first accounts of every instruction on an interface.
struct InterfaceAccounts {
  Record<Device> device;
  Record<Contributor> contributor;
  Record<GlobalState> state;
};

// By any spelling of the name, else InterfaceNotFound. The pointer lives as long as the device.
Outcome<Interface*> expect_interface(Device& device, std::string_view name);

// What the arguments say of a new interface, under its full name: a loopback in service at once, a port unlinked. Only
// the name is checked.
Outcome<Interface> new_interface(const wire::CreateInterfaceArgs& args);
// Else InterfaceAlreadyExists.
Check check_new_name(const Device& device, const Interface& created);

// The fields that are set whatever the interface is; its type of loopback cannot become none.
Check set_free_fields(Interface& i, const wire::UpdateInterfaceArgs& args);

// The MTU that an interface must have: 1500 for CYOA and DIA ports, 9000 for all others.
inline std::uint16_t expected_mtu(const Interface& i) {
  return is_edge(i) ? kEdgeMtu : static_cast<std::uint16_t>(kLinkMtu);
}
// CYOA and DIA ports and user tunnel endpoints; other interfaces get theirs from a pool or a link.
inline bool may_have_own_address(const Interface& i) { return is_edge(i) || i.user_tunnel_endpoint; }
Check check_edge_bandwidth(const Interface& i);  // a CYOA or DIA port has one

// Neither pending nor on its way out.
inline bool is_settled(InterfaceStatus status) {
  return status == InterfaceStatus::Activated || status == InterfaceStatus::Unlinked;
}
Check check_settled(const Interface& i);  // else InvalidStatus

// `found` is an element of the device's list and is gone afterwards.
void remove_interface(Device& device, const Interface* found);

// Gives the old node segment back and takes the new one; 0 is none.
Check move_segment(Interface& i, std::uint16_t segment, Record<ResourceExtension>& ids);

}  // namespace dz::program
